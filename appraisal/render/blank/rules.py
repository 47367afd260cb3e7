"""What may stand in an input cell: drop-down lists and limits, each with its Chinese message, as Excel, WPS and LibreOffice apply them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct

from appraisal.model import UNIT, Calendar, Period, Span, number
from appraisal.policy.shape import Policy
from appraisal.standard import CIRCUMSTANCES, Column, SheetKind, Use, Value

LONGEST_LIST = 255
"""Characters of a list written into the sheet itself."""
TICK = "√"
_LONGEST_MESSAGE, _LONGEST_HEADING = 255, 32
Rule = dict[str, object]


class Setting(Struct, frozen=True):
    """For which period, under which policy and calendar a sheet is drawn."""

    policy: Policy
    calendar: Calendar
    period: Period

    @property
    def workdays(self) -> int:
        return self.calendar.workdays(self.period.first_day, self.period.last_day)


def words_of(column: Column, kind: SheetKind, policy: Policy) -> tuple[str, ...]:
    """The words a column may hold; empty where it is free."""
    if kind.title == CIRCUMSTANCES.title and column.name == "情形":
        return tuple(rule.kind for rule in policy.circumstances)
    if kind.use is Use.ADJUSTMENTS and column.name == "事项类别":
        return tuple(rule.category for rule in policy.adjustments)
    return column.choices


def limits(column: Column, setting: Setting) -> tuple[str, str]:
    """The least and the most a number may be, as written."""
    adjustments = setting.policy.adjustments
    if column.signed and adjustments:
        return number(min(rule.least for rule in adjustments)), number(max(rule.most for rule in adjustments))
    if column.value is Value.DAYS:
        return "0", str(366 if setting.period.span is not Span.MONTH or column.name.startswith("累计") else setting.workdays)
    return "-100" if column.signed else "0", number(column.maximum // UNIT) if column.maximum is not None else "100"


def said(column: Column, kind: SheetKind, setting: Setting) -> str:
    """What may be filled in, in a few words for the person who does."""
    if words := words_of(column, kind, setting.policy):
        return f"从下拉列表选：{'、'.join(words)}"
    least, most = limits(column, setting)
    match column.value:
        case Value.DAYS:
            return f"天数，{least} 到 {most}，半天填 0.5；没有的空着"
        case Value.NUMBER:
            return f"分数，{least} 到 {most}，最多两位小数" + _by_category(column, setting.policy)
        case Value.PERCENT:
            return "百分数，0% 到 100%"
        case Value.DATE:
            return f"日期，写成 {setting.period.first_day} 这样"
        case _:
            return "文字"


def _by_category(column: Column, policy: Policy) -> str:
    each = "，".join(f"{rule.category} {number(rule.least)}～{number(rule.most)}" for rule in policy.adjustments)
    return f"（{each}）" if column.signed and each else ""


def rule_of(column: Column, kind: SheetKind, setting: Setting, cell: str) -> Rule:
    """The validation of a column whose first cell is `cell`, e.g. E5."""
    what = said(column, kind, setting)
    if words := words_of(column, kind, setting.policy):
        return choice(column.name, words, what, required=column.filled) if len(",".join(words)) <= LONGEST_LIST else {}
    least, most = limits(column, setting)
    match column.value:
        case Value.DAYS:
            return _formula(column, f"AND(ISNUMBER({cell}),{cell}>={least},{cell}<={most},MOD({cell}*2,1)=0)", what)
        case Value.NUMBER:
            return _formula(column, f"AND(ISNUMBER({cell}),{cell}>={least},{cell}<={most},ROUND({cell},2)={cell})", what)
        case Value.PERCENT:
            return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1, **messages(column.name, what, column.filled)}
        case Value.DATE:
            return {**dates(setting.period if kind.use is Use.ADJUSTMENTS else None), **messages(column.name, what, column.filled)}
        case _:
            return {}


def dates(period: Period | None) -> Rule:
    """A date within the period, or any that could be meant."""
    first, last = (period.first_day, period.last_day) if period else (dt.date(1950, 1, 1), dt.date(2099, 12, 31))
    return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}


def choice(heading: str, words: Sequence[str] | str, what: str, *, required: bool) -> Rule:
    """A drop-down list: of words, or of the cells a formula names."""
    return {"validate": "list", "source": list(words) if not isinstance(words, str) else words, **messages(heading, what, required)}


def tick() -> Rule:
    """A box that takes a tick or nothing."""
    return {"validate": "list", "source": [TICK], **messages("打钩", f"四个档次里选一个，从下拉列表选 {TICK}；不选的空着")}


def _formula(column: Column, formula: str, what: str) -> Rule:
    return {"validate": "custom", "value": f"={formula}", **messages(column.name, what, column.filled)}


def messages(heading: str, what: str, required: bool = False) -> Rule:
    """What is said while a cell is filled in, and when something else was typed."""
    return {
        "input_title": heading[:_LONGEST_HEADING],
        "input_message": f"{'必填。' if required else ''}{what}"[:_LONGEST_MESSAGE],
        "error_title": f"{heading}填得不对"[:_LONGEST_HEADING],
        "error_message": f"应填：{what}。请按“取消”后重填。"[:_LONGEST_MESSAGE],
    }
