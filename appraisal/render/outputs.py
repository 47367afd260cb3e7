"""Decisions → every file of a run, as bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from appraisal.model import Decision, Verdict
from appraisal.policy.shape import Policy
from appraisal.render.file_names import safe_name
from appraisal.render.filing import filing_values, list_values
from appraisal.render.forms import FILING, NAMES, open_template
from appraisal.render.ledger import ledger, problem_list
from appraisal.render.lists import ListTab
from appraisal.render.month_records import month_records
from appraisal.render.notice import NOTICE, notice
from appraisal.render.reminders import NAME, reminders, written
from appraisal.render.report import report
from appraisal.render.returned import returned
from appraisal.render.scored_sheets import scored_sheets
from appraisal.render.sitting import sitting
from appraisal.render.slips import slips
from appraisal.render.template import Tab
from appraisal.render.workings import achievements, reference_rows, score_rows
from appraisal.result import Result
from appraisal.standard import WORK_LEDGER

WHOLE = "汇总"
MANY = 2_000
"""From about this many results, two processes write them faster than one."""
_LOTS = 8
"""The departments' slips are one job in so many: small ones at the end let two processes finish together."""
Job = Callable[[], Mapping[str, bytes]]
"""Makes some of the files: relative path → content."""


def outputs(result: Result, templates: Path, sent: Path) -> Sequence[Job]:
    """The jobs that make everything in output/<PERIOD>/ but run.json, in whatever order, the longest first.

    `sent` is the folder that departments filled.
    """

    def reports() -> dict[str, bytes]:  # both show the same figures
        files = {"考核台账.xlsx": ledger(result, list(_regulations_own(result)))}
        return files | ({"报告.html": report(result, result.archived, templates).encode()} if result.verdicts else {})

    always: list[Job] = [reports, lambda: {"问题清单.xlsx": problem_list(result)}, lambda: dict(sent_back(result, sent))]
    if not any(verdict.groups for verdict in result.verdicts):
        return always
    forms: list[Job] = [
        lambda: month_records(result.verdicts, result.records, result.policy, result.mark, templates),
        lambda: dict(_forms(result, templates)),
        lambda: {"审定表.xlsx": sitting(result.verdicts, result.policy, result.state, result.period)},
        lambda: dict(_more(result, templates)),
    ]
    return [always[0], *forms, *always[1:], *(partial(slips, result, templates, slice(lot, None, _LOTS)) for lot in range(_LOTS))]


def sent_back(result: Result, sent: Path) -> Iterator[tuple[str, bytes]]:
    """What goes back to departments: faulty workbooks marked, and a reminder of what is missing."""
    digests = {intake.file: intake.sha256 for intake in result.intakes}
    yield from returned(result.problems, sent, digests)
    if result.matrix is not None:
        yield NAME, written(reminders(result.matrix, result.policy, result.problems, result.period, result.dues, result.tables))


def _regulations_own(result: Result) -> Iterator[ListTab]:
    """Tabs of the ledger that only some kinds of regulation have: the working of scores, achievements, the quarter for reference."""
    policy = result.policy
    if policy.scores:
        yield score_rows(result.verdicts, policy)
    if any(WORK_LEDGER.title in entry.sheets for entry in policy.inputs):
        yield achievements(result.tables, result.verdicts)
    if result.reference is not None:
        yield reference_rows(result.verdicts, result.reference)


def _more(result: Result, templates: Path) -> Iterator[tuple[str, bytes]]:
    """What is posted and kept beside the official forms, where the regulation asks for it."""
    verdicts, policy = result.verdicts, result.policy
    if result.calendar is not None and (page := notice(verdicts, policy, result.mark, templates, result.calendar)) is not None:
        yield NOTICE, page
    if (sheets := scored_sheets(verdicts, policy, result.mark)) is not None:
        yield "测评表.xlsx", sheets


def units_of(verdicts: Sequence[Verdict], policy: Policy) -> list[str]:
    """The reporting units, in the declared order, then that of the roster; units all of whose people are out of scope file nothing."""
    found = dict.fromkeys(
        decision.person.unit for verdict in verdicts for decision in verdict.decisions if decision.proposal.in_scope or decision.proposal.elsewhere
    )
    first = [unit for unit in policy.units.order if unit in found]
    return [*first, *(unit for unit in found if unit not in first)]


def _forms(result: Result, templates: Path) -> Iterator[tuple[str, bytes]]:
    verdicts, policy = result.verdicts, result.policy
    units = units_of(verdicts, policy)
    taken: set[str] = set()
    folders = {unit: safe_name(unit, taken) for unit in units}
    each = [(verdict, _by_unit(verdict)) for verdict in verdicts]
    for name, values in ((FILING, filing_values), (NAMES, list_values)):
        template = open_template(templates, name)
        tabs = {unit: [_tab(result, verdict, people[unit], (unit, unit), values) for verdict, people in each] for unit in units}
        whole = [_tab(result, verdict, verdict.decisions, (WHOLE, policy.regulation.organisation), values) for verdict in verdicts]
        every = [tab for unit in units for tab in tabs[unit]]
        yield name, template.fill([*whole, *every] if len(units) > 1 else every or whole)
        if len(units) > 1:
            for unit in units:
                yield f"分单位/{folders[unit]}/{name}", template.fill(tabs[unit])


def _tab(
    result: Result,
    verdict: Verdict,
    decisions: Sequence[Decision],
    about: tuple[str, str],
    values: Callable[[Sequence[Decision], Verdict, str, Policy, str], dict[str, object]],
) -> Tab:
    """A form about some people: `about` is its tab's name, to which the month is added where there are several, and who files it."""
    name, unit = about
    month = f"{verdict.period.number}月" if len(result.verdicts) > 1 else ""
    return Tab(f"{name}{month}", values(decisions, verdict, unit, result.policy, result.mark_of(verdict.period)))


def _by_unit(verdict: Verdict) -> Mapping[str, Sequence[Decision]]:
    """The decisions of each unit."""
    found: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in verdict.decisions:
        found[decision.person.unit].append(decision)
    return found
