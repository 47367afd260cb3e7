"""The nouns: what exists in an appraisal. Immutable, exact, and every value knows its cell."""

from __future__ import annotations

import calendar as months_of_year
import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import force_setattr

UNIT = 10_000
"""Amounts (points, days, percents) are integers in ten-thousandths, so that no float is ever compared."""


class Grade(StrEnum):
    """The four grades of every regulation (考核等次), best first."""

    GOOD = "好"
    FAIR = "较好"
    ORDINARY = "一般"
    POOR = "较差"

    @property
    def place(self) -> int:
        """0 for the best grade; a larger number is a worse grade."""
        return tuple(Grade).index(self)


def lower(one: Grade, other: Grade) -> Grade:
    """The worse of two grades: what a ceiling leaves of a rating."""
    return max(one, other, key=lambda grade: grade.place)


class Status(StrEnum):
    """What stands in the place of a grade: for good (first three) or until somebody acts (last three)."""

    UNGRADED = "不确定等次"
    ABSENT = "未参加考核"
    OUT_OF_SCOPE = "不在考核范围"
    CONTESTED = "待研判"
    UNAPPROVED = "待审定"
    WITHHELD = "待处理"


Outcome = Grade | Status
_OUTSIDE = Status.OUT_OF_SCOPE


class Code(StrEnum):
    """Which kind of rule gave a result (依据代码)."""

    RATING = "rating"
    BAND = "band"
    RANK = "rank"
    CAP = "cap"
    TIE = "tie"
    OVER_RATED = "over-rated"
    DIRECT = "direct"
    CEILING = "ceiling"
    UNGRADED = "no-grade"
    ABSENT = "absent"
    OUT_OF_SCOPE = "out-of-scope"
    DEFAULT = "default"
    RULING = "ruling"
    PROBLEM = "problem"


