"""When what is due: filing, approval, the public notice, answers to objections (办理期限)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from msgspec import Struct

from appraisal.directory import Directory
from appraisal.model import MONTHS_IN, Calendar, Period, Span, Table, Verdict
from appraisal.notation import parse_period
from appraisal.policy.shape import Deadline, Policy
from appraisal.problems import REVIEW_LATE, REVIEW_UNANSWERED, Problem
from appraisal.standard import REVIEWS


class Due(Struct, frozen=True):
    """Something to be done and its last day; None where the calendar of that year is not published yet."""

    matter: str
    about: str
    first_day: dt.date | None
    last_day: dt.date | None
    clause: str
    note: str = ""


def due_dates(policy: Policy, period: Period, verdicts: Sequence[Verdict], calendar: Calendar) -> tuple[Due, ...]:
    """Every date that follows from a run: declared deadlines, then the public notice of each result period."""
    return (*_declared(policy, period, calendar), *_notices(policy, verdicts, calendar))


def _declared(policy: Policy, period: Period, calendar: Calendar) -> Iterator[Due]:
    for deadline in policy.deadlines:
        span = Span(deadline.every)
        if MONTHS_IN[span] <= MONTHS_IN[period.span]:
            periods = period.parts(span)
        else:
            whole = period.within(span)
            periods = (whole,) if whole.last_day == period.last_day else ()
        for part in periods:
            yield Due(deadline.name, part.chinese, None, last_day(deadline, part, calendar), deadline.source)


def last_day(deadline: Deadline, period: Period, calendar: Calendar) -> dt.date | None:
    """The last day of a term after a period; a day of the month includes that day (民法典 §1259) and does not move unless declared."""
    end = period.last_day
    if deadline.day is not None:
        day = (end + dt.timedelta(1)).replace(day=deadline.day)
    elif deadline.days_after is not None:
        day = end + dt.timedelta(deadline.days_after)
    else:
        return _in_calendar(calendar, end, deadline.workdays_after or 0)
    if deadline.rolls:
        return calendar.rolled(day) if day.year in calendar.years else None
    return day


def _in_calendar(calendar: Calendar, day: dt.date, workdays: int) -> dt.date | None:
    try:
        return calendar.after(day, workdays)
    except KeyError:
        return None


def _notices(policy: Policy, verdicts: Sequence[Verdict], calendar: Calendar) -> Iterator[Due]:
    if not policy.publicity.workdays:
        return
    for verdict in (verdict for verdict in verdicts if verdict.groups):
        first = verdict.approved_on
        last = _in_calendar(calendar, first, policy.publicity.workdays) if first is not None else None
        note = "" if first is not None else f"审定之日起公示 {policy.publicity.workdays} 个工作日"
        yield Due("公示", verdict.period.chinese, first, last, policy.publicity.source, note)


def reviews(tables: Sequence[Table], directory: Directory, policy: Policy, calendar: Calendar) -> tuple[tuple[Due, ...], tuple[Problem, ...]]:
    """Objections received: when each must be answered, and those answered late or not yet."""
    found: list[Due] = []
    problems: list[Problem] = []
    if policy.review is None:
        return (), ()
    for table in (table for table in tables if table.kind == REVIEWS.title):
        for place, name in enumerate(table.names):
            received = table.columns["收到日期"][place]
            answered = table.columns["答复日期"][place] if "答复日期" in table.columns else None
            cell = table.cell(place, "收到日期")
            index = directory.find(name, table.staff_nos[place], table.departments[place], table.units[place], "", table.cell(place, "姓名"))
            if isinstance(index, Problem):
                problems.append(index)
            if not isinstance(received, dt.date):
                continue
            due = _in_calendar(calendar, received, policy.review.workdays)
            period = parse_period(str(table.columns["考核周期"][place]))
            facts = {"period": period.chinese if period else "", "received": received, "due": due, "clause": policy.review.source}
            if answered is None:
                problems.append(REVIEW_UNANSWERED.at(cell, name, **facts))
            elif isinstance(answered, dt.date) and due is not None and answered > due:
                problems.append(REVIEW_LATE.at(cell, name, answered=answered, **facts))
            why = " ".join(str(table.columns[item][place]) for item in ("事由", "结论") if item in table.columns and table.columns[item][place])
            found.append(
                Due(
                    f"复核答复：{name}",
                    period.chinese if period else "",
                    received,
                    due,
                    policy.review.source,
                    f"{why} {f'答复 {answered}' if answered else '未答复'}".strip(),
                )
            )
    return tuple(found), tuple(problems)
