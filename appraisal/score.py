"""Values → what each person attended and was rated (pandas); everything said twice, and what withholds whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from appraisal.directory import People
from appraisal.marks import Merged
from appraisal.model import UNIT, Attendance, Calendar, Cell, Grade, Missing, Period, Person, Span, Standing, days, workdays_served
from appraisal.policy.shape import Input, Policy
from appraisal.problems import LEAVE_OVER_MONTH, LEAVE_OVER_WORKDAYS, TWICE_IN_SHEETS, TWICE_SAME, YEAR_TO_DATE, Problem
from appraisal.standard import KINDS, LEAVE, Use

RATED = "领导评价档次"
COMPARED = {Use.ATTENDANCE: LEAVE, Use.RATING: (RATED,)}
"""Which items two sheets about the same person and period must agree on."""


@dataclass(slots=True)
class Scored:
    """The values that count: entries said once, and the cells that withhold somebody in a period."""

    merged: Merged
    policy: Policy
    calendar: Calendar
    entries: pd.DataFrame
    """Entries with a column `use`; of repeated ones only the first, of contradicting ones none."""
    faults: dict[tuple[int, Period], list[Cell]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)


def score(merged: Merged, policy: Policy, calendar: Calendar) -> Scored:
    """Settles what was said twice and checks what can only be checked across sheets."""
    uses = pd.Series([KINDS[kind].use.value if kind in KINDS else Use.SCORES.value for kind in merged.kinds], dtype=object)
    entries = merged.entries.assign(use=uses.reindex(merged.entries["kind"]).to_numpy() if len(uses) else [])
    scored = Scored(merged, policy, calendar, entries)
    for use, items in COMPARED.items():
        scored.entries = _settle(scored, use, items)
    _spoiled(scored)
    _leave_of_months(scored)
    _year_to_date(scored)
    return scored


def _marks(scored: Scored, use: Use) -> pd.DataFrame:
    """The marks of the entries that count, of one use."""
    entries = scored.entries
    chosen = entries.index[(entries["use"] == use.value) & ~entries["spoiled"]]
    return scored.merged.marks[scored.merged.marks["entry"].isin(chosen)]


def _settle(scored: Scored, use: Use, items: Sequence[str]) -> pd.DataFrame:
    """Of entries about the same person and period: equal ones count once, contradicting ones withhold the person."""
    merged, entries = scored.merged, scored.entries
    chosen = entries[(entries["use"] == use.value) & ~entries["spoiled"]]
    repeated = chosen[chosen.duplicated(["person", "period"], keep=False)]
    if repeated.empty:
        return entries
    marks = merged.marks[merged.marks["entry"].isin(repeated.index) & merged.marks["item"].isin([merged.item(item) for item in items])]
    said: dict[int, dict[int, tuple[int, str]]] = defaultdict(dict)
    for entry, item, amount, text in zip(marks["entry"], marks["item"], marks["amount"], marks["text"], strict=True):
        if amount or text:
            said[entry][item] = (amount, text)
    dropped: list[int] = []
    name = next((entry.name for entry in scored.policy.inputs if any(KINDS[sheet].use is use for sheet in entry.sheets if sheet in KINDS)), use.value)
    for (person, period), group in repeated.groupby(["person", "period"]):
        places = list(group.index)
        cells = [merged.entry_cell(int(table), int(place)) for table, place in zip(group["table"], group["place"], strict=True)]
        about = merged.tables[int(group["table"].iloc[0])].names[int(group["place"].iloc[0])]
        for later, cell in zip(places[1:], cells[1:], strict=True):
            facts = {"input": name, "period": merged.periods[int(period)].chinese, "other": cells[0]}
            if said[later] != said[places[0]]:
                scored.problems.append(TWICE_IN_SHEETS.at(cell, about, **facts))
                scored.faults[int(person), merged.periods[int(period)]].append(cell)
                dropped += places
            else:
                if group["kind"].loc[later] == group["kind"].loc[places[0]]:
                    scored.problems.append(TWICE_SAME.at(cell, about, **facts))
                dropped.append(later)
    return entries.drop(index=list(set(dropped)))


def _spoiled(scored: Scored) -> None:
    """Rows with an error withhold their person in their period, where the sheet is needed for a grade."""
    needed = {sheet for entry in scored.policy.inputs if entry.need == "grade" for sheet in entry.sheets}
    merged = scored.merged
    for person, period, kind, table, place in _rows(scored.entries[scored.entries["spoiled"]], "person", "period", "kind", "table", "place"):
        if merged.kinds[kind] in needed and period >= 0:
            scored.faults[person, merged.periods[period]].append(merged.entry_cell(table, place))


def _rows(frame: pd.DataFrame, *columns: str) -> zip[tuple[int, ...]]:
    return zip(*(frame[column].tolist() for column in columns), strict=True)


# ---- attendance --------------------------------------------------------------------------------------------------------


def _leave(scored: Scored) -> pd.DataFrame:
    """Days of each kind of leave in ten-thousandths, one line for each person and month."""
    merged = scored.merged
    marks = _marks(scored, Use.ATTENDANCE)
    items = {merged.item(kind): kind for kind in LEAVE if merged.item(kind) >= 0}
    marks = marks[marks["item"].isin(items)]
    table = marks.pivot_table(index=["person", "period"], columns="item", values="amount", aggfunc="sum", fill_value=0)
    table.columns = [items[int(item)] for item in table.columns]
    return table.reindex(columns=list(LEAVE), fill_value=0)


def _leave_of_months(scored: Scored) -> None:
    """More sick and private leave in a month than it has days is impossible, more than it has working days is odd."""
    table = _leave(scored)
    away = table[["病假", "事假", "旷工"]].sum(axis=1)
    for (person, place), amount in away[away > 15 * UNIT].items():
        period = scored.merged.periods[int(place)]
        workdays = scored.calendar.workdays(period.first_day, period.last_day) if period.year in scored.calendar.years else 31
        if amount <= workdays * UNIT:
            continue
        impossible = amount > period.last_day.day * UNIT
        fault, most = (LEAVE_OVER_MONTH, period.last_day.day) if impossible else (LEAVE_OVER_WORKDAYS, workdays)
        cell, name = _cell_of(scored, int(person), int(place), Use.ATTENDANCE)
        scored.problems.append(fault.at(cell, name, period=period.chinese, found=days(int(amount)), most=most))
        if impossible:
            scored.faults[int(person), period].append(cell)


def _cell_of(scored: Scored, person: int, period: int, use: Use) -> tuple[Cell, str]:
    entries = scored.entries
    row = entries[(entries["person"] == person) & (entries["period"] == period) & (entries["use"] == use.value)].iloc[0]
    table, place = int(row["table"]), int(row["place"])
    return scored.merged.entry_cell(table, place), scored.merged.tables[table].names[place]


def _year_to_date(scored: Scored) -> None:
    """全年累计 must grow by exactly each month's days, and in January equal them (四（二）1（5））."""
    merged = scored.merged
    pairs = {merged.item(f"累计{kind}"): merged.item(kind) for kind in ("病假", "事假", "年休") if merged.item(f"累计{kind}") >= 0}
    marks = _marks(scored, Use.ATTENDANCE)
    marks = marks[marks["given"] & marks["item"].isin([*pairs, *pairs.values()])]
    if not pairs or marks.empty:
        return
    amounts = {(person, period, item): amount for person, period, item, amount in _rows(marks, "person", "period", "item", "amount")}
    totals = marks[marks["item"].isin(pairs)]
    for entry, person, period, item, amount, table, row, column in _rows(totals, "entry", "person", "period", "item", "amount", "table", "row", "column"):
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
    months = [month for month in period.parts(Span.MONTH) if scored.merged.period(month) >= 0]
    table = _leave(scored)
    table = table[table.index.get_level_values("period").isin([scored.merged.period(month) for month in months])]
    sums = table.groupby(level="person").sum()
    sets = (rule.absent if rule else ("病假", "事假", "旷工"), rule.exempt if rule else (), long.counts if long else ())
    absent, exempt, private = (dict(zip(sums.index.tolist(), sums[list(kinds)].sum(axis=1).tolist(), strict=True)) for kinds in sets)
    full = scored.calendar.workdays(period.first_day, period.last_day)
    known: dict[int, list[Period]] = defaultdict(list)
    for person, place in table.index.tolist():
        known[person].append(scored.merged.periods[place])
    result = {}
    for person in people:
        due = full if person.arrived is None and person.left is None else workdays_served(person, period, scored.calendar)
        index = person.index
        result[index] = Attendance(due * UNIT, int(absent.get(index, 0)), int(exempt.get(index, 0)), int(private.get(index, 0)), tuple(known.get(index, ())))
    return result


