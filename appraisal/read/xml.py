"""XML as bytes: attributes and addresses, and one form for what a program wrote in an unusual one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from xml.parsers import expat

from appraisal.model import column_letters
from appraisal.problems import UNREADABLE
from appraisal.read.unfit import UnfitError

_PAIR = re.compile(r'([\w:.-]+)\s*=\s*"([^"]*)"')
_TAG = re.compile(rb"<[A-Za-z_][^>]*>")


def usual(xml: bytes, root: bytes) -> bytes:
    """The part as Excel would write it: no prefixes, double quotes. `root` is the opening of its root element."""
    if root in xml[:2_000] and (b"'" not in xml or not any(b"='" in tag for tag in _TAG.findall(xml))):
        return xml
    return b"".join(_rewritten(xml))


def _rewritten(xml: bytes) -> Iterator[bytes]:
    """One pass through expat; cells and rows that do not say where they stand are given their place."""
    pieces: list[str] = []
    row = column = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        name = name.rpartition(":")[2]
        if name == "row":
            row, column = int(attributes.setdefault("r", str(row + 1))), 0
        elif name == "c":
            column = column_of(attributes.setdefault("r", f"{column_letters(column + 1)}{row}"))
        pieces.append("".join(("<", name, *(f' {key}="{escape(value)}"' for key, value in attributes.items()), ">")))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda name: pieces.append(f"</{name.rpartition(':')[2]}>")
    parser.CharacterDataHandler = lambda text: pieces.append(escape(text, quote=False))
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        raise UnfitError(UNREADABLE, why="内部结构损坏") from None
    yield "".join(pieces).encode()


def attributes(text: bytes) -> dict[str, str]:
    """The attributes of a tag, as they stand (entities unresolved)."""
    return dict(_PAIR.findall(text.decode("utf-8", "replace")))


def column_of(address: str) -> int:
    """B7 → 2."""
    column = 0
    for letter in address:
        if not letter.isalpha():
            break
        column = column * 26 + ord(letter.upper()) - 64
    return column


@lru_cache(maxsize=16384)
def place_of(address: str) -> tuple[int, int]:
    """B7 → (7, 2); (0, 0) for what is no address."""
    digits = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return (int(digits), column_of(address)) if digits.isdigit() and len(digits) < 8 and 0 < len(address) - len(digits) < 4 else (0, 0)
