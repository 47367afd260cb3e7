"""The verbs in order: one period from dropped sheets to delivered workbooks. Stages meet here and speak in nouns."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from appraisal import __version__
from appraisal.discover import discover
from appraisal.intake import Intake, take_in
from appraisal.model import Arrivals, Calendar, Cell, Period, Person, Proposal, Span, State, Status, Table, Verdict, Where
from appraisal.notation import parse_period
from appraisal.policy.load import load_policy
from appraisal.policy.shape import Policy
from appraisal.policy.standard import standard_for
from appraisal.policy.workdays import calendar_for
from appraisal.problems import CHANGED_AFTER_RETURN, EMPTY_CELL, SUPERSEDED, Problem, Severity
from appraisal.result import DRAFT, NOTHING, Memory, Received, Result, Workplace
from appraisal.standard import KINDS, Use

if TYPE_CHECKING:
    from appraisal.marks import Merged
    from appraisal.recall import Change
    from appraisal.year import YearResult

PASSWORD = "APPRAISAL_PASSWORD"
"""The environment variable that holds the password of encrypted sheets."""
RECORDS = (Use.ROSTER, Use.CIRCUMSTANCES, Use.RULINGS, Use.REVIEWS, Use.VOTES)


def receive(workplace: Workplace, policy: Policy, begin: Callable[[int], Callable[[int], None]] = lambda _: lambda _: None) -> Received:
    """Reads all of input/. `begin(files)` is told how many files there are and gives back what to call as they are done."""
    files, problems, leftovers = discover(workplace.input)
    intakes = tuple(take_in(files, standard_for(policy, os.environ.get(PASSWORD, "")), begin(len(files)), _ready))
    intakes, doubts = _without_superseded(intakes)
    found = [*problems, *doubts, *(problem for intake in intakes for problem in intake.problems)]
    return Received(intakes, tuple(found), leftovers)


def _without_superseded(intakes: tuple[Intake, ...]) -> tuple[tuple[Intake, ...], list[Problem]]:
    """Returned files set aside for their newest corrected copies; a doubtful pair is left and named."""
    if not any(intake.returned_of for intake in intakes):
        return intakes, []
    from appraisal.render.returned.marker import Arrival, superseded

    settled = superseded(Arrival(one.file, one.sha256, one.changed, one.returned_of, bool(one.tables)) for one in intakes)
    gone = {one.file: one.by for one in settled.dropped}
    kept = tuple(replace(one, tables=(), problems=(SUPERSEDED.at(Cell(one.file), by=gone[one.file]),)) if one.file in gone else one for one in intakes)
    return kept, [CHANGED_AFTER_RETURN.at(Cell(one.file), by=one.by) for one in settled.doubtful]


def _ready() -> None:
    """Loads what `appraise` and `write` need, while others read."""
    import appraisal.merge
    import appraisal.render.outputs
    import appraisal.score  # noqa: F401


def latest_quarter(received: Received, policy: Policy) -> Period | None:
    """The latest quarter of which anything that counts has arrived; None when input/ holds no dated sheet."""
    wanted = {sheet for entry in policy.inputs for sheet in entry.sheets}
    periods = [table.period for table in received.tables if table.period is not None and table.kind in wanted]
    return max((period.within(Span.QUARTER) for period in periods if period.span in (Span.MONTH, Span.QUARTER)), default=None)


def result_periods(period: Period, policy: Policy) -> tuple[Period, ...]:
    """The periods for which a run gives results: the quarter itself, or its months where results are monthly.

    A month under a regulation that grades by quarter stands for itself: it is scored, nobody is graded.
    """
    return period.parts(policy.periods.span) or (period,)


def appraise(received: Received, policy: Policy, calendar: Calendar, period: Period, memory: Memory = NOTHING) -> Result:
    """Everybody's decision in every result period of the run, with all problems of all files.

    `memory` holds the results already filed: late grades take free seats only, and what changed against them is told.
    """
    from appraisal.arrived import arrivals, gaps, together
    from appraisal.deadlines import due_dates, reviews
    from appraisal.decide import decide
    from appraisal.grade import grade_all
    from appraisal.merge import merge
    from appraisal.people import gather
    from appraisal.recall import before_now, changes, late_places, recall, settled, version_now
    from appraisal.record_forms import records_of
    from appraisal.rule import rule
    from appraisal.rulings import gather_rulings
    from appraisal.score import handed_in, score, standings

    around = period.within(Span.QUARTER) if period.span is Span.MONTH else period  # long leave is counted over the quarter
    problems = _of_period(received, around)
    people, faults = gather(received.tables, policy, period)
    problems += faults
    if not people.directory.postings:
        return Result(period, policy, (), _ordered(problems), None, received.intakes, received.leftovers)
    tables = [table for table in received.tables if _concerns(table, around)]
    merged, faults = merge(tables, people.directory)
    scored = score(merged, policy, calendar)
    problems += faults
    rulings, faults = gather_rulings(received.tables, people.directory)
    problems += faults
    verdicts: list[Verdict] = []
    changed: list[Change] = []
    matrices: list[Arrivals] = []
    for result_period in result_periods(period, policy):
        everybody = standings(scored, people, result_period)
        proposals, faults = grade_all(everybody, policy, calendar)
        problems += faults
        filed = memory.versions.get(result_period, ())
        verdict, refusals = rule(decide(proposals, policy, result_period, late_places(proposals, filed)), rulings, policy)
        verdicts.append(verdict)
        changed += changes(verdict, before_now(verdict, filed))
        problems += refusals
        matrices.append(arrivals(proposals, material_columns(policy, result_period)))
    matrix = together(matrices)
    sheets: Mapping[Where, Cell] = {}
    if matrix is not None:
        sheets = handed_in(scored, people.directory.present(period))
        problems += gaps(matrix, policy, sheets)
    reference = None
    if len(verdicts) > 1 and policy.grading.score:
        proposals, _ = grade_all(standings(scored, people, period), policy, calendar)
        reference = decide(proposals, policy, period)
    replies, faults = reviews(received.tables, people.directory, policy, calendar)
    problems += [*scored.problems, *faults]
    problems = _without_effect(problems, merged, verdicts)
    final = not any(problem.is_error for problem in problems) and all(settled(verdict) for verdict in verdicts)
    return Result(
        period,
        policy,
        tuple(verdicts),
        _ordered(problems),
        matrix,
        received.intakes,
        received.leftovers,
        merged.used,
        len(people.directory.present(period)),
        calendar,
        tuple(tables),
        sheets,
        records_of(received.tables, people.directory),
        merged,
        reference,
        memory.latest,
        (*due_dates(policy, period, verdicts, calendar), *replies),
        recall(people, policy, memory.latest),
        tuple(changed),
        {verdict.period: version_now(verdict, (memory.versions.get(verdict.period) or [()])[-1]) for verdict in verdicts if final and verdict.groups},
    )


def _of_period(received: Received, period: Period) -> list[Problem]:
    """The problems of everything but sheets that plainly belong to another period: those are for that period's run."""
    other = {
        (table.file, table.sheet)
        for table in received.tables
        if table.period is not None and not period.overlaps(table.period.first_day, table.period.last_day)
    }
    return [problem for problem in received.problems if (problem.cell.file, problem.cell.sheet) not in other]


