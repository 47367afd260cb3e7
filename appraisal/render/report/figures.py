"""The numbers of a period that the page for the leaders and the charts of the ledger both show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from appraisal.marks import Merged
from appraisal.model import UNIT, Calendar, Decision, Filed, Grade, Group, Period, Person, Span, Status, percent, workdays_served
from appraisal.render.filing import result_on_form
from appraisal.result import Result
from appraisal.standard import KINDS, LEAVE, Use

OUTCOMES: tuple[str, ...] = (*map(str, Grade), *map(str, (Status.UNGRADED, Status.ABSENT, Status.CONTESTED, Status.WITHHELD)))
"""What is counted, in the order in which it is shown."""
OUTSIDE = str(Status.OUT_OF_SCOPE)
AWAY = ("病假", "事假", "旷工")
Previous = Mapping[Period, Sequence[Filed]]


class Tally(Struct, frozen=True):
    """How many people of one name (a unit, a band, a month) have each of OUTCOMES."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    def of(self, outcome: str) -> int:
        return self.counts[OUTCOMES.index(outcome)]


class Seats(Struct, frozen=True):
    """The cap of one group in one period, beside what was taken of it."""

    period: Period
    group: Group
    limit: Fraction

    @property
    def outside(self) -> Fraction:
        """The share of the base that is 好 beyond the cap's reach (不占比例)."""
        return Fraction(self.group.good_outside, self.group.base) if self.group.base else Fraction(0)

    @property
    def whole(self) -> Fraction:
        return self.group.share + self.outside

    @property
    def said(self) -> str:
        """按 24 人计，名额 9，好 8 人（33.33%）."""
        group = self.group
        if not group.base:
            return "没有参加考核的人员"
        free = f"，另有不占比例 {group.good_outside} 人" if group.good_outside else ""
        over = "，超出名额" if group.over else ""
        missing = f"，{group.missing} 人待处理" if group.missing else ""
        return f"按 {group.base} 人计，名额 {group.seats}，好 {group.good_inside} 人（{percent(group.share)}）{free}{over}{missing}"


class MonthAway(Struct, frozen=True):
    """Attendance in one month of everybody whose sheet has arrived: days in ten-thousandths."""

    period: Period
    expected: int
    reported: int
    due: int
    absent: int
    kinds: tuple[tuple[str, int], ...]
    """Days of each kind of leave, in the order of the sheet."""

    @property
    def share(self) -> Fraction | None:
        """Days attended of days owed; None while nothing has arrived."""
        return Fraction(self.due - self.absent, self.due) if self.due else None


def is_graded(result: Result) -> bool:
    """False for a month under a regulation that grades by quarter: it is scored, nobody has a result."""
    return any(verdict.groups for verdict in result.verdicts)


def in_scope(result: Result) -> list[Decision]:
    """Every decision about somebody who is appraised here; in monthly results one for each month."""
    return [decision for decision in result.decisions if decision.proposal.in_scope and decision.result is not None]


class _Alike(Struct, frozen=True):
    """What people have in common who are counted together."""

    period: Period
    unit: str
    department: str
    band: str
    outcome: str


@lru_cache(maxsize=1)
def _counted(result: Result) -> Mapping[_Alike, int]:
    """Everybody who is appraised here, counted once for all the tables of the page and the charts; in the order in which they first occur."""
    keys = [
        (decision.proposal.standing.period, decision.person.unit, decision.person.department, decision.proposal.band, result_on_form(decision))
        for decision in in_scope(result)
    ]
    return {_Alike(*key): count for key, count in Counter(keys).items()}