class Span(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


_CODES = {Span.MONTH: "{}-{:02}", Span.QUARTER: "{}Q{}", Span.HALF: "{}H{}", Span.YEAR: "{}"}
_WORDS = {Span.MONTH: "{}年{}月", Span.QUARTER: "{}年第{}季度", Span.YEAR: "{}年"}
MONTHS_IN = {Span.MONTH: 1, Span.QUARTER: 3, Span.HALF: 6, Span.YEAR: 12}


class Period(Struct, frozen=True, order=True):
    """An appraisal period (考核周期): a month, a quarter, a half-year or a year. `number` counts from 1 within the year."""

    year: int
    span: Span
    number: int = 1
    first_day: dt.date = dt.date.min
    last_day: dt.date = dt.date.max
    """Both follow from the rest."""

    def __post_init__(self) -> None:
        month = self.number * MONTHS_IN[self.span]
        force_setattr(self, "first_day", dt.date(self.year, month - MONTHS_IN[self.span] + 1, 1))
        force_setattr(self, "last_day", dt.date(self.year, month, months_of_year.monthrange(self.year, month)[1]))

    def __hash__(self) -> int:
        """By numbers alone: asked for every person again and again, and the same in every process."""
        return self.year * 512 + MONTHS_IN[self.span] * 32 + self.number

    @classmethod
    def month(cls, year: int, number: int) -> Period:
        return cls(year, Span.MONTH, number)

    @classmethod
    def quarter(cls, year: int, number: int) -> Period:
        return cls(year, Span.QUARTER, number)

    def parts(self, span: Span) -> tuple[Period, ...]:
        """The periods of length `span` that make up this one, in order; empty when this one is shorter."""
        length = MONTHS_IN[span]
        first = (self.number - 1) * MONTHS_IN[self.span]
        return tuple(
            Period(self.year, span, (first + month) // length + 1) for month in range(0, MONTHS_IN[self.span], length) if MONTHS_IN[self.span] >= length
        )

    def within(self, span: Span) -> Period:
        """The period of length `span` that this one lies in, e.g. the quarter of a month."""
        return Period(self.year, span, (self.first_day.month - 1) // MONTHS_IN[span] + 1)

    def holds(self, other: Period) -> bool:
        """True when `other` lies wholly within this period (or is the same)."""
        return self.first_day <= other.first_day and other.last_day <= self.last_day

    def overlaps(self, first: dt.date, last: dt.date | None) -> bool:
        """True when at least one day of [first, last] (open when last is None) lies in this period."""
        return first <= self.last_day and (last is None or last >= self.first_day)

    def __str__(self) -> str:
        return _CODES[self.span].format(self.year, self.number)

    @property
    def chinese(self) -> str:
        """As an official writes it: 2021年10月, 2021年第4季度, 2021年上半年, 2021年."""
        return f"{self.year}年{'上半年' if self.number == 1 else '下半年'}" if self.span is Span.HALF else _WORDS[self.span].format(self.year, self.number)

    @property
    def heading(self) -> str:
        """As the official forms print it under their title: 2021年度第4季度, 2020年5月, 2021年度."""
        return self.chinese if self.span is Span.MONTH else self.chinese.replace("年", "年度", 1)


@cache
def column_letters(column: int) -> str:
    """A column number (from 1) as a spreadsheet shows it: 28 → AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class Cell(Struct, frozen=True, order=True):
    """Where something stands: file (relative to input/), tab, row and column from 1; 0 or "" where it concerns the whole."""

    file: str
    sheet: str = ""
    row: int = 0
    column: int = 0

    @property
    def address(self) -> str:
        """F7, or 第7行 when only the row is known, or nothing."""
        if self.row and self.column:
            return f"{column_letters(self.column)}{self.row}"
        return f"第{self.row}行" if self.row else ""

    def __str__(self) -> str:
        if self.file and self.sheet and self.row and self.column:
            return f"{self.file}!{self.sheet}!{column_letters(self.column)}{self.row}"
        return "!".join(part for part in (self.file, self.sheet, self.address) if part)


class Calendar(Struct, frozen=True, eq=False):
    """Working days of the years it knows: weekends and holidays out, make-up days in (yearly notice of the State Council)."""

    free: frozenset[dt.date]
    years: frozenset[int]
    _days: tuple[int, ...] = ()
    """The working days as ordinals, in order."""
    _spans: dict[tuple[dt.date, dt.date], int] = field(default_factory=dict)
    """Spans whose working days were counted before: the same few are asked for everybody."""

    def __post_init__(self) -> None:
        ordinals = (dt.date(year, 1, 1).toordinal() + day for year in sorted(self.years) for day in range(366 if months_of_year.isleap(year) else 365))
        free = {day.toordinal() for day in self.free}
        force_setattr(self, "_days", tuple(day for day in ordinals if day not in free))

    def is_workday(self, day: dt.date) -> bool:
        if day.year not in self.years:
            raise KeyError(day.year)
        return day not in self.free

    def workdays(self, first: dt.date, last: dt.date) -> int:
        """How many working days lie in [first, last]. KeyError for a year the calendar does not know."""
        known = self._spans.get((first, last))
        if known is None:
            if not {first.year, last.year} <= self.years:
                raise KeyError(first.year)
            known = self._spans[first, last] = bisect_right(self._days, last.toordinal()) - bisect_left(self._days, first.toordinal())
        return known

    def after(self, day: dt.date, workdays: int) -> dt.date:
        """The day on which a term of so many working days ends; the first day is not counted (民法典 §201)."""
        while workdays:
            day += dt.timedelta(1)
            workdays -= self.is_workday(day)
        return day

    def rolled(self, day: dt.date) -> dt.date:
        """The same day, or the next working day when it is free (民法典 §203)."""
        while not self.is_workday(day):
            day += dt.timedelta(1)
        return day


class Person(Struct, frozen=True):
    """One line of the roster (人员名册): who exists, where, in what rank, from when to when."""

    index: int
    name: str
    department: str
    unit: str
    cell: Cell
    staff_no: str = ""
    post: str = ""
    rank: str = ""
    category: str = "公务员"
    establishment: str = "在编"
    in_post: bool = True
    since: str = ""
    arrived: dt.date | None = None
    left: dt.date | None = None
    mail: str = ""
    note: str = ""
    band: str = ""
    """The row of the filing form (备案表) this person stands in; empty when out of scope or unknown."""
    rank_column: int = 0
    """The column of the roster in which the rank stands."""

    def serves(self, day: dt.date) -> bool:
        """True when the person has arrived by `day` and has not left before it."""
        return (self.arrived is None or self.arrived <= day) and (self.left is None or self.left >= day)


SINCE_EVER = dt.date(1950, 1, 1)
"""The beginning of what is known to hold, nobody said since when."""


class Circumstance(Struct, frozen=True):
    """A dated fact that beats what was scored or ticked (特殊情形): probation, sanction, leave to another unit…"""

    kind: str
    start: dt.date
    end: dt.date | None
    cell: Cell
    basis: str = ""
    explanation: str = ""
    open_ended: bool = False
    """True when the sheet gave no end and none follows from the law: it still goes on."""
    basis_cell: Cell | None = None
    """Where its 依据 stands or should stand."""

    def __str__(self) -> str:
        """警告：2021-10-01 至 2022-03-31; what the roster's words say has no date when the roster gives no day of arrival."""
        if self.start == SINCE_EVER:
            return f"{self.kind}：名册写明"
        return f"{self.kind}：{self.start} {f'至 {self.end}' if self.end else '起'}"


class Table(Struct, frozen=True):
    """What one sheet says, column by column. A list sheet has many rows, a paper form one.

    `columns[item][i]` is row i's value: an int in ten-thousandths for amounts, else text; None where the cell was empty or unusable.
    `rows[i]` is its row in the sheet, `at[item]` its column; on a form `at` differs by item and `row_at` gives the row as well.
    """

    kind: str
    period: Period | None
    file: str
    sheet: str
    rows: tuple[int, ...]
    names: tuple[str, ...]
    staff_nos: tuple[str, ...]
    departments: tuple[str, ...]
    units: tuple[str, ...]
    columns: Mapping[str, tuple[object, ...]]
    at: Mapping[str, int]
    row_at: Mapping[str, int] = field(default_factory=dict)
    spoiled: frozenset[int] = frozenset()
    """Rows (by place in `rows`) that hold an error: their person is withheld."""
    title: str = ""
    """The title line, which may name the department."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What the sheet says once for all its rows: who rated, who approved and when (打分人, 批准人, 批准日期)."""
    nameless: int = 0
    """Rows about somebody who cannot be told: without a name, with two, or with one that cannot be read."""

    def cell(self, place: int, item: str) -> Cell:
        return Cell(self.file, self.sheet, self.row_at.get(item, self.rows[place]), self.at.get(item, 0))


class Reason(Struct, frozen=True):
    """Why: one sentence in Chinese, the clause it rests on (or 配置值，方案未规定), and the cells it came from."""

    code: Code
    text: str
    clause: str = ""
    cells: tuple[Cell, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}（{self.clause}）" if self.clause else self.text


class Attendance(Struct, frozen=True):
    """One person's attendance in a period, in ten-thousandths of a day; `due` are working days owed."""

    due: int
    absent: int
    exempt: int
    ill_or_private: int
    months: tuple[Period, ...]

    @property
    def share(self) -> Fraction:
        """Days attended of days owed; exempt leave counts as attended."""
        return Fraction(self.due - self.absent, self.due) if self.due else Fraction(1)


class Part(Struct, frozen=True):
    """One ingredient of a score: its name, value and weight, with the cells behind it; `note` says how it came about."""

    name: str
    value: Fraction | None
    weight: Fraction | None
    cells: tuple[Cell, ...] = ()
    note: str = ""
    details: Mapping[str, Fraction] = field(default_factory=dict)
    """Points by item, where the part was marked item by item; of several raters their mean."""


class Score(Struct, frozen=True):
    """A score of one person: exact value rounded half-up to the declared places, and its parts. None when it cannot be computed."""

    name: str
    period: Period
    value: Fraction | None
    parts: tuple[Part, ...] = ()
    ties: tuple[Fraction, ...] = ()
    """Values of the declared tie-break keys, largest first wins."""
    estimate: Fraction | None = None
    """Of somebody withheld for a bad cell: what the readable cells suggest. It holds a seat open in a draft, never more."""


class Missing(Struct, frozen=True):
    """An input that was needed or expected from one person and did not come."""

    input: str
    period: Period
    needed: bool


class Standing(Struct, frozen=True):
    """All that is known of one person in one period, before any rule speaks."""

    person: Person
    period: Period
    circumstances: tuple[Circumstance, ...] = ()
    rating: Grade | None = None
    rating_cell: Cell | None = None
    opinion_cell: Cell | None = None
    """Where the leader's opinion stands or should stand."""
    self_rating: str = ""
    opinion: str = ""
    attendance: Attendance | None = None
    """Attendance in this period."""
    leave: Attendance | None = None
    """Attendance in the span over which long leave is measured; the same where that is this period."""
    attendance_cells: tuple[Cell, ...] = ()
    score: Score | None = None
    missing: tuple[Missing, ...] = ()
    faults: tuple[Cell, ...] = ()
    """Cells whose errors withhold this person."""
    record_faults: tuple[Cell, ...] = ()
    """Cells of the roster or of the circumstances whose errors withhold this person whatever else is known."""
    objections: tuple[Cell, ...] = ()
    """Cells in which the discipline inspectors object (纪检意见：有异议)."""


class Proposal(Struct, frozen=True):
    """What the rules give for one person alone, before the cap looks at everybody."""

    standing: Standing
    outcome: Outcome | None
    reasons: tuple[Reason, ...]
    ceiling: Grade | None = None
    outside_cap: bool = False
    direct: bool = False
    withheld: bool = False
    contested: bool = False
    """The rules leave this one to a person: nothing the cap does can settle it."""
    band: str = ""
    group: str = ""
    """Whose cap this person counts under; set when the cap is looked at."""

    if TYPE_CHECKING:

        @property
        def person(self) -> Person: ...

    else:  # asked for hundreds of thousands of times: three times as fast as a function of our own
        person = property(attrgetter("standing.person"))

    def under(self, group: str) -> Proposal:
        """The same, counted under a group's cap."""
        return Proposal(
            *(self.standing, self.outcome, self.reasons, self.ceiling, self.outside_cap, self.direct, self.withheld, self.contested, self.band), group
        )

    @property
    def in_scope(self) -> bool:
        return self.outcome is not _OUTSIDE

    @property
    def elsewhere(self) -> bool:
        """Assessed by another unit: on the form's 公务员总数 only."""
        return not self.in_scope and bool(self.band)

    @property
    def participates(self) -> bool:
        return self.in_scope and self.outcome is not Status.ABSENT


class Decision(Struct, frozen=True):
    """A person's result in a period: the proposal after the cap (建议等次), the result (考核等次) and every reason."""

    proposal: Proposal
    proposed: Outcome | None
    result: Outcome | None
    reasons: tuple[Reason, ...]
    remark: str = ""
    """What the official list prints beside the name (备注)."""

    if TYPE_CHECKING:

        @property
        def person(self) -> Person: ...

    else:
        person = property(attrgetter("proposal.standing.person"))

    @property
    def code(self) -> Code:
        return self.reasons[-1].code


class Ruling(Struct, frozen=True):
    """A leader's word on one proposal, from a signed 审定表: the grade decided (None: as proposed), why, who approved and when."""

    period: Period
    proposed: str
    """The proposal the leader saw; a ruling on another proposal than today's is refused."""
    ruled: Outcome | None
    reason: str
    approver: str
    approved_on: dt.date | None
    cell: Cell

    @property
    def signed(self) -> bool:
        return bool(self.approver)

    def __str__(self) -> str:
        when = f" {self.approved_on}" if self.approved_on else ""
        why = f"：{self.reason}" if self.reason else ""
        return f"审定为{self.ruled or self.proposed}{why}（批准人 {self.approver}{when}）"


class Group(Struct, frozen=True):
    """The people who share one cap (比例) in one period, and what the cap did there."""

    name: str
    units: tuple[str, ...]
    base: int
    seats: int
    good_inside: int
    good_outside: int
    over: bool
    missing: int = 0
    """How many of the base could not be graded because of a fault in the input."""

    @property
    def share(self) -> Fraction:
        """The share of the base that seats inside the cap take."""
        return Fraction(self.good_inside, self.base) if self.base else Fraction(0)


class Verdict(Struct, frozen=True):
    """Everybody's decisions in one result period."""

    period: Period
    decisions: tuple[Decision, ...]
    groups: tuple[Group, ...]
    approved_on: dt.date | None = None
    """The last day on which a leader approved a line of this period."""

    def of(self, unit: str) -> tuple[Decision, ...]:
        return tuple(decision for decision in self.decisions if decision.person.unit == unit)


Where = tuple[str, str, str, Period]
"""A place in the matrix of what has arrived: unit, department, material, period."""


class Arrivals(Struct, frozen=True):
    """The matrix 科室 × 材料 of one period: `cells[unit, department, material, period]` is how many are expected and who is missing."""

    departments: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, Period], ...]
    cells: Mapping[Where, tuple[int, tuple[str, ...]]]

    def word(self, where: Where) -> str:
        """已报, 缺报, 缺3人, or — where nothing is expected."""
        expected, missing = self.cells.get(where, (0, ()))
        return "—" if not expected else "已报" if not missing else "缺报" if len(missing) == expected else f"缺{len(missing)}人"


class Filed(Struct, frozen=True):
    """One person's final result as the archive holds it."""

    period: Period
    version: int
    """0 for the first filing, n for 更正 n."""
    name: str
    staff_no: str
    unit: str
    department: str
    rank: str
    band: str
    score: Fraction | None
    proposed: str
    result: Outcome
    code: Code
    remark: str
    reasons: tuple[tuple[str, str, str, str], ...] = ()
    """Code, text, clause and cells of every reason, in order."""

    @property
    def who(self) -> tuple[str, ...]:
        """How a person is told apart across filings: 工号, else name within unit and department."""
        return (self.staff_no,) if self.staff_no else (self.name, self.unit, self.department)


def who(person: Person) -> tuple[str, ...]:
    """The same for somebody on today's roster."""
    return (person.staff_no,) if person.staff_no else (person.name, person.unit, person.department)


class State(StrEnum):
    """Where a run stands: final, draft (problems in the input) or awaiting (a human decision or approval)."""

    FINAL = "final"
    DRAFT = "draft"
    AWAITING = "awaiting"


def workdays_served(people: Iterable[Person], period: Period, calendar: Calendar) -> dict[int, int]:
    """By person, the working days of the period on which the person was here: all of them, unless arrived or left within it."""
    first, last = period.first_day, period.last_day
    whole = calendar.workdays(first, last)
    served = {}
    for person in people:
        served[person.index] = whole
        if person.arrived is not None or person.left is not None:
            begun, ended = max(first, person.arrived or first), min(last, person.left or last)
            served[person.index] = calendar.workdays(begun, ended) if begun <= ended else 0
    return served


def half_up(value: Fraction, places: int) -> Fraction:
    """Rounds half away from zero at `places` decimals: 84.995 → 85.00. Done once, before any comparison."""
    scale = 10**places
    scaled = abs(value) * scale
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, scale)


def shown(value: Fraction | int, places: int) -> str:
    """A number as the forms print it, with exactly `places` decimals, rounded half-up."""
    rounded = half_up(Fraction(value), places)
    sign = "-" if rounded < 0 else ""
    whole, rest = divmod(abs(rounded) * 10**places, 10**places)
    return f"{sign}{whole}.{int(rest):0{places}}" if places else f"{sign}{whole}"


def number(value: Fraction | int) -> str:
    """A number as people write it, without needless zeros: 85, 84.5."""
    text = shown(value, 4)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Fraction) -> str:
    """A share as the forms print it: 39.13%."""
    return f"{shown(share * 100, 2)}%"


def days(amount: int) -> str:
    """Days in ten-thousandths as people write them: 12, 12.5."""
    return number(Fraction(amount, UNIT))


def joined(words: Collection[str], most: int = 10) -> str:
    """Names in a sentence: 张三、李四 等12人 when there are more than `most`."""
    listed = list(words)
    return "、".join(listed[:most]) + (f" 等{len(listed)}人" if len(listed) > most else "")
