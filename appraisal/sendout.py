"""The blank sheets of a period, made from the roster and delivered."""

from __future__ import annotations

from pathlib import Path

from appraisal.deadlines import due_dates
from appraisal.deliver import deliver
from appraisal.grade import grade
from appraisal.model import Period, Person, Proposal, Standing
from appraisal.people import gather
from appraisal.pipeline import calendar_of, receive
from appraisal.policy.shape import Policy
from appraisal.render.blank import blanks
from appraisal.result import Workplace


def write_blanks(workplace: Workplace, policy: Policy, period: Period, *, forms: bool) -> tuple[Path, int]:
    """The blank sheets of a period for every department, whole or not at all; how many workbooks. Raises BusyError."""
    calendar = calendar_of(policy, period)
    people, _ = gather(receive(workplace, policy).tables, policy, period)

    def propose(person: Person, when: Period) -> Proposal:
        return grade(Standing(person, when, people.circumstances.get(person.index, ())), policy, calendar)[0]

    files = blanks(people, policy, calendar, period, forms, propose=propose, dues=due_dates(policy, period, (), calendar)) if people.directory.postings else {}
    return (deliver(files, workplace.output, f"空白表 {period}") if files else workplace.output), len(files)
