"""What the opening words of a row say: a person, two people, a total, a signature, a note, or the department of the rows below."""

from __future__ import annotations

import re
from functools import lru_cache

from appraisal.notation import COMMON, DITTO, HAN, NOTHING, name_and_suffix, person_name, plain, words
from appraisal.validate.answer import unreadable

_SUMMARY = re.compile(r"(?:合计|小计|总计|平均|共计|总数|人数|总人数|汇总|最高|最低)(?:\(?人\)?|数|分|值|\(?\d+人\)?)?[:：]?(?:\d+人?)?|共\d+人")
_SIGNED = (
    "(?:填表|填报|经办|联系|打分|评分|被?测评|评价|批准)人|评委|(?:制表|审核|审批)人?|(?:.{2}|部门)?负责人"
    "|(?:分管|主要|单位)领导|联系电话|签[字名]|(?:填表|填报|制表|批准)(?:日期|时间)"
)
_SIGNATURE = re.compile(rf"(?:{_SIGNED}){{1,2}}(?:\(.*\))?(?:[:：].*)?|.+\((?:盖章|公章|签章|签字)\)[:：]?", re.DOTALL)
_SIGNED_NAME = re.compile(rf"(?!(?:{_SIGNED})\()[{HAN}·]{{2,}}\((?:签字|签名|签章|盖章)\)")
_NOTE = re.compile(r"(?:注|备注|说明|附注|盖章|日期|年月日)(?:\(.*\))?[:：].*|\d*年\d*月\d*日|[※*★☆].*|\(?(?:盖章|签字|公章)\)?", re.DOTALL)
_NUMBERED = re.compile(r"(?:\((?:[一二三四五六七八九十]{1,3}|\d{1,2})\)|(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.．)])(?P<name>\D.*)")
_PLACE = re.compile(r".{2,}(?:处|室|局|中心|大队|支队|站|院)|.{3,}(?:科|所|部|股|队|委|办)")
_HEADCOUNT = re.compile(r"\((?:共|计)?\d+人\)$|[:：]$")
_PUNCTUATION = re.compile(r"[。，,；;：:！!？]")
MOST_DIGITS = 1e15
"""A longer number kept as a number has lost its last digits."""
_TWO = rf"[{HAN}·]{{2,}}\s*[、,;/\n]\s*[{HAN}·]{{2,}}"


@lru_cache(maxsize=8192)
def _squeezed(text: str) -> str:
    return text if COMMON.fullmatch(text) else re.sub(r"\s+", "", plain(text))


@lru_cache(maxsize=8192)
def kind_of_line(text: str) -> str:
    """What a line is: "total", "signature", "note", or "" for anything else."""
    bare = _squeezed(text)
    if _SUMMARY.fullmatch(bare):
        return "total"
    if _SIGNATURE.fullmatch(bare):
        return "signature"
    return "note" if _NOTE.fullmatch(bare) else ""


@lru_cache(maxsize=65536)
def named(text: str) -> tuple[str, str, str]:
    """What the cell of a name holds: ("person", name, suffix), ("none", "", "") for totals and notes, ("two", …) for two people."""
    kind = kind_of_line(text)
    if not kind and COMMON.fullmatch(text) and text not in DITTO:
        return "person", text, ""
    if kind and not (kind == "note" and starred(text)) and not signed_by(text):
        return "none", "", ""
    if re.search(_TWO, plain(text)):
        return "two", "", ""
    if unreadable(text) is not None:
        return "unreadable", "", ""
    bare, suffix = name_and_suffix(text)
    return "person", person_name(bare), suffix


def signed_by(text: str) -> bool:
    """True for 张三（签字）, which beside somebody's values is a person, and elsewhere the end of the sheet."""
    return _SIGNED_NAME.fullmatch(_squeezed(text)) is not None


def place_named(value: object) -> str | None:
    """The department, unit or number a cell holds, "" for a dash, None for 同上 and what else cannot be used."""
    if value.__class__ is str and str.isalnum(value) and value.isascii():
        return value
    return _place_named(value)


@lru_cache(maxsize=8192, typed=True)
def _place_named(value: object) -> str | None:
    if unreadable(value) is not None or (isinstance(value, float) and abs(value) >= MOST_DIGITS):
        return None
    text = "".join(value.split()) if isinstance(value, str) else words(value)
    return "" if plain(text) in NOTHING else text


def starred(text: str) -> bool:
    """★张三: a note when the row holds nothing else, else a person with a mark."""
    bare, suffix = name_and_suffix(text)
    return bool(suffix) and re.fullmatch(rf"[{HAN}·\s]{{2,}}", bare) is not None


@lru_cache(maxsize=4096)
def department_of(text: str, across: bool) -> str:
    """The department that a row with this one cell names: 一、办公室 or 办公室（5人）; any short text where the cell is merged `across` the table."""
    bare = _HEADCOUNT.sub("", _squeezed(text))
    if numbered := _NUMBERED.fullmatch(bare):
        return numbered["name"]
    return bare if _PLACE.fullmatch(bare) or (across and len(bare) <= 12 and not _PUNCTUATION.search(bare)) else ""


@lru_cache(maxsize=4096)
def is_sentence(text: str) -> bool:
    """True for words that are no name of a person: with punctuation, or too long without the dot of a long name."""
    bare = _squeezed(text)
    longest = 30 if "·" in person_name(text) or bare.isascii() else 6
    return bool(_PUNCTUATION.search(bare)) or len(bare) > longest
