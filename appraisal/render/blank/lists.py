"""List sheets: a row for each person, or a block of rows for each person's items, or empty rows for events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appraisal.model import Person, Span, column_letters
from appraisal.policy.shape import ItemSheet
from appraisal.render.blank.columns import ORDER, Head, blanks_of, identity, last_identity, who
from appraisal.render.blank.paper import GIVEN, INPUT, POINTS, TITLE_HEIGHT, Paper, across, footer
from appraisal.render.blank.rules import Rule, Setting, choice, dates, messages, rule_of
from appraisal.render.heights import text_height
from appraisal.render.looks import FONT_SIZE
from appraisal.standard import TOTAL, Column, SheetKind, Use, Value

ITEM_ROWS, EVENT_ROWS = 12, 20
"""Rows ready for each person's items, and for the events of a whole organisation."""
_ROW_HEIGHT, _HEAD_HEIGHT = 24.0, 36.0
_NUMBERS = {Value.DAYS: "0.0;-0.0;0", Value.PERCENT: "0%", Value.DATE: "yyyy-mm-dd", Value.NUMBER: "0.##"}


class Sheet(Struct, frozen=True):
    """A list to be drawn: on which tab, of which kind, whose, about whom."""

    tab: str
    kind: SheetKind
    setting: Setting
    whose: str
    people: Sequence[Person]
    heads: Sequence[Head]
    choices: dict[str, str]
    """Columns whose words stand on the guide's tab: their name and the formula of the range."""

    @property
    def titled(self) -> str:
        """出勤汇总表（2021-10）: as the reader wants it."""
        return f"{self.kind.title}（{self.setting.period}）" if self.kind.span is not None else self.kind.title


def draw_list(paper: Paper, sheet: Sheet) -> None:
    """One tab: title, whose it is, header, rows, notes."""
    width = sum(head.width for head in sheet.heads)
    page = paper.sheet(sheet.tab, landscape=width > 95, insert_rows=not sheet.kind.per_person)
    page.set_default_row(_ROW_HEIGHT)
    for place, head in enumerate(sheet.heads):
        page.set_column(place, place, head.width)
    top = _head(paper, page, sheet)
    rows = _rows(paper, page, sheet, top)
    _rules(paper, page, sheet, top, rows)
    _notes(paper, page, sheet, top + rows)
    page.freeze_panes(top, last_identity(sheet.heads))
    page.repeat_rows(0, top - 1)
    first = next(place for place, _, _ in blanks_of(sheet.heads)) if sheet.people else 1
    page.set_selection(top, first, top, first)
    footer(page, f"{sheet.whose}　{sheet.titled}")


def _head(paper: Paper, page: Worksheet, sheet: Sheet) -> int:
    """Title, whose it is and the header; the first row below them."""
    last = len(sheet.heads) - 1
    page.set_row(0, TITLE_HEIGHT)
    across(page, (0, 0, 0, last), sheet.titled, paper.ink.title)
    page.write_string(1, 0, f"{sheet.whose}{_hint(sheet)}", paper.ink.line)
    row = 2
    if sheet.kind.use is Use.SCORES:
        _rater(paper, page, row, last)
        row += 1
    page.set_row(row, _HEAD_HEIGHT)
    for place, head in enumerate(sheet.heads):
        known = head.name == ORDER or (head.column is None and sheet.people)
        page.write_string(row, place, head.heading, paper.ink.known if known else paper.ink.required if _must(head) else paper.ink.optional)
    return row + 1


def _must(head: Head) -> bool:
    return head.name == "姓名" or (head.column is not None and head.column.filled)


def _hint(sheet: Sheet) -> str:
    """What helps to fill it in, on the line that says whose it is."""
    if sheet.kind.use is Use.ATTENDANCE and sheet.setting.period.span is Span.MONTH:
        return f"　　本月应出勤 {sheet.setting.workdays} 天（工作日）"
    return "　　（橙色栏目必填）" if any(_must(head) for head in sheet.heads) else ""


