"""Everybody together: seats, ties, pools, over-rated units. Where a person must choose, the tool says so and chooses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from drawn import ROOT, RULES, changed_rules
from msgspec.structs import replace

from appraisal.decide import base_of, decide, seats
from appraisal.grade import grade_all
from appraisal.model import Cell, Code, Decision, Grade, Period, Person, Score, Standing, Status, Verdict
from appraisal.policy.load import load_policy
from appraisal.policy.shape import CalendarRule, Policy
from appraisal.policy.workdays import calendar_for
from appraisal.rule import rule

QUARTER = Period.quarter(2021, 4)
MONTH = Period.month(2020, 4)
CALENDAR = calendar_for([2020, 2021], CalendarRule())
WENZHOU = load_policy(RULES)
JINING = load_policy(ROOT / "examples" / "jining-commerce" / "rules.yaml")
RANKED = load_policy(ROOT / "examples" / "development-reform" / "rules.yaml")


def person(index: int, unit: str = "机关") -> Person:
    return Person(index, f"第{index}人", "办公室", unit, Cell("名册.xlsx", "名册", index + 3, 1), rank="一级科员", band="科员级")


def rated(ratings: Sequence[str], unit: str = "机关", first: int = 0) -> list[Standing]:
    """People with a leader's rating each."""
    return [Standing(person(first + place, unit), QUARTER, rating=Grade(rating), opinion="已说明") for place, rating in enumerate(ratings)]


def scored(policy: Policy, scores: Sequence[object], period: Period) -> list[Standing]:
    """People with a score each (a pair is a score and its tie-break keys)."""
    found = []
    for place, given in enumerate(scores):
        value, *ties = given if isinstance(given, tuple) else (given,)
        found.append(
            Standing(
                person(place), period, score=Score(policy.grading.score or "", period, Fraction(str(value)), (), tuple(Fraction(str(tie)) for tie in ties))
            )
        )
    return found


def judged(standings: Sequence[Standing], policy: Policy) -> Verdict:
    proposals, _ = grade_all(standings, policy, CALENDAR)
    return decide(proposals, policy, standings[0].period)


def without_approval(policy: Policy) -> Policy:
    return policy.model_copy(update={"approval": policy.approval.model_copy(update={"required": False})})


def results(verdict: Verdict) -> list[str]:
    return [str(decision.result) for decision in verdict.decisions]


# ---- seats -------------------------------------------------------------------------------------------------------------

SEATS = {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 2, 7: 2, 8: 3, 12: 4, 13: 5, 20: 8, 25: 10, 28: 11, 37: 14}


@pytest.mark.parametrize(("people", "places"), SEATS.items())
def test_forty_percent_within_is_never_rounded_up(people: int, places: int) -> None:
    assert seats(WENZHOU.cap, people) == places


def test_seats_are_exact_where_floats_are_not() -> None:
    cap = WENZHOU.cap.model_copy(update={"share": Fraction(29, 100)})
    assert seats(cap, 100) == 29, "0.29 × 100 is 28.999999999999996 in binary"


@pytest.mark.parametrize(("base", "people"), [("headcount", 5), ("participants", 4), ("graded", 3)])
def test_what_the_share_is_taken_of(base: str, people: int) -> None:
    proposals, _ = grade_all(rated(["好", "较好", "一般", "好", "好"]), WENZHOU, CALENDAR)
    changed = [*proposals[:3], replace(proposals[3], outcome=Status.ABSENT), replace(proposals[4], outcome=Status.UNGRADED)]
    cap = WENZHOU.cap.model_copy(update={"base": base})
    assert base_of(cap, changed) == people
    outside = replace(proposals[0], outcome=Status.OUT_OF_SCOPE)
    assert base_of(cap, [*changed, outside]) == people


# ---- ratings -----------------------------------------------------------------------------------------------------------


def test_a_unit_within_its_seats_keeps_its_ratings() -> None:
    verdict = judged(rated(["好", "好", "较好", "一般", "较差"]), WENZHOU)
    assert results(verdict) == ["好", "好", "较好", "一般", "较差"]
    assert (verdict.groups[0].base, verdict.groups[0].seats, verdict.groups[0].good_inside, verdict.groups[0].over) == (5, 2, 2, False)


def test_an_over_rated_unit_is_never_lowered_by_the_tool() -> None:
    verdict = judged(rated(["好", "好", "好", "较好", "一般"]), WENZHOU)
    assert results(verdict) == ["待研判", "待研判", "待研判", "较好", "一般"]
    assert [decision.proposed for decision in verdict.decisions][:3] == [Grade.GOOD] * 3
    assert {decision.code for decision in verdict.decisions[:3]} == {Code.OVER_RATED}
    assert verdict.groups[0].over


def test_units_do_not_share_their_seats() -> None:
    verdict = judged(rated(["好", "好", "好", "较好", "较好"]) + rated(["较好"] * 5, "分中心", 5), WENZHOU)
    assert results(verdict)[:3] == ["待研判"] * 3
    assert results(verdict)[5:] == ["较好"] * 5


