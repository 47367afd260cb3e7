"""Numbers kept as text: read, and said once per sheet, since SUM passes over them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct, field

from appraisal.model import Cell
from appraisal.notation import plain
from appraisal.problems import ODD_NUMBERS, TEXT_NUMBERS, Problem

MOST_SHOWN = 5
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


@lru_cache(maxsize=8192)
def spelling(text: str) -> str:
    """How digits are written: "text" for plain digits kept as text, "odd" for full-width digits, 。 as a point or blanks inside; "" for 95分, 3天, 半天."""
    bare = text.strip()
    if _PLAIN.fullmatch(bare):
        return "text"
    number = re.match(r"[\d０-９.．。+\-－\s]*", bare)
    written = number[0].strip() if number else ""
    return "odd" if written and (plain(written) != written or re.search(r"[。\s]", written)) else ""


class Spellings(Struct):
    """The cells of a sheet whose numbers are text. In a CSV every cell is, and nothing is said of plain digits."""

    text_is_odd: bool
    cells: dict[str, list[tuple[int, int, str]]] = field(default_factory=lambda: {"text": [], "odd": []})

    def note(self, raw: object, row: int, at: int) -> None:
        kind = spelling(str(raw))
        if kind == "odd" or (kind and self.text_is_odd):
            self.cells[kind].append((row, at, str(raw).strip()))

    def problems(self, cell: Callable[[int, int], Cell]) -> list[Problem]:
        """One warning for each way of writing, at its first cell."""
        said = []
        for kind, fault in (("text", TEXT_NUMBERS), ("odd", ODD_NUMBERS)):
            if found := sorted(self.cells[kind]):
                shown = "、".join(cell(row, at).address + (f"“{raw}”" if kind == "odd" else "") for row, at, raw in found[:MOST_SHOWN])
                said.append(fault.at(cell(*found[0][:2]), count=len(found), cells=shown + (" 等" if len(found) > MOST_SHOWN else "")))
        return said
