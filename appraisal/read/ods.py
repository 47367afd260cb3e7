"""What an .ods holds beside its values and its reader does not tell: merges, errors, percents, hidden rows and columns, comments."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from msgspec import Struct, field

from appraisal.problems import UNREADABLE
from appraisal.read.look import NOTHING, Look, Place
from appraisal.read.unfit import UnfitError

Extent = tuple[int, int]
"""The last row and column that hold anything."""
Merge = tuple[int, int, int, int]
_CELLS = ("table:table-cell", "table:covered-table-cell")
_HIDDEN = ("collapse", "filter")
_NO_LINE = ("", "none")


class _Tab(Struct):
    """What is found on one tab, as it grows; `last` bounds what is repeated."""

    last: Extent
    errors: dict[Place, str] = field(default_factory=dict)
    uncalculated: set[Place] = field(default_factory=set)
    percent: set[Place] = field(default_factory=set)
    struck: set[Place] = field(default_factory=set)
    comments: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)

    def look(self) -> Look:
        if not (self.errors or self.uncalculated or self.percent or self.struck or self.comments or self.hidden_rows or self.hidden_columns):
            return NOTHING
        hidden = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        return Look(self.errors, frozenset(self.uncalculated), {}, *hidden, self.comments, frozenset(self.struck), frozenset(self.percent))


def look_through(content: bytes, extents: Mapping[str, Extent]) -> dict[str, tuple[Look, tuple[Merge, ...]]]:
    """The looks and merged ranges of the tabs named in `extents`, from content.xml. Raises UnfitError for XML cut short."""
    reading = _Reading(extents)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = reading.begin, reading.end, reading.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError):
        raise UnfitError(UNREADABLE, why="内部结构损坏") from None
    return {name: (tab.look(), tuple(tab.merges)) for name, tab in reading.tabs.items()}


class _Reading:
    """One pass through content.xml. Tables inside a table (nested, or of a chart) are passed over."""

    def __init__(self, extents: Mapping[str, Extent]) -> None:
        self.extents = extents
        self.tabs: dict[str, _Tab] = {}
        self.style, self.lined = "", set[str]()
        """The style being declared, and those that strike text through."""
        self.depth = 0
        self.tab: _Tab | None = None
        self.row = self.column = 0
        self.rows = self.columns = 1
        """How often the row and the cell are repeated."""
        self.about: dict[str, str] | None = None
        self.said: list[str] = []
        self.noted: list[str] | None = None
        self.crossed = False

    def begin(self, name: str, about: dict[str, str]) -> None:
        if name == "style:style":
            self.style = about.get("style:name", "")
        elif name == "style:text-properties" and about.get("style:text-line-through-style", "") not in _NO_LINE:
            self.lined.add(self.style)
        elif name == "table:table":
            self.depth += 1
            if self.depth == 1:
                self.row = self.column = 0
                title = about.get("table:name", "")
                self.tab = self.tabs.setdefault(title, _Tab(self.extents[title])) if title in self.extents else None
        elif self.tab is None or self.depth > 1:
            return
        elif name == "table:table-column":
            self._columns(self.tab, about)
        elif name == "table:table-row":
            self.rows, self.column = _count(about, "table:number-rows-repeated"), 0
            if about.get("table:visibility") in _HIDDEN:
                self.tab.hidden_rows.update(range(self.row + 1, min(self.row + self.rows, self.tab.last[0]) + 1))
        elif name in _CELLS:
            self.columns = _count(about, "table:number-columns-repeated")
            self.about, self.said, self.noted, self.crossed = about, [], None, about.get("table:style-name") in self.lined
        elif name == "office:annotation":
            self.noted = []
        elif name == "text:span" and self.noted is None:
            self.crossed |= about.get("text:style-name") in self.lined

    def text(self, said: str) -> None:
        if self.about is not None:
            (self.said if self.noted is None else self.noted).append(said)

    def end(self, name: str) -> None:
        if name == "table:table":
            self.depth -= 1
            self.tab = None if self.depth == 0 else self.tab
        elif self.tab is None or self.depth > 1:
            return
        elif name == "table:table-row":
            self.row += self.rows
        elif name.startswith(("dc:", "meta:")) and self.noted is not None:
            self.noted.clear()  # who wrote a comment and when stands before it
        elif name == "office:annotation" and self.noted is not None:
            self.tab.comments[self.row + 1, self.column + 1] = " ".join("".join(self.noted).split())
            self.noted = None
        elif name in _CELLS and self.about is not None:
            self._cell(self.tab, self.about)
            self.column += self.columns
            self.about = None

    def _columns(self, tab: _Tab, about: Mapping[str, str]) -> None:
        count = _count(about, "table:number-columns-repeated")
        if about.get("table:visibility") in _HIDDEN:
            tab.hidden_columns.update(range(self.column + 1, min(self.column + count, tab.last[1]) + 1))
        self.column += count

    def _cell(self, tab: _Tab, about: Mapping[str, str]) -> None:
        """Notes what this cell (or run of equal cells) is beside its value."""
        down, along = _count(about, "table:number-rows-spanned"), _count(about, "table:number-columns-spanned")
        if down > 1 or along > 1:
            tab.merges.append((self.row + 1, self.column + 1, self.row + down, self.column + along))
        kind, said = about.get("office:value-type", ""), "".join(self.said).strip()
        formula = "table:formula" in about
        wrong = about.get("calcext:value-type") == "error" or (formula and kind in ("", "string") and said.startswith(("#", "Err:")))
        if not (wrong or self.crossed or (formula and not kind) or kind == "percentage"):
            return
        for row in range(self.row + 1, min(self.row + self.rows, tab.last[0]) + 1):
            for column in range(self.column + 1, min(self.column + self.columns, tab.last[1]) + 1):
                self._note(tab, (row, column), kind, said if wrong else "")

    def _note(self, tab: _Tab, place: Place, kind: str, error: str) -> None:
        if error:
            tab.errors[place] = error
        elif not kind and self.about is not None and "table:formula" in self.about:
            tab.uncalculated.add(place)
        if kind == "percentage":
            tab.percent.add(place)
        if self.crossed and self.said:
            tab.struck.add(place)


def _count(about: Mapping[str, str], name: str) -> int:
    text = about.get(name, "1")
    return max(int(text), 1) if text.isdigit() and len(text) < 8 else 1
