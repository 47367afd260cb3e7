"""Points that people gave: items of a scoring sheet or one field, by one rater or several."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from msgspec import Struct

from appraisal.model import UNIT, Cell, Period, half_up, number, shown
from appraisal.policy.shape import ItemSheet, ScorePart
from appraisal.problems import RATER_TWICE, RATER_UNKNOWN, TOTAL_CHANGES_GRADE, TOTAL_DIFFERS, TWICE_SAME
from appraisal.score.settle import Scored, rows_of


class Rated(Struct, frozen=True):
    """What all raters together gave one person."""

    value: Fraction | None
    cells: tuple[Cell, ...]
    note: str
    estimate: Fraction | None
    details: dict[str, Fraction]


class _Sheet(Struct, frozen=True):
    """One rater's row about one person: the total in points, the points by item, and whether a cell of it is spoiled."""

    rater: str
    total: Fraction
    items: dict[str, Fraction]
    cells: tuple[Cell, ...]
    spoiled: bool
    estimate: Fraction | None


def rated(scored: Scored, part: ScorePart, period: Period) -> dict[int, Rated]:
    """The points of everybody on one kind of sheet in one period: raters averaged with equal weight, or trimmed."""
    assert part.sheet is not None
    own = scored.policy.item_sheet(part.sheet)
    weights = _weights(own)
    sheets = _sheets(scored, part.sheet, period, weights, own)
    return {person: _together(scored, person, period, found, part.raters) for person, found in sheets.items()}


def _weights(own: ItemSheet | None) -> dict[str, Fraction]:
    """What one point of each item is worth: points count as they are, percents by their weight; one field counts whole."""
    if own is None:
        return {"得分": Fraction(1)}
    return {item.name: Fraction(1) if own.score_mode == "points" else item.weight for item in own.items}


def _sheets(scored: Scored, title: str, period: Period, weights: dict[str, Fraction], own: ItemSheet | None) -> dict[int, list[_Sheet]]:
    merged, entries = scored.merged, scored.entries
    chosen = entries[(entries["kind"] == merged.kind(title)) & (entries["period"] == merged.period(period))]
    marks = merged.marks[merged.marks["entry"].isin(chosen.index)]
    by_entry: dict[int, list[tuple[str, int, Cell]]] = defaultdict(list)
    typed: dict[int, tuple[int, Cell]] = {}
    raters: dict[int, str] = {}
    items = {merged.item(name): name for name in weights}
    total, rater = merged.item("总分"), merged.item("打分人")
    for entry, item, amount, given, text, table, row, column in rows_of(marks, "entry", "item", "amount", "given", "text", "table", "row", "column"):
        if item in items and given:
            by_entry[entry].append((items[item], amount, merged.cell(table, row, column)))
        elif item == total and given and own is not None:
            typed[entry] = (amount, merged.cell(table, row, column))
        elif item == rater and text:
            raters[entry] = text
    found: dict[int, list[_Sheet]] = defaultdict(list)
    for entry, person, table, place, spoiled in zip(
        chosen.index.tolist(), *(chosen[name].tolist() for name in ("person", "table", "place", "spoiled")), strict=True
    ):
        points = {name: weights[name] * Fraction(amount, UNIT) for name, amount, _ in by_entry[entry]}
        cells = tuple(cell for _, _, cell in by_entry[entry])
        sheet = _Sheet(
            raters.get(entry) or str(merged.tables[table].facts.get("打分人", "")),
            sum(points.values(), Fraction(0)),
            points,
            cells,
            spoiled,
            _guess(points, own),
        )
        name = merged.tables[table].names[place]
        if entry in typed and not spoiled:
            _check_total(scored, person, period, name, sheet, *typed[entry])
        if not _repeats(scored, person, period, name, found[person], sheet, merged.entry_cell(table, place)):
            found[person].append(sheet)
    return found


def _guess(points: dict[str, Fraction], own: ItemSheet | None) -> Fraction | None:
    """The total as if the unreadable items were like the readable ones (a seat is held open by it, nothing is graded)."""
    if own is None or not points:
        return None
    most = sum((item.points if own.score_mode == "points" else item.weight * 100 for item in own.items if item.name in points), Fraction(0))
    return sum(points.values(), Fraction(0)) / most * 100 if most else None


def _check_total(scored: Scored, person: int, period: Period, name: str, sheet: _Sheet, amount: int, cell: Cell) -> None:
    """A typed total that is not the sum: the sum counts; where the grade would differ, a person must look."""
    typed = Fraction(amount, UNIT)
    if typed in (sheet.total, half_up(sheet.total, 2)):
        return
    found = {"found": number(typed), "computed": shown(sheet.total, 2)}
    bands = scored.policy.grading.bands
    grades = [next((band.grade for band in bands if half_up(value, 2) >= band.floor), None) for value in (typed, sheet.total)]
    if scored.policy.grading.by == "bands" and grades[0] is not grades[1]:
        scored.withhold(person, period, TOTAL_CHANGES_GRADE.at(cell, name, **found))
    else:
        scored.problems.append(TOTAL_DIFFERS.at(cell, name, **found))


def _repeats(scored: Scored, person: int, period: Period, name: str, known: list[_Sheet], sheet: _Sheet, cell: Cell) -> bool:
    """True when this rater has rated this person before, or may have: equal counts once, different withholds."""
    for other in known:
        if other.rater == sheet.rater or not (other.rater and sheet.rater):
            before = other.cells[0] if other.cells else cell
            if other.items == sheet.items:
                scored.problems.append(TWICE_SAME.at(cell, name, input="打分", period=period.chinese, other=before))
            elif other.rater != sheet.rater:
                scored.withhold(person, period, RATER_UNKNOWN.at(cell, name, period=period.chinese, other=before))
            else:
                scored.withhold(person, period, RATER_TWICE.at(cell, name, rater=sheet.rater or "同一张表", period=period.chinese, other=before))
            return True
    return False


def _together(scored: Scored, person: int, period: Period, sheets: list[_Sheet], how: str) -> Rated:
    """Several raters' totals as one: the mean, or the mean without the highest and the lowest (from three raters on)."""
    cells = tuple(cell for sheet in sheets for cell in sheet.cells)
    if any(sheet.spoiled for sheet in sheets) or scored.faults.get((person, period)):
        guesses = [sheet.estimate for sheet in sheets if sheet.estimate is not None]
        return Rated(None, cells, "", sum(guesses, Fraction(0)) / len(guesses) if guesses else None, {})
    kept = sorted(sheets, key=lambda sheet: sheet.total)
    trimmed = how == "trimmed-mean" and len(kept) >= 3
    kept = kept[1:-1] if trimmed else kept
    value = sum((sheet.total for sheet in kept), Fraction(0)) / len(kept)
    details = {item: sum((sheet.items.get(item, Fraction(0)) for sheet in kept), Fraction(0)) / len(kept) for item in kept[0].items}
    note = ""
    if len(sheets) > 1:
        note = f"{len(sheets)} 人打分 {'、'.join(shown(sheet.total, 2) for sheet in sheets)}，{'去掉最高、最低后' if trimmed else ''}平均 {shown(value, 2)}"
    return Rated(value, cells, note, None, details)
