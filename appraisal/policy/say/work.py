"""What is handed in, and how scores arise from it."""

from __future__ import annotations

from collections.abc import Iterator

from appraisal.model import number
from appraisal.policy.say.phrases import cite
from appraisal.policy.shape import Input, ItemSheet, Policy, ScorePart, ScoreRule

_EVERY = {"week": "每周", "month": "每月", "quarter": "每季度"}
_NEEDS = {"grade": "没有这项材料的人暂不评定等次", "expected": "应报；没有报的只提醒，不影响评定", "optional": "可报可不报"}


def handed_in(entry: Input) -> str:
    """What is due when, and what happens without it."""
    sheets = "或".join(f"《{sheet}》" for sheet in entry.sheets)
    optional = "；科室的表到了而表上没有某人，表示他当期没有事项" if entry.rows_optional else ""
    return f"{entry.name}：{_EVERY[entry.every]}交{sheets}，{_NEEDS[entry.need]}{optional}{cite(entry)}。"


def scores(policy: Policy) -> Iterator[str]:
    """The scoring sheets, every score with its parts, and the limits of bonus and malus."""
    for sheet in policy.item_sheets:
        yield from _item_sheet(sheet)
    for rule in policy.scores:
        yield from _score(rule)
    if policy.adjustments:
        limits = [f"{rule.category} {number(rule.least)} 到 {number(rule.most)} 分" for rule in policy.adjustments]
        yield f"加减分事项的类别和范围：{'，'.join(limits)}。日期要在考核周期内，同一事项只算一次。"


def _item_sheet(sheet: ItemSheet) -> Iterator[str]:
    by_points = sheet.score_mode == "points"
    items = [f"{item.name} {number(item.weight * 100)}%" + (f"（最高 {number(item.points)} 分）" if by_points else "") for item in sheet.items]
    how = "每项直接打分，各项相加为总分" if by_points else "每项按百分制打分，乘权重后相加"
    yield f"《{sheet.sheet}》{_EVERY[sheet.every]}一张，{how}：{'，'.join(items)}{cite(sheet)}。"


def _score(rule: ScoreRule) -> Iterator[str]:
    limits = [f"最低 {number(rule.least)} 分" if rule.least is not None else "", f"最高 {number(rule.most)} 分" if rule.most is not None else ""]
    shape = "，".join(text for text in (f"四舍五入到 {rule.round} 位小数" if rule.round else "四舍五入到整数", *limits) if text)
    yield f"{rule.name}：{_EVERY[rule.every]}计算，{shape}{cite(rule)}。由下面各项组成："
    for part in rule.parts:
        weight = f"占 {number(part.weight * 100)}%" if part.weight is not None else "直接相加，不乘权重"
        yield f"　　{part.name}：{_part(part)}，{weight}{cite(part)}。"


def _part(part: ScorePart) -> str:
    raters = "去掉最高、最低后平均" if part.raters == "trimmed-mean" else "平均"
    match part.how:
        case "items":
            return f"《{part.sheet}》各项指标，几个人打分的取{raters}"
        case "field":
            return f"《{part.sheet}》的得分栏，几个人打分的取{raters}"
        case "equal-share":
            return f"《{part.sheet}》的事项平均分摊 100 分，没有完成的事项扣去相应分值"
        case "mean-of-months":
            return f"各月“{part.score}”的平均，没有得分的月份不计"
        case _:
            return f"《{part.sheet}》的分值合计，没有的为 0"
