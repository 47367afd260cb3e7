"""Bytes → cells, through python-calamine; beside them what it does not tell."""

from __future__ import annotations

import io
from typing import cast

from msgspec import Struct
from msgspec.structs import replace
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum, XmlError, ZipError

from appraisal.model import Cell
from appraisal.problems import ENCRYPTED, UNREADABLE, Problem
from appraisal.read.biff import look_through
from appraisal.read.gate import Admitted, admit
from appraisal.read.look import NOTHING, Look, Surroundings, covered_values, look, signs
from appraisal.read.package import Package
from appraisal.read.tabs import frame_of, related, strings_of, tab_xml
from appraisal.read.text import read_text
from appraisal.read.unfit import UnfitError


class Sheet(Struct, frozen=True):
    """One tab: its rows of values as read, and where they begin (0-based), so that addresses are right."""

    name: str
    rows: list[list[object]]
    top: int = 0
    left: int = 0
    merges: tuple[tuple[int, int, int, int], ...] = ()
    """Merged ranges as first row, first column, last row, last column, all from 1."""
    hidden: bool = False
    look: Look = NOTHING
    """What is on the tab beside its values: errors, comments, hidden rows…"""


class Book(Struct, frozen=True):
    """One file: its tabs in order."""

    file: str
    sheets: tuple[Sheet, ...] = ()


def read_book(data: bytes, file: str, password: str | None = None) -> tuple[Book, tuple[Problem, ...]]:
    """The cells of a workbook, or an empty Book and the reason. Never raises for what a file may contain.

    `password` opens workbooks that have one; the others are read as they are.
    """
    try:
        admitted = admit(data, file)
        return Book(file, _sheets(data, admitted)), admitted.remarks
    except UnfitError as unfit:
        problem = unfit.of(file)
    except PasswordError:
        problem = ENCRYPTED.at(Cell(file), why="读不出内容")
    except (CalamineError, ZipError, XmlError, ValueError, OSError) as error:
        problem = UNREADABLE.at(Cell(file), why=_why(error))
    except BaseException as error:  # calamine's PanicException is not an Exception, and has no importable name
        if type(error).__name__ != "PanicException":
            raise
        problem = UNREADABLE.at(Cell(file), why="内部结构损坏")
    if problem.code != ENCRYPTED.code or not password:
        return Book(file), (problem,)
    try:
        from appraisal.read.encrypted import decrypted

        return read_book(decrypted(data, password), file)
    except UnfitError as unfit:
        return Book(file), (unfit.of(file),)


def _why(error: Exception) -> str:
    return f"内容已损坏：{str(error).splitlines()[0][:60] if str(error) else type(error).__name__}"


def _sheets(data: bytes, admitted: Admitted) -> tuple[Sheet, ...]:
    if admitted.kind == "csv":
        return (Sheet("CSV", read_text(data)),)
    if admitted.package is not None and admitted.kind == "xlsx":
        return _xlsx(admitted.package)
    sheets = _calamine(data)
    if admitted.compound is not None:
        looks = look_through(admitted.compound.read("workbook"), {sheet.name: sheet.rows for sheet in sheets if not sheet.hidden})
        sheets = tuple(replace(sheet, look=looks[sheet.name]) if sheet.name in looks else sheet for sheet in sheets)
    if admitted.package is not None:
        sheets = _with_merges(admitted.package, admitted.kind, sheets)
    return _uncovered(sheets)


def _with_merges(package: Package, kind: str, sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """Tabs of an .ods or .xlsb, of which the reader tells values only."""
    extents = {sheet.name: (sheet.top + len(sheet.rows), sheet.left + len(sheet.rows[0])) for sheet in sheets if sheet.rows}
    from appraisal.read import ods, xlsb  # seldom wanted, and each reader would load them

    looks = ods.look_through(package.read("content.xml"), extents) if kind == "ods" else xlsb.look_through(package)
    return tuple(replace(sheet, look=looks[sheet.name][0], merges=looks[sheet.name][1]) if sheet.rows and sheet.name in looks else sheet for sheet in sheets)


def _xlsx(package: Package) -> tuple[Sheet, ...]:
    frame = frame_of(package)
    repacked = frame.repacked.continued()
    around = Surroundings(frame.styles, strings_of(package, repacked))
    telling = {}
    for tab in frame.tabs:
        if tab.part not in package:
            continue
        if not tab.shown:
            package.check(tab.part)
            continue
        xml = tab_xml(package, tab, repacked)
        comments = related(package, tab.part, "comments")
        here = replace(around, comments=package.read(comments[0])) if comments and comments[0] in package else around
        if signs(xml, here):
            telling[tab.name] = xml, here
    sheets = _calamine(repacked.package())
    return _uncovered(tuple(_looked_at(sheet, *telling[sheet.name]) if sheet.name in telling else sheet for sheet in sheets) if telling else sheets)


def _looked_at(sheet: Sheet, xml: bytes, around: Surroundings) -> Sheet:
    return replace(sheet, look=look(xml, sheet.rows, (sheet.top, sheet.left), around))


def _uncovered(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """The sheets, with what their merged cells cover."""
    found = [covered_values(sheet.rows, (sheet.top, sheet.left), sheet.merges) if sheet.merges else {} for sheet in sheets]
    if not any(found):
        return sheets
    return tuple(replace(sheet, look=replace(sheet.look, covered=covered)) if covered else sheet for sheet, covered in zip(sheets, found, strict=True))


def _calamine(data: bytes) -> tuple[Sheet, ...]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = []
    for place, about in enumerate(workbook.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        if about.visible is not SheetVisibleEnum.Visible:
            sheets.append(Sheet(about.name, [], hidden=True))
            continue
        sheet = workbook.get_sheet_by_index(place)
        top, left = sheet.start or (0, 0)
        merges = tuple((first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1) for first, last in sheet.merged_cell_ranges or ())
        sheets.append(Sheet(about.name, cast("list[list[object]]", sheet.to_python()), top, left, merges))
    return tuple(sheets)
