"""A workbook's tabs → the standard sheets among them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from appraisal.model import Cell, Period, Span
from appraisal.notation import PeriodHint
from appraisal.problems import HIDDEN_SHEET, NO_CELLS, NO_HEADER, NO_PERIOD, NO_STANDARD_SHEET, NO_TITLE, SHEET_IGNORED, Problem
from appraisal.read import Book, Sheet
from appraisal.recognise.header import Header, find_header, header_faults
from appraisal.recognise.title import FIRST_ROWS, is_spelt, kind_titled, period_line, period_of, title_hint, without
from appraisal.recognise.whose import people_named
from appraisal.standard import Layout, SheetKind, Standard

_GUIDE = re.compile("须知|指南|字典|示例|样例|范例|样表|目录|(?:^|填[表报写]|使用|审定|退回|比例|操作)说明")
"""Names of tabs that explain how to fill in the others. They quote titles and show invented people."""


class Recognised(Struct, frozen=True):
    """A tab that is a standard sheet: which, for which period, and (where it has one) its header."""

    kind: SheetKind
    period: Period | None
    sheet: Sheet
    file: str
    start: int
    """The first row after the title, from 0."""
    header: Header | None = None


def recognise(book: Book, standard: Standard) -> tuple[tuple[Recognised, ...], tuple[Problem, ...]]:
    """The standard sheets of a workbook, and what is wrong with the tabs that are none or are incomplete."""
    found: list[Recognised] = []
    problems: list[Problem] = []
    idle: list[Problem] = []
    for sheet in book.sheets:
        cell = Cell(book.file, sheet.name)
        if sheet.hidden:
            problems.append(HIDDEN_SHEET.at(cell))
            continue
        if not sheet.rows or sheet.name.startswith("退回说明"):
            continue
        if _GUIDE.search(sheet.name) or ("说明" in sheet.name and not _is_filled(sheet, standard)):
            idle += [SHEET_IGNORED.at(cell)] if _is_filled(sheet, standard) else []
            continue
        known, faults = _recognise(sheet, book.file, standard)
        problems += faults
        if known is not None:
            found.append(known)
        elif not faults:
            idle.append(SHEET_IGNORED.at(cell))
    if found or problems:
        return tuple(found), (*_without_summaries(problems, found), *idle)
    nothing = all(value == "" for sheet in book.sheets for row in sheet.rows for value in row)
    return (), (((NO_CELLS if nothing else NO_STANDARD_SHEET).at(Cell(book.file)),) if book.sheets else ())


def _without_summaries(problems: list[Problem], found: list[Recognised]) -> list[Problem]:
    """A tab without a month of its own beside tabs of months only sums them up: it is passed over, and that is said."""
    months = {one.kind.title for one in found if one.kind.span is Span.MONTH}
    summary = re.compile("汇总|合计|累计|全年|季度|季|总表|统计")

    def passed_over(problem: Problem) -> bool:
        return problem.code == NO_PERIOD.code and bool(months) and summary.search(problem.cell.sheet) is not None

    return [SHEET_IGNORED.at(problem.cell) if passed_over(problem) else problem for problem in problems]


def _is_filled(sheet: Sheet, standard: Standard) -> bool:
    """True for a tab called a guide that holds a whole standard sheet: an example, or somebody's data (情况说明)."""
    kinds = {kind for _, _, kind in _titles(sheet, standard)}
    return any(kind.layout is not Layout.FORM and find_header(kind, sheet) is not None for kind in kinds) or any(people_named(sheet, None) if kinds else ())


def _recognise(sheet: Sheet, file: str, standard: Standard) -> tuple[Recognised | None, tuple[Problem, ...]]:
    cell = Cell(file, sheet.name)
    titled = False
    start, title, kind, header = -1, "", None, None
    for row, text, named in _titles(sheet, standard):
        header = find_header(named, sheet, row + 1) if named.layout is not Layout.FORM else None
        if not titled or header is not None:
            start, title, kind, titled = row, text, named, True
        if header is not None or named.layout is Layout.FORM:
            break
    if kind is None:
        kind = kind_titled(sheet.name, standard) or kind_titled(file.rpartition("/")[2].rpartition(".")[0], standard)
        header = find_header(kind, sheet) if kind is not None and kind.layout is not Layout.FORM else None
        if kind is None or (header is None and kind.layout is not Layout.FORM):
            return None, _untitled(sheet, cell, standard)
    if header is None and kind.layout is not Layout.FORM:
        columns = "、".join(column.name for column in kind.columns if column.required)
        return None, (NO_HEADER.at(cell, title=kind.title, columns=columns),)
    names = tuple(people_named(sheet, header)) if is_spelt(f"{title} {sheet.name} {file}") else ()
    lines = _period_lines(sheet, kind, max(start, 0), header.first if header else _form_head(sheet, start + 1))
    period, faults = period_of(kind, [title_hint(without(names, title), kind), *lines], sheet.name, cell, names)
    if header is not None:
        faults = (*header_faults(kind, header, sheet, file), *faults)
    if any(fault.is_error for fault in faults):
        return None, faults
    return Recognised(kind, period, sheet, file, start + 1, header), faults


def _titles(sheet: Sheet, standard: Standard) -> Iterator[tuple[int, str, SheetKind]]:
    """Every cell of the first rows that is a standard title, with its row."""
    for row, values in enumerate(sheet.rows[:FIRST_ROWS]):
        for value in values:
            if isinstance(value, str) and value and (kind := kind_titled(value, standard)) is not None:
                yield row, value, kind


def _form_head(sheet: Sheet, first: int) -> int:
    """Where the labels of a form begin: below the title and lines that hold one cell only."""
    for row in range(first, min(first + 4, len(sheet.rows))):
        if sum(value != "" for value in sheet.rows[row]) > 1:
            return row
    return first


def _period_lines(sheet: Sheet, kind: SheetKind, first: int, end: int) -> Iterator[PeriodHint]:
    return (period_line(value, kind) for row in sheet.rows[first:end] for value in row if isinstance(value, str) and value)


def _untitled(sheet: Sheet, cell: Cell, standard: Standard) -> tuple[Problem, ...]:
    """A tab without any title whose header is wholly that of one standard sheet: the sender is asked, nothing is assumed."""
    for kind in standard.kinds:
        if kind.layout is Layout.LIST and (header := find_header(kind, sheet)) is not None:
            required = [column.name for column in kind.columns if column.required]
            if len(header.columns) >= max(4, len(required)) and all(name in header.columns for name in required):
                return (NO_TITLE.at(cell, found=kind.title),)
    return ()
