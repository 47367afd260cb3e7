"""Roster and circumstances: who exists, in which row of the form, and what dated facts are known of whom."""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from appraisal.directory import Directory, People
from appraisal.model import SINCE_EVER, Cell, Circumstance, Period, Person, Table
from appraisal.notation import label, person_name, plain
from appraisal.policy.shape import CircumstanceRule, Policy
from appraisal.problems import DUPLICATE_PERSON, END_BEFORE_START, NO_END, NO_RANK, NO_ROSTER, UNKNOWN_CIRCUMSTANCE, UNKNOWN_RANK, Problem
from appraisal.standard import CIRCUMSTANCES, ROSTER


def gather(tables: Sequence[Table], policy: Policy, period: Period) -> tuple[People, tuple[Problem, ...]]:
    """Everybody on the rosters that hold for the period, with their circumstances."""
    problems: list[Problem] = []
    rosters = _current([table for table in tables if table.kind == ROSTER.title], period)
    if not rosters:
        return People(Directory(()), {}, {}), (NO_ROSTER.at(Cell("")),)
    twice: dict[int, list[Cell]] = defaultdict(list)
    directory = Directory(tuple(_postings(rosters, policy, problems, twice)))
    if not directory.postings:
        return People(directory, {}, {}), (*problems, NO_ROSTER.at(Cell(rosters[0].file, rosters[0].sheet)))
    circumstances, faults = _circumstances(tables, directory, policy, problems)
    for index, cells in twice.items():
        faults[index] += cells
    spoiled = {table.cell(place, "姓名") for table in rosters for place in table.spoiled}
    telling = {key: rules for key in {(person.rank, person.post) for person in directory.postings} if (rules := _implied(key, policy))}
    for person in directory.postings:
        if spoiled and person.cell in spoiled:
            faults[person.index].append(person.cell)
        for rule in telling.get((person.rank, person.post), ()):
            if all(known.kind != rule.kind for known in circumstances[person.index]):
                circumstances[person.index].append(Circumstance(rule.kind, person.arrived or SINCE_EVER, None, person.cell, open_ended=True))
        if (problem := _rank_problem(person, policy, circumstances.get(person.index, ()))) is not None:
            problems.append(problem)
            faults[person.index].append(person.cell)
    return People(directory, {index: tuple(found) for index, found in circumstances.items()}, {index: tuple(cells) for index, cells in faults.items()}), tuple(
        problems
    )


def _current(rosters: list[Table], period: Period) -> list[Table]:
    """The rosters in force: those without a period always; of the dated ones the latest that does not follow the period, else the first after it."""
    dated = sorted({table.period for table in rosters if table.period is not None}, key=lambda other: other.last_day)
    before = [other for other in dated if other.last_day <= period.last_day]
    chosen = before[-1] if before else dated[0] if dated else None
    return [table for table in rosters if table.period is None or table.period == chosen]


# ---- roster ------------------------------------------------------------------------------------------------------------


def _postings(rosters: list[Table], policy: Policy, problems: list[Problem], twice: dict[int, list[Cell]]) -> Iterator[Person]:
    """One Person a row; rows of one person with different dates are postings under one index, other repetitions are problems: which row holds?"""
    seen: dict[tuple[str, ...], Person] = {}
    by_name: dict[str, list[Person]] = defaultdict(list)
    by_number: dict[str, Person] = {}
    everybody: list[Person] = []
    for person in (person for table in rosters for person in _rows(table, policy, everybody.__len__)):
        name = person_name(person.name)
        key = (name, person.unit, person.department)
        twin = by_number.get(person.staff_no) if person.staff_no else seen.get(key)
        if twin is not None and not _moved(twin, person):
            problems.append(DUPLICATE_PERSON.at(person.cell, person.name, other=twin.cell))
            twice[twin.index].append(person.cell)
            continue
        if twin is None and not person.staff_no:
            twin = next((other for other in by_name[name] if not other.staff_no and _moved(other, person)), None)
        posting = person if twin is None else replace(person, index=twin.index)
        if twin is None:
            everybody.append(posting)
        seen[key] = posting
        by_name[name].append(posting)
        if person.staff_no:
            by_number[person.staff_no] = posting
        yield posting


def _moved(one: Person, other: Person) -> bool:
    """True when two rows are two postings of one person: the earlier one ends before the later begins."""
    early, late = (one, other) if other.arrived and (not one.arrived or one.arrived <= other.arrived) else (other, one)
    return early.left is not None and late.arrived is not None and early.left <= late.arrived and (one.unit, one.department) != (other.unit, other.department)


def _rows(table: Table, policy: Policy, following: Callable[[], int]) -> Iterator[Person]:
    """The people of one roster sheet, in its order, with what an empty cell means filled in; each has the index that follows."""
    empty: tuple[object, ...] = (None,) * len(table.rows)
    bands: dict[str, str] = {}

    def texts(item: str, default: str = "") -> Iterator[str]:
        return (str(value) if value is not None else default for value in table.columns.get(item, empty))

    def days(item: str) -> Iterator[dt.date | None]:
        return (value if isinstance(value, dt.date) else None for value in table.columns.get(item, empty))

    at, rank_column = table.at["姓名"], table.at.get("职务职级", 0)
    ranks, kinds, notes = list(texts("职务职级")), list(texts("人员类别", "公务员")), list(texts("备注"))
    posts, sinces, mails, places = list(texts("职务")), list(texts("任现职时间")), list(texts("电子邮箱")), list(texts("编制", "在编"))
    serving, came, went = list(texts("在岗", "是")), list(days("到岗日期")), list(days("离岗日期"))
    for place, name in enumerate(table.names):
        rank = ranks[place]
        if rank not in bands:
            bands[rank] = band_of(rank, policy)
        yield Person(
            following(),
            name,
            table.departments[place],
            table.units[place] or policy.regulation.organisation,
            Cell(table.file, table.sheet, table.rows[place], at),
            table.staff_nos[place],
            posts[place],
            rank,
            kinds[place],
            places[place],
            serving[place] == "是",
            sinces[place],
            came[place],
            went[place],
            mails[place],
            notes[place],
            bands[rank],
            rank_column,
        )


