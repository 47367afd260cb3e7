"""The header of a list sheet: which row it is (one to three levels), and which column holds what."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from appraisal.model import Cell
from appraisal.notation import amount, label
from appraisal.problems import DUPLICATE_COLUMN, LEAVE_COLUMN_MISSING, MISSING_COLUMN, NO_HEADING, Problem
from appraisal.read import Sheet
from appraisal.recognise.leave_heading import leave_together
from appraisal.recognise.nearly import nearly, strange_columns
from appraisal.recognise.title import FIRST_ROWS
from appraisal.standard import LEAVE, Layout, SheetKind, Use, Value

MOST_LEVELS = 3
DAYS = ("天数", "日数")
MOST_KINDS = 4
"""A sheet with so many of the six kinds of leave was meant to have them all. 旷工 is on no paper form, and may be left out."""


class Header(Struct, frozen=True, eq=False):
    """Where the columns are: item → place in the row; `first` and `end` are the header's rows (end exclusive). Compared by identity."""

    first: int
    end: int
    columns: dict[str, int]
    doubles: tuple[tuple[str, int, int], ...]
    together: tuple[tuple[str, int], ...] = ()
    """Columns in which several kinds of leave stand together (病事假), by heading and place."""


@lru_cache(maxsize=256)
def _aliases(kind: SheetKind) -> dict[str, str]:
    known = {label(word): column.name for column in kind.columns for word in (*column.aliases, column.name)}
    days = {
        f"{label(word)}{unit}": column.name for column in kind.columns if column.value is Value.DAYS for word in (*column.aliases, column.name) for unit in DAYS
    }
    return days | known


_seen: dict[tuple[object, ...], Header] = {}
"""Single header rows met before, by all that they were read from: departments fill the same blank, and a worker reads hundreds of them."""
_faultless: set[Header] = set()
"""Those of them of which nothing is to be said."""
_MOST_SEEN = 500


def find_header(kind: SheetKind, sheet: Sheet, start: int = 0) -> Header | None:
    """The header row of a list of this kind within the first rows; None when there is none with enough known columns."""
    for row in (start, start + 1):
        header = _seen.get(_around(kind, sheet, start, row))
        if header is not None and _is_above_a_name(header, sheet):
            return header
    header = _find_header(kind, sheet, start)
    if header is not None and header.end == header.first + 1 and len(_seen) < _MOST_SEEN and _is_above_a_name(header, sheet):
        _seen[_around(kind, sheet, start, header.first)] = header
    return header


def _is_above_a_name(header: Header, sheet: Sheet) -> bool:
    """True when the row below names somebody: the header ends there, whatever else stands in that row."""
    name = sheet.rows[header.end][header.columns["姓名"]] if header.end < len(sheet.rows) and "姓名" in header.columns else ""
    return isinstance(name, str) and label(name) != ""


def _around(kind: SheetKind, sheet: Sheet, start: int, row: int) -> tuple[object, ...]:
    """All that a header in a row by itself, above the name of somebody, is read from."""
    merges = tuple(merge for merge in sheet.merges if merge[0] <= row + sheet.top + 1)
    return kind, start, sheet.top, sheet.left, merges, *map(tuple, sheet.rows[start : row + 1])


def _find_header(kind: SheetKind, sheet: Sheet, start: int) -> Header | None:
    known = _aliases(kind)
    required = {column.name for column in kind.columns if column.required}
    for row in range(start, min(start + FIRST_ROWS, len(sheet.rows))):
        names = _labels(sheet, row)
        anchor = next((place for place, name in enumerate(names) if known.get(name) in required), None)
        if anchor is None:
            continue
        header = _levels(kind, sheet, row, start)
        if kind.use is Use.ATTENDANCE:
            header = replace(header, together=tuple(_together(kind, header, sheet)))
        known_enough = len(header.columns) >= 3 or (len(header.columns) >= 2 and required <= header.columns.keys())
        if known_enough or header.together or _almost(kind, header, sheet):
            return header
    return None


def _almost(kind: SheetKind, header: Header, sheet: Sheet) -> bool:
    """True for a row with one known column where another's name is only misspelt."""
    found = frozenset(header.columns)
    return any(nearly(kind, name, found) is not None for name, _ in _strangers(kind, header, sheet, ""))


def _together(kind: SheetKind, header: Header, sheet: Sheet) -> Iterator[tuple[str, int]]:
    for name, cell in _strangers(kind, header, sheet, ""):
        if leave_together(name, header.columns):
            yield name, cell.column - sheet.left - 1


def _strangers(kind: SheetKind, header: Header, sheet: Sheet, file: str) -> list[tuple[str, Cell]]:
    """The lowest label over each column not in use, on whichever level of the header it stands; then the same joined with what is above."""
    known, used = _aliases(kind), set(header.columns.values())
    lowest = {place: (line, name) for line in range(header.first, header.end) for place, name in enumerate(_labels(sheet, line)) if name}
    strange = [(place, line, name) for place, (line, name) in sorted(lowest.items()) if place not in used and name not in known]
    cells = [Cell(file, sheet.name, line + sheet.top + 1, place + sheet.left + 1) for place, line, _ in strange]
    alone = [(name, cell) for (_, _, name), cell in zip(strange, cells, strict=True)]
    joined = [(_joined(sheet, line - 1, line, place), cell) for (place, line, _), cell in zip(strange, cells, strict=True) if line > header.first]
    return alone + joined


def _labels(sheet: Sheet, row: int) -> list[str]:
    return [label(value) if isinstance(value, str) and value else "" for value in sheet.rows[row]]