def _rater(paper: Paper, page: Worksheet, row: int, last: int) -> None:
    """Who rates, and when: 分管领导签字 with the name beside it, as the reader looks for it. The day is a real date, which names no period."""
    page.set_row(row, 28)
    across(page, (row, 0, row, 1), "分管领导签字：", paper.ink.line)
    across(page, (row, 2, row, 3), "", paper.look(font_size=11, bottom=1, align="center", bg_color=INPUT, locked=False))
    across(page, (row, last - 1, row, last), "", paper.look(font_size=11, align="right", num_format='yyyy"年"m"月"d"日"', bg_color=INPUT, locked=False))
    across(page, (row, last - 2, row, last - 2), "（签字日期）", paper.ink.right)
    page.data_validation(row, last - 1, row, last - 1, {**dates(None), **messages("签字日期", "日期，写成 2021-10-08 这样；可以不填")})
    page.data_validation(row, 2, row, 2, {"validate": "any", **messages("打分人", "打分人的姓名；几位领导分别打分的，每人交一份")})


# ---- rows --------------------------------------------------------------------------------------------------------------


def _rows(paper: Paper, page: Worksheet, sheet: Sheet, top: int) -> int:
    """The rows below the header; how many."""
    inks = [(place, _ink(paper, column)) for place, _, column in blanks_of(sheet.heads)]
    firsts = [(place, _ink(paper, column, top=2)) for place, _, column in blanks_of(sheet.heads)]
    if not sheet.people:
        for row in range(top, top + EVENT_ROWS):
            _boxes(page, row, [(place, paper.ink.box) for place, head in identity(sheet.heads) if head.name != ORDER])
            _boxes(page, row, inks)
            page.write_number(row, 0, row - top + 1, paper.ink.given)
        return EVENT_ROWS
    block = 1 if sheet.kind.per_person else ITEM_ROWS
    for order, person in enumerate(sheet.people):
        first = top + order * block
        _who(paper, page, sheet, person, (first, order, block))
        if (needed := _height(sheet, person)) > _ROW_HEIGHT * block:
            page.set_row(first, needed - _ROW_HEIGHT * (block - 1))
        for row in range(first, first + block):
            _boxes(page, row, firsts if block > 1 and row == first else inks)
    return block * len(sheet.people)


def _height(sheet: Sheet, person: Person) -> float:
    """Points that a long name, department or post needs."""
    return max(text_height(str(who(person, head.name, 0)), head.width * POINTS, FONT_SIZE) for _, head in identity(sheet.heads))


def _ink(paper: Paper, column: Column, **more: object) -> Format:
    look = {"border": 1, "bg_color": INPUT, "locked": False, **more}
    if column.value in _NUMBERS:
        return paper.look(**look, align="center", num_format=_NUMBERS[column.value])
    return paper.look(**look, text_wrap=True, align="center" if column.choices else "left")


def _boxes(page: Worksheet, row: int, inks: Sequence[tuple[int, Format]]) -> None:
    for place, ink in inks:
        page.write_blank(row, place, None, ink)


def _who(paper: Paper, page: Worksheet, sheet: Sheet, person: Person, where: tuple[int, int, int]) -> None:
    """Who a row is about; over a block of items as one cell, but for the number of each item."""
    first, order, block = where
    ink = paper.ink.given if block == 1 else paper.look(border=1, top=2, text_wrap=True, align="center", bg_color=GIVEN, num_format="@")
    for place, head in identity(sheet.heads):
        if head.name == ORDER:
            for row in range(block):
                page.write_number(first + row, place, row + 1 if block > 1 else order + 1, paper.ink.given if row else ink)
        else:
            across(page, (first, place, first + block - 1, place), str(who(person, head.name, order + 1)), ink)


def _own(sheet: Sheet) -> ItemSheet | None:
    return sheet.setting.policy.item_sheet(sheet.kind.title)


