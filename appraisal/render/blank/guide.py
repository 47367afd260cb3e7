"""填表说明: what to fill in, within which limits, until when, on which clause, written from the policy.

No line may end with the bare title of a sheet: the reader would take the tab for that sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from xlsxwriter.worksheet import Worksheet

from appraisal.model import Person, Span
from appraisal.policy.say.clauses import numeral
from appraisal.policy.say.phrases import cite, listed, said
from appraisal.policy.say.work import handed_in
from appraisal.policy.shape import Input, Policy
from appraisal.render.blank.paper import POINTS, Paper, across, footer
from appraisal.render.blank.rules import Setting, words_of
from appraisal.render.blank.rules import said as takes
from appraisal.render.heights import text_height
from appraisal.standard import Column, Layout, SheetKind, Use

TAB = "填表说明"
LIST_COLUMN = 5
"""Where the people and words for drop-down lists stand, right of what is printed."""
_WIDTHS = (24, 24, 62)
_SIZE = 11
_NOT_ASKED = ("职务", "任现职时间")


class Guide(Struct, frozen=True):
    """What a workbook's guide is about: whose it is, which sheets it holds, what is due."""

    heading: str
    whose: str
    policy: Policy
    sheets: Sequence[tuple[str, SheetKind, Setting]]
    entries: Sequence[Input]
    dues: Sequence[str]
    people: Sequence[Person] = ()
    """Those to choose from in drop-down lists, where rows are not theirs already."""


def draw_guide(paper: Paper, guide: Guide) -> dict[str, str]:
    """The tab; returns the ranges that lists of people are taken from, by column."""
    page = paper.sheet(TAB, landscape=False)
    for place, width in enumerate(_WIDTHS):
        page.set_column(place, place, width)
    row = _top(paper, page, guide)
    for place, (title, lines) in enumerate(_sections(guide), 1):
        row = _section(paper, page, row, f"{numeral(place)}、{title}", lines)
        if place == 2:
            row = _columns(paper, page, row, guide)
    page.print_area(0, 0, row, len(_WIDTHS) - 1)
    footer(page, f"{guide.whose}　填表说明")
    return _choices(paper, page, guide)


def _top(paper: Paper, page: Worksheet, guide: Guide) -> int:
    about = guide.policy.regulation
    page.set_row(0, 36)
    across(page, (0, 0, 0, 2), f"{guide.heading} 填表说明", paper.ink.title)
    across(page, (1, 0, 1, 2), f"{about.organisation}《{about.title}》{about.document}", paper.look(font_size=11, align="center"))
    across(page, (2, 0, 2, 2), guide.whose, paper.look(font_size=11, align="center", bold=True))
    page.set_row(1, 22)
    page.set_row(2, 22)
    return 3


def _sections(guide: Guide) -> Iterator[tuple[str, Sequence[str]]]:
    yield "怎样填", list(_how(guide))
    yield "要填的表和栏目", list(_materials(guide))
    if rules := list(_rules(guide)):
        yield "和填表有关的规定", rules
    if guide.dues:
        yield "期限", [f"· {due}" for due in guide.dues]


def _how(guide: Guide) -> Iterator[str]:
    if guide.people:
        yield "1. 只填浅黄色的格子，一件事一行；姓名从下拉列表选，同名的要填工号或科室。没有要填的，这张表不用交回。"
    else:
        yield "1. 只填浅黄色的格子。灰色的格子（姓名、工号、科室、职务等）已按人员名册填好并锁定；名单有出入的，请告诉人事部门更正名册，不要自己增减。"
    yield "2. 有下拉箭头的从列表里选；填得不对会当场提示。橙色的栏目必须填写，浅黄色的栏目没有就空着，不要写“同上”。"
    yield "3. 表名、括号里的周期和栏目名称不要改，工作表不要删除或隐藏；文件名可以改。工作表保护没有密码，只为防止误改。"
    yield "4. 填好保存后，把整个文件交回，放入收表文件夹即可，不用另存为别的格式（WPS、Excel 97 的 .xls 也能读）。"
    if len({setting.period for _, _, setting in guide.sheets}) > 1:
        yield "5. 本工作簿含几个周期的表，全部填好后一次交回；需要按月交表的，请人事部门另发当月的空白表。"


def _materials(guide: Guide) -> Iterator[str]:
    """Each material as the policy says it, and which of its sheets this is."""
    here = {kind.title for _, kind, _ in guide.sheets}
    for entry in guide.entries:
        sent, other = ([f"《{sheet}》" for sheet in entry.sheets if (sheet in here) == wanted] for wanted in (True, False))
        yield f"· {handed_in(entry)}" + (f"本次发的是{listed(sent)}，不要再交{listed(other)}。" if other else "")


