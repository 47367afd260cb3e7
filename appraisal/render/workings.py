"""Tabs of the ledger behind scored results: 得分明细, 实绩档案, 季度参考."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from msgspec import Struct

from appraisal.model import Cell, Decision, Part, Period, Person, Score, Table, Verdict, number, shown
from appraisal.notation import person_name
from appraisal.policy.shape import Policy, ScorePart, ScoreRule
from appraisal.render.filing import result_on_form
from appraisal.render.lists import ListTab
from appraisal.standard import WORK_LEDGER

# ---- 得分明细 ----------------------------------------------------------------------------------------------------------

_WORKING = (
    ("考核周期", 10),
    ("呈报单位", 16),
    ("科室", 16),
    ("姓名", 12),
    ("得分名称", 16),
    ("分项", 16),
    ("分项得分", 10),
    ("权重", 10),
    ("计入得分", 10),
    ("得分", 10),
    ("怎样得出", 50),
    ("条款", 22),
    ("来源单元格", 60),
)


def score_rows(verdicts: Sequence[Verdict], policy: Policy, note: str = "") -> ListTab:
    """得分明细: every ingredient of every score, what it is worth, and the cells it came from."""
    return ListTab("得分明细", _WORKING, list(_workings(verdicts, policy)), note)


def _workings(verdicts: Sequence[Verdict], policy: Policy) -> Iterator[tuple[object, ...]]:
    rules = {rule.name: rule for rule in policy.scores}
    for verdict in verdicts:
        for decision in verdict.decisions:
            score = decision.proposal.standing.score
            if score is None or not decision.proposal.in_scope:
                continue
            person = decision.person
            who = str(verdict.period), person.unit, person.department, person.name, score.name
            rule = rules.get(score.name)
            for part in score.parts:
                yield (*who, *_working(part, score, rule))


def _working(part: Part, score: Score, rule: ScoreRule | None) -> tuple[object, ...]:
    declared = next((declared for declared in rule.parts if declared.name == part.name), None) if rule is not None else None
    weight = "直接相加" if part.weight is None else f"{number(part.weight * 100)}%"
    if declared is None:  # the mean of the months, which no rule weighs
        weight = "平均"
    counted = None if part.value is None else part.value * (part.weight if part.weight is not None else 1)
    told = "；".join(text for text in (part.note, _items(part), _limited(score, rule)) if text)
    return part.name, part.value, weight, counted, score.value, told, _source(declared, rule), places(part.cells)


def places(cells: Sequence[Cell]) -> str:
    """Where cells stand, the file and tab said once for those that follow each other: 办公室.xlsx!4月!C5、D5、E5."""
    tabs = ((where, [cell.address for cell in found]) for where, found in groupby(cells, key=lambda cell: (cell.file, cell.sheet)))
    return "；".join("!".join(part for part in (*where, "、".join(addresses)) if part) for where, addresses in tabs)


def _source(declared: ScorePart | None, rule: ScoreRule | None) -> str:
    """The clause of an ingredient, or that the regulation is silent."""
    return declared.source if declared is not None else rule.source if rule is not None else ""


def _items(part: Part) -> str:
    if len(part.details) < 2:
        return ""
    return "、".join(f"{name} {number(points)}" for name, points in part.details.items())


def _limited(score: Score, rule: ScoreRule | None) -> str:
    """That a sum beyond the declared limits was cut."""
    if rule is None or score.value is None or any(part.value is None and part.weight is not None for part in score.parts):
        return ""
    total = sum((part.value * (part.weight if part.weight is not None else 1) for part in score.parts if part.value is not None), Fraction(0))
    if rule.most is not None and total > rule.most:
        return f"合计 {shown(total, rule.round)}，最高取 {number(rule.most)}"
    return f"合计 {shown(total, rule.round)}，最低取 {number(rule.least)}" if rule.least is not None and total < rule.least else ""


# ---- 实绩档案 ----------------------------------------------------------------------------------------------------------

_ACHIEVEMENTS = (("姓名", 12), ("科室", 18), ("月份", 10), ("台账类别", 16), ("工作内容", 60), ("完成情况", 12), ("佐证材料", 40), ("来源单元格", 50))


def achievements(tables: Sequence[Table], verdicts: Sequence[Verdict] = (), note: str = "") -> ListTab:
    """实绩档案: every matter of a work ledger that is ticked 计入实绩, each once; with `verdicts`, those of their periods only."""
    periods = [verdict.period for verdict in verdicts]
    kept = [table for table in tables if table.kind == WORK_LEDGER.title and _concerns(table, periods)]
    departments = _departments(verdicts)
    found: dict[tuple[object, ...], Cell] = {}
    for table in sorted(kept, key=lambda table: (table.period or Period.month(1950, 1), table.file, table.sheet)):
        for place in range(len(table.rows)):
            if _text(table, place, "计入实绩") == "是":
                found.setdefault(_achievement(table, place, departments), table.cell(place, "计入实绩"))
    return ListTab("实绩档案", _ACHIEVEMENTS, [(*row, str(cell)) for row, cell in found.items()], note)


def _concerns(table: Table, periods: Sequence[Period]) -> bool:
    return not periods or (table.period is not None and any(period.holds(table.period) for period in periods))


def _departments(verdicts: Sequence[Verdict]) -> Mapping[str, str]:
    """The department of everybody whose name is the only one, for sheets that do not name it."""
    found: dict[str, set[str]] = {}
    for verdict in verdicts:
        for decision in verdict.decisions:
            found.setdefault(person_name(decision.person.name), set()).add(decision.person.department)
    return {name: next(iter(places)) for name, places in found.items() if len(places) == 1}


def _text(table: Table, place: int, item: str) -> str:
    column = table.columns.get(item)
    return str(column[place]) if column is not None and column[place] is not None else ""


def _achievement(table: Table, place: int, departments: Mapping[str, str]) -> tuple[object, ...]:
    name = table.names[place]
    where = table.departments[place] or departments.get(person_name(name), "")
    texts = (_text(table, place, item) for item in ("台账类别", "工作内容", "完成情况", "佐证材料"))
    return name, where, str(table.period or ""), *texts


# ---- 季度参考 ----------------------------------------------------------------------------------------------------------


class _Months(Struct, frozen=True):
    """One person's months side by side."""

    person: Person
    decisions: Mapping[Period, Decision]

    def cells(self, periods: Sequence[Period]) -> Iterator[object]:
        """Score and grade of each month."""
        for period in periods:
            decision = self.decisions.get(period)
            yield _score(decision)
            yield result_on_form(decision) if decision is not None else ""


