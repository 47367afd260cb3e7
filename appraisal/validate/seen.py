"""What a tab holds beside its values (errors, hidden rows, comments…) → problems, where it touches what is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from appraisal.model import UNIT, Cell, Table
from appraisal.notation import words
from appraisal.problems import (
    CELL_ERROR,
    COVERED_VALUE,
    HAS_COMMENT,
    HIDDEN_COLUMN,
    HIDDEN_ROW,
    LOOKS_LIKE_PERCENT,
    NOT_A_NUMBER,
    NOT_DAYS,
    NUMBER_LOST_DIGITS,
    STALE_FORMULA,
    STRUCK_OUT,
    UNCALCULATED,
    Problem,
)
from appraisal.read import NOTHING, Look
from appraisal.recognise import Recognised
from appraisal.standard import IDENTITY, Column, Value

Place = tuple[int, int]
OURS = ("【错误】", "【警告】")
"""How the comments begin that this program writes into returned copies."""


def with_seen(found: Recognised, table: Table, problems: tuple[Problem, ...]) -> tuple[Table, tuple[Problem, ...]]:
    """A table and its problems, completed by what the tab holds beside its values."""
    more, spoiled = seen(found, table)
    if not more:
        return table, problems
    look = found.sheet.look
    blind = look.errors.keys() | look.uncalculated
    kept = [problem for problem in problems if (problem.cell.row, problem.cell.column) not in blind]  # the error explains whatever else is wrong there
    taken = {(problem.cell, problem.code) for problem in kept}
    fresh = [problem for problem in more if (problem.cell, problem.code) not in taken]
    return (replace(table, spoiled=table.spoiled | spoiled) if spoiled - table.spoiled else table), (*kept, *fresh)


def seen(found: Recognised, table: Table) -> tuple[list[Problem], set[int]]:
    """The problems, and the rows (by place in the table) that they spoil."""
    lost = list(_lost_digits(found, table)) if found.header is not None else []
    look = found.sheet.look
    if look is NOTHING:
        return lost, set()
    view = _View(found, table, lost)
    _unreadable(view, look)
    _hidden(view, look)
    _remarks(view, look)
    return view.problems, view.spoiled


class _View(Struct):
    """A table on its tab: whom and what each cell is about. On a form every cell is about its one person."""

    found: Recognised
    table: Table
    problems: list[Problem] = field(default_factory=list)
    spoiled: set[int] = field(default_factory=set)
    people: Mapping[int, int] = field(default_factory=dict)
    """Row on the tab → place in the table."""
    items: Mapping[int, str] = field(default_factory=dict)
    """Column on the tab → item, on a list."""

    def __post_init__(self) -> None:
        table = self.table
        self.people = {row: place for place, row in enumerate(table.rows)} if self.is_list else {}
        self.items = {column: item for item, column in table.at.items()} if self.is_list else {}

    @property
    def is_list(self) -> bool:
        return self.found.header is not None

    def person(self, row: int) -> int | None:
        """Whom a row is about, as place in the table; None when it is about nobody."""
        if self.is_list:
            return self.people.get(row)
        return 0 if self.table.names and row > self.found.start + self.found.sheet.top else None

    def item(self, place: Place) -> str:
        """What a cell says about that person; "" when nothing that is used."""
        if self.is_list:
            return self.items.get(place[1], "")
        return next((item for item, column in self.table.at.items() if (self.table.row_at.get(item), column) == place), "")

    def cell(self, place: Place) -> Cell:
        return Cell(self.found.file, self.found.sheet.name, *place)

    def name(self, person: int | None) -> str:
        return self.table.names[person] if person is not None else ""

    def who(self, person: int | None, place: Place) -> str:
        """张三的病假."""
        name, item = self.name(person), self.item(place)
        return f"{name}的{item}" if name and item else name or item or "这个单元格"

    def used(self, place: Place) -> bool:
        """True for a cell from which something is read: a used column of somebody's row, or anywhere on a form."""
        if not self.is_list:
            return place[0] > self.found.start + self.found.sheet.top
        return place[0] in self.people and place[1] in self.items

    def spoil(self, problem: Problem, person: int | None) -> None:
        self.problems.append(problem)
        if person is not None:
            self.spoiled.add(person)


