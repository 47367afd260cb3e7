"""工作台账: each item is worth 100/N of the month, exactly; what was not done loses its value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from appraisal.model import UNIT, Cell, Period, Person, Table, number
from appraisal.problems import ADJUSTED_UNAPPROVED, DONE_IN_PART, ITEM_CONTRADICTS, ITEM_TWICE, NO_ITEMS, PLAN_UNAPPROVED
from appraisal.score.settle import Scored, rows_of
from appraisal.standard import ADJUSTED, DONE, LEDGER_KINDS, Use

Month = tuple[Fraction | None, tuple[Cell, ...], str, Fraction | None]
"""Score, cells, how it came about, and an estimate where a cell is spoiled."""


class Item(Struct, frozen=True):
    """One matter on somebody's ledger."""

    kind: str
    matter: str
    due: str
    state: str
    part: int | None
    approved: bool
    planned: bool
    cell: Cell
    spoiled: bool

    @property
    def counts(self) -> bool:
        """False for an item adjusted for 不可抗力 with both approvals: it leaves the count."""
        return not (self.state == ADJUSTED and self.approved)

    @property
    def fulfilled(self) -> Fraction:
        """How much of the item was done: all, none, or the part given."""
        if self.part is not None and not (self.state == ADJUSTED and not self.approved):
            return Fraction(self.part, UNIT)
        return Fraction(self.state == DONE)


def ledger_months(scored: Scored, people: Sequence[Person], period: Period) -> dict[int, Month]:
    """Everybody's month by their ledger: 100 × Σ fulfilled / number of items. Nobody's month is scored without an item."""
    items = _items(scored, period)
    came = {(person.unit, person.department) for person in people if person.index in items}
    months: dict[int, Month] = {}
    for person in people:
        found = _distinct(scored, person, period, items.get(person.index, []))
        counted = [item for item in found if item.counts]
        readable = [item for item in counted if not item.spoiled]
        cells = tuple(item.cell for item in found)
        if len(readable) < len(counted):
            months[person.index] = (None, cells, "", _share(readable) if readable else None)
        elif counted:
            done = sum((item.fulfilled for item in counted), Fraction(0))
            left = len(found) - len(counted)
            note = f"{len(counted)} 项中完成 {number(done)} 项" + (f"，另有 {left} 项经批准调整不计" if left else "")
            months[person.index] = (_share(counted), cells, note, None)
        elif (person.unit, person.department) in came and person.serves(period.last_day):
            scored.problems.append(NO_ITEMS.at(person.cell, person.name, period=period.chinese))
            months[person.index] = (None, cells, "无任务", None)
    return months


def _share(items: Sequence[Item]) -> Fraction:
    return 100 * sum((item.fulfilled for item in items), Fraction(0)) / len(items)


def _items(scored: Scored, period: Period) -> dict[int, list[Item]]:
    merged, entries = scored.merged, scored.entries
    chosen = entries[(entries["use"] == Use.WORK_LEDGER.value) & (entries["period"] == merged.period(period))]
    found: dict[int, list[Item]] = defaultdict(list)
    for person, number_, place, spoiled in rows_of(chosen, "person", "table", "place", "spoiled"):
        table = merged.tables[number_]

        def text(item: str, table: Table = table, place: int = place) -> str:
            column = table.columns.get(item)
            return str(column[place]) if column is not None and column[place] is not None else ""

        part = table.columns["完成比例"][place] if "完成比例" in table.columns else None
        approved = text("分管副主任同意") == "同意" and text("主任同意") == "同意"
        cell = table.cell(place, "完成情况")
        found[person].append(
            Item(
                text("台账类别"),
                text("工作内容"),
                text("完成时限"),
                text("完成情况"),
                part if isinstance(part, int) else None,
                approved,
                text("分管副主任同意") == "同意",
                cell,
                spoiled,
            )
        )
    return found


def _distinct(scored: Scored, person: Person, period: Period, items: list[Item]) -> list[Item]:
    """Each matter once, with what is odd about it said."""
    seen: dict[tuple[str, str, str], Item] = {}
    unplanned = 0
    for item in items:
        key = (item.kind, item.matter, item.due)
        other = seen.get(key)
        matter = item.matter[:20]
        if other is not None and (other.state, other.part) == (item.state, item.part):
            scored.problems.append(ITEM_TWICE.at(item.cell, person.name, matter=matter, other=other.cell))
            continue
        if other is not None:
            scored.withhold(person.index, period, ITEM_CONTRADICTS.at(item.cell, person.name, matter=matter, other=other.cell))
            continue
        if item.state == DONE and item.part is not None and item.part < UNIT:
            found = f"{number(Fraction(item.part, 100))}%"
            scored.withhold(person.index, period, DONE_IN_PART.at(item.cell, person.name, matter=matter, found=found))
        if item.state == ADJUSTED and not item.approved:
            scored.problems.append(ADJUSTED_UNAPPROVED.at(item.cell, person.name, matter=matter))
        unplanned += item.kind == LEDGER_KINDS[0] and not item.planned
        seen[key] = item
    if unplanned:
        first = next(item for item in seen.values() if item.kind == LEDGER_KINDS[0] and not item.planned)
        scored.problems.append(PLAN_UNAPPROVED.at(first.cell, person.name, period=period.chinese, count=unplanned))
    return list(seen.values())