# ---- rules and notes ---------------------------------------------------------------------------------------------------


def _rules(paper: Paper, page: Worksheet, sheet: Sheet, top: int, rows: int) -> None:
    """Drop-downs and limits, and for items a red cell where a begun row has a gap."""
    for place, head in enumerate(sheet.heads):
        source, column = sheet.choices.get(head.name), head.column
        if source is not None:
            rule = choice(head.name, source, f"从下拉列表选{head.name}", required=_must(head))
        elif column is not None and column.name == TOTAL.name:
            rule = _total(sheet, column, top + 1)
        elif column is not None:
            rule = rule_of(column, sheet.kind, sheet.setting, f"{column_letters(place + 1)}{top + 1}")
        else:
            continue
        if rule:
            page.data_validation(top, place, top + rows - 1, place, rule)
    if not sheet.kind.per_person:
        _gaps(paper, page, sheet, top, rows)


def _total(sheet: Sheet, column: Column, line: int) -> Rule:
    """A total need not be written; where it is, it must be the sum. No formula: a program that types into the sheet may not calculate."""
    own = _own(sheet)
    if own is None or own.score_mode != "points":
        return rule_of(column, sheet.kind, sheet.setting, f"{_letters(sheet, column.name)}{line}")
    total, first, last = (f"{_letters(sheet, name)}{line}" for name in (column.name, own.items[0].name, own.items[-1].name))
    what = "总分可以不填，汇总时自动合计；填了的必须等于各项之和"
    return {"validate": "custom", "value": f"=ROUND({total},2)=ROUND(SUM({first}:{last}),2)", **messages(column.name, what)}


def _letters(sheet: Sheet, name: str) -> str:
    return next(column_letters(place + 1) for place, head in enumerate(sheet.heads) if head.name == name)


def _gaps(paper: Paper, page: Worksheet, sheet: Sheet, top: int, rows: int) -> None:
    filled = [place for place, _, _ in blanks_of(sheet.heads)]
    first, last = (column_letters(place + 1) for place in (filled[0], filled[-1]))
    for place, head in enumerate(sheet.heads):
        if _must(head) and not (sheet.people and head.column is None):
            cell = f"${column_letters(place + 1)}{top + 1}"
            formula = f"=AND(COUNTA(${first}{top + 1}:${last}{top + 1})>0,ISBLANK({cell}))"
            page.conditional_format(top, place, top + rows - 1, place, {"type": "formula", "criteria": formula, "format": paper.gap})


def _notes(paper: Paper, page: Worksheet, sheet: Sheet, row: int) -> None:
    """Below the rows, running over the empty cells beside them."""
    for line, text in enumerate(_said(sheet), row):
        page.write_string(line, 0, text, paper.ink.note if text.startswith("注") else paper.look(locked=False))


def _said(sheet: Sheet) -> Iterator[str]:
    """What stands under the rows: notes and the line for signatures, in words the reader passes over."""
    match sheet.kind.use:
        case Use.ATTENDANCE:
            yield "注：以天为单位，最小半天（填 0.5）；空着就是 0。交表即表示已经核对。"
        case Use.RATING:
            yield "注：领导评价档次必须填写；存在直接确定为“好”、“较差”情形或出勤未达标的，应在领导意见栏进行说明。"
        case Use.WORK_LEDGER:
            yield f"注：每人备有 {ITEM_ROWS} 行，没有用到的行空着；不够时在该人的中间一行上插入行。"
        case Use.SCORES if _own(sheet) is not None:
            yield "注：总分可以不填，汇总时按各项自动合计。"
        case Use.ADJUSTMENTS | Use.CIRCUMSTANCES:
            yield "注：没有事项的，这张表不用交回。"
        case _:
            pass
    if sheet.kind.use is not Use.SCORES:
        yield "填表人：　　　　　　　　　　审核人：　　　　　　　　　　日期：　　　　年　　月　　日"
