"""Which errors still matter once it is known who is graded: what stands about people already decided withholds nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from appraisal.marks import Merged
from appraisal.model import Status, Verdict
from appraisal.problems import EMPTY_CELL, NO_ITEMS, Problem, Severity

_DECIDED = (Status.OUT_OF_SCOPE, Status.ABSENT, Status.UNGRADED)
"""What circumstances decide, whatever the sheets say."""


def without_effect(problems: Sequence[Problem], merged: Merged, verdicts: Sequence[Verdict]) -> list[Problem]:
    """Errors in rows about people whose circumstances have decided already: what stands there has no effect, so it withholds nobody.

    An empty cell is then nothing at all, anything else a warning; nor does anybody ask what such people did in a month.
    """
    rows = set(_rows_without_effect(merged, verdicts))
    idle = {decision.person.cell for verdict in verdicts for decision in verdict.decisions if decision.proposed in _DECIDED}
    idle -= {decision.person.cell for verdict in verdicts for decision in verdict.decisions if decision.proposed not in _DECIDED}
    softened = []
    for problem in problems:
        if problem.code == NO_ITEMS.code and problem.cell in idle:
            continue
        if not problem.is_error or (problem.cell.file, problem.cell.sheet, problem.cell.row) not in rows:
            softened.append(problem)
        elif problem.code != EMPTY_CELL.code:
            softened.append(replace(problem, severity=Severity.WARNING))
    return softened


def _rows_without_effect(merged: Merged, verdicts: Sequence[Verdict]) -> Iterator[tuple[str, str, int]]:
    """File, tab and row of spoiled rows whose person is out of scope, absent or ungraded in every result period they speak of."""
    settled = {(decision.person.index, verdict.period) for verdict in verdicts for decision in verdict.decisions if decision.proposed in _DECIDED}
    spoiled = merged.entries[merged.entries["spoiled"]]
    for person, period, number, place in zip(*(spoiled[name].tolist() for name in ("person", "period", "table", "place")), strict=True):
        table, when = merged.tables[number], merged.periods[period]
        concerned = [verdict.period for verdict in verdicts if verdict.period.holds(when) or when.holds(verdict.period)]
        if concerned and all((person, period_) in settled for period_ in concerned):
            yield from ((table.file, table.sheet, row) for row in {table.rows[place], *table.row_at.values()})