def tallies(result: Result, name_of: Callable[[_Alike], str], period: Period | None = None) -> list[Tally]:
    """One tally for each name (of one period only, if wished), in the order in which the names first occur."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for alike, count in _counted(result).items():
        if period in (None, alike.period):
            counted[name_of(alike)][alike.outcome] += count
    return [Tally(name, tuple(counts[outcome] for outcome in OUTCOMES)) for name, counts in counted.items()]


def total(result: Result, period: Period) -> Tally:
    """Everybody appraised in a period."""
    name = period.chinese
    return next(iter(tallies(result, lambda _: name, period)), Tally(name, (0,) * len(OUTCOMES)))


def by_unit(result: Result) -> list[Tally]:
    """In the declared order of the units, then that of the roster."""
    found = {tally.name: tally for tally in tallies(result, lambda alike: alike.unit)}
    return [found.pop(unit) for unit in result.policy.units.order if unit in found] + list(found.values())


def by_department(result: Result) -> list[Tally]:
    """Departments of several units stand behind the name of their unit."""
    several = len({alike.unit for alike in _counted(result)}) > 1
    return tallies(result, lambda alike: f"{alike.unit}　{alike.department}" if several else alike.department)


def by_band(result: Result) -> list[Tally]:
    """In the order of the filing form; ranks that belong to no row come last."""
    found = {tally.name: tally for tally in tallies(result, lambda alike: alike.band or "未能归行")}
    order = [*(band.name for band in result.policy.bands.rows), "未能归行"]
    return [found[name] for name in order if name in found]


def by_period(result: Result, previous: Previous) -> list[Tally]:
    """The result periods of the run in order, behind the last one filed before them."""
    before = period_before(result, previous)
    earlier = []
    if before is not None:
        counts = Counter(str(filed.result) for filed in previous[before])
        earlier = [Tally(f"{before.chinese}（已备案）", tuple(counts[outcome] for outcome in OUTCOMES))]
    own = [tally for verdict in result.verdicts for tally in tallies(result, lambda alike: alike.period.chinese, verdict.period)]
    return [*earlier, *own]


def short(period: Period) -> str:
    """A period within its year: 第4季度, 5月."""
    return period.chinese.partition("年")[2] or period.chinese


def period_before(result: Result, previous: Previous) -> Period | None:
    """The last period of the same length that was filed before those of this run. Their own filings are no news: see `Result.changes`."""
    first = min(verdict.period for verdict in result.verdicts) if result.verdicts else None
    return max((period for period in previous if first is not None and period.span is first.span and period < first and previous[period]), default=None)


def seats(result: Result) -> list[Seats]:
    """Every group under a cap, period by period."""
    return [Seats(verdict.period, group, result.policy.cap.share) for verdict in result.verdicts for group in verdict.groups]


# ---- attendance, month by month ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def attendance(result: Result) -> list[MonthAway]:
    """What the attendance sheets say of each month; nothing where the regulation does not look at attendance."""
    policy, calendar = result.policy, result.calendar
    if result.merged is None or calendar is None or not (policy.attendance or policy.long_leave):
        return []
    counted = policy.attendance.absent if policy.attendance else AWAY
    months = []
    appraised = [(verdict.period, [decision.person for decision in verdict.decisions if decision.proposal.in_scope]) for verdict in result.verdicts]
    for month in result.period.parts(Span.MONTH):
        here = {person.index: person for period, people in appraised if period.holds(month) for person in people}
        months.append(_month(month, here, result.merged, counted, calendar))
    return months if any(month.reported for month in months) else []


def _month(month: Period, people: Mapping[int, Person], merged: Merged, counted: Sequence[str], calendar: Calendar) -> MonthAway:
    """One month of everybody appraised in its period who served in it; of what was handed in twice, the first."""
    served = {index: workdays for index, workdays in workdays_served(people.values(), month, calendar).items() if workdays}
    sheets = [place for place, title in enumerate(merged.kinds) if title in KINDS and KINDS[title].use is Use.ATTENDANCE]
    lines = merged.entries
    lines = lines[lines["kind"].isin(sheets) & (lines["period"] == merged.period(month)) & lines["person"].isin(served)].drop_duplicates("person")
    marks = merged.marks[merged.marks["entry"].isin(lines.index)]
    sums = marks.groupby("item")["amount"].sum().to_dict()
    kinds = tuple((kind, int(sums.get(merged.item(kind), 0))) for kind in LEAVE)
    absent = sum(amount for kind, amount in kinds if kind in counted)
    return MonthAway(month, len(served), len(lines), sum(served[index] for index in lines["person"].tolist()) * UNIT, absent, kinds)
