"""What has arrived: department × material and period, and who is missing from it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from appraisal.model import Arrivals, Cell, Missing, Period, Person, Proposal, Status, Where, joined
from appraisal.policy.shape import Policy
from appraisal.problems import EXPECTED_SHEET, MISSING_INPUT, MISSING_SHEET, Problem


def arrivals(proposals: Sequence[Proposal], columns: Sequence[tuple[str, Period]]) -> Arrivals:
    """The matrix over everybody who takes part and is to be graded; others owe nothing."""
    expected: dict[Where, int] = defaultdict(int)
    missing: dict[Where, list[str]] = defaultdict(list)
    departments: dict[tuple[str, str], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        if _owes(proposal):
            departments[proposal.person.unit, proposal.person.department].append(proposal)
    for place, members in departments.items():
        moved = [person for person in (proposal.person for proposal in members) if person.arrived is not None or person.left is not None]
        for material, period in columns:
            first, last = period.first_day, period.last_day
            expected[*place, material, period] = len(members) - sum(not _was_here(person, first, last) for person in moved)
        names: dict[int, list[str]] = {}
        gaps_here: dict[int, Missing] = {}
        for proposal in members:
            for gap in proposal.standing.missing:  # the same gap of many people is one object, or a few
                gaps_here[id(gap)] = gap
                names.setdefault(id(gap), []).append(proposal.person.name)
        for number, gap in gaps_here.items():
            missing[*place, gap.input, gap.period] += names[number]
    return Arrivals(tuple(departments), tuple(columns), {where: (count, tuple(missing.get(where, ()))) for where, count in expected.items()})


def together(matrices: Sequence[Arrivals]) -> Arrivals | None:
    """Several periods' matrices as one; None when there is none."""
    if not matrices:
        return None
    departments = dict.fromkeys(place for matrix in matrices for place in matrix.departments)
    columns = dict.fromkeys(column for matrix in matrices for column in matrix.columns)
    return Arrivals(tuple(departments), tuple(columns), {where: cell for matrix in matrices for where, cell in matrix.cells.items()})


def _was_here(person: Person, first: dt.date, last: dt.date) -> bool:
    return (person.arrived is None or person.arrived <= last) and (person.left is None or person.left >= first)


def _owes(proposal: Proposal) -> bool:
    return proposal.participates and proposal.outcome is not Status.UNGRADED


def gaps(matrix: Arrivals, policy: Policy, sheets: Mapping[Where, Cell]) -> tuple[Problem, ...]:
    """A problem for each gap: whole departments once for all periods, people missing inside a sheet one by one, at that sheet."""
    needed = {entry.name: entry.need == "grade" for entry in policy.inputs}
    problems: list[Problem] = []
    whole: dict[tuple[str, str, str], list[tuple[Period, tuple[str, ...]]]] = defaultdict(list)
    for where, (count, missing) in matrix.cells.items():
        unit, department, material, period = where
        if not missing or material not in needed:
            continue
        if len(missing) == count or not needed[material]:
            whole[unit, department, material].append((period, missing))
        else:
            cell = sheets.get(where, Cell(""))
            problems += [MISSING_INPUT.at(cell, name, period=period.chinese, input=material) for name in missing]
    for (unit, department, material), found in whole.items():
        fault = MISSING_SHEET if needed[material] else EXPECTED_SHEET
        names = list(dict.fromkeys(name for _, missing in found for name in missing))
        periods = "、".join(period.chinese for period, _ in found)
        place = department if department == unit else f"{unit}{department}"
        problems.append(fault.at(Cell(""), "、".join(names), department=place, period=periods, input=material, people=joined(names, 5)))
    return tuple(problems)
