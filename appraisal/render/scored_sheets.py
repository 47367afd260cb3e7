"""What scores are made of: the scoring sheets filled with totals and grades (测评表), and the working for the ledger."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appraisal.model import Cell, Decision, Part, Period, Person, Score, Table, Verdict, number, shown
from appraisal.notation import person_name
from appraisal.policy.shape import ItemSheet, Policy, ScorePart, ScoreRule
from appraisal.render.filing import result_on_form
from appraisal.render.heights import line_count
from appraisal.render.lists import CREATED, FONT, ListTab
from appraisal.render.tab_names import tab_names
from appraisal.standard import WORK_LEDGER

# ---- 测评表 ------------------------------------------------------------------------------------------------------------

_TITLE_FONT, _BODY_FONT = "方正小标宋简体", "仿宋_GB2312"
_FIRST = 5
"""The row of the first department, from 0."""
Rating = tuple[Decision, Part]
"""Somebody and what the raters gave."""


def scored_sheets(verdicts: Sequence[Verdict], policy: Policy, mark: str) -> bytes | None:
    """测评表.xlsx: for each scoring sheet and result period a tab like the paper form; None where nothing was scored so."""
    tabs = [
        (own, verdict, lines) for own in policy.item_sheets for verdict in verdicts if (lines := list(_rated(verdict, _part_of(own, policy))))
    ]
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

    def line(self, row: int, text: str, look: Format, height: float) -> None:
        """A text over the whole width."""
        self.sheet.merge_range(row, 0, row, self.last, "", look)
        self.sheet.write_string(row, 0, text, look)
        self.sheet.set_row(row, height)


def _draw(drawing: _Drawing, lines: Sequence[Rating], verdict: Verdict) -> None:
    sheet = drawing.sheet
    widths = [12, *(12 for _ in drawing.own.items), 10, 12, 8]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    drawing.line(0, drawing.mark, drawing.look(14, font_name="黑体", font_color="#C00000"), 20)
    drawing.line(1, drawing.own.sheet, drawing.look(22, font_name=_TITLE_FONT, align="center"), 34)
    drawing.line(2, f"（{verdict.period.heading}）", drawing.look(14, font_name="楷体_GB2312", align="center"), 24)
    drawing.line(3, "分管领导签字：　　　　　　　　　　　　　　　　　　　　　　　　年　　月　　日", drawing.look(), 26)
    head = drawing.look(border=1, align="center")
    for place, text in enumerate(drawing.heads):
        sheet.write_string(4, place, text.replace("（", "\n（"), head)
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


# ---- 得分明细 ----------------------------------------------------------------------------------------------------------

_WORKING = (
    ("考核周期", 10),
    ("呈报单位", 16),
    ("科室", 16),
    ("姓名", 12),
    ("得分名称", 16),
    ("分项", 16),
    ("分项得分", 10),
    ("权重", 10),
    ("计入得分", 10),
    ("得分", 10),
    ("怎样得出", 50),
    ("条款", 22),
    ("来源单元格", 60),
)


def score_rows(verdicts: Sequence[Verdict], policy: Policy, note: str = "") -> ListTab:
    """得分明细: every ingredient of every score, what it is worth, and the cells it came from."""
    return ListTab("得分明细", _WORKING, list(_workings(verdicts, policy)), note)


def _workings(verdicts: Sequence[Verdict], policy: Policy) -> Iterator[tuple[object, ...]]:
    rules = {rule.name: rule for rule in policy.scores}
    for verdict in verdicts:
        for decision in verdict.decisions:
            score = decision.proposal.standing.score
            if score is None or not decision.proposal.in_scope:
                continue
            person = decision.person
            who = str(verdict.period), person.unit, person.department, person.name, score.name
            rule = rules.get(score.name)
            for part in score.parts:
                yield (*who, *_working(part, score, rule))


def _working(part: Part, score: Score, rule: ScoreRule | None) -> tuple[object, ...]:
    declared = next((declared for declared in rule.parts if declared.name == part.name), None) if rule is not None else None
    weight = "直接相加" if part.weight is None else f"{number(part.weight * 100)}%"
    if declared is None:  # the mean of the months, which no rule weighs
        weight = "平均"
    counted = None if part.value is None else part.value * (part.weight if part.weight is not None else 1)
    told = "；".join(text for text in (part.note, _items(part), _limited(score, rule)) if text)
    cells = "；".join(map(str, part.cells))
    return part.name, part.value, weight, counted, score.value, told, _source(declared, rule), cells


def _source(declared: ScorePart | None, rule: ScoreRule | None) -> str:
    """The clause of an ingredient, or that the regulation is silent."""
    return declared.source if declared is not None else rule.source if rule is not None else ""


def _items(part: Part) -> str:
    if len(part.details) < 2:
        return ""
    return "、".join(f"{name} {number(points)}" for name, points in part.details.items())


def _limited(score: Score, rule: ScoreRule | None) -> str:
    """That a sum beyond the declared limits was cut."""
    if rule is None or score.value is None or any(part.value is None and part.weight is not None for part in score.parts):
        return ""
    total = sum((part.value * (part.weight if part.weight is not None else 1) for part in score.parts if part.value is not None), Fraction(0))
    if rule.most is not None and total > rule.most:
        return f"合计 {shown(total, rule.round)}，最高取 {number(rule.most)}"
    return f"合计 {shown(total, rule.round)}，最低取 {number(rule.least)}" if rule.least is not None and total < rule.least else ""


# ---- 实绩档案 ----------------------------------------------------------------------------------------------------------

_ACHIEVEMENTS = (("姓名", 12), ("科室", 18), ("月份", 10), ("台账类别", 16), ("工作内容", 60), ("完成情况", 12), ("佐证材料", 40), ("来源单元格", 50))


def achievements(tables: Sequence[Table], verdicts: Sequence[Verdict] = (), note: str = "") -> ListTab:
    """实绩档案: every matter of a work ledger that is ticked 计入实绩, each once; with `verdicts`, those of their periods only."""
    periods = [verdict.period for verdict in verdicts]
    kept = [table for table in tables if table.kind == WORK_LEDGER.title and _concerns(table, periods)]
    departments = _departments(verdicts)
    found: dict[tuple[object, ...], Cell] = {}
    for table in sorted(kept, key=lambda table: (table.period or Period.month(1950, 1), table.file, table.sheet)):
        for place in range(len(table.rows)):
            if _text(table, place, "计入实绩") == "是":
                found.setdefault(_achievement(table, place, departments), table.cell(place, "计入实绩"))
    return ListTab("实绩档案", _ACHIEVEMENTS, [(*row, str(cell)) for row, cell in found.items()], note)


def _concerns(table: Table, periods: Sequence[Period]) -> bool:
    return not periods or (table.period is not None and any(period.holds(table.period) for period in periods))


def _departments(verdicts: Sequence[Verdict]) -> Mapping[str, str]:
    """The department of everybody whose name is the only one, for sheets that do not name it."""
    found: dict[str, set[str]] = {}
    for verdict in verdicts:
        for decision in verdict.decisions:
            found.setdefault(person_name(decision.person.name), set()).add(decision.person.department)
    return {name: next(iter(places)) for name, places in found.items() if len(places) == 1}


def _text(table: Table, place: int, item: str) -> str:
    column = table.columns.get(item)
    return str(column[place]) if column is not None and column[place] is not None else ""


def _achievement(table: Table, place: int, departments: Mapping[str, str]) -> tuple[object, ...]:
    name = table.names[place]
    where = table.departments[place] or departments.get(person_name(name), "")
    texts = (_text(table, place, item) for item in ("台账类别", "工作内容", "完成情况", "佐证材料"))
    return name, where, str(table.period or ""), *texts


# ---- 季度参考 ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Months:
    """One person's months side by side."""

    person: Person
    decisions: Mapping[Period, Decision]

    def cells(self, periods: Sequence[Period]) -> Iterator[object]:
        """Score and grade of each month."""
        for period in periods:
            decision = self.decisions.get(period)
            yield _score(decision)
            yield result_on_form(decision) if decision is not None else ""