def _without_effect(problems: Sequence[Problem], merged: Merged, verdicts: Sequence[Verdict]) -> list[Problem]:
    """Errors in rows about people whose circumstances have decided already: what stands there has no effect, so it withholds nobody.

    An empty cell is then nothing at all, anything else a warning.
    """
    rows = set(_rows_without_effect(merged, verdicts))
    softened = []
    for problem in problems:
        if not problem.is_error or (problem.cell.file, problem.cell.sheet, problem.cell.row) not in rows:
            softened.append(problem)
        elif problem.code != EMPTY_CELL.code:
            softened.append(replace(problem, severity=Severity.WARNING))
    return softened


def _rows_without_effect(merged: Merged, verdicts: Sequence[Verdict]) -> Iterator[tuple[str, str, int]]:
    """File, tab and row of spoiled rows whose person is out of scope, absent or ungraded in every result period they speak of."""
    decided = (Status.OUT_OF_SCOPE, Status.ABSENT, Status.UNGRADED)
    settled = {(decision.person.index, verdict.period) for verdict in verdicts for decision in verdict.decisions if decision.proposed in decided}
    spoiled = merged.entries[merged.entries["spoiled"]]
    for person, period, number, place in zip(*(spoiled[name].tolist() for name in ("person", "period", "table", "place")), strict=True):
        table, when = merged.tables[number], merged.periods[period]
        concerned = [verdict.period for verdict in verdicts if verdict.period.holds(when) or when.holds(verdict.period)]
        if concerned and all((person, period_) in settled for period_ in concerned):
            yield from ((table.file, table.sheet, row) for row in {table.rows[place], *table.row_at.values()})


