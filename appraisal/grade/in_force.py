"""Whether a dated circumstance counts in a period."""

from __future__ import annotations

from collections.abc import Collection

from appraisal.model import Circumstance, Standing
from appraisal.policy.shape import CircumstanceRule


def in_force(rule: CircumstanceRule, known: Circumstance, standing: Standing, negative: Collection[str]) -> bool:
    """True when a circumstance counts in the period, by its kind's own way of counting; `negative` are the kinds that are sanctions."""
    period = standing.period
    match rule.when:
        case "any-day":
            return period.overlaps(known.start, known.end)
        case "last-day":
            return known.start <= period.last_day and (known.end is None or known.end >= period.last_day)
        case "calendar-year":
            return known.start.year == period.year
        case _:
            return known.start <= period.last_day and _still_open(rule, known, standing, negative)


def _still_open(rule: CircumstanceRule, known: Circumstance, standing: Standing, negative: Collection[str]) -> bool:
    """An investigation without an end is open. Closed without a sanction it no longer bars a grade, even for earlier periods (补定)."""
    if known.end is None:
        return True
    if not rule.late_grade:
        return known.end > standing.period.last_day
    sanctioned = any(other.kind != known.kind and other.kind in negative and other.start >= known.start for other in standing.circumstances)
    return sanctioned and known.end >= standing.period.first_day
