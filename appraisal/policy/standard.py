"""Which standard sheets a policy uses, as the reading workers need to know them."""

from __future__ import annotations

from dataclasses import replace

from appraisal.notation import label, plain
from appraisal.policy.shape import Policy
from appraisal.standard import ALWAYS, KINDS, SheetKind, Standard


def standard_for(policy: Policy) -> Standard:
    """The sheets in use with the workplace's own words added."""
    titles = [*ALWAYS, *(sheet for entry in policy.inputs for sheet in entry.sheets)]
    kinds = tuple(_worded(KINDS[title], policy) for title in dict.fromkeys(titles) if title in KINDS)
    grades = {plain(word): str(grade) for word, grade in policy.vocabulary.grades.items()}
    return Standard(kinds, grades)


def _worded(kind: SheetKind, policy: Policy) -> SheetKind:
    extra = {label(name): words for name, words in policy.vocabulary.columns.items()}
    return replace(kind, columns=tuple(replace(column, aliases=(*column.aliases, *extra.get(label(column.name), ()))) for column in kind.columns))
