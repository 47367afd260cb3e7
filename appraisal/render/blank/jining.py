"""附件1 and 附件2 of 济宁: 每周工作记实 and 每月考核备案表, as printed."""

from __future__ import annotations

from appraisal.render.blank.grid import Form, Grid
from appraisal.render.blank.paper import Paper
from appraisal.standard import MONTH_RECORD, TASK_COLUMNS, WEEK_RECORD

_WIDTHS = (19, 8, 44, 16, 18)
_WEEK_ROWS, _MONTH_ROWS = 12, 10
_SIGNATURE, _DATE = "签名：", "　　　　年　　月　　日"


def week_record(paper: Paper, form: Form) -> None:
    """附件1: one person's week, twelve ruled rows."""
    grid = Grid(paper, form, _WIDTHS, height=42)
    period = f"{form.setting.period.year}年{form.setting.period.number}月"
    if form.week is not None:
        first, last = (f"{day.year}年{day.month}月{day.day}日" for day in (form.week.first, form.week.last))
        period = f"（{first}---{last}）"
    grid.title(WEEK_RECORD.title, period)
    grid.pairs(2, _identity(form), 3)
    end = _tasks(grid, 4, "工作任务完成情况", _WEEK_ROWS)
    grid.end(end, "备注：此表每月底交局人事科存档")


def month_record(paper: Paper, form: Form) -> None:
    """附件2: one person's month, ten ruled rows; opinion and signatures below."""
    grid = Grid(paper, form, _WIDTHS, height=28)
    grid.title(MONTH_RECORD.title, f"（{form.setting.period.chinese}）")
    grid.pairs(2, _identity(form), 3)
    for row, (label, height) in enumerate((("科室业务责任目标\n暨亮点工作", 60), ("个人岗位职责\n暨承担业务", 50)), 4):
        grid.label((row, 0, row, 0), label, height)
        grid.box((row, 1, row, 4))
    end = _tasks(grid, 6, "工作任务完成情况\n（本月主要任务）", _MONTH_ROWS)
    _signed(grid, end, "分管领导或\n内设机构负责人评语及考核等次\n建议", _SIGNATURE + _DATE)
    _signed(grid, end + 2, "考核委员会\n意　见", _DATE)
    grid.label((end + 4, 0, end + 4, 0), "未确定等次或不参加考核情况说明", 46)
    grid.box((end + 4, 1, end + 4, 4))
    grid.end(end + 5)


def _identity(form: Form) -> tuple[tuple[str, str], ...]:
    person = form.person
    return ("科　室", person.department), ("姓　名", person.name), ("职　务", person.post or person.rank), ("任现职时间", person.since)


def _tasks(grid: Grid, top: int, label: str, ruled: int) -> int:
    """The list of tasks beside its label; the first row below it."""
    grid.label((top, 0, top + ruled, 0), label)
    for place, head in enumerate(TASK_COLUMNS, 1):
        grid.label((top, place, top, place), head, 24)
    grid.ruled(range(top + 1, top + 1 + ruled), 1, (grid.ink.text, grid.ink.box, grid.ink.box))
    grid.page.set_selection(top + 1, 2, top + 1, 2)
    return top + 1 + ruled


def _signed(grid: Grid, row: int, label: str, signature: str) -> None:
    """A block for words, and under it the line to be signed by hand."""
    grid.label((row, 0, row + 1, 0), label, 56)
    grid.box((row, 1, row, 4))
    grid.put((row + 1, 1, row + 1, 4), signature, grid.ink.signed, 24)
