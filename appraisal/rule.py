"""Leaders' rulings and approval on top of the proposals. A ruling the regulation does not allow is refused, with the clause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from appraisal.model import Code, Decision, Grade, Group, Period, Reason, Ruling, Status, Verdict, lower, number, percent
from appraisal.policy.shape import Policy
from appraisal.problems import (
    RULING_AGAINST_STATUS,
    RULING_NO_APPROVER,
    RULING_NO_REASON,
    RULING_OVER_CAP,
    RULING_OVER_CEILING,
    RULING_STALE,
    Problem,
)

WAITING = (Status.CONTESTED, Status.UNAPPROVED)


class _Sitting(Struct):
    """One period's proposals on the leaders' table."""

    verdict: Verdict
    policy: Policy
    rulings: Mapping[int, Ruling]
    """By place in the verdict; only those that speak about today's proposal."""
    accepted: dict[int, Ruling] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, place: int, problem: Problem) -> None:
        self.accepted.pop(place, None)
        self.problems.append(problem)


def rule(verdict: Verdict, rulings: Mapping[tuple[int, Period], Ruling], policy: Policy) -> tuple[Verdict, tuple[Problem, ...]]:
    """The verdict with every allowed ruling applied and, where approval is required, only signed lines final."""
    heard = {place: found for place, decision in enumerate(verdict.decisions) if (found := rulings.get((decision.person.index, verdict.period))) is not None}
    sitting = _Sitting(verdict, policy, heard)
    for place, ruling in heard.items():
        decision = verdict.decisions[place]
        if decision.result is Status.WITHHELD or not (ruling.signed or ruling.ruled):
            continue
        fault = _fault(decision, ruling)
        if fault is not None:
            sitting.problems.append(fault)
        else:
            sitting.accepted[place] = ruling
    _leave_untouched_contests(sitting)
    _keep_caps(sitting)
    decisions = tuple(_ruled(sitting, place, decision) for place, decision in enumerate(verdict.decisions))
    members = _members(decisions)
    signed = [ruling.approved_on for ruling in sitting.accepted.values() if ruling.approved_on is not None]
    groups = tuple(_recounted(group, members.get(group.name, ())) for group in verdict.groups)
    return Verdict(verdict.period, decisions, groups, max(signed, default=None)), tuple(sitting.problems)


def _fault(decision: Decision, ruling: Ruling) -> Problem | None:
    """Why a ruling cannot stand, whatever the others are."""
    name, ruled = decision.person.name, ruling.ruled
    about = {"period": ruling.period.chinese, "ruled": ruled}
    if ruling.proposed != str(decision.proposed or ""):
        return RULING_STALE.at(ruling.cell, name, period=ruling.period.chinese, now=decision.proposed or "（空）", found=ruling.proposed or "（空）")
    if ruled is None or (ruled == decision.proposed and decision.result is not Status.CONTESTED):
        return None
    if isinstance(decision.proposed, Status):
        reason = decision.reasons[-1]
        return RULING_AGAINST_STATUS.at(ruling.cell, name, status=decision.proposed, clause=reason.clause, **about)
    ceiling = decision.proposal.ceiling
    if isinstance(ruled, Grade) and ceiling is not None and lower(ruled, ceiling) is not ruled:
        clause = next((reason.clause for reason in decision.reasons if reason.code is Code.CEILING), "")
        return RULING_OVER_CEILING.at(ruling.cell, name, ceiling=ceiling, clause=clause, **about)
    if ruled != decision.proposed and not ruling.reason:
        return RULING_NO_REASON.at(ruling.cell, name, why="", **about)
    return RULING_NO_APPROVER.at(ruling.cell, name, **about) if not ruling.signed else None


def _leave_untouched_contests(sitting: _Sitting) -> None:
    """A contested case is settled only when somebody in it was expressly ruled on; a signature alone does not choose."""
    touched = {_contest(sitting, place) for place, ruling in sitting.accepted.items() if ruling.ruled is not None}
    for place in list(sitting.accepted):
        decision = sitting.verdict.decisions[place]
        if decision.result is Status.CONTESTED and _contest(sitting, place) not in touched:
            del sitting.accepted[place]


def _contest(sitting: _Sitting, place: int) -> tuple[Reason, ...] | int:
    """People who are contested for the same reason belong to one contest."""
    decision = sitting.verdict.decisions[place]
    return (
        decision.reasons[-1:]
        if decision.result is Status.CONTESTED and decision.code in (Code.TIE, Code.OVER_RATED) and not decision.reasons[-1].cells
        else place
    )


