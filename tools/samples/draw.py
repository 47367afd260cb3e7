"""Draw sheets as a careful clerk makes them: lists with title and header, forms cell by cell."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from string import ascii_uppercase

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Sum:
    """A cell that adds up the columns `first` to `last` of its own row; `value` is the result."""

    first: str
    last: str
    value: Decimal


Cell = str | int | Decimal | date | Sum | None
Header = str | tuple[str, tuple[str, ...]]

SONG = "宋体"
CREATED = datetime(2021, 12, 31, tzinfo=UTC)
A4 = 9
PORTRAIT = 95  # character widths that still fit an upright page legibly

Look = Mapping[str, str | int | bool]

BOX: Look = {"border": 1, "valign": "vcenter", "text_wrap": True}
STYLES: Mapping[str, Look] = {
    "title": {"font_size": 16, "bold": True, "align": "center", "valign": "vcenter"},
    "period": {"font_size": 12, "align": "center", "valign": "vcenter"},
    "line": {"font_size": 11, "align": "left", "valign": "vcenter"},
    "note": {"font_size": 10, "align": "left", "valign": "vcenter", "text_wrap": True},
    "header": {**BOX, "bold": True, "align": "center", "bg_color": "#DDEBF7"},
    "label": {**BOX, "bold": True, "align": "center"},
    "centre": {**BOX, "align": "center"},
    "text": {**BOX, "align": "left"},
    "date": {**BOX, "align": "center", "num_format": "yyyy-mm-dd"},
    "total": {**BOX, "bold": True, "align": "center"},
    "wingdings": {**BOX, "align": "center", "font_name": "Wingdings"},
}


class Book:
    """One workbook in memory, whose bytes depend on nothing but what is drawn."""

    def __init__(self) -> None:
        """Start empty, with a fixed date of creation."""
        self._bytes = BytesIO()
        self._workbook = Workbook(self._bytes, {"in_memory": True})
        self._workbook.set_properties({"created": CREATED})
        self._formats: dict[str, Format] = {}

    def sheet(self, tab: str, widths: Iterable[float], *, landscape: bool = False) -> "Sheet":
        """A new tab on A4, as wide as the page."""
        worksheet = self._workbook.add_worksheet(tab)
        worksheet.set_paper(A4)
        worksheet.fit_to_pages(1, 0)
        worksheet.center_horizontally()
        if landscape:
            worksheet.set_landscape()
        for column, width in enumerate(widths):
            worksheet.set_column(column, column, width)
        return Sheet(self, worksheet)

    def style(self, name: str) -> Format:
        """The cell format called `name`, made once per workbook."""
        if name not in self._formats:
            look = {"font_name": SONG, "font_size": 11, **STYLES[name]}
            self._formats[name] = self._workbook.add_format(look)
        return self._formats[name]

    def content(self) -> bytes:
        """Close the workbook; its bytes."""
        self._workbook.close()
        return self._bytes.getvalue()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One tab that is drawn from the top down."""

    book: Book
    worksheet: Worksheet

    def height(self, row: int, points: float) -> None:
        """Make `row` (counted from 1) so many points high."""
        self.worksheet.set_row(row - 1, points)

    def put(self, place: str, value: Cell, style: str = "centre") -> None:
        """Write `value` at `place`, merging the cells when the place is a range such as B3:C3."""
        if isinstance(value, date) and style == "centre":
            style = "date"
        look = self.book.style(style)
        first, _, last = place.partition(":")
        if last:
            self.worksheet.merge_range(place, "", look)
        if value is None:
            self.worksheet.write_blank(first, None, look)
        elif isinstance(value, str):
            self.worksheet.write_string(first, value, look)
        elif isinstance(value, date):
            self.worksheet.write_datetime(first, value, look)
        elif isinstance(value, Sum):
            row = first.lstrip(ascii_uppercase)
            over = f"=SUM({value.first}{row}:{value.last}{row})"
            self.worksheet.write_formula(first, over, look, value.value)
        else:
            self.worksheet.write_number(first, value, look)

    def sum(self, place: str, over: str, value: Decimal) -> None:
        """Write the total of the range `over`, with the result that Excel would keep beside it."""
        self.worksheet.write_formula(place, f"=SUM({over})", self.book.style("total"), value)


