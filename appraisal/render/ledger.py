"""考核台账 and 问题清单: every result with its reasons and cells, every problem with its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache

from appraisal.explain import arguments, received_lines
from appraisal.model import UNIT, Arrivals, Attendance, Decision, Verdict, percent
from appraisal.policy.shape import Policy
from appraisal.render.charts import add_charts
from appraisal.render.lists import ListTab, workbook
from appraisal.render.reminders import ARRIVAL_COLUMNS, arrived
from appraisal.result import Result

RESULT_COLUMNS = (
    ("序号", 6),
    ("考核周期", 12),
    ("呈报单位", 16),
    ("科室", 16),
    ("姓名", 12),
    ("工号", 10),
    ("职务职级", 16),
    ("得分", 8),
    ("建议等次", 11),
    ("考核等次", 11),
    ("依据代码", 12),
    ("依据", 70),
)
PROBLEM_COLUMNS = (("级别", 6), ("代码", 18), ("文件", 36), ("工作表", 16), ("单元格", 9), ("姓名", 14), ("问题", 56), ("改正办法", 44))


def ledger(result: Result, more: Sequence[ListTab] = ()) -> bytes:
    """The ledger of a run: results first, then the working behind them; `more` are tabs of the regulation's own kind."""
    about = result.policy.regulation
    note = f"{about.organisation}　{result.period.chinese}　{about.title}{about.document}　{result.mark}"
    tabs = [ListTab(tab.name, tab.columns, tab.rows, note) for tab in (*_tabs(result), *more, _CODE_TAB)]
    return workbook(tabs, "考核台账", lambda book: add_charts(book, result, result.archived) if result.verdicts else None)


def _tabs(result: Result) -> Iterator[ListTab]:
    verdicts, policy, matrix = result.verdicts, result.policy, result.matrix
    yield ListTab("考核结果", RESULT_COLUMNS, _results(verdicts))
    if result.changes:
        yield ListTab("变更说明", _CHANGES, _changes(result))
    if verdicts:
        yield ListTab("逐人说明", _ARGUMENTS, _arguments(result))
        yield ListTab("比例和名额", _GROUPS, _groups(verdicts))
        if policy.attendance or policy.long_leave:
            yield ListTab("出勤", _ATTENDANCE, _attendance(verdicts))
        yield ListTab("结果运用", _CONSEQUENCES, _consequences(verdicts, policy))
    yield ListTab("办理期限", _DUES, _dues(result))
    if result.recalls:
        yield ListTab("补定和复核", _RECALLS, _recalls(result))
    if matrix is not None:
        columns = [("呈报单位", 16), ("科室", 16), *((f"{material} {period.chinese}", 14) for material, period in matrix.columns)]
        yield ListTab("材料报送", columns, _matrix(matrix))


CODES = {
    "rating": "领导评价档次即为等次",
    "band": "按得分所在的分数段",
    "rank": "按得分名次，在名额以内",
    "cap": "达到好的分数，但名额已满",
    "tie": "在名额边上同分，由人研判",
    "over-rated": "评为好的人数超过比例，由人研判",
    "direct": "直接确定等次",
    "ceiling": "等次受上限限制",
    "no-grade": "参加考核，不确定等次",
    "absent": "未参加考核",
    "out-of-scope": "不在考核范围",
    "default": "按配置默认",
    "ruling": "审定意见",
    "problem": "填报有问题，待处理",
}


_CODE_TAB = ListTab("代码说明", (("依据代码", 12), ("含义", 60)), tuple(CODES.items()))


def _results(verdicts: Sequence[Verdict]) -> Iterator[tuple[object, ...]]:
    number = 0
    for verdict in verdicts:
        period = str(verdict.period)
        for decision in verdict.decisions:
            number += 1
            person = decision.person
            reasons = "；".join(str(reason) for reason in decision.reasons)
            yield (
                number,
                period,
                person.unit,
                person.department,
                person.name,
                person.staff_no,
                person.rank,
                score_of(decision),
                decision.proposed or "",
                decision.result or "",
                decision.code.value,
                reasons,
            )


def score_of(decision: Decision) -> Fraction | str:
    """The rounded score; empty where there is none."""
    score = decision.proposal.standing.score
    return score.value if score is not None and score.value is not None else ""


_ARGUMENTS = (
    ("考核周期", 10),
    ("呈报单位", 14),
    ("科室", 14),
    ("姓名", 10),
    ("考核等次", 10),
    ("特殊情形", 24),
    ("收到的材料", 60),
    ("得分", 24),
    ("依据", 50),
    ("比例和名额", 24),
    ("审定", 24),
)


