"""The tabs of an .xlsx package: their names, their XML, and whether they are of a size anybody fills by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from appraisal.problems import TOO_LARGE, UNSAFE
from appraisal.read.look import Surroundings
from appraisal.read.package import Package
from appraisal.read.styles import NO_STRINGS, NO_STYLES, read_strings, read_styles
from appraisal.read.unfit import UnfitError
from appraisal.read.xml import attributes, place_of, usual

MOST_TABS = 500
MOST_ROWS = 100_000
MOST_COLUMNS = 300
MOST_STRINGS = 30_000_000

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\s[^>]*?ref=\"([A-Z]{1,3}\d{1,7})(?::([A-Z]{1,3}\d{1,7}))?\"")
_LAST_ROW = re.compile(rb"row\s[^>]*?\br=\"(\d+)\"")
_FILLED = re.compile(rb"<c\s[^>]*?\br=\"([A-Z]{1,3}\d{1,7})\"[^>]*(?<!/)>(?!</c>)")
_COUNT = re.compile(rb"niqueCount=[\"'](\d{8,})")


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the workbook: its name, the part that holds it (in lower case), and whether it is shown."""

    name: str
    part: str
    shown: bool


def tabs_of(package: Package) -> tuple[Tab, ...]:
    """The tabs in order, as workbook.xml lists them."""
    workbook, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if workbook not in package or relations not in package:
        return ()
    tabs = _tabs(package.boilerplate(workbook), package.boilerplate(relations))
    if len(tabs) > MOST_TABS:
        raise UnfitError(UNSAFE, why=f"内含 {len(tabs)} 个工作表")
    return tabs


@lru_cache(maxsize=64)
def _tabs(workbook: bytes, relations: bytes) -> tuple[Tab, ...]:
    targets = _targets(relations, "xl")
    tabs = []
    for found in _SHEET.findall(usual(workbook, b"<workbook")):
        about = attributes(found)
        identity = next((value for key, value in about.items() if key == "id" or key.endswith(":id")), "")
        tabs.append(Tab(unescape(about.get("name", "")), targets.get(identity, ("", ""))[1], about.get("state", "visible") == "visible"))
    return tuple(tabs)


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
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package:
        return []
    return [target for about, target in _targets(package.boilerplate(relations), folder).values() if about == kind]


def surroundings(package: Package) -> Surroundings:
    """What styles and shared strings add to every tab."""
    styles = read_styles(package.boilerplate("xl/styles.xml")) if "xl/styles.xml" in package else NO_STYLES
    strings = NO_STRINGS
    if "xl/sharedstrings.xml" in package:
        xml = package.read("xl/sharedstrings.xml")
        if (claimed := _COUNT.search(xml[:1_000])) and int(claimed[1]) > MOST_STRINGS:
            raise UnfitError(UNSAFE, why=f"自称有 {int(claimed[1])} 个字符串")
        strings = read_strings(xml)
    return Surroundings(styles, strings)


def tab_xml(package: Package, tab: Tab) -> bytes:
    """A tab's XML, once it is known that its cells fit into memory. Raises UnfitError at a cell that is too far out."""
    xml = package.read(tab.part)
    found = _DIMENSION.search(xml[:4_000])
    last = _LAST_ROW.match(xml, at + 1) if (at := max(xml.rfind(b"<row "), xml.rfind(b":row "))) >= 0 else None
    corner = place_of((found[2] or b"A0").decode()) if found else (0, 0)
    if 0 < corner[0] <= MOST_ROWS and 0 < corner[1] <= MOST_COLUMNS and (last is None or int(last[1]) <= MOST_ROWS):
        return xml
    _check_extent(usual(xml, b"<worksheet"), tab.name)
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
