"""The names of a template (print area, print titles, …), given anew to every tab made from their sheet."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from msgspec import Struct, field

from appraisal.render.layout import Layout
from appraisal.render.markup import Element, escape, set_attribute
from appraisal.render.template_error import Place

_SHEET = re.compile(r"""("(?:[^"]|"")*")|(?:'((?:[^']|'')+)'|([^\s'"!,():;+*/&<>=^-]+))!""")


class DefinedName(Struct, frozen=True, eq=False):
    """A name and the sheet it is about; none for one that is about no sheet."""

    element: Element
    text: str
    sheet: str | None
    _moved: dict[Layout, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)
    """Its XML for each layout met, cut where the number and where the name of the tab belong."""

    @classmethod
    def read(cls, element: Element, sheets: Sequence[str], place: Place) -> DefinedName:
        """The name in an element of workbook.xml; TemplateError if it cannot be given to several tabs."""
        name, text = element.attributes.get("name", ""), html.unescape(element.inner)
        local = element.attributes.get("localSheetId")
        about = {(match[2] or match[3]).replace("''", "'") for match in _SHEET.finditer(text) if not match[1]}
        if local is not None:
            about.add(sheets[int(local)])
        if "#REF!" in text or len(about) > 1 or not about <= set(sheets):
            raise place.fault(f"定义的名称“{name}”指向别的工作表、别的文件或已删除的单元格，请在“名称管理器”里删去。")
        return cls(element, text, next(iter(about), None))

    def written(self, number: int | None, tab: str, layout: Layout) -> str:
        """The name for the tab of this number (counted from zero), or for the whole workbook."""
        if number is None:
            return self.element.raw
        before, after, pieces = self._moved.get(layout) or self._cut(layout)
        quoted = escape("'" + tab.replace("'", "''") + "'!")
        return f"{before}{number}{after}{quoted.join(pieces)}"

    def _cut(self, layout: Layout) -> tuple[str, str, tuple[str, ...]]:
        text, at = layout.formula(self.text), 0
        pieces: list[str] = []
        for match in _SHEET.finditer(text):
            if not match[1]:
                pieces.append(escape(text[at : match.start()]))
                at = match.end()
        pieces.append(f"{escape(text[at:])}</{self.element.name}>")
        before, here, after = set_attribute(self.element.opening, "localSheetId", "0").partition(' localSheetId="0"')
        found = self._moved[layout] = before + here[:-2], f'"{after}', tuple(pieces)
        return found