def _rules(guide: Guide) -> Iterator[str]:
    """What follows from days of leave, and what else the person who fills in must know."""
    policy = guide.policy
    uses = {kind.use for _, kind, _ in guide.sheets}
    if uses & {Use.ATTENDANCE, Use.RATING} and policy.attendance is not None:
        rule = policy.attendance
        yield f"· {listed(rule.absent)}算缺勤，{listed(rule.exempt)}不算；出勤率低于 {said(rule.floor)}的，等次不得高于{rule.ceiling}{cite(rule)}。"
    if Use.ATTENDANCE in uses and policy.long_leave is not None:
        leave = policy.long_leave
        of, days = ("当月" if leave.of == "month" else "当季"), ("工作日" if leave.days == "working" else "日历天数")
        yield f"· {listed(leave.counts)}累计超过{of}{days}的{said(leave.over)}，不确定等次{cite(leave)}。"
    if Use.RATING in uses:
        yield f"· 等次由领导评价产生，自评只作参考；两栏都只选一个档次{cite(policy.grading)}。"
        for one in policy.circumstances:
            if "opinion" in one.needs:
                yield f"· {one.kind}的，领导意见栏必须说明{cite(one)}。"
    if Use.WORK_LEDGER in uses:
        yield "· 每项工作一行，同一事项只填一次；“调整”的要有分管副主任和主任同意，“完成”的完成比例不填或填 100%。"
    if Use.ADJUSTMENTS in uses:
        yield "· 日期要在考核周期内，同一事项只算一次。"


def _section(paper: Paper, page: Worksheet, row: int, title: str, lines: Sequence[str]) -> int:
    page.set_row(row, 28)
    across(page, (row, 0, row, 2), title, paper.look(bold=True, font_size=13, valign="bottom"))
    for line in lines:
        row += 1
        page.set_row(row, text_height(line, sum(_WIDTHS) * POINTS, _SIZE))
        across(page, (row, 0, row, 2), line, paper.look(font_size=_SIZE, text_wrap=True))
    return row + 1


def _columns(paper: Paper, page: Worksheet, row: int, guide: Guide) -> int:
    """A table: sheet, column, what may stand there."""
    head, cell = paper.ink.known, paper.look(border=1, text_wrap=True)
    groups = _alike(guide)
    if not groups:
        return row
    for place, text in enumerate(("表", "栏目", "填什么")):
        page.write_string(row, place, text, head)
    page.set_row(row, 22)
    for tabs, lines in groups:
        first = row + 1
        least = max(20.0, (len(tabs) * 15 + 6) / len(lines))
        for name, what in lines:
            row += 1
            page.set_row(row, max(least, text_height(what, _WIDTHS[2] * POINTS, 10), text_height(name, _WIDTHS[1] * POINTS, 10)))
            page.write_string(row, 1, name, cell)
            page.write_string(row, 2, what, cell)
        across(page, (first, 0, row, 0), "\n".join(f"《{tab}》" for tab in tabs) + "　", paper.look(border=1, text_wrap=True, align="center"))
    return row + 1


def _alike(guide: Guide) -> list[tuple[list[str], list[tuple[str, str]]]]:
    """Sheets of one kind share the lines that are said of them; limits that differ by month are said once for all."""
    kinds: dict[str, list[tuple[str, SheetKind, Setting]]] = {}
    for found in guide.sheets:
        kinds.setdefault(found[1].title, []).append(found)
    return [([tab for tab, _, _ in same], lines) for same in kinds.values() if (lines := list(_lines(same)))]


def _lines(same: Sequence[tuple[str, SheetKind, Setting]]) -> Iterator[tuple[str, str]]:
    _, kind, setting = same[0]
    limits: dict[str, list[str]] = {}
    for column in kind.blanks:
        if (
            column.name not in _NOT_ASKED
            and not (column.name == "旷工" and kind.layout is Layout.FORM)
            and not (column.name == "总分" and setting.policy.item_sheet(kind.title))
        ):
            limits.setdefault(_what(column, [found for _, _, found in same], kind), []).append(f"{column.name}（必填）" if _must(column, kind) else column.name)
    for what, names in limits.items():
        yield "、".join(names), what


def _must(column: Column, kind: SheetKind) -> bool:
    return column.filled or (kind.layout is not Layout.LIST and column.required)


def _what(column: Column, settings: Sequence[Setting], kind: SheetKind) -> str:
    months = dict.fromkeys(setting.period for setting in settings)
    if takes(column, kind, settings[0]) != takes(column, kind, settings[-1]) and settings[0].period.span is Span.MONTH:
        most = "、".join(f"{setting.period.number}月 {setting.workdays} 天" for setting in {found.period: found for found in settings}.values())
        return f"天数，最多为当月工作日（{most}），半天填 0.5；没有的空着" if len(months) > 1 else takes(column, kind, settings[0])
    words = words_of(column, kind, settings[0].policy)
    return f"在一个档次下打 √：{'、'.join(words)}" if kind.layout is Layout.FORM and words else takes(column, kind, settings[0])


def _choices(paper: Paper, page: Worksheet, guide: Guide) -> dict[str, str]:
    """The people to choose from, beside the guide."""
    if not guide.people:
        return {}
    columns = {
        "姓名": list(dict.fromkeys(person.name for person in guide.people)),
        "工号": [person.staff_no for person in guide.people if person.staff_no],
        "科室": list(dict.fromkeys(person.department for person in guide.people)),
        "呈报单位": list(dict.fromkeys(person.unit for person in guide.people)),
    }
    found = {}
    for place, (name, values) in enumerate(((name, values) for name, values in columns.items() if values), LIST_COLUMN):
        letter = "ABCDEFGHIJ"[place]
        page.set_column(place, place, 16)
        page.write_string(0, place, f"可选的{name}", paper.ink.known)
        for row, value in enumerate(values, 1):
            page.write_string(row, place, value, paper.ink.given)
        found[name] = f"='{TAB}'!${letter}$2:${letter}${len(values) + 1}"
    return found
