"""The problems of a workbook that cannot be marked, as a list of its own."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter

from appraisal.problems import Problem
from appraisal.render.returned.marker import GUIDE
from appraisal.render.returned.wording import COLUMNS, LIST, clean, heading, height, line, lines_of

_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
_FONT = "宋体"
_TINTS = ("#FFEB9C", "#FFC7CE")


def listed(file: str, problems: Sequence[Problem]) -> bytes:
    """A workbook with one tab. It bears no mark: dropped into input/, it replaces nothing."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"退回：{clean(file)}"[:255], "created": _CREATED})
    face = {"font_name": _FONT, "font_size": 11, "text_wrap": True, "valign": "vcenter"}
    body = book.add_format({**face, "border": 1})
    tints = [book.add_format({**face, "border": 1, "bg_color": tint, "align": "center"}) for tint in _TINTS]
    sheet = book.add_worksheet(GUIDE)
    last = len(COLUMNS) - 1
    wide = sum(width for _, width in COLUMNS)
    title = heading(file, problems)
    for row, (text, form) in enumerate(((title, {**face, "bold": True, "font_size": 14}), (LIST, face))):
        sheet.merge_range(row, 0, row, last, "")
        sheet.write_string(row, 0, text, book.add_format(form))
        sheet.set_row(row, 22.0 * lines_of(text, wide - 30 * (row == 0)) + 6)
    head = book.add_format({**face, "border": 1, "bold": True, "bg_color": "#DDEBF7", "align": "center"})
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, name, head)
    for row, problem in enumerate(problems, 3):
        sheet.set_row(row, height(problem))
        for column, text in enumerate(line(problem)):
            sheet.write_string(row, column, text, body if column else tints[problem.is_error])
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return target.getvalue()
