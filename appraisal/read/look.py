"""What the fast reader does not tell of a tab, found in its XML as bytes; nothing is parsed unless a cheap sign of it is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import unescape

from msgspec import Struct, field

from appraisal.read.formulas import formulas, recomputed
from appraisal.read.styles import NO_STRINGS, NO_STYLES, Strings, Styles, plain_symbols
from appraisal.read.xml import attributes, place_of, usual

Place = tuple[int, int]
Rows = list[list[object]]

_ERROR = re.compile(rb"<c\s([^>]*\bt=\"e\"[^>]*)>(.*?)</c>", re.DOTALL)
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_ROW = re.compile(rb"<row\s([^>]*\bhidden=\"(?:1|true)\"[^>]*)>")
_COLUMN = re.compile(rb"<col\s([^>]*\bhidden=\"(?:1|true)\"[^>]*)>")
_STRING_CELL = re.compile(rb"<c\s([^>]*\bt=\"s\"[^>]*)>\s*<v>(\d+)</v>")
_COMMENT = re.compile(rb"<comment\s([^>]*)>(.*?)</comment>", re.DOTALL)
_TEXT = re.compile(rb"<t(?:\s[^>]*)?>([^<]*)</t>")
_NAMELESS = re.compile(rb"<c(?![^>]*\sr=)[\s>]")
"""A cell that does not say where it stands."""


class Covered(Struct, frozen=True):
    """A value under a merge that nobody sees: what it is, what is shown instead, and the range."""

    found: object
    shown: object
    first: Place
    last: Place


class Look(Struct, frozen=True):
    """Facts about a tab beside its values. Rows and columns are absolute, from 1; empty for almost every tab."""

    errors: Mapping[Place, str] = field(default_factory=dict)
    """#REF!, #DIV/0! and the like, which the reader gives as empty cells."""
    uncalculated: frozenset[Place] = frozenset()
    """Formulas without a stored result, likewise read as empty."""
    stale: Mapping[Place, tuple[object, float]] = field(default_factory=dict)
    """Simple sums whose stored result is not what the tab adds up to: shown, recomputed."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    comments: Mapping[Place, str] = field(default_factory=dict)
    struck: frozenset[Place] = frozenset()
    percent: frozenset[Place] = frozenset()
    """Cells that show their number as a percent: 0.95 is seen as 95%."""
    covered: Mapping[Place, Covered] = field(default_factory=dict)
    """Values under a merge that differ from the one shown."""


NOTHING = Look()
"""What is found beside the values of almost every tab."""


class Surroundings(Struct, frozen=True):
    """What other parts of the package say about a tab."""

    styles: Styles = NO_STYLES
    strings: Strings = NO_STRINGS
    comments: bytes = b""


def signs(xml: bytes, around: Surroundings) -> bool:
    """True when there is anything to look for: a handful of searches for rare words."""
    if around.comments or around.styles.telling or around.strings or b"/f>" in xml or (b"#" in xml and b'"e"' in xml):
        return True
    if b'hidden="' in xml and (b'hidden="1"' in xml or b'hidden="true"' in xml):
        return True
    return b"<worksheet" not in xml[:1_000] or b"'" in xml


def look(xml: bytes, rows: Rows, start: Place, around: Surroundings) -> Look:
    """Everything there is to see. Ticks in symbol fonts are made plain in `rows` themselves."""
    if not rows:
        return NOTHING
    xml = usual(xml, b"<worksheet")
    if _NAMELESS.search(xml):
        xml = usual(xml, b"<no-such-root")
    values = Values(rows, *start)
    uncalculated, stale = _formulas(xml, values) if b"/f>" in xml else (set(), {})
    percent, struck = _styled(xml, values, around.styles)
    if around.strings:
        struck |= _strings(xml, values, around.strings)
    return Look(
        dict(_errors(xml)) if b'"e"' in xml else {},
        frozenset(uncalculated),
        stale,
        frozenset(_within(_ROW, xml, "r", "r", start[0], len(rows))),
        frozenset(_within(_COLUMN, xml, "min", "max", start[1], len(rows[0]))),
        comments_of(around.comments) if around.comments else {},
        frozenset(struck),
        frozenset(percent),
    )


class Values(Struct, frozen=True):
    """A tab's values by absolute place."""

    rows: Rows
    top: int
    left: int

    def at(self, place: Place) -> object:
        row, column = place[0] - self.top - 1, place[1] - self.left - 1
        return self.rows[row][column] if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]) else ""

    def put(self, place: Place, value: object) -> None:
        self.rows[place[0] - self.top - 1][place[1] - self.left - 1] = value


def _errors(xml: bytes) -> Iterable[tuple[Place, str]]:
    for match in _ERROR.finditer(xml):
        value = _VALUE.search(match[2])
        yield place_of(attributes(match[1]).get("r", "")), value[1].decode("utf-8", "replace") if value else "#N/A"


