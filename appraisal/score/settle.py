"""Everything said twice, and which rows withhold whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct, field

from appraisal.marks import Merged
from appraisal.model import Calendar, Cell, Period, Score
from appraisal.policy.shape import Policy
from appraisal.problems import TWICE_IN_SHEETS, TWICE_SAME, Problem
from appraisal.standard import LEAVE, Use

RATED = "领导评价档次"
COMPARED = {Use.ATTENDANCE: LEAVE, Use.RATING: (RATED,), Use.OBJECTIONS: ("意见",)}
"""Which items two sheets about the same person and period must agree on."""

WEIGHED = (Use.ADJUSTMENTS.value, Use.OBJECTIONS.value)
"""Sheets that nobody need hand in, but whose rows add to a score or stand against a grade."""


class Scored(Struct):
    """The values that count: entries said once, and the cells that withhold somebody in a period."""

    merged: Merged
    policy: Policy
    calendar: Calendar
    entries: pd.DataFrame
    """Entries with a column `use`; of repeated ones only the first, of contradicting ones none."""
    chosen: dict[Use, pd.DataFrame] = field(default_factory=dict)
    """The marks that count of each use, as far as they were asked for (see `marks_of`)."""
    leave: pd.DataFrame | None = None
    """Days of each kind of leave, once they were asked for (see `attendance`)."""
    faults: dict[tuple[int, Period], list[Cell]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)
    scores: dict[tuple[str, Period], dict[int, Score]] = field(default_factory=dict)
    """Scores already computed, by name and period."""

    def material(self, kind: int) -> str:
        """The name of the material a sheet belongs to, as the clerk knows it."""
        title = self.merged.kinds[kind]
        return next((entry.name for entry in self.policy.inputs if title in entry.sheets), title)

    def withhold(self, person: int, period: Period, problem: Problem) -> None:
        """A problem that keeps a person from being graded in its period."""
        self.problems.append(problem)
        self.faults[person, period].append(problem.cell)


def marks_of(scored: Scored, use: Use) -> pd.DataFrame:
    """The marks of the entries that count, of one use; asked for once what was said twice is settled."""
    if use not in scored.chosen:
        entries = scored.entries
        counts = np.zeros(len(scored.merged.entries), dtype=bool)
        counts[entries.index[(entries["use"] == use.value) & ~entries["spoiled"]]] = True
        marks = scored.merged.marks
        scored.chosen[use] = marks[counts[marks["entry"].to_numpy()]]
    return scored.chosen[use]


def settle(scored: Scored, use: Use, items: Sequence[str]) -> pd.DataFrame:
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
    groups: dict[tuple[int, int], list[tuple[int, int, Cell, str]]] = defaultdict(list)
    for entry, (person, period, kind, table, place) in zip(
        repeated.index.tolist(), rows_of(repeated, "person", "period", "kind", "table", "place"), strict=True
    ):
        groups[person, period].append((entry, kind, merged.entry_cell(table, place), merged.tables[table].names[place]))
    for (person, period), ((first, first_kind, first_cell, about), *others) in groups.items():
        for later, kind, cell, _ in others:
            facts = {"input": scored.material(first_kind), "period": merged.periods[period].chinese, "other": first_cell}
            dropped.append(later)
            if said[later] != said[first]:
                scored.problems.append(TWICE_IN_SHEETS.at(cell, about, **facts))
                scored.faults[person, merged.periods[period]].append(cell)
                dropped.append(first)
            elif kind == first_kind:
                scored.problems.append(TWICE_SAME.at(cell, about, **facts))
    return entries.drop(index=list(set(dropped)))


def withhold_spoiled(scored: Scored) -> None:
    """Rows with an error withhold their person in their period, where the sheet is needed for a grade or would have changed it."""
    needed = {sheet for entry in scored.policy.inputs if entry.need == "grade" for sheet in entry.sheets}
    merged = scored.merged
    columns = ("person", "period", "kind", "use", "table", "place")
    for person, period, kind, use, table, place in rows_of(scored.entries[scored.entries["spoiled"]], *columns):
        if (merged.kinds[kind] in needed or use in WEIGHED) and period >= 0:
            scored.faults[person, merged.periods[period]].append(merged.entry_cell(table, place))


def rows_of(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a frame as tuples of plain Python values."""
    return zip(*(frame[column].tolist() for column in columns), strict=True)
