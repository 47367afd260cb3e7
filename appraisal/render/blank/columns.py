"""The columns of a list that goes out: those that say who it is, filled in already, and those to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from appraisal.model import Person, number
from appraisal.policy.shape import Policy
from appraisal.standard import Column, SheetKind, Use, Value

ORDER = "序号"
_WIDE = {"领导意见": 40, "说明": 36, "工作内容": 34, "质量要求": 20, "佐证材料": 15, "事项": 40, "依据": 24, "完成时限": 12, "完成时间": 12}
_WIDTHS = {Value.DAYS: 9, Value.PERCENT: 9, Value.DATE: 13, Value.TEXT: 14}
_WHO = {ORDER: 5, "姓名": 10, "工号": 9, "呈报单位": 14, "科室": 17, "职务": 16}


class Head(Struct, frozen=True):
    """A column to be drawn: its heading, its width in characters, and what it takes (None: filled in from the roster)."""

    name: str
    heading: str
    width: float
    column: Column | None = None


class Traits(Struct, frozen=True):
    """Which of the columns that say who it is are worth a place."""

    staff_no: bool
    unit: bool


def heads(kind: SheetKind, traits: Traits, policy: Policy) -> list[Head]:
    """The columns of a list of this kind, in the order in which people read: who, then what."""
    shown = {"工号": traits.staff_no, "呈报单位": traits.unit, "职务": kind.per_person}
    who = [Head(name, name, width) for name, width in _WHO.items() if shown.get(name, True)]
    weights = {item.name: item.weight for own in policy.item_sheets if own.sheet == kind.title for item in own.items}
    what = [column for column in kind.blanks if column.name != "职务"]
    return who + [Head(column.name, _heading(column, weights), _width(column, kind), column) for column in what]


def _heading(column: Column, weights: Mapping[str, Fraction]) -> str:
    weight = weights.get(column.name)
    return column.name if weight is None else f"{column.name}（{number(weight * 100)}%）"


def _width(column: Column, kind: SheetKind) -> float:
    if kind.use is Use.SCORES and column.value is Value.NUMBER:
        return 13
    if column.value is Value.TEXT:
        return _WIDE.get(column.name, _WIDTHS[Value.TEXT])
    longest = max([(len(column.name) + 1) // 2, *map(len, column.choices)])
    return _WIDTHS.get(column.value, max(9.0, 2.0 * longest + 3))


def who(person: Person, name: str, order: int) -> str | int:
    """What the roster says of a person under a heading."""
    match name:
        case "姓名":
            return person.name
        case "工号":
            return person.staff_no
        case "呈报单位":
            return person.unit
        case "科室":
            return person.department
        case "职务":
            return person.post or person.rank
        case _:
            return order


def identity(found: Sequence[Head]) -> list[tuple[int, Head]]:
    """The columns filled in already, with their places."""
    return [(place, head) for place, head in enumerate(found) if head.column is None]


def blanks_of(found: Sequence[Head]) -> list[tuple[int, Head, Column]]:
    """The columns to be filled in, with their places."""
    return [(place, head, head.column) for place, head in enumerate(found) if head.column is not None]


def last_identity(found: Sequence[Head]) -> int:
    """Up to which column panes are frozen: the name and what stands before it."""
    return next(place for place, head in enumerate(found) if head.name == "姓名") + 1