# ---- standings ---------------------------------------------------------------------------------------------------------


def standings(scored: Scored, people: People, period: Period) -> tuple[Standing, ...]:
    """All that is known of everybody on the roster in one result period."""
    present = people.directory.present(period)
    attendance = attended(scored, present, period)
    long = scored.policy.long_leave
    span = period.within(Span(long.of)) if long and period.span is not Span(long.of) and period.span is Span.MONTH else period
    leave = attendance if span == period else attended(scored, present, span)
    ratings, opinions, selfs = _ratings(scored, period)
    missing = _missing(scored, present, period)
    found: dict[int, list[Cell]] = defaultdict(list)
    for (person, when), cells in scored.faults.items():
        if period.holds(when):
            found[person] += cells
    away = _leave_cells(scored, [person for person, known in leave.items() if known.absent], span)
    return tuple(
        Standing(
            person,
            period,
            people.circumstances.get(person.index, ()),
            *ratings.get(person.index, (None, None)),
            selfs.get(person.index, ""),
            opinions.get(person.index, ""),
            attendance.get(person.index),
            leave.get(person.index),
            tuple(away.get(person.index, ())),
            missing=missing.get(person.index, ()),
            faults=tuple(found.get(person.index, ())),
            record_faults=people.faults.get(person.index, ()),
        )
        for person in present
    )


