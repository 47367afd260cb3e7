"""Scores: ingredients by person and period, weighed and rounded once, exactly (integers and fractions, never floats)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from appraisal.model import Cell, Part, Period, Person, Score, Span, half_up, number
from appraisal.policy.shape import ScorePart, ScoreRule
from appraisal.score.adjust import adjustments
from appraisal.score.ledger import ledger_months
from appraisal.score.raters import rated
from appraisal.score.settle import Scored


class Ingredient(Struct, frozen=True):
    """What one person has of one part: its value (None when there is none), or an estimate where a cell is spoiled; and why."""

    value: Fraction | None
    cells: tuple[Cell, ...] = ()
    note: str = ""
    estimate: Fraction | None = None
    details: Mapping[str, Fraction] | None = None
    """Values by item, for tie-break keys."""


Ingredients = Mapping[int, Ingredient]


def scores_of(scored: Scored, people: Sequence[Person], period: Period) -> dict[int, Score]:
    """The score that decides about each person in a result period; nothing where the regulation has no scores.

    A monthly score under quarterly results (`result_unit: quarter`) counts as the mean of the quarter's months.
    """
    name = scored.policy.grading.score
    if name is None:
        return {}
    rule = scored.policy.score_rule(name)
    if period.span is Span.MONTH and rule.every == "quarter":
        monthly = next((part.score for part in rule.parts if part.score), None)
        return computed(scored, scored.policy.score_rule(monthly), people, period) if monthly else {}
    return computed(scored, rule, people, period)


def computed(scored: Scored, rule: ScoreRule, people: Sequence[Person], period: Period) -> dict[int, Score]:
    """A declared score of everybody for a month or quarter; for a span longer than the rule's, the mean of its months."""
    key = (rule.name, period)
    if key not in scored.scores:
        if Span(rule.every) is Span.MONTH and period.span is Span.QUARTER:
            scored.scores[key] = _mean_of_rule(scored, rule, people, period)
        elif Span(rule.every) is Span.QUARTER and period.span is Span.MONTH:
            scored.scores[key] = {}
        else:
            scored.scores[key] = _weighed(scored, rule, people, period)
    return scored.scores[key]


def _weighed(scored: Scored, rule: ScoreRule, people: Sequence[Person], period: Period) -> dict[int, Score]:
    gathered = [(part, _ingredients(scored, part, people, period)) for part in rule.parts]
    ties = scored.policy.ties.keys
    return {person.index: _score(rule, period, [(part, found.get(person.index, NONE)) for part, found in gathered], ties) for person in people}


NONE = Ingredient(None)


def _score(rule: ScoreRule, period: Period, parts: list[tuple[ScorePart, Ingredient]], ties: Sequence[str]) -> Score:
    """Weighted parts plus what is simply added, within the declared limits, rounded half-up once."""
    weighed = [(part.weight, found) for part, found in parts if part.weight is not None]
    added = sum((found.value for part, found in parts if part.weight is None and found.value is not None), Fraction(0))
    shown = tuple(Part(part.name, found.value, part.weight, found.cells, found.note, found.details or {}) for part, found in parts)
    keys = tuple(value for key in ties if (value := _tie_value(key, parts)) is not None)
    if any(found.value is None for _, found in weighed):
        return Score(rule.name, period, None, shown, keys, _estimate(weighed, added))
    total = sum((weight * found.value for weight, found in weighed if found.value is not None), Fraction(0)) + added
    total = max(total, rule.least) if rule.least is not None else total
    total = min(total, rule.most) if rule.most is not None else total
    return Score(rule.name, period, half_up(total, rule.round), shown, keys)


def _estimate(weighed: list[tuple[Fraction, Ingredient]], added: Fraction) -> Fraction | None:
    """What the readable parts suggest, as if the unreadable ones were like them; None when nothing can be read."""
    known = [(weight, found.value if found.value is not None else found.estimate) for weight, found in weighed]
    usable = [(weight, value) for weight, value in known if value is not None]
    return sum((weight * value for weight, value in usable), Fraction(0)) / sum(weight for weight, _ in usable) + added if usable else None


def _tie_value(key: str, parts: list[tuple[ScorePart, Ingredient]]) -> Fraction | None:
    for part, found in parts:
        if part.name == key and found.value is not None:
            return found.value
        if found.details and key in found.details:
            return found.details[key]
    return None


def _ingredients(scored: Scored, part: ScorePart, people: Sequence[Person], period: Period) -> Ingredients:
    sources: dict[str, Callable[[], Ingredients]] = {
        "items": lambda: _from_raters(scored, part, period),
        "field": lambda: _from_raters(scored, part, period),
        "equal-share": lambda: {
            index: Ingredient(value, cells, note, estimate) for index, (value, cells, note, estimate) in ledger_months(scored, people, period).items()
        },
        "mean-of-months": lambda: _mean_of_months(scored, part.score or "", people, period),
        "adjustments": lambda: {index: Ingredient(value, cells, note) for index, (value, cells, note) in adjustments(scored, period).items()},
    }
    return sources[part.how]()


def _from_raters(scored: Scored, part: ScorePart, period: Period) -> Ingredients:
    return {index: Ingredient(found.value, found.cells, found.note, found.estimate, found.details) for index, found in rated(scored, part, period).items()}


def _mean_of_months(scored: Scored, name: str, people: Sequence[Person], period: Period) -> Ingredients:
    """The mean of the months that have a score; months without one do not count."""
    rule = scored.policy.score_rule(name)
    months = [(month, computed(scored, rule, people, month)) for month in period.parts(Span.MONTH)]
    found = {}
    for person in people:
        known = [(month, score) for month, scores in months if (score := scores.get(person.index)) is not None]
        valued = [(month, score, score.value) for month, score in known if score.value is not None]
        cells = tuple(cell for _, score, _ in valued for part in score.parts for cell in part.cells)
        note = "、".join(f"{month.number}月 {number(value)}" for month, _, value in valued)
        guesses = [score.value if score.value is not None else score.estimate for _, score in known]
        usable = [guess for guess in guesses if guess is not None]
        estimate = sum(usable, Fraction(0)) / len(usable) if usable and any(score.estimate is not None for _, score in known) else None
        value = sum((value for *_, value in valued), Fraction(0)) / len(valued) if valued else None
        found[person.index] = Ingredient(value, cells, note, estimate)
    return found


def _mean_of_rule(scored: Scored, rule: ScoreRule, people: Sequence[Person], period: Period) -> dict[int, Score]:
    """A monthly score for a quarter: the mean of its months, rounded like the score itself."""
    means = _mean_of_months(scored, rule.name, people, period)
    name = f"{rule.name}（季度平均）"
    return {
        index: Score(
            name,
            period,
            half_up(found.value, rule.round) if found.value is not None else None,
            (Part("各月平均", found.value, None, found.cells, found.note),),
            (),
            found.estimate,
        )
        for index, found in means.items()
    }
