"""The official forms and what their templates may name."""

from __future__ import annotations

from pathlib import Path

from appraisal.policy.shape import Policy
from appraisal.render.month_records import MONTH_FILING, MONTH_FILING_WORDS
from appraisal.render.notice import NOTICE, NOTICE_WORDS
from appraisal.render.report import check_report
from appraisal.render.slips import open_slip
from appraisal.render.template import Template
from appraisal.render.year import LIST_NAMES, LIST_TEMPLATE
from appraisal.standard import MONTH_RECORD

FILING = "备案表.xlsx"
NAMES = "名单表.xlsx"

_LISTED = ("number", "name", "department", "rank", "grade", "note")
_ROW = ("name", "total", "due", "good", "fair", "ordinary", "poor", "ungraded", "absent")
FORMS: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, ...]]]] = {
    FILING: (("mark", "period_title", "rows", "sum", "ratio", "unit", "remark", "footnote"), {"rows": _ROW, "sum": _ROW}),
    NOTICE: NOTICE_WORDS,
    MONTH_FILING: MONTH_FILING_WORDS,
    LIST_TEMPLATE: LIST_NAMES,
    NAMES: (("mark", "period_title", "unit", "people", "footnote"), {"people": _LISTED}),
}
"""Template → the names its cells may use, and the members of those that have some."""


def check_templates(folder: Path, policy: Policy) -> None:
    """Every form this regulation prints can be filled: it is there, is whole, and names nothing unknown. Raises TemplateError."""
    for name in (FILING, NAMES):
        open_template(folder, name)
    open_slip(folder)
    check_report(folder)
    if policy.publicity.grades:
        open_template(folder, NOTICE)
    if any(MONTH_RECORD.title in entry.sheets for entry in policy.inputs):
        open_template(folder, MONTH_FILING)
    if policy.annual is not None and policy.annual.listed is not None:
        open_template(folder, LIST_TEMPLATE)


def open_template(folder: Path, name: str) -> Template:
    """A form's template, checked. Raises TemplateError."""
    template = Template.load(folder / name)
    template.check(*FORMS[name])
    return template
