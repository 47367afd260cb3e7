"""The verbs in order: one period from dropped sheets to delivered workbooks. Stages meet here and speak in nouns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from appraisal.corrected import without_superseded
from appraisal.effect import without_effect
from appraisal.intake import Listed, listed, take_in
from appraisal.manifest import manifest, sha, versions
from appraisal.model import Arrivals, Calendar, Period, Span, Table, Verdict
from appraisal.policy.load import load_policy
from appraisal.policy.shape import Policy
from appraisal.policy.standard import standard_for
from appraisal.policy.workdays import calendar_for
from appraisal.problems import TWICE_SAME, Problem
from appraisal.result import NOTHING, Memory, Received, Result, Workplace
from appraisal.standard import KINDS, Standard, Use

if TYPE_CHECKING:
    from appraisal.directory import People
    from appraisal.recall import Change
    from appraisal.rulings import Rulings
    from appraisal.score import Scored

PASSWORD_FROM = "APPRAISAL_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that holds the password of encrypted sheets."""
RECORDS = (Use.ROSTER, Use.CIRCUMSTANCES, Use.RULINGS, Use.REVIEWS, Use.VOTES)


def receive(
    workplace: Workplace,
    policy: Policy,
    begin: Callable[[int], Callable[[int], None]] = lambda _: lambda _: None,
    found: Listed | None = None,
) -> Received:
    """Reads all of input/. `begin(files)` is told how many files there are and gives back what to call as they are done."""
    if found is None:
        with listed(workplace.input) as found:
            return receive(workplace, policy, begin, found)

    intakes = tuple(take_in(found, reading_standard(policy), begin(len(found.files)), _ready))
    intakes, doubts = without_superseded(intakes)
    problems = (*found.problems, *doubts, *(problem for intake in intakes for problem in intake.problems))
    return Received(intakes, problems, found.leftovers)


def reading_standard(policy: Policy) -> Standard:
    """What those who read must know of the policy, and the password of encrypted sheets."""
    return standard_for(policy, os.environ.get(PASSWORD_FROM, ""))


