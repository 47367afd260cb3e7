"""The official forms and what their templates may name."""

from __future__ import annotations

from pathlib import Path

from appraisal.render.template import Template

FILING = "备案表.xlsx"
NAMES = "名单表.xlsx"

_LISTED = ("number", "name", "department", "rank", "grade", "note")
_ROW = ("name", "total", "due", "good", "fair", "ordinary", "poor", "ungraded", "absent")
FORMS: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, ...]]]] = {
    FILING: (("mark", "period_title", "rows", "sum", "ratio", "unit", "remark", "footnote"), {"rows": _ROW, "sum": _ROW}),
    NAMES: (("mark", "period_title", "unit", "people", "footnote"), {"people": _LISTED}),
}
"""Template → the names its cells may use, and the members of those that have some."""


def check_templates(folder: Path) -> None:
    """Every form can be filled: it is there, is whole, and names nothing unknown. Raises TemplateError."""
    for name in FORMS:
        open_template(folder, name)


def open_template(folder: Path, name: str) -> Template:
    """A form's template, checked. Raises TemplateError."""
    template = Template.load(folder / name)
    template.check(*FORMS[name])
    return template