def _arguments(result: Result) -> Iterator[tuple[object, ...]]:
    """The whole argument about everybody, as `explain` prints it, with every cell."""
    received = received_lines(result.merged) if result.merged is not None else {}
    for verdict in result.verdicts:
        period = str(verdict.period)
        for argument in arguments(verdict, received):
            person = argument.decision.person
            parts = (argument.circumstances, argument.received, argument.score, argument.reasons, argument.cap, argument.ruling)
            yield (period, person.unit, person.department, person.name, argument.decision.result or "", *map("\n".join, parts))


_CHANGES = (("考核周期", 12), ("呈报单位", 16), ("科室", 16), ("姓名", 12), ("原等次", 12), ("现等次", 12), ("原因", 60), ("来源单元格", 44))


def _changes(result: Result) -> Iterator[tuple[object, ...]]:
    """变更说明: who changed against the last filing, and why; the filing before stays whole in the archive."""
    for change in result.changes:
        person = change.person
        yield str(change.period), person.unit, person.department, person.name, change.before, change.after, change.why, "；".join(map(str, change.cells))


_DUES = (("事项", 30), ("对象", 18), ("起始日", 12), ("截止日", 12), ("条款", 18), ("说明", 40))


def _dues(result: Result) -> Iterator[tuple[object, ...]]:
    for due in result.dues:
        yield due.matter, due.about, due.first_day or "", due.last_day or "日历未公布", due.clause, due.note


_RECALLS = (("姓名", 12), ("科室", 16), ("办理", 12), ("考核周期", 50), ("原因", 44), ("条款", 14))


def _recalls(result: Result) -> Iterator[tuple[object, ...]]:
    for recall in result.recalls:
        yield recall.person.name, recall.person.department, recall.what, "、".join(period.chinese for period in recall.periods), recall.why, recall.clause


_GROUPS = (
    ("考核周期", 12),
    ("范围", 20),
    ("呈报单位", 30),
    ("计算基数", 10),
    ("名额", 8),
    ("好（占名额）", 12),
    ("好（不占名额）", 14),
    ("占用比例", 10),
    ("是否超出", 10),
    ("尚未评定", 10),
)


def _groups(verdicts: Sequence[Verdict]) -> Iterator[tuple[object, ...]]:
    for verdict in verdicts:
        for group in verdict.groups:
            share = percent(group.share) if group.base else "—"
            yield (
                str(verdict.period),
                group.name,
                "、".join(group.units),
                group.base,
                group.seats,
                group.good_inside,
                group.good_outside,
                share,
                "超出" if group.over else "",
                group.missing,
            )


_ATTENDANCE = (
    ("考核周期", 12),
    ("呈报单位", 16),
    ("科室", 16),
    ("姓名", 12),
    ("应出勤", 9),
    ("缺勤（病事假、旷工）", 12),
    ("不计缺勤的假", 12),
    ("病假事假", 10),
    ("出勤率", 10),
    ("已报月份", 20),
    ("来源单元格", 44),
)


@cache
def _share(known: Attendance) -> tuple[object, ...]:
    """Days and share of an attendance; few differ, many people have them."""
    return *(amount / UNIT for amount in (known.due, known.absent, known.exempt, known.ill_or_private)), percent(known.share), "、".join(map(str, known.months))


def _attendance(verdicts: Sequence[Verdict]) -> Iterator[tuple[object, ...]]:
    for verdict in verdicts:
        period = str(verdict.period)
        for decision in verdict.decisions:
            known = decision.proposal.standing.attendance
            if known is None or not decision.proposal.in_scope:
                continue
            person = decision.person
            cells = "；".join(map(str, decision.proposal.standing.attendance_cells))
            yield period, person.unit, person.department, person.name, *_share(known), cells


_CONSEQUENCES = (("考核周期", 12), ("呈报单位", 16), ("科室", 16), ("姓名", 12), ("考核等次", 10), ("应当办理", 50), ("条款", 14))


def _consequences(verdicts: Sequence[Verdict], policy: Policy) -> Iterator[tuple[object, ...]]:
    for rule in policy.consequences:
        for verdict in verdicts:
            for decision in verdict.decisions:
                if decision.result is rule.grade:
                    person = decision.person
                    yield str(verdict.period), person.unit, person.department, person.name, rule.grade, rule.action, rule.source


def _matrix(matrix: Arrivals) -> Iterator[tuple[object, ...]]:
    for unit, department in matrix.departments:
        yield unit, department, *(matrix.word((unit, department, material, period)) for material, period in matrix.columns)


def problem_list(result: Result) -> bytes:
    """问题清单: one line a problem, errors first; then what has arrived from whom."""
    rows = (
        (problem.severity.value, problem.code, problem.cell.file, problem.cell.sheet, problem.cell.address, problem.name, problem.text, problem.remedy)
        for problem in result.problems
    )
    tabs = [ListTab("问题清单", PROBLEM_COLUMNS, rows)]
    if result.matrix is not None:
        tabs.append(ListTab("材料报送", ARRIVAL_COLUMNS, arrived(result)))
    return workbook(tabs, "问题清单")
