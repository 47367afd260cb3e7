"""Compiled rows of a template, and how they are written with values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from appraisal.render.cells import ROW, Fit, FormCell, Strings
from appraisal.render.expressions import Evaluator, Loop
from appraisal.render.heights import HIGHEST
from appraisal.render.layout import Block
from appraisal.render.template_error import Place

_TEXTS = frozenset((str,))
_MOST_KNOWN = 500
"""Rows of a workbook that are remembered; long lists hardly repeat one."""


class Row(Struct, frozen=True):
    """A compiled row: its tag as drawn, the same without a height (and not closed), its height, its cells.

    `fixed` is the whole of a row without expressions.
    """

    number: int
    opening: str
    bare_opening: str
    height: float
    cells: tuple[str | FormCell, ...]
    evaluate: Evaluator | None
    fixed: str


class Repeat(Struct, frozen=True):
    """A block of rows with its list: `body` for everything in it, `otherwise` if there is nothing."""

    block: Block
    target: str
    items: Evaluator
    body: tuple[Row, ...]
    otherwise: tuple[Row, ...]
    place: Place
    counts: bool = True
    """Something in the rows asks which round it is."""

    def listed(self, scope: Mapping[str, object]) -> list[object]:
        """What the rows are repeated for."""
        value = self.items(scope)[0]
        if isinstance(value, list):
            return value
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
            raise self.place.fault(f"要重复的应当是一个名单，得到的是 {type(value).__name__}。")
        return list(value)


class Still(Struct, frozen=True, eq=False):
    """Rows without expressions, one below the other."""

    rows: tuple[Row, ...]
    _known: dict[int, str] = field(default_factory=dict)

    def moved(self, shift: int) -> str:
        """All of them, so many rows further down than they were drawn."""
        if shift not in self._known:
            self._known[shift] = "".join(row.fixed.replace(ROW, str(row.number + shift)) for row in self.rows)
        return self._known[shift]


Content = Row | Still | Repeat


class WrittenRows(NamedTuple):
    """The rows of one filled tab: their XML, the first and last of them, and how often each block was repeated."""

    xml: str
    first: int
    last: int
    rounds: tuple[int, ...]


def gathered(rows: Iterable[Row | Repeat]) -> tuple[Content, ...]:
    """The same, with neighbouring rows without expressions taken together."""
    found: list[Content] = []
    for part in rows:
        last = found[-1] if found else None
        if isinstance(part, Row) and part.fixed:
            if isinstance(last, Still):
                found[-1] = Still((*last.rows, part))
            else:
                found.append(Still((part,)))
        else:
            found.append(part)
    return tuple(found)


def write_rows(content: Sequence[Content], values: Mapping[str, object], strings: Strings) -> WrittenRows:
    """Write all rows of a sheet with these values, repeating what is to be repeated."""
    writer = _Writer(strings)
    rounds: list[int] = []
    shift = 0
    for part in content:
        if isinstance(part, Row):
            writer.row(part, part.number + shift, values)
            continue
        if isinstance(part, Still):
            writer.still(part, shift)
            continue
        block, items = part.block, part.listed(values)
        scope, height = dict(values), block.body
        for index, item in enumerate(items):
            scope[part.target] = item
            if part.counts:
                scope["loop"] = Loop(index + 1, len(items))
            for row in part.body:
                writer.row(row, row.number + shift + index * height, scope)
        if not items:
            for row in part.otherwise:
                writer.row(row, row.number + shift - block.body, values)
        rounds.append(len(items))
        shift += block.height(len(items)) - block.height_drawn
    return WrittenRows("".join(writer.rows), writer.first or 1, writer.last or 1, tuple(rounds))


class _Writer:
    """Writes rows one after the other; a text over several rows makes later ones higher too."""

    __slots__ = ("_strings", "_wanted", "first", "last", "rows")

    def __init__(self, strings: Strings) -> None:
        self._strings = strings
        self._wanted: dict[int, float] = {}
        self.rows: list[str] = []
        self.first = self.last = 0

    def still(self, part: Still, shift: int) -> None:
        """Write rows that say the same on every tab, so many rows further down than they were drawn."""
        if self._wanted:  # one of them may have to be higher
            for row in part.rows:
                self.row(row, row.number + shift, {})
            return
        self.first, self.last = self.first or part.rows[0].number + shift, part.rows[-1].number + shift
        self.rows.append(part.moved(shift))

    def row(self, row: Row, number: int, scope: Mapping[str, object]) -> None:
        """Write a row at `number`."""
        self.first, self.last = self.first or number, number
        if row.fixed and number not in self._wanted:
            self.rows.append(row.fixed.replace(ROW, str(number)))
            return
        values = row.evaluate(scope) if row.evaluate else ()
        rows, waiting = self._strings.rows, len(self._wanted)
        said = None
        if number not in self._wanted and _TEXTS.issuperset(map(type, values)):  # 1 and True are equal, yet written differently
            said = id(row), number, values
            if said in rows:
                self.rows.append(rows[said])
                return
        numbers = self._strings.numbers
        written = [row.opening]
        for cell in row.cells:
            if isinstance(cell, str):
                written.append(cell)
                continue
            value = values[cell.alone]
            markup, text, lacking = (cell.known.get(value) if value.__class__ is str else None) or cell.render(values)
            written.append(f"{markup}{numbers.setdefault(text, len(numbers))}</v></c>" if text else markup)
            if lacking > 0 and cell.fit:
                self._want(cell.fit, lacking, number)
        height = self._wanted.pop(number, 0.0) if self._wanted else 0.0
        if height > row.height:
            written[0] = f'{row.bare_opening} ht="{min(height, HIGHEST):.5g}" customHeight="1">'
        written.append("</row>")
        markup = "".join(written).replace(ROW, str(number))
        self.rows.append(markup)
        if said is not None and len(self._wanted) == waiting and len(rows) < _MOST_KNOWN:
            rows[said] = markup

    def _want(self, fit: Fit, lacking: float, number: int) -> None:
        for row, height in enumerate(fit.heights, number):
            self._wanted[row] = max(self._wanted.get(row, 0.0), height + lacking / len(fit.heights))
