"""Tab names that Excel accepts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LONGEST = 31
_FORBIDDEN = str.maketrans("[]:*?/\\", "【】：＊？／＼")
_ORDINARY = re.compile("[\u4e00-\u9fff]{1,31}")
_INVISIBLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def tab_names(wishes: Sequence[str]) -> list[str]:
    """The wished names, made legal and different from each other, in the same order."""
    taken: set[str] = set()
    used: dict[str, int] = {}
    names: list[str] = []
    for wish in wishes:
        if _ORDINARY.fullmatch(wish) and wish not in taken:  # what `_legal`, `_cut` and `_key` would leave as it is
            taken.add(wish)
            names.append(wish)
            continue
        legal = _legal(wish)
        name = _cut(legal, _LONGEST)
        first = _key(name)
        number = used.get(first, 1)
        while _key(name) in taken:
            number += 1
            ending = f"({number})"
            name = _cut(legal, _LONGEST - len(ending)) + ending
        used[first] = number
        taken.add(_key(name))
        names.append(name)
    return names


def _legal(wish: str) -> str:
    name = _INVISIBLE.sub("", wish).translate(_FORBIDDEN).strip().strip("'").strip()
    if name.casefold() == "history":  # reserved by Excel
        name += "_"
    return name or "表"


def _cut(name: str, length: int) -> str:
    """The beginning of `name`, at most `length` UTF-16 units, as Excel counts, with no apostrophe at its end."""
    while len(name.encode("utf-16-le")) > 2 * length:
        name = name[:-1]
    return name.strip().strip("'")


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
