"""How grades arise, the ratio of 好, and what follows: approval, publicity, deadlines, words on the forms."""

from __future__ import annotations

import math
from collections.abc import Iterator

from appraisal.model import Grade, number
from appraisal.policy.say.phrases import cite, listed
from appraisal.policy.shape import Annual, Deadline, Policy, Review

EXAMPLE = 24
"""The number of people the ratio is worked out for, so that a clerk sees what rounding does."""


def grading(policy: Policy) -> Iterator[str]:
    """Where a grade comes from."""
    rule = policy.grading
    yield f"{'按月' if policy.periods.result_unit == 'month' else '按季度'}确定等次，等次分为{listed(list(Grade))}{cite(policy.periods)}。"
    bands = "，".join(f"不低于 {number(band.floor)} 分为{band.grade}" if band.floor else f"其余为{band.grade}" for band in rule.bands)
    if rule.by == "rating":
        yield f"领导评价档次就是等次；自评档次只作参考{cite(rule)}。"
    elif rule.by == "bands":
        yield f"看“{rule.score}”：{bands}{cite(rule)}。"
    else:
        yield f"按“{rule.score}”从高到低排名，名额以内的建议为好，名额以外的建议为{rule.default}{cite(rule)}。"
        yield f"名额以外再看分数：{bands}{cite(rule)}。" if bands else f"除直接确定和领导审定外，不会自动低于{rule.default}。"
    if rule.by != "rating":
        yield "算不出得分的，由人研判，不猜测。"


_BASES = {
    "headcount": ("在编在岗的考核对象总人数（包括不确定等次和未参加考核的）", "总共 {} 人"),
    "participants": ("实际参加考核的人数（包括不确定等次的，不包括未参加考核的）", "{} 人参加"),
    "graded": ("确定等次的人数（不包括不确定等次和未参加考核的）", "{} 人确定等次"),
}
_SCOPES = {"unit": "各呈报单位分别计算", "whole": "全单位合并计算", "category": "按人员类别分别计算"}
_SMALL = {
    "zero": "人数少、算下来不到 1 人的，没有名额",
    "min1": "人数少、算下来不到 1 人的，给 1 个名额；因此全单位超过比例的，由人研判",
    "pool": "下列呈报单位合并计算名额：",
}


def ratio(policy: Policy) -> Iterator[str]:
    """How many may be graded 好, worked out for an example, and what happens beyond it."""
    cap = policy.cap
    base, people = _BASES[cap.base]
    firm = "不得超过" if cap.strength == "hard" else "原则上不超过"
    yield f"好等次的人数{firm}{base}的 {number(cap.share * 100)}%，{_SCOPES[cap.scope]}{cite(cap)}。"
    yield f"只舍不入，例如：{people.format(EXAMPLE)} → {math.floor(cap.share * EXAMPLE)} 个名额。暂时评定不了的人照样计入人数。"
    if cap.excess == "human":
        yield f"评为好的人超过名额时，程序不替人取舍：同一范围内评为好的全部列为待研判{cite(cap)}。"
        yield f"同分{cite(policy.ties)}。"
    else:
        yield f"人多于名额时按得分从高到低取，其余的建议为{policy.grading.default or Grade.FAIR}{cite(cap)}。"
        keys = f"依次比较{listed(policy.ties.keys)}，仍相同的由人研判" if policy.ties.keys else "由人研判"
        yield f"得分相同、名额只够其中几个人的：{keys}{cite(policy.ties)}。"
    pools = "；".join(listed(pool) for pool in cap.small_units.pools) if cap.small_units.method == "pool" else ""
    yield f"{_SMALL[cap.small_units.method]}{pools}{cite(cap.small_units)}。"


def approval(policy: Policy) -> str:
    """Whose approval makes the list final."""
    rule = policy.approval
    if not rule.required:
        return f"得出的等次不需另行审定{cite(rule)}。"
    return f"全部等次须经{rule.by or '领导'}审定，审定前都是待审定，表上印【草稿】{cite(rule)}。"


def publicity(policy: Policy) -> str:
    """What is made public, and for how long."""
    rule = policy.publicity
    if not rule.grades:
        return f"不公示{cite(rule)}。"
    grades = "各等次结果" if len(rule.grades) == len(Grade) else f"等次为{listed(rule.grades)}的人员"
    return f"公示{grades}，不少于 {rule.workdays} 个工作日{cite(rule)}。"


def review(rule: Review) -> str:
    """How soon an objection is answered."""
    return f"对结果有异议的，收到之日起 {rule.workdays} 个工作日内答复{cite(rule)}。"


_ENDS = {"month": "每月", "quarter": "每季度", "year": "每年"}


def term(entry: Deadline) -> str:
    """By when."""
    end = f"{_ENDS[entry.every]}结束后"
    if entry.day is not None:
        when = f"{end}次月 {entry.day} 日前（含当日）"
    elif entry.days_after is not None:
        when = f"{end} {entry.days_after} 天内"
    else:
        when = f"{end} {entry.workdays_after} 个工作日内"
    return when + ("，遇休息日顺延到下一个工作日" if entry.rolls else "")


def annual(rule: Annual) -> Iterator[str]:
    """What a year's results propose for the annual appraisal."""
    yield f"全年各期的结果，按下面各条对年度考核提出建议，由人决定{cite(rule)}。"
    for one in rule.rules:
        alone = "；符合这一条的，只提这一条" if one.alone else ""
        reading = f"【配置值，方案未规定：{one.reading}】" if one.reading else ""
        yield f"{one.condition.replace('下列情形：', '')}的：{one.text}{alone}{reading}{cite(one)}。"
    if rule.listed:
        yield f"一年里好不少于 {rule.listed.good_at_least} 次的，列入名单{cite(rule.listed)}。"


def others(policy: Policy) -> Iterator[str]:
    """Words on the forms, the order of units, the calendar, other words people write."""
    if policy.forms.footnote:
        yield f"季度表格下方印：{policy.forms.footnote}"
    if policy.forms.year_footnote:
        yield f"年度表格下方印：{policy.forms.year_footnote}"
    if policy.units.order:
        yield f"呈报单位的次序：{listed(policy.units.order)}；其余按名册次序。"
    if policy.calendar.years:
        yield f"{listed(policy.calendar.years)}年的放假和调休，按本单位填写的日期计算。"
    if policy.calendar.holidays:
        yield f"另定的放假日：{listed(policy.calendar.holidays)}。"
    if policy.calendar.workdays:
        yield f"另定的上班日：{listed(policy.calendar.workdays)}。"
    for name, words in policy.vocabulary.columns.items():
        yield f"“{name}”一列也可以写成：{listed(words)}。"
    for word, grade in policy.vocabulary.grades.items():
        yield f"等次写成“{word}”的，按“{grade}”处理。"