def _unreadable(view: _View, look: Look) -> None:
    """Cells that look filled on the screen and were read as empty."""
    head = range(1, view.found.header.end + view.found.sheet.top + 1) if view.found.header is not None else range(0)
    name_at = view.table.at.get("姓名", 0)
    for place in sorted(look.errors.keys() | look.uncalculated):
        nameless = view.is_list and place[1] == name_at and place[0] >= head.stop and place[0] not in view.people
        if not (nameless or place[0] in head or view.used(place)):
            continue
        person = view.person(place[0])
        if place in look.errors:
            view.spoil(CELL_ERROR.at(view.cell(place), view.name(person), who=view.who(person, place), found=look.errors[place]), person)
        else:
            view.spoil(UNCALCULATED.at(view.cell(place), view.name(person), who=view.who(person, place)), person)
    for place, covered in sorted(look.covered.items()):
        if view.used(place):
            person = view.person(place[0])
            merge = f"{view.cell(covered.first).address}:{view.cell(covered.last).address}"
            view.spoil(COVERED_VALUE.at(view.cell(place), view.name(person), merge=merge, found=words(covered.found), shown=words(covered.shown)), person)
    for place in sorted(look.percent):
        if view.used(place) and (column := _column(view, place)) is not None and column.value in (Value.NUMBER, Value.DAYS):
            person = view.person(place[0])
            value = _value(view, place)
            told = {"item": column.name, "found": f"{value * 100:g}%" if isinstance(value, float) else words(value)}
            fault = NOT_DAYS if column.value is Value.DAYS else LOOKS_LIKE_PERCENT if column.maximum else NOT_A_NUMBER
            view.spoil(fault.at(view.cell(place), view.name(person), **told, most=words((column.maximum or 0) / UNIT)), person)


def _hidden(view: _View, look: Look) -> None:
    """Rows of people, and columns in use, that nobody sees."""
    for row in sorted(look.hidden_rows):
        person = view.person(row)
        if person is not None and (view.is_list or row in view.table.row_at.values()):
            view.spoil(HIDDEN_ROW.at(Cell(view.found.file, view.found.sheet.name, row), view.name(person), row=row), person)
    if view.found.header is not None:
        top = view.found.header.end + view.found.sheet.top
        for column in sorted(look.hidden_columns & view.items.keys()):
            if any(_value(view, (row, column)) != "" for row in view.people):
                view.problems.append(HIDDEN_COLUMN.at(view.cell((top, column)), item=view.items[column]))


def _remarks(view: _View, look: Look) -> None:
    """Comments, text struck through, sums that no longer add up: used as they are, but said."""
    for place, text in sorted(look.comments.items()):
        person = view.person(place[0])
        if person is not None and not any(mark in text for mark in OURS):
            view.problems.append(HAS_COMMENT.at(view.cell(place), view.name(person), who=view.who(person, place), found=text))
    told: set[int] = set()
    for place in sorted(look.struck):
        person = view.person(place[0])
        if person is not None and view.item(place) and not (view.is_list and person in told):
            told.add(person)
            whole = view.item(place) in IDENTITY
            view.problems.append(STRUCK_OUT.at(view.cell(place), view.name(person), who=view.name(person) if whole else view.who(person, place)))
    for place, (shown, computed) in sorted(look.stale.items()):
        if view.used(place):
            person = view.person(place[0])
            told_as = {"who": view.who(person, place), "found": words(shown), "computed": f"{computed:.10g}"}
            view.problems.append(STALE_FORMULA.at(view.cell(place), view.name(person), **told_as))


def _column(view: _View, place: Place) -> Column | None:
    item = view.item(place)
    return next((column for column in view.found.kind.columns if column.name == item), None)


def _value(view: _View, place: Place) -> object:
    sheet = view.found.sheet
    return sheet.rows[place[0] - sheet.top - 1][place[1] - sheet.left - 1]


def _lost_digits(found: Recognised, table: Table) -> Iterator[Problem]:
    """Long numbers typed as numbers, in columns of text: their last digits are gone."""
    sheet = found.sheet
    texts = [column.name for column in found.kind.blanks if column.value is Value.TEXT and column.name in table.columns]
    for item, at in ((item, table.at[item]) for item in table.at if item in texts):
        for person, row in enumerate(table.rows):
            value = sheet.rows[row - sheet.top - 1][at - sheet.left - 1]
            if value.__class__ is float and abs(value) >= 1e15:
                yield NUMBER_LOST_DIGITS.at(Cell(found.file, sheet.name, row, at), table.names[person], item=item)
