"""The working-day calendar: the State Council's yearly notices, and what rules.yaml adds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import chinese_calendar

from appraisal.model import Calendar
from appraisal.policy.load import PolicyError
from appraisal.policy.shape import CalendarRule


def calendar_for(years: Iterable[int], rule: CalendarRule, welcome: Iterable[int] = ()) -> Calendar:
    """Working days of these years, and of `welcome` ones if they are known.

    Raises PolicyError for a year nobody has published: it is never guessed.
    """
    by_hand = set(rule.years)
    known = {day.year for day in chinese_calendar.holidays}
    wanted = frozenset(years) | (frozenset(welcome) & (known | by_hand))
    if missing := sorted(wanted - known - by_hand):
        listed = "、".join(str(year) for year in missing)
        raise PolicyError(
            [
                (
                    f"工作日历里没有 {listed} 年的放假调休安排，不能推算。请升级 chinesecalendar（pip install -U chinesecalendar），"
                    f"或在 rules.yaml 的 calendar 里按国务院通知写明 years、holidays、workdays"
                )
            ]
        )
    return Calendar(frozenset(day for year in wanted for day in _free(year, rule, year in by_hand)), wanted)


def _free(year: int, rule: CalendarRule, by_hand: bool) -> Iterable[dt.date]:
    """The days off of one year; what rules.yaml says of a single day wins."""
    holidays, makeup = (frozenset(), frozenset()) if by_hand else (chinese_calendar.holidays.keys(), chinese_calendar.workdays.keys())
    day = dt.date(year, 1, 1)
    while day.year == year:
        off = day not in makeup and (day.weekday() >= 5 or day in holidays)
        if (off or day in rule.holidays) and day not in rule.workdays:
            yield day
        day += dt.timedelta(1)
