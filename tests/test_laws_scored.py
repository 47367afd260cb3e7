"""Laws of the scored regulations, whatever was given: exact scores, no seat too many, no order that matters, no typo that moves a third person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import pytest
from drawn import ROOT
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from regulation import received

from appraisal.model import Grade, Period, half_up
from appraisal.pipeline import appraise, calendar_of
from appraisal.policy.load import load_policy
from appraisal.policy.shape import Item, ItemSheet, Policy
from appraisal.policy.standard import standard_for
from appraisal.result import Result

JINING = load_policy(ROOT / "examples" / "jining-commerce" / "rules.yaml")
REFORM = load_policy(ROOT / "examples" / "development-reform" / "rules.yaml")
MAY, Q2 = Period.month(2020, 5), Period.quarter(2021, 2)
CALENDARS = {MAY: calendar_of(JINING, MAY), Q2: calendar_of(REFORM, Q2)}
SHEET = "公务员平时（每月）考核测评表"
ITEMS = tuple(item.name for item in JINING.item_sheets[0].items)
MOST = tuple(int(item.points) for item in JINING.item_sheets[0].items)
NAMES = tuple(f"{first}{second}" for first in "赵钱孙李" for second in "甲乙丙丁")
RATERS = ("周局长", "吴局长", "郑局长", "王局长")
FEW = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
MORE = settings(FEW, max_examples=16)
QUICK = settings(FEW, phases=[Phase.generate])


def judged(sheets: Mapping[str, str], policy: Policy, period: Period) -> Result:
    return appraise(received(sheets, standard_for(policy)), policy, CALENDARS[period], period)


def roster(names: Sequence[str]) -> str:
    return "\n".join(["人员名册", "姓名 | 科室 | 职务职级", *(f"{name} | 办公室 | 一级科员" for name in names)])


def proposed(result: Result) -> dict[str, str]:
    return {decision.person.name: str(decision.proposed or "") for decision in result.decisions}


def score_of(result: Result, name: str) -> Fraction | None:
    (found,) = [decision.proposal.standing.score for decision in result.decisions if decision.person.name == name]
    return found.value if found is not None else None


# ---- scores against fractions ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marked:
    """A scoring sheet with random weights, and what each rater gave one person, item by item."""

    weights: tuple[int, ...]
    percent: bool
    trimmed: bool
    given: tuple[tuple[Decimal, ...], ...]

    @property
    def policy(self) -> Policy:
        items = tuple(Item.model_validate({"name": f"指标{number}", "weight": f"{weight}%"}) for number, weight in enumerate(self.weights, 1))
        sheet = ItemSheet(clause="附件3", sheet=SHEET, score_mode="percent" if self.percent else "points", items=items)
        rule = JINING.scores[0]
        parts = (rule.parts[0].model_copy(update={"raters": "trimmed-mean" if self.trimmed else "mean"}),)
        return JINING.model_copy(update={"item_sheets": (sheet,), "scores": (rule.model_copy(update={"parts": parts}),)})

    @property
    def sheets(self) -> dict[str, str]:
        heads = " | ".join(f"指标{number}" for number in range(1, len(self.weights) + 1))
        found = {"名册.xlsx": roster(NAMES[:1])}
        for rater, points in zip(RATERS, self.given, strict=False):
            found[f"{rater}.xlsx"] = f"{SHEET}（2020年5月）\n分管领导签字：{rater}\n姓名 | {heads}\n{NAMES[0]} | {' | '.join(map(str, points))}"
        return found

    @property
    def oracle(self) -> Fraction:
        shares = [Fraction(weight, 100) if self.percent else Fraction(1) for weight in self.weights]
        totals = sorted(sum((share * Fraction(point) for share, point in zip(shares, points, strict=True)), Fraction(0)) for points in self.given)
        kept = totals[1:-1] if self.trimmed and len(totals) >= 3 else totals
        return half_up(sum(kept, Fraction(0)) / len(kept), 2)


@st.composite
def marked(draw: st.DrawFn) -> Marked:
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=6)))
    weights = tuple(later - earlier for earlier, later in zip([0, *cuts], [*cuts, 100], strict=True))
    percent = draw(st.booleans())
    points = st.tuples(*(st.just(Decimal(0)) | st.decimals(1, 100 if percent else weight, places=2) for weight in weights))  # below 1: like a percent
    return Marked(weights, percent, draw(st.booleans()), tuple(draw(st.lists(points, min_size=1, max_size=4))))


@MORE
@given(marked())
def test_a_score_is_the_weighted_sum_and_the_mean_of_raters_exactly(sheet: Marked) -> None:
    result = judged(sheet.sheets, sheet.policy, MAY)
    assert [problem for problem in result.problems if problem.is_error] == []
    assert score_of(result, NAMES[0]) == sheet.oracle
    band = next(band.grade for band in JINING.grading.bands if sheet.oracle >= band.floor)
    assert proposed(result)[NAMES[0]] == str(Grade.FAIR if band is Grade.GOOD else band), "one participant, no seat"


# ---- work ledgers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matter:
    """One line of a work ledger, and how much of it counts as done; None when it leaves the count."""

    state: str
    part: int | None = None
    approved: bool = False

    @property
    def done(self) -> Fraction | None:
        if self.state == "调整":
            return None if self.approved else Fraction(0)
        return Fraction(self.part, 100) if self.part is not None else Fraction(self.state == "完成")

    def line(self, name: str, number: int) -> str:
        part = "" if self.part is None else f"{self.part}%"
        return f"{name} | 个人月工作计划 | 事项{number} | 20日 | 按时 | {self.state} | {part} | 同意 | {'同意' if self.approved else ''}"


MATTERS = st.one_of(
    st.just(Matter("完成")),
    st.builds(Matter, st.sampled_from(("未完成", "逾期", "不符合要求")), st.none() | st.integers(0, 99)),
    st.builds(Matter, st.just("调整"), st.none(), st.booleans()),
)
MONTHS = tuple(Q2.parts(MAY.span))


def month_score(matters: Sequence[Matter]) -> Fraction | None:
    counted = [matter.done for matter in matters if matter.done is not None]
    return half_up(100 * sum(counted, Fraction(0)) / len(counted), 2) if counted else None


def ledgers(by_month: Mapping[str, Sequence[Sequence[Matter]]]) -> dict[str, str]:
    found = {}
    for place, month in enumerate(MONTHS):
        lines = [matter.line(name, number) for name, months in by_month.items() for number, matter in enumerate(months[place], 1)]
        head = "姓名 | 台账类别 | 工作内容 | 完成时限 | 质量要求 | 完成情况 | 完成比例 | 分管副主任同意 | 主任同意"
        found[f"{month}台账.xlsx"] = "\n".join([f"工作台账（{month}）", head, *lines])
    return found


def led(points: Mapping[str, str]) -> str:
    return "\n".join(["分管领导打分表（2021Q2）", "姓名 | 得分", *(f"{name} | {value}" for name, value in points.items())])


@MORE
@given(
    st.lists(st.lists(MATTERS, min_size=1, max_size=7), min_size=3, max_size=3),
    st.just(Decimal(0)) | st.decimals(1, 100, places=2),
    st.lists(st.integers(-5, 5).map(Decimal) | st.decimals("1.1", "4.9", places=1), max_size=3),
)
def test_a_quarter_is_leader_months_and_adjustments_exactly(months: list[list[Matter]], leader: Decimal, added: list[Decimal]) -> None:
    """Each month is 100·Σ/N, rounded; the quarter 40 % of the leader, 60 % of the mean of the months that have a score, and what is added."""
    name = NAMES[0]
    sheets = {"名册.xlsx": roster([name]), **ledgers({name: months}), "打分.xlsx": led({name: str(leader)})}
    lines = [f"{name} | 2021-05-{day} | {'表彰奖励' if points >= 0 else '通报批评'} | 事项{day} | {points}" for day, points in enumerate(added, 10)]
    if lines:
        sheets["加减分.xlsx"] = "\n".join(["加减分事项表（2021Q2）", "姓名 | 日期 | 事项类别 | 事项 | 分值", *lines])
    result = judged(sheets, REFORM, Q2)
    scored = [score for matters in months if (score := month_score(matters)) is not None]
    if not scored:
        assert score_of(result, name) is None
        return
    mean = sum(scored, Fraction(0)) / len(scored)
    wanted = Fraction(2, 5) * Fraction(leader) + Fraction(3, 5) * mean + sum(map(Fraction, added), Fraction(0))
    assert [problem for problem in result.problems if problem.is_error] == []
    assert score_of(result, name) == half_up(max(wanted, Fraction(0)), 2)


# ---- an organisation of each kind --------------------------------------------------------------------------------------

SHARES = st.sampled_from([Fraction(number, 20) for number in (9, 13, 15, 16, 17, 17, 18, 18, 19, 19, 20)])
CIRCUMSTANCES = (
    *("", "", "", "", ""),
    *("试用期 | 2020-02-03", "未参加 | 2020-05-01", "警告 | 2020-03-02", "挂职外派 | 2020-03-02"),
    *("党纪处分 | 2020-03-02", "抽调 | 2020-05-06", "直接确定为好 | 2020-05-06"),
)


@dataclass(frozen=True)
class Official:
    """Somebody who did equally well in every item, and what is registered of them."""

    name: str
    share: Fraction
    circumstance: str = ""

    @property
    def points(self) -> list[str]:
        return [f"{float(self.share * most):g}" for most in MOST]

    @property
    def registered(self) -> str:
        basis = "通报" if self.circumstance.startswith(("直接", "抽调")) else ""
        return f"{self.name} | {self.circumstance} | {basis}"


@st.composite
def officials(draw: st.DrawFn) -> tuple[Official, ...]:
    count = draw(st.sampled_from((1, 3, 5, 8, 9, 10, 11, 12, 13, 16)))
    return tuple(Official(name, draw(SHARES), draw(st.sampled_from(CIRCUMSTANCES))) for name in NAMES[:count])


def monthly(people: Sequence[Official], spoiled: tuple[str, int] | None = None, prefix: str = "") -> dict[str, str]:
    """测评表 of May in two files; `spoiled` is a person and an item that nobody can read."""
    found = {f"{prefix}名册.xlsx": roster([one.name for one in people])}
    if registered := [one.registered for one in people if one.circumstance]:
        found[f"{prefix}情形.xlsx"] = "\n".join(["特殊情形表", "姓名 | 情形 | 开始日期 | 依据", *registered])
    for number, members in enumerate((people[::2], people[1::2])):
        rows = []
        for one in members:
            points = one.points
            if spoiled is not None and spoiled[0] == one.name:
                points[spoiled[1]] = "优"
            rows.append(" | ".join([one.name, *points]))
        if rows:
            found[f"{prefix}{number}.xlsx"] = "\n".join([f"{SHEET}（2020年5月）", f"姓名 | {' | '.join(ITEMS)}", *rows])
    return found


def quarterly(people: Sequence[Official]) -> dict[str, str]:
    """The sheets of a quarter under a ranking: everything was done, the leader's points tell people apart."""
    points = {one.name: f"{float(one.share * 100):g}" for one in people}
    return {"名册.xlsx": roster([one.name for one in people]), **ledgers({one.name: [[Matter("完成")]] * 3 for one in people}), "打分.xlsx": led(points)}


