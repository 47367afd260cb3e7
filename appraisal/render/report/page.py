"""What the page says, section by section, as plain values for its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from appraisal.model import Arrivals, Grade, State, Status, days, number, percent
from appraisal.render.report.bars import STEP, Chart, attended, distribution, ratios
from appraisal.render.report.figures import (
    OUTCOMES,
    MonthAway,
    Previous,
    Tally,
    attendance,
    by_band,
    by_department,
    by_period,
    by_unit,
    in_scope,
    is_graded,
    seats,
    short,
    total,
)
from appraisal.render.report.matters import open_cases, ruled, shifts, troubles
from appraisal.result import Result

MOST = 200
"""Longer lists are cut on the page, which says so; the ledger has them whole."""
_STATES = {
    State.FINAL: ("最终结果", "材料没有错误，不需要再研判或审定。"),
    State.DRAFT: ("草稿：材料有问题", "改正下列错误并重新运行之前，数字会变，不能据此备案或公布。"),
    State.AWAITING: ("草稿：等待领导研判或审定", "材料没有错误。请在审定表上研判、审定并签批，放回后再运行一次。"),
}


class Tile(Struct, frozen=True):
    """A number at the head of the page; several where results are monthly."""

    label: str
    values: tuple[tuple[str, str], ...]
    note: str = ""


class Spread(Struct, frozen=True):
    """A distribution: its title, what its rows are, the bars and the numbers."""

    title: str
    head: str
    chart: Chart
    rows: tuple[Tally, ...]
    total: Tally | None

    @property
    def used(self) -> tuple[int, ...]:
        """Which of OUTCOMES occur: the others need no column."""
        return tuple(place for place in range(len(OUTCOMES)) if any(row.counts[place] for row in self.rows))


def values(result: Result, previous: Previous) -> dict[str, object]:
    """Everything the template may name."""
    policy, graded = result.policy, is_graded(result)
    columns, moved = shifts(result, previous)
    state, advice = _STATES[result.state]
    months = attendance(result)
    caps = seats(result)
    return {
        "organisation": policy.regulation.organisation,
        "regulation": f"{policy.regulation.title}{f'（{policy.regulation.document}）' if policy.regulation.document else ''}",
        "period": result.period.heading,
        "state": state,
        "advice": advice,
        "kind": result.state.value,
        "mark": result.mark,
        "outcomes": OUTCOMES,
        "step": STEP,
        "most": MOST,
        "graded": graded,
        "monthly": len(result.verdicts) > 1,
        "tiles": _tiles(result) if graded else [],
        "people": result.people,
        "cap": f"{number(policy.cap.share * 100)}%",
        "cap_clause": policy.cap.source,
        "soft": policy.cap.strength == "soft",
        "ratios": ratios(caps, several=len(result.verdicts) > 1),
        "spreads": _spreads(result) if graded else [],
        "courses": _courses(result, previous) if graded else None,
        "months": months,
        "attended": attended(months),
        "leave": _leave(months),
        "contested": open_cases(result, Status.CONTESTED),
        "withheld": open_cases(result, Status.WITHHELD),
        "ruled": ruled(result),
        "compared": columns,
        "shifts": moved,
        "changes": result.changes,
        "matrix": _matrix(result.matrix),
        "errors": sum(problem.is_error for problem in result.problems),
        "warnings": sum(not problem.is_error for problem in result.problems),
        "troubles": troubles(result),
        "dues": result.dues,
        "recalls": result.recalls,
    }


# ---- the numbers at the head -------------------------------------------------------------------------------------------


def _tiles(result: Result) -> list[Tile]:
    """People, then grades; where results are monthly each number once a month."""
    counted = [(short(verdict.period) if len(result.verdicts) > 1 else "", total(result, verdict.period)) for verdict in result.verdicts]

    def tile(label: str, *outcomes: str, note: str = "") -> Tile:
        return Tile(label, tuple((month, str(sum(tally.of(outcome) for outcome in outcomes))) for month, tally in counted), note)

    good, bad = str(Grade.GOOD), (str(Grade.ORDINARY), str(Grade.POOR))
    waiting = (str(Status.CONTESTED), str(Status.WITHHELD))
    taking_part = tuple((month, str(tally.total - tally.of(Status.ABSENT))) for month, tally in counted)
    tiles = [
        Tile("考核对象", tuple((month, str(tally.total)) for month, tally in counted), f"名册 {result.people} 人"),
        Tile("参加考核", taking_part),
        tile("好", good, note="" if len(counted) > 1 else _of_taking_part(counted[0][1])),
        tile("较好", str(Grade.FAIR)),
        tile("一般、较差", *bad),
        tile("不确定等次", str(Status.UNGRADED)),
        tile("未参加考核", str(Status.ABSENT)),
    ]
    return [*tiles, *([tile("尚未确定", *waiting)] if any(tally.of(outcome) for _, tally in counted for outcome in waiting) else [])]


def _of_taking_part(tally: Tally) -> str:
    base = tally.total - tally.of(Status.ABSENT)
    return f"占参加考核 {percent(Fraction(tally.of(Grade.GOOD), base))}" if base else ""


# ---- distributions -----------------------------------------------------------------------------------------------------


def _spreads(result: Result) -> list[Spread]:
    """By unit (by department where there is only one) and by row of the filing form."""
    unit = "人次" if len(result.verdicts) > 1 else "人"
    units, departments = by_unit(result), by_department(result)
    found = [_spread("各呈报单位", "呈报单位", units, unit)] if len(units) > 1 else [_spread("各科室", "科室", departments, unit)]
    found.append(_spread("各职务职级", "职务职级", by_band(result), unit))
    if len(units) > 1:
        found.append(Spread("各科室", "科室", Chart(()), tuple(departments[:MOST]), None))
    return found


def _spread(title: str, head: str, rows: Sequence[Tally], unit: str) -> Spread:
    total = Tally("合计", tuple(map(sum, zip(*(row.counts for row in rows), strict=True)))) if rows else None
    return Spread(title, head, distribution(rows, unit), tuple(rows[:MOST]), total)


def _courses(result: Result, previous: Previous) -> Spread | None:
    """Period beside period: the months of the quarter, or the quarter behind the one filed before."""
    rows = by_period(result, previous) if in_scope(result) else []
    return Spread("各期等次", "考核周期", distribution(rows), tuple(rows), None) if len(rows) > 1 else None


# ---- attendance and what has arrived -----------------------------------------------------------------------------------


def _leave(months: Sequence[MonthAway]) -> list[tuple[str, ...]]:
    """A line for each kind of leave that was taken: days month by month."""
    rows = zip(*(month.kinds for month in months), strict=True)
    return [(kinds[0][0], *(days(amount) for _, amount in kinds)) for kinds in rows if any(amount for _, amount in kinds)]


def _matrix(matrix: Arrivals | None) -> Mapping[str, object]:
    """What is missing: the departments with a gap; the others are only counted."""
    if matrix is None or not matrix.columns:
        return {"columns": [], "rows": [], "complete": 0}
    several = len({unit for unit, _ in matrix.departments}) > 1
    rows = []
    for unit, department in matrix.departments:
        cells = [(matrix.word(where), "、".join(matrix.cells.get(where, (0, ()))[1])) for column in matrix.columns if (where := (unit, department, *column))]
        if any(missing for _, missing in cells):
            rows.append((f"{unit}　{department}" if several else department, cells))
    columns = [(material, short(period)) for material, period in matrix.columns]
    return {"columns": columns, "rows": rows, "complete": len(matrix.departments) - len(rows)}
