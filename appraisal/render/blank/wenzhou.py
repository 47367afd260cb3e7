"""附件1–3 of 温州: 一周小记表, 月度小结表, 季度评价表, as printed, with the leave taken apart by kind."""

from __future__ import annotations

from appraisal.render.blank.grid import Form, Grid
from appraisal.render.blank.paper import Paper
from appraisal.render.blank.rules import Rule, choice, messages, rule_of
from appraisal.standard import GRADES, LEAVE_COLUMNS, MONTH_FORM, RATING_FORM, WEEK_NOTES, Column, Value

_STATES = ("进行中", "已完成", "无法完成")
_NOTE_ROWS = 15
_NOTE_HEADS = (("序号", 6), ("日期", 13), ("事项", 44), ("完成时限", 14), ("完成情况", 13), ("备注", 26))
_LEAVE = tuple(column for column in LEAVE_COLUMNS if column.name != "旷工")
_TO_DATE = {column.name.removeprefix("累计"): column for column in MONTH_FORM.columns if column.name.startswith("累计")}
_SUMMARY = (("日常工作\n（简要）", 110), ("重要任务项目", 110), ("存在的问题", 90), ("下步打算", 90))
_SIGNED = "（处室或分支机构负责人）签字："
_FOOTNOTE = "注：存在直接确定为“好”、“较差”情形或出勤未达标的应在意见栏进行说明。"


def week_notes(paper: Paper, form: Form) -> None:
    """附件1: one person's week, fifteen ruled rows."""
    grid = Grid(paper, form, [width for _, width in _NOTE_HEADS], landscape=True, height=27)
    person, period = form.person, form.setting.period
    week = form.week.number if form.week else 0
    grid.title(WEEK_NOTES.title, _days(form))
    where = " ".join(
        part for part in (f"{form.person.unit}{person.department}" if person.unit != person.department else person.department, person.post) if part
    )
    line = f"姓名：{person.name}    单位及职务：{where}    时间：{period.year}年（{period.number}）月第（{week}）周"
    grid.page.write_string(2, 0, line, grid.ink.line)
    for place, (head, _) in enumerate(_NOTE_HEADS):
        grid.put((3, place, 3, place), head, grid.ink.required if head in ("事项", "完成情况") else grid.ink.known, 28)
    box, text = grid.ink.box, grid.ink.text
    grid.ruled(range(4, 4 + _NOTE_ROWS), 0, (box, text, box, box, text))
    for place, rule in _note_rules():
        grid.page.data_validation(4, place, 3 + _NOTE_ROWS, place, rule)
    grid.page.write_string(4 + _NOTE_ROWS, 0, "注：已完成的在备注写完成时间，无法完成的在备注写原因。本表自行保管，月末附在月度小结表之后。", grid.ink.note)
    grid.page.freeze_panes(4, 0)
    grid.page.set_selection(4, 1, 4, 1)


def _days(form: Form) -> str:
    """The working days of the week, without a year: the period is said below."""
    week = form.week
    if week is None:
        return ""
    first, last = (f"{day.month}月{day.day}日" for day in (week.first, week.last))
    return first if first == last else f"{first}至{last}"


def _note_rules() -> tuple[tuple[int, Rule], ...]:
    any_text: Rule = {"validate": "any"}
    return (
        (1, {**any_text, **messages("日期", "接到任务的日期，例如 10月8日")}),
        (4, choice("完成情况", _STATES, f"从下拉列表选：{'、'.join(_STATES)}", required=True)),
        (5, {**any_text, **messages("备注", "已完成的写完成时间，无法完成的写原因")}),
    )


def month_summary(paper: Paper, form: Form) -> None:
    """附件2: the month summed up, and days of leave by kind: this month's and the year's so far."""
    grid = Grid(paper, form, (12, 16, 13, 13, 13, 13, 13))
    grid.title(MONTH_FORM.title, f"{form.setting.period.year}年（{form.setting.period.number}）月份")
    grid.pairs(2, _identity(form), 4)
    grid.label((4, 0, 7, 0), "个人小结")
    for row, (label, height) in enumerate(_SUMMARY, 4):
        grid.label((row, 1, row, 1), label, height)
        grid.box((row, 2, row, 6))
    _attendance(grid, 8)
    grid.label((11, 0, 12, 1), "直管领导审定", 56)
    grid.box((11, 2, 11, 6))
    grid.put((12, 2, 12, 6), "签字：", grid.ink.signature, 28)
    grid.end(13, f"注：本月应出勤 {form.setting.workdays} 天（工作日）。病假、事假、年休等分开填写，半天填 0.5，没有的空着。")


def _attendance(grid: Grid, top: int) -> None:
    """A line for the month and a line for the year so far, a column for each kind of leave."""
    grid.label((top, 0, top + 2, 0), "出勤情况\n（天）")
    for row, head in enumerate(("", "本月", "全年累计"), top):
        grid.label((row, 1, row, 1), head, 26)
    for place, column in enumerate(_LEAVE, 2):
        grid.label((top, place, top, place), column.name)
        grid.box((top + 1, place, top + 1, place), rule=_days_rule(grid, column, top + 1, place), look=grid.ink.days)
        to_date = _TO_DATE.get(column.name)
        if to_date is None:
            grid.given((top + 2, place, top + 2, place), "")
        else:
            grid.box((top + 2, place, top + 2, place), rule=_days_rule(grid, to_date, top + 2, place), look=grid.ink.days)


def _days_rule(grid: Grid, column: Column, row: int, place: int) -> Rule:
    assert column.value is Value.DAYS
    return rule_of(column, MONTH_FORM, grid.form.setting, f"{'ABCDEFG'[place]}{row + 1}")


def quarter_rating(paper: Paper, form: Form) -> None:
    """附件3: two rows of four boxes, one to be ticked in each."""
    grid = Grid(paper, form, (12, 14, 16, 16, 16, 16))
    grid.title(RATING_FORM.title, f"{form.setting.period.year}年第（{form.setting.period.number}）季度")
    grid.pairs(2, _identity(form), 3)
    grid.label((4, 0, 7, 0), "个人自评")
    for row, (label, height) in enumerate((("主要工作\n亮点及成效", 150), ("存在的不足\n和改进措施", 110)), 4):
        grid.label((row, 1, row, 1), label, height)
        grid.box((row, 2, row, 5))
    grid.label((6, 1, 7, 1), "自评\n档次")
    grid.ticks(6, 2, GRADES)
    grid.label((8, 0, 11, 0), "领导评价")
    grid.label((8, 1, 9, 1), "领导\n评价\n档次")
    grid.ticks(8, 2, GRADES)
    grid.label((10, 1, 11, 1), "领导\n意见栏", 90)
    grid.box((10, 2, 10, 5))
    grid.put((11, 2, 11, 5), _SIGNED, grid.ink.signature, 28)
    grid.end(12, _FOOTNOTE)


def _identity(form: Form) -> tuple[tuple[str, str], ...]:
    person = form.person
    return ("姓名", person.name), ("所属处室/\n分支机构", person.unit), ("科室", person.department), ("职务", person.post or person.rank)
