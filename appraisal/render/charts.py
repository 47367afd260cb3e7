"""图表: the charts of the page for the leaders, native, in a tab of the ledger, each beside the numbers it is drawn from.

Fills are patterns as well as colours, and every bar has its number, so that a black-and-white print says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import xlsxwriter
from msgspec import Struct
from xlsxwriter.worksheet import Worksheet

from appraisal.render.looks import Looks, whole_page
from appraisal.render.report import figures
from appraisal.render.report.bars import MANY
from appraisal.render.report.figures import (
    OUTCOMES,
    MonthAway,
    Previous,
    Seats,
    Tally,
)
from appraisal.result import Result

TAB = "图表"
_NOTHING: Previous = MappingProxyType({})
_COLUMNS, _FIRST_WIDTH, _WIDTH = 9, 30, 9
"""Columns of the tab and their widths in characters: a page upright."""
_ROW_PIXELS, _CHART_PIXELS = 20, 740
_FONT = {"name": "宋体", "size": 9}
_FILLS: tuple[Mapping[str, Any], ...] = (
    {"fill": {"color": "#1F4E79"}},
    {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#5B86B0", "bg_color": "#FFFFFF"}},
    {"pattern": {"pattern": "percent_20", "fg_color": "#333333", "bg_color": "#FFFFFF"}},
    {"pattern": {"pattern": "trellis", "fg_color": "#7F1D1D", "bg_color": "#F3D9CF"}},
    {"pattern": {"pattern": "light_horizontal", "fg_color": "#7D8790", "bg_color": "#FFFFFF"}},
    {"fill": {"color": "#FFFFFF"}},
    {"pattern": {"pattern": "light_vertical", "fg_color": "#A07C00", "bg_color": "#FFF3C4"}},
    {"pattern": {"pattern": "large_check", "fg_color": "#8A8F95", "bg_color": "#FFFFFF"}},
)
"""How each of OUTCOMES looks."""
_AT_CAP = {"type": "long_dash", "size": 14, "fill": {"color": "#000000"}, "border": {"color": "#000000"}}
"""A mark at every group, for a line through one group alone would not be seen."""
_TAKEN, _FREE = _FILLS[0], _FILLS[1]


_Row = tuple[str | float, ...]


class _Block(Struct, frozen=True):
    """A table and its chart: the heading row holds the names of the series, the first column those of the bars."""

    title: str
    head: tuple[str, ...]
    rows: tuple[_Row, ...]
    fills: tuple[Mapping[str, Any], ...]
    kind: str = "percent_stacked"
    is_capped: bool = False
    """The last column is the cap, drawn as a line."""
    most: float | None = None
    """Where the scale ends, if not by itself."""


def add_charts(book: xlsxwriter.Workbook, result: Result, previous: Previous = _NOTHING) -> None:
    """Adds the tab 图表 to a workbook; nothing where there is nothing to draw."""
    blocks = _blocks(result, previous)
    if not blocks:
        return
    sheet, looks = book.add_worksheet(TAB), Looks(book)
    about = result.policy.regulation
    whole_page(sheet, result.policy)
    sheet.set_portrait()
    sheet.set_column(0, 0, _FIRST_WIDTH)
    sheet.set_column(1, _COLUMNS - 1, _WIDTH)
    sheet.hide_gridlines(2)
    sheet.merge_range(0, 0, 0, _COLUMNS - 1, f"{result.mark}{about.organisation}　{result.period.chinese}平时考核图表", looks.title)
    sheet.set_row_pixels(0, 40)
    row, used, breaks = 2, 3, []
    for block in blocks:
        height = _chart_rows(block) + len(block.rows) + 3
        if used + height > _PAGE_ROWS and used > 3:
            breaks.append(row)
            used = 0
        _draw(book, sheet, looks, block, row)
        row, used = row + height, used + height
    sheet.set_h_pagebreaks(breaks)
    sheet.print_area(0, 0, row - 2, _COLUMNS - 1)


_PAGE_ROWS = 60
"""Rows that fit on a page at the width of the tab."""


def _chart_rows(block: _Block) -> int:
    """How high a chart is, in rows of the tab: columns stand side by side, bars lie one below the other."""
    return 13 if block.kind == "stacked" else 6 + len(block.rows) + len(block.rows) // 4


# ---- the numbers -------------------------------------------------------------------------------------------------------


def _blocks(result: Result, previous: Previous) -> list[_Block]:
    graded, months = figures.is_graded(result), figures.attendance(result)
    found: list[_Block] = []
    if graded:
        unit = "（各月合计，人次）" if len(result.verdicts) > 1 else "（人）"
        units = figures.by_unit(result)
        place, rows = ("各呈报单位", units) if len(units) > 1 else ("各科室", figures.by_department(result))
        found.append(_ratio(figures.seats(result), several=len(result.verdicts) > 1))
        found += [_grades(f"{place}等次分布{unit}", place[1:], rows), _grades(f"各职务职级等次分布{unit}", "职务职级", figures.by_band(result))]
        if len(periods := figures.by_period(result, previous)) > 1:
            found.append(_grades("各期等次（人）", "考核周期", periods))
    if any(month.share is not None for month in months):
        found.append(_attended(months))
    return [block for block in found if block.rows]


def _grades(title: str, head: str, rows: Sequence[Tally]) -> _Block:
    """Only grades that occur, and of very many rows only the first."""
    drawn = rows[:MANY]
    used = [place for place in range(len(OUTCOMES)) if any(row.counts[place] for row in drawn)]
    lines: tuple[_Row, ...] = tuple((row.name, *(row.counts[place] for place in used)) for row in drawn)
    cut = f"，前 {MANY} 个" if len(rows) > len(drawn) else ""
    return _Block(f"{title}{cut}", (head, *(OUTCOMES[place] for place in used)), lines, tuple(_FILLS[place] for place in used))


def _ratio(rows: Sequence[Seats], *, several: bool) -> _Block:
    name = {id(row): f"{row.period.chinese} {row.group.name}" if several else row.group.name for row in rows}
    drawn = rows if len(rows) <= MANY else sorted(rows, key=lambda row: -row.whole)[:MANY]
    lines: tuple[_Row, ...] = tuple((name[id(row)], _share(row.group.share), _share(row.outside), _share(row.limit)) for row in drawn)
    return _Block("好等次比例与上限", ("范围", "占名额的好", "不占比例的好", "上限"), lines, (_TAKEN, _FREE), "stacked", is_capped=True)


def _attended(months: Sequence[MonthAway]) -> _Block:
    lines: tuple[_Row, ...] = tuple((month.period.chinese, _share(month.share), _share(1 - month.share)) for month in months if month.share is not None)
    return _Block("各月出勤率", ("月份", "出勤", "缺勤"), lines, (_TAKEN, _FREE), "stacked", most=1)


def _share(value: Fraction) -> float:
    """An exact share as a cell holds it."""
    return round(float(value), 6)


# ---- on the tab --------------------------------------------------------------------------------------------------------


def _draw(book: xlsxwriter.Workbook, sheet: Worksheet, looks: Looks, block: _Block, row: int) -> None:
    """The chart from `row` on, its numbers below."""
    plain, share = looks(border=1), looks(border=1, num_format="0.00%")
    top = row + _chart_rows(block)
    for column, words in enumerate(block.head):
        sheet.write_string(top, column, words, looks.head)
    for place, line in enumerate(block.rows, top + 1):
        for column, value in enumerate(line):
            if isinstance(value, str):
                sheet.write_string(place, column, value, plain)
            else:
                sheet.write_number(place, column, value, plain if isinstance(value, int) else share)
    for place in range(row, top + len(block.rows) + 2):
        sheet.set_row_pixels(place, _ROW_PIXELS)
    sheet.insert_chart(row, 0, _chart(book, block, top), {"object_position": 1, "y_offset": 4, "description": block.title})


def _chart(book: xlsxwriter.Workbook, block: _Block, head: int) -> Any:  # noqa: ANN401 - xlsxwriter has no types
    """Shares stand up as columns, so that the cap is a line across them; counts lie down, the first on top."""
    upright = block.kind == "stacked"
    chart = book.add_chart({"type": "column" if upright else "bar", "subtype": block.kind})
    for place, fill in enumerate(block.fills, 1):
        chart.add_series(
            _series(block, head, place) | dict(fill) | {"border": {"color": "#222222", "width": 0.75}, "gap": 60, "data_labels": _labels(block, place)}
        )
    if block.is_capped:
        cap = book.add_chart({"type": "line"})
        cap.add_series(_series(block, head, len(block.head) - 1) | {"line": {"color": "#000000", "width": 1.75, "dash_type": "dash"}, "marker": _AT_CAP})
        chart.combine(cap)
    chart.set_title({"name": block.title, "name_font": {"name": "宋体", "size": 11}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": _FONT})
    grid = {"visible": True, "line": {"color": "#D0D0D0"}}
    names, numbers = (
        {"num_font": _FONT, "major_gridlines": {"visible": False}},
        {"num_font": _FONT, "num_format": "0%", "min": 0, "max": block.most, "major_gridlines": grid},
    )
    chart.set_x_axis(names if upright else numbers)
    chart.set_y_axis(numbers if upright else names | {"reverse": True, "crossing": "max"})
    chart.set_size({"width": _CHART_PIXELS, "height": _chart_rows(block) * _ROW_PIXELS - 6})
    return chart


def _series(block: _Block, head: int, column: int) -> dict[str, object]:
    last = head + len(block.rows)
    return {"name": [TAB, head, column], "categories": [TAB, head + 1, 0, last, 0], "values": [TAB, head + 1, column, last, column]}


def _labels(block: _Block, column: int) -> dict[str, object]:
    """Numbers on the bars, none where there is nothing; white on the dark fill."""
    empty = [{"delete": True} if not line[column] else None for line in block.rows]
    dark = block.fills[column - 1] is _TAKEN
    font = _FONT | {"bold": True, "color": "#FFFFFF" if dark else "#000000"}
    return {"value": True, "font": font, "custom": empty} | ({} if dark else {"fill": {"color": "#FFFFFF"}})
