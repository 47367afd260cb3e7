"""Parts of a package as XML: that they begin like one, without a DOCTYPE; and brought to one form where a program wrote an unusual one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from xml.parsers import expat

from appraisal.model import column_letters
from appraisal.problems import UNREADABLE, UNSAFE
from appraisal.read.package import BOILERPLATE, Package
from appraisal.read.unfit import UnfitError

_PLAIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml(?![^>]*encoding=[\"'](?!utf-?8))[^>]*\?>)?\s*(?:<[A-Za-z_]|$)", re.IGNORECASE)
"""The root element begins at once: no DOCTYPE can follow."""
_OTHER_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=[\"'](?!utf-?8)", re.IGNORECASE)
_PAIR = re.compile(r'([\w:.-]+)\s*=\s*"([^"]*)"')
_KNOWN: set[bytes] = set()
"""Small parts, as stored, that have passed: programs write the same ones into every workbook."""
_MOST_KNOWN = 1_000
XML = (".xml", ".rels", ".vml")
_TAG = re.compile(rb"<[A-Za-z_][^>]*>")


def check_prolog(package: Package, name: str) -> None:
    """Refuses a part with a DOCTYPE, or in another encoding than UTF-8 (which the reader would take for an empty one)."""
    raw = package.packed(name)
    if raw in _KNOWN:
        return
    check_text(package.read(name))
    if len(raw) <= BOILERPLATE and len(_KNOWN) < _MOST_KNOWN:
        _KNOWN.add(raw)


def check_text(whole: bytes) -> None:
    """The same for a part that is already inflated."""
    if _PLAIN.match(whole[:512]):
        return
    if b"<!DOCTYPE" in whole:
        raise UnfitError(UNSAFE, why="含有 DOCTYPE 声明")
    if b"\0" in whole[:4] or whole[:2] in (b"\xff\xfe", b"\xfe\xff") or (_OTHER_ENCODING.match(whole) and not whole.isascii()):
        raise UnfitError(UNREADABLE, why="内部编码不是 UTF-8")


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
