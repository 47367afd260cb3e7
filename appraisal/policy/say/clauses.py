"""Where a clause stands in its regulation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from appraisal.policy.shape import Entry

Key = tuple[int, ...]

_NUMERALS = "一二三四五六七八九十"
_ANNEX, _WORDS = 90, 99
LAST: Key = (_WORDS,)
"""After every clause: for rules of which the regulation says nothing."""
_TOKEN = re.compile(r"附件(\d+)|（([^（）]+)）|(\d+)|([一二三四五六七八九十]+)")


def first_clause(rules: Iterable[Entry]) -> Key | None:
    """The first clause that any of these rules rests on; None where the regulation is silent about all of them."""
    return min((clause_key(rule.clause) for rule in rules if rule.clause), default=None)


def clause_key(clause: str) -> tuple[int, ...]:
    """Where a clause stands: 四（三）1（2） → (4, 3, 1, 2); an annex comes last, a word (通知) first."""
    key = [0] if not _TOKEN.match(clause) else []
    for annex, bracketed, digits, numeral in _TOKEN.findall(clause.replace("、", "，").partition("，")[0]):
        if annex:
            key += [_ANNEX, int(annex)]
        elif bracketed:
            key.append(int(bracketed) if bracketed.isdigit() else _value(bracketed))
        else:
            key.append(int(digits) if digits else _value(numeral))
    return tuple(key)


def _value(numeral: str) -> int:
    """三 → 3, 十二 → 12; words in brackets come after all numbers."""
    if any(sign not in _NUMERALS for sign in numeral):
        return _WORDS
    tens, found, ones = numeral.rpartition("十")
    return (_NUMERALS.index(tens) + 1 if tens else 1) * 10 * bool(found) + (_NUMERALS.index(ones) + 1 if ones else 0)


def numeral(count: int) -> str:
    """3 → 三, 12 → 十二."""
    tens, ones = divmod(count, 10)
    return ("" if tens < 2 else _NUMERALS[tens - 1]) + ("十" if tens else "") + (_NUMERALS[ones - 1] if ones else "")
