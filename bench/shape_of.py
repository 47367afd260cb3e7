"""Counts what a run wrote: `shape_of.py OUTPUT_DIR` → JSON for `floor_write.py`.

Counted are the tab 考核结果 of 考核台账.xlsx and every tab of 名单表.xlsx: the rows and
columns that hold something, as [workbook, sheet, rows, columns].
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from python_calamine import CalamineWorkbook

WANTED = (("考核台账.xlsx", "考核结果"), ("名单表.xlsx", None))


def shape(path: Path, only: str | None) -> list[tuple[str, str, int, int]]:
    with path.open("rb") as stream:
        book = CalamineWorkbook.from_filelike(stream)
        found = []
        for name in book.sheet_names:
            if only in {None, name}:
                rows = book.get_sheet_by_name(name).to_python()
                columns = max(map(len, rows), default=0)
                found.append((path.name, name, len(rows), columns))
    if not found:
        sys.exit(f"{path} has no tab {only}")
    return found


def main() -> None:
    output = Path(sys.argv[1])
    sheets = [row for name, only in WANTED for row in shape(output / name, only)]
    print(json.dumps(sheets, ensure_ascii=False))


if __name__ == "__main__":
    main()
