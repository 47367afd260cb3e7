"""The records of an .xlsb's tabs, as far as they say what the reader does not: merges, error cells, hidden rows and columns."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from appraisal.problems import UNREADABLE
from appraisal.read.biff import ERRORS
from appraisal.read.look import NOTHING, Look, Place
from appraisal.read.package import Package
from appraisal.read.tabs import MOST_COLUMNS, relations_of
from appraisal.read.unfit import UnfitError

Merge = tuple[int, int, int, int]
_ROW, _COLUMN, _MERGE, _TAB = 0, 60, 176, 156
_ERROR_CELLS = (3, 11)
"""An error typed, and one that a formula came to."""
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x10, 0x01


def look_through(package: Package) -> dict[str, tuple[Look, tuple[Merge, ...]]]:
    """The looks and merged ranges of all tabs, by name. Raises UnfitError for records cut short."""
    try:
        parts = relations_of(package, "xl/workbook.bin")
        found = {}
        for kind, body in _records(package.read("xl/workbook.bin")):
            if kind == _TAB:
                identity, end = _text(body, 8)
                name, _ = _text(body, end)
                if (part := parts.get(identity, ("", ""))[1]) in package:
                    found[name] = _look(package.read(part))
    except (struct.error, IndexError):
        raise UnfitError(UNREADABLE, why="内部结构损坏") from None
    return found


def _look(part: bytes) -> tuple[Look, tuple[Merge, ...]]:
    errors: dict[Place, str] = {}
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    merges: list[Merge] = []
    row = 0
    for kind, body in _records(part):
        if kind == _ROW:
            row = struct.unpack_from("<L", body)[0] + 1
            if body[11] & _HIDDEN_ROW:
                hidden_rows.add(row)
        elif kind in _ERROR_CELLS:
            errors[row, struct.unpack_from("<L", body)[0] + 1] = ERRORS.get(body[8], "#N/A")
        elif kind == _COLUMN and body[16] & _HIDDEN_COLUMN:
            first, last = struct.unpack_from("<2L", body)
            hidden_columns.update(range(first + 1, min(last, MOST_COLUMNS) + 2))
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4L", body)
            merges.append((top + 1, left + 1, bottom + 1, right + 1))
    if not (errors or hidden_rows or hidden_columns):
        return NOTHING, tuple(merges)
    return Look(errors=errors, hidden_rows=frozenset(hidden_rows), hidden_columns=frozenset(hidden_columns)), tuple(merges)


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(part):
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | part[at] << 7
            at += 1
        size = shift = 0
        while True:
            byte = part[at]
            size |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if not byte & 0x80 or shift == 28:
                break
        if at + size > len(part):
            raise IndexError
        yield kind, part[at : at + size]
        at += size


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A counted text and where it ends."""
    end = at + 4 + 2 * struct.unpack_from("<L", body, at)[0]
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
