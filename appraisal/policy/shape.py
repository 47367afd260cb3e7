"""The shape of rules.yaml: a closed vocabulary, frozen, each entry with its clause or an explicit assumption."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from appraisal.model import Grade, Period, Span, number
from appraisal.standard import KINDS, Use


def parse_share(value: object) -> Fraction:
    """40% or 2/5 → an exact fraction between 0 and 1. A float such as 0.4 is refused: shares are never floats."""
    text = str(value).strip()
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)%", text):
        share = Fraction(match[1]) / 100
    elif match := re.fullmatch(r"(\d+)/([1-9]\d*)", text):
        share = Fraction(int(match[1]), int(match[2]))
    else:
        raise ValueError(f"“{text}”不是比例，请写成 40% 或 2/5")
    if not 0 <= share <= 1:
        raise ValueError(f"比例“{text}”不在 0% 到 100% 之间")
    return share


def parse_number(value: object) -> Fraction:
    """A number written in digits, exact: 85, 84.5, -2."""
    text = str(value).strip()
    if not re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        raise ValueError(f"“{text}”不是数字")
    return Fraction(text)


Share = Annotated[Fraction, BeforeValidator(parse_share), WithJsonSchema({"type": "string", "pattern": r"^(\d+(\.\d+)?%|\d+/\d+)$"})]
Number = Annotated[Fraction, BeforeValidator(parse_number), WithJsonSchema({"type": "number"})]
Words = tuple[str, ...]


class Shape(BaseModel):
    """Anything in rules.yaml: frozen, and no word beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


class Entry(Shape):
    """A rule: it names its clause, or says plainly that the regulation is silent."""

    clause: str | None = Field(None, description="依据的条款，例如 四（三）3")
    assumed: str | None = Field(None, description="方案未规定时，说明这是配置值及理由")

    @model_validator(mode="after")
    def sourced(self) -> Entry:
        if bool(self.clause) == bool(self.assumed):
            raise ValueError("请写 clause（条款）或 assumed（方案未规定的理由），二者写且只写一个")
        return self

    @property
    def source(self) -> str:
        """The clause as a reason cites it; for an assumption the words the forms must print."""
        return self.clause or "配置值，方案未规定"


class Regulation(Shape):
    """Which document this is, and whose."""

    title: str = Field(description="办法名称")
    document: str = Field("", description="文号")
    organisation: str = Field(description="单位名称；名册没有呈报单位列时即为呈报单位")


class Periods(Entry):
    """The appraisal period results are given for."""

    result_unit: Literal["month", "quarter"] = Field(description="定等次的周期：month 按月，quarter 按季")

    @property
    def span(self) -> Span:
        return Span(self.result_unit)


class Leaving(Entry):
    """People who leave within a period: which of them are still assessed here for it."""

    assessed: bool = Field(description="期内离岗、备注没有说明去向的，当期是否参加考核")
    gone_words: Words = Field(("调出", "调任", "转任", "调离", "辞职", "开除", "辞退"), description="备注里有这些词的，当期由现单位考核")
    assessed_words: Words = Field(("退休",), description="备注里有这些词的，当期仍在本单位考核")


class Scope(Entry):
    """Who is appraised (考核对象)."""

    categories: Words = Field(description="属于考核对象的人员类别")
    establishment: Words = Field(("在编",), description="属于考核对象的编制")
    outside_ranks: Words = Field((), description="职务职级里出现这些词的不是考核对象")
    leaving: Leaving


class Band(Shape):
    """A row of the filing form and the ranks that stand in it."""

    name: str
    levels: Words = Field((), description="职级")
    posts: Words = Field((), description="职务层次；职级优先")
    circumstance: str | None = Field(None, description="以某种情形归入本行，例如 试用期")


class Bands(Entry):
    """职务职级 → rows of the filing form (备案表)."""

    rows: tuple[Band, ...] = Field(min_length=1)


class CircumstanceRule(Entry):
    """One kind of circumstance: when it counts and what it does."""

    kind: str
    effect: Literal["ungraded", "absent", "elsewhere", "ceiling", "direct", "evidence", "human", "note"]
    grade: Grade | None = Field(None, description="等次上限或直接确定的等次")
    when: Literal["any-day", "last-day", "still-open", "calendar-year"] = Field("any-day", description="与考核周期怎样重合才算")
    lasts_months: int | None = Field(None, gt=0, description="没有结束日期时，法定期限几个月")
    needs_end: bool = Field(False, description="没有结束日期时给出警告")
    negative: bool = Field(False, description="是负面情形：有它就不能不受比例限制")
    needs: tuple[Literal["basis", "opinion"], ...] = Field((), description="必须有依据（basis）或领导意见（opinion）")
    rank_words: Words = Field((), description="名册职务职级或职务写着这些词，等于登记了这种情形")
    late_grade: bool = Field(False, description="结束后没有处分的，补定等次")

    @model_validator(mode="after")
    def graded(self) -> CircumstanceRule:
        if (self.effect in ("ceiling", "direct")) != (self.grade is not None):
            raise ValueError(f"情形“{self.kind}”：effect 为 ceiling 或 direct 时要写 grade，其他时候不写")
        return self


