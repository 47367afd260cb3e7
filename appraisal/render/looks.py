"""Cell formats and the page of workbooks that leaders read and sign."""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appraisal.policy.shape import Policy
from appraisal.render.lists import FONT

FONT_SIZE = 10


class Looks:
    """The cell formats of a workbook, each made when first asked for."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: object) -> Format:
        """A format with these properties of xlsxwriter; 宋体 10 unless they say otherwise."""
        look = {"font_name": FONT, "font_size": FONT_SIZE, "valign": "vcenter", **properties}
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]

    @property
    def head(self) -> Format:
        """The header of a list."""
        return self(bold=True, border=1, align="center", text_wrap=True, bg_color="#DDEBF7")

    @property
    def title(self) -> Format:
        """The title of a sheet."""
        return self(bold=True, font_size=18, align="center")


def whole_page(sheet: Worksheet, policy: Policy) -> None:
    """Landscape A4, one page wide, saying on every page whose it is."""
    whose = f"{policy.regulation.organisation}　{policy.regulation.title}{policy.regulation.document}".replace("&", "&&")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(0.4, 0.4, 0.7, 0.6)
    sheet.set_header(f'&L&"{FONT}"&9{whose}')
    sheet.set_footer(f'&C&"{FONT}"&9第 &P 页，共 &N 页')
