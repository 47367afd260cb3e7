"""The records of an .xls workbook stream, as far as they say what the reader does not: a password, error cells, what is hidden, comments."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from appraisal.read.look import NOTHING, Look, Place

_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
_ROW, _COLINFO, _FORMULA, _BOOLERR, _NOTE, _OBJ, _TXO, _CONTINUE = 0x0208, 0x007D, 0x0006, 0x0205, 0x001C, 0x005D, 0x01B6, 0x003C
_HIDDEN_ROW, _HIDDEN_COLUMN, _NOTE_OBJECT = 0x20, 0x01, 0x19
_BIFF8 = 0x0600
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_HEAD = struct.Struct("<2H")
Record = tuple[int, bytes]


def _records(stream: bytes, at: int = 0) -> Iterator[Record]:
    while at + 4 <= len(stream):
        kind, length = _HEAD.unpack_from(stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def has_password(stream: bytes) -> bool:
    """True when the stream says, near its beginning, that the rest is encrypted."""
    for number, (kind, _) in enumerate(_records(stream)):
        if kind == _FILEPASS:
            return True
        if kind == _EOF or number > 50:
            break
    return False


def look_through(stream: bytes, rows: Mapping[str, list[list[object]]]) -> dict[str, Look]:
    """The looks of the tabs in `rows` (by name) of a BIFF8 stream that have anything to show."""
    looks = {}
    opening = next(_records(stream), (0, b""))
    if opening[0] != _BOF or opening[1][:2] != _BIFF8.to_bytes(2, "little"):
        return {}
    for kind, body in _records(stream):
        if kind == _EOF:
            break
        if kind == _BOUNDSHEET and len(body) >= 8 and body[5] == 0:
            (begin,) = struct.unpack_from("<L", body)
            name = body[8:].decode("utf-16-le" if body[7] & 1 else "latin-1", "replace")
            if rows.get(name):
                looks[name] = _look(stream, begin, rows[name])
    return {name: found for name, found in looks.items() if found is not NOTHING}


def _look(stream: bytes, begin: int, rows: list[list[object]]) -> Look:
    errors: dict[Place, str] = {}
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    notes: dict[int, Place] = {}
    texts: dict[int, str] = {}
    depth, owner, texted = 0, 0, False
    for kind, body in _records(stream, begin):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            break
        if depth > 1:
            continue
        if kind == _ROW and len(body) >= 16 and body[12] & _HIDDEN_ROW:
            hidden_rows.add(int.from_bytes(body[:2], "little") + 1)
        elif kind == _COLINFO and len(body) >= 10 and body[8] & _HIDDEN_COLUMN:
            first, last = _HEAD.unpack_from(body)
            hidden_columns.update(range(first + 1, min(last, 300) + 2))
        elif kind in (_BOOLERR, _FORMULA) and (code := _error_code(kind, body)) is not None:
            row, column = _HEAD.unpack_from(body)
            errors[row + 1, column + 1] = ERRORS.get(code, "#N/A")
        elif kind == _NOTE and len(body) >= 8:
            row, column, _, identity = struct.unpack_from("<4H", body)
            notes[identity] = row + 1, column + 1
        elif kind == _OBJ and len(body) >= 8:
            what, owner = struct.unpack_from("<2H", body, 4)
            owner = owner if what == _NOTE_OBJECT else 0
        elif kind == _CONTINUE and texted and owner and body:
            texts.setdefault(owner, body[1:].decode("utf-16-le" if body[0] & 1 else "latin-1", "replace"))
        texted = kind == _TXO or (texted and kind == _CONTINUE)
    if not (errors or hidden_rows or hidden_columns or notes) or not rows:
        return NOTHING
    comments = {place: " ".join(texts.get(identity, "").split()) for identity, place in notes.items()}
    return Look(errors=errors, hidden_rows=frozenset(hidden_rows), hidden_columns=frozenset(hidden_columns), comments=comments)


def _error_code(kind: int, body: bytes) -> int | None:
    if kind == _BOOLERR:
        return body[6] if len(body) >= 8 and body[7] else None
    return body[8] if len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff" else None