def _spread(sheet: Sheet, row: int) -> list[str]:
    """The labels of a header row, with a merged one repeated over the columns (and rows) it spans."""
    names = _labels(sheet, row)
    line = row + sheet.top + 1
    for top, left, bottom, right in sheet.merges:
        if top <= line <= bottom and (right > left or bottom > top):
            source = top - sheet.top - 1
            text = sheet.rows[source][left - sheet.left - 1] if 0 <= source < len(sheet.rows) and 0 <= left - sheet.left - 1 < len(sheet.rows[source]) else ""
            if isinstance(text, str) and text:
                for place in range(left - sheet.left - 1, min(right - sheet.left, len(names))):
                    names[place] = names[place] or label(text)
    return names


def _levels(kind: SheetKind, sheet: Sheet, row: int, start: int) -> Header:
    """One to three header rows read together: each column takes its lowest known label, or parent and child joined."""
    known = _aliases(kind)
    first, end = row, row + 1
    flat = _labels(sheet, row)
    name_places = [place for place, name in enumerate(flat) if known.get(name) == "姓名"]
    for line in range(end, min(row + MOST_LEVELS, len(sheet.rows))):
        below = _labels(sheet, line)
        if any(below[place] for place in name_places):
            break
        fresh = [place for place, name in enumerate(below) if name in known or (flat[place] == "" and name and place not in name_places)]
        if any(below[place] in known or _joined(sheet, row, line, place) in known for place in fresh):
            end = line + 1
    while first > start and kind.layout is Layout.LIST and _heads(sheet, first - 1, known):
        first -= 1
    levels = [_spread(sheet, line) for line in range(first, end)] if end - first > 1 else [flat]
    columns: dict[str, int] = {}
    doubles = []
    for place in range(len(flat)):
        item = _item([level[place] for level in levels], known)
        if item is None:
            continue
        if item in columns:
            doubles.append((item, columns[item], place))
        else:
            columns[item] = place
    return Header(first, end, columns, tuple(doubles))


def _heads(sheet: Sheet, row: int, known: dict[str, str]) -> bool:
    """True for a row above the header that is a level of it, and not a line such as 批准人：… 批准日期：…"""
    return any(isinstance(value, str) and label(value) in known and not value.rstrip().endswith((":", "：")) for value in sheet.rows[row])


def _joined(sheet: Sheet, top: int, bottom: int, place: int) -> str:
    return _spread(sheet, top)[place] + _labels(sheet, bottom)[place]


def _item(stack: list[str], known: dict[str, str]) -> str | None:
    names = list(dict.fromkeys(name for name in stack if name))
    for name in ["".join(names[-2:]), *reversed(names)] if len(names) > 1 else names:
        if name in known:
            return known[name]
    return None


def header_faults(kind: SheetKind, header: Header, sheet: Sheet, file: str) -> tuple[Problem, ...]:
    """Required columns that are missing, names that are almost a column's, and columns that stand twice."""
    if header in _faultless:
        return ()
    found = tuple(_header_faults(kind, header, sheet, file))
    if not found and header in _seen.values():
        _faultless.add(header)
    return found


def _header_faults(kind: SheetKind, header: Header, sheet: Sheet, file: str) -> Iterator[Problem]:
    line = header.end + sheet.top
    present = "、".join(header.columns) or "无"
    absent = [column for column in kind.columns if column.name not in header.columns]
    apart = {place for _, place in header.together}
    strangers = [(name, cell) for name, cell in _strangers(kind, header, sheet, file) if cell.column - sheet.left - 1 not in apart] if absent else []
    strange, meant = strange_columns(kind, strangers, frozenset(header.columns))
    missing = [
        MISSING_COLUMN.at(Cell(file, sheet.name, line), title=kind.title, column=column.name, found=present)
        for column in absent
        if column.required and column.name not in meant
    ]
    doubled = [
        DUPLICATE_COLUMN.at(Cell(file, sheet.name, line, second + sheet.left + 1), column=item, first=Cell("", "", line, first + sheet.left + 1).address)
        for item, first, second in header.doubles
    ]
    yield from (*missing, *strange, *doubled, *_leave_gone(header, sheet, file, meant))


def _leave_gone(header: Header, sheet: Sheet, file: str, meant: Collection[str]) -> Iterator[Problem]:
    """Where almost all kinds of leave have their column, but 病假 or 事假 has not: a column was deleted, or lost its name."""
    absent = [kind for kind in ("病假", "事假") if kind not in header.columns and kind not in meant]
    if header.together or len(header.columns.keys() & set(LEAVE)) < MOST_KINDS:
        return
    line = header.end + sheet.top
    for kind in absent:
        places = list(_nameless(header, sheet))
        yield from (NO_HEADING.at(Cell(file, sheet.name, line, place + sheet.left + 1), column=kind) for place in places)
        if not places:
            yield LEAVE_COLUMN_MISSING.at(Cell(file, sheet.name, line), column=kind)


def _nameless(header: Header, sheet: Sheet) -> Iterator[int]:
    """Columns right of the names without a heading of their own, in which somebody has a number."""
    name_at = header.columns.get("姓名", 0)
    for place, heading in enumerate(_spread(sheet, header.end - 1)):
        if place > name_at and not heading and place not in header.columns.values():
            rows = (row for row in sheet.rows[header.end :] if isinstance(row[name_at], str) and row[name_at])
            if any(amount(row[place]) for row in rows):
                yield place