def _ratings(scored: Scored, period: Period) -> tuple[dict[int, tuple[Grade, Cell]], dict[int, str], dict[int, str]]:
    """The leader's tick with its cell, the leader's opinion, and the self-rating, by person."""
    merged = scored.merged
    marks = _marks(scored, Use.RATING)
    marks = marks[(marks["period"] == merged.period(period)) & marks["given"]]
    columns = ("person", "text", "table", "row", "column")
    rated = _rows(marks[marks["item"] == merged.item(RATED)], *columns)
    ratings = {person: (Grade(text), merged.cell(table, row, column)) for person, text, table, row, column in rated}
    opinions, selfs = ({person: str(text) for person, text in _rows(marks[marks["item"] == merged.item(item)], "person", "text")} for item in ("领导意见", "自评档次"))
    return ratings, opinions, selfs


def _leave_cells(scored: Scored, people: Sequence[int], period: Period) -> Mapping[int, list[Cell]]:
    """The cells in which absence was reported of these people: what a ceiling or a missing grade rests on."""
    merged = scored.merged
    places = [merged.period(month) for month in period.parts(Span.MONTH)]
    items = [merged.item(kind) for kind in ("病假", "事假", "旷工")]
    marks = _marks(scored, Use.ATTENDANCE)
    marks = marks[marks["person"].isin(people) & marks["period"].isin(places) & marks["item"].isin(items) & (marks["amount"] > 0)]
    cells: dict[int, list[Cell]] = defaultdict(list)
    for person, table, row, column in _rows(marks, "person", "table", "row", "column"):
        cells[person].append(merged.cell(table, row, column))
    return cells


def _missing(scored: Scored, people: Sequence[Person], period: Period) -> dict[int, tuple[Missing, ...]]:
    """What was needed or expected from each person for this period and has not come; nothing for months before arrival."""
    missing: dict[int, list[Missing]] = defaultdict(list)
    for entry in scored.policy.inputs:
        if entry.need == "optional":
            continue
        for when in entry.periods(period):
            came = _came(scored, entry, when)
            for person in people:
                if person.index not in came and (person.arrived is None or person.arrived <= when.last_day) and (person.left is None or person.left >= when.first_day):
                    missing[person.index].append(Missing(entry.name, when, entry.need == "grade"))
    return {person: tuple(found) for person, found in missing.items()}


def _came(scored: Scored, entry: Input, when: Period) -> set[int]:
    """Everybody of whom one of the input's sheets has arrived for a period, readable or not."""
    merged = scored.merged
    kinds = [merged.kind(sheet) for sheet in entry.sheets]
    entries = merged.entries
    return set(entries.loc[entries["kind"].isin(kinds) & (entries["period"] == merged.period(when)), "person"].tolist())


def handed_in(scored: Scored, people: Sequence[Person]) -> dict[tuple[str, str, str, Period], Cell]:
    """For each unit, department, material and period the first sheet that holds anybody of it: where a missing colleague belongs."""
    merged = scored.merged
    where = {person.index: (person.unit, person.department) for person in people}
    material = {sheet: entry.name for entry in scored.policy.inputs for sheet in entry.sheets}
    found: dict[tuple[str, str, str, Period], Cell] = {}
    seen = merged.entries.drop_duplicates(["table", "person"])
    for person, period, kind, table in _rows(seen, "person", "period", "kind", "table"):
        name = material.get(merged.kinds[kind])
        if name is not None and period >= 0 and person in where:
            key = (*where[person], name, merged.periods[period])
            if key not in found:
                found[key] = Cell(merged.tables[table].file, merged.tables[table].sheet)
    return found
