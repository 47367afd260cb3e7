"""The lines of a long list as XML, worked out column by column: a province's have hundreds of thousands of cells, most of which say what others say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import islice
from typing import cast

from appraisal.model import column_letters
from appraisal.render.cells import LONGEST_TEXT, Strings
from appraisal.render.markup import escape

NUMBERS = frozenset((int, float, bool, Fraction))
_TOGETHER = 100
"""Lines turned into bytes at a time: all at once would take three times their length of memory, and longer."""


class Said(dict[object, str]):
    """For each value its cell's XML from the style on, worked out once.

    `style` belongs to every cell; `score` to scores (Fractions), which are shown with two decimals.
    """

    def __init__(self, strings: Strings, style: str = "", score: str = "") -> None:
        super().__init__()
        self._strings, self._style, self._score = strings, style, score
        self._text = f'{style} t="s"><v>'

    def __missing__(self, value: object) -> str:
        cell = self[value] = self._cell(value)
        return cell

    def _cell(self, value: object) -> str:
        if isinstance(value, str):
            if not value:
                return f"{self._style}/>"
            markup = f'<t xml:space="preserve">{escape(value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT])}</t>'
            return f"{self._text}{self._strings.number(markup)}</v></c>"
        if isinstance(value, (int, float)):
            return f"{self._style}><v>{value:.16g}</v></c>"
        return f"{self._style}/>" if value is None else self._cell(str(value))

    def column(self, values: Sequence[object]) -> list[str]:
        """The cells of a column. A score may be equal to a number that is none, so it is not remembered; neither are columns that hardly repeat anything."""
        if Fraction in set(map(type, values)):
            return [f"{self._score}><v>{float(value):.16g}</v></c>" if value.__class__ is Fraction else self[value] for value in values]
        return list(map(self._cell if len(set(values)) * 2 > len(values) else self.__getitem__, values))


def pattern(styles: Sequence[str]) -> str:
    """A line to be filled; `styles` are what stands in its cells' tags before what `Said` says."""
    cells = (f'<c r="{column_letters(place)}%s"{style}%s' for place, style in enumerate(styles, 1))
    return f'<row r="%s"%s>{"".join(cells)}</row>'


def filled(patterns: Iterable[str], numbers: Sequence[str], heights: Sequence[str], cells: Sequence[Sequence[str]]) -> bytes:
    """The lines, each by its pattern, with their numbers, heights and cells (column by column)."""
    places = [part for column in cells for part in (numbers, column)]
    lines = map(str.__mod__, patterns, zip(numbers, heights, *places, strict=True))
    return b"".join(["".join(islice(lines, _TOGETHER)).encode() for _ in range(0, len(numbers), _TOGETHER)])


def line_counts(columns: Sequence[Sequence[object]], rooms: Sequence[float], lines_of: Callable[[int, object], int]) -> list[int]:
    """How many lines of text each line of the list needs: `lines_of(column, value)` says it for one cell.

    `rooms` are lengths that fit on one line of a column in any case: columns without a longer text need not be looked at.
    """
    most = [1] * len(columns[0])
    for place, (column, room) in enumerate(zip(columns, rooms, strict=True)):
        kinds = set(map(type, column))
        if kinds <= NUMBERS or (kinds == {str} and _is_short(cast("Sequence[str]", column), room)):
            continue
        tall = {value: count for value in set(column) if (count := lines_of(place, value)) > 1}
        if tall:
            most = [max(count, tall.get(value, 1)) for count, value in zip(most, column, strict=True)]
    return most


def _is_short(texts: Sequence[str], room: float) -> bool:
    return max(map(len, texts)) <= room and "\n" not in "".join(texts)
