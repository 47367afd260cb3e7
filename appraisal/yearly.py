"""The year made of its filed periods, delivered."""

from __future__ import annotations

from pathlib import Path

from appraisal import archive
from appraisal.deliver import deliver
from appraisal.intake import Listed
from appraisal.manifest import as_json, rules_sha, sha, versions
from appraisal.model import Period, Span, State
from appraisal.people import gather
from appraisal.pipeline import receive
from appraisal.policy.shape import Policy
from appraisal.render.year import year_outputs
from appraisal.result import DRAFT, Workplace
from appraisal.votes import votes
from appraisal.year import YearResult, year_result


def run_year(workplace: Workplace, policy: Policy, year: int, found: Listed | None = None) -> tuple[YearResult, Path]:
    """The year made of its filed periods, with the half-year votes from input/ beside them. Raises BusyError or ArchiveError."""
    period = Period(year, Span.YEAR)
    received = receive(workplace, policy, found=found)
    people, _ = gather(received.tables, policy, period)
    result = year_result(archive.filed_in_year(workplace.archive, year), policy, year, votes(received.tables, people.directory, year))
    files = dict(year_outputs(result, policy, DRAFT if result.is_draft else "", workplace.templates))
    about = {"period": str(period), "state": (State.DRAFT if result.is_draft else State.FINAL).value, "versions": versions(), "rules": rules_sha(workplace)}
    files["run.json"] = as_json(
        about | {"missing": [str(part) for part in result.missing], "outputs": {name: sha(data) for name, data in sorted(files.items())}}
    )
    return result, deliver(files, workplace.output, str(period))
