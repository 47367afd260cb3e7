"""What the styles of a template say about its cells, and the few styles added to it.

仿宋_GB2312 and its sisters hold the 6,763 characters of GB 2312 and no 玥 祎 昇 喆 堃 赟: for a text with such a
character the cell gets a copy of its style with the newer font of the same face (仿宋_GB2312 → 仿宋).
"""

from __future__ import annotations

import re

from msgspec import Struct

from appraisal.render.markup import Element, document, set_attribute
from appraisal.render.template_error import Place

_OLD_FONT = re.compile(r"_GB2312$", re.IGNORECASE)
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_DATE_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


class Look(Struct, frozen=True):
    """What matters of a cell's style to whoever fills it."""

    size: float = 11.0
    wraps: bool = False
    indent: int = 0
    is_date: bool = False


class Styles:
    """A template's styles.xml."""

    def __init__(self, data: bytes, place: Place) -> None:
        self._head, self._root = document(data, "styleSheet", place)
        parts = {child.name: child for child in self._root.children}
        self._fonts = parts["fonts"].children if "fonts" in parts else []
        self._formats = parts["cellXfs"].children if "cellXfs" in parts else []
        codes = parts["numFmts"].children if "numFmts" in parts else []
        self._codes = {code.attributes["numFmtId"]: code.attributes.get("formatCode", "") for code in codes}
        self._new_fonts: dict[int, str] = {}
        self._new_formats: list[str] = []
        self._for_rare: dict[int, int] = {}

    @property
    def digit_width(self) -> float:
        """Points a column is wide for each unit of its width: a digit of the workbook's first font, rather too narrow."""
        first = self._fonts[0] if self._fonts else None
        is_latin = (_value(first, "name") or "").isascii()
        return float(_value(first, "sz") or 11) * (0.477 if is_latin else 0.5)

    def look(self, style: int) -> Look:
        """How cells of this style look."""
        if style >= len(self._formats):
            return Look()
        form = self._formats[style]
        alignment = next((child for child in form.children if child.name == "alignment"), None)
        aligned = alignment.attributes if alignment else {}
        wraps = aligned.get("wrapText") in ("1", "true")
        font = self._font(form)
        size = float(_value(font, "sz") or 11) if font else 11.0
        return Look(size, wraps, int(aligned.get("indent", 0)), self._is_date(form.attributes.get("numFmtId", "0")))

    def for_rare(self, style: int) -> int:
        """The style for a text with characters that this style's font lacks; the same one if it lacks none."""
        if style in self._for_rare or style >= len(self._formats):
            return self._for_rare.get(style, style)
        form = self._formats[style]
        font = self._font(form)
        name = _value(font, "name") if font else None
        if font is None or name is None or not _OLD_FONT.search(name):
            return style
        number = int(form.attributes.get("fontId", "0"))
        if number not in self._new_fonts:
            self._new_fonts[number] = font.raw.replace(name, _OLD_FONT.sub("", name))
        font_id = len(self._fonts) + list(self._new_fonts).index(number)
        opening = set_attribute(set_attribute(form.opening, "fontId", str(font_id)), "applyFont", "1")
        self._new_formats.append(form.raw.replace(form.opening, opening, 1))
        self._for_rare[style] = len(self._formats) + len(self._new_formats) - 1
        return self._for_rare[style]

    def written(self) -> bytes:
        """The part, with the added styles."""
        text = self._head + self._root.raw
        for name, new in (("fonts", list(self._new_fonts.values())), ("cellXfs", self._new_formats)):
            if new:
                part = next(child for child in self._root.children if child.name == name)
                opening = set_attribute(part.opening, "count", str(len(part.children) + len(new)))
                changed = part.with_inner(part.inner + "".join(new)).replace(part.opening, opening, 1)
                text = text.replace(part.raw, changed, 1)
        return text.encode()

    def _font(self, form: Element) -> Element | None:
        number = int(form.attributes.get("fontId", "0"))
        return self._fonts[number] if number < len(self._fonts) else None

    def _is_date(self, number: str) -> bool:
        code = self._codes.get(number)
        if code is None:
            return int(number) in _BUILT_IN_DATES
        return bool(re.search("[ymdhs]", _NOT_DATE_CODE.sub("", code).lower().replace("general", "")))


def _value(element: Element | None, name: str) -> str | None:
    found = [child for child in element.children if child.name == name] if element else []
    return found[0].attributes.get("val") if found else None
