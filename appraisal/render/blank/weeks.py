"""The weeks of a month, as 第2周 on a weekly form means them."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from appraisal.model import Calendar, Period


class Week(Struct, frozen=True):
    """A week from Monday to Sunday as far as it lies in the month: its number there, its first and last working day."""

    number: int
    first: dt.date
    last: dt.date


def weeks_of(month: Period, calendar: Calendar) -> tuple[Week, ...]:
    """The weeks with at least one working day. One that crosses the end of the month is cut there: the forms go in by month."""
    found: dict[int, list[dt.date]] = {}
    offset = month.first_day.weekday()
    for day in range(1, month.last_day.day + 1):
        date = month.first_day.replace(day=day)
        if calendar.is_workday(date):
            found.setdefault((day + offset - 1) // 7 + 1, []).append(date)
    return tuple(Week(number, days[0], days[-1]) for number, days in found.items())
