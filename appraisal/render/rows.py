"""Compiled rows of a template, and how they are written with values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from appraisal.render.cells import ROW, Fit, FormCell, Strings
from appraisal.render.expressions import Evaluator, Loop
from appraisal.render.heights import HIGHEST, text_height
from appraisal.render.layout import Block, Layout
from appraisal.render.template_error import Place

_MOST_KNOWN = 500
"""Rows of a workbook that are remembered; long lists hardly repeat one."""


@dataclass(frozen=True, slots=True)
class Row:
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


@dataclass(frozen=True, slots=True)
class Repeat:
    """A block of rows with its list: `body` for everything in it, `otherwise` if there is nothing."""

    block: Block
    target: str
    items: Evaluator
    body: tuple[Row, ...]
    otherwise: tuple[Row, ...]
    place: Place

    def listed(self, scope: Mapping[str, object]) -> list[object]:
        """What the rows are repeated for."""
        value = self.items(scope)[0]
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
            raise self.place.fault(f"要重复的应当是一个名单，得到的是 {type(value).__name__}。")
        return list(value)


@dataclass(frozen=True, slots=True)
class WrittenRows:
    """The rows of one filled tab: their XML, the first and last of them, and where the template's rows went."""

    xml: str
    first: int
    last: int
    layout: Layout


def write_rows(content: Sequence[Row | Repeat], values: Mapping[str, object], strings: Strings) -> WrittenRows:
    """Write all rows of a sheet with these values, repeating what is to be repeated."""
    writer = _Writer(strings)
    rounds: dict[Block, int] = {}
    shift = 0
    for part in content:
        if isinstance(part, Row):
            writer.row(part, part.number + shift, values)
            continue
        block, items = part.block, part.listed(values)
        scope = dict(values)
        for index, item in enumerate(items):
            scope[part.target], scope["loop"] = item, Loop(index + 1, len(items))
            for row in part.body:
                writer.row(row, row.number + shift + index * block.body, scope)
        if not items:
            for row in part.otherwise:
                writer.row(row, row.number + shift - block.body, values)
        rounds[block] = len(items)
        shift += block.height(len(items)) - block.height_drawn
    return WrittenRows("".join(writer.rows), writer.first or 1, writer.last or 1, Layout(rounds))


def _key(row: Row, number: int, values: tuple[object, ...]) -> object:
    """What a row's markup depends on; None unless all its values are texts (1 and True are equal, yet written differently)."""
    return (id(row), number, values) if all(value.__class__ is str for value in values) else None


class _Writer:
    """Writes rows one after the other; a text over several rows makes later ones higher too."""

    __slots__ = ("_strings", "_wanted", "first", "last", "rows")

    def __init__(self, strings: Strings) -> None:
        self._strings = strings
        self._wanted: dict[int, float] = {}
        self.rows: list[str] = []
        self.first = self.last = 0

    def row(self, row: Row, number: int, scope: Mapping[str, object]) -> None:
        """Write a row at `number`."""
        self.first, self.last = self.first or number, number
        if row.fixed and number not in self._wanted:
            self.rows.append(row.fixed.replace(ROW, str(number)))
            return
        values = row.evaluate(scope) if row.evaluate else ()
        known, waiting = self._strings.rows, len(self._wanted)
        said = None if number in self._wanted else _key(row, number, values)
        if said in known:
            self.rows.append(known[said])
            return
        written: list[str] = []
        for cell in row.cells:
            if isinstance(cell, str):
                written.append(cell)
                continue
            markup, text = cell.render(values, self._strings)
            written.append(markup)
            if text and cell.fit:
                self._want(cell.fit, text, number)
        height = self._wanted.pop(number, 0.0)
        opening = row.opening
        if height > row.height:
            opening = f'{row.bare_opening} ht="{min(height, HIGHEST):.5g}" customHeight="1">'
        markup = f"{opening}{''.join(written)}</row>".replace(ROW, str(number))
        self.rows.append(markup)
        if said is not None and len(self._wanted) == waiting and len(known) < _MOST_KNOWN:
            known[said] = markup

    def _want(self, fit: Fit, text: str, number: int) -> None:
        lacking = text_height(text, fit.width, fit.size) - sum(fit.heights)
        if lacking > 0:
            for row, height in enumerate(fit.heights, number):
                self._wanted[row] = max(self._wanted.get(row, 0.0), height + lacking / len(fit.heights))
