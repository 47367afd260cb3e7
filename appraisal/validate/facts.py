"""What a sheet says once for all its rows: who rated (分管领导签字：NAME), who approved and when."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appraisal.notation import HAN, date, person_name, plain, words
from appraisal.recognise import Recognised

_RATER = re.compile(rf"(?:分管领导签字|分管领导|评分人|测评人|打分人|评价人|评委)[:：]\s*([{HAN}·]{{2,}})")
_APPROVER = re.compile(rf"批准人[:：]\s*(?!批准日期)([{HAN}·]{{2,}})")
_APPROVED_ON = re.compile(r"批准日期[:：]\s*(\S+)")


def sheet_facts(found: Recognised) -> dict[str, object]:
    """打分人, 批准人, 批准日期, as far as lines above the header or below the rows give them."""
    facts: dict[str, object] = {}
    for line in _lines(found):
        if match := _RATER.search(line):
            facts.setdefault("打分人", person_name(match[1]))
        if match := _APPROVER.search(line):
            facts.setdefault("批准人", person_name(match[1]))
        if (match := _APPROVED_ON.search(line)) and (day := date(match[1])) is not None:
            facts.setdefault("批准日期", day)
    return facts


def _lines(found: Recognised) -> Iterator[str]:
    """The lines above the header and the last ones of the sheet, cells joined by blanks."""
    assert found.header is not None
    rows = found.sheet.rows
    for row in (*rows[: found.header.first], *rows[max(found.header.end, len(rows) - 6) :]):
        yield " ".join(plain(value) if isinstance(value, str) else words(value) for value in row if value != "")