def material_columns(policy: Policy, period: Period) -> list[tuple[str, Period]]:
    """The columns of the matrix: each material in each period it reports on."""
    return [(entry.name, when) for entry in policy.inputs if entry.need != "optional" for when in entry.periods(period)]


def _concerns(table: Table, period: Period) -> bool:
    """True for sheets of the period (or within it) that report on people's work."""
    kind = KINDS.get(table.kind)
    return (kind is None or kind.use not in RECORDS) and table.period is not None and (period.holds(table.period) or table.period.holds(period))


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Every problem once, errors first, by file, tab and cell."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.order))


def open_workplace(workplace: Workplace) -> Policy:
    """The policy in force, with its templates checked. Raises PolicyError or TemplateError before any input is read."""
    from appraisal.render.forms import check_templates

    policy = load_policy(workplace.folder / "rules.yaml")
    check_templates(workplace.templates, policy)
    return policy


def remembered(workplace: Workplace, policy: Policy, period: Period) -> Memory:
    """What the archive holds of a run's result periods (all versions), of its year and of the year before. Raises ArchiveError."""
    from appraisal import archive

    latest = {**archive.filed_in_year(workplace.archive, period.year - 1), **archive.filed_in_year(workplace.archive, period.year)}
    versions = {part: archive.history(workplace.archive, part) for part in result_periods(period, policy) if part in latest}
    return Memory(latest, versions)


def calendar_of(policy: Policy, period: Period) -> Calendar:
    """The working-day calendar a period needs: its own year, and the next where deadlines fall."""
    return calendar_for([period.year], policy.calendar, [period.year + 1])


def write(result: Result, workplace: Workplace) -> tuple[Path, str]:
    """Renders and delivers the whole output of a run; a final one is filed in the archive in the same breath.

    Returns the folder, and why it could not be filed (empty when it was, or need not be): an archive in trouble never costs a run.

    The order makes a killed run repairable: the new folder is complete beside the old one, then the archive is committed, then the
    folders change places. Raises BusyError; then the old output stands.
    """
    from appraisal import archive
    from appraisal.deliver import put_in_place, write_beside
    from appraisal.render.outputs import outputs

    files = outputs(result, workplace.templates, workplace.input)
    files["run.json"] = manifest(result, workplace, files)
    fresh = write_beside(files, workplace.output, str(result.period))
    complaint, recorded = "", False
    if result.state is State.FINAL and result.filings:
        inputs = {intake.file: intake.sha256 for intake in result.intakes}
        try:
            archive.record(workplace.archive, result.period, result.verdicts, inputs, rules_sha(workplace), versions(), _sha(files["run.json"]))
            recorded = True
        except archive.ArchiveError as error:
            complaint = str(error)
    return put_in_place(fresh, workplace.output, str(result.period), keep=recorded), complaint


def recover(workplace: Workplace) -> None:
    """Finishes or undoes what a killed run left: a folder the archive already speaks of takes its place, all else is swept away."""
    from appraisal import archive
    from appraisal.deliver import put_in_place, sweep, waiting

    for name, fresh in waiting(workplace.output):
        period = parse_period(name)
        manifest_of = fresh / "run.json"
        try:
            filed = archive.recorded_output(workplace.archive, period) if period is not None else None
        except archive.ArchiveError:
            filed = None
        if filed is not None and manifest_of.is_file() and filed == _sha(manifest_of.read_bytes()) and _is_whole(fresh):
            put_in_place(fresh, workplace.output, name, keep=True)
    sweep(workplace.output)


