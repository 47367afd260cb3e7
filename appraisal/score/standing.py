"""Standings: all that is known of everybody in one result period, before any rule speaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from appraisal.directory import People
from appraisal.model import Cell, Grade, Missing, Period, Person, Span, Standing
from appraisal.policy.shape import Input
from appraisal.score.attendance import attended, leave_cells
from appraisal.score.points import scores_of
from appraisal.score.settle import RATED, Scored, marks_of, rows_of
from appraisal.standard import Use


def standings(scored: Scored, people: People, period: Period) -> tuple[Standing, ...]:
    """All that is known of everybody on the roster in one result period."""
    present = people.directory.present(period)
    attendance = attended(scored, present, period)
    long = scored.policy.long_leave
    span = period.within(Span(long.of)) if long and period.span is not Span(long.of) and period.span is Span.MONTH else period
    leave = attendance if span == period else attended(scored, present, span)
    scores = scores_of(scored, present, period)
    ratings, opinions, selfs, opinion_cells = _ratings(scored, period)
    missing = _missing(scored, present, period)
    found: dict[int, list[Cell]] = defaultdict(list)
    for (person, when), cells in scored.faults.items():
        if period.holds(when):
            found[person] += cells
    away = leave_cells(scored, [person for person, known in leave.items() if known.absent], span)
    objections = _objections(scored, period)

    def standing(person: Person) -> Standing:
        index = person.index
        rating, cell = ratings.get(index, (None, None))
        return Standing(
            person,
            period,
            people.circumstances.get(index, ()),
            rating,
            cell,
            opinion_cells.get(index),
            selfs.get(index, ""),
            opinions.get(index, ""),
            attendance.get(index),
            leave.get(index),
            tuple(away.get(index, ())),
            scores.get(index),
            missing.get(index, ()),
            tuple(found.get(index, ())),
            people.faults.get(index, ()),
            objections.get(index, ()),
        )

    return tuple(standing(person) for person in present)


def _objections(scored: Scored, period: Period) -> dict[int, tuple[Cell, ...]]:
    """The cells in which the discipline inspectors object to somebody (纪检意见：有异议)."""
    merged = scored.merged
    marks = marks_of(scored, Use.OBJECTIONS)
    marks = marks[(marks["period"] == merged.period(period)) & (marks["item"] == merged.item("意见")) & (marks["text"] == "有异议")]
    return {person: (merged.cell(table, row, column),) for person, table, row, column in rows_of(marks, "person", "table", "row", "column")}


def _ratings(scored: Scored, period: Period) -> tuple[dict[int, tuple[Grade, Cell]], dict[int, str], dict[int, str], dict[int, Cell]]:
    """The leader's tick with its cell, the leader's opinion, the self-rating, and where an opinion is missing, by person."""
    merged = scored.merged
    marks = marks_of(scored, Use.RATING)
    marks = marks[marks["period"] == merged.period(period)]
    silent = marks[~marks["given"] & (marks["item"] == merged.item("领导意见"))]
    cells = {person: merged.cell(table, row, column) for person, table, row, column in rows_of(silent, "person", "table", "row", "column")}
    marks = marks[marks["given"]]
    columns = ("person", "text", "table", "row", "column")
    rated = rows_of(marks[marks["item"] == merged.item(RATED)], *columns)
    ratings = {person: (Grade(text), merged.cell(table, row, column)) for person, text, table, row, column in rated}
    opinions, selfs = (
        {person: str(text) for person, text in rows_of(marks[marks["item"] == merged.item(item)], "person", "text")} for item in ("领导意见", "自评档次")
    )
    return ratings, opinions, selfs, cells


def _missing(scored: Scored, people: Sequence[Person], period: Period) -> dict[int, tuple[Missing, ...]]:
    """What was needed or expected from each person for this period and has not come; nothing for months before arrival."""
    missing: dict[int, list[Missing]] = defaultdict(list)
    everybody = {person.index: person for person in people}
    for entry in scored.policy.inputs:
        if entry.need == "optional":
            continue
        for when in entry.periods(period):
            came = _came(scored, entry, when)
            if entry.rows_optional:
                places = {(person.unit, person.department) for person in people if person.index in came}
                came |= {person.index for person in people if (person.unit, person.department) in places}
            gap = Missing(entry.name, when, entry.need == "grade")
            first, last = when.first_day, when.last_day
            for index in everybody.keys() - came:
                person = everybody[index]
                if (person.arrived is None or person.arrived <= last) and (person.left is None or person.left >= first):
                    missing[index].append(gap)
    return {person: tuple(found) for person, found in missing.items()}


def _came(scored: Scored, entry: Input, when: Period) -> set[int]:
    """Everybody of whom one of the input's sheets has arrived for a period, readable or not."""
    merged = scored.merged
    kinds = [merged.kind(sheet) for sheet in entry.sheets]
    entries = merged.entries
    return set(entries.loc[entries["kind"].isin(kinds) & (entries["period"] == merged.period(when)), "person"].tolist())


def handed_in(scored: Scored, people: Sequence[Person]) -> dict[tuple[str, str, str, Period], Cell]:
    """For each unit, department, material and period the largest sheet that holds anybody of it: where a missing colleague belongs."""
    merged = scored.merged
    where = {person.index: (person.unit, person.department) for person in people}
    numbers = {place: number for number, place in enumerate(dict.fromkeys(where.values()))}
    material = {sheet: entry.name for entry in scored.policy.inputs for sheet in entry.sheets}
    found: dict[tuple[str, str, str, Period], Cell] = {}
    sizes = pd.Series([len(table.rows) for table in merged.tables], dtype="int64")
    of_place = pd.Series({index: numbers[place] for index, place in where.items()}, dtype="int64")
    seen = merged.entries.assign(size=sizes.reindex(merged.entries["table"]).to_numpy(), where=of_place.reindex(merged.entries["person"]).to_numpy())
    seen = seen[seen["where"].notna()].drop_duplicates(["where", "period", "kind", "table"])
    for person, period, kind, table in rows_of(
        seen.sort_values(["size", "table"], ascending=[False, True], kind="stable"), "person", "period", "kind", "table"
    ):
        name = material.get(merged.kinds[kind])
        if name is not None and period >= 0:
            found.setdefault((*where[person], name, merged.periods[period]), Cell(merged.tables[table].file, merged.tables[table].sheet))
    return found
