"""Sheets compared with each other: the same sent twice, last month's with a new title, one person on two departments' score sheets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from appraisal.directory import Directory
from appraisal.model import Cell, Period, Span, Table
from appraisal.problems import COPIED_PERIOD, OTHER_TITLE, SHEET_TWICE, TWO_DEPARTMENTS, Problem
from appraisal.standard import KINDS, Use

TELLING = 3
"""So many cells that differ from their column's usual value make it unlikely that two periods agree by chance."""
LONG = 10
Where = tuple[str, str]


class Compared(Struct, frozen=True):
    """The tables with rows withheld that belong to two departments, what is said, and the tabs that repeat another as a whole."""

    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]
    repeated: frozenset[Where]


def compared(tables: Sequence[Table], others: Sequence[Table], directory: Directory) -> Compared:
    """What comparing the `tables` of a run shows; `others` are all that was received, for the period before."""
    problems = [*_from_the_period_before(tables, others)]
    repeated: set[Where] = set()
    for group in _alike(tables).values():
        for place, table in enumerate(group):
            twin = next((one for one in group[:place] if one.columns == table.columns and one.facts == table.facts), None)
            if twin is not None:
                repeated.add((table.file, table.sheet))
                fault = SHEET_TWICE if _said(table) == _said(twin) else OTHER_TITLE
                problems.append(fault.at(Cell(table.file, table.sheet), other=Cell(twin.file, twin.sheet), title=table.title, twin=twin.title))
    withheld, faults = _in_two_departments(tables, directory)
    return Compared(withheld, (*problems, *faults), frozenset(repeated))


def _said(table: Table) -> str:
    return "".join(table.title.split())


def _alike(tables: Sequence[Table]) -> dict[tuple[object, ...], list[Table]]:
    """Tables of several people by what they are: kind, period and the people in order."""
    groups: dict[tuple[object, ...], list[Table]] = defaultdict(list)
    for table in tables:
        if len(table.names) > 1 and table.columns and table.period is not None:
            groups[table.kind, table.period, table.names, table.staff_nos].append(table)
    return {key: group for key, group in groups.items() if len(group) > 1}


# ---- the period before -------------------------------------------------------------------------------------------------


def _from_the_period_before(tables: Sequence[Table], others: Sequence[Table]) -> Iterator[Problem]:
    previous = {period: _previous(period) for period in {table.period for table in tables}}
    wanted = frozenset(previous.values()) - {None}
    before: dict[tuple[object, ...], list[Table]] = defaultdict(list)
    for table in others:
        if table.period in wanted:
            before[table.kind, table.period, table.names, table.staff_nos].append(table)
    for table in tables:
        earlier = previous[table.period]
        if earlier is None:
            continue
        for old in before.get((table.kind, earlier, table.names, table.staff_nos), ()):
            if old.columns == table.columns and _telling(table):
                yield COPIED_PERIOD.at(Cell(table.file, table.sheet), other=Cell(old.file, old.sheet), period=earlier.chinese)
                break


def _previous(period: Period | None) -> Period | None:
    if period is None or period.span not in (Span.MONTH, Span.QUARTER):
        return None
    most = 12 if period.span is Span.MONTH else 4
    return Period(period.year, period.span, period.number - 1) if period.number > 1 else Period(period.year - 1, period.span, most)


def _telling(table: Table) -> bool:
    """True when the values could hardly be the same twice: sick leave of nobody says nothing."""
    count = 0
    for column in table.columns.values():
        often = Counter(column)
        usual, most = often.most_common(1)[0]
        count += sum(bool(value) and (most == 1 or value != usual) for value in column)
        count += TELLING * sum(isinstance(value, str) and len(value) >= LONG for value in column)
    return count >= TELLING


# ---- one person, two departments ---------------------------------------------------------------------------------------


def _in_two_departments(tables: Sequence[Table], directory: Directory) -> tuple[tuple[Table, ...], list[Problem]]:
    """Scores of one person on the sheets of two departments are never averaged: both rows are withheld, both cells named."""
    groups: dict[tuple[str, Period | None], list[int]] = defaultdict(list)
    for number, table in enumerate(tables):
        kind = KINDS.get(table.kind)
        if kind is None or kind.use is Use.SCORES:
            groups[table.kind, table.period].append(number)
    changed, problems = list(tables), list[Problem]()
    for numbers in groups.values():
        where: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number in numbers:
            table = tables[number]
            around = f"{table.title} {table.sheet} {table.file}"
            for place, key in enumerate(zip(table.names, table.staff_nos, table.departments, table.units, strict=True)):
                index = directory.find(*key, around, table.cell(place, "姓名"))
                if not isinstance(index, Problem):
                    where[index].append((number, place))
        for rows in where.values():
            name = tables[rows[0][0]].names[rows[0][1]]
            if len({number for number, _ in rows}) < 2:
                continue
            homes = {number: _home(tables[number], name, directory) for number, _ in rows}
            if len(set(homes.values()) - {""}) < 2:
                continue
            cells = [tables[number].cell(place, "姓名") for number, place in rows]
            shown = "、".join(f"{homes[number]}（{cell}）" for (number, _), cell in zip(rows, cells, strict=True))
            problems.append(TWO_DEPARTMENTS.at(cells[-1], name, found=shown))
            for number, place in rows:
                changed[number] = replace(changed[number], spoiled=changed[number].spoiled | {place})
    return tuple(changed), problems


def _home(table: Table, besides: str, directory: Directory) -> str:
    """The one department of everybody else on a sheet; "" when there are several or none."""
    found = set()
    for place, name in enumerate(table.names):
        if name != besides:
            index = directory.find(name, table.staff_nos[place], table.departments[place], table.units[place], "", table.cell(place, "姓名"))
            if isinstance(index, Problem):
                continue
            person = directory.person(index)
            found.add(person.department)
    return found.pop() if len(found) == 1 else ""
