"""Whose names a sheet holds, so that 王一月 on a tab is taken for a person and not for a month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from appraisal.notation import HAN, label, person_name, plain
from appraisal.read import Sheet
from appraisal.recognise.header import Header
from appraisal.recognise.title import FIRST_ROWS
from appraisal.standard import NAME

_INLINE = re.compile(rf"姓\s*名\s*[:：]\s*([{HAN}·]+)")
_SURNAMED = re.compile(rf"(?![一二三四五六七八九十])[{HAN}·]{{2,}}")
"""A name as it may stand in the name of a tab: no surname is a numeral, so 一月 in the column of names is none."""


def people_named(sheet: Sheet, header: Header | None) -> Iterator[str]:
    """The names in a list's column, or in the blank of a form."""
    found = _beside_label(sheet) if header is None or "姓名" not in header.columns else _below(sheet, header)
    yield from dict.fromkeys(name for text in found if _SURNAMED.fullmatch(name := person_name(text)))


def _below(sheet: Sheet, header: Header) -> Iterator[str]:
    place = header.columns["姓名"]
    return (value for row in sheet.rows[header.end :] if isinstance(value := row[place], str))


def _beside_label(sheet: Sheet) -> Iterator[str]:
    for row in sheet.rows[:FIRST_ROWS]:
        texts = [value for value in row if isinstance(value, str) and value]
        for place, text in enumerate(texts):
            if match := _INLINE.search(plain(text)):
                yield match[1]
            elif label(text) in _labels() and place + 1 < len(texts):
                yield texts[place + 1]


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    return frozenset(label(word) for word in (NAME.name, *NAME.aliases))
