"""A tab as a paper form: where each label stands and what is beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from appraisal.model import Cell
from appraisal.notation import label
from appraisal.problems import MISSING_LABEL, Problem
from appraisal.recognise import Recognised
from appraisal.standard import SheetKind

Place = tuple[int, int]
Values = dict[str, tuple[object, Place]]


@lru_cache(maxsize=64)
def _labels_of(kind: SheetKind) -> dict[str, str]:
    return {label(word): column.name for column in kind.columns for word in (*column.aliases, column.name)}


class Form:
    """A tab as a form: where each label stands and what is beside it."""

    def __init__(self, found: Recognised) -> None:
        self.found = found
        self.rows = found.sheet.rows
        self.labels: dict[str, list[Place]] = {}
        known = _labels_of(found.kind)
        for row, place, value in self.filled(found.start):
            if isinstance(value, str) and (item := known.get(label(value))) is not None:
                self.labels.setdefault(item, []).append((row, place))
        self.label_places = {place for places in self.labels.values() for place in places}

    def filled(self, first: int = 0) -> Iterator[tuple[int, int, object]]:
        for row in range(first, len(self.rows)):
            for place, value in enumerate(self.rows[row]):
                if value != "":
                    yield row, place, value

    def cell(self, where: Place) -> Cell:
        sheet = self.found.sheet
        return Cell(self.found.file, sheet.name, where[0] + sheet.top + 1, where[1] + sheet.left + 1)

    def lacks(self, item: str, name: str = "") -> Problem:
        """A label that the form should have is not there."""
        return MISSING_LABEL.at(Cell(self.found.file, self.found.sheet.name), name, title=self.found.kind.title, label=item)

    def beside(self, item: str) -> tuple[object, Place] | None:
        """The value right of a label (up to the next label), else in the label's own cell after a colon."""
        for row, place in self.labels.get(item, ()):
            for right in range(place + 1, len(self.rows[row])):
                if (row, right) in self.label_places:
                    break
                if self.rows[row][right] != "":
                    return self.rows[row][right], (row, right)
        return None

    def blank_after(self, item: str) -> Place:
        """Where the value of a label should stand: the cell right of it."""
        row, place = self.labels.get(item, [(0, 0)])[0]
        return row, min(place + 1, max(len(self.rows[row]) - 1, 0)) if self.rows else 0
