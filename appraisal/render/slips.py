"""反馈单: one slip a person, telling that person alone the own results, what follows from them and how to object.

A slip passes through many hands, so it says less than the lists that are filed: no score, no ratio, nobody else, and no reason. Whoever has
no grade reads the same sentence whatever stands behind it, and so does everybody whose result is still open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct

from appraisal.model import Decision, Grade, Period, Person, Status
from appraisal.policy.shape import Policy
from appraisal.render.file_names import safe_name
from appraisal.render.filing import result_on_form
from appraisal.render.notice import BLANK_DAY, chinese_day
from appraisal.render.template import Tab, Template
from appraisal.result import Result

SLIP = "反馈单.xlsx"
SLIP_WORDS: tuple[tuple[str, ...], dict[str, tuple[str, ...]]] = (
    ("mark", "organisation", "period_title", "name", "department", "results", "objections"),
    {"results": ("period", "grade", "follows")},
)
"""The names the cells of the template may use, and the members of those that have some."""
FOLDER = "反馈单"
UNDECIDED = "尚未确定"
FACE_TO_FACE = "具体情况由人事部门当面说明。"
LATER = "结果确定后另行反馈。"
NOTHING_SAID = "没有另作规定。"
_GRADES = frozenset(map(str, Grade))
_WITHOUT_GRADE = frozenset(map(str, (Status.UNGRADED, Status.ABSENT)))


class SlipLine(Struct, frozen=True):
    """The result of one period and what the regulation says follows from it."""

    period: str
    grade: str
    follows: str


def slips(result: Result, templates: Path, which: slice = slice(None)) -> dict[str, bytes]:
    """Path below output/<PERIOD>/ → workbook: one for each department (or those of a part), one tab a person; nothing where nobody is graded."""
    if not any(verdict.groups for verdict in result.verdicts):
        return {}
    template = open_slip(templates)
    everybody = _everybody(result)
    several = len({unit for unit, _ in everybody}) > 1
    taken: defaultdict[str, set[str]] = defaultdict(set)
    folders = _folders(list(dict.fromkeys(unit for unit, _ in everybody))) if several else {}
    names = [f"{FOLDER}/{folders[unit]}/" if several else f"{FOLDER}/" for unit, _ in everybody]
    names = [f"{folder}{safe_name(department, taken[unit])}.xlsx" for folder, (unit, department) in zip(names, everybody, strict=True)]
    values = slip_values(result)
    return {
        name: template.fill([Tab(decisions[-1].person.name, values(decisions)) for decisions in members])
        for name, members in list(zip(names, everybody.values(), strict=True))[which]
    }


def slip_of(result: Result, templates: Path, person: Person) -> bytes | None:
    """The slip of one person in a workbook of its own, to be sent to that person; None for somebody who is not appraised here."""
    decisions = [decision for decision in _appraised(result) if decision.person.index == person.index]
    return open_slip(templates).fill([Tab(decisions[-1].person.name, slip_values(result)(decisions))]) if decisions else None


def open_slip(templates: Path) -> Template:
    """The template, checked. Raises TemplateError."""
    template = Template.load(templates / SLIP)
    template.check(*SLIP_WORDS)
    return template


def _folders(units: Sequence[str]) -> Mapping[str, str]:
    taken: set[str] = set()
    return {unit: safe_name(unit, taken) for unit in units}


def _appraised(result: Result) -> Iterator[Decision]:
    return (decision for verdict in result.verdicts for decision in verdict.decisions if decision.proposal.in_scope)


@lru_cache(maxsize=1)
def _everybody(result: Result) -> Mapping[tuple[str, str], Sequence[Sequence[Decision]]]:
    """Each person's decisions, period by period, under the unit and department of the last one."""
    own: defaultdict[int, list[Decision]] = defaultdict(list)
    for decision in _appraised(result):
        own[decision.person.index].append(decision)
    found: defaultdict[tuple[str, str], list[Sequence[Decision]]] = defaultdict(list)
    for decisions in own.values():
        last = decisions[-1].person
        found[last.unit, last.department].append(decisions)
    return found


def slip_values(result: Result) -> Callable[[Sequence[Decision]], dict[str, object]]:
    """How to tell what one person's slip says, given that person's decisions."""
    policy = result.policy
    common = {"mark": result.mark, "organisation": policy.regulation.organisation, "period_title": result.period.heading}

    @cache
    def told(said: tuple[tuple[Period, str], ...]) -> dict[str, object]:
        lines = [_line(period, grade, policy) for period, grade in said]
        told = [(period, line.grade) for (period, _), line in zip(said, lines, strict=True)]
        return {"results": lines, "objections": [_objection(told, result)] if policy.review is not None else []}

    def values(decisions: Sequence[Decision]) -> dict[str, object]:
        person = decisions[-1].person
        said = tuple([(decision.proposal.standing.period, result_on_form(decision)) for decision in decisions])
        return {**common, "name": person.name, "department": person.department, **told(said)}

    return values


def _line(period: Period, said: str, policy: Policy) -> SlipLine:
    if said in _GRADES:
        follows = [f"{rule.action}（{rule.source}）。" for rule in policy.consequences if str(rule.grade) == said]
        return SlipLine(period.chinese, said, "\n".join(follows) or NOTHING_SAID)
    if said in _WITHOUT_GRADE:
        return SlipLine(period.chinese, said, FACE_TO_FACE)
    return SlipLine(period.chinese, UNDECIDED, LATER)


def _objection(results: Sequence[tuple[Period, str]], result: Result) -> str:
    """Where to object, until when, and when the answer comes. Only what is public has a term: that of its notice."""
    policy = result.policy
    assert policy.review is not None
    public = [period for period, grade in results if grade in [str(made) for made in policy.publicity.grades]]
    when = f"请在公示期内（至{_last_day(public, result)}止）" if public and policy.publicity.workdays else "请收到本单后及时"
    return f"对本人考核结果有异议的，{when}向考核工作机构（人事科）反映；自收到之日起 {policy.review.workdays} 个工作日内答复（{policy.review.source}）。"


def _last_day(periods: Sequence[Period], result: Result) -> str:
    """The last day of the public notices; blanks while it does not hang."""
    ends = [due.last_day for due in result.dues if due.matter == "公示" and due.about in [period.chinese for period in periods]]
    known = [day for day in ends if day is not None]
    return chinese_day(max(known)) if known and len(known) == len(ends) else BLANK_DAY
