"""Workbooks as clever programs, careless people and attackers make them. Each is made here, byte by byte; nothing is stored."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import xlsxwriter
from drawn import xlsx

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
Edit = Callable[[bytes], bytes]
Fill = Callable[[Any, Any], object]
PLAIN = "出勤汇总表（2021-10）\n姓名  病假\n张三  1\n李四  0"


def made(fill: Fill) -> bytes:
    """A workbook with one tab, filled through xlsxwriter: `fill(book, sheet)`."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    fill(book, book.add_worksheet("Sheet1"))
    book.close()
    return target.getvalue()


def attendance(fill: Fill, days: Sequence[object] = (1, 0), title: str = "出勤汇总表（2021-10）") -> bytes:
    """An 出勤汇总表 of 张三 (row 3) and 李四 (row 4) with their 病假 (column B), and whatever `fill` adds."""

    def rows(book: Any, sheet: Any) -> None:
        sheet.write_string("A1", title)
        sheet.write_row("A2", ["姓名", "病假", "事假"])
        for row, (name, value) in enumerate(zip(("张三", "李四"), days, strict=True), 2):
            sheet.write_string(row, 0, name)
            sheet.write(row, 1, value)
        fill(book, sheet)

    return made(rows)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        for name, data in parts.items():
            package.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


