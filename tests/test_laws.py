"""Laws that always hold, whatever people write: nobody lost, no seat too many, no order that matters, no typo that moves a third person."""

from __future__ import annotations

import itertools
import random
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

from drawn import MONTHS, ROOT, RULES, xlsx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regulation import received

from appraisal.decide import decide, seats
from appraisal.grade import grade_all
from appraisal.intake import listed, take_in
from appraisal.model import Cell, Grade, Period, Person, Score, Span, Standing, Status, half_up, percent, shown
from appraisal.notation import amount, date, days_of_text, label, parse_period, period_hint, person_name, plain, ticked, words
from appraisal.pipeline import appraise, calendar_of
from appraisal.policy.load import load_policy
from appraisal.policy.standard import standard_for
from appraisal.result import Result

WENZHOU = load_policy(RULES)
RANKED = load_policy(ROOT / "examples" / "development-reform" / "rules.yaml")
JINING = load_policy(ROOT / "examples" / "jining-commerce" / "rules.yaml")
STANDARD = standard_for(WENZHOU)
PERIOD = Period.quarter(2021, 4)
CALENDAR = calendar_of(WENZHOU, PERIOD)
FEW = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
MANY = settings(max_examples=150, deadline=None, derandomize=True)

UNITS = ("机关", "瑞安", "乐清")
CIRCUMSTANCES = (
    "",
    "",
    "",
    "",
    "试用期 | 2021-08-02 | ",
    "警告 | 2021-08-16 | ",
    "未参加 | 2021-10-01 | 2021-12-31",
    "挂职外派 | 2021-06-01 | ",
    "立案调查 | 2021-11-15 | ",
    "抽调 | 2021-10-11 | ",
)


@dataclass(frozen=True)
class Somebody:
    """One person of a made-up organisation and what was handed in about them."""

    name: str
    unit: str
    rating: str
    ill: tuple[int, int, int]
    circumstance: str


def _names() -> list[str]:
    return [f"{first}{second}" for first, second in itertools.product("赵钱孙李周吴", "甲乙丙丁戊己")]


@st.composite
def organisations(draw: st.DrawFn) -> tuple[Somebody, ...]:
    count = draw(st.integers(1, 14))
    return tuple(
        Somebody(
            name,
            draw(st.sampled_from(UNITS)),
            draw(st.sampled_from(("好", "好", "较好", "较好", "一般", "较差"))),
            (draw(st.integers(0, 12)), draw(st.integers(0, 12)), draw(st.integers(0, 12))),
            draw(st.sampled_from(CIRCUMSTANCES)),
        )
        for name in _names()[:count]
    )


def drawings(people: tuple[Somebody, ...], *, prefix: str = "") -> dict[str, str]:
    """The sheets that such an organisation hands in, one rating sheet a unit."""
    sheets = {
        f"{prefix}名册.xlsx": "\n".join(["人员名册", "姓名 | 呈报单位 | 科室 | 职务职级", *(f"{one.name} | {one.unit} | 综合科 | 一级科员" for one in people)]),
        f"{prefix}情形.xlsx": "\n".join(
            ["特殊情形表", "姓名 | 情形 | 开始日期 | 结束日期", *(f"{one.name} | {one.circumstance}" for one in people if one.circumstance)]
        ),
    }
    for unit in UNITS:
        if rows := [f"{one.name} | {one.rating} | 已说明" for one in people if one.unit == unit]:
            sheets[f"{prefix}{unit}评价.xlsx"] = "\n".join(["季度评价汇总表（2021Q4）", "姓名 | 领导评价档次 | 领导意见", *rows])
    for number, month in enumerate(MONTHS):
        sheets[f"{prefix}{month}.xlsx"] = "\n".join([f"出勤汇总表（{month}）", "姓名 | 病假", *(f"{one.name} | {one.ill[number]}" for one in people)])
    return sheets


def judged(sheets: dict[str, str]) -> Result:
    return appraise(received(sheets, STANDARD), WENZHOU, CALENDAR, PERIOD)


def grades(result: Result) -> dict[str, tuple[str, str]]:
    return {decision.person.name: (str(decision.result), str(decision.code)) for decision in result.decisions}


# ---- the whole way, from sheets to grades ------------------------------------------------------------------------------