def _formulas(xml: bytes, values: Values) -> tuple[set[Place], dict[Place, tuple[object, float]]]:
    uncalculated: set[Place] = set()
    stale: dict[Place, tuple[object, float]] = {}
    for place, text, calculated in formulas(xml):
        if not calculated:
            uncalculated.add(place)
        elif (sum_now := recomputed(text, values.rows, values.top, values.left)) is not None:
            shown = values.at(place)
            if isinstance(shown, float) and abs(shown - sum_now) > 1e-6 * max(1, abs(sum_now)):
                stale[place] = (shown, sum_now)
    return uncalculated, stale


@lru_cache(maxsize=64)
def _cells_in(formats: frozenset[str]) -> re.Pattern[bytes]:
    return re.compile(rb"<c\s(?=[^>]*\bs=\"(?:" + "|".join(sorted(formats)).encode() + rb")\")([^>]*)>")


def _styled(xml: bytes, values: Values, styles: Styles) -> tuple[set[Place], set[Place]]:
    percent, struck = set(), set()
    for about in _attributes(_cells_in(styles.telling), xml) if styles.telling else ():
        place, number = place_of(about.get("r", "")), about["s"]
        value = values.at(place)
        if value == "":
            continue
        if number in styles.percent and value.__class__ is float:
            percent.add(place)
        if number in styles.struck:
            struck.add(place)
        if number in styles.symbols and isinstance(value, str):
            values.put(place, plain_symbols(value, styles.symbols[number]))
    return percent, struck


def _strings(xml: bytes, values: Values, strings: Strings) -> set[Place]:
    struck = set()
    for match in _STRING_CELL.finditer(xml):
        number = match[2].decode()
        if number in strings.struck:
            struck.add(place_of(attributes(match[1]).get("r", "")))
        if number in strings.symbols and values.at(place := place_of(attributes(match[1]).get("r", ""))) != "":
            values.put(place, strings.symbols[number])
    return struck


def comments_of(xml: bytes) -> dict[Place, str]:
    """The comments of a tab by their cell, on one line each."""
    found = {}
    for match in _COMMENT.finditer(usual(xml, b"<comments")):
        text = unescape(b"".join(_TEXT.findall(match[2])).decode("utf-8", "replace"))
        found[place_of(attributes(match[1]).get("ref", ""))] = " ".join(text.split())
    return found


def covered_values(rows: Rows, start: Place, merges: Iterable[tuple[int, int, int, int]]) -> dict[Place, Covered]:
    """The first value inside each merged range that nobody sees and that differs from the one shown."""
    merges = [merge for merge in merges if not _is_bare(rows, start, merge)]
    if not merges:
        return {}
    values = Values(rows, *start)
    found: dict[Place, Covered] = {}
    patience = 100_000 + 4 * len(rows) * len(rows[0]) if rows else 0  # merges do not overlap, unless somebody means harm
    for top, left, bottom, right in merges:
        lowest, rightmost = min(bottom, start[0] + len(rows)), min(right, start[1] + len(rows[0]) if rows else 0)
        patience -= max(lowest - top + 1, 0) * max(rightmost - left + 1, 0)
        if patience < 0:
            break
        spans = [rows[row - start[0] - 1][max(left - start[1] - 1, 0) : rightmost - start[1]] for row in range(max(top, start[0] + 1), lowest + 1)]
        if sum(len(span) - span.count("") for span in spans) <= 1:
            continue
        shown = values.at((top, left))
        places = ((row, column) for row in range(top, lowest + 1) for column in range(left, rightmost + 1))
        hidden = next((place for place in places if values.at(place) not in ("", shown)), None)
        if hidden is not None:
            found[hidden] = Covered(values.at(hidden), shown, (top, left), (bottom, right))
    return found


def _is_bare(rows: Rows, start: Place, merge: tuple[int, int, int, int]) -> bool:
    """True for a merge along one row, as of a title, with nothing beside what is shown: by far the most usual."""
    top, left, bottom, right = merge
    if top != bottom or not start[0] < top <= start[0] + len(rows) or left <= start[1]:
        return False
    span = rows[top - start[0] - 1][left - start[1] : right - start[1]]
    return span.count("") == len(span)


def _within(pattern: re.Pattern[bytes], xml: bytes, first: str, last: str, start: int, length: int) -> Iterable[int]:
    """The rows (or columns) that tags of this pattern name, as far as they hold values."""
    for about in _attributes(pattern, xml):
        yield from range(max(_number(about, first), start + 1), min(_number(about, last), start + length) + 1)


def _attributes(pattern: re.Pattern[bytes], xml: bytes) -> Iterable[dict[str, str]]:
    return map(attributes, pattern.findall(xml))


def _number(about: Mapping[str, str], key: str) -> int:
    text = about.get(key, "")
    return int(text) if text.isdigit() and len(text) < 9 else 0
