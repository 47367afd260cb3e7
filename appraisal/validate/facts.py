"""What a sheet says once for all its rows: who rated (分管领导签字：NAME), who approved and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from appraisal.notation import HAN, date, person_name, plain, words
from appraisal.recognise import Recognised
from appraisal.validate.lines import kind_of_line

_FACTS = {"rater": "打分人", "approver": "批准人", "approved": "批准日期"}
_LABEL = re.compile(
    "(?:(?P<rater>(?<!被)(?:分管领导签字|分管领导|评分人|测评人|打分人|评价人|评委))|(?P<approver>批准人)|(?P<approved>批准日期)"
    "|(?:填表|填报|制表|审核|审批|经办|联系|报送)人|(?:填表|填报|制表|报送|考核|测评|打分|评分|签字)?(?:日期|时间)"
    "|(?:填报)?单位|(?:单位|主要|部门)?(?:领导|负责人)(?:签字)?|联系电话|职务|盖章)"
    r"(?:\((?:签字|签名|签章|盖章)\))?\s*[:：]"
)
"""What stands before a colon: the labels of the facts, and others that may stand beside them."""
_NAME = rf"([{HAN}])\s+([{HAN}])(?![{HAN}])|[{HAN}·]{{2,}}"
_BLANK_DATE = re.compile(r"年\s*月\s*日.*")


def sheet_facts(found: Recognised) -> dict[str, object]:
    """打分人, 批准人, 批准日期, as far as lines above the header or below the rows give them."""
    facts: dict[str, object] = {}
    for cells in _lines(found):
        for fact, said in _said(cells):
            value = _name(said) if fact != "批准日期" else date(said) or date(said.partition(" ")[0])
            if value:
                facts.setdefault(fact, value)
    return facts


def _said(cells: list[str]) -> Iterator[tuple[str, str]]:
    """Each fact that a line's labels introduce, with what stands behind: in the same cell, else in the next one unless that is a label too."""
    for text, beside in zip_longest(cells, cells[1:], fillvalue=""):
        labels = list(_LABEL.finditer(text)) if ":" in text else []
        for match, end in zip(labels, [*(after.start() for after in labels[1:]), len(text)], strict=False):
            said = text[match.end() : end].strip()
            if not said and end == len(text) and ":" not in beside:
                said = beside
            if match.lastgroup:
                yield _FACTS[match.lastgroup], said


def _name(text: str) -> str:
    """The person a signature names; "" for a blank, and for words that are a label or a note."""
    match = re.match(_NAME, _BLANK_DATE.sub("", text))  # compiled here: it takes 3 ms, and most readers never need it
    name = person_name(match[0]) if match else ""
    return "" if not name or kind_of_line(name) or _LABEL.fullmatch(f"{name}:") else name


def _lines(found: Recognised) -> Iterator[list[str]]:
    """The filled cells of the lines above the header and of the last ones of the sheet."""
    assert found.header is not None
    rows = found.sheet.rows
    for row in (*rows[: found.header.first], *rows[max(found.header.end, len(rows) - 6) :]):
        yield [plain(value) if isinstance(value, str) else words(value) for value in row if value != ""]
