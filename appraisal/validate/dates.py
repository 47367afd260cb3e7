"""Dates as people write them. Less than a full date is completed only within a period that the date must lie in, and that is said."""

from __future__ import annotations

import datetime as dt
import re

from appraisal.model import Period, Span
from appraisal.notation import NOTHING, date, words
from appraisal.problems import DATE_INCOMPLETE, NOT_A_DATE
from appraisal.validate.answer import Bad, Noted, unreadable

FIRST_SERIAL, LAST_SERIAL = 18_264, 73_050
"""1950-01-01 and 2099-12-31 as the numbers a sheet keeps for days."""
_ZERO = dt.date(1899, 12, 30)
_SHORT_YEAR = re.compile(r"(?P<y>\d\d)\s*[-./年]\s*(?P<m>\d{1,2})\s*[-./月]\s*(?P<d>\d{1,2})\s*日?")
_NO_YEAR = re.compile(r"(?P<m>\d{1,2})\s*(?:月|[-./])\s*(?P<d>\d{1,2})\s*[日号]?")
_NO_DAY = re.compile(r"(?P<y>20\d\d)\s*(?:年|[-./])\s*(?P<m>\d{1,2})\s*月?(?:份)?")


def read_date(value: object, within: Period | None = None) -> object:
    """A date, None for an empty cell, Noted for one completed from the period, else Bad."""
    found = date(value) or _serial(value)
    if found is not None:
        return found
    text = words(value)
    if text in NOTHING:
        return None
    completed = _within(text, within) if within is not None and isinstance(value, str) else None
    return completed or unreadable(value) or Bad(NOT_A_DATE, text)


def _serial(value: object) -> dt.date | None:
    """A day kept as a number (44477) in a cell that was not formatted as a date."""
    text = words(value)
    if len(text) == 5 and text.isascii() and text.isdigit() and FIRST_SERIAL <= int(text) <= LAST_SERIAL:
        return _ZERO + dt.timedelta(int(text))
    return None


def _within(text: str, period: Period) -> dt.date | Noted | None:
    """24/3/5, 3月5日 or 2024年3月, when exactly that lies within the period; None for anything else."""
    if match := _SHORT_YEAR.fullmatch(text):
        return _inside(period, 2000 + int(match["y"]), int(match["m"]), int(match["d"]))
    if match := _NO_YEAR.fullmatch(text):
        found = _inside(period, period.year, int(match["m"]), int(match["d"]))
    elif match := _NO_DAY.fullmatch(text):
        found = _inside(period, int(match["y"]), int(match["m"]), 1)
    else:
        return None
    return Noted(found, DATE_INCOMPLETE, text, {"date": found}) if found is not None else None


def _inside(period: Period, year: int, month: int, day: int) -> dt.date | None:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    return found if period.overlaps(found, found) and period.span is not Span.YEAR else None
