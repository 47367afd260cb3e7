"""Which workbooks go to whom, with which sheets: the lists of a department together, every person form in its own, what HR keeps apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from appraisal.directory import People
from appraisal.model import Calendar, Period, Person
from appraisal.policy.shape import Input, Policy
from appraisal.policy.standard import standard_for
from appraisal.render.blank.columns import Traits, heads
from appraisal.render.blank.grid import Form
from appraisal.render.blank.guide import TAB, Guide, draw_guide
from appraisal.render.blank.jining import month_record, week_record
from appraisal.render.blank.lists import Sheet, draw_list
from appraisal.render.blank.owing import LEADERS, OFFICE, Members, Owing, Place, Propose
from appraisal.render.blank.paper import Paper
from appraisal.render.blank.rules import Setting
from appraisal.render.blank.weeks import Week, weeks_of
from appraisal.render.blank.wenzhou import month_summary, quarter_rating, week_notes
from appraisal.render.file_names import safe_name
from appraisal.render.tab_names import tab_names
from appraisal.standard import CIRCUMSTANCES, LEADER_SCORES, MONTH_FORM, MONTH_RECORD, RATING_FORM, WEEK_NOTES, WEEK_RECORD, Layout, SheetKind, Use

if TYPE_CHECKING:
    from appraisal.deadlines import Due

_FORMS: Mapping[str, Callable[[Paper, Form], None]] = {
    WEEK_NOTES.title: week_notes,
    MONTH_FORM.title: month_summary,
    RATING_FORM.title: quarter_rating,
    WEEK_RECORD.title: week_record,
    MONTH_RECORD.title: month_record,
}
File = tuple[tuple[str, ...], str, bytes]
"""Folders, wished name, content."""
_WEEKLY = (WEEK_NOTES.title, WEEK_RECORD.title)
_KEPT = (Use.ADJUSTMENTS, Use.OBJECTIONS)
"""What is kept for the whole organisation, not by departments."""


class _Order(Struct, frozen=True):
    """What is asked for: the policy and period, who owes what, and the words that every workbook repeats."""

    policy: Policy
    calendar: Calendar
    period: Period
    owing: Owing
    traits: Traits
    dues: Sequence[str]
    kinds: Mapping[str, SheetKind]
    forms: bool

    def setting(self, when: Period) -> Setting:
        return Setting(self.policy, self.calendar, when)

    def chosen(self) -> Iterator[tuple[Input, SheetKind]]:
        """Each material with the one sheet it is handed in on: the list, or with `forms` the paper form where there is one."""
        for entry in self.policy.inputs:
            kinds = [self.kinds[title] for title in entry.sheets]
            wanted = [kind for kind in kinds if (kind.layout is not Layout.LIST) == self.forms]
            yield entry, (wanted or kinds)[0]


def blanks(
    people: People, policy: Policy, calendar: Calendar, period: Period, forms: bool = False, *, propose: Propose, dues: Sequence[Due] = ()
) -> dict[str, bytes]:
    """Every blank workbook of a month or quarter, by relative path.

    `forms` asks for the paper form instead of the list where a material may come as either: nobody should hand in both.
    `propose` says what the rules give a person of whom nothing has come; `dues` are the dates to print.
    """
    owing = Owing(people, policy, period, propose)
    everybody = people.directory.postings
    traits = Traits(any(person.staff_no for person in everybody), len({place.unit for place in owing.places.values()}) > 1)
    said = [_said(due) for due in dues]
    order = _Order(policy, calendar, period, owing, traits, said, {kind.title: kind for kind in standard_for(policy).kinds}, forms)
    taken: dict[tuple[str, ...], set[str]] = {}
    return {
        "/".join((*folders, safe_name(name, taken.setdefault(folders, set())))) + ".xlsx": data
        for folders, name, data in chain(_of_departments(order), _of_leaders(order), _of_office(order))
    }


def _said(due: Due) -> str:
    when = f"{due.last_day.year}年{due.last_day.month}月{due.last_day.day}日前" if due.last_day else due.note or "日历公布后另行通知"
    return f"{due.matter}（{due.about}）：{when}（{due.clause}）。"


# ---- departments -------------------------------------------------------------------------------------------------------


def _of_departments(order: _Order) -> Iterator[File]:
    """For each department one workbook with its lists, then the forms of its people."""
    lists: dict[Place, list[tuple[Input, SheetKind, Period, Sequence[Person]]]] = {}
    papers: list[tuple[Input, SheetKind, Period, Members]] = []
    members: Members
    for entry, kind in order.chosen():
        if kind.use in _KEPT or kind.title == LEADER_SCORES.title:
            continue
        for when in entry.periods(order.period):
            members = order.owing.members(kind, when)
            if kind.layout is not Layout.LIST:
                papers.append((entry, kind, when, members))
                continue
            for place in members:
                lists.setdefault(place, []).append((entry, kind, when, members[place]))
    for place in order.owing.places.values():
        if place in lists:
            yield place.folder, f"{order.period} 平时考核用表 {place.name}", _lists(order, place, lists[place])
        for entry, kind, when, members in papers:
            if place in members:
                yield from _papers(order, place, (entry, kind, when), members[place])


def _lists(order: _Order, place: Place, wanted: Sequence[tuple[Input, SheetKind, Period, Sequence[Person]]]) -> bytes:
    """The department's workbook: the guide, then a tab for each list and period, months before the quarter."""
    names = tab_names([entry.name if when == order.period else f"{when.number}月{entry.name}" for entry, _, when, _ in wanted])
    paper = Paper(f"{order.period.chinese} {place.name}")
    traits = replace(order.traits, unit=False)
    sheets = [
        Sheet(name, kind, order.setting(when), _whose(order, place), owed, heads(kind, traits, order.policy), {})
        for name, (_, kind, when, owed) in zip(names, wanted, strict=True)
    ]
    sheets.sort(key=lambda sheet: (sheet.setting.period.last_day, sheet.setting.period == order.period))
    _guide(paper, order, f"{order.period.chinese}平时考核用表", _whose(order, place), sheets)
    for sheet in sheets:
        draw_list(paper, sheet)
    return paper.content()


