"""A faulty workbook → its marked copy, by openpyxl. Runs in a worker: openpyxl is no match for a hostile file."""

from __future__ import annotations

import hashlib
import io
import stat
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.escape import unescape
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from appraisal.problems import Problem
from appraisal.render.package import undated
from appraisal.render.packing import packed
from appraisal.render.returned.keepable import MOST_BYTES, keepable, results, with_results
from appraisal.render.returned.marker import GUIDE, Mark
from appraisal.render.returned.wording import COLUMNS, COPY, clean, comment, heading, height, line, lines_of, stored
from appraisal.render.tab_names import tab_names

MOST_PROBLEMS = 3_000
AUTHOR = "考核退回"
_BELOW = "\n——退回意见——\n"
"""Between a comment of the sender's and ours."""
_TINTS = (PatternFill("solid", fgColor="FFFFEB9C"), PatternFill("solid", fgColor="FFFFC7CE"))
_LINE = Side(style="thin", color="FFA6A6A6")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_CLEANING = "_clean_merge_range"
_WIDE = 44
"""Half-width characters on a line of a comment."""


def copied(path: Path, file: str, problems: Sequence[Problem], sha256: str = "") -> bytes | None:
    """The copy with its faulty cells marked; None when none can be made without loss. Raises whatever a broken file makes openpyxl raise."""
    state = path.lstat()
    if not stat.S_ISREG(state.st_mode) or state.st_size > MOST_BYTES or len(problems) > MOST_PROBLEMS:
        return None
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    parts = keepable(data)
    if parts is None or (sha256 and digest != sha256):  # changed since it was read: the cells may be others now
        return None
    with warnings.catch_warnings():  # what openpyxl warns of is what it loses
        warnings.simplefilter("error", UserWarning)
        warnings.filterwarnings("ignore", "Workbook contains no (default style|stylesheet)")
        reader = ExcelReader(io.BytesIO(data), rich_text=True)
        with _whole_merges():
            reader.read()
        book = reader.wb
        mark = _unmarked(book) or Mark(file, digest)
        _mark(book, problems)
        _guide(book, mark, file, problems)
        book.calculation = book.calculation or CalcProperties()
        book.calculation.fullCalcOnLoad = True
        target = io.BytesIO()
        book.save(target)
    named = {sheet.name: results(parts.get(relation.target, b"")) for sheet, relation in reader.parser.find_sheets()}
    with zipfile.ZipFile(target) as package:
        made = {name: package.read(name) for name in package.namelist()}
    for number, sheet in enumerate(book.worksheets, 1):
        name = f"xl/worksheets/sheet{number}.xml"
        made[name] = with_results(made[name], named.get(sheet.title, {}))
    made["docProps/core.xml"] = undated(made["docProps/core.xml"])
    return packed(made)


@contextmanager
def _whole_merges() -> Iterator[None]:
    """Values and formats under merged ranges, which openpyxl drops as it reads, are left alone: they are often what is wrong."""
    ordinary = getattr(Worksheet, _CLEANING)
    setattr(Worksheet, _CLEANING, lambda *_: None)
    try:
        yield
    finally:
        setattr(Worksheet, _CLEANING, ordinary)


# ---- marks -------------------------------------------------------------------------------------------------------------
def _unmarked(book: Workbook) -> Mark | None:
    """Takes the marks of an earlier return away; what that was a copy of, None when this is the first."""
    first = book.worksheets[0]
    found = [Mark.parse(unescape(value)) for (value,) in first.iter_rows(max_row=8, max_col=1, values_only=True) if isinstance(value, str)]
    mark = next(filter(None, found), None) if first.title.startswith(GUIDE) else None
    if mark is None or len(book.worksheets) < 2:
        return None
    book.remove(first)
    for sheet in book.worksheets:
        for cell in [cell for row in sheet.iter_rows() for cell in row if cell.comment is not None and cell.comment.author == AUTHOR]:
            theirs, _, _ = cell.comment.text.rpartition(_BELOW)
            cell.comment = _comment(theirs, "") if theirs else None
            cell.fill = PatternFill()
    return mark


