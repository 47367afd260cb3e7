"""What cell formats mean: percents, struck-through text, and symbol fonts in which a letter is a tick."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from msgspec import Struct, field

from appraisal.read.xml import attributes, usual

_FORMAT = re.compile(rb"<numFmt\s([^>]*)>")
_FONTS = re.compile(rb"<fonts[\s>].*?</fonts>", re.DOTALL)
_FONT = re.compile(rb"<font\s*/>|<font>(.*?)</font>", re.DOTALL)
_STRIKE = re.compile(rb"<strike(?:\s[^>]*?val=\"(?P<off>0|false)\"[^>]*)?\s*/?>")
_FACE = re.compile(rb"<(?:name|rFont)\s[^>]*?val=\"([^\"]*)\"")
_CELL_FORMATS = re.compile(rb"<cellXfs[\s>].*?</cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb"<xf\s([^>]*)>")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

_WINGDINGS = {"ü": "√", "þ": "√", "û": "×", "ý": "☒", "¨": "□", "o": "□", "q": "□", "n": "■", "l": "●", "¡": "○"}
_WINGDINGS_2 = {"P": "√", "R": "√", "O": "×", "Q": "☒", "S": "☒", "T": "☒", "£": "□", "*": "□", "¢": "■", "\x98": "●", "\x99": "○"}
_WEBDINGS = {"a": "√", "r": "×", "c": "□", "g": "■", "n": "●"}
SYMBOLS: Mapping[str, Mapping[str, str]] = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "webdings": _WEBDINGS}


class Styles(Struct, frozen=True):
    """The cell formats (by their number in the workbook) that mean something."""

    percent: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()
    symbols: Mapping[str, str] = field(default_factory=dict)
    """Format → symbol font, in lower case."""

    telling: frozenset[str] = frozenset()
    """All of them."""


NO_STYLES = Styles()


def read_styles(xml: bytes) -> Styles:
    """The formats of styles.xml."""
    xml = usual(xml, b"<styleSheet")
    codes = {about.get("numFmtId", ""): unescape(about.get("formatCode", "")) for about in map(attributes, _FORMAT.findall(xml))}
    percents = {"9", "10"} | {number for number, code in codes.items() if is_percent(code)}
    fonts = [match[1] or b"" for match in _FONT.finditer(found[0])] if (found := _FONTS.search(xml)) else []
    formats = [attributes(match[1]) for match in _CELL_FORMAT.finditer(found[0])] if (found := _CELL_FORMATS.search(xml)) else []
    struck = {str(number) for number, font in enumerate(fonts) if is_struck(font)}
    faces = {str(number): face for number, font in enumerate(fonts) if (face := symbol_face(font))}
    percent = frozenset(str(number) for number, about in enumerate(formats) if about.get("numFmtId") in percents)
    crossed = frozenset(str(number) for number, about in enumerate(formats) if about.get("fontId") in struck)
    symbols = {str(number): faces[about["fontId"]] for number, about in enumerate(formats) if about.get("fontId") in faces}
    return Styles(percent, crossed, symbols, percent | crossed | frozenset(symbols))


def is_percent(code: str) -> bool:
    """True for a number format that shows a percent sign."""
    return "%" in _QUOTED.sub("", code)


def is_struck(font: bytes) -> bool:
    return (found := _STRIKE.search(font)) is not None and not found["off"]


def symbol_face(font: bytes) -> str:
    """The symbol font a font (or the format of a run of text) names, or ""."""
    found = _FACE.search(font)
    face = found[1].decode("utf-8", "replace").strip().lower() if found else ""
    return face if face in SYMBOLS else ""


def plain_symbols(text: str, face: str) -> str:
    """Text in a symbol font as the plain ticks and boxes it shows; unchanged when it holds anything else."""
    known = SYMBOLS[face]
    signs = [char if char.isspace() else known.get(chr(ord(char) - 0xF000) if "\uf000" <= char <= "\uf0ff" else char, "") for char in text]
    return "".join(signs) if all(signs) else text


# ---- shared strings ----------------------------------------------------------------------------------------------------
_STRING = re.compile(rb"<si>(.*?)</si>|<si\s*/>", re.DOTALL)
_RUN = re.compile(rb"<r>(?:\s*<rPr>(.*?)</rPr>)?\s*<t[^>]*>([^<]*)</t>\s*</r>|<rPh.*?</rPh>|<t(?:\s[^>]*)?>([^<]*)</t>", re.DOTALL)


class Strings(Struct, frozen=True):
    """Shared strings (by their number) whose letters do not say what is shown."""

    symbols: Mapping[str, str] = field(default_factory=dict)
    """String → what it shows, with ticks and boxes plain."""
    struck: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.symbols or self.struck)


NO_STRINGS = Strings()


def read_strings(xml: bytes) -> Strings:
    """Strings with runs in a symbol font or struck through; hardly any workbook has them."""
    if b"rPr>" not in xml:
        return NO_STRINGS
    symbols, struck = {}, set()
    for number, match in enumerate(_STRING.finditer(usual(xml, b"<sst"))):
        runs = [(run[1] or b"", unescape((run[2] or run[3] or b"").decode("utf-8", "replace"))) for run in _RUN.finditer(match[1] or b"")]
        if any(symbol_face(look) for look, _ in runs):
            symbols[str(number)] = "".join(plain_symbols(text, face) if (face := symbol_face(look)) else text for look, text in runs)
        if any(is_struck(look) and text.strip() for look, text in runs):
            struck.add(str(number))
    return Strings(symbols, frozenset(struck))
