"""The year made of its periods: everybody's results side by side, what they propose for the annual appraisal, and what is to be done.

It proposes with clause and grounds; the annual appraisal itself is decided by people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from msgspec import Struct, field

from appraisal.model import Code, Filed, Grade, Outcome, Period, Span, Status
from appraisal.policy.shape import AnnualRule, Policy

Who = tuple[str, ...]
"""How a person is told apart across filings (`Filed.who`)."""
HalfYears = Mapping[Period, Mapping[Who, str]]
"""半年集中测评 as people read it (推荐优秀票数/有效票数), by half-year and person."""

BAD = (Grade.ORDINARY, Grade.POOR)
COUNTED: tuple[Outcome, ...] = (*Grade, Status.UNGRADED, Status.ABSENT)
"""What is counted over the year, in the order of the forms."""
_OPEN = frozenset({Status.CONTESTED, Status.UNAPPROVED, Status.WITHHELD})
_NOTHING: HalfYears = MappingProxyType({})


class Advice(Struct, frozen=True):
    """A proposal for the annual appraisal (年度建议): never a decision."""

    text: str
    clause: str
    ground: str


class YearPerson(Struct, frozen=True):
    """One person's year. Name, department and rank are those of the latest result."""

    latest: Filed
    results: Mapping[Period, Filed]
    advice: tuple[Advice, ...] = ()
    half_years: Mapping[Period, str] = field(default_factory=dict)

    def periods(self, outcome: Outcome) -> tuple[Period, ...]:
        """The periods with this result, in order."""
        return tuple(period for period, filed in sorted(self.results.items()) if filed.result is outcome)

    def count(self, *outcomes: Outcome) -> int:
        return sum(len(self.periods(outcome)) for outcome in outcomes)

    def said(self, outcome: Outcome) -> str:
        """一般2次（第1季度、第2季度）."""
        return f"{outcome}{self.count(outcome)}次（{'、'.join(map(short, self.periods(outcome)))}）"

    @property
    def graded(self) -> int:
        """In how many periods a grade was given."""
        return self.count(*Grade)

    @property
    def summary(self) -> str:
        """The year in one line, as the 年度考核登记表 takes it: 第1季度好、第2季度较好."""
        return "、".join(f"{short(period)}{filed.result}" for period, filed in sorted(self.results.items()))

    @property
    def list_note(self) -> str:
        """备注 of the 好等次2次以上 list: what else happened in the year that a reader of the count must know."""
        others = [self.said(outcome) for outcome in COUNTED[2:] if self.count(outcome)]
        return f"另有{'、'.join(others)}" if others else ""


class Duty(Struct, frozen=True):
    """A line of a work list: what is to be done about whom, on what grounds, under which clause."""

    action: str
    clause: str
    person: YearPerson
    ground: str


class YearResult(Struct, frozen=True):
    """The whole year of an organisation."""

    period: Period
    periods: tuple[Period, ...]
    """The result periods that make up the year."""
    missing: tuple[Period, ...]
    """Those without a final filing: the year is a draft until they are there."""
    people: tuple[YearPerson, ...]
    listed: tuple[YearPerson, ...]
    """好等次2次以上人员, as often as the policy says."""
    duties: tuple[Duty, ...]
    doubts: tuple[str, ...]
    """People who may be one person counted as two: a sentence each."""

    @property
    def is_draft(self) -> bool:
        return bool(self.missing)


def short(period: Period) -> str:
    """A period within its year: 第4季度, 5月, 上半年."""
    return period.chinese.partition("年")[2]


def year_result(filed_by_period: Mapping[Period, Sequence[Filed]], policy: Policy, year: int, half_years: HalfYears = _NOTHING) -> YearResult:
    """The year from its final filings, one entry for each result period that has any. A period with open results counts as missing."""
    whole = Period(year, Span.YEAR)
    periods = whole.parts(policy.periods.span)
    final = {period: filed for period in periods if (filed := filed_by_period.get(period, ())) and not any(line.result in _OPEN for line in filed)}
    people = tuple(_person(results, policy, len(periods), half_years) for results in _ordered(_histories(final), policy))
    rule = policy.annual.listed if policy.annual else None
    listed = tuple(person for person in people if rule is not None and person.count(Grade.GOOD) >= rule.good_at_least)
    missing = tuple(period for period in periods if period not in final)
    return YearResult(whole, periods, missing, people, listed, tuple(_duties(people, policy)), tuple(_doubts(people)))


# ---- who is who --------------------------------------------------------------------------------------------------------


def _histories(final: Mapping[Period, Sequence[Filed]]) -> list[dict[Period, Filed]]:
    """Each person's results by period; whoever is in the latest filing comes first, in its order, then those who had left before."""
    found: dict[tuple[Who, int], dict[Period, Filed]] = {}
    for period in sorted(final, reverse=True):
        met: Counter[Who] = Counter()
        for filed in final[period]:
            found.setdefault((filed.who, met[filed.who]), {})[period] = filed
            met[filed.who] += 1
    return list(found.values())