@FEW
@given(officials())
def test_nobody_is_lost_nobody_twice_and_no_seat_too_many(people: tuple[Official, ...]) -> None:
    result = judged(monthly(people), JINING, MAY)
    assert Counter(decision.person.name for decision in result.decisions) == Counter(one.name for one in people)
    (group,) = result.verdicts[0].groups or [None]
    if group is not None:
        took_part = sum(decision.proposal.participates for decision in result.decisions)
        assert (group.base, group.seats) == (took_part, 2 * took_part // 5)
        assert sum(decision.proposed is Grade.GOOD for decision in result.decisions) <= group.seats
    for decision in result.decisions:
        assert decision.reasons
        if decision.proposed is Grade.GOOD and not decision.proposal.direct:
            score = decision.proposal.standing.score
            assert score is not None
            assert score.value is not None
            assert score.value >= 85


@FEW
@given(officials())
def test_a_ranking_gives_no_seat_too_many_either(people: tuple[Official, ...]) -> None:
    result = judged(quarterly(people), REFORM, Q2)
    assert Counter(decision.person.name for decision in result.decisions) == Counter(one.name for one in people)
    assert sum(decision.proposed is Grade.GOOD for decision in result.decisions) <= 2 * len(people) // 5


@FEW
@given(officials(), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_the_names_of_files_matter(people: tuple[Official, ...], chance: object) -> None:
    shuffled = list(people)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = judged(monthly(people), JINING, MAY), judged(monthly(shuffled, prefix="甲/"), JINING, MAY)
    assert {d.person.name: (d.proposed, d.result, d.code) for d in one.decisions} == {d.person.name: (d.proposed, d.result, d.code) for d in other.decisions}


def others(grades: Mapping[str, str], one: Official) -> dict[str, str]:
    return {name: grade for name, grade in grades.items() if name != one.name}


@FEW
@given(officials(), st.data())
def test_one_more_spoiled_item_never_moves_a_third_person(people: tuple[Official, ...], data: st.DataObject) -> None:
    """The others of the person's items place the person clearly (all are equally good): everybody else keeps the proposal."""
    one = data.draw(st.sampled_from([one for one in people if not one.circumstance.startswith("直接")] or [replace(people[0], circumstance="")]))
    item = data.draw(st.integers(0, len(ITEMS) - 1))
    clean, spoiled = (proposed(judged(monthly(people, broken), JINING, MAY)) for broken in (None, (one.name, item)))
    assert others(spoiled, one) == others(clean, one)


@QUICK
@given(officials(), st.data())
def test_a_word_nobody_knows_among_the_circumstances_never_moves_a_third_person(people: tuple[Official, ...], data: st.DataObject) -> None:
    """The score is there; only what else is known of the person cannot be read. The seat stays open."""
    place = data.draw(st.integers(0, len(people) - 1))
    known = [(*people[:place], replace(people[place], circumstance=said), *people[place + 1 :]) for said in ("", "警靠 | 2020-05-06")]
    clean, spoiled = (proposed(judged(monthly(one), JINING, MAY)) for one in known)
    assert others(spoiled, people[place]) == others(clean, people[place])


@QUICK
@given(officials(), st.data())
def test_under_a_ranking_one_bad_cell_never_gives_the_seat_away(people: tuple[Official, ...], data: st.DataObject) -> None:
    """A ledger item without its 质量要求: everything else of the person can be read, and the seat goes to nobody else."""
    one = data.draw(st.sampled_from(people))
    sheets = quarterly(people)
    month = f"{data.draw(st.sampled_from(MONTHS))}台账.xlsx"
    line = f"{one.name} | 个人月工作计划 | 事项1 | 20日 | 按时 |"
    assert line in sheets[month]
    clean, spoiled = (proposed(judged(found, REFORM, Q2)) for found in (sheets, sheets | {month: sheets[month].replace(line, line.replace("按时", ""))}))
    assert others(spoiled, one) == others(clean, one)


# ---- a seat is held open, one way after the other ----------------------------------------------------------------------

FIRST, SECOND, THIRD = NAMES[:3]
SPOILED_MONTH = {
    "情形写错字": {"情形.xlsx": f"特殊情形表\n姓名 | 情形 | 开始日期\n{FIRST} | 警靠 | 2020-05-06"},
    "直接确定为好没有依据": {"情形.xlsx": f"特殊情形表\n姓名 | 情形 | 开始日期\n{FIRST} | 直接确定为好 | 2020-05-06"},
    "总分对不上": {"0.xlsx": "总分"},
    "一项填了字": {"0.xlsx": "优"},
}
SPOILED_QUARTER = {
    "台账缺质量要求": {"2021-05台账.xlsx": ("按时", "")},
    "打分填了字": {"打分.xlsx": ("100", "满分")},
    "加减分日期不在本季度": {"加减分.xlsx": ("", f"加减分事项表（2021Q2）\n姓名 | 日期 | 事项类别 | 事项 | 分值\n{FIRST} | 2021-03-31 | 表彰奖励 | 表彰 | 3")},
    "情形写错字": {"情形.xlsx": ("", f"特殊情形表\n姓名 | 情形 | 开始日期\n{FIRST} | 警靠 | 2021-05-06")},
}
THREE = tuple(Official(name, share) for name, share in ((FIRST, Fraction(1)), (SECOND, Fraction(9, 10)), (THIRD, Fraction(4, 5))))


@pytest.mark.parametrize("fault", SPOILED_MONTH)
def test_under_bands_the_seat_of_the_first_stays_open(fault: str) -> None:
    """Three people have one seat: the first, spoiled in whatever way, keeps it from the second."""
    sheets = monthly(THREE)
    for name, said in SPOILED_MONTH[fault].items():
        lines = sheets.get(name, said).splitlines()
        if said == "总分":
            sheets[name] = "\n".join([lines[0], f"{lines[1]} | 总分", f"{lines[2]} | 80", *lines[3:]])
        else:
            sheets[name] = sheets[name].replace(f"{FIRST} | 20", f"{FIRST} | 优") if said == "优" else said
    result = judged(sheets, JINING, MAY)
    assert [decision.proposed for decision in result.decisions if decision.person.name in (SECOND, THIRD)] == [Grade.FAIR, Grade.FAIR]
    assert any(problem.is_error and problem.name == FIRST for problem in result.problems)


@pytest.mark.parametrize(
    ("circumstance", "share"),
    [("警告 | 2020-03-02 |", 1), ("党纪处分 | 2020-03-02 |", 1), ("抽调 | 2020-05-06 |", 1), ("直接确定为好 | 2020-05-06 | 通报表扬", Fraction(1, 2))],
)
def test_a_seat_is_held_open_for_whom_there_was_one_and_for_nobody_else(circumstance: str, share: Fraction) -> None:
    """Barred from 好 (or waiting for people) before the typo: no seat. Registered for 好: a seat, whatever the points."""
    people = (Official(FIRST, Fraction(share)), *THREE[1:])
    registered = {"情形.xlsx": f"特殊情形表\n姓名 | 情形 | 开始日期 | 依据\n{FIRST} | {circumstance}"}
    clean, spoiled = (proposed(judged(monthly(people, broken) | registered, JINING, MAY)) for broken in (None, (FIRST, 0)))
    assert spoiled[FIRST] == ""
    assert others(spoiled, people[0]) == others(clean, people[0])


@pytest.mark.parametrize("fault", SPOILED_QUARTER)
def test_under_a_ranking_the_seat_of_the_first_stays_open(fault: str) -> None:
    sheets = quarterly(THREE)
    for name, (old, new) in SPOILED_QUARTER[fault].items():
        lines = sheets.get(name, "").splitlines()
        sheets[name] = "\n".join(line.replace(old, new) if FIRST in line else line for line in lines) if old else new
    result = judged(sheets, REFORM, Q2)
    assert [decision.proposed for decision in result.decisions if decision.person.name in (SECOND, THIRD)] == [Grade.FAIR, Grade.FAIR]
    assert any(problem.is_error and problem.name == FIRST for problem in result.problems)
