"""Why this person has this grade: what was received, how the score came about, which rules spoke, what the cap did, who ruled."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from appraisal.marks import Merged
from appraisal.model import UNIT, Circumstance, Code, Decision, Group, Person, Score, Table, Verdict, column_letters, number, percent, shown
from appraisal.standard import KINDS, Value


class Argument(Struct, frozen=True):
    """The whole argument about one person in one result period, section by section, each a few Chinese lines."""

    decision: Decision
    circumstances: tuple[str, ...]
    received: tuple[str, ...]
    score: tuple[str, ...]
    reasons: tuple[str, ...]
    cap: tuple[str, ...]
    ruling: tuple[str, ...]

    @property
    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Title and lines of every section that has something to say."""
        titled = (
            ("特殊情形", self.circumstances),
            ("收到的材料", self.received),
            ("得分", self.score),
            ("依据", self.reasons),
            ("比例和名额", self.cap),
            ("审定", self.ruling),
        )
        return tuple((title, lines) for title, lines in titled if lines)


def arguments(verdict: Verdict, received: Mapping[int, Sequence[str]]) -> Iterator[Argument]:
    """Everybody's argument in one period, in the order of the verdict."""
    groups = {group.name: group for group in verdict.groups}
    for decision in verdict.decisions:
        standing = decision.proposal.standing
        spoke = [reason for reason in decision.reasons if reason.code is not Code.RULING]
        ruled = [reason for reason in decision.reasons if reason.code is Code.RULING]
        group = groups.get(decision.proposal.group) if decision.proposal.in_scope else None
        yield Argument(
            decision,
            tuple(map(_circumstance, standing.circumstances)) if standing.circumstances else (),
            tuple(received.get(standing.person.index, ())),
            tuple(_score(standing.score)) if standing.score is not None else (),
            tuple([f"{reason}{_at(reason.cells)}" for reason in spoke]),
            _cap(group) if group is not None else (),
            tuple([f"{reason.text}{_at(reason.cells)}" for reason in ruled]),
        )


def _circumstance(known: Circumstance) -> str:
    return f"{known} {known.basis}".rstrip() + f" [{known.cell}]"


def _at(cells: Sequence[object], most: int = 6) -> str:
    if not cells:
        return ""
    if len(cells) == 1:
        return f" [{cells[0]}]"
    listed = dict.fromkeys(map(str, cells))
    more = f" 等{len(listed)}处" if len(listed) > most else ""
    return f" [{'；'.join(list(listed)[:most])}{more}]"


def _score(score: Score) -> Iterator[str]:
    for part in score.parts:
        value = "无" if part.value is None else shown(part.value, 2)
        weight = "" if part.weight is None or part.weight == 1 else f" × {number(part.weight * 100)}%"
        yield f"{part.name} {value}{weight}" + (f"（{part.note}）" if part.note else "")
    yield f"{score.name}：{'无' if score.value is None else shown(score.value, 2)}"


@lru_cache(maxsize=1024)
def _cap(group: Group) -> tuple[str, ...]:
    text = f"{group.name}：按 {group.base} 人计算，名额 {group.seats}，好 {group.good_inside} 人（{percent(group.share)}）"
    outside = f"，另有 {group.good_outside} 人不占比例" if group.good_outside else ""
    missing = f"；{group.missing} 人待处理，仍计入人数" if group.missing else ""
    return (text + outside + missing,)


# ---- what was received -------------------------------------------------------------------------------------------------


def received_lines(merged: Merged, people: Collection[int] | None = None) -> dict[int, list[str]]:
    """For each person (or those asked for) one line a row of a sheet: period, sheet, every filled value with its cell."""
    lines: dict[int, list[str]] = defaultdict(list)
    entries = merged.entries
    told: dict[int, list[str]] = {}
    for person, number_, place in zip(entries["person"].tolist(), entries["table"].tolist(), entries["place"].tolist(), strict=True):
        if people is None or person in people:
            if number_ not in told:
                told[number_] = _told(merged.tables[number_])
            lines[person].append(told[number_][place])
    return lines


def _told(table: Table) -> list[str]:
    """What each row of a sheet says."""
    said: list[list[str]] = [[] for _ in table.rows]
    for item, values in table.columns.items():
        if not any(values):  # nothing, or nothing but zeros
            continue
        kind, letters, fixed = _kind(table.kind, item), column_letters(table.at.get(item, 0)), table.row_at.get(item)
        for place, value in enumerate(values):
            if value is not None and value != 0:
                said[place].append(f"{item} {_shown(value, kind)}[{letters}{table.rows[place] if fixed is None else fixed}]")
    where = f"{table.period} {table.kind} {table.file}!{table.sheet}!第"
    return [f"{where}{row}行：{'，'.join(words) or '无缺勤、无其他填写'}" for row, words in zip(table.rows, said, strict=True)]


@lru_cache(maxsize=1024)
def _kind(title: str, item: str) -> Value:
    kind = KINDS.get(title)
    return next((column.value for column in kind.columns if column.name == item), Value.NUMBER) if kind is not None else Value.NUMBER


@lru_cache(maxsize=4096)
def _shown(value: object, kind: Value) -> str:
    if isinstance(value, int):
        return f"{number(Fraction(value, 100))}%" if kind is Value.PERCENT else number(Fraction(value, UNIT))
    if isinstance(value, dt.date):
        return value.isoformat()
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def named(people: Sequence[Person], wish: str, department: str = "") -> list[Person]:
    """Everybody on the roster whom a name or a 工号 (and a department, when given) may mean."""
    found = [person for person in people if wish in (person.name, person.staff_no)]
    return [person for person in found if department in (person.department, person.unit, "")]