def _papers(order: _Order, place: Place, what: tuple[Input, SheetKind, Period], people: Sequence[Person]) -> Iterator[File]:
    """The forms of a department's people, one tab each: a workbook for the period, or one for each week of it."""
    entry, kind, when = what
    weeks: Sequence[Week | None] = weeks_of(when, order.calendar) if kind.title in _WEEKLY else (None,)
    for week in weeks:
        title = f"{when}{f' 第{week.number}周' if week else ''} {kind.title} {place.name}"
        paper = Paper(title)
        setting, whose = order.setting(when), _whose(order, place)
        heading = f"{when.chinese}{f'第{week.number}周' if week else ''}{entry.name}"
        guide = Guide(heading, whose, order.policy, [(kind.title, kind, setting)], [entry], order.dues)
        draw_guide(paper, guide)
        for name, person in zip(tab_names([TAB, *map(_tab, people)])[1:], people, strict=True):
            _FORMS[kind.title](paper, Form(name, person, setting, whose, week))
        yield (*place.folder, safe_name(entry.name, set())), title, paper.content()


def _tab(person: Person) -> str:
    """A person's tab. 李四月 would say April to whoever reads tab names for the period: a dot parts it."""
    return person.name.replace("月", "·月")


# ---- leaders and the office --------------------------------------------------------------------------------------------


def _of_leaders(order: _Order) -> Iterator[File]:
    """A leader's sheet for each department: what he gives there is not for the department to see."""
    for entry, kind in order.chosen():
        if kind.title != LEADER_SCORES.title:
            continue
        for when in entry.periods(order.period):
            for place, owed in order.owing.members(kind, when).items():
                traits = replace(order.traits, unit=False)
                sheet = Sheet(entry.name, kind, order.setting(when), _whose(order, place), owed, heads(kind, traits, order.policy), {})
                yield _single(order, (LEADERS,), f"{when} {kind.title} {place.name}", sheet)


def _of_office(order: _Order) -> Iterator[File]:
    """What HR or the inspectors keep for everybody; each sheet in a workbook of its own, since it goes its own way, or nowhere."""
    for entry, kind in order.chosen():
        if kind.use in _KEPT:
            for when in entry.periods(order.period):
                everybody = [person for owed in order.owing.members(kind, when).values() for person in owed]
                yield _office(order, entry.name, kind, when, everybody)
    whole = [person for owed in order.owing.members(CIRCUMSTANCES, order.period).values() for person in owed]
    yield _office(order, CIRCUMSTANCES.title.removesuffix("表"), order.kinds[CIRCUMSTANCES.title], order.period, whole)


def _office(order: _Order, tab: str, kind: SheetKind, when: Period, everybody: Sequence[Person]) -> File:
    listed = everybody if kind.per_person else ()
    sheet = Sheet(tab, kind, order.setting(when), order.policy.regulation.organisation, listed, heads(kind, order.traits, order.policy), {})
    return _single(order, (OFFICE,), f"{when} {kind.title} {order.policy.regulation.organisation}", sheet, () if listed else everybody)


def _single(order: _Order, folder: tuple[str, ...], name: str, sheet: Sheet, people: Sequence[Person] = ()) -> File:
    """A workbook of one list."""
    paper = Paper(name)
    choices = _guide(paper, order, f"{sheet.setting.period.chinese}{sheet.tab}", sheet.whose, [sheet], people)
    draw_list(paper, replace(sheet, choices=choices))
    return folder, name, paper.content()


# ---- shared ------------------------------------------------------------------------------------------------------------


def _guide(paper: Paper, order: _Order, heading: str, whose: str, sheets: Sequence[Sheet], people: Sequence[Person] = ()) -> dict[str, str]:
    titles = {sheet.kind.title for sheet in sheets}
    entries = [entry for entry in order.policy.inputs if titles & set(entry.sheets)]
    about = [(sheet.tab, sheet.kind, sheet.setting) for sheet in sheets]
    return draw_guide(paper, Guide(heading, whose, order.policy, about, entries, order.dues, people))


def _whose(order: _Order, place: Place) -> str:
    unit = place.unit if order.traits.unit else order.policy.regulation.organisation
    return f"呈报单位：{unit}　　科室：{place.department}"
