"""Everybody's values beside their person: all sheets as two tables, `entries` (one line a row of a sheet) and `marks` (one line a value)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

import numpy as np
import pandas as pd

from appraisal.directory import Directory
from appraisal.marks import Merged
from appraisal.model import Table, joined
from appraisal.problems import UNKNOWN_PLACE, Problem


def merge(tables: Sequence[Table], directory: Directory) -> tuple[Merged, tuple[Problem, ...]]:
    """Every row of every sheet beside its person; rows whose person cannot be told are problems and left out."""
    problems: list[Problem] = []
    kept = tuple(tables)
    periods = tuple(sorted({table.period for table in kept if table.period is not None}))
    kinds = tuple(sorted({table.kind for table in kept}))
    items = tuple(sorted({item for table in kept for item in table.columns}))
    period_at, kind_at, item_at = ({value: place for place, value in enumerate(values)} for values in (periods, kinds, items))
    used: dict[str, tuple[int, int]] = {}
    person: list[int] = []
    place_in: list[int] = []
    spoiled: list[bool] = []
    counts: list[int] = []  # rows of each table that are somebody's
    values: list[object] = []
    rows: list[int] = []
    blocks: list[tuple[int, int, int, int]] = []  # of each column of each table: its item, column, first entry, entries
    for table in kept:
        people = _people(table, directory, problems)
        everyone = None not in people
        known = list(range(len(people))) if everyone else [place for place, index in enumerate(people) if index is not None]
        wrong = [place in table.spoiled for place in known] if table.spoiled else [False] * len(known)
        before, matched = used.get(table.file, (0, 0))
        used[table.file] = (before + len(people) + table.nameless, matched + len(known) - sum(wrong))
        first, count = len(person), len(known)
        person += [index for index in people if index is not None]
        place_in += known
        spoiled += wrong
        counts.append(count)
        lines = table.rows if everyone else [table.rows[place] for place in known]
        for item, column in table.columns.items():
            values += column if everyone else [column[place] for place in known]
            rows += repeat(table.row_at[item], count) if item in table.row_at else lines
            blocks.append((item_at[item], table.at.get(item, 0), first, count))
    of_table = np.array(counts, dtype=np.int64)
    entries = {
        "person": np.array(person, dtype=np.int64),
        "period": np.repeat(np.array([period_at[table.period] if table.period else -1 for table in kept], dtype=np.int64), of_table),
        "kind": np.repeat(np.array([kind_at[table.kind] for table in kept], dtype=np.int64), of_table),
        "table": np.repeat(np.arange(len(kept), dtype=np.int64), of_table),
        "place": np.array(place_in, dtype=np.int64),
        "spoiled": np.array(spoiled, dtype=bool),
    }
    items_, columns_, first_entry, length = np.array(blocks, dtype=np.int64).reshape(-1, 4).T
    entry = np.arange(len(values), dtype=np.int64) - np.repeat(np.cumsum(length) - length - first_entry, length)
    numbers, words = ([value if value.__class__ is kind else empty for value in values] for kind, empty in ((int, 0), (str, "")))
    marks = {
        "entry": entry,
        **{name: entries[name][entry] for name in ("person", "period", "kind")},
        "item": np.repeat(items_, length),
        "amount": np.array(numbers, dtype=np.int64),
        "given": np.array([value is not None for value in values], dtype=bool),
        "text": np.array(words, dtype=object),
        "table": entries["table"][entry],
        "row": np.array(rows, dtype=np.int64),
        "column": np.repeat(columns_, length),
    }
    return Merged(pd.DataFrame(entries), pd.DataFrame(marks), kept, periods, kinds, items, used), tuple(problems)


def _people(table: Table, directory: Directory, problems: list[Problem]) -> list[int | None]:
    """The person of each row, or None and a problem."""
    around = f"{table.title} {table.sheet} {table.file}"
    found: list[int | None] = []
    exact = directory.exact
    answers: dict[tuple[str, str, str, str], int | Problem] = {}
    strange: dict[str, list[int]] = {}
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
            if (key[2] or key[3]) and (text := directory.stranger(key[2], key[3])):
                strange.setdefault(text, []).append(place)
    for text, places in strange.items():
        names = [table.names[place] for place in places]
        cell = table.cell(places[0], "科室" if table.departments[places[0]] else "呈报单位")
        problems.append(UNKNOWN_PLACE.at(cell, "、".join(names), count=len(names), found=text, people=joined(names)))
    return found