def _mark(book: Workbook, problems: Iterable[Problem]) -> None:
    """Fills and comments every cell with a problem. openpyxl forgets how large the sender's comments were: all are made to fit."""
    for cell in (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.comment is not None):
        cell.comment.height, cell.comment.width = _size(cell.comment.text)
    found: defaultdict[tuple[str, int, int], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.cell.row and problem.cell.sheet in book.sheetnames:
            found[problem.cell.sheet, problem.cell.row, problem.cell.column].append(problem)
    filled: dict[tuple[str, str], bool] = {}
    said: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for (tab, row, column), here in found.items():
        cells = _cells(book[tab], row, column)
        said[tab, cells[0].coordinate] += map(comment, here)
        for cell in cells:
            at = (tab, cell.coordinate)
            filled[at] = filled.get(at, False) or any(problem.is_error for problem in here)
    for (tab, address), error in filled.items():
        book[tab][address].fill = _TINTS[error]
    for (tab, address), texts in said.items():
        cell = book[tab][address]
        cell.comment = _comment(cell.comment.text if cell.comment is not None else "", "\n".join(dict.fromkeys(texts)))


def _cells(sheet: Worksheet, row: int, column: int) -> list[Cell]:
    """The cell a problem is at (the first of a merged range), or the used cells of a row."""
    columns = [column] if column else [cell.column for cell in sheet[row] if cell.value is not None] or [1]
    return list({cell.coordinate: cell for cell in (_anchor(sheet, row, number) for number in columns)}.values())


def _anchor(sheet: Worksheet, row: int, column: int) -> Cell:
    for area in sheet.merged_cells.ranges:
        if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col:
            return sheet.cell(area.min_row, area.min_col)
    return sheet.cell(row, column)


def _comment(theirs: str, ours: str) -> Comment:
    """A comment large enough to be read, below what the sender had written there."""
    text = f"{theirs}{_BELOW}{ours}" if theirs and ours else theirs or ours
    tall, wide = _size(text)
    return Comment(stored(text), AUTHOR if ours else "", height=tall, width=wide)


def _size(text: str) -> tuple[int, int]:
    """Height and width in which a comment can be read."""
    return min(18 * lines_of(text, _WIDE) + 16, 480), 300


# ---- the first tab -----------------------------------------------------------------------------------------------------
def _guide(book: Workbook, mark: Mark, file: str, problems: Sequence[Problem]) -> None:
    """退回说明: how many, what to do, the mark, and every problem with a link to its cell."""
    sheet = book.create_sheet(tab_names([*book.sheetnames, GUIDE])[-1], 0)
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet  # two selected tabs would both take what is typed
    book.active = 0
    wide = sum(width for _, width in COLUMNS)
    for row, (text, size, color) in enumerate(((heading(file, problems), 14, "FFC00000"), (COPY, 11, "FF000000"), (str(mark), 8, "FF808080")), 1):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(COLUMNS))
        _put(sheet.cell(row, 1), text, Font(name="宋体", size=size, color=color, bold=row == 1))
        sheet.row_dimensions[row].height = (size + 5) * lines_of(text, int(wide * 11 / size) - 4) + 4
    for column, (name, width) in enumerate(COLUMNS, 1):
        _put(sheet.cell(4, column), name, Font(name="宋体", size=11, bold=True), PatternFill("solid", fgColor="FFDDEBF7"), _BOX)
        sheet.column_dimensions[sheet.cell(4, column).column_letter].width = width
    for row, problem in enumerate(problems, 5):
        sheet.row_dimensions[row].height = height(problem)
        for column, text in enumerate(line(problem), 1):
            _put(sheet.cell(row, column), text, Font(name="宋体", size=11), _TINTS[problem.is_error] if column == 1 else None, _BOX)
        _link(book, sheet.cell(row, 2), problem)
    sheet.freeze_panes = "A5"
    sheet.print_title_rows = "4:4"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0


def _put(cell: Cell, text: str, font: Font, fill: PatternFill | None = None, box: Border | None = None) -> None:
    """Text as text, whatever it begins with."""
    cell.value = stored(text)
    cell.data_type = "s"
    cell.font, cell.alignment = font, Alignment(wrap_text=True, vertical="center")
    if fill is not None:
        cell.fill = fill
    if box is not None:
        cell.border = box


def _link(book: Workbook, cell: Cell, problem: Problem) -> None:
    """A link to the faulty cell, or to its tab; none to a tab that is hidden or is not there."""
    tab = problem.cell.sheet
    if tab not in book.sheetnames or book[tab].sheet_state != "visible":
        return
    column = problem.cell.address if problem.cell.column and problem.cell.row else f"A{problem.cell.row or 1}"
    name = clean(tab).replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!{column}", display=None)
    cell.font = Font(name="宋体", size=11, color="FF0563C1", underline="single")
