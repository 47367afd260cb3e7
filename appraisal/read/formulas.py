"""Formulas as far as they can be checked by eye: what was never calculated, and sums that no longer add up."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import NamedTuple

from appraisal.model import column_letters
from appraisal.read.xml import attributes, column_of, place_of

Place = tuple[int, int]

_CELL = re.compile(rb"<c\s([^>]*)>\s*<f(\s[^>]*?)?(?:/>|>([^<]*)</f>)(.*?)</c>", re.DOTALL)
_VALUE = re.compile(rb"<v(?:\s[^>]*)?>([^<]+)</v>")
_REF = r"\$?[A-Z]{1,3}\$?\d{1,7}"
_CALL = re.compile(rf"(SUM|AVERAGE)\(({_REF}(?::{_REF})?(?:,{_REF}(?::{_REF})?)*)\)")
_PLUS = re.compile(rf"{_REF}(?:\+{_REF})+")
_ADDRESS = re.compile(r"(?<![A-Za-z_\d!'.])(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(?![\d(A-Za-z_!])")


class Formula(NamedTuple):
    """A formula where it stands (from 1), and whether its result was stored."""

    place: Place
    text: str
    calculated: bool


def formulas(xml: bytes) -> Iterator[Formula]:
    """Every formula of a sheet; those shared by several cells written out for each."""
    shared: dict[str, Formula] = {}
    for match in _CELL.finditer(xml):
        cell, about = attributes(match[1]), attributes(match[2] or b"")
        place = place_of(cell.get("r", ""))
        text = unescape((match[3] or b"").decode("utf-8", "replace"))
        calculated = _VALUE.search(match[4]) is not None or (cell.get("t") == "str" and b"<v" in match[4])
        if about.get("t") == "shared":
            if text:
                shared[about.get("si", "")] = Formula(place, text, calculated)
            elif (first := shared.get(about.get("si", ""))) is not None:
                text = _moved(first.text, place[0] - first.place[0], place[1] - first.place[1])
        yield Formula(place, text, calculated)


def _moved(text: str, down: int, along: int) -> str:
    """A shared formula as it reads some rows and columns further on."""

    def move(match: re.Match[str]) -> str:
        column = match[2] if match[1] else column_letters(max(column_of(match[2]) + along, 1))
        return f"{match[1]}{column}{match[3]}{match[4] if match[3] else int(match[4]) + down}"

    return _ADDRESS.sub(move, text)


def recomputed(text: str, rows: Sequence[Sequence[object]], top: int, left: int) -> float | None:
    """What a plain SUM, AVERAGE or A1+B1 over numbers of the same tab comes to; None for anything else."""
    body = re.sub(r"\s", "", text).upper()
    call = _CALL.fullmatch(body)
    if call is None and not _PLUS.fullmatch(body):
        return None
    numbers = []
    for area in call[2].split(",") if call else body.split("+"):
        first, _, last = area.replace("$", "").partition(":")
        for value in _values(place_of(first), place_of(last or first), rows, top, left):
            if value == "":
                continue
            if not isinstance(value, float | int) or isinstance(value, bool):
                return None
            numbers.append(float(value))
    if call and call[1] == "AVERAGE":
        return math.fsum(numbers) / len(numbers) if numbers else None
    return math.fsum(numbers)


def _values(first: Place, last: Place, rows: Sequence[Sequence[object]], top: int, left: int) -> Iterator[object]:
    for row in range(max(first[0] - top - 1, 0), min(last[0] - top, len(rows))):
        yield from rows[row][max(first[1] - left - 1, 0) : max(last[1] - left, 0)]
