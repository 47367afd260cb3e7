"""Signed 审定表 → rulings by person and period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from appraisal.directory import Directory
from appraisal.model import Grade, Outcome, Period, Ruling, Status, Table
from appraisal.notation import parse_period
from appraisal.problems import RULING_PERIOD, RULING_TWICE, Problem
from appraisal.standard import RULED, RULINGS

Rulings = Mapping[tuple[int, Period], Ruling]


def gather_rulings(tables: Sequence[Table], directory: Directory) -> tuple[Rulings, tuple[Problem, ...]]:
    """Every signed or filled line of every 审定表; two lines that contradict each other count for nothing and are problems."""
    found: dict[tuple[int, Period], Ruling] = {}
    refused: set[tuple[int, Period]] = set()
    problems: list[Problem] = []
    for table in tables:
        if table.kind != RULINGS.title:
            continue
        for place, name in enumerate(table.names):
            cell = table.cell(place, "姓名")
            index = directory.find(name, table.staff_nos[place], table.departments[place], table.units[place], "", cell)
            if isinstance(index, Problem):
                problems.append(index)
                continue
            period = parse_period(str(table.columns["考核周期"][place]))
            if period is None:
                problems.append(RULING_PERIOD.at(table.cell(place, "考核周期"), name, found=table.columns["考核周期"][place]))
                continue
            ruling = _ruling(table, place, period)
            other = found.get((index, period))
            if not (ruling.signed or ruling.ruled or ruling.reason):
                continue
            if other is not None and (other.ruled, other.proposed) != (ruling.ruled, ruling.proposed):
                problems.append(RULING_TWICE.at(cell, name, period=period.chinese, other=other.cell))
                refused.add((index, period))
            found[index, period] = ruling
    return {key: ruling for key, ruling in found.items() if key not in refused}, tuple(problems)


def _ruling(table: Table, place: int, period: Period) -> Ruling:
    def said(item: str) -> object:
        column = table.columns.get(item)
        return (column[place] if column is not None else None) or table.facts.get(item)

    day = said("批准日期")
    ruled = table.columns[RULED][place]
    return Ruling(
        period,
        str(table.columns["建议等次"][place] or ""),
        _outcome(str(ruled)) if ruled else None,
        str(table.columns["审定理由"][place] or ""),
        str(said("批准人") or ""),
        day if isinstance(day, dt.date) else None,
        table.cell(place, RULED),
    )


def _outcome(word: str) -> Outcome:
    return Grade(word) if word in set(Grade) else Status(word)
