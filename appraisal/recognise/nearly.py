"""Column names that are almost right: 病暇 where 病假 is missing. Said with the nearest name, never taken for it."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from appraisal.model import Cell
from appraisal.notation import label
from appraisal.problems import IGNORED_COLUMN, UNKNOWN_COLUMN, Problem
from appraisal.standard import Column, SheetKind, Value

ALIKE = 0.75
ABSENCE = ("病假", "事假", "旷工")
"""Days that count against somebody: any heading that holds such a word is asked about where the column is missing."""
_DAYS = re.compile(r"(天数|天|日数)$")
_BRACKETED = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]?")
_ABOUT = re.compile(r"(?:条|单|证明|材料|事由|原因|说明|情况|备注)$")
"""What is not days but papers or words about them: 病假条, 事假事由."""
OTHER_WORDS = frozenset(["年龄", "年度", "年份", "事由", "事项", "姓氏", "病历", "病因", "病种", "病假条", "病假单", "公假"])
"""Ordinary headings of other columns, however near to 年休, 事假 or 病假."""


@lru_cache(maxsize=4096)
def nearly(kind: SheetKind, name: str, known: frozenset[str]) -> Column | None:
    """The column not among the `known` ones whose name an unknown label almost is."""
    word = _bare(name)
    if word in OTHER_WORDS:
        return None
    best: tuple[float, Column] | None = None
    for column in kind.columns:
        if column.name in known:
            continue
        matters = column.required or column.value is Value.DAYS
        mark = max(_alike(word, _bare(label(other)), matters, other == column.name) for other in (column.name, *column.aliases))
        if mark >= ALIKE and (best is None or mark > best[0]):
            best = mark, column
    return best[1] if best else None


def _bare(name: str) -> str:
    """A heading without what stands in brackets, which may be misspelt too (加班补休（末）), and without its unit."""
    return _DAYS.sub("", _BRACKETED.sub("", name) or name)


def _alike(word: str, other: str, matters: bool, own: bool) -> float:
    """From 0 to 1. Short names (病暇, 年休末, 法假) are compared strictly, since many words share a character; 病 and 本月病假累计 are near.

    `matters`: the column cannot be done without; `own`: `other` is its name and no alias.
    """
    if word == other:
        return 1.0
    if len(other) > 3 or (len(other) == 3 and len(word) > 3):
        return 0.99 if sorted(word) == sorted(other) else difflib.SequenceMatcher(None, word, other).ratio()
    one_wrong = len(word) == len(other) and sum(map(str.__ne__, word, other)) == 1
    if other in ABSENCE and (other in word or word == other[0]) and not _ABOUT.search(word):
        return 0.8
    if len(other) == 2:
        one_wrong = one_wrong and word[0] == other[0]
        return 0.8 if matters and (one_wrong or _with_one_more(word, other)) else 0.0
    same = sorted(word) == sorted(other)
    return 0.8 if (own and (one_wrong or _with_one_more(other, word))) or (matters and one_wrong and other[0] != "请") or same else 0.0


def _with_one_more(word: str, other: str) -> bool:
    return len(word) == len(other) + 1 and any(word[:place] + word[place + 1 :] == other for place in range(len(word)))


def strange_columns(kind: SheetKind, labels: list[tuple[str, Cell]], known: frozenset[str]) -> tuple[list[Problem], set[str]]:
    """What to say of labels that name no column, and the columns they probably mean."""
    problems: list[Problem] = []
    meant: set[str] = set()
    for name, cell in labels:
        column = nearly(kind, name, known)
        if column is None or column.name in meant:
            continue
        matters = column.required or column.value is not Value.TEXT
        problems.append((UNKNOWN_COLUMN if matters else IGNORED_COLUMN).at(cell, found=name, column=column.name))
        meant.add(column.name)
    return problems, meant