def band_of(rank: str, policy: Policy) -> str:
    """The row of the filing form a 职务职级 stands in: by 职级 first, then by 职务; empty when it names none."""
    text = label(rank)
    for words in ("levels", "posts"):
        hits = [(len(word), band.name) for band in policy.bands.rows for word in getattr(band, words) if label(word) in text]
        if hits:
            return max(hits)[1]
    return ""


def outside_rank(rank: str, policy: Policy) -> bool:
    """True when a 职务职级 lies above those appraised here, e.g. 县处级副职."""
    text = label(rank)
    return any(word in text for word in policy.scope.outside_ranks)


def _rank_problem(person: Person, policy: Policy, known: Sequence[Circumstance]) -> Problem | None:
    """An unknown or empty rank of somebody who is appraised here (工勤 and 试用期 may have none)."""
    if person.band:
        return None
    scope = policy.scope
    appraised = person.category in scope.categories and person.establishment in scope.establishment and person.in_post and not outside_rank(person.rank, policy)
    by_circumstance = {band.circumstance for band in policy.bands.rows if band.circumstance}
    if not appraised or any(circumstance.kind in by_circumstance for circumstance in known):
        return None
    cell = replace(person.cell, column=person.rank_column or person.cell.column)
    if not person.rank:
        return NO_RANK.at(cell, person.name)
    ranks = [rank for band in policy.bands.rows for rank in (*band.levels, *band.posts)]
    near = difflib.get_close_matches(plain(person.rank), ranks, 1, 0.5)
    return UNKNOWN_RANK.at(cell, person.name, found=person.rank, hint=f"，是不是“{near[0]}”？" if near else "")


# ---- circumstances -----------------------------------------------------------------------------------------------------


def _circumstances(
    tables: Sequence[Table], directory: Directory, policy: Policy, problems: list[Problem]
) -> tuple[dict[int, list[Circumstance]], dict[int, list[Cell]]]:
    rules = {rule.kind: rule for rule in policy.circumstances}
    found: dict[int, list[Circumstance]] = defaultdict(list)
    faults: dict[int, list[Cell]] = defaultdict(list)
    for table in tables:
        if table.kind != CIRCUMSTANCES.title:
            continue
        for place, name in enumerate(table.names):
            cell = table.cell(place, "姓名")
            index = directory.find(name, table.staff_nos[place], table.departments[place], table.units[place], "", cell)
            if isinstance(index, Problem):
                problems.append(index)
            elif place in table.spoiled:
                faults[index].append(cell)
            else:
                circumstance = _circumstance(table, place, rules, problems)
                if circumstance is None:
                    faults[index].append(table.cell(place, "情形"))
                elif circumstance not in found[index]:
                    found[index].append(circumstance)
    return found, faults


def _circumstance(table: Table, place: int, rules: Mapping[str, CircumstanceRule], problems: list[Problem]) -> Circumstance | None:
    kind, name = str(table.columns["情形"][place]), table.names[place]
    cell = table.cell(place, "情形")
    rule = rules.get("".join(plain(kind).split()))
    if rule is None:
        near = difflib.get_close_matches(kind, rules, 1, 0.5)
        problems.append(UNKNOWN_CIRCUMSTANCE.at(cell, name, found=kind, hint=f"，是不是“{near[0]}”？" if near else "", allowed="、".join(rules)))
        return None
    start, end = (table.columns[item][place] if item in table.columns else None for item in ("开始日期", "结束日期"))
    assert isinstance(start, dt.date)
    if isinstance(end, dt.date) and end < start:
        problems.append(END_BEFORE_START.at(table.cell(place, "结束日期"), name, end=end, start=start))
        return None
    if end is None and rule.needs_end:
        problems.append(NO_END.at(cell, name, kind=rule.kind))
    lawful = months_later(start, rule.lasts_months) - dt.timedelta(1) if end is None and rule.lasts_months else None
    basis, why = (str(table.columns[item][place] or "") if item in table.columns else "" for item in ("依据", "说明"))
    until = end if isinstance(end, dt.date) else lawful
    return Circumstance(rule.kind, start, until, cell, basis, why, until is None, table.cell(place, "依据") if "依据" in table.at else cell)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later, or its last day (1月31日 + 1 → 2月28日)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _implied(said: tuple[str, str], policy: Policy) -> list[CircumstanceRule]:
    """What a 职务职级 or 职务 that says so registers, unless the sheet of circumstances already does: 试用期, 一级科员（试用期）, 试用期人员."""
    texts = [label(text) for text in said], ["".join(plain(text).split()) for text in said]
    found = []
    for rule in policy.circumstances:
        exact = any(text in rule.rank_words for text in texts[0])
        within = any(len(word) > 2 and word in text and f"{word}满" not in text for word in rule.rank_words for text in texts[1])
        if exact or within:
            found.append(rule)
    return found
