"""The nouns of a run: the workplace, what was received, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from appraisal.model import Arrivals, Calendar, Cell, Decision, Grade, Period, State, Status, Table, Verdict, Where
from appraisal.problems import Problem

if TYPE_CHECKING:
    from appraisal.deadlines import Due
    from appraisal.intake import Intake
    from appraisal.marks import Merged
    from appraisal.policy.shape import Policy
    from appraisal.recall import Archived, Change, Recall, Versions
    from appraisal.record_forms import Records

ROOT = Path(__file__).resolve().parent.parent
DRAFT = "【草稿】"


class Memory(Struct, frozen=True):
    """What was filed before: the latest filing of every period around, and all versions of the run's own result periods."""

    latest: Archived = field(default_factory=dict)
    versions: Mapping[Period, Versions] = field(default_factory=dict)
    trouble: str = ""
    """Why the archive could not be read: a run that does not know what was filed before files nothing."""


NOTHING = Memory()


class Workplace(Struct, frozen=True):
    """One folder that can be moved as a whole: rules.yaml, templates/, input/, output/."""

    folder: Path

    @property
    def input(self) -> Path:
        return self.folder / "input"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def archive(self) -> Path:
        return self.folder / "archive.sqlite"

    @property
    def templates(self) -> Path:
        """The workplace's own templates, else those beside process.py."""
        own = self.folder / "templates"
        return own if own.is_dir() else ROOT / "templates"


class Received(Struct, frozen=True):
    """Everything that was in input/, read and checked sheet by sheet."""

    intakes: tuple[Intake, ...]
    problems: tuple[Problem, ...]
    leftovers: int

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(table for intake in self.intakes for table in intake.tables)


class Result(Struct, frozen=True, eq=False, dict=True):
    """What a run found out, before anything is written; one is equal to itself alone.

    Without slots: `decisions` and `state` are asked for every person, found once.
    """

    period: Period
    policy: Policy
    verdicts: tuple[Verdict, ...]
    problems: tuple[Problem, ...]
    matrix: Arrivals | None
    intakes: tuple[Intake, ...]
    leftovers: int = 0
    used: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    people: int = 0
    calendar: Calendar | None = None
    tables: tuple[Table, ...] = ()
    """The sheets that report on people's work in the period."""
    sheets: Mapping[Where, Cell] = field(default_factory=dict)
    """For each department, material and period the sheet in which it came."""
    records: Records = field(default_factory=dict)
    """People's own monthly forms (附件2), for filling the official ones."""
    merged: Merged | None = None
    reference: Verdict | None = None
    """Under monthly results, the quarter's reference grades; never filed."""
    archived: Archived = field(default_factory=dict)
    """What had been filed before this run."""
    dues: tuple[Due, ...] = ()
    recalls: tuple[Recall, ...] = ()
    changes: tuple[Change, ...] = ()
    filings: Mapping[Period, int] = field(default_factory=dict)
    """Version this run would file each final result period under: 0 the first, n for 更正 n."""
    trouble: str = ""
    """Why the archive could not be read, if it could not."""

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(decision for verdict in self.verdicts for decision in verdict.decisions)

    @cached_property
    def state(self) -> State:
        if any(problem.is_error for problem in self.problems):
            return State.DRAFT
        if any(decision.result in (Status.CONTESTED, Status.UNAPPROVED) for decision in self.decisions):
            return State.AWAITING
        return State.FINAL

    @property
    def mark(self) -> str:
        """What every form prints at its top: 【草稿】 until the run is final, 更正 n on an amendment."""
        if self.state is not State.FINAL:
            return DRAFT
        version = max(self.filings.values(), default=0)
        return f"更正{version}" if version else ""

    def mark_of(self, period: Period) -> str:
        """The same for the forms of one result period."""
        if self.state is not State.FINAL:
            return DRAFT
        return f"更正{self.filings[period]}" if self.filings.get(period) else ""

    @property
    def exit_code(self) -> int:
        return {State.FINAL: 0, State.DRAFT: 1, State.AWAITING: 3}[self.state]

    def count(self, outcome: Grade | Status) -> int:
        return sum(decision.result is outcome for decision in self.decisions)