def test_small_units_may_be_pooled(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(changed_rules(RULES, [("    method: zero", "    method: pool\n    pools: [[甲, 乙]]")]), encoding="utf-8")
    policy = load_policy(tmp_path / "rules.yaml")
    verdict = judged(rated(["好", "较好"], "甲") + rated(["较好", "较好"], "乙", 2) + rated(["好", "较好"], "丙", 4), policy)
    assert results(verdict) == ["好", "较好", "较好", "较好", "待研判", "较好"]
    assert [(group.units, group.seats) for group in verdict.groups] == [(("甲", "乙"), 1), (("丙",), 0)]


def test_one_seat_at_least_is_reported_when_the_whole_goes_over(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(changed_rules(RULES, [("    method: zero", "    method: min1")]), encoding="utf-8")
    policy = load_policy(tmp_path / "rules.yaml")
    within = judged(rated(["好", "较好"], "甲") + rated(["较好"] * 3, "机关", 2), policy)
    assert results(within)[0] == "好"
    over = judged(rated(["好", "较好"], "甲") + rated(["好", "较好"], "乙", 2), policy)
    assert results(over) == ["待研判", "较好", "待研判", "较好"], "2 of 4 would be 50 %"
    assert "保底" in over.decisions[0].reasons[-1].text
    assert results(judged(rated(["较好", "较好"], "甲"), policy)) == ["较好", "较好"]


# ---- scores and ties ---------------------------------------------------------------------------------------------------

THIRTEEN = [95, 94, 93, 92, 88, 88, 86, 84, 83, 82, 80, 78, 76]


def test_thirteen_people_with_a_tie_across_the_cut() -> None:
    """Five seats: 95 94 93 92 are 好; two have 88 and one seat is left, so both wait for people; 86 is 较好."""
    verdict = judged(scored(RANKED, THIRTEEN, QUARTER), without_approval(RANKED))
    assert results(verdict) == ["好"] * 4 + ["待研判"] * 2 + ["较好"] * 7
    tied = verdict.decisions[4:6]
    assert {decision.code for decision in tied} == {Code.TIE}
    assert "只剩 1 个名额" in tied[0].reasons[-1].text
    assert verdict.groups[0].seats == 5


def test_the_order_of_the_roster_breaks_no_tie() -> None:
    one = judged(scored(RANKED, THIRTEEN, QUARTER), without_approval(RANKED))
    other = judged(list(reversed(scored(RANKED, THIRTEEN, QUARTER))), without_approval(RANKED))
    grades = {decision.person.index: decision.result for decision in one.decisions}
    assert {decision.person.index: decision.result for decision in other.decisions} == grades


def test_declared_tie_break_keys_decide() -> None:
    given: list[object] = [95, 94, 93, 92, (88, 40), (88, 41), *THIRTEEN[6:]]
    standings = [
        replace(standing, score=replace(standing.score, ties=standing.score.ties or (Fraction(0),)))
        for standing in scored(RANKED, given, QUARTER)
        if standing.score
    ]
    assert results(judged(standings, without_approval(RANKED)))[4:6] == ["较好", "好"]


def test_a_tie_wholly_within_the_seats_is_no_problem() -> None:
    assert results(judged(scored(RANKED, [90, 90, 80, 70, 60], QUARTER), without_approval(RANKED))) == ["好", "好", "较好", "较好", "较好"]


def test_everybody_tied_means_nobody_is_preferred() -> None:
    assert results(judged(scored(RANKED, [90] * 5, QUARTER), without_approval(RANKED))) == ["待研判"] * 5


def test_bands_come_before_the_cap() -> None:
    """Ten people, six with 85 and more: four seats; the fifth and sixth are 较好 by the cap, 74.99 is 一般, 59.99 较差."""
    policy = without_approval(JINING)
    verdict = judged(scored(JINING, [96, 95, 94, 93, 92, 85, 84.99, 74.99, 60, 59.99], MONTH), policy)
    assert results(verdict) == ["好"] * 4 + ["较好"] * 3 + ["一般", "一般", "较差"]
    assert [str(decision.code) for decision in verdict.decisions][3:7] == ["band", "cap", "cap", "band"]


def test_seats_nobody_earned_stay_empty() -> None:
    verdict = judged(scored(JINING, [84.99] * 5, MONTH), without_approval(JINING))
    assert results(verdict) == ["较好"] * 5
    assert verdict.groups[0].good_inside == 0


@pytest.mark.parametrize(
    ("score", "grade"),
    [("85.00", "好"), ("84.99", "较好"), ("75", "较好"), ("74.99", "一般"), ("60.00", "一般"), ("59.99", "较差"), ("0", "较差"), ("100", "好")],
)
def test_a_band_begins_at_its_floor(score: str, grade: str) -> None:
    """“60分以下” against “不低于60分”: 60.00 is 一般 (民法典 §1259 by analogy, reading B-h)."""
    proposals, _ = grade_all(scored(JINING, [score], MONTH), JINING, CALENDAR)
    assert proposals[0].outcome == grade


def test_where_a_leader_must_approve_nothing_is_final() -> None:
    verdict, problems = rule(judged(scored(JINING, [90, 80, 70], MONTH), JINING), {}, JINING)
    assert problems == ()
    assert results(verdict) == ["待审定"] * 3
    assert [decision.proposed for decision in verdict.decisions] == [Grade.GOOD, Grade.FAIR, Grade.ORDINARY]


def test_nobody_is_lost_and_everybody_has_a_reason() -> None:
    verdict = judged(scored(RANKED, THIRTEEN, QUARTER), RANKED)

    def complete(decision: Decision) -> bool:
        return bool(decision.reasons) and all(reason.text for reason in decision.reasons)

    assert [decision.person.index for decision in verdict.decisions] == list(range(13))
    assert all(complete(decision) for decision in verdict.decisions)
