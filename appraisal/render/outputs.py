"""Decisions → every file of a run, as bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from appraisal.model import Arrivals, Decision, Period, State, Verdict
from appraisal.policy.shape import Policy
from appraisal.problems import Problem
from appraisal.render.beside import beside
from appraisal.render.file_names import safe_name
from appraisal.render.filing import filing_values, list_values
from appraisal.render.forms import FILING, NAMES, open_template
from appraisal.render.ledger import ledger, problem_list
from appraisal.render.template import Tab

DRAFT = "【草稿】"
WHOLE = "汇总"
MANY = 2_000
"""From about this many results, two processes write them faster than one."""


def outputs(
    verdicts: Sequence[Verdict], matrix: Arrivals | None, problems: Sequence[Problem], policy: Policy, state: State, templates: Path, period: Period
) -> dict[str, bytes]:
    """Relative path → content, of everything in output/<PERIOD>/ but run.json."""
    mark = "" if state is State.FINAL else DRAFT
    note = f"{policy.regulation.organisation}　{period.chinese}　{policy.regulation.title}{policy.regulation.document}　{mark}"

    def forms() -> dict[str, bytes]:
        return dict(_forms(verdicts, policy, mark, templates)) if verdicts else {}

    many = sum(len(verdict.decisions) for verdict in verdicts) >= MANY
    rest = beside(forms) if many else forms
    lists = {"问题清单.xlsx": problem_list(problems), "考核台账.xlsx": ledger(verdicts, matrix, policy, note)}
    return lists | rest()


def units_of(verdicts: Sequence[Verdict], policy: Policy) -> list[str]:
    """The reporting units, in the declared order, then that of the roster; units all of whose people are out of scope file nothing."""
    found = dict.fromkeys(
        decision.person.unit for verdict in verdicts for decision in verdict.decisions if decision.proposal.in_scope or decision.proposal.elsewhere
    )
    first = [unit for unit in policy.units.order if unit in found]
    return [*first, *(unit for unit in found if unit not in first)]


def _forms(verdicts: Sequence[Verdict], policy: Policy, mark: str, templates: Path) -> Iterator[tuple[str, bytes]]:
    units = units_of(verdicts, policy)
    taken: set[str] = set()
    folders = {unit: safe_name(unit, taken) for unit in units}
    each = [(verdict, _by_unit(verdict)) for verdict in verdicts]
    several = len(verdicts) > 1
    for name, values in ((FILING, filing_values), (NAMES, list_values)):
        template = open_template(templates, name)
        tabs: dict[str, list[Tab]] = {
            unit: [Tab(f"{unit}{verdict.period.number}月" if several else unit, values(people[unit], verdict, unit, policy, mark)) for verdict, people in each]
            for unit in units
        }
        whole = [
            Tab(f"{WHOLE}{verdict.period.number}月" if several else WHOLE, values(verdict.decisions, verdict, policy.regulation.organisation, policy, mark))
            for verdict in verdicts
        ]
        every = [tab for unit in units for tab in tabs[unit]]
        yield name, template.fill([*whole, *every] if len(units) > 1 else every or whole)
        if len(units) > 1:
            for unit in units:
                yield f"分单位/{folders[unit]}/{name}", template.fill(tabs[unit])


def _by_unit(verdict: Verdict) -> Mapping[str, Sequence[Decision]]:
    """The decisions of each unit."""
    found: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in verdict.decisions:
        found[decision.person.unit].append(decision)
    return found
