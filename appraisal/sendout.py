"""The blank sheets of a period, made from the roster and delivered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from appraisal.deadlines import due_dates
from appraisal.deliver import deliver
from appraisal.grade import grade
from appraisal.model import Period, Person, Proposal, Standing
from appraisal.people import gather
from appraisal.pipeline import calendar_of, receive
from appraisal.policy.shape import Policy
from appraisal.problems import Problem
from appraisal.render.blank import blanks
from appraisal.result import Received, Workplace
from appraisal.standard import CIRCUMSTANCES, ROSTER


def write_blanks(workplace: Workplace, policy: Policy, period: Period, *, forms: bool) -> tuple[Path, int, tuple[Problem, ...]]:
    """The blank sheets of a period for every department, whole or not at all; how many workbooks, and who may be missing on them. Raises BusyError."""
    calendar = calendar_of(policy, period)
    received = receive(workplace, policy)
    people, faults = gather(received.tables, policy, period)

    def propose(person: Person, when: Period) -> Proposal:
        return grade(Standing(person, when, people.circumstances.get(person.index, ())), policy, calendar)[0]

    files = blanks(people, policy, calendar, period, forms, propose=propose, dues=due_dates(policy, period, (), calendar)) if people.directory.postings else {}
    place = deliver(files, workplace.output, f"空白表 {period}") if files else workplace.output
    return place, len(files), (*_about_people(received), *faults)


def _about_people(received: Received) -> Iterator[Problem]:
    """What is wrong with the roster and the circumstances, or with a file that gave nothing and might be one of them."""
    known = {table.file for table in received.tables}
    kept = {table.file for table in received.tables if table.kind in (ROSTER.title, CIRCUMSTANCES.title)}
    return (problem for problem in received.problems if problem.cell.file in kept or (problem.is_error and problem.cell.file not in known))
