"""公务员平时（每月）考核备案表 (附件2 of 济宁): one page a person and month, a workbook a department, filled from the person's own form."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from appraisal.model import Code, Decision, Grade, Period, Span, Status, Verdict
from appraisal.policy.shape import Policy
from appraisal.record_forms import Record, Records
from appraisal.render.file_names import safe_name
from appraisal.render.template import Tab, Template
from appraisal.standard import MONTH_RECORD

MONTH_FILING = "每月考核备案表.xlsx"
MONTH_FILING_WORDS: tuple[tuple[str, ...], dict[str, tuple[str, ...]]] = (
    ("mark", "period_title", "department", "name", "post", "since", "goals", "duties", "tasks", "comment", "opinion", "explanation"),
    {"tasks": ("number", "progress", "state", "finished")},
)
"""The names the cells of the template may use, and the members of those that have some."""
RULED_LINES = 10
"""How many lines for tasks the paper form has."""
_SUGGESTED = re.compile(r"[，,；;]?\s*建议(?:考核)?(?:等次)?[:：为]?\s*[“\"]?(不确定等次|未参加考核|较好|较差|一般|好)[”\"]?(?:等次)?[。.]?\s*$")
"""A comment that ends with a suggested grade."""


class TaskLine(Struct, frozen=True):
    """A line of the list of tasks, ruled even where it is empty."""

    number: int
    progress: str = ""
    state: str = ""
    finished: str = ""


def month_records(verdicts: Sequence[Verdict], records: Records, policy: Policy, mark: str, templates: Path) -> dict[str, bytes]:
    """Path below output/<PERIOD>/ → workbook; nothing where the regulation knows no such form.

    Where grades are given by quarter, a month's form says so in the place of its grade.
    """
    if not any(MONTH_RECORD.title in entry.sheets for entry in policy.inputs):
        return {}
    template = Template.load(templates / MONTH_FILING)
    template.check(*MONTH_FILING_WORDS)
    files: dict[str, bytes] = {}
    for verdict in verdicts:
        for month in verdict.period.parts(Span.MONTH):
            taken: set[str] = set()
            for name, decisions in _departments(verdict.decisions):
                tabs = [Tab(decision.person.name, form_values(decision, records.get((decision.person.index, month)), month, mark)) for decision in decisions]
                files[f"每月考核备案表/{month.chinese}/{safe_name(name, taken)}.xlsx"] = template.fill(tabs)
    return files


def _departments(decisions: Sequence[Decision]) -> Iterator[tuple[str, Sequence[Decision]]]:
    """The people of each department who are appraised here; a name that several units use stands behind its unit."""
    found: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.proposal.in_scope:
            found[decision.person.unit, decision.person.department].append(decision)
    uses = Counter(department for _, department in found)
    for (unit, department), members in found.items():
        yield department if uses[department] == 1 else f"{unit}{department}", members


def form_values(decision: Decision, record: Record | None, month: Period, mark: str) -> Mapping[str, object]:
    """What one person's form says: the texts of the own form, the roster where it is silent, and the grade block."""
    person = decision.person
    texts = record.texts if record is not None else {}
    graded = decision.proposal.standing.period == month
    return {
        "mark": mark,
        "period_title": month.heading,
        "department": person.department,
        "name": person.name,
        "post": texts.get("职务", "") or person.post,
        "since": texts.get("任现职时间", "") or person.since,
        "goals": texts.get("科室业务责任目标暨亮点工作", ""),
        "duties": texts.get("个人岗位职责暨承担业务", ""),
        "tasks": _task_lines(record),
        "comment": _comment(decision, texts.get("评语", ""), graded=graded),
        "opinion": _opinion(decision) if graded else "",
        "explanation": _explanation(decision, texts.get("情况说明", "")),
    }


def _task_lines(record: Record | None) -> list[TaskLine]:
    tasks = record.tasks if record is not None else ()
    filled = [TaskLine(number, task.progress, task.state, task.finished) for number, task in enumerate(tasks, 1)]
    return [*filled, *(TaskLine(number) for number in range(len(filled) + 1, RULED_LINES + 1))]


def _comment(decision: Decision, own: str, *, graded: bool) -> str:
    """The leader's words as they were handed in, and the grade the rules propose."""
    if not graded:
        proposed = "按季度评定"
    elif decision.result in (Status.CONTESTED, Status.WITHHELD):
        proposed = str(decision.result)
    else:
        proposed = str(decision.proposed)
    suggested = _SUGGESTED.search(own)
    if suggested is not None and suggested[1] == proposed:  # said once is enough; another suggestion stays as it was written
        own = own[: suggested.start()].rstrip("。") + "。" if own[: suggested.start()].strip() else ""
    return "\n".join(part for part in (own.strip(), f"考核等次建议：{proposed}") if part)


def _opinion(decision: Decision) -> str:
    """The committee's decision; empty until there is one."""
    if isinstance(decision.result, Grade):
        return f"经研究，确定为“{decision.result}”等次。"
    if decision.result is Status.UNGRADED:
        return "经研究，参加考核，不确定等次。"
    return "未参加考核。" if decision.result is Status.ABSENT else ""


def _explanation(decision: Decision, own: str) -> str:
    """Why somebody has no grade, in the form's own words and in those of the rules; nothing for people with a grade."""
    without = (Status.UNGRADED, Status.ABSENT)
    if decision.proposed not in without and decision.result not in without:
        return ""
    reason = next((str(reason) for reason in reversed(decision.reasons) if reason.code in (Code.UNGRADED, Code.ABSENT, Code.RULING)), "")
    return "\n".join(part for part in (own.strip(), f"{decision.proposed if decision.result not in without else decision.result}：{reason}") if part)
