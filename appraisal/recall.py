"""What today's facts say about results already filed: grades to be given afterwards (补定), and filed grades to look at again (需复核)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from appraisal.directory import People
from appraisal.model import Cell, Circumstance, Decision, Filed, Grade, Period, Person, Proposal, Span, Status, Verdict, lower, who
from appraisal.policy.shape import CircumstanceRule, Policy

Archived = Mapping[Period, Sequence[Filed]]
"""The latest filing of every period of a year."""
Versions = Sequence[Sequence[Filed]]
"""All filings of one result period, the first one first."""


def before_now(verdict: Verdict, versions: Versions) -> Sequence[Filed]:
    """The filing that this verdict changes: the latest one, or the one before it when the latest says the same already."""
    number = version_now(verdict, versions[-1] if versions else ())
    return versions[number - 1] if number else ()


class Recall(Struct, frozen=True):
    """A person whose filed results no longer fit the facts: what is to be done, for which periods, why."""

    person: Person
    what: str
    periods: tuple[Period, ...]
    why: str
    clause: str


def recall(people: People, policy: Policy, archived: Archived) -> tuple[Recall, ...]:
    """Everybody with something to be graded afterwards or looked at again. Nothing is rewritten: each period is run again on request."""
    rules = {rule.kind: rule for rule in policy.circumstances}
    found: list[Recall] = []
    latest = {person.index: person for person in people.directory.postings}
    for index, circumstances in people.circumstances.items():
        for known in circumstances:
            rule, person = rules[known.kind], latest[index]
            if rule.late_grade and known.end is not None:
                found += _late(person, known, rule, circumstances, policy, archived)
            elif rule.effect == "ceiling" and rule.when == "calendar-year":
                found += _again(person, known, rule, archived)
    return tuple(found)


def _late(person: Person, known: Circumstance, rule: CircumstanceRule, others: Sequence[Circumstance], policy: Policy, archived: Archived) -> Iterator[Recall]:
    """The periods at whose end the investigation was still open, unless a sanction followed or they have been graded since."""
    assert known.end is not None
    negative = {other.kind for other in policy.circumstances if other.negative}
    if any(other.kind != known.kind and other.kind in negative and other.start >= known.start for other in others):
        return
    span = policy.periods.span
    years = range(known.start.year, known.end.year + 1)
    periods = [
        part
        for year in years
        for part in Period(year, Span.YEAR).parts(span)
        if known.start <= part.last_day < known.end and not isinstance(_filed(person, part, archived), Grade)
    ]
    if periods:
        yield Recall(person, "补定等次", tuple(periods), f"{known.kind}：{known.start} 至 {known.end} 结束，未见处分", rule.source)


def _again(person: Person, known: Circumstance, rule: CircumstanceRule, archived: Archived) -> Iterator[Recall]:
    """Periods of the year filed with a grade above the ceiling that came later (B-k)."""
    assert rule.grade is not None
    periods = [
        period
        for period in sorted(archived)
        if period.year == known.start.year and isinstance(grade := _filed(person, period, archived), Grade) and lower(grade, rule.grade) is not grade
    ]
    if periods:
        yield Recall(person, "需复核", tuple(periods), f"{known.kind}：{known.start} 起，当年等次不得高于{rule.grade}", rule.source)


def _filed(person: Person, period: Period, archived: Archived) -> object:
    return next((filed.result for filed in archived.get(period, ()) if filed.who == who(person)), None)


def late_places(proposals: Sequence[Proposal], versions: Versions) -> frozenset[int]:
    """Places of people who were once filed as 不确定等次 and can be graded now: they take free seats only, in this run and ever after."""
    ungraded = {found.who for filed in versions for found in filed if found.result is Status.UNGRADED}
    return frozenset(place for place, proposal in enumerate(proposals) if who(proposal.person) in ungraded and isinstance(proposal.outcome, Grade))


class Change(Struct, frozen=True):
    """One person's result before and after an amendment (变更说明)."""

    period: Period
    person: Person
    before: str
    after: str
    why: str
    cells: tuple[Cell, ...] = ()


def changes(verdict: Verdict, filed: Sequence[Filed]) -> tuple[Change, ...]:
    """Whose result differs from the latest filing of the period; nothing where none was filed."""
    if not filed:
        return ()
    before = {found.who: str(found.result) for found in filed}
    now = {who(decision.person): decision for decision in verdict.decisions}
    changed = [
        Change(
            verdict.period, decision.person, before.get(key, "（无）"), str(decision.result or ""), "；".join(map(str, decision.reasons)), cells_of(decision)
        )
        for key, decision in now.items()
        if before.get(key, "（无）") != str(decision.result or "")
    ]
    gone = [
        Change(verdict.period, Person(-1, other.name, other.department, other.unit, Cell(""), other.staff_no), str(other.result), "（名册中已没有）", "")
        for other in filed
        if other.who not in now
    ]
    return (*changed, *gone)


def cells_of(decision: Decision) -> tuple[Cell, ...]:
    """The cells a decision rests on, each once."""
    return tuple(dict.fromkeys(cell for reason in decision.reasons for cell in reason.cells))


SETTLED = frozenset({*Grade, Status.UNGRADED, Status.ABSENT, Status.OUT_OF_SCOPE})


def settled(verdict: Verdict) -> bool:
    """True when nobody in the period waits for anything."""
    return all(decision.result in SETTLED for decision in verdict.decisions)


def version_now(verdict: Verdict, filed: Sequence[Filed]) -> int:
    """The version these results stand for: that of the latest filing when they say the same of the same people, else the next."""
    if not filed:
        return 0
    before = sorted((found.who, str(found.result), found.proposed, found.score or 0, found.remark) for found in filed)
    now = sorted(
        (who(decision.person), str(decision.result), str(decision.proposed or ""), score_of(decision), decision.remark) for decision in verdict.decisions
    )
    return filed[0].version + (before != now)


def score_of(decision: Decision) -> Fraction | int:
    score = decision.proposal.standing.score
    return score.value if score is not None and score.value is not None else 0
