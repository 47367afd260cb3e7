"""Everybody together: the cap, its seats, ties and over-rated units. The tool proposes; where a person must choose it says 待研判."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from appraisal.model import Code, Decision, Grade, Group, Outcome, Period, Proposal, Reason, Span, Status, Verdict, number, percent
from appraisal.policy.shape import Cap, Policy

WHOLE = "全单位"


def seats(cap: Cap, base: int) -> int:
    """“40%以内” of `base` people: never rounded up (4 people → 1 seat, 2 people → none)."""
    return math.floor(cap.share * base)


def base_of(cap: Cap, proposals: Sequence[Proposal]) -> int:
    """How many people the share is taken of. A person withheld for a bad cell still counts: one colleague's typo costs nobody a seat."""
    if cap.base == "headcount":
        return sum(proposal.in_scope for proposal in proposals)
    if cap.base == "participants":
        return sum(proposal.participates for proposal in proposals)
    return sum(proposal.participates and proposal.outcome is not Status.UNGRADED for proposal in proposals)


def decide(proposals: Sequence[Proposal], policy: Policy, period: Period, late: frozenset[int] = frozenset()) -> Verdict:
    """The proposal for everybody in one period, each group under its cap.

    `late` are places of people who get a grade afterwards (补定): they take free seats only, and nobody else's grade moves.
    """
    if period.span is Span.MONTH and policy.periods.span is Span.QUARTER:
        return Verdict(period, tuple(_outside(proposal) for proposal in proposals), ())
    by_group: dict[str, list[int]] = defaultdict(list)
    for place, proposal in enumerate(proposals):
        if proposal.in_scope:
            by_group[group_of(proposal, policy)].append(place)
    decisions: list[Decision | None] = [_outside(proposal) if not proposal.in_scope else None for proposal in proposals]
    groups = []
    for name, places in by_group.items():
        members = [proposals[place].under(name) for place in places]
        group, decided = _under_cap(name, members, policy, frozenset(number_ for number_, place in enumerate(places) if place in late))
        groups.append(group)
        for place, decision in zip(places, decided, strict=True):
            decisions[place] = decision
    if policy.cap.small_units.method == "min1":
        _report_overall(decisions, groups, policy)
    return Verdict(period, tuple(decision for decision in decisions if decision is not None), tuple(groups))


def _report_overall(decisions: list[Decision | None], groups: list[Group], policy: Policy) -> None:
    """Small units lifted to one seat may carry the whole above the share: then a human decides about the lifted ones."""
    allowed = seats(policy.cap, sum(group.base for group in groups))
    good = sum(group.good_inside for group in groups)
    lifted = {unit for group in groups for unit in group.units if seats(policy.cap, group.base) < group.seats}
    if good <= allowed:
        return
    reason = Reason(Code.OVER_RATED, f"小单位各保底 1 个名额后，全单位好等次 {good} 人，超过 {allowed} 人，由人研判取舍", policy.cap.small_units.source)
    for place, decision in enumerate(decisions):
        if decision is not None and decision.result is Grade.GOOD and not decision.proposal.outside_cap and decision.person.unit in lifted:
            decisions[place] = replace(decision, result=Status.CONTESTED, reasons=(*decision.reasons, reason))


def group_of(proposal: Proposal, policy: Policy) -> str:
    """Whose cap a person counts under: the reporting unit (or its pool), the category of staff, or everybody."""
    cap = policy.cap
    if cap.scope == "whole":
        return WHOLE
    if cap.scope == "category":
        return proposal.person.category
    unit = proposal.person.unit
    if cap.small_units.method == "pool":
        return next(("、".join(pool) for pool in cap.small_units.pools if unit in pool), unit)
    return unit


def _outside(proposal: Proposal) -> Decision:
    """Nobody whom a cap concerns: out of scope, or only scored."""
    return Decision(proposal, proposal.outcome, Status.WITHHELD if proposal.withheld else proposal.outcome, proposal.reasons)


