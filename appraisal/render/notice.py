"""公示: whose results are made public, from when to when, and where to object. Names, departments and grades, nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from appraisal.model import Calendar, Decision, Grade, Verdict
from appraisal.policy.shape import Policy
from appraisal.render.filing import result_on_form
from appraisal.render.template import Tab, Template

NOTICE = "公示.xlsx"
NOTICE_WORDS: tuple[tuple[str, ...], dict[str, tuple[str, ...]]] = (
    ("mark", "organisation", "period_title", "opening", "term", "objection", "day", "people"),
    {"people": ("number", "name", "department", "grade")},
)
"""The names the cells of the template may use, and the members of those that have some."""
BLANK_DAY = "　　　年　　月　　日"


class Named(Struct, frozen=True):
    """A line of the notice."""

    number: int
    name: str
    department: str
    grade: str


def notice(verdicts: Sequence[Verdict], policy: Policy, mark: str, templates: Path, calendar: Calendar) -> bytes | None:
    """One tab for each result period; None where the regulation makes nothing public."""
    if not policy.publicity.grades or not verdicts:
        return None
    template = Template.load(templates / NOTICE)
    template.check(*NOTICE_WORDS)
    return template.fill([Tab(f"公示{verdict.period.chinese}", notice_values(verdict, policy, mark, calendar)) for verdict in verdicts])


def notice_values(verdict: Verdict, policy: Policy, mark: str, calendar: Calendar) -> dict[str, object]:
    """What one notice says."""
    return {
        "mark": mark,
        "organisation": policy.regulation.organisation,
        "period_title": verdict.period.heading,
        "opening": _opening(verdict, policy),
        "term": _term(verdict.approved_on, policy.publicity.workdays, calendar),
        "objection": "　　公示期间，对考核结果有异议的，可以向考核工作机构（人事科）反映，反映情况请署真实姓名。",
        "day": chinese_day(verdict.approved_on) if verdict.approved_on else BLANK_DAY,
        "people": list(_named(verdict.decisions, policy)),
    }


def _named(decisions: Sequence[Decision], policy: Policy) -> Iterator[Named]:
    """Everybody with a public grade, the best grades first, then in the order of the roster."""
    order = {str(grade): place for place, grade in enumerate(sorted(policy.publicity.grades, key=lambda grade: grade.place))}
    shown = [decision for decision in decisions if decision.proposal.in_scope and result_on_form(decision) in order]
    shown.sort(key=lambda decision: order[result_on_form(decision)])
    for number, decision in enumerate(shown, 1):
        yield Named(number, decision.person.name, decision.person.department, result_on_form(decision))


def _opening(verdict: Verdict, policy: Policy) -> str:
    """On what the notice rests, who approved, and what is made public."""
    regulation = policy.regulation
    title = regulation.title if regulation.title.startswith("《") else f"《{regulation.title}》"
    document = f"（{regulation.document}）" if regulation.document else ""
    approval = policy.approval
    approved = f"经{approval.by or '领导'}审定，" if approval.required else ""
    grades = policy.publicity.grades
    what = "考核结果" if set(grades) == set(Grade) else f"考核结果为{'、'.join(f'“{grade}”' for grade in grades)}等次的人员"
    return f"　　根据{title}{document}，{approved}现将{verdict.period.chinese}平时{what}予以公示。"


def _term(first: dt.date | None, workdays: int, calendar: Calendar) -> str:
    """From when to when; blanks to be filled in by hand while nobody has approved or the year's holidays are not known."""
    last = _last_day(first, workdays, calendar)
    days = f"{workdays}个工作日" if workdays else ""
    if first is None or last is None:
        start = chinese_day(first) if first is not None else BLANK_DAY
        return f"　　公示时间：自{start}起至{BLANK_DAY}止{f'，不少于{days}' if days else ''}。"
    return f"　　公示时间：自{chinese_day(first)}起至{chinese_day(last)}止{f'（{days}，首日不计入）' if days else ''}。"


def _last_day(first: dt.date | None, workdays: int, calendar: Calendar) -> dt.date | None:
    """The last day of the notice; the first day is not counted."""
    if first is None or not workdays:
        return None
    try:
        return calendar.after(first, workdays)
    except KeyError:  # a year whose holidays nobody has published
        return None


def chinese_day(day: dt.date) -> str:
    """2020年7月6日."""
    return f"{day.year}年{day.month}月{day.day}日"
