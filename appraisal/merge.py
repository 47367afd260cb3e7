"""Everybody's values beside their person: all sheets as two tables, `entries` (one line a row of a sheet) and `marks` (one line a value)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from msgspec import Struct, field

from appraisal.directory import Directory
from appraisal.marks import Merged
from appraisal.model import Table, joined
from appraisal.problems import UNKNOWN_PLACE, Problem
from appraisal.standard import KINDS, Use

if TYPE_CHECKING:
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]


class _Rows(Struct):
    """The rows of all sheets that are somebody's, as they are gathered sheet by sheet."""

    person: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    spoiled: list[bool] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    """How many each table has."""
    values: list[object] = field(default_factory=list)
    """Column by column, table by table."""
    rows: list[int] = field(default_factory=list)
    """Of each value its row in the tab."""
    blocks: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Of each column of each table: its item, its column in the tab, its first entry, how many."""
    used: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, table: Table, people: Sequence[int | None], item_at: Mapping[str, int]) -> None:
        """The rows of one table; those whose person is not known are left out."""
        everyone = None not in people
        known = list(range(len(people))) if everyone else [place for place, index in enumerate(people) if index is not None]
        wrong = [place in table.spoiled for place in known] if table.spoiled else [False] * len(known)
        before, matched = self.used.get(table.file, (0, 0))
        self.used[table.file] = (before + len(people) + table.nameless, matched + len(known) - sum(wrong))
        first, count = len(self.person), len(known)
        self.person += [index for index in people if index is not None]
        self.place += known
        self.spoiled += wrong
        self.counts.append(count)
        lines = table.rows if everyone else [table.rows[place] for place in known]
        for item, column in table.columns.items():
            self.values += column if everyone else [column[place] for place in known]
            self.rows += repeat(table.row_at[item], count) if item in table.row_at else lines
            self.blocks.append((item_at[item], table.at.get(item, 0), first, count))


def merge(tables: Sequence[Table], directory: Directory) -> tuple[Merged, tuple[Problem, ...]]:
    """Every row of every sheet beside its person; rows whose person cannot be told are problems and left out."""
    problems: list[Problem] = []
    kept = tuple(tables)
    periods = tuple(sorted({table.period for table in kept if table.period is not None}))
    kinds = tuple(sorted({table.kind for table in kept}))
    items = tuple(sorted({item for table in kept for item in table.columns}))
    period_at, kind_at = ({value: place for place, value in enumerate(values)} for values in (periods, kinds))
    item_at = {item: place for place, item in enumerate(items)}
    found = _Rows()
    for table in kept:
        found.add(table, _people(table, directory, problems), item_at)
    of_table = {
        "period": _numbers([period_at[table.period] if table.period else -1 for table in kept]),
        "kind": _numbers([kind_at[table.kind] for table in kept]),
        "table": _numbers(range(len(kept))),
    }
    entries = _entries(found, of_table)
    days = np.array([kind in KINDS and KINDS[kind].use is Use.ATTENDANCE for kind in kinds], dtype=bool)
    return Merged(pd.DataFrame(entries), pd.DataFrame(_marks(found, entries, days)), kept, periods, kinds, items, found.used), tuple(problems)


def _numbers(values: Sequence[int]) -> Numbers:
    return np.array(values, dtype=np.int64)


def _entries(found: _Rows, of_table: Mapping[str, Numbers]) -> dict[str, npt.NDArray[Any]]:
    """The columns of `entries`; `of_table` is what all rows of a table have in common."""
    counts = _numbers(found.counts)
    common = {name: np.repeat(values, counts) for name, values in of_table.items()}
    return {"person": _numbers(found.person), **common, "place": _numbers(found.place), "spoiled": np.array(found.spoiled, dtype=bool)}


def _marks(found: _Rows, entries: Mapping[str, npt.NDArray[Any]], days: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[Any]]:
    """The columns of `marks`, by whole columns: a province's quarter has millions of values."""
    items, columns, first, length = np.array(found.blocks, dtype=np.int64).reshape(-1, 4).T
    entry = np.arange(len(found.values), dtype=np.int64) - np.repeat(np.cumsum(length) - length - first, length)
    given = np.array([value is not None for value in found.values], dtype=bool)
    kept = np.flatnonzero(given | ~days[entries["kind"][entry]])
    values = list(map(found.values.__getitem__, kept.tolist()))
    amounts, words = ([value if value.__class__ is kind else empty for value in values] for kind, empty in ((int, 0), (str, "")))
    entry = entry[kept]
    return {
        "entry": entry,
        **{name: entries[name][entry] for name in ("person", "period", "kind")},
        "item": np.repeat(items, length)[kept],
        "amount": np.array(amounts, dtype=np.int64),
        "given": given[kept],
        "text": np.array(words, dtype=object),
        "table": entries["table"][entry],
        "row": _numbers(found.rows)[kept],
        "column": np.repeat(columns, length)[kept],
    }


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