@dataclass(frozen=True, slots=True)
class Table:
    """A list sheet: title, header, one row per person, and what clerks write around it.

    `above` are lines between title and header, `below` lines after the rows. A header that is a
    pair is a group over several columns. Equal neighbours in the columns `merged` become one cell.
    `total_from` asks for a 合计 row that adds up every column from there on which holds numbers.
    """

    title: str
    header: Sequence[Header]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float]
    above: Sequence[str] = ()
    below: Sequence[str] = ()
    merged: frozenset[int] = frozenset()
    total_from: int | None = None
    wide: frozenset[int] = frozenset()

    @property
    def leaves(self) -> list[str]:
        """The lowest line of the header."""
        return [leaf for head in self.header for leaf in ((head,) if isinstance(head, str) else head[1])]


def book_of(tables: Mapping[str, Table]) -> bytes:
    """A workbook with one list per tab."""
    book = Book()
    for tab, table in tables.items():
        draw_table(book, tab, table)
    return book.content()


def draw_table(book: Book, tab: str, table: Table) -> None:
    """Draw `table` on a new tab of `book`."""
    last = xl_col_to_name(len(table.leaves) - 1)
    sheet = book.sheet(tab, table.widths, landscape=sum(table.widths) > PORTRAIT)
    sheet.put(f"A1:{last}1", table.title, "title")
    sheet.height(1, 30)
    for row, line in enumerate(table.above, start=2):
        sheet.put(f"A{row}:{last}{row}", line, "line")
    top = 2 + len(table.above)
    first = _header(sheet, table, top)
    sheet.worksheet.freeze_panes(first - 1, 0)
    sheet.worksheet.repeat_rows(top - 1, first - 2)
    _rows(sheet, table, first)
    after = first + len(table.rows)
    if table.total_from is not None:
        _total(sheet, table, first, after)
        after += 1
    for row, line in enumerate(table.below, start=after):
        sheet.put(f"A{row}:{last}{row}", line, "note")
        sheet.height(row, 20)


def _header(sheet: Sheet, table: Table, top: int) -> int:
    """Draw the header at row `top`; the first row below it."""
    deep = any(isinstance(head, tuple) for head in table.header)
    column = 0
    for head in table.header:
        start = xl_col_to_name(column)
        if isinstance(head, tuple):
            group, leaves = head
            end = xl_col_to_name(column + len(leaves) - 1)
            sheet.put(f"{start}{top}:{end}{top}", group, "header")
            for offset, leaf in enumerate(leaves):
                sheet.put(f"{xl_col_to_name(column + offset)}{top + 1}", leaf, "header")
            column += len(leaves)
        else:
            below = f":{start}{top + 1}" if deep else ""
            sheet.put(f"{start}{top}{below}", head, "header")
            column += 1
    tall = any("\n" in leaf for leaf in table.leaves)
    sheet.height(top, 22)
    if tall:
        sheet.height(top + deep, 34)
    return top + 1 + deep


def _rows(sheet: Sheet, table: Table, first: int) -> None:
    for row, cells in enumerate(table.rows, start=first):
        for column, value in enumerate(cells):
            if column not in table.merged:
                style = "text" if column in table.wide else "centre"
                sheet.put(f"{xl_col_to_name(column)}{row}", value, style)
        sheet.height(row, 20 * _lines(table, cells))
    for column in sorted(table.merged):
        name, row = xl_col_to_name(column), first
        for value, run in groupby(cells[column] for cells in table.rows):
            length = len(list(run))
            end = f":{name}{row + length - 1}" if length > 1 else ""
            sheet.put(f"{name}{row}{end}", value)
            row += length


def _lines(table: Table, cells: Sequence[Cell]) -> int:
    """How many lines the fullest wide cell of a row needs; a Chinese character is two wide."""
    lines = (math.ceil(2 * len(str(cells[at] or "")) / table.widths[at]) for at in table.wide)
    return max((1, *lines))


def _total(sheet: Sheet, table: Table, first: int, row: int) -> None:
    for column in range(len(table.leaves)):
        name = xl_col_to_name(column)
        numbers = [Decimal(cell) for cells in table.rows if isinstance(cell := cells[column], int | Decimal)]
        if numbers and table.total_from is not None and column >= table.total_from:
            sheet.sum(f"{name}{row}", f"{name}{first}:{name}{row - 1}", sum(numbers, Decimal(0)))
        else:
            sheet.put(f"{name}{row}", "合计" if column == 0 else None, "total")
    sheet.height(row, 20)
