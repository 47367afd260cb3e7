"""Bars as geometry: where each piece begins and how wide it is, in percent of the drawing, so that text never shrinks on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec import Struct

from appraisal.model import number, percent
from appraisal.render.report.figures import OUTCOMES, MonthAway, Seats, Tally, short

MANY = 30
"""More bars than this nobody reads: the largest are drawn, the table has them all."""
_LEGIBLE, _TIGHT = Fraction(2, 100), Fraction(5, 100)
"""Pieces too narrow for a number at all, and those where it fits on a wide page only."""
_INSIDE, _OUTSIDE, _ATTENDED = "in", "out", "in"


class Piece(Struct, frozen=True):
    """A piece of a bar: which fill, from where, how wide, the number written on it, and what it says in full."""

    fill: str
    left: str
    width: str
    middle: str
    label: str
    title: str
    tight: bool


class Bar(Struct, frozen=True):
    """A bar with the line of words above it."""

    name: str
    note: str
    pieces: tuple[Piece, ...]


class Chart(Struct, frozen=True):
    """Bars under one title; `mark` is where a line crosses them all, with its words, and `ticks` the scale below."""

    bars: tuple[Bar, ...]
    mark: str = ""
    marked: str = ""
    ticks: tuple[tuple[str, str], ...] = ()
    left_out: int = 0

    @property
    def height(self) -> int:
        """Points: a line of words and a bar each, then the scale."""
        return len(self.bars) * STEP + (22 if self.ticks or self.mark else 4)


STEP = 48


def _at(share: Fraction) -> str:
    """A share of the width as SVG writes it: 33.333%."""
    return f"{float(share * 100):.3f}%"


def _piece(fill: str, left: Fraction, width: Fraction, label: str, title: str) -> Piece:
    room = width / max(len(label) / Fraction(2), Fraction(1))
    return Piece(fill, _at(left), _at(width), _at(left + width / 2), label if room >= _LEGIBLE else "", title, room < _TIGHT)


def _largest(rows: Sequence[Tally]) -> Sequence[Tally]:
    """The rows that are drawn, in their order."""
    if len(rows) <= MANY:
        return rows
    chosen = sorted(range(len(rows)), key=lambda place: (-rows[place].total, place))[:MANY]
    return [rows[place] for place in sorted(chosen)]


def distribution(rows: Sequence[Tally], unit: str = "人") -> Chart:
    """How the people of each row divide among the grades: every bar is the whole, so that small and large units compare."""
    drawn = _largest(rows)
    return Chart(tuple(Bar(row.name, f"{row.total} {unit}", tuple(_grades(row, unit))) for row in drawn), left_out=len(rows) - len(drawn))


def _grades(row: Tally, unit: str) -> Iterable[Piece]:
    left = Fraction(0)
    for place, count in enumerate(row.counts):
        if count:
            width = Fraction(count, row.total)
            yield _piece(str(place), left, width, str(count), f"{OUTCOMES[place]} {count} {unit}，占 {percent(width)}")
            left += width


def ratios(rows: Sequence[Seats], *, several: bool) -> Chart:
    """The share of 好 of each group against the cap; the scale ends a little beyond whichever is larger."""
    if not rows:
        return Chart(())
    drawn = rows if len(rows) <= MANY else sorted(rows, key=lambda row: -row.whole)[:MANY]
    limit = rows[0].limit
    end = min(max([limit * Fraction(3, 2), *(row.whole * Fraction(11, 10) for row in drawn)]), max([Fraction(1), *(row.whole for row in drawn)]))
    bars = tuple(Bar(f"{row.period.chinese}　{row.group.name}" if several else row.group.name, row.said, tuple(_shares(row, end))) for row in drawn)
    return Chart(bars, _at(limit / end), f"上限 {number(limit * 100)}%", _ticks(end, limit), len(rows) - len(drawn))


def _shares(row: Seats, end: Fraction) -> Iterable[Piece]:
    inside, outside, group = row.group.share, row.outside, row.group
    if inside:
        yield _piece(_INSIDE, Fraction(0), inside / end, percent(inside), f"占名额 {group.good_inside} 人，{percent(inside)}")
    if outside:
        yield _piece(_OUTSIDE, inside / end, outside / end, f"+{group.good_outside}", f"不占比例 {group.good_outside} 人，{percent(outside)}")


def _ticks(end: Fraction, limit: Fraction) -> tuple[tuple[str, str], ...]:
    """0 % and every twentieth percent that does not run into the words at the cap."""
    steps = (Fraction(place, 5) for place in range(6))
    return tuple((_at(step / end), f"{number(step * 100)}%") for step in steps if step <= end and abs(step - limit) > end / 8)


def attended(months: Sequence[MonthAway]) -> Chart:
    """The share of days attended in each month."""
    return Chart(tuple(Bar(short(month.period), _reported(month), tuple(_present(month))) for month in months))


def _reported(month: MonthAway) -> str:
    return f"已报 {month.reported} 人，考核对象 {month.expected} 人" if month.reported < month.expected else f"{month.reported} 人"


def _present(month: MonthAway) -> Iterable[Piece]:
    if month.share is not None:
        yield _piece(_ATTENDED, Fraction(0), month.share, f"出勤率 {percent(month.share)}", f"出勤率 {percent(month.share)}")
        if month.share < 1:
            yield _piece(_OUTSIDE, month.share, 1 - month.share, percent(1 - month.share), f"缺勤 {percent(1 - month.share)}")