@FEW
@given(organisations())
def test_nobody_is_lost_and_nobody_counted_twice(people: tuple[Somebody, ...]) -> None:
    from appraisal.render.filing import filing_values

    result = judged(drawings(people))
    assert Counter(decision.person.name for decision in result.decisions) == Counter(one.name for one in people)
    verdict = result.verdicts[0]
    for unit in {one.unit for one in people}:
        row = filing_values(verdict.of(unit), verdict, unit, WENZHOU, "")["sum"]
        waiting = sum(decision.result in (Status.CONTESTED, Status.WITHHELD) for decision in verdict.of(unit))
        counted = sum(getattr(row, name) for name in ("good", "fair", "ordinary", "poor", "ungraded", "absent"))
        assert counted + waiting == row.due  # type: ignore[attr-defined]
        assert row.total == len(verdict.of(unit))  # type: ignore[attr-defined]


@FEW
@given(organisations())
def test_the_tool_never_gives_more_good_than_there_are_seats(people: tuple[Somebody, ...]) -> None:
    verdict = judged(drawings(people)).verdicts[0]
    for group in verdict.groups:
        members = [decision for decision in verdict.decisions if decision.person.unit in group.units]
        took_part = sum(decision.proposal.participates for decision in members)
        assert group.base == took_part
        assert group.seats == 2 * took_part // 5
        assert sum(decision.result is Grade.GOOD for decision in members) <= group.seats
        assert {decision.result for decision in members if decision.proposal.outcome is Grade.GOOD} <= {Grade.GOOD, Status.CONTESTED}
        rated = {one.name: one.rating for one in people}
        for decision in members:
            if isinstance(decision.result, Grade):
                assert decision.result.place >= Grade(rated[decision.person.name]).place, "nobody gets more than the leader gave"


