"""Everybody's values beside their person: all sheets as two tables, `entries` (one line a row of a sheet) and `marks` (one line a value)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

import numpy as np
import pandas as pd

from appraisal.directory import Directory
from appraisal.marks import ENTRY_COLUMNS, MARK_COLUMNS, Merged
from appraisal.model import Table
from appraisal.problems import Problem


def merge(tables: Sequence[Table], directory: Directory) -> tuple[Merged, tuple[Problem, ...]]:
    """Every row of every sheet beside its person; rows whose person cannot be told are problems and left out."""
    problems: list[Problem] = []
    kept = tuple(tables)
    periods = tuple(sorted({table.period for table in kept if table.period is not None}))
    kinds = tuple(sorted({table.kind for table in kept}))
    items = tuple(sorted({item for table in kept for item in table.columns}))
    period_at, kind_at, item_at = ({value: place for place, value in enumerate(values)} for values in (periods, kinds, items))
    used: dict[str, tuple[int, int]] = {}
    entries: dict[str, list[int]] = {name: [] for name in ENTRY_COLUMNS}
    marks: dict[str, list[object]] = {name: [] for name in MARK_COLUMNS}
    for number, table in enumerate(kept):
        people = _people(table, directory, problems)
        known = [place for place, person in enumerate(people) if person is not None]
        before, matched = used.get(table.file, (0, 0))
        used[table.file] = (before + len(people) + table.nameless, matched + sum(place not in table.spoiled for place in known))
        first = len(entries["person"])
        count = len(known)
        entries["person"] += [person for person in people if person is not None]
        entries["period"] += repeat(period_at.get(table.period, -1) if table.period else -1, count)
        entries["kind"] += repeat(kind_at[table.kind], count)
        entries["table"] += repeat(number, count)
        entries["place"] += known
        entries["spoiled"] += [place in table.spoiled for place in known]
        everyone = len(known) == len(people)
        rows = table.rows if everyone else [table.rows[place] for place in known]
        for item, column in table.columns.items():
            values = column if everyone else [column[place] for place in known]
            marks["entry"] += range(first, first + count)
            marks["item"] += repeat(item_at[item], count)
            marks["amount"] += [value if value.__class__ is int else 0 for value in values]
            marks["given"] += [value is not None for value in values]
            marks["text"] += [value if value.__class__ is str else "" for value in values]
            marks["row"] += repeat(table.row_at[item], count) if item in table.row_at else rows
            marks["column"] += repeat(table.at.get(item, 0), count)
    lines = pd.DataFrame({name: np.array(entries[name], dtype=bool if name == "spoiled" else np.int64) for name in ENTRY_COLUMNS})
    of_entry = np.array(marks["entry"], dtype=np.int64)
    frame = pd.DataFrame(
        {
            "entry": of_entry,
            **{name: lines[name].to_numpy()[of_entry] for name in ("person", "period", "kind", "table")},
            **{name: np.array(marks[name], dtype=np.int64) for name in ("item", "amount", "row", "column")},
            "given": np.array(marks["given"], dtype=bool),
            "text": np.array(marks["text"], dtype=object),
        },
    )
    return Merged(lines, frame[list(MARK_COLUMNS)], kept, periods, kinds, items, used), tuple(problems)


def _people(table: Table, directory: Directory, problems: list[Problem]) -> list[int | None]:
    """The person of each row, or None and a problem."""
    around = f"{table.title} {table.sheet} {table.file}"
    found: list[int | None] = []
    exact = directory.exact
    answers: dict[tuple[str, str, str, str], int | Problem] = {}
    for place, key in enumerate(zip(table.names, table.staff_nos, table.departments, table.units, strict=True)):
        index = exact.get((key[1], key[0]))
        if index is not None:
            found.append(index)
            continue
        answer = answers.get(key)
        if answer is None or isinstance(answer, Problem):
            answer = answers[key] = directory.find(*key, around, table.cell(place, "姓名"))
        if isinstance(answer, Problem):
            problems.append(answer)
            found.append(None)
        else:
            found.append(answer)
    return found
