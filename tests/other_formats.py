"""Workbooks in the formats that few programs write: .ods as XML, .xlsb as records, each made here by hand."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from hostile import zipped

Rows = Sequence[Sequence[object]]
_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)
_ODS_HEAD = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} xmlns:calcext="urn:x" xmlns:dc="urn:y">'


def ods(rows: Iterable[str], columns: str = "", styles: str = "", tab: str = "") -> bytes:
    """An .ods with one tab; each row is a whole `table:table-row`, as `line` makes one."""
    body = f'<table:table table:name="Sheet1"{tab}>{columns}{"".join(rows)}</table:table>'
    content = f"{_ODS_HEAD}<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{body}"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"{content}</office:spreadsheet></office:body></office:document-content>".encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def line(*values: object, about: str = "") -> str:
    """A row of an .ods: numbers, texts, and cells written out as XML."""
    return f"<table:table-row{about}>{''.join(map(_ods_cell, values))}</table:table-row>"


def _ods_cell(value: object) -> str:
    if isinstance(value, str):
        return value if value.startswith("<") else f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


# ---- xlsb --------------------------------------------------------------------------------------------------------------
ERROR = object()
"""#DIV/0! in a row of an .xlsb."""
FORMULA_ERROR = object()
"""The same as the result of a formula."""


def xlsb(rows: Rows, hidden_rows: Sequence[int] = (), hidden_columns: Sequence[int] = (), merges: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """An .xlsb with one tab. Rows, columns and merges (first row, last row, first column, last column) count from 0."""
    width = max(map(len, rows))
    sheet = _record(129) + _record(148, struct.pack("<4L", 0, len(rows) - 1, 0, width - 1))
    sheet += _record(390) + b"".join(_record(60, struct.pack("<4LH", at, at, 2304, 0, 1)) for at in hidden_columns) + _record(391) + _record(145)
    for number, row in enumerate(rows):
        sheet += _record(0, struct.pack("<2LH3BL", number, 0, 300, 0, 0x10 * (number in hidden_rows), 0, 0))
        sheet += b"".join(_xlsb_cell(place, value) for place, value in enumerate(row) if value != "")
    sheet += _record(146) + _record(177, struct.pack("<L", len(merges))) + b"".join(_record(176, struct.pack("<4L", *merge)) for merge in merges)
    bundle = struct.pack("<2L", 0, 1) + _wide("rId1") + _wide("Sheet1")
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    main = f'<Relationship Id="rId1" Type="{relation}/worksheet" Target="worksheets/sheet1.bin"/>'
    root = f'<Relationship Id="rId1" Type="{relation}/officeDocument" Target="xl/workbook.bin"/>'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>'.encode(),
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">{root}</Relationships>'.encode(),
            "xl/workbook.bin": _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(132),
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{package}/relationships">{main}</Relationships>'.encode(),
            "xl/worksheets/sheet1.bin": sheet + _record(178) + _record(130),
        }
    )


def _xlsb_cell(place: int, value: object) -> bytes:
    head = struct.pack("<2L", place, 0)
    if value is ERROR:
        return _record(3, head + b"\x07")
    if value is FORMULA_ERROR:
        return _record(11, head + b"\x07" + struct.pack("<HLL", 0, 0, 0))
    if isinstance(value, str):
        return _record(6, head + _wide(value))
    assert isinstance(value, int | float)
    return _record(5, head + struct.pack("<d", value))


def _wide(text: str) -> bytes:
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


def _record(kind: int, body: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(body), bytearray()
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return number + bytes([*length, size]) + body