# ---- one group under its cap -------------------------------------------------------------------------------------------


class _Cut(Struct):
    """Where the cap falls in a group: who has a seat, who is lowered, who waits for a human."""

    seated: set[int]
    lowered: dict[int, Reason]
    contested: dict[int, Reason]


def _under_cap(name: str, members: list[Proposal], policy: Policy, late: frozenset[int]) -> tuple[Group, list[Decision]]:
    cap = policy.cap
    base = base_of(cap, [member for place, member in enumerate(members) if cap.base != "graded" or place not in late])
    total = seats(cap, base)
    if cap.small_units.method == "min1" and base and total == 0:
        total = 1
    outside = [place for place, proposal in enumerate(members) if proposal.outcome is Grade.GOOD and proposal.outside_cap]
    inside = [place for place, proposal in enumerate(members) if proposal.outcome is Grade.GOOD and not proposal.outside_cap]
    cut = _by_score(members, inside, total, policy, late) if cap.excess == "lowered" else _by_hand(inside, total, base, name, policy, late)
    decisions = [_decision(proposal, place, cut, policy) for place, proposal in enumerate(members)]
    good = sum(decision.proposed is Grade.GOOD and not decision.proposal.outside_cap for decision in decisions)
    units = tuple(dict.fromkeys(proposal.person.unit for proposal in members))
    missing = sum(proposal.withheld for proposal in members)
    return Group(name, units, base, total, good, len(outside), good > total, missing), decisions


def _by_hand(inside: list[int], total: int, base: int, name: str, policy: Policy, late: frozenset[int]) -> _Cut:
    """Ratings are never lowered by the tool: when a unit has rated too many, everybody rated 好 there waits for a human."""
    if len(inside) <= total:
        return _Cut(set(inside), {}, {})
    share = percent(Fraction(len(inside), base)) if base else "—"
    text = f"{name}评为好的 {len(inside)} 人，占 {base} 人的 {share}，超过 {number(policy.cap.share * 100)}% 以内的 {total} 个名额，由人研判取舍"
    reason = Reason(Code.OVER_RATED, text, policy.cap.source)
    filed = [place for place in inside if place not in late]
    if len(filed) <= total:
        return _Cut(set(filed), {}, {place: reason for place in inside if place in late})
    return _Cut(set(), {}, dict.fromkeys(inside, reason))


def _by_score(members: list[Proposal], inside: list[int], total: int, policy: Policy, late: frozenset[int]) -> _Cut:
    """Seats go to direct 好 first, then by score and declared tie-break keys; a tie across the cut is left to people."""
    direct = [place for place in inside if members[place].direct]
    if len(direct) > total:
        reason = Reason(Code.OVER_RATED, f"直接确定为好的 {len(direct)} 人多于 {total} 个名额，由人研判取舍", policy.cap.source)
        rest = _cap_reason(policy, total)
        return _Cut(set(), dict.fromkeys(_candidates(members, inside), rest), dict.fromkeys(direct, reason))
    free = max(total - len(direct) - sum(proposal.withheld and proposal.direct for proposal in members), 0)
    cut = _Cut(set(direct), {}, {})
    held = _held_open(members, policy)
    keys = {place: (place not in late, *_key(members[place])) for place in (*_candidates(members, inside), *held)}
    places = sorted(keys, key=lambda place: (keys[place], place in held), reverse=True)
    for (_, is_held), group in groupby(places, key=lambda place: (keys[place], place in held)):
        tied = list(group)
        if is_held:
            free = max(free - len(tied), 0)
        elif free >= len(tied):
            cut.seated.update(tied)
            free -= len(tied)
        elif free > 0:
            names = "、".join(members[place].person.name for place in tied)
            cut.contested.update(dict.fromkeys(tied, Reason(Code.TIE, f"{names}同分，只剩 {free} 个名额，由人研判", policy.ties.source)))
            free = 0
        else:
            cut.lowered.update(dict.fromkeys(tied, _cap_reason(policy, total)))
    return _without_objections(members, cut, policy)


