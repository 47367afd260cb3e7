"""Addresses of cells, and how wide and high a sheet's columns and rows are drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from appraisal.render.cells import Fit
from appraisal.render.markup import Element
from appraisal.render.styles import Look

_PADDING = 4.0  # points left free beside the text of a cell
_INDENT = 0.75  # font sizes that a step of indentation takes
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def corners(ref: str) -> tuple[int, int, int, int]:
    """Left column, top row, right column and bottom row of a range, counted from one."""
    ends = [match for end in ref.split(":") if (match := _ADDRESS.fullmatch(end))]
    first, last = ends[0], ends[-1]
    return column_number(first[1]), int(first[2]), column_number(last[1]), int(last[2])


def column_number(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class Grid:
    """The drawn sizes of a sheet, and its merged cells by the address of their first one."""

    def __init__(self, parts: Mapping[str, Element], digit_width: float) -> None:
        form = parts["sheetFormatPr"].attributes if "sheetFormatPr" in parts else {}
        self._digit_width = digit_width
        self._usual_width = float(form.get("defaultColWidth", 8.43))
        self._usual_height = float(form.get("defaultRowHeight", 15))
        self._widths: dict[int, float] = {}
        for column in _children(parts, "cols"):
            if "width" in column.attributes:
                first, last = int(column.attributes["min"]), min(int(column.attributes["max"]), 300)
                self._widths.update(dict.fromkeys(range(first, last + 1), float(column.attributes["width"])))
        rows = _children(parts, "sheetData")
        drawn = [row.attributes for row in rows if "ht" in row.attributes]
        self._heights = {int(row["r"]): float(row["ht"]) for row in drawn}
        self.merges = {merge.attributes["ref"].split(":")[0]: merge.attributes["ref"] for merge in _children(parts, "mergeCells")}
        spans = [corners(ref) for ref in self.merges.values()]
        self._merged_rows = {row for _, top, _, bottom in spans for row in range(top, bottom + 1)}
        letters = {cell.attributes["r"].rstrip("0123456789") for row in rows for cell in row.children} or {"A"}
        self.first_column, self.last_column = min(letters, key=column_number), max(letters, key=column_number)

    def height(self, row: int) -> float:
        """The height of a row as drawn, in points."""
        return self._heights.get(row, self._usual_height)

    def fit(self, address: str, look: Look) -> Fit | None:
        """The room for wrapped text of this look at `address`; None where programs fit the row by themselves."""
        left, top, right, bottom = corners(self.merges.get(address, address))
        if top not in self._heights and top not in self._merged_rows:
            return None
        units = sum(self._widths.get(column, self._usual_width) for column in range(left, right + 1))
        width = units * self._digit_width - _PADDING - look.indent * look.size * _INDENT
        return Fit(width, look.size, tuple(self.height(row) for row in range(top, bottom + 1)))


def _children(parts: Mapping[str, Element], name: str) -> Sequence[Element]:
    return parts[name].children if name in parts else ()