def _is_whole(folder: Path) -> bool:
    """True when every file that the folder's run.json speaks of is there as it was written."""
    outputs_of = json.loads((folder / "run.json").read_text(encoding="utf-8"))["outputs"]
    return all((folder / name).is_file() and _sha((folder / name).read_bytes()) == digest for name, digest in outputs_of.items())


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def rules_sha(workplace: Workplace) -> str:
    """The hash of the regulation in force."""
    return _sha((workplace.folder / "rules.yaml").read_bytes())


def write_blanks(workplace: Workplace, policy: Policy, period: Period, *, forms: bool) -> tuple[Path, int]:
    """The blank sheets of a period for every department, whole or not at all; how many workbooks. Raises BusyError."""
    from appraisal.deadlines import due_dates
    from appraisal.deliver import deliver
    from appraisal.grade import grade
    from appraisal.model import Standing
    from appraisal.people import gather
    from appraisal.render.blank import blanks

    calendar = calendar_of(policy, period)
    people, _ = gather(receive(workplace, policy).tables, policy, period)

    def propose(person: Person, when: Period) -> Proposal:
        return grade(Standing(person, when, people.circumstances.get(person.index, ())), policy, calendar)[0]

    files = blanks(people, policy, calendar, period, forms, propose=propose, dues=due_dates(policy, period, (), calendar)) if people.directory.postings else {}
    return (deliver(files, workplace.output, f"空白表 {period}") if files else workplace.output), len(files)


def run_year(workplace: Workplace, policy: Policy, year: int) -> tuple[YearResult, Path]:
    """The year made of its filed periods, with the half-year votes from input/ beside them. Raises BusyError or ArchiveError."""
    from appraisal import archive
    from appraisal.deliver import deliver
    from appraisal.people import gather
    from appraisal.render.year import year_outputs
    from appraisal.votes import votes
    from appraisal.year import year_result

    period = Period(year, Span.YEAR)
    received = receive(workplace, policy)
    people, _ = gather(received.tables, policy, period)
    result = year_result(archive.filed_in_year(workplace.archive, year), policy, year, votes(received.tables, people.directory, year))
    files = dict(year_outputs(result, policy, DRAFT if result.is_draft else "", workplace.templates))
    about = {"period": str(period), "state": (State.DRAFT if result.is_draft else State.FINAL).value, "versions": versions(), "rules": rules_sha(workplace)}
    files["run.json"] = _json(
        about | {"missing": [str(part) for part in result.missing], "outputs": {name: _sha(data) for name, data in sorted(files.items())}}
    )
    return result, deliver(files, workplace.output, str(period))


def _json(about: Mapping[str, object]) -> bytes:
    return (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode()


def write_check(result: Result, workplace: Workplace) -> Path:
    """The report of a check, beside the last run, which stays as it is."""
    from appraisal.deliver import deliver
    from appraisal.render.ledger import problem_list
    from appraisal.render.outputs import sent_back

    files = {"问题清单.xlsx": problem_list(result), **dict(sent_back(result, workplace.input))}
    return deliver(files, workplace.output / str(result.period), "检查")


def manifest(result: Result, workplace: Workplace, files: Mapping[str, bytes]) -> bytes:
    """run.json: what the run rests on and what it gave, by hash; no clock, so the same input gives the same bytes."""
    errors = sum(problem.is_error for problem in result.problems)
    about = {
        "period": str(result.period),
        "state": result.state.value,
        "versions": versions(),
        "rules": rules_sha(workplace),
        "filed": {str(period): number for period, number in result.filings.items()},
        "people": {"roster": result.people, "ledger": len(result.decisions), "periods": len(result.verdicts)},
        "control": {file: {"people": people, "used": used, "refused": people - used} for file, (people, used) in sorted(result.used.items())},
        "problems": {"errors": errors, "warnings": len(result.problems) - errors},
        "inputs": {intake.file: intake.sha256 for intake in result.intakes},
        "outputs": {name: _sha(data) for name, data in sorted(files.items())},
    }
    return _json(about)


def versions() -> dict[str, str]:
    """The program's own version and those of the libraries that results or files depend on."""
    libraries = ("pandas", "python-calamine", "xlsxwriter", "jinja2", "chinesecalendar")
    return {"appraisal": __version__, "python": platform.python_version(), **{name: version(name) for name in libraries}}
