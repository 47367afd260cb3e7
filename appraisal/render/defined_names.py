"""The names of a template (print area, print titles, …), given anew to every tab made from their sheet."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from appraisal.render.layout import Layout
from appraisal.render.markup import Element, escape, set_attribute
from appraisal.render.template_error import Place

_SHEET = re.compile(r"""("(?:[^"]|"")*")|(?:'((?:[^']|'')+)'|([^\s'"!,():;+*/&<>=^-]+))!""")


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A name and the sheet it is about; none for one that is about no sheet."""

    element: Element
    text: str
    sheet: str | None

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
        quoted = "'" + tab.replace("'", "''") + "'!"
        text = _SHEET.sub(lambda match: match[1] or quoted, layout.formula(self.text))
        opening = set_attribute(self.element.opening, "localSheetId", str(number))
        return f"{opening}{escape(text)}</{self.element.name}>"
