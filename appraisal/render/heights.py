"""How high a row must be for its text: Excel grows neither merged cells nor rows whose height was set by hand."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

HIGHEST = 409.0  # points, the most Excel allows
_LINE = 1.45  # line height of 仿宋 and its substitutes, in font sizes
_MARGIN = 6.0  # points above and below the text, together
_SLACK = 0.98  # of the width counted on, since other machines substitute fonts
_NOT_FIRST = set("，。、；：？！）》】”’％%,.;:?!)]}")  # never begin a line: they take the last character along


def text_height(text: str, width: float, size: float) -> float:
    """Points needed by `text` in a cell `width` points wide with a font of `size` points."""
    return line_count(text, width * _SLACK / size) * size * _LINE + _MARGIN


@lru_cache(4096)
def line_count(text: str, ems: float) -> int:
    """Lines that `text` takes where a line is `ems` Chinese characters long: a Latin letter or digit is half of one."""
    return sum(_wrapped(line, max(ems, 1.0)) for line in text.split("\n"))


def _wrapped(line: str, ems: float) -> int:
    if len(line) <= ems:
        return 1
    count, used = 1, 0.0
    for character in line:
        width = 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.55
        if used + width > ems:
            count += 1
            used = 1.0 if character in _NOT_FIRST else 0.0
        used += width
    return count
