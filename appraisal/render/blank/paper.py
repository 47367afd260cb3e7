"""A workbook in the making, and the tabs in it: looks, protection, print."""

from __future__ import annotations

import io
from collections.abc import Mapping

import xlsxwriter
from msgspec import Struct
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appraisal.render.lists import CREATED, FONT
from appraisal.render.looks import Looks

TITLE_FONT = "方正小标宋简体"
TITLE_HEIGHT = 34.0
POINTS = 5.8
"""Points of a column's width of one, about."""
GIVEN, INPUT, REQUIRED, OPTIONAL, KNOWN, MISSING = "#F2F2F2", "#FFFBE6", "#F8CBAD", "#FFE699", "#D9E1EC", "#FFC7CE"
"""Filled in already · to be filled in · headings of what must, what may be, and what is filled in · a gap."""
_ALLOWED = {"format_columns": True, "format_rows": True, "select_locked_cells": True, "select_unlocked_cells": True}


class Inks(Struct, frozen=True):
    """The formats nearly every tab uses."""

    title: Format
    line: Format
    right: Format
    known: Format
    required: Format
    optional: Format
    given: Format
    given_left: Format
    label: Format
    box: Format
    text: Format
    note: Format
    period: Format
    number: Format
    tick: Format
    days: Format
    signature: Format
    signed: Format


class Paper:
    """One workbook; the same drawing always gives the same bytes."""

    def __init__(self, title: str) -> None:
        self._target = io.BytesIO()
        self.book = xlsxwriter.Workbook(self._target, {"in_memory": True})
        self.book.set_properties({"title": title, "created": CREATED})
        self.look = Looks(self.book)
        self.ink = _inks(self.look)
        self.gap = self.book.add_format({"bg_color": MISSING})

    def sheet(self, name: str, *, landscape: bool, insert_rows: bool = False) -> Worksheet:
        """A new tab: A4, one page wide, names and headings locked (without a password)."""
        sheet = self.book.add_worksheet(name)
        sheet.protect("", {**_ALLOWED, "insert_rows": insert_rows})
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_margins(0.5, 0.5, 0.6, 0.6)
        return sheet

    def content(self) -> bytes:
        self.book.close()
        return self._target.getvalue()


def _inks(look: Looks) -> Inks:
    head: Mapping[str, object] = {"bold": True, "border": 1, "align": "center", "text_wrap": True}
    body: Mapping[str, object] = {"border": 1, "text_wrap": True}
    return Inks(
        title=look(font_name=TITLE_FONT, font_size=18, align="center"),
        line=look(font_size=11),
        right=look(font_size=11, align="right"),
        known=look(**head, bg_color=KNOWN),
        required=look(**head, bg_color=REQUIRED),
        optional=look(**head, bg_color=OPTIONAL),
        given=look(**body, align="center", bg_color=GIVEN, num_format="@"),
        given_left=look(**body, bg_color=GIVEN, num_format="@"),
        label=look(**head, font_size=11),
        box=look(**body, align="center", bg_color=INPUT, locked=False),
        text=look(**body, bg_color=INPUT, locked=False),
        note=look(font_color="#404040"),
        period=look(font_size=12, align="center"),
        number=look(font_size=9, font_color="#808080"),
        tick=look(border=1, align="center", font_size=16, bg_color=INPUT, locked=False),
        days=look(border=1, align="center", bg_color=INPUT, locked=False, num_format="0.0;-0.0;0"),
        signature=look(border=1, locked=False, indent=15),
        signed=look(border=1, locked=False, align="right"),
    )


def write(sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    """Text as text, or an empty cell with its look."""
    if text:
        sheet.write_string(row, column, text, look)
    else:
        sheet.write_blank(row, column, None, look)


def across(sheet: Worksheet, area: tuple[int, int, int, int], text: str, look: Format) -> None:
    """Text over several cells as one (first row, first column, last row, last column); a single cell stays one."""
    top, left, bottom, right = area
    if (top, left) != (bottom, right):
        sheet.merge_range(top, left, bottom, right, "", look)
    write(sheet, top, left, text, look)


def footer(sheet: Worksheet, whose: str) -> None:
    """Whose sheet this is and the page, on every page."""
    sheet.set_footer(f'&L&"{FONT}"&9{whose.replace("&", "&&")}&R&"{FONT}"&9第 &P 页，共 &N 页')