def _ready() -> None:
    """Loads what `appraise` and `write` need, while others read."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads for matrices, of which there are none here, take a processor from the readers

    import appraisal.arrived
    import appraisal.compare
    import appraisal.merge
    import appraisal.people
    import appraisal.record_forms
    import appraisal.render.outputs
    import appraisal.rulings
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
    from appraisal.arrived import gaps, together
    from appraisal.compare import compared
    from appraisal.deadlines import due_dates, reviews
    from appraisal.merge import merge
    from appraisal.people import gather
    from appraisal.recall import recall, settled, version_now
    from appraisal.record_forms import records_of
    from appraisal.rulings import gather_rulings
    from appraisal.score import handed_in, score

    around = period.within(Span.QUARTER) if period.span is Span.MONTH else period  # long leave is counted over the quarter
    problems = _of_period(received, around)
    people, faults = gather(received.tables, policy, period)
    problems += faults
    if not people.directory.postings:
        return Result(period, policy, (), _ordered(problems), None, received.intakes, received.leftovers)
    tables = [table for table in received.tables if _concerns(table, around)]
    sheets = compared(tables, received.tables, people.directory)
    merged, unmatched = merge(sheets.tables, people.directory)
    scored = score(merged, policy, calendar)
    rulings, refused = gather_rulings(received.tables, people.directory)
    judged = _judge(scored, people, rulings, period, memory)
    replies, unread = reviews(received.tables, people.directory, policy, calendar)
    twice = [problem for problem in scored.problems if problem.code != TWICE_SAME.code or (problem.cell.file, problem.cell.sheet) not in sheets.repeated]
    problems += [*sheets.problems, *unmatched, *refused, *judged.problems, *twice, *unread]
    present = people.directory.present(period)
    matrix, places = together(judged.matrices), handed_in(scored, present)
    if matrix is not None:
        problems += gaps(matrix, policy, places)
    problems = without_effect(problems, merged, judged.verdicts)
    final = not any(problem.is_error for problem in problems) and all(settled(verdict) for verdict in judged.verdicts)
    filed = {verdict.period: version_now(verdict, (memory.versions.get(verdict.period) or [()])[-1]) for verdict in judged.verdicts if verdict.groups}
    return Result(
        period,
        policy,
        tuple(judged.verdicts),
        _ordered(problems),
        matrix,
        received.intakes,
        received.leftovers,
        used=merged.used,
        people=len(present),
        calendar=calendar,
        tables=tuple(tables),
        sheets=places,
        records=records_of(received.tables, people.directory),
        merged=merged,
        reference=judged.reference,
        archived=memory.latest,
        dues=(*due_dates(policy, period, judged.verdicts, calendar), *replies),
        recalls=recall(people, policy, memory.latest),
        changes=tuple(judged.changes),
        filings=filed if final else {},
        trouble=memory.trouble,
    )


class _Judged(Struct):
    """What the rules and the rulings gave, result period by result period."""

    verdicts: list[Verdict] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    matrices: list[Arrivals] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reference: Verdict | None = None


def _judge(scored: Scored, people: People, rulings: Rulings, period: Period, memory: Memory) -> _Judged:
    """Standing → proposal → cap → ruling for everybody in each result period; the quarter for reference where results are monthly scores."""
    from appraisal.arrived import arrivals
    from appraisal.decide import decide
    from appraisal.grade import grade_all
    from appraisal.recall import before_now, changes, late_places
    from appraisal.rule import rule
    from appraisal.score import standings

    policy, calendar = scored.policy, scored.calendar
    judged = _Judged()
    for result_period in result_periods(period, policy):
        proposals, faults = grade_all(standings(scored, people, result_period), policy, calendar)
        filed = memory.versions.get(result_period, ())
        verdict, refusals = rule(decide(proposals, policy, result_period, late_places(proposals, filed)), rulings, policy)
        judged.verdicts.append(verdict)
        judged.changes += changes(verdict, before_now(verdict, filed))
        judged.matrices.append(arrivals(proposals, material_columns(policy, result_period)))
        judged.problems += [*faults, *refusals]
    if len(judged.verdicts) > 1 and policy.grading.score:
        proposals, _ = grade_all(standings(scored, people, period), policy, calendar)
        judged.reference = decide(proposals, policy, period)
    return judged


def _of_period(received: Received, period: Period) -> list[Problem]:
    """The problems of everything but sheets that plainly belong to another period: those are for that period's run."""
    other = {
        (table.file, table.sheet)
        for table in received.tables
        if table.period is not None and not period.overlaps(table.period.first_day, table.period.last_day)
    }
    return [problem for problem in received.problems if (problem.cell.file, problem.cell.sheet) not in other]


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
    """The policy in force, with its templates checked. Raises PolicyError or TemplateError."""
    policy = rules_of(workplace)
    check_forms(workplace, policy)
    return policy


def rules_of(workplace: Workplace) -> Policy:
    """The policy in force. Raises PolicyError before any input is read."""
    return load_policy(workplace.folder / "rules.yaml")


def check_forms(workplace: Workplace, policy: Policy) -> None:
    """Raises TemplateError for forms that cannot be filled."""
    from appraisal.render.forms import check_templates

    check_templates(workplace.templates, policy)


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
    from appraisal.deliver import complete, folder_beside, put, put_in_place
    from appraisal.into_archive import IntoArchive
    from appraisal.render import outputs
    from appraisal.render.in_two import InTwo

    with closing(IntoArchive(result, workplace)) as filing:
        with folder_beside(workplace.output, str(result.period)) as folder:

            def written(job: outputs.Job) -> dict[str, str]:
                return put(job(), folder)

            jobs = [partial(written, job) for job in outputs.outputs(result, workplace.templates, workplace.input)]
            in_two = InTwo(jobs, alone=len(result.decisions) < outputs.MANY)
            try:
                filing.begin()
                versions()  # looked up, which takes a while, before everything waits for it
                hashes = {name: value for done in in_two.answers() for name, value in done.items()}
            except BaseException:  # nobody may go on writing into a folder that is being removed
                in_two.end()
                raise
            about = manifest(result, workplace, hashes)
            fresh = complete(folder, hashes | put({"run.json": about}, folder))
        complaint = filing.finish(sha(about))
    return put_in_place(fresh, workplace.output, str(result.period), keep=filing.is_wanted and not complaint), complaint


def write_check(result: Result, workplace: Workplace) -> Path:
    """The report of a check, beside the last run, which stays as it is."""
    from appraisal.deliver import deliver
    from appraisal.render.ledger import problem_list
    from appraisal.render.outputs import sent_back

    files = {"问题清单.xlsx": problem_list(result), **dict(sent_back(result, workplace.input))}
    return deliver(files, workplace.output / str(result.period), "检查")
