"""Which standard sheets a policy uses, as the reading workers need to know them."""

from __future__ import annotations

from msgspec.structs import replace

from appraisal.model import UNIT, Span
from appraisal.notation import label, plain
from appraisal.policy.shape import ItemSheet, Policy
from appraisal.standard import ALWAYS, KINDS, Column, SheetKind, Standard, Value, item_sheet


def standard_for(policy: Policy, password: str = "") -> Standard:
    """The sheets in use, the regulation's own item sheets among them, with the workplace's own words added."""
    own = {sheet.sheet: _items(sheet) for sheet in policy.item_sheets}
    titles = [*ALWAYS, *(sheet for entry in policy.inputs for sheet in entry.sheets)]
    kinds = tuple(_worded(own.get(title) or KINDS[title], policy) for title in dict.fromkeys(titles))
    grades = {plain(word): str(grade) for word, grade in policy.vocabulary.grades.items()}
    return Standard(kinds, grades, password)


def _items(sheet: ItemSheet) -> SheetKind:
    """The columns of a scoring sheet; in percent mode every item is marked out of 100."""
    columns = tuple(
        Column(item.name, Value.NUMBER, True, True, aliases=item.aliases, maximum=int((item.points if sheet.score_mode == "points" else 100) * UNIT))
        for item in sheet.items
    )
    return item_sheet(sheet.sheet, Span(sheet.every), columns)


def _worded(kind: SheetKind, policy: Policy) -> SheetKind:
    extra = {label(name): words for name, words in policy.vocabulary.columns.items()}
    return replace(kind, columns=tuple(replace(column, aliases=(*column.aliases, *extra.get(label(column.name), ()))) for column in kind.columns))
