"""What a run left → the letters to be sent: the outputs, the address book and the wording meet here."""

from __future__ import annotations

from functools import partial

from appraisal import archive, mail
from appraisal.mail import Left, Letter
from appraisal.manifest import rules_sha
from appraisal.model import State
from appraisal.problems import Problem
from appraisal.read import read_book
from appraisal.render.reminders import department_texts, owners
from appraisal.render.slips import slip_of
from appraisal.result import Result, Workplace


def letters_of(result: Result, workplace: Workplace) -> tuple[Left, tuple[Letter, ...], tuple[Problem, ...]]:
    """The letters of what the last run left, which must still answer to what is in input/. Raises MailError."""
    found = mail.left(workplace.output, str(result.period))
    if why := mail.stale(found, {intake.file: intake.sha256 for intake in result.intakes}, rules_sha(workplace)):
        raise mail.MailError(why)
    is_filed = found.state is State.FINAL and found.filed
    if is_filed and archive.recorded_output(workplace.archive, result.period) != found.sha256:
        raise mail.MailError(f"run.json 与存档记录的不一致。请重新运行 run {result.period}")
    facts = mail.Facts(
        result.policy.regulation.organisation,
        tuple({decision.person.index: decision.person for decision in result.decisions}.values()),
        result.period.chinese,
        department_texts(result.matrix, result.policy, result.problems, result.period, result.dues, result.tables),
        owners(result.matrix, result.tables, result.problems),
        partial(slip_of, result, workplace.templates),
        result.mark if result.state is State.FINAL else "",
    )
    book = mail.address_book(workplace.input)
    domains = mail.allowed_domains(workplace.folder)
    recipients, faults = mail.recipients(book.read_bytes(), book.relative_to(workplace.input).as_posix(), read_book, domains)
    made, problems = mail.letters(found, recipients, facts, mail.Wording(workplace.templates), read_book)
    return found, made, (*faults, *problems)
