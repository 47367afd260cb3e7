"""Large lists as workbooks (xlsxwriter): one header row, text always as text, the same bytes for the same rows."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import xlsxwriter

CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
FONT = "宋体"


@dataclass(frozen=True, slots=True)
class ListTab:
    """A tab: its name, its columns (heading and width in characters), its rows. A tab with `note` prints it above the header when printed."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[object]]
    note: str = ""


def workbook(tabs: Sequence[ListTab], title: str) -> bytes:
    """A workbook of lists: header frozen and repeated in print, filter, landscape A4 one page wide."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}
    )
    book.set_properties({"title": title, "created": CREATED})
    head = book.add_format(
        {"bold": True, "font_name": FONT, "font_size": 11, "border": 1, "bg_color": "#DDEBF7", "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    body = book.add_format({"font_name": FONT, "font_size": 10, "border": 1, "valign": "vcenter", "text_wrap": True})
    score = book.add_format({"font_name": FONT, "font_size": 10, "border": 1, "valign": "vcenter", "num_format": "0.00"})
    for tab in tabs:
        _fill(book.add_worksheet(tab.name), tab, head, body, score)
    book.close()
    return target.getvalue()


def _fill(sheet: xlsxwriter.worksheet.Worksheet, tab: ListTab, head: object, body: object, score: object) -> None:
    """A Fraction is a score: a number shown with two decimals."""
    for place, (heading, width) in enumerate(tab.columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, head)
    sheet.set_row(0, 24)
    write_string, write_number, write_blank = sheet.write_string, sheet.write_number, sheet.write_blank
    line = 0
    widths = [width for _, width in tab.columns]
    for line, row in enumerate(tab.rows, 1):  # noqa: B007 - the last line sets the filter
        lines = 1
        for place, value in enumerate(row):
            if value.__class__ is str and value:
                write_string(line, place, value[:32767], body)
                if len(value) * 2 > widths[place]:
                    lines = max(lines, _lines(value, widths[place]))
            elif value is None or value == "":
                write_blank(line, place, None, body)
            elif isinstance(value, int | float):
                write_number(line, place, value, body)
            elif isinstance(value, Fraction):
                write_number(line, place, float(value), score)
            else:
                write_string(line, place, str(value), body)
        if lines > 1:
            sheet.set_row(line, min(13.5 * lines + 2, 409))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(line, 1), len(tab.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.75 if tab.note else 0.5, 0.6)
    if tab.note:
        sheet.set_header(f'&L&"{FONT}"&10{tab.note.replace("&", "&&")}')
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column: a Chinese character is two wide. No program grows such rows by itself."""
    return -(-sum(2 if ord(char) > 0x2000 else 1 for char in text) // (width - 1))
