"""Where the rows of a template end up once its repeated rows have been repeated."""

from __future__ import annotations

import re

from msgspec import Struct

LAST_ROW = 1_048_576

_REFERENCE = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})")
_ROW_REFERENCE = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!)"""  # a text, or the name of a sheet: left alone
    r"""|(?<![\w.$])(\$?[A-Z]{1,3})(\$?)(\d{1,7})(?::(\$?[A-Z]{1,3})(\$?)(\d{1,7}))?(?![\w.(])"""  # B5, $B$5:$C$7
    r"""|(?<![\w.$:])(\$?)(\d{1,7}):(\$?)(\d{1,7})(?![\w.(])"""  # $4:$5
)


class Block(Struct, frozen=True):
    """Rows repeated together: `first` to `middle` for everything in the list, the rest to `last` if it is empty."""

    first: int
    middle: int
    last: int

    @property
    def body(self) -> int:
        """How many rows one round takes."""
        return self.middle - self.first + 1

    @property
    def height_drawn(self) -> int:
        """How many rows it takes in the template."""
        return self.last - self.first + 1

    def height(self, rounds: int) -> int:
        """How many rows it takes once filled."""
        return rounds * self.body if rounds else self.last - self.middle

    def __contains__(self, row: int) -> bool:
        return self.first <= row <= self.last


class Layout:
    """The rows of one filled tab: `rounds` says how often each block was repeated."""

    __slots__ = ("_blocks", "rounds")

    def __init__(self, rounds: dict[Block, int]) -> None:
        self.rounds = tuple(rounds.items())
        self._blocks: list[tuple[Block, int, int, int]] = []
        shift = 0
        for block, count in rounds.items():
            start = block.first + shift
            shift += block.height(count) - block.height_drawn
            self._blocks.append((block, count, start, shift))

    @property
    def is_still(self) -> bool:
        """Nothing moved."""
        return all(count == 1 and block.middle == block.last for block, count, _, _ in self._blocks)

    def spans(self, top: int, bottom: int) -> list[tuple[int, int]]:
        """The rows that template rows `top` to `bottom` have become, as ranges; none if they were left out."""
        found: list[tuple[int, int]] = []
        row, shift = top, 0
        for block, count, start, after in self._blocks:
            if row < block.first:
                found.append((row + shift, min(bottom, block.first - 1) + shift))
            low, high = max(row, block.first), min(bottom, block.last)
            if low <= high:
                found += self._inside(block, count, start, low, high)
            row, shift = max(row, block.last + 1), after
            if row > bottom:
                break
        if row <= bottom:
            found.append((row + shift, min(bottom + shift, LAST_ROW)))
        return _joined(found)

    @staticmethod
    def _inside(block: Block, count: int, start: int, low: int, high: int) -> list[tuple[int, int]]:
        if not count:
            above = max(low, block.middle + 1)
            return [(start + above - block.middle - 1, start + high - block.middle - 1)] if above <= high else []
        high = min(high, block.middle)
        if low > high:
            return []
        if low == block.first and high == block.middle:
            return [(start, start + count * block.body - 1)]
        top, bottom = low - block.first, high - block.first
        return [(start + round_ * block.body + top, start + round_ * block.body + bottom) for round_ in range(count)]

    def copies(self, top: int, bottom: int) -> list[tuple[int, int]]:
        """Where a thing on template rows `top` to `bottom` (a merge, a break) stands: once a round inside a block."""
        for block, count, start, _ in self._blocks:
            if top in block and bottom in block:
                if top > block.middle:
                    return self._inside(block, count, start, top, bottom)
                offset, height = top - block.first, bottom - top
                tops = [start + round_ * block.body + offset for round_ in range(count)]
                return [(row, row + height) for row in tops]
        around = self.around(top, bottom)
        return [around] if self.spans(top, bottom) else []

    def around(self, top: int, bottom: int) -> tuple[int, int]:
        """The one range around all that template rows `top` to `bottom` have become; never empty."""
        spans = self.spans(top, bottom)
        if spans:
            return spans[0][0], spans[-1][1]
        start = next(start for block, _, start, _ in self._blocks if top in block)
        return start, start

    def ranges(self, sqref: str) -> str:
        """A list of ranges (`A5:B7 D9`) moved along; empty if nothing is left of it."""
        moved: list[str] = []
        for part in sqref.split():
            ends = [_REFERENCE.fullmatch(end) for end in part.split(":")]
            if not all(ends):
                moved.append(part)  # whole columns
                continue
            first, last = ends[0], ends[-1]
            assert first
            assert last
            for top, bottom in self.spans(int(first[4]), int(last[4])):
                corner = f"{first[2]}{top}"
                moved.append(corner if part.isalnum() and top == bottom else f"{corner}:{last[2]}{bottom}")
        return " ".join(moved)

    def formula(self, text: str) -> str:
        """A formula, or the text of a defined name, with its references moved along."""
        return text if self.is_still else _ROW_REFERENCE.sub(self._reference, text)

    def _reference(self, match: re.Match[str]) -> str:
        skipped, column, dollar, row, column2, dollar2, row2, dollar_top, top, dollar_bottom, bottom = match.groups()
        if skipped:
            return match[0]
        if top:
            a, b = self.around(int(top), int(bottom))
            return f"{dollar_top}{a}:{dollar_bottom}{b}"
        a, b = self.around(int(row), int(row2 or row))
        return f"{column}{dollar}{a}" + (f":{column2}{dollar2}{b}" if row2 else "")


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for top, bottom in spans:
        if joined and joined[-1][1] + 1 == top:
            joined[-1] = joined[-1][0], bottom
        else:
            joined.append((top, bottom))
    return joined
