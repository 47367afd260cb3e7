"""Why a file must not be read, raised wherever it shows and turned into one problem in `read_book`."""

from __future__ import annotations

from appraisal.model import Cell
from appraisal.problems import Fault, Problem


class UnfitError(Exception):
    """The file (or one tab of it, at a cell) cannot or must not be read."""

    def __init__(self, fault: Fault, sheet: str = "", row: int = 0, column: int = 0, **found: str) -> None:
        super().__init__(fault.code)
        self._fault, self._place, self._found = fault, (sheet, row, column), found

    def of(self, file: str) -> Problem:
        return self._fault.at(Cell(file, *self._place), "", **self._found)