class Input(Entry):
    """A material that departments hand in, as a list or as a paper form."""

    name: str
    sheets: Words = Field(min_length=1)
    every: Literal["week", "month", "quarter"]
    need: Literal["grade", "expected", "optional"] = Field(description="grade 缺了不能定等次；expected 应报；optional 可报可不报")
    rows_optional: bool = Field(False, description="科室的表到了而表上没有某人，表示该人当期没有事项，不算缺报")

    def periods(self, period: Period) -> tuple[Period, ...]:
        """The periods it reports on within a result period: its months, or the quarter itself."""
        if self.every == "quarter":
            return (period,) if period.span is Span.QUARTER else ()
        return period.parts(Span.MONTH)


class AttendanceFloor(Entry):
    """Attendance below the floor sets a ceiling; leave in `exempt` counts as attended."""

    absent: Words
    exempt: Words
    floor: Share
    ceiling: Grade
    formula: Literal["absent-of-due", "exempt-removed"] = "absent-of-due"


class LongLeave(Entry):
    """Sick and private leave over a share of the period: no grade."""

    counts: Words
    over: Share
    of: Literal["month", "quarter"] = "quarter"
    days: Literal["working", "calendar"] = "working"


class GradeFloor(Shape):
    """The lowest score of a grade."""

    grade: Grade
    floor: Number


class Grading(Entry):
    """Where a grade comes from: the leader's rating, bands of the score, or the rank under the cap."""

    by: Literal["rating", "bands", "rank"]
    score: str | None = Field(None, description="据以定等次的得分名称")
    bands: tuple[GradeFloor, ...] = Field((), description="等次的分数下限，从好到差")
    default: Grade | None = Field(None, description="按名次时，名额以外的人建议的等次")

    @model_validator(mode="after")
    def complete(self) -> Grading:
        if self.by == "bands":
            places = [band.grade.place for band in self.bands]
            floors = [band.floor for band in self.bands]
            if places != list(range(len(Grade))) or floors != sorted(set(floors), reverse=True) or floors[-1] != 0:
                raise ValueError("bands 要从好到差写全四个等次，下限逐级降低，最后一个等次下限为 0")
        if self.by == "rank" and self.bands:
            floors = [band.floor for band in self.bands]
            if self.bands[0].grade is not self.default or floors != sorted(set(floors), reverse=True) or floors[-1] != 0:
                raise ValueError("by: rank 时 bands 从 default 的等次写起，下限逐级降低，最后一个等次下限为 0")
        if (self.by == "rank") != (self.default is not None):
            raise ValueError("by: rank 时要写 default（名额以外的等次），其他时候不写")
        if (self.by == "rating") == bool(self.score):
            raise ValueError("by: bands 或 rank 时要写 score（用哪个得分），by: rating 时不写")
        return self


class Item(Shape):
    """One appraisal item (考核指标) of a scoring sheet."""

    name: str
    weight: Share
    maximum: Number | None = Field(None, description="最高分；不写时按权重乘 100")
    aliases: Words = ()

    @property
    def points(self) -> Fraction:
        return self.maximum if self.maximum is not None else self.weight * 100


class ItemSheet(Entry):
    """A scoring sheet: its items and how points are meant."""

    sheet: str
    every: Literal["month", "quarter"] = "month"
    score_mode: Literal["points", "percent"] = Field("points", description="points 按每项满分打分；percent 每项按百分制打分再乘权重")
    items: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def whole(self) -> ItemSheet:
        if (total := sum(item.weight for item in self.items)) != 1:
            raise ValueError(f"各项权重合计 {float(total * 100):g}%，应为 100%")
        if self.score_mode == "points" and (total := sum((item.points for item in self.items), Fraction(0))) != 100:
            raise ValueError(f"各项最高分合计 {float(total):g}，应为 100")
        return self


class AdjustmentRule(Shape):
    """A category of bonus or malus and its limits in points."""

    category: str
    least: Number = Fraction(0)
    most: Number = Fraction(0)


