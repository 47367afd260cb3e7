"""Values → what each person attended, was rated and scored (pandas)."""

from __future__ import annotations

import pandas as pd

from appraisal.marks import Merged
from appraisal.model import Calendar
from appraisal.policy.shape import Policy
from appraisal.score.attendance import check_months, check_year_to_date
from appraisal.score.settle import COMPARED, Scored, settle, withhold_spoiled
from appraisal.score.standing import handed_in, standings
from appraisal.standard import Use


def score(merged: Merged, policy: Policy, calendar: Calendar) -> Scored:
    """Settles what was said twice and checks what can only be checked across sheets."""
    uses = pd.Series([policy.use_of(kind).value for kind in merged.kinds], dtype=object)
    entries = merged.entries.assign(use=uses.reindex(merged.entries["kind"]).to_numpy() if len(uses) else [])
    scored = Scored(merged, policy, calendar, entries)
    for use, items in COMPARED.items():
        scored.entries = settle(scored, use, items)
    withhold_spoiled(scored)
    if Use.ATTENDANCE.value in set(entries["use"]):
        check_months(scored)
        check_year_to_date(scored)
    return scored


__all__ = ["Scored", "handed_in", "score", "standings"]