def edited(data: bytes, edits: Mapping[str, Edit], added: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook with some of its parts changed or added."""
    parts = parts_of(data)
    return zipped({name: edits[name](part) if name in edits else part for name, part in parts.items()} | dict(added or {}))


def swap(old: str, new: str) -> Edit:
    """Replaces words that must stand there."""

    def edit(part: bytes) -> bytes:
        assert old.encode() in part, part[:3000]
        return part.replace(old.encode(), new.encode(), 1)

    return edit


# ---- attacks on the reader ---------------------------------------------------------------------------------------------


@cache
def bomb() -> bytes:
    """200 kB that unpack to 200 MB."""
    return edited(xlsx(PLAIN), {SHEET: lambda part: part + bytes(200_000_000)})


def lying_bomb() -> bytes:
    """The same, with a directory that says it is small."""
    data = bytearray(bomb())
    at = data.rindex(SHEET.encode()) - 46
    data[at + 24 : at + 28] = struct.pack("<L", 5_000)
    return bytes(data)


def laughs() -> bytes:
    """Ten entities, each ten times the one before."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "哈哈">' for n in range(10))
    return edited(xlsx(PLAIN), {STRINGS: swap("?>", f"?><!DOCTYPE sst [{entities}]>")})


def outside_entity(address: str = "file:///etc/hostname") -> bytes:
    """A part that asks for another file."""
    return edited(xlsx(PLAIN), {"docProps/core.xml": swap("?>", f'?><!DOCTYPE a [<!ENTITY e SYSTEM "{address}">]>')})


def many_strings() -> bytes:
    """A few kilobytes that claim to hold four million million strings."""
    return edited(xlsx(PLAIN), {STRINGS: lambda part: part.replace(b'uniqueCount="', b'uniqueCount="4000000000')})


def far_cell() -> bytes:
    """One forgotten cell at the far corner of the tab."""
    return made(lambda _, sheet: (sheet.write("A1", "出勤汇总表（2021-10）"), sheet.write("XFD1048576", 1)))


def hidden_far_cell() -> bytes:
    """The same in a tab that says it ends at B4, with the rows in disorder: nothing cheap gives it away, and it ends the process that reads it."""

    def disorder(part: bytes) -> bytes:
        near = part[part.index(b'<row r="1"') : part.index(b'<row r="1048576"')]
        return part.replace(near, b"").replace(b"</sheetData>", near + b"</sheetData>").replace(b'ref="A1:XFD1048576"', b'ref="A1:B4"')

    return edited(far_cell(), {SHEET: disorder})


def many_tabs() -> bytes:
    """Three thousand tabs, all of them the same part."""
    tabs = "".join(f'<sheet name="T{n}" sheetId="{n + 2}" r:id="rId1"/>' for n in range(3_000))
    return edited(xlsx(PLAIN), {"xl/workbook.xml": swap("</sheets>", f"{tabs}</sheets>")})


def million_rows() -> bytes:
    """A sheet whose format was dragged down to the last row."""
    rows = "".join(f'<row r="{n}" s="1" customFormat="1"/>' for n in range(5, 1_048_577))
    return edited(xlsx(PLAIN), {SHEET: lambda part: swap("</sheetData>", f"{rows}</sheetData>")(swap('ref="A1:B4"', 'ref="A1:B1048576"')(part))})


def doubled() -> bytes:
    """Two parts of the same name."""
    parts = parts_of(xlsx(PLAIN))
    return zipped(parts | {SHEET.replace("xl/", "XL/"): parts[SHEET]})


def overlapping() -> bytes:
    """A directory in which one part is named a thousand times."""
    data = zipped({"a": zlib.compress(bytes(range(256)) * 40)})
    at = data.rindex(b"PK\x01\x02")
    entry, end = data[at:-22], data[-22:]
    entries = b"".join(entry[:46] + f"{n:03}".encode() for n in range(1_000)).replace(struct.pack("<H", 1) + bytes(4), struct.pack("<H", 3) + bytes(4))
    return data[:at] + entries + end[:8] + struct.pack("<2H2L", 1_000, 1_000, len(entries), at) + end[20:]


def utf_16_sheet() -> bytes:
    """A sheet in UTF-16, which the reader takes for an empty one."""
    return edited(xlsx(PLAIN), {SHEET: lambda part: part.decode().replace("UTF-8", "UTF-16").encode("utf-16")})


def damaged() -> bytes:
    """A figure changed on the way: the checksum no longer fits."""
    data = zipped(parts_of(xlsx(PLAIN)), zipfile.ZIP_STORED)
    assert data.count(b"<v>1</v></c></row>") == 1
    return data.replace(b"<v>1</v></c></row>", b"<v>7</v></c></row>")


# ---- .xls --------------------------------------------------------------------------------------------------------------
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _header(directory: int, fats: Sequence[int]) -> bytes:
    head = OLE + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9L", 0, len(fats), directory, 0, 4096, END, 0, END, 0)
    return head + struct.pack("<109L", *fats, *[FREE] * (109 - len(fats)))


def circle() -> bytes:
    """1,024 bytes whose chain of sectors never ends."""
    return _header(0, [0]) + struct.pack("<128L", *([0] + [FREE] * 127))


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams, none of them small."""
    sectors: list[bytes] = []
    fat: list[int] = []

    def lay(content: bytes) -> int:
        first, count = len(sectors), -(-len(content) // 512)
        for number in range(count):
            sectors.append(content[number * 512 : (number + 1) * 512].ljust(512, b"\0"))
            fat.append(first + number + 1 if number + 1 < count else END)
        return first

    def entry(name: str, kind: int, start: int, size: int, child: int = -1, right: int = -1) -> bytes:
        spelled = name.encode("utf-16-le")
        numbers = struct.pack("<HBB3l", len(spelled) + 2, kind, 1, -1, right, child) + bytes(36) + struct.pack("<2LL", start, size, 0)
        return spelled.ljust(64, b"\0") + numbers

    padded = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    entries = [entry("Root Entry", 5, END, 0, child=1)]
    for number, (name, content) in enumerate(padded.items(), 1):
        entries.append(entry(name, 2, lay(content), len(content), right=number + 1 if number < len(padded) else -1))
    directory = lay(b"".join(entries))
    count = 1
    while len(fat) + count > count * 128:
        count += 1
    places = [len(fat) + number for number in range(count)]
    fat += [FAT] * count
    return _header(directory, places) + b"".join(sectors) + struct.pack(f"<{count * 128}L", *fat, *[FREE] * (count * 128 - len(fat)))


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<2H", kind, len(body)) + body


def biff(cells: Sequence[bytes], before: Sequence[bytes] = (), name: str = "Sheet1") -> bytes:
    """A workbook stream with one tab made of these records."""
    spelled = name.encode("latin-1")
    opening = record(0x809, struct.pack("<4H2L", 0x600, 5, 0, 0, 0, 0))
    start = len(opening) + sum(map(len, before)) + 4 + 8 + len(spelled) + 4
    bound = record(0x85, struct.pack("<L2B2B", start, 0, 0, len(spelled), 0) + spelled)
    sheet = record(0x809, struct.pack("<4H2L", 0x600, 0x10, 0, 0, 0, 0)) + b"".join(cells) + record(0xA)
    return opening + b"".join(before) + bound + record(0xA) + sheet


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<3HHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def number(row: int, column: int, value: float) -> bytes:
    return record(0x203, struct.pack("<3Hd", row, column, 0, value))


def xls() -> bytes:
    """An .xls of 张三 and 李四, whose 病假 is an error, in a hidden row, with a comment."""
    cells = [label(0, 0, "出勤汇总表（2021-10）"), label(1, 0, "姓名"), label(1, 1, "病假"), label(2, 0, "张三"), number(2, 1, 1), label(3, 0, "李四")]
    cells += [record(0x205, struct.pack("<3H2B", 3, 1, 0, 0x17, 1)), record(0x208, struct.pack("<8H", 3, 0, 2, 255, 0, 0, 0x20, 15))]
    cells += [record(0x7D, struct.pack("<6H", 1, 1, 2000, 15, 1, 0)), record(0x5D, struct.pack("<4H", 0x15, 18, 0x19, 1) + bytes(14))]
    cells += [record(0x1B6, bytes(18)), record(0x3C, b"\x01" + "已调走".encode("utf-16-le")), record(0x1C, struct.pack("<4H", 3, 0, 0, 1) + bytes(3))]
    return compound({"Workbook": biff(cells)})


def locked_xls() -> bytes:
    """An .xls with a password."""
    return compound({"Workbook": biff([], [record(0x2F, bytes(54))])})


def word_file() -> bytes:
    return compound({"WordDocument": b"x"})


def page() -> bytes:
    """What web systems call .xls."""
    return "<html><table><tr><td>姓名</td></tr></table></html>".encode()


# ---- text --------------------------------------------------------------------------------------------------------------


def csv(encoding: str, text: str = "出勤汇总表（2021-10）\n姓名,病假\n张三,1\n李四,0\n") -> bytes:
    return text.encode(encoding)


# ---- what people do ----------------------------------------------------------------------------------------------------


def macros() -> bytes:
    return edited(xlsx(PLAIN), {}, {"xl/vbaProject.bin": b"Attribute VB_Name"})


def external_links() -> bytes:
    return edited(xlsx(PLAIN), {}, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


def cell_error() -> bytes:
    return attendance(lambda _, sheet: sheet.write_formula("B3", "=1/0", None, "#DIV/0!"))


def uncalculated() -> bytes:
    return edited(attendance(lambda _, sheet: sheet.write_formula("B3", "=C3+1", None, 9)), {SHEET: swap("<v>9</v>", "")})


def stale() -> bytes:
    return attendance(lambda _, sheet: (sheet.write_number("C3", 2), sheet.write_formula("B3", "=SUM(C3:C4)", None, 1)))


def hidden_row() -> bytes:
    return attendance(lambda _, sheet: sheet.set_row(2, None, None, {"hidden": True}))


def hidden_column() -> bytes:
    return attendance(lambda _, sheet: sheet.set_column(1, 1, None, None, {"hidden": True}))


def comment() -> bytes:
    return attendance(lambda _, sheet: sheet.write_comment("A3", "已调走"))


def struck() -> bytes:
    return attendance(lambda book, sheet: sheet.write("A3", "张三", book.add_format({"font_strikeout": True})))


def covered() -> bytes:
    return attendance(lambda _, sheet: (sheet.merge_range("B3:C3", 1), sheet.write_number("C3", 2)))


MADE: dict[str, Callable[[], bytes]] = {
    make.__name__: make
    for make in (macros, external_links, cell_error, uncalculated, stale, hidden_row, hidden_column, comment, struck, covered, hidden_far_cell)
}
"""What tests/problems.yaml calls by name."""
ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb.xlsx": (bomb, "too-large"),
    "lying-bomb.xlsx": (lying_bomb, "unsafe"),
    "laughs.xlsx": (laughs, "unsafe"),
    "outside-entity.xlsx": (outside_entity, "unsafe"),
    "many-strings.xlsx": (many_strings, "unsafe"),
    "far-cell.xlsx": (far_cell, "too-large"),
    "many-tabs.xlsx": (many_tabs, "unsafe"),
    "doubled.xlsx": (doubled, "unsafe"),
    "overlapping.xlsx": (overlapping, "unsafe"),
    "utf-16-sheet.xlsx": (utf_16_sheet, "unreadable"),
    "damaged.xlsx": (damaged, "unreadable"),
    "truncated.xlsx": (lambda: xlsx(PLAIN)[:-30], "unreadable"),
    "half.xlsx": (lambda: xlsx(PLAIN)[:3_000], "unreadable"),
    "circle.xls": (circle, "unreadable"),
    "half.xls": (lambda: xls()[:1_500], "unreadable"),
    "locked.xls": (locked_xls, "encrypted"),
    "word.xls": (word_file, "not-a-workbook"),
    "page.xls": (page, "not-a-workbook"),
    "xml.xls": (lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "not-a-workbook"),
    "text.xls": (lambda: csv("gb18030"), "not-a-workbook"),
    "utf-16.csv": (lambda: csv("utf-16"), "not-a-workbook"),
    "nul.csv": (lambda: csv("utf-8") + b"\0", "unreadable"),
    "mixed.csv": (lambda: csv("utf-8") + csv("gb18030"), "not-a-workbook"),
    "big5.csv": (lambda: csv("big5", "姓名,備註\n張三,請領導審閱後蓋章\n"), "unreadable"),
    "quote.csv": (lambda: csv("utf-8", '姓名,病假\n"张三,1\n'), "unreadable"),
}
"""Files that must be refused, with the code of the one problem each gives."""