def _score(decision: Decision | None) -> object:
    score = decision.proposal.standing.score if decision is not None else None
    return score.value if score is not None else None


def reference_rows(verdicts: Sequence[Verdict], reference: Verdict, note: str = "") -> ListTab:
    """季度参考: where results are monthly, everybody's months side by side, the quarter's mean and the grade it would give.

    Only the months are results; `reference` is what the same rules propose for the quarter as a whole.
    """
    periods = [verdict.period for verdict in verdicts]
    months = [column for period in periods for column in ((f"{period.chinese}得分", 11), (f"{period.chinese}等次", 12))]
    columns = (("呈报单位", 16), ("科室", 16), ("姓名", 12), ("工号", 10), *months, ("季度平均（参考）", 12), ("季度等次（参考）", 12), ("说明", 50))
    return ListTab("季度参考", columns, list(_side_by_side(verdicts, reference, periods)), note)


def _side_by_side(verdicts: Sequence[Verdict], reference: Verdict, periods: Sequence[Period]) -> Iterator[tuple[object, ...]]:
    quarters = {decision.person.index: decision for decision in reference.decisions}
    for found in _everybody(verdicts):
        quarter = quarters.get(found.person.index)
        grade = "" if quarter is None else quarter.proposed if quarter.proposed is not None else quarter.result or ""
        person = found.person
        told = "；".join(reason.text for reason in quarter.reasons) if quarter is not None else ""
        yield person.unit, person.department, person.name, person.staff_no, *found.cells(periods), _score(quarter), grade, f"参考，不作为结果。{told}"


def _everybody(verdicts: Sequence[Verdict]) -> list[_Months]:
    """Everybody in scope in at least one month, in the order in which they first appear."""
    found: dict[int, tuple[Person, dict[Period, Decision]]] = {}
    for verdict in verdicts:
        for decision in verdict.decisions:
            if decision.proposal.in_scope:
                found.setdefault(decision.person.index, (decision.person, {}))[1][verdict.period] = decision
    return [_Months(person, months) for person, months in found.values()]