def _held_open(members: list[Proposal], policy: Policy) -> set[int]:
    """People withheld for a bad cell whose readable cells suggest 好: while the cell is wrong their seat goes to nobody else."""
    floor = policy.grading.bands[0].floor if policy.grading.by == "bands" else None
    estimates = {
        place: _worth(proposal)
        for place, proposal in enumerate(members)
        if proposal.withheld and not proposal.direct and not proposal.contested and proposal.ceiling in (None, Grade.GOOD)
    }
    return {place for place, estimate in estimates.items() if estimate is not None and (floor is None or estimate >= floor)}


def _cap_reason(policy: Policy, total: int) -> Reason:
    """Why somebody has no seat: good enough but full (bands), or simply not among the first (ranking)."""
    if policy.grading.by == "rank":
        return Reason(Code.DEFAULT, f"名次在 {total} 个名额以外，按配置建议{policy.grading.default}", policy.grading.source)
    return Reason(Code.CAP, f"好等次掌握在 {number(policy.cap.share * 100)}% 以内，共 {total} 个名额，按得分未进入", policy.cap.source)


def _candidates(members: list[Proposal], inside: list[int]) -> list[int]:
    """Who competes for seats by score: those in the band of 好, or under a ranking everybody whom nothing bars."""
    ranking = [
        place
        for place, proposal in enumerate(members)
        if proposal.reasons and proposal.reasons[-1].code is Code.RANK and proposal.ceiling in (None, Grade.GOOD)
    ]
    return [place for place in dict.fromkeys([*inside, *ranking]) if not members[place].direct and not members[place].contested]


def _key(proposal: Proposal) -> tuple[Fraction, ...]:
    score = proposal.standing.score
    value = _worth(proposal)
    assert score is not None
    assert value is not None
    return (value, *score.ties)


def _worth(proposal: Proposal) -> Fraction | None:
    """The score, or what the readable cells of a spoiled one suggest."""
    score = proposal.standing.score
    return None if score is None else score.value if score.value is not None else score.estimate


def _without_objections(members: list[Proposal], cut: _Cut, policy: Policy) -> _Cut:
    """An objection of the inspectors keeps a seat open until it is resolved: nobody slides in."""
    for place in sorted(cut.seated):
        if cells := members[place].standing.objections:
            cut.seated.discard(place)
            cut.contested[place] = Reason(Code.OVER_RATED, "派驻纪检组有异议，解决前不能定为好", policy.cap.source, cells)
    return cut


def _decision(proposal: Proposal, place: int, cut: _Cut, policy: Policy) -> Decision:
    reasons = proposal.reasons
    if proposal.withheld:
        return Decision(proposal, None, Status.WITHHELD, reasons)
    if proposal.contested:
        proposed: Outcome | None = Grade.FAIR if proposal.outcome is Grade.GOOD else proposal.outcome
        return Decision(proposal, proposed, Status.CONTESTED, reasons)
    if place in cut.contested:
        proposed = proposal.outcome if policy.cap.excess == "human" else _lowered(policy)
        return Decision(proposal, proposed, Status.CONTESTED, (*reasons, cut.contested[place]))
    if place in cut.lowered:
        return Decision(proposal, _lowered(policy), _lowered(policy), (*reasons, cut.lowered[place]))
    if place in cut.seated and proposal.outcome is not Grade.GOOD:
        reasons = (*reasons, Reason(Code.RANK, f"按得分名次在 {number(policy.cap.share * 100)}% 的名额以内，为{Grade.GOOD}", policy.cap.source))
    outcome: Outcome | None = Grade.GOOD if place in cut.seated else proposal.outcome
    return Decision(proposal, outcome, outcome, reasons)


def _lowered(policy: Policy) -> Grade:
    """The grade of those whom the cap leaves without a seat."""
    return policy.grading.default or Grade.FAIR
