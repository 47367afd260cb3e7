"""The tabs of an .xlsx package: their names, their XML, and whether they are of a size anybody fills by hand."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from zlib import crc32

from msgspec import Struct

from appraisal.problems import TOO_LARGE, UNREADABLE, UNSAFE
from appraisal.read.package import Package, Stored, inflated
from appraisal.read.repack import Repacked
from appraisal.read.styles import NO_STRINGS, NO_STYLES, Strings, Styles, read_strings, read_styles
from appraisal.read.unfit import UnfitError
from appraisal.read.xml import attributes, place_of, usual

MOST_TABS = 500
MOST_ROWS = 100_000
MOST_COLUMNS = 300
MOST_STRINGS = 30_000_000
STRINGS = "xl/sharedstrings.xml"

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\s[^>]*?ref=\"([A-Z]{1,3}\d{1,7})(?::([A-Z]{1,3}\d{1,7}))?\"")
_LAST_ROW = re.compile(rb"row\s[^>]*?\br=\"(\d+)\"")
_FILLED = re.compile(rb"<c\s[^>]*?\br=\"([A-Z]{1,3}\d{1,7})\"[^>]*(?<!/)>(?!</c>)")
_COUNT = re.compile(rb"niqueCount=[\"'](\d{8,})")


class Tab(Struct, frozen=True):
    """A tab of the workbook: its name, the part that holds it (in lower case), and whether it is shown."""

    name: str
    part: str
    shown: bool


FRAME = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
"""Parts that programs write alike into every workbook of a kind."""
_FRAME = tuple(map(str.lower, FRAME))
NEEDED = ("styles", "sharedStrings", "worksheet")


class Frame(Struct, frozen=True):
    """What all tabs of a workbook share."""

    tabs: tuple[Tab, ...]
    styles: Styles
    repacked: Repacked
    needed: tuple[str, ...]
    """Parts without which values would be read wrong: without the styles a date is a number."""


def frame_of(package: Package) -> Frame:
    """The tabs in order, as workbook.xml lists them, and the meaning of their formats; remembered, since workbooks are so alike."""
    frame = _frame(*map(package.as_stored, _FRAME))
    for name in frame.needed:
        if name not in package or not package.parts[name][3]:
            raise UnfitError(UNREADABLE, why="文件不完整，缺少部件")
    if len(frame.tabs) > MOST_TABS:
        raise UnfitError(UNSAFE, why=f"内含 {len(frame.tabs)} 个工作表")
    return frame


@lru_cache(maxsize=64)
def _frame(*stored: Stored | None) -> Frame:
    repacked = Repacked()
    content = [inflated(*part) if part is not None else b"" for part in stored]
    for name, xml in zip(FRAME, content, strict=True):
        if xml:
            repacked.add(name, xml, crc32(xml))
    _, _, workbook, relations, styles = content
    targets = _targets(relations, "xl")
    tabs = []
    for found in _SHEET.findall(usual(workbook, b"<workbook")):
        about = attributes(found)
        identity = next((value for key, value in about.items() if key == "id" or key.endswith(":id")), "")
        tabs.append(Tab(unescape(about.get("name", "")), targets.get(identity, ("", ""))[1], about.get("state", "visible") == "visible"))
    needed = tuple(part for kind, part in targets.values() if kind in NEEDED)
    return Frame(tuple(tabs), read_styles(styles) if styles else NO_STYLES, repacked, needed)


def _targets(relations: bytes, folder: str) -> dict[str, tuple[str, str]]:
    """Relation → (last word of its type, part it points to) of a .rels part of `folder`."""
    targets = {}
    for found in _RELATION.findall(usual(relations, b"<Relationships")):
        about = attributes(found)
        target = unescape(about.get("Target", "")).replace("\\", "/")
        steps: list[str] = [] if target.startswith("/") else folder.split("/")
        for step in target.strip("/").split("/"):
            steps = steps[:-1] if step == ".." else steps if step == "." else [*steps, step]
        targets[about.get("Id", "")] = about.get("Type", "").rpartition("/")[2], "/".join(steps).lower()
    return targets


def related(package: Package, part: str, kind: str) -> list[str]:
    """The parts of some kind (comments, drawing) that belong to a tab."""
    return [target for about, target in relations_of(package, part).values() if about == kind]


def relations_of(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relation → (last word of its type, part it points to) of a part."""
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    return _targets(package.read(relations), folder) if relations in package else {}


def strings_of(package: Package, repacked: Repacked) -> Strings:
    """The shared strings that do not say what is shown; all of them are handed on to the reader."""
    if STRINGS not in package:
        return NO_STRINGS
    xml = package.read(STRINGS)
    if (claimed := _COUNT.search(xml, 0, 1_000)) and int(claimed[1]) > MOST_STRINGS:
        raise UnfitError(UNSAFE, why=f"自称有 {int(claimed[1])} 个字符串")
    repacked.add("xl/sharedStrings.xml", xml, package.parts[STRINGS][1])
    return read_strings(xml)


def tab_xml(package: Package, tab: Tab, repacked: Repacked) -> bytes:
    """A tab's XML, handed on to the reader once it is known that its cells fit into memory. Raises UnfitError at a cell that is too far out."""
    xml = package.read(tab.part)
    if b"<![CDATA[" in xml:
        raise UnfitError(UNREADABLE, tab.name, why="内部写法少见")  # the reader gives such a value as an empty cell
    if b"worksheet>" not in xml[-200:]:
        usual(xml, b"<no-such-root")  # cut off behind its cells, it would lose its merges: whatever is not whole is refused
    _, checksum, _, _, _, spelled = package.parts[tab.part]
    repacked.add(spelled.replace("\\", "/"), xml, checksum)
    found = _DIMENSION.search(xml, 0, 4_000)
    at = xml.rfind(b"<row ")
    last = _LAST_ROW.match(xml, at + 1) if at >= 0 else None
    corner = place_of((found[2] or b"A0").decode()) if found else (0, 0)
    if last is not None and 0 < corner[0] <= MOST_ROWS and 0 < corner[1] <= MOST_COLUMNS and int(last[1]) <= MOST_ROWS:
        return xml
    written = usual(xml, b"<worksheet")
    if b"<worksheet" in written[:2_000] and b"<sheetData" not in written:
        raise UnfitError(UNREADABLE, tab.name, why="内部结构损坏")  # cut off before its cells, it would pass for an empty tab
    _check_extent(written, tab.name)
    return xml


def _check_extent(xml: bytes, name: str) -> None:
    """The rectangle of the filled cells, whatever the tab says of itself: WPS may write A1, formats may reach to the bottom."""
    first_row, last_row, first_column, last_column = 1 << 30, 0, 1 << 30, 0
    for match in _FILLED.finditer(xml):
        row, column = place_of(match[1].decode())
        first_row, last_row = min(first_row, row), max(last_row, row)
        first_column, last_column = min(first_column, column), max(last_column, column)
        if last_row - first_row >= MOST_ROWS or last_column - first_column >= MOST_COLUMNS:
            found = f"第 {row} 行第 {column} 列还有内容"
            raise UnfitError(TOO_LARGE, name, row, column, found=found, most=f"{MOST_ROWS} 行、{MOST_COLUMNS} 列")
