"""Floor B: floor A, then a bare xlsxwriter write of as many rows as the run writes.

The second argument is a JSON file made by `shape_of.py`: workbook, sheet, rows and
columns of every sheet to write. The cells are those of the biggest workbook just read
(the roster), repeated: real names and numbers, computed by nobody. No formats, no
forms, no slips.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from itertools import cycle, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter
from floor_read import read_twofold

if TYPE_CHECKING:
    from floor_read import Rows

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def write_book(path: Path, sheets: list[tuple[str, int, int]], material: list[str]) -> None:
    """Writes sheets of the given rows and columns, all of them text."""
    cells = cycle(material)
    book = xlsxwriter.Workbook(path, OPTIONS)
    for name, rows, columns in sheets:
        sheet = book.add_worksheet(name)
        for r in range(rows):
            for c, text in enumerate(islice(cells, columns)):
                sheet.write_string(r, c, text)
    book.close()


def main() -> None:
    shape = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    biggest: list[Rows] = []

    def keep(rows: Rows) -> None:
        if not biggest:
            biggest.append(rows)

    read_twofold(Path(sys.argv[1]) / "input", keep)
    material = [cell for row in biggest[0] for cell in row if isinstance(cell, str)]
    folder = Path(tempfile.mkdtemp(prefix="floor-write-"))
    try:
        for book, sheets in groupby(shape, key=lambda sheet: sheet[0]):
            parts = [(name, rows, columns) for _, name, rows, columns in sheets]
            write_book(folder / Path(book).name, parts, material)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
