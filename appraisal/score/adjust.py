"""加减分: points by category and within its limits, dated inside the quarter, each matter once."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import defaultdict
from fractions import Fraction

from appraisal.model import UNIT, Cell, Period, Table, number
from appraisal.problems import ADJUSTMENT_DATE, ADJUSTMENT_KIND, ADJUSTMENT_POINTS, ADJUSTMENT_TWICE, Problem
from appraisal.score.settle import Scored, rows_of
from appraisal.standard import Use


def adjustments(scored: Scored, period: Period) -> dict[int, tuple[Fraction, tuple[Cell, ...], str]]:
    """The sum of everybody's bonus and malus in a quarter, with the cells and a sentence; nobody listed has none."""
    merged, entries = scored.merged, scored.entries
    chosen = entries[(entries["use"] == Use.ADJUSTMENTS.value) & (entries["period"] == merged.period(period)) & ~entries["spoiled"]]
    seen: dict[tuple[int, str, str], Cell] = {}
    sums: dict[int, list[tuple[Fraction, Cell, str]]] = defaultdict(list)
    for person, number_, place in rows_of(chosen, "person", "table", "place"):
        table = merged.tables[number_]
        kind, matter = str(table.columns["事项类别"][place]), str(table.columns["事项"][place])
        points, cell, name = table.columns["分值"][place], table.cell(place, "分值"), table.names[place]
        assert isinstance(points, int)
        key = (person, kind, "".join(matter.split()))
        if key in seen:
            scored.problems.append(ADJUSTMENT_TWICE.at(cell, name, matter=matter[:20], other=seen[key]))
            continue
        seen[key] = cell
        day = table.columns["日期"][place]
        fault = _fault(scored, period, table, place, day if isinstance(day, dt.date) else None)
        if fault is not None:
            scored.withhold(person, period, fault)
        else:
            sums[person].append((Fraction(points, UNIT), cell, f"{matter[:12]} {number(Fraction(points, UNIT))}"))
    return {
        person: (sum((points for points, _, _ in found), Fraction(0)), tuple(cell for _, cell, _ in found), "、".join(note for *_, note in found))
        for person, found in sums.items()
    }


def _fault(scored: Scored, period: Period, table: Table, place: int, day: dt.date | None) -> Problem | None:
    """What is wrong with one matter, at the cell it is wrong in."""
    rules = {rule.category: rule for rule in scored.policy.adjustments}
    name, kind, matter = table.names[place], str(table.columns["事项类别"][place]), str(table.columns["事项"][place])[:20]
    if day is None or not period.first_day <= day <= period.last_day:
        return ADJUSTMENT_DATE.at(table.cell(place, "日期"), name, matter=matter, found=day, period=period.chinese)
    rule = rules.get(kind)
    if rule is None:
        near = difflib.get_close_matches(kind, rules, 1, 0.5)
        hint = f"，是不是“{near[0]}”？" if near else ""
        return ADJUSTMENT_KIND.at(table.cell(place, "事项类别"), name, found=kind, hint=hint, allowed="、".join(rules))
    points = table.columns["分值"][place]
    if not isinstance(points, int) or not rule.least * UNIT <= points <= rule.most * UNIT:
        limits = {"least": number(rule.least), "most": number(rule.most)}
        found = number(Fraction(points, UNIT)) if isinstance(points, int) else ""
        return ADJUSTMENT_POINTS.at(table.cell(place, "分值"), name, matter=matter, found=found, kind=kind, **limits)
    return None
