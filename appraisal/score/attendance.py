"""Attendance: days of leave by month, what is impossible about them, and the share attended (四（三）4（3）, 二2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from appraisal.model import UNIT, Attendance, Cell, Period, Person, Span, days, workdays_served
from appraisal.problems import LEAVE_OVER_MONTH, LEAVE_OVER_WORKDAYS, YEAR_TO_DATE
from appraisal.score.settle import Scored, marks_of, rows_of
from appraisal.standard import LEAVE, Use

AWAY = ("病假", "事假", "旷工")


def _leave(scored: Scored) -> pd.DataFrame:
    """Days of each kind of leave in ten-thousandths, one line for each person and month reported: columns `person`, `period` and the kinds."""
    if scored.leave is not None:
        return scored.leave
    merged, entries = scored.merged, scored.entries
    telling = [number for number, table in enumerate(merged.tables) if not table.columns.keys().isdisjoint(LEAVE)]
    entries = entries[(entries["use"] == Use.ATTENDANCE.value) & ~entries["spoiled"] & entries["table"].isin(telling)]
    marks = marks_of(scored, Use.ATTENDANCE)
    marks = marks[marks["item"].isin([merged.item(kind) for kind in LEAVE])]
    kinds = np.array([LEAVE.index(item) if item in LEAVE else 0 for item in merged.items], dtype=np.int64)
    days = np.zeros((len(merged.entries), len(LEAVE)), dtype=np.int64)
    np.add.at(days, (marks["entry"].to_numpy(), kinds[marks["item"].to_numpy()]), marks["amount"].to_numpy())
    table = pd.DataFrame(days[entries.index], columns=pd.Index(LEAVE)).assign(person=entries["person"].to_numpy(), period=entries["period"].to_numpy())
    scored.leave = table.sort_values(["person", "period"], kind="stable", ignore_index=True)
    return scored.leave


def check_months(scored: Scored) -> None:
    """More sick and private leave in a month than it has days is impossible, more than it has working days is odd."""
    table = _leave(scored)
    table = table.assign(away=table[list(AWAY)].sum(axis=1))
    for person, place, amount in rows_of(table[table["away"] > 15 * UNIT], "person", "period", "away"):
        period = scored.merged.periods[place]
        workdays = scored.calendar.workdays(period.first_day, period.last_day) if period.year in scored.calendar.years else 31
        if amount <= workdays * UNIT:
            continue
        impossible = amount > period.last_day.day * UNIT
        fault, most = (LEAVE_OVER_MONTH, period.last_day.day) if impossible else (LEAVE_OVER_WORKDAYS, workdays)
        cell, name = _cell_of(scored, person, place)
        scored.problems.append(fault.at(cell, name, period=period.chinese, found=days(amount), most=most))
        if impossible:
            scored.faults[person, period].append(cell)


def _cell_of(scored: Scored, person: int, period: int) -> tuple[Cell, str]:
    entries = scored.entries
    row = entries[(entries["person"] == person) & (entries["period"] == period) & (entries["use"] == Use.ATTENDANCE.value)].iloc[0]
    table, place = int(row["table"]), int(row["place"])
    return scored.merged.entry_cell(table, place), scored.merged.tables[table].names[place]


def check_year_to_date(scored: Scored) -> None:
    """全年累计 must grow by exactly each month's days, and in January equal them (四（二）1（5））."""
    merged = scored.merged
    pairs = {merged.item(f"累计{kind}"): merged.item(kind) for kind in ("病假", "事假", "年休") if merged.item(f"累计{kind}") >= 0}
    if not pairs:
        return
    marks = marks_of(scored, Use.ATTENDANCE)
    marks = marks[marks["given"] & marks["item"].isin([*pairs, *pairs.values()])]
    amounts = {(person, period, item): amount for person, period, item, amount in rows_of(marks, "person", "period", "item", "amount")}
    totals = marks[marks["item"].isin(pairs)]
    for entry, person, period, item, amount, table, row, column in rows_of(totals, "entry", "person", "period", "item", "amount", "table", "row", "column"):
        month = merged.periods[period]
        this = amounts.get((person, period, pairs[item]), 0)
        before = 0 if month.number == 1 else amounts.get((person, merged.period(Period.month(month.year, month.number - 1)), item))
        expected = this if before is None else before + this
        if amount < expected or (before is not None and amount != expected):
            cell = merged.cell(table, row, column)
            name = merged.tables[table].names[int(scored.entries["place"].loc[entry])]
            found = {"period": month.chinese, "item": merged.items[item].removeprefix("累计"), "found": days(amount), "computed": days(expected)}
            scored.problems.append(YEAR_TO_DATE.at(cell, name, **found))
            scored.faults[person, month].append(cell)


def attended(scored: Scored, people: Sequence[Person], period: Period) -> dict[int, Attendance]:
    """Attendance of everybody in a period, from whichever months have arrived (四（三）4（3）)."""
    rule, long = scored.policy.attendance, scored.policy.long_leave
    if rule is None and long is None:
        return {}
    table = _leave(scored)
    table = table[table["period"].isin([place for month in period.parts(Span.MONTH) if (place := scored.merged.period(month)) >= 0])]
    sums = table.groupby("person")[list(LEAVE)].sum()
    sets = (rule.absent if rule else AWAY, rule.exempt if rule else (), long.counts if long else ())
    absent, exempt, private = (dict(zip(sums.index.tolist(), sums[list(kinds)].sum(axis=1).tolist(), strict=True)) for kinds in sets)
    served = workdays_served(people, period, scored.calendar)
    known = _months_reported(table, scored.merged.periods)
    return {
        index: Attendance(whole * UNIT, absent.get(index, 0), exempt.get(index, 0), private.get(index, 0), known.get(index, ()))
        for index, whole in served.items()
    }


def _months_reported(table: pd.DataFrame, periods: Sequence[Period]) -> dict[int, tuple[Period, ...]]:
    """Of everybody the months with a line in the table, in order. Few sets of months differ, many people have them."""
    people, places = table["person"].to_numpy(), table["period"].to_numpy()
    sets = np.zeros(people.max(initial=-1) + 1, dtype=np.int64)
    here = sorted(set(places.tolist()))
    np.bitwise_or.at(sets, people, 1 << np.searchsorted(here, places))
    told = {known: tuple(periods[place] for bit, place in enumerate(here) if known >> bit & 1) for known in set(sets.tolist())}
    return {person: told[known] for person, known in enumerate(sets.tolist()) if known}


def leave_cells(scored: Scored, people: Sequence[int], period: Period) -> Mapping[int, list[Cell]]:
    """The cells in which absence was reported of these people: what a ceiling or a missing grade rests on."""
    merged = scored.merged
    places = [merged.period(month) for month in period.parts(Span.MONTH)]
    items = [merged.item(kind) for kind in AWAY]
    marks = marks_of(scored, Use.ATTENDANCE)
    marks = marks[marks["person"].isin(people) & marks["period"].isin(places) & marks["item"].isin(items) & (marks["amount"] > 0)]
    cells: dict[int, list[Cell]] = defaultdict(list)
    for person, table, row, column in rows_of(marks, "person", "table", "row", "column"):
        cells[person].append(merged.cell(table, row, column))
    return cells
