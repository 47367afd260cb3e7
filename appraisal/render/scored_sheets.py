"""测评表: the scoring sheets of a regulation filled with the mean of all raters, totals and grades."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appraisal.model import Cell, Decision, Part, Verdict, number
from appraisal.policy.shape import ItemSheet, Policy
from appraisal.render.filing import result_on_form
from appraisal.render.heights import line_count
from appraisal.render.lists import CREATED
from appraisal.render.tab_names import tab_names

_TITLE_FONT, _BODY_FONT = "方正小标宋简体", "仿宋_GB2312"
_FIRST = 5
"""The row of the first department, from 0."""
Rating = tuple[Decision, Part]
"""Somebody and what the raters gave."""


def scored_sheets(verdicts: Sequence[Verdict], policy: Policy, mark: str) -> bytes | None:
    """测评表.xlsx: for each scoring sheet and result period a tab like the paper form; None where nothing was scored so."""
    tabs = [(own, verdict, lines) for own in policy.item_sheets for verdict in verdicts if (lines := list(_rated(verdict, _part_of(own, policy))))]
    if not tabs:
        return None
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": "测评表", "created": CREATED})
    several = len(policy.item_sheets) > 1
    names = tab_names([f"{own.sheet if several else '测评表'}{verdict.period.chinese}" for own, verdict, _ in tabs])
    for name, (own, verdict, lines) in zip(names, tabs, strict=True):
        _draw(_Drawing(book, book.add_worksheet(name), own, mark), lines, verdict)
    book.close()
    return target.getvalue()


def _part_of(own: ItemSheet, policy: Policy) -> str:
    """The name of the ingredient that comes from a scoring sheet."""
    return next((part.name for rule in policy.scores for part in rule.parts if part.sheet == own.sheet), "")


def _rated(verdict: Verdict, name: str) -> Iterator[Rating]:
    """Everybody in scope who was rated on a sheet, in the order of the roster."""
    for decision in verdict.decisions:
        score = decision.proposal.standing.score
        part = next((part for part in score.parts if part.name == name), None) if score is not None else None
        if decision.proposal.in_scope and part is not None and (part.value is not None or part.cells):
            yield decision, part


def raters(cells: Sequence[Cell]) -> int:
    """How many people rated: each handed in one row about a person."""
    return len({(cell.file, cell.sheet, cell.row) for cell in cells})


class _Drawing:
    """One tab in the making."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet, own: ItemSheet, mark: str) -> None:
        self.book, self.sheet, self.own, self.mark = book, sheet, own, mark
        self.heads = ["姓名", *(f"{item.name}（{number(item.weight * 100)}%）" for item in own.items), "总分", "考核等次", "打分人数"]
        self.last = len(self.heads) - 1

    def look(self, size: float = 12, **properties: object) -> Format:
        family = {"font_name": _BODY_FONT, "font_family": 1, "font_charset": 134}
        return self.book.add_format({**family, "font_size": size, "valign": "vcenter", "text_wrap": True, **properties})

    def line(self, row: int, text: str, look: Format, height: float, start: int = 0, to: int | None = None) -> None:
        """A text over the whole width, or over some columns."""
        self.sheet.merge_range(row, start, row, self.last if to is None else to, "", look)
        self.sheet.write_string(row, start, text, look)
        self.sheet.set_row(row, height)


def _draw(drawing: _Drawing, lines: Sequence[Rating], verdict: Verdict) -> None:
    sheet = drawing.sheet
    # Just wide enough for the name of an item: its （30%） goes to a second line.
    widths = [12, *(2 * len(item.name) + 3.5 for item in drawing.own.items), 10, 13, 11]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    drawing.line(0, drawing.mark, drawing.look(14, font_name="黑体", font_color="#C00000"), 20)
    drawing.line(1, drawing.own.sheet, drawing.look(22, font_name=_TITLE_FONT, align="center"), 34)
    drawing.line(2, f"（{verdict.period.heading}）", drawing.look(14, font_name="楷体_GB2312", align="center"), 24)
    drawing.line(3, "分管领导签字：", drawing.look(), 26, to=drawing.last - 3)
    drawing.line(3, "年　　月　　日", drawing.look(align="right"), 26, start=drawing.last - 2)
    head = drawing.look(border=1, align="center")
    for place, text in enumerate(drawing.heads):
        sheet.write_string(4, place, text, head)
    sheet.set_row(4, 52)
    row = _people(drawing, lines)
    drawing.line(row, _note(drawing.own), drawing.look(), 24)
    _page(sheet, row, drawing.last)


def _people(drawing: _Drawing, lines: Sequence[Rating]) -> int:
    """The rows, under the names of their departments; the first row below them."""
    plain, score = drawing.look(border=1, align="center"), drawing.look(border=1, align="center", num_format="0.00")
    group = drawing.look(border=1, bg_color="#F2F2F2", indent=1)
    row = _FIRST
    for row, line in enumerate(_grouped(lines), _FIRST):
        if isinstance(line, str):
            drawing.line(row, line, group, 21)
            continue
        for place, value in enumerate(_values(*line, drawing.own)):
            if isinstance(value, int | Fraction):
                drawing.sheet.write_number(row, place, float(value), score if isinstance(value, Fraction) else plain)
            else:
                drawing.sheet.write_string(row, place, str(value), plain)
        drawing.sheet.set_row(row, max(22, 17 * line_count(line[0].person.name, 5)))
    return row + 1


def _grouped(lines: Sequence[Rating]) -> Iterator[str | Rating]:
    """The lines, those of each department behind its name."""
    several = len({decision.person.unit for decision, _ in lines}) > 1
    for (unit, department), members in groupby(lines, key=lambda line: (line[0].person.unit, line[0].person.department)):
        yield f"{unit}　{department}" if several else department
        yield from members


def _values(decision: Decision, part: Part, own: ItemSheet) -> tuple[object, ...]:
    """A person's line: the points of each item (the mean of all raters) as they were given, and what follows from them."""
    worth = {item.name: Fraction(1) if own.score_mode == "points" else item.weight for item in own.items}
    points = (part.details[item.name] / worth[item.name] if item.name in part.details and worth[item.name] else "" for item in own.items)
    score = decision.proposal.standing.score
    whole = score is not None and score.value is not None and score.parts == (part,)
    total = score.value if whole and score is not None else part.value
    return (decision.person.name, *points, total if total is not None else "", result_on_form(decision), raters(part.cells))


def _note(own: ItemSheet) -> str:
    mode = "每项按百分制打分，再乘权重" if own.score_mode == "percent" else "每项最高分即其权重"
    return f"备注：此表由打分人根据人员各方面实际表现进行打分，{mode}；几个人打分的，各项为平均分。总分四舍五入，保留两位小数。"


def _page(sheet: Worksheet, row: int, last: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(0.7, 0.7, 0.7, 0.7)
    sheet.freeze_panes(5, 1)
    sheet.repeat_rows(4)
    sheet.print_area(0, 0, row, last)
    sheet.hide_gridlines(2)
    sheet.set_footer('&C&"宋体"&10第 &P 页，共 &N 页')