def _score(decision: Decision | None) -> object:
    score = decision.proposal.standing.score if decision is not None else None
    return score.value if score is not None else None


def reference_rows(verdicts: Sequence[Verdict], reference: Verdict, note: str = "") -> ListTab:
    """季度参考: where results are monthly, everybody's months side by side, the quarter's mean and the grade it would give.

    Only the months are results; `reference` is what the same rules propose for the quarter as a whole.
    """
    periods = [verdict.period for verdict in verdicts]
    months = [column for period in periods for column in ((f"{period.chinese}得分", 11), (f"{period.chinese}等次", 12))]
    columns = (("呈报单位", 16), ("科室", 16), ("姓名", 12), ("工号", 10), *months, ("季度平均（参考）", 12), ("季度等次（参考）", 12), ("说明", 50))
    return ListTab("季度参考", columns, list(_side_by_side(verdicts, reference, periods)), note)


def _side_by_side(verdicts: Sequence[Verdict], reference: Verdict, periods: Sequence[Period]) -> Iterator[tuple[object, ...]]:
    quarters = {decision.person.index: decision for decision in reference.decisions}
    for found in _everybody(verdicts):
        quarter = quarters.get(found.person.index)
        grade = "" if quarter is None else quarter.proposed if quarter.proposed is not None else quarter.result or ""
        person = found.person
        told = "；".join(reason.text for reason in quarter.reasons) if quarter is not None else ""
        yield person.unit, person.department, person.name, person.staff_no, *found.cells(periods), _score(quarter), grade, f"参考，不作为结果。{told}"


def _everybody(verdicts: Sequence[Verdict]) -> list[_Months]:
    """Everybody in scope in at least one month, in the order in which they first appear."""
    found: dict[int, tuple[Person, dict[Period, Decision]]] = {}
    for verdict in verdicts:
        for decision in verdict.decisions:
            if decision.proposal.in_scope:
                found.setdefault(decision.person.index, (decision.person, {}))[1][verdict.period] = decision
    return [_Months(person, months) for person, months in found.values()]