class ScorePart(Entry):
    """One ingredient of a score."""

    name: str
    how: Literal["items", "field", "equal-share", "mean-of-months", "adjustments"] = Field(
        description="items 各项指标；field 得分一栏；equal-share 事项平均赋分；mean-of-months 各月得分平均；adjustments 加减分合计"
    )
    sheet: str | None = Field(None, description="来自哪张标准表；mean-of-months 不写")
    score: str | None = Field(None, description="mean-of-months 用哪个月度得分")
    weight: Share | None = Field(None, description="权重；不写表示直接相加")
    raters: Literal["mean", "trimmed-mean"] = Field("mean", description="几个人打分时：平均，或去掉最高最低后平均")

    @model_validator(mode="after")
    def sourced_from(self) -> ScorePart:
        if (self.how == "mean-of-months") != (self.sheet is None) or (self.how == "mean-of-months") != (self.score is not None):
            raise ValueError(f"“{self.name}”：mean-of-months 要写 score、不写 sheet；其他要写 sheet、不写 score")
        return self


class ScoreRule(Entry):
    """How a score is made (得分)."""

    name: str
    every: Literal["month", "quarter"]
    round: int = Field(2, ge=0, le=4, description="保留几位小数，四舍五入，一次")
    least: Number | None = None
    most: Number | None = None
    parts: tuple[ScorePart, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def weighted(self) -> ScoreRule:
        weights = [part.weight for part in self.parts if part.weight is not None]
        if weights and sum(weights) != 1:
            raise ValueError(f"得分“{self.name}”各部分权重合计 {float(sum(weights) * 100):g}%，应为 100%")
        return self


class SmallUnits(Entry):
    """What happens to units so small that 40 % is less than one person."""

    method: Literal["zero", "min1", "pool"]
    pools: tuple[Words, ...] = Field((), description="method 为 pool 时，哪些呈报单位合并计算")


class Cap(Entry):
    """好等次比例: how many may be graded 好, and of what."""

    share: Share
    base: Literal["headcount", "participants", "graded"] = Field(description="headcount 在编在岗总人数；participants 实际参加考核人数；graded 确定等次人数")
    scope: Literal["unit", "whole", "category"] = Field(description="unit 按呈报单位；whole 全单位合并；category 按人员类别")
    strength: Literal["soft", "hard"] = Field(description="soft 原则上；hard 不得突破")
    excess: Literal["human", "lowered"] = Field(description="human 超出时交人研判；lowered 按得分取舍，其余降一等")
    direct: Literal["inside", "outside"] = Field(description="直接确定为好的是否占名额")
    small_units: SmallUnits


class Ties(Entry):
    """Tie-break keys, in order; none: people decide."""

    keys: Words = ()


class Approval(Entry):
    """Whether a leader must approve the list before it is final."""

    required: bool
    by: str = ""


class Publicity(Entry):
    """公示: which grades, for how many working days."""

    grades: tuple[Grade, ...] = ()
    workdays: int = 0


class Deadline(Entry):
    """A date by which something is due: a day of the month after the period, or days after its end."""

    name: str
    every: Literal["month", "quarter", "year"] = Field("quarter", description="每月、每季还是每年一次")
    day: int | None = Field(None, ge=1, le=31, description="期满后次月的第几日")
    days_after: int | None = Field(None, ge=1, description="期满后第几天")
    workdays_after: int | None = Field(None, ge=1)
    rolls: bool = Field(False, description="遇休息日顺延到下一个工作日")

    @model_validator(mode="after")
    def one_way(self) -> Deadline:
        if [self.day, self.days_after, self.workdays_after].count(None) != 2:
            raise ValueError("day、days_after、workdays_after 写且只写一个")
        return self


class Review(Entry):
    """复核: how soon an objection to a result must be answered."""

    workdays: int = Field(gt=0, description="收到之日起几个工作日内答复")


class Consequence(Entry):
    """What is to be done with a result."""

    grade: Grade
    action: str


def _portion(share: Fraction) -> str:
    return "一半" if share == Fraction(1, 2) else f" {number(share * 100)}%"


class AnnualRule(Entry):
    """One sentence that ties the annual appraisal to the year's results: all conditions named must hold; it proposes, people decide."""

    good_at_least: int | None = Field(None, ge=1, description="好不少于几次")
    good_share: Share | None = Field(None, description="好的次数不少于多大比例，例如 1/2")
    no_bad: bool = Field(False, description="没有一般、较差")
    bad_over_count: int | None = Field(None, ge=0, description="一般、较差累计超过几次（不含本数）")
    bad_over_share: Share | None = Field(None, description="一般、较差累计超过多大比例（不含本数）")
    of: Literal["graded", "periods"] = Field("graded", description="比例的分母：graded 确定等次的次数；periods 全年的周期数")
    all_periods: Grade | None = Field(None, description="全年每一期都是这个等次")
    refused: Words = Field((), description="有这些情形之一，例如 拒不参加；也可以写结果，例如 未参加考核")
    proposal: str = Field(description="对年度考核的建议")
    wording: Literal["应当", "原则上", "优先", "可以"] = Field(description="条款的力度")
    alone: bool = Field(False, description="成立时只提这一条")
    reading: str = Field("", description="条款没有写明的数怎样取；表上印“配置值，方案未规定”")

    @model_validator(mode="after")
    def conditional(self) -> AnnualRule:
        for one, other in (("good_at_least", "good_share"), ("bad_over_count", "bad_over_share")):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                raise ValueError(f"{one} 和 {other} 只能写一个")
        if not self.condition:
            raise ValueError("要写至少一个条件：good_at_least、good_share、no_bad、bad_over_count、bad_over_share、all_periods、refused")
        return self

    @property
    def condition(self) -> str:
        """When it holds, as an official would say it."""
        base = "全年周期数" if self.of == "periods" else "确定等次次数"
        found = [
            f"好不少于 {self.good_at_least} 次" if self.good_at_least is not None else "",
            f"好不少于{base}的{_portion(self.good_share)}" if self.good_share is not None else "",
            "无一般、较差" if self.no_bad else "",
            f"一般、较差累计超过 {self.bad_over_count} 次" if self.bad_over_count is not None else "",
            f"一般、较差累计超过{base}的{_portion(self.bad_over_share)}" if self.bad_over_share is not None else "",
            f"全年各期均为{self.all_periods}" if self.all_periods is not None else "",
            f"有下列情形：{'、'.join(self.refused)}" if self.refused else "",
        ]
        return "，".join(filter(None, found))

    @property
    def text(self) -> str:
        """The proposal with the force the clause gives it: 优秀等次人选来源（原则上）."""
        return f"{self.proposal}（{self.wording}）"

    @property
    def cited(self) -> str:
        """The clause, and what was assumed where it names no number."""
        return f"{self.source}（{self.reading}：配置值，方案未规定）" if self.reading else self.source


class AnnualList(Entry):
    """附件6: who was graded 好 often enough to be listed."""

    good_at_least: int = Field(2, ge=1, description="好不少于几次的列入名单")


class Annual(Entry):
    """与年度考核挂钩: what the year's results propose for the annual appraisal, in the order of the clauses."""

    rules: tuple[AnnualRule, ...] = Field(min_length=1)
    listed: AnnualList | None = Field(None, description="好等次2次以上人员名单表")


class Forms(Shape):
    """Words the official forms print."""

    footnote: str = ""
    year_footnote: str = ""


class Units(Shape):
    """Order of the reporting units; names not listed follow in the order of the roster."""

    order: Words = ()


class CalendarRule(Shape):
    """Working days beyond what the calendar library knows: its yearly notice typed in by hand."""

    years: tuple[int, ...] = Field((), description="假日安排完全由下面两项给出的年份")
    holidays: tuple[dt.date, ...] = ()
    workdays: tuple[dt.date, ...] = Field((), description="调休上班的周末")


class Vocabulary(Shape):
    """Other words people write for the standard ones."""

    columns: dict[str, Words] = Field({}, description="标准列名：别的写法")
    grades: dict[str, Grade] = Field({}, description="别的写法：等次")


Step = Literal["out-of-scope", "absent", "ungraded", "direct-poor", "ceiling", "direct-good", "source"]


class Order(Entry):
    """The order in which rules are asked about one person; the first that answers wins."""

    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def complete(self) -> Order:
        wanted = list(Step.__args__)  # type: ignore[attr-defined]
        if sorted(self.steps) != sorted(wanted):
            raise ValueError(f"steps 要把这些各写一次：{'、'.join(wanted)}")
        return self


class Policy(Shape):
    """One regulation, whole."""

    regulation: Regulation
    periods: Periods
    scope: Scope
    circumstances: tuple[CircumstanceRule, ...]
    inputs: tuple[Input, ...] = Field(min_length=1)
    item_sheets: tuple[ItemSheet, ...] = ()
    adjustments: tuple[AdjustmentRule, ...] = ()
    scores: tuple[ScoreRule, ...] = ()
    grading: Grading
    cap: Cap
    ties: Ties
    attendance: AttendanceFloor | None = None
    long_leave: LongLeave | None = None
    order: Order
    approval: Approval
    publicity: Publicity
    review: Review | None = None
    deadlines: tuple[Deadline, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    annual: Annual | None = None
    bands: Bands
    forms: Forms = Forms()
    units: Units = Units()
    calendar: CalendarRule = CalendarRule()
    vocabulary: Vocabulary = Vocabulary()

    def use_of(self, sheet: str) -> Use:
        """What the program does with a sheet; item sheets are scored."""
        return KINDS[sheet].use if sheet in KINDS else Use.SCORES

    def score_rule(self, name: str) -> ScoreRule:
        return next(rule for rule in self.scores if rule.name == name)

    def item_sheet(self, sheet: str) -> ItemSheet | None:
        return next((found for found in self.item_sheets if found.sheet == sheet), None)

    def places(self, score: str) -> int:
        """Decimals to which a score is rounded and printed."""
        return next((rule.round for rule in self.scores if rule.name == score), 2)
