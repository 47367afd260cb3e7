"""The declared tables in which values travel from merge to score: `entries` (one line a row of a sheet), `marks` (one line a value)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from appraisal.model import Cell, Period, Table

if TYPE_CHECKING:
    import pandas as pd

MARK_COLUMNS = {
    "entry": "int64: which line of which sheet this mark belongs to",
    "person": "int64: index of the person on the roster",
    "period": "int64: place in the run's list of periods",
    "kind": "int64: place in the run's list of sheet kinds",
    "item": "int64: place in the run's list of items",
    "amount": "int64: ten-thousandths; 0 where the mark is a word or empty",
    "given": "bool: False where the cell was empty or unusable; an empty number of days of leave is no mark",
    "text": "object: the word, where the mark is one",
    "table": "int64: place in the run's list of tables, which names file and tab",
    "row": "int64: row in the tab, from 1",
    "column": "int64: column in the tab, from 1",
}

ENTRY_COLUMNS = {
    "person": "int64: index on the roster",
    "period": "int64: place in `periods`",
    "kind": "int64: place in `kinds`",
    "table": "int64: place in `tables`",
    "place": "int64: place of the row in its table",
    "spoiled": "bool: an error in this row withholds the person",
}


class Merged(Struct, frozen=True):
    """All values of a run beside their people. Small integers point into the lists."""

    entries: pd.DataFrame
    marks: pd.DataFrame
    tables: tuple[Table, ...]
    periods: tuple[Period, ...]
    kinds: tuple[str, ...]
    items: tuple[str, ...]
    used: dict[str, tuple[int, int]]
    """File → rows about people in its sheets, and rows used; the difference was refused (control totals)."""

    def kind(self, title: str) -> int:
        return self.kinds.index(title) if title in self.kinds else -1

    def period(self, period: Period) -> int:
        return self.periods.index(period) if period in self.periods else -1

    def item(self, name: str) -> int:
        return self.items.index(name) if name in self.items else -1

    def cell(self, table: int, row: int, column: int) -> Cell:
        found = self.tables[table]
        return Cell(found.file, found.sheet, row, column)

    def entry_cell(self, table: int, place: int) -> Cell:
        return self.tables[table].cell(place, "姓名")