def _ordered(histories: Sequence[dict[Period, Filed]], policy: Policy) -> list[dict[Period, Filed]]:
    """By reporting unit as declared, then as they come; within a unit as they come."""
    units = dict.fromkeys([*policy.units.order, *(_latest(results).unit for results in histories)])
    place = {unit: number for number, unit in enumerate(units)}
    return sorted(histories, key=lambda results: place[_latest(results).unit])


def _latest(results: Mapping[Period, Filed]) -> Filed:
    return results[max(results)]


def _doubts(people: Sequence[YearPerson]) -> Iterator[str]:
    """Namesakes of whom one has no 工号 and who never appear in the same period: perhaps one person who moved. Never merged by name."""
    by_name: dict[str, list[YearPerson]] = {}
    for person in people:
        by_name.setdefault(person.latest.name, []).append(person)
    for name, namesakes in by_name.items():
        numbered = all(person.latest.staff_no for person in namesakes)
        apart = any(one.results.keys().isdisjoint(other.results) for one in namesakes for other in namesakes)
        if len(namesakes) > 1 and apart and not numbered:
            where = "；".join(f"{'、'.join(map(short, sorted(person.results)))}在{person.latest.department}" for person in namesakes)
            yield f"{name}：{where}。没有工号，不能确认是不是同一个人，次数分开计算。请核对；是同一个人的，在名册里补上工号，重新运行有关周期"


# ---- what the clauses say ----------------------------------------------------------------------------------------------


def _person(results: dict[Period, Filed], policy: Policy, periods: int, half_years: HalfYears) -> YearPerson:
    latest = _latest(results)
    known_as = dict.fromkeys(results[period].who for period in sorted(results, reverse=True))
    heard = {half: said[0] for half, words in sorted(half_years.items()) if (said := [words[who] for who in known_as if who in words])}
    person = YearPerson(latest, MappingProxyType(results), (), heard)
    rules = [rule for rule in (policy.annual.rules if policy.annual else ()) if _holds(rule, person, periods)]
    rules = [rule for rule in rules if rule.alone] or rules
    return YearPerson(latest, person.results, tuple(Advice(rule.text, rule.cited, _ground(rule, person, periods)) for rule in rules), heard)


def _holds(rule: AnnualRule, person: YearPerson, periods: int) -> bool:
    """True when every condition of the rule is met. “超过” is strict, “以上” is not (民法典 §1259)."""
    good, bad = person.count(Grade.GOOD), person.count(*BAD)
    base = periods if rule.of == "periods" else person.graded
    return all(
        (
            rule.good_at_least is None or good >= rule.good_at_least,
            rule.good_share is None or (base > 0 and Fraction(good, base) >= rule.good_share),
            not rule.no_bad or bad == 0,
            rule.bad_over_count is None or bad > rule.bad_over_count,
            rule.bad_over_share is None or (base > 0 and Fraction(bad, base) > rule.bad_over_share),
            rule.all_periods is None or person.count(rule.all_periods) == periods,
            not rule.refused or bool(_refusals(rule, person)),
        )
    )


def _refusals(rule: AnnualRule, person: YearPerson) -> list[str]:
    """The periods of 未参加考核 for one of the rule's circumstances, each with its kind."""
    found = []
    for period, filed in sorted(person.results.items()):
        if filed.result is Status.ABSENT:
            kinds = [str(filed.result), *(text.partition("：")[0] for code, text, _, _ in filed.reasons if code == Code.ABSENT)]
            found += [f"{short(period)}{kind}" for kind in kinds if kind in rule.refused][:1]
    return found


def _ground(rule: AnnualRule, person: YearPerson, periods: int) -> str:
    """The counts a proposal rests on: 好2次，一般、较差0次，确定等次4次，全年4期."""
    if rule.refused:
        return "、".join(_refusals(rule, person))
    counts = f"好{person.count(Grade.GOOD)}次，一般、较差{person.count(*BAD)}次，确定等次{person.graded}次，全年{periods}期"
    return f"{rule.condition}：{counts}"


def _duties(people: Sequence[YearPerson], policy: Policy) -> Iterator[Duty]:
    """The work lists of the year: what follows from each grade, then what is proposed for the annual appraisal."""
    for consequence in policy.consequences:
        for person in people:
            if person.count(consequence.grade):
                yield Duty(consequence.action, consequence.source, person, person.said(consequence.grade))
    for text in dict.fromkeys(rule.text for rule in (policy.annual.rules if policy.annual else ())):
        for person in people:
            yield from (Duty(text, advice.clause, person, advice.ground) for advice in person.advice if advice.text == text)
