"""Who is appraised here at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from appraisal.model import Period, Person
from appraisal.notation import label
from appraisal.policy.shape import Policy


def outside(person: Person, period: Period, policy: Policy) -> str:
    """Why a person is not appraised here at all in a period; empty when appraised."""
    scope = policy.scope
    if person.category not in scope.categories:
        return f"人员类别为{person.category}"
    if person.establishment not in scope.establishment:
        return f"编制为{person.establishment}"
    if _ranks_outside(person.rank, scope.outside_ranks):
        return f"职务职级为{person.rank}"
    if person.arrived is not None and person.arrived > period.last_day:
        return f"{person.arrived} 才到岗"
    if person.left is None:
        return "" if person.in_post else "不在岗"
    if person.left < period.first_day:
        return f"{person.left} 已离岗"
    return f"{person.left} 期内离岗" if person.left < period.last_day and not _assessed_though_left(person, policy) else ""


@lru_cache(maxsize=1024)
def _ranks_outside(rank: str, outside_ranks: Sequence[str]) -> bool:
    text = label(rank)
    return any(word in text for word in outside_ranks)


def _assessed_though_left(person: Person, policy: Policy) -> bool:
    leaving = policy.scope.leaving
    if any(word in person.note for word in leaving.gone_words):
        return False
    return leaving.assessed or any(word in person.note for word in leaving.assessed_words)
