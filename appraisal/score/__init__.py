"""Values → what each person attended, was rated and scored (pandas)."""

from __future__ import annotations

import numpy as np
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
    uses = [policy.use_of(kind).value for kind in merged.kinds]
    known = sorted(set(uses))
    codes = np.array([known.index(use) for use in uses], dtype=np.int64)
    entries = merged.entries.assign(use=pd.Categorical.from_codes(codes[merged.entries["kind"].to_numpy()], pd.Index(known)))
    scored = Scored(merged, policy, calendar, entries)
    for use, items in COMPARED.items():
        scored.entries = settle(scored, use, items)
    withhold_spoiled(scored)
    if Use.ATTENDANCE.value in known:
        check_months(scored)
        check_year_to_date(scored)
    return scored


__all__ = ["Scored", "handed_in", "score", "standings"]
