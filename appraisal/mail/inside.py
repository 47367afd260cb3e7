"""What attached workbooks say of themselves: whose form it is, whose slips, whose returned file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appraisal.mail.letter import Book, Reader
from appraisal.notation import label

_SEAL = re.compile(r"[（(]\s*盖\s*章\s*[）)]")
_RETURNED = re.compile(r"退回说明：“(.+)”有 \d+ 处.*", re.DOTALL)


def units_in(data: bytes, file: str, read: Reader) -> tuple[str, ...] | None:
    """The reporting unit each tab of a form names, in order; None when a tab names none or the form cannot be read."""
    book, problems = read(data, file)
    if not book.sheets or any(problem.is_error for problem in problems):
        return None
    found = [list(_beside(book, number, "呈报单位")) for number in range(len(book.sheets))]
    return tuple(names[0] for names in found) if all(found) else None


def slips_in(data: bytes, file: str, read: Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The departments and the people that the slips of a workbook are for, each once, as `label` compares them."""
    book, _ = read(data, file)
    found = [tuple(dict.fromkeys(said for number in range(len(book.sheets)) for said in _beside(book, number, name))) for name in ("科室", "姓名")]
    return found[0], found[1]


def returned_file(data: bytes, file: str, read: Reader) -> str:
    """The input file a return slip is about; "" when it does not say."""
    book, _ = read(data, file)
    for row in book.sheets[0].rows[:3] if book.sheets else ():
        for value in row[:2]:
            if isinstance(value, str) and (match := _RETURNED.fullmatch(value)):
                return match[1]
    return ""


def _beside(book: Book, number: int, name: str) -> Iterator[str]:
    """What follows a label in its own cell (after a colon) or in the next filled cell, without the place for the seal."""
    for row in book.sheets[number].rows:
        values = [value for value in row if value != ""]
        for place, value in enumerate(values):
            if not isinstance(value, str):
                continue
            head, colon, rest = value.replace(":", "：").partition("：")
            if label(_SEAL.sub("", head)) != name:
                continue
            said = rest if colon else values[place + 1] if place + 1 < len(values) else ""
            if isinstance(said, str) and (text := label(_SEAL.split(said)[0])):
                yield text
