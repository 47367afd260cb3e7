"""Large lists as workbooks: one header row, text always as text, the same bytes for the same rows.

xlsxwriter draws everything but the rows, of which it would write a province's in minutes; they are written here.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat

import xlsxwriter
from msgspec import Struct

from appraisal.render.cells import LONGEST_TEXT, Strings
from appraisal.render.heights import HIGHEST
from appraisal.render.lines import NUMBERS, Said, filled, line_counts, pattern
from appraisal.render.packing import packed

CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
FONT = "宋体"
_STRINGS = "xl/sharedStrings.xml"
_MODEL = re.compile(r'<row [^>]*><c r="A\d+" s="(\d+)"/><c r="[A-Z]+\d+" s="(\d+)"/></row>')
_STRING = re.compile(r"<si>(.*?)</si>", re.DOTALL)


class ListTab(Struct, frozen=True):
    """A tab: its name, its columns (heading and width in characters), its rows. A tab with `note` prints it above the header when printed."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[object]]
    note: str = ""


def workbook(tabs: Sequence[ListTab], title: str, draw: Callable[[xlsxwriter.Workbook], None] = lambda _: None) -> bytes:
    """A workbook of lists: header frozen and repeated in print, filter, landscape A4 one page wide; `draw` may add tabs behind them."""
    filled = [(tab, list(tab.rows)) for tab in tabs]
    parts = _drawn([(tab, len(rows)) for tab, rows in filled], title, draw)
    strings = Strings()
    for markup in _STRING.findall(parts[_STRINGS].decode()):
        strings.number(markup)
    for number, (tab, rows) in enumerate(filled, 1):
        name = f"xl/worksheets/sheet{number}.xml"
        before, body, score, after = _MODEL.split(parts[name].decode())
        said = Said(strings, f' s="{body}"', f' s="{score}"')
        parts[name] = b"".join((before.encode(), _written(tab, rows, said), after.encode()))
    parts[_STRINGS] = strings.written()
    return packed(parts)


def _drawn(tabs: Sequence[tuple[ListTab, int]], title: str, draw: Callable[[xlsxwriter.Workbook], None]) -> dict[str, bytes]:
    """The parts of a workbook with headers, and in the place of the last of so many rows one with an empty text and an empty score."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": title, "created": CREATED})
    head = book.add_format(
        {"bold": True, "font_name": FONT, "font_size": 11, "border": 1, "bg_color": "#DDEBF7", "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    body = book.add_format({"font_name": FONT, "font_size": 10, "border": 1, "valign": "vcenter", "text_wrap": True})
    score = book.add_format({"font_name": FONT, "font_size": 10, "border": 1, "valign": "vcenter", "num_format": "0.00"})
    for tab, count in tabs:
        sheet = book.add_worksheet(tab.name)
        for place, (heading, width) in enumerate(tab.columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, heading, head)
        sheet.write_blank(max(count, 1), 0, None, body)
        sheet.write_blank(max(count, 1), len(tab.columns) - 1, None, score)
        _page(sheet, tab, count)
    draw(book)
    book.close()
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _page(sheet: xlsxwriter.worksheet.Worksheet, tab: ListTab, count: int) -> None:
    """How the tab is shown and printed."""
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(count, 1), len(tab.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.75 if tab.note else 0.5, 0.6)
    if tab.note:
        sheet.set_header(f'&L&"{FONT}"&10{tab.note.replace("&", "&&")}')
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _written(tab: ListTab, rows: Sequence[Sequence[object]], said: Said) -> bytes:
    """The XML of the rows. Each is as high as its longest text needs: no program grows such rows by itself."""
    if not rows:
        return b""
    columns = list(zip(*rows, strict=True))
    widths = [width for _, width in tab.columns]

    def lines_of(place: int, value: object) -> int:
        text = "" if value is None or value.__class__ in NUMBERS else str(value)
        if len(text) * 2 <= widths[place]:
            return 1
        wide = half_characters(text)
        return -(-wide // (widths[place] - 1)) if wide > widths[place] else 1

    heights = [
        "" if lines == 1 else f' ht="{min(13.5 * lines + 2, HIGHEST):g}" customHeight="1"'
        for lines in line_counts(columns, [width / 2 for width in widths], lines_of)
    ]
    numbers = [str(number) for number in range(2, len(rows) + 2)]
    return filled(repeat(pattern([""] * len(columns))), numbers, heights, [said.column(column) for column in columns])


def half_characters(text: str) -> int:
    """How wide a text is: three bytes of UTF-8 are a Chinese character, one is half as wide."""
    text = text[:LONGEST_TEXT]
    return len(text) + (len(text.encode()) - len(text)) // 2