def _keep_caps(sitting: _Sitting) -> None:
    """Rulings that carry a group over its cap: refused where the cap is hard, need a reason where it is soft (原则上)."""
    by_group: dict[str, list[int]] = defaultdict(list)
    for place, decision in enumerate(sitting.verdict.decisions):
        if decision.proposal.in_scope and _is_good(sitting, place):
            by_group[decision.proposal.group].append(place)
    for group in sitting.verdict.groups:
        good = by_group[group.name]
        raised = [
            place
            for place in good
            if place in sitting.accepted and sitting.verdict.decisions[place].result in (*WAITING, Grade.FAIR) and _moved(sitting, place)
        ]
        if len(good) <= group.seats or not raised:
            continue
        if sitting.policy.cap.strength == "hard":
            for place in raised:
                sitting.refuse(place, _over_cap(sitting, place, group, len(good)))
        elif not any(sitting.accepted[place].reason for place in raised):
            for place in raised:
                ruling = sitting.accepted[place]
                share = percent(Fraction(len(good), group.base))
                why = f"：{group.name}好等次 {len(good)}/{group.base}（{share}），超过 {number(sitting.policy.cap.share * 100)}%"
                name = sitting.verdict.decisions[place].person.name
                sitting.refuse(place, RULING_NO_REASON.at(ruling.cell, name, period=ruling.period.chinese, ruled=ruling.ruled or ruling.proposed, why=why))


def _moved(sitting: _Sitting, place: int) -> bool:
    """True for a line that a leader settled: contested before, or changed."""
    decision, ruling = sitting.verdict.decisions[place], sitting.accepted[place]
    return decision.result is Status.CONTESTED or (ruling.ruled is not None and ruling.ruled != decision.proposed)


def _is_good(sitting: _Sitting, place: int) -> bool:
    """Whether a person would take a seat inside the cap if the accepted rulings stood."""
    decision = sitting.verdict.decisions[place]
    ruling = sitting.accepted.get(place)
    outcome = (ruling.ruled or decision.proposed) if ruling is not None else None if decision.result is Status.CONTESTED else decision.proposed
    return outcome is Grade.GOOD and not (decision.proposal.outside_cap and decision.proposed is Grade.GOOD)


def _over_cap(sitting: _Sitting, place: int, group: Group, good: int) -> Problem:
    ruling, cap = sitting.accepted[place], sitting.policy.cap
    facts = {"period": ruling.period.chinese, "group": group.name, "good": good, "base": group.base, "share": percent(Fraction(good, group.base))}
    return RULING_OVER_CAP.at(ruling.cell, sitting.verdict.decisions[place].person.name, cap=f"{number(cap.share * 100)}% 以内", clause=cap.source, **facts)


def _ruled(sitting: _Sitting, place: int, decision: Decision) -> Decision:
    """The decision after the sitting: as ruled, as proposed and approved, or still waiting."""
    ruling = sitting.accepted.get(place)
    approval = sitting.policy.approval
    if ruling is None:
        settled = isinstance(decision.result, Grade) or decision.result in (Status.UNGRADED, Status.ABSENT)
        return replace(decision, result=Status.UNAPPROVED) if approval.required and settled else decision
    if not _moved(sitting, place):
        unsigned = approval.required and not ruling.signed
        return replace(decision, result=Status.UNAPPROVED) if unsigned and decision.proposal.in_scope else replace(decision, result=decision.proposed)
    outcome = ruling.ruled or decision.proposed
    reason = Reason(Code.RULING, str(ruling), approval.source, (ruling.cell,))
    return Decision(decision.proposal, decision.proposed, outcome, (*decision.reasons, reason), f"审定：{ruling.reason}" if ruling.reason else "")


def _recounted(group: Group, members: Sequence[Decision]) -> Group:
    """How many are 好 after the rulings; a case still contested counts as it was proposed."""
    outcomes = [(decision.result if isinstance(decision.result, Grade) else decision.proposed, decision.proposal.outside_cap) for decision in members]
    inside = sum(outcome is Grade.GOOD and not outside for outcome, outside in outcomes)
    outside = sum(outcome is Grade.GOOD and outside for outcome, outside in outcomes)
    return replace(group, good_inside=inside, good_outside=outside, over=inside > group.seats)


def _members(decisions: Sequence[Decision]) -> dict[str, list[Decision]]:
    """Everybody whom a cap concerns, by group."""
    found: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.proposal.in_scope:
            found[decision.proposal.group].append(decision)
    return found
