"""Which workbooks openpyxl reads and writes again whole, and soon enough; the others get a list."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

MOST_BYTES = 5_000_000
MOST_INFLATED = 60_000_000
MOST_PARTS = 500
MOST_CELLS = 200_000
"""Cells (and rows) that are really there: a stored dimension may say A1, or the whole sheet."""

_KEPT = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/\w+\.(?:xml|jpeg|emf|wmf)|xl/(?:workbook|styles|sharedStrings|calcChain)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/theme/theme\d*\.xml|xl/worksheets/[\w-]+\.xml|xl/worksheets/_rels/[\w-]+\.xml\.rels|xl/tables/\w+\.xml"
    r"|xl/comments\d*\.xml|xl/comments/comment\d*\.xml|xl/drawings/(?:vmlDrawing\d*\.vml|commentsDrawing\d*\.vml|drawing\d*\.xml)"
    r"|xl/printerSettings/\w+\.bin|xl/customProperty\d*\.bin|customXml/.*|.*/",
    re.IGNORECASE,
)
"""Parts that are kept, or that nobody sees and that are better left out (customXml, printer settings)."""
_LOST = re.compile(rb"<(?:\w+:)?(?:controls|oleObjects|picture|legacyDrawingHF|dataConsolidate|webPublishItems)\b")
_LOST_SHAPE = re.compile(rb"ObjectType=[\"'](?!Note)|<v:imagedata|Anchor>\s*<\w+:from")
_HOSTILE = re.compile(rb"<!DOCTYPE|<!ENTITY|\0", re.IGNORECASE)
_CELL = re.compile(rb"<(?:\w+:)?c\b")
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_FILLED = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3}\d{1,7})\"[^>]*(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b")
_LINK = re.compile(rb"<(?:\w+:)?hyperlink\b[^>]*?\bref=\"([^\"]*)\"")
_FORMULA = re.compile(rb"<c r=\"([A-Z]{1,3}\d{1,7})\"([^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*<v>([^<]+)</v>")
_TYPE = re.compile(rb"\bt=\"(str|b|e|n)\"")
_BLANK = re.compile(rb"(<c r=\"([A-Z]+\d+)\"(?: s=\"\d+\")?)>(<f\b(?:[^>]*/>|[^>]*>[^<]*</f>))(?:<v ?/>|<v></v>)")

Values = Mapping[bytes, tuple[bytes, bytes]]
"""Address → type and value of a formula's last result, as they stand in the XML."""


def keepable(data: bytes) -> dict[str, bytes] | None:
    """The parts of the workbook; None when a copy would lose something or cost too much. Raises what zipfile raises."""
    if len(data) > MOST_BYTES or not data.startswith(b"PK"):
        return None
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        items = package.infolist()
        names = {item.filename for item in items}
        if len(names) != len(items) or len(items) > MOST_PARTS or sum(item.file_size for item in items) > MOST_INFLATED or not all(map(_KEPT.fullmatch, names)):
            return None
        parts = {item.filename: package.read(item) for item in items if item.filename.endswith((".xml", ".rels", ".vml"))}
    if any(_HOSTILE.search(part) for part in parts.values()) or any(
        _LOST_SHAPE.search(part) for name, part in parts.items() if name.startswith("xl/drawings/")
    ):
        return None
    sheets = [part for name, part in parts.items() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
    if sum(len(pattern.findall(sheet)) for sheet in sheets for pattern in (_CELL, _ROW)) > MOST_CELLS:
        return None
    return None if any(_LOST.search(sheet) or _fills(sheet) for sheet in sheets) else parts


def _fills(sheet: bytes) -> bool:
    """True when a link is on an empty cell or on a range: openpyxl would write its address there as a value."""
    links = {match[1] for match in _LINK.finditer(sheet)}
    return bool(links) and not links <= {match[1] for match in _FILLED.finditer(sheet)}


def results(sheet: bytes) -> Values:
    """What the formulas of a sheet gave when it was last saved: openpyxl keeps formulas without it, and readers need it."""
    found = {}
    for address, attributes, value in _FORMULA.findall(sheet):
        kind = _TYPE.search(attributes)
        found[address] = (kind[1] if kind else b"n", value)
    return found


def with_results(sheet: bytes, values: Values) -> bytes:
    """A sheet as openpyxl wrote it, its formulas with their results again."""

    def filled(match: re.Match[bytes]) -> bytes:
        known = values.get(match[2])
        return b'%s t="%s">%s<v>%s</v>' % (match[1], known[0], match[3], known[1]) if known else match[0]

    return _BLANK.sub(filled, sheet) if values else sheet