@FEW
@given(organisations(), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_the_names_of_files_matter(people: tuple[Somebody, ...], chance: object) -> None:
    shuffled = list(people)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert grades(judged(drawings(tuple(shuffled), prefix="z/"))) == grades(judged(drawings(people)))


@FEW
@given(organisations(), st.data())
def test_one_spoiled_cell_never_moves_a_third_person(people: tuple[Somebody, ...], data: st.DataObject) -> None:
    """The person it is about is withheld (unless a circumstance decides anyway); everybody else stays where they were."""
    one = data.draw(st.sampled_from(people))
    before = grades(judged(drawings(people)))
    spoiled = tuple(replace(other, rating="较号") if other == one else other for other in people)
    after_result = judged(drawings(spoiled))
    after = grades(after_result)
    assert any(problem.code == "unknown-word" and problem.name == one.name for problem in after_result.problems)
    assert after[one.name][0] in ("待处理", "不确定等次", "未参加考核", "不在考核范围")
    others = {name: grade for name, grade in before.items() if name != one.name}
    if before[one.name][0] != "待研判":
        assert {name: after[name] for name in others} == others
    else:
        assert {name: after[name] for name in others if others[name][0] != "待研判"} == {name: grade for name, grade in others.items() if grade[0] != "待研判"}


@FEW
@given(organisations(), st.data())
def test_a_bad_cell_neither_gives_nor_costs_a_seat(people: tuple[Somebody, ...], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(people))
    before = {group.name: (group.base, group.seats) for group in judged(drawings(people)).verdicts[0].groups}
    spoiled = tuple(replace(other, rating="较号") if other == one else other for other in people)
    assert {group.name: (group.base, group.seats) for group in judged(drawings(spoiled)).verdicts[0].groups} == before


# ---- ranking and bands -------------------------------------------------------------------------------------------------

SCORES = st.lists(st.decimals(0, 100, places=1), min_size=1, max_size=16)


def decided(policy_name: str, values: list[Decimal]) -> tuple[list[Grade | Status | None], int]:
    policy = {"rank": RANKED, "bands": JINING}[policy_name]
    period = {"rank": PERIOD, "bands": Period.month(2020, 4)}[policy_name]
    standings = [
        Standing(
            Person(place, f"第{place}人", "科室", "机关", Cell("名册.xlsx", "名册", place + 3, 1), rank="一级科员", band="科员级"),
            period,
            score=Score(policy.grading.score or "", period, Fraction(value)),
        )
        for place, value in enumerate(values)
    ]
    proposals, _ = grade_all(standings, policy, CALENDAR)
    verdict = decide(proposals, policy, period)
    return [decision.result for decision in verdict.decisions], seats(policy.cap, len(values))


@MANY
@given(SCORES, st.sampled_from(["rank", "bands"]))
def test_a_better_score_never_has_a_worse_grade(values: list[Decimal], policy: str) -> None:
    results, places = decided(policy, values)
    order = {Grade.GOOD: 0, Status.CONTESTED: 1, Grade.FAIR: 2, Grade.ORDINARY: 3, Grade.POOR: 4}
    ranked = sorted(zip(values, results, strict=True), key=lambda pair: -pair[0])
    assert [order[result] for _, result in ranked] == sorted(order[result] for _, result in ranked)  # type: ignore[index]
    assert results.count(Grade.GOOD) <= places
    for value in set(values):
        assert len({result for other, result in zip(values, results, strict=True) if other == value}) == 1, "equal scores, equal grades"


@MANY
@given(SCORES)
def test_only_a_tie_leaves_a_seat_of_a_ranking_open(values: list[Decimal]) -> None:
    results, places = decided("rank", values)
    if Status.CONTESTED not in results:
        assert results.count(Grade.GOOD) == min(places, len(values))


# ---- numbers -----------------------------------------------------------------------------------------------------------


@MANY
@given(st.decimals(-1000, 1000, places=6), st.integers(0, 4))
def test_half_up_agrees_with_decimal(value: Decimal, places: int) -> None:
    assert half_up(Fraction(value), places) == Fraction(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


@MANY
@given(st.decimals(-1000, 1000, places=6), st.integers(1, 4))
def test_a_printed_number_reads_back_as_the_rounded_one(value: Decimal, places: int) -> None:
    text = shown(Fraction(value), places)
    assert Fraction(Decimal(text)) == half_up(Fraction(value), places)
    assert len(text.partition(".")[2]) == places


@MANY
@given(st.integers(1, 400))
def test_a_ratio_printed_within_forty_percent_is_within(base: int) -> None:
    places = seats(WENZHOU.cap, base)
    assert 5 * places <= 2 * base < 5 * (places + 1)
    assert Fraction(percent(Fraction(places, base)).removesuffix("%")) <= 40


@MANY
@given(st.decimals(-99999, 99999, places=4))
def test_an_amount_survives_every_way_of_writing_it(value: Decimal) -> None:
    exact = int(value * 10_000)
    full_width = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
    assert amount(str(value)) == amount(float(value)) == amount(str(value).translate(full_width)) == exact


# ---- reading never crashes, and is the same twice ----------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)


@MANY
@given(TEXTS)
def test_whatever_is_written_is_read_or_refused_never_a_crash(text: str) -> None:
    for clean in (plain, label, person_name):
        assert not any(unicodedata.category(char) == "Cf" for char in clean(text))
        assert clean(f"  {text}\u200b ") == clean(text)
    for read in (amount, days_of_text, date, ticked, words, period_hint, parse_period):
        read(text)


@MANY
@given(st.one_of(st.floats(), st.integers(), st.booleans(), st.none(), st.datetimes(), st.dates(), st.timedeltas(), TEXTS))
def test_whatever_a_reader_gives_is_a_value_or_none(value: object) -> None:
    words(value)
    assert amount(value) is None or isinstance(amount(value), int)
    assert ticked(value) in (True, False, None)
    date(value)


@MANY
@given(st.integers(2000, 2099), st.integers(1, 12))
def test_a_month_is_understood_as_it_is_printed(year: int, month: int) -> None:
    period = Period.month(year, month)
    quarter = period.within(Span.QUARTER)
    for one in (period, quarter):
        assert parse_period(str(one)) == parse_period(one.chinese) == parse_period(one.heading) == one
    assert quarter.holds(period)
    assert period in quarter.parts(Span.MONTH)


def test_no_bytes_whatever_cost_more_than_their_own_file(tmp_path: Path) -> None:
    """Noise behind every head a file may have, read as a run reads it: in a worker with bounds on time and memory."""
    chance = random.Random(2021)
    heads = (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"\xef\xbb\xbf", b"\x09\x08\x10\x00")
    for number, (head, ending) in enumerate(itertools.product(heads, ("xlsx", "xls", "csv", "et"))):
        (tmp_path / f"{number:02}.{ending}").write_bytes(head + chance.randbytes(chance.randrange(400)))
    (tmp_path / "好的.xlsx").write_bytes(xlsx("出勤汇总表（2021-10）\n姓名  病假\n张三  1"))
    with listed(tmp_path) as files:
        *noise, good = take_in(files, STANDARD)
    assert len(noise) == 24
    assert files.problems == ()
    assert [intake.tables for intake in noise] == [()] * 24
    assert all(intake.problems for intake in noise)
    assert [table.names for table in good.tables] == [("张三",)]
