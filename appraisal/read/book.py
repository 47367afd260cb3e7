"""Bytes → cells, through python-calamine."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import cast

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum, XmlError, ZipError

from appraisal.model import Cell
from appraisal.problems import ENCRYPTED, UNREADABLE, Problem
from appraisal.read.gate import admit


@dataclass(frozen=True, slots=True)
class Sheet:
    """One tab: its rows of values as read, and where they begin (0-based), so that addresses are right."""

    name: str
    rows: list[list[object]]
    top: int = 0
    left: int = 0
    merges: tuple[tuple[int, int, int, int], ...] = ()
    """Merged ranges as first row, first column, last row, last column, all from 1."""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """One file: its tabs in order."""

    file: str
    sheets: tuple[Sheet, ...] = ()


def read_book(data: bytes, file: str) -> tuple[Book, tuple[Problem, ...]]:
    """The cells of a workbook, or an empty Book and the reason. Never raises for what a file may contain."""
    kind, problems = admit(data, file)
    if not kind:
        return Book(file), problems
    try:
        sheets = _csv(data) if kind == "csv" else _workbook(data)
    except PasswordError:
        return Book(file), (ENCRYPTED.at(Cell(file)),)
    except (CalamineError, ZipError, XmlError, zipfile.BadZipFile, UnicodeDecodeError, csv.Error, ValueError, OSError) as error:
        return Book(file), (*problems, UNREADABLE.at(Cell(file), why=_why(error)))
    except BaseException as error:  # calamine's PanicException is not an Exception, and has no importable name
        if type(error).__name__ != "PanicException":
            raise
        return Book(file), (*problems, UNREADABLE.at(Cell(file), why="内部结构损坏"))
    return Book(file, sheets), problems


def _why(error: Exception) -> str:
    return "编码无法识别" if isinstance(error, UnicodeDecodeError) else f"内容已损坏：{str(error).splitlines()[0][:60] if str(error) else type(error).__name__}"


def _workbook(data: bytes) -> tuple[Sheet, ...]:
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


def _csv(data: bytes) -> tuple[Sheet, ...]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    rows: list[list[object]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    return (Sheet("CSV", rows),)
