"""One cell → its value, or which fault it has. Values repeat endlessly in such sheets, so words are looked up once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from appraisal.model import UNIT, Period
from appraisal.notation import NOTHING, amount, days_of_text, plain, simplified, words
from appraisal.problems import (
    HALF_DAYS_ONLY,
    LOOKS_LIKE_PERCENT,
    NEGATIVE,
    NOT_A_NUMBER,
    NOT_A_PERCENT,
    NOT_DAYS,
    OVER_MAXIMUM,
    TOO_PRECISE,
    UNKNOWN_WORD,
)
from appraisal.standard import Column, Standard, Value
from appraisal.validate.answer import Bad, unreadable
from appraisal.validate.dates import read_date

Reader = Callable[[object], object]


def reader_of(column: Column, standard: Standard, within: Period | None = None) -> Reader:
    """The function that reads a cell of this column: value, None for an empty cell, Noted or Bad.

    `within` is the period in which the sheet's dates must lie, where it may complete a date that is not written in full.
    """
    match column.value:
        case Value.DAYS:
            return read_days
        case Value.PERCENT:
            return read_percent
        case Value.NUMBER:
            return lambda value: read_number(value, column)
        case Value.DATE:
            return lambda value: read_date(value, within)
        case Value.CHOICE | Value.TICK:
            return _choice(column, standard)
        case _:
            return _filled_text if column.filled else _any_text


def read_text(value: object) -> object:
    """Text as it stands, or None for an empty cell."""
    return (value.strip() if isinstance(value, str) else words(value)) or None


@lru_cache(maxsize=65536, typed=True)
def _filled_text(value: object) -> object:
    """Text that must be given; a dash is something given (完成时限 “—”)."""
    return unreadable(value) or read_text(value)


@lru_cache(maxsize=65536, typed=True)
def _any_text(value: object) -> object:
    """Text, or None for an empty cell and what stands for one (无, —)."""
    return None if words(value) in NOTHING else unreadable(value) or read_text(value)


def read_days(value: object) -> object:
    """Days in ten-thousandths, to the half; an empty cell or a dash is none."""
    if value.__class__ is float and 0 <= value <= 31 and value * 2 % 1 == 0:
        return int(value * UNIT)
    found = days_of_text(value) if isinstance(value, str) else amount(value)
    if found is None:
        return None if words(value) in NOTHING else unreadable(value) or Bad(NOT_DAYS, _as_written(value))
    if found < 0:
        return Bad(NEGATIVE, words(value))
    return found if found % (UNIT // 2) == 0 else Bad(HALF_DAYS_ONLY, words(value))


def _as_written(value: object) -> str:
    """What the clerk sees in the cell, ⑤ and not 5."""
    return value.strip() if isinstance(value, str) else words(value)


def read_number(value: object, column: Column) -> object:
    """Points in ten-thousandths within 0 and the column's maximum."""
    found = amount(value)
    if found is None:
        text = words(value)
        if text in NOTHING:
            return None
        is_number = isinstance(value, float) or re.fullmatch(r"\d+\.\d+", text)
        return unreadable(value) or Bad(TOO_PRECISE if is_number else NOT_A_NUMBER, _as_written(value))
    if found < 0 and not column.signed:
        return Bad(NEGATIVE, words(value))
    if column.maximum is not None and abs(found) > column.maximum:
        return Bad(OVER_MAXIMUM, words(value), {"most": words(column.maximum / UNIT)})
    if 0 < found < UNIT and value.__class__ is float and column.maximum is not None and column.maximum >= 10 * UNIT:
        return Bad(LOOKS_LIKE_PERCENT, words(value), {"most": words(column.maximum / UNIT)})
    return found


def read_percent(value: object) -> object:
    """A share in ten-thousandths: 50% or 50 → 5000; a number up to 1 is what a percent-formatted cell holds, 0.5 → 5000."""
    text = words(value)
    found = amount(text.removesuffix("%"))
    if found is None:
        return None if text in NOTHING else unreadable(value) or Bad(NOT_A_PERCENT, text)
    share = found if found <= UNIT and not text.endswith("%") else found // 100 if found % 100 == 0 else -1
    return share if 0 <= share <= UNIT else Bad(NOT_A_PERCENT, text)


def _choice(column: Column, standard: Standard) -> Reader:
    allowed = {plain(choice): choice for choice in column.choices}
    if "好" in allowed:
        allowed |= dict(standard.grade_words)
    known: dict[object, object] = {}

    def read(value: object) -> object:
        if value not in known:
            known[value] = _read_choice(value, allowed, column)
        return known[value]

    return read


def _read_choice(value: object, allowed: Mapping[str, str], column: Column) -> object:
    text = "".join(words(value).split()).strip("“”\"'‘’「」")
    text = text if text in allowed else simplified(text)
    if text in allowed:
        return allowed[text]
    if text in NOTHING and "否" not in column.choices:
        return None
    if text == "":
        return None
    if (bad := unreadable(value)) is not None:
        return bad
    near = difflib.get_close_matches(text, column.choices, 1, 0.5)
    return Bad(UNKNOWN_WORD, words(value), {"hint": f"，是不是“{near[0]}”？" if near else "", "allowed": "、".join(column.choices)})
