"""A part of a worksheet as a spreadsheet program shows it on the screen: column letters, row numbers, tabs, a comment or a drop-down list open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Color
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

STYLE = """
body { margin: 0; background: #fff; font: 13px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
table { border-collapse: collapse; table-layout: fixed; }
th { background: #e6e6e6; border: 1px solid #c0c0c0; color: #555; font-weight: normal; font-size: 11px; padding: 0; height: 19px; }
td { border: 1px solid #dadada; padding: 1px 3px; overflow: hidden; white-space: nowrap; }
td.wrap { white-space: pre-wrap; }
td.boxed { border-color: #444; }
td.noted { background-image: linear-gradient(225deg, #d00 6px, transparent 6px); }
.tabs { background: #e6e6e6; border-top: 1px solid #c0c0c0; padding: 0 30px; height: 25px; line-height: 25px; font-size: 12px; }
.tabs { white-space: nowrap; overflow: hidden; }
.tabs span { padding: 5px 14px; } .tabs .open { background: #fff; color: #107c41; font-weight: bold; border-bottom: 2px solid #107c41; }
.arrow { position: absolute; width: 17px; height: 17px; background: #f3f3f3; border: 1px solid #888; font: 10px/17px sans-serif; text-align: center; }
.list { position: absolute; background: #fff; border: 1px solid #666; box-shadow: 2px 2px 5px #999; font-size: 13px; }
.list div { padding: 2px 8px; } .list div:first-child { background: #cce4f7; }
.note { position: absolute; width: 260px; background: #ffffe1; border: 1px solid #333; box-shadow: 2px 2px 5px #999; }
.note { padding: 5px 8px; font-size: 12px; line-height: 1.5; }
.cell { position: absolute; border: 2px solid #107c41; }
"""
_NUMBERS, _HEAD, _TABS = 34, 20, 26
"""Pixels of the column of row numbers, of the row of letters, of the tabs below."""


@dataclass(frozen=True, slots=True)
class Page:
    """HTML and the size it needs, in pixels."""

    html: str
    width: int
    height: int


def window(path: Path, tab: str, part: str, opened: str = "") -> Page:
    """The cells `part` (A1:H9) of a tab; the cell `opened` shows its comment or its drop-down list."""
    book = load_workbook(path)
    sheet = book[tab]
    left, top, right, bottom = range_boundaries(part)
    assert isinstance(left, int)
    assert isinstance(top, int)
    assert isinstance(right, int)
    assert isinstance(bottom, int)
    columns, rows = range(left, right + 1), range(top, bottom + 1)
    widths = [_width(sheet, column) for column in columns]
    heights = [_height(sheet, row) for row in rows]
    head = "".join(f"<th>{letter}</th>" for letter in ("", *map(get_column_letter, columns)))
    sizes = "".join(f"<col style='width:{width}px'>" for width in (_NUMBERS, *widths))
    body = "".join(
        f"<tr style='height:{height}px'><th>{row}</th>{''.join(_cells(sheet, row, columns))}</tr>" for row, height in zip(rows, heights, strict=True)
    )
    width, height = _NUMBERS + sum(widths) + 2, _HEAD + sum(heights) + _TABS
    shown = [one.title for one in book.worksheets if one.sheet_state == "visible"]
    tabs = "".join(f"<span{' class=open' * (title == tab)}>{escape(title)}</span>" for title in shown)
    extra = "".join(_open(sheet, opened, left, top)) if opened else ""
    html = (
        f"<!doctype html><meta charset='utf-8'><style>{STYLE}</style>"
        f"<table style='width:{width - 2}px'><colgroup>{sizes}</colgroup><tr>{head}</tr>{body}</table>"
        f"<div class='tabs'>{tabs}</div>{extra}"
    )
    return Page(html, width, height + 6)


def _width(sheet: Worksheet, column: int) -> int:
    letter = get_column_letter(column)
    for key, known in sheet.column_dimensions.items():
        if key == letter or (known.min and known.max and known.min <= column <= known.max):
            return round(float(known.width) * 7 + 5)
    return 72


def _height(sheet: Worksheet, row: int) -> int:
    return round(float(sheet.row_dimensions[row].height or 15) * 4 / 3)


def _cells(sheet: Worksheet, row: int, columns: range) -> Iterator[str]:
    covered = 0
    for column in columns:
        cell = sheet.cell(row, column)
        if isinstance(cell, MergedCell) or column < covered:
            continue
        merge = next((one for one in sheet.merged_cells.ranges if cell.coordinate == one.start_cell.coordinate), None)
        down = merge.size["rows"] if merge else 1
        covered = min(merge.max_col + 1, columns.stop) if merge else _end_of_text(sheet, cell, columns.stop)
        classes = [name for name, has in (("wrap", cell.alignment.wrap_text), ("boxed", cell.border.left.style), ("noted", cell.comment)) if has]
        yield f"<td rowspan={down} colspan={covered - column} class='{' '.join(classes)}' style='{_look(cell)}'>{escape(_text(cell))}</td>"


def _end_of_text(sheet: Worksheet, cell: Cell, stop: int) -> int:
    """The first column after a text that runs over its empty neighbours."""
    end = int(cell.column) + 1
    if isinstance(cell.value, str) and not cell.alignment.wrap_text and not cell.border.left.style:
        while end < stop and sheet.cell(cell.row, end).value is None and not isinstance(sheet.cell(cell.row, end), MergedCell):
            end += 1
    return end


def _look(cell: Cell) -> str:
    ink = _colour(cell.font.color)
    fill = _colour(cell.fill.fgColor) if cell.fill.fill_type == "solid" else ""
    usual = "right" if isinstance(cell.value, int | float) else "left"
    said = {
        "font-weight": "bold" if cell.font.bold else "",
        "font-size": f"{round((cell.font.size or 11) * 4 / 3)}px",
        "color": ink,
        "background-color": fill,
        "text-align": cell.alignment.horizontal if cell.alignment.horizontal in ("center", "left", "right") else usual,
        "vertical-align": {"center": "middle", "top": "top"}.get(cell.alignment.vertical or "", "bottom"),
    }
    return ";".join(f"{name}:{value}" for name, value in said.items() if value)


def _colour(colour: Color | None) -> str:
    return f"#{colour.rgb[2:]}" if colour is not None and isinstance(colour.rgb, str) and colour.type == "rgb" else ""


def _text(cell: Cell) -> str:
    match cell.value:
        case None:
            return ""
        case dt.datetime() | dt.date() as day:
            return f"{day:%Y-%m-%d}"
        case float() as number if number.is_integer():
            return str(int(number))
        case value:
            return str(value)


def _open(sheet: Worksheet, address: str, left: int, top: int) -> Iterator[str]:
    """The frame of the chosen cell, and what the program shows beside it."""
    cell = sheet[address]
    assert isinstance(cell, Cell)
    x = _NUMBERS + sum(_width(sheet, column) for column in range(left, cell.column))
    y = _HEAD + sum(_height(sheet, row) for row in range(top, cell.row))
    wide, high = _width(sheet, cell.column), _height(sheet, cell.row)
    yield f"<div class='cell' style='left:{x}px;top:{y}px;width:{wide - 3}px;height:{high - 2}px'></div>"
    if cell.comment is not None:
        yield f"<div class='note' style='left:{x + wide + 14}px;top:{y - 6}px'>{escape(cell.comment.text)}</div>"
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list" and address in rule.sqref:
            words = "".join(f"<div>{escape(word)}</div>" for word in rule.formula1.strip('"').split(","))
            yield f"<div class='arrow' style='left:{x + wide + 1}px;top:{y + (high - 17) // 2}px'>▼</div>"
            yield f"<div class='list' style='left:{x}px;top:{y + high + 1}px;min-width:{wide}px'>{words}</div>"
