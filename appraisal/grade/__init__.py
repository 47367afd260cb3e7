"""One person → a proposed grade and its reasons. The steps are asked in the order rules.yaml gives; the first that answers wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from appraisal.grade.in_force import in_force
from appraisal.grade.scope import outside
from appraisal.grade.shares import counted, shares
from appraisal.model import (
    UNIT,
    Calendar,
    Circumstance,
    Code,
    Grade,
    Outcome,
    Period,
    Proposal,
    Reason,
    Span,
    Standing,
    Status,
    days,
    lower,
    number,
    percent,
    shown,
)
from appraisal.policy.shape import CircumstanceRule, Policy
from appraisal.problems import DIRECT_OPEN, NEEDS_BASIS, NO_EVIDENCE, OPINION_EXPECTED, OPINION_REQUIRED, Problem


class _Case(Struct):
    """One person's case while the steps are asked."""

    standing: Standing
    policy: Policy
    calendar: Calendar
    active: list[tuple[CircumstanceRule, Circumstance]] = field(default_factory=list)
    ceiling: Grade | None = None
    ceilings: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def of(self, effect: str) -> Sequence[tuple[CircumstanceRule, Circumstance]]:
        return [known for known in self.active if known[0].effect == effect] if self.active else ()

    def answer(self, outcome: Outcome | None, *reasons: Reason, **more: object) -> Proposal:
        return Proposal(self.standing, outcome, (*self.notes, *reasons), self.ceiling, band=band_in_period(self), **more)  # type: ignore[arg-type]


def grade(standing: Standing, policy: Policy, calendar: Calendar) -> tuple[Proposal, tuple[Problem, ...]]:
    """What the rules give for one person, with the problems only grading can see (a missing 依据 or 领导意见)."""
    case = _Case(standing, policy, calendar)
    if standing.circumstances:
        rules = {rule.kind: rule for rule in policy.circumstances}
        negative = {rule.kind for rule in policy.circumstances if rule.negative}
        case.active = [(rules[known.kind], known) for known in standing.circumstances if in_force(rules[known.kind], known, standing, negative)]
    case.notes += [Reason(Code.DEFAULT, str(known), rule.source, (known.cell,)) for rule, known in case.of("note")]
    for step in _ONLY_SCORED if only_scored(standing.period, policy) else policy.order.steps:
        proposal = _STEPS[step](case)
        if proposal is not None:
            return proposal, tuple(case.problems)
    raise AssertionError("the last step always answers")


def only_scored(period: Period, policy: Policy) -> bool:
    """True for a month under a regulation that grades by quarter: scores are computed, nobody is graded."""
    return period.span is Span.MONTH and policy.periods.span is Span.QUARTER


def band_in_period(case: _Case) -> str:
    """The row of the filing form in this period: by circumstance (试用期) first, else by rank."""
    if not case.active:
        return case.standing.person.band
    kinds = {known.kind for _, known in case.active}
    return next((band.name for band in case.policy.bands.rows if band.circumstance in kinds), case.standing.person.band)


# ---- the steps ---------------------------------------------------------------------------------------------------------


def _out_of_scope(case: _Case) -> Proposal | None:
    person, period = case.standing.person, case.standing.period
    why = outside(person, period, case.policy)
    if why:
        answer = case.answer(Status.OUT_OF_SCOPE, Reason(Code.OUT_OF_SCOPE, why, case.policy.scope.source, (person.cell,)))
        return Proposal(answer.standing, answer.outcome, answer.reasons, band="")
    for rule, known in case.of("elsewhere"):
        return case.answer(Status.OUT_OF_SCOPE, Reason(Code.OUT_OF_SCOPE, f"{known}，由所在单位考核", rule.source, (known.cell,)))
    return None


def _absent(case: _Case) -> Proposal | None:
    for rule, known in case.of("absent"):
        return case.answer(Status.ABSENT, Reason(Code.ABSENT, str(known), rule.source, (known.cell,)))
    return None


def _ungraded(case: _Case) -> Proposal | None:
    if case.standing.record_faults:
        return _withheld(case, "名册或特殊情形表有错误，改正后才能评定")
    for rule, known in case.of("ungraded"):
        return case.answer(Status.UNGRADED, Reason(Code.UNGRADED, str(known), rule.source, (known.cell,)))
    rule_of_leave, leave = case.policy.long_leave, case.standing.leave
    if rule_of_leave is not None and leave is not None and leave.ill_or_private:
        span = case.standing.period if rule_of_leave.of == case.standing.period.span.value else case.standing.period.within(Span(rule_of_leave.of))
        if rule_of_leave.days == "calendar":
            total, unit = (span.last_day - span.first_day).days + 1, "日历天数"
        else:
            total, unit = case.calendar.workdays(span.first_day, span.last_day), "工作日"
        over = rule_of_leave.over
        if leave.ill_or_private * over.denominator > over.numerator * total * UNIT:
            text = f"{span.chinese}{'、'.join(rule_of_leave.counts)}累计 {days(leave.ill_or_private)} 天，超过{unit} {total} 天的{_fraction(over)}"
            return case.answer(Status.UNGRADED, Reason(Code.UNGRADED, text, rule_of_leave.source, case.standing.attendance_cells))
    return None


def _fraction(share: Fraction) -> str:
    return "一半" if share == Fraction(1, 2) else f"{number(share * 100)}%"


def _unusable(case: _Case) -> Proposal | None:
    """Withheld when a needed input is missing or wrong: nothing is guessed."""
    standing = case.standing
    needed = [missing for missing in standing.missing if missing.needed]
    if standing.faults:
        return _withheld(case, "填报有错误，改正后才能评定")
    if needed:
        return _withheld(case, "缺" + "、".join(f"{missing.period.chinese}{missing.input}" for missing in needed))
    return None


def _withheld(case: _Case, why: str) -> Proposal:
    cells = (*case.standing.record_faults, *case.standing.faults)
    return case.answer(None, Reason(Code.PROBLEM, why, "", cells), withheld=True)


def _direct(case: _Case, wanted: Grade) -> Proposal | None:
    for rule, known in case.of("direct"):
        if rule.grade is not wanted:
            continue
        if case.ceiling is not None and lower(case.ceiling, wanted) is not wanted:
            case.notes.append(Reason(Code.DIRECT, f"登记了“{known.kind}”，但等次不得高于{case.ceiling}", rule.source, (known.cell,)))
            continue
        if (unusable := _unusable(case)) is not None:
            return replace(unusable, direct=wanted is Grade.GOOD)
        if faults := list(_unsupported(case, rule, known)):
            case.problems += faults
            return replace(_withheld(case, f"“{known.kind}”材料不全，补齐后才能评定"), direct=wanted is Grade.GOOD)
        if known.open_ended and known.start < case.standing.period.first_day:
            case.problems.append(DIRECT_OPEN.at(known.cell, case.standing.person.name, kind=known.kind, start=known.start, clause=rule.source))
        free = wanted is Grade.GOOD and case.policy.cap.direct == "outside" and not _negative_in_period(case)
        tail = "，不受比例限制" if free else "，占比例" if wanted is Grade.GOOD else ""
        text = f"{known.kind}{tail}" + (f"（依据：{known.basis}）" if known.basis else "")
        return case.answer(wanted, Reason(Code.DIRECT, text, rule.source, (known.cell,)), outside_cap=free, direct=True)
    return None


def _negative_in_period(case: _Case) -> bool:
    """Any negative circumstance that touched the period, even one that has ended or no longer bars a grade."""
    negative = {rule.kind for rule in case.policy.circumstances if rule.negative}
    return any(known.kind in negative and case.standing.period.overlaps(known.start, known.end) for known in case.standing.circumstances)


def _unsupported(case: _Case, rule: CircumstanceRule, known: Circumstance) -> Iterator[Problem]:
    person = case.standing.person
    if "basis" in rule.needs and not known.basis:
        yield NEEDS_BASIS.at(known.basis_cell or known.cell, person.name, kind=known.kind, clause=rule.source)
    if "opinion" in rule.needs and not case.standing.opinion and case.policy.grading.by == "rating":
        yield OPINION_REQUIRED.at(case.standing.opinion_cell or case.standing.rating_cell or known.cell, person.name, kind=known.kind, clause=rule.source)


def _ceiling(case: _Case) -> None:
    """Never answers: it lowers what a later step may give."""
    for rule, known in case.of("ceiling"):
        assert rule.grade is not None
        since = f"{known.kind}：{known.start} 起，当年" if rule.when == "calendar-year" else f"{known}，"
        _lower_ceiling(case, rule.grade, Reason(Code.CEILING, f"{since}等次不得高于{rule.grade}", rule.source, (known.cell,)))
    rule_of_floor, attendance = case.policy.attendance, case.standing.attendance
    if rule_of_floor is None or attendance is None or not attendance.due or not attendance.absent:
        return
    floor = rule_of_floor.floor
    below, below_otherwise = (whole * floor.denominator < floor.numerator * of for whole, of in counted(attendance, rule_of_floor))
    if not (below or below_otherwise):
        return
    share, other = shares(attendance, rule_of_floor)
    if below:
        text = f"应出勤 {days(attendance.due)} 天，缺勤 {days(attendance.absent)} 天，出勤率 {percent(share)}"
        text += f"，低于 {number(rule_of_floor.floor * 100)}%，等次不得高于{rule_of_floor.ceiling}"
        _lower_ceiling(case, rule_of_floor.ceiling, Reason(Code.CEILING, text, rule_of_floor.source, case.standing.attendance_cells))
        if not case.standing.opinion and case.policy.grading.by == "rating" and case.standing.rating_cell is not None:
            found = f"出勤率 {percent(share)}"
            cell = case.standing.opinion_cell or case.standing.rating_cell
            case.problems.append(OPINION_EXPECTED.at(cell, case.standing.person.name, found=found, clause=rule_of_floor.source))
    if below != below_otherwise:
        text = f"出勤率按本办法算法为 {percent(share)}；若从应出勤中剔除年休等假期则为 {percent(other)}，请知悉"
        case.notes.append(Reason(Code.DEFAULT, text, rule_of_floor.source, case.standing.attendance_cells))


def _lower_ceiling(case: _Case, ceiling: Grade, reason: Reason) -> None:
    case.ceiling = ceiling if case.ceiling is None else lower(case.ceiling, ceiling)
    case.ceilings.append(reason)


def _source(case: _Case) -> Proposal:
    """The ordinary way to a grade: the leader's rating, the bands of the score, or the rank (which the cap then decides)."""
    contested = _left_to_people(case) if case.active else []
    if (unusable := _unusable(case)) is not None:
        return replace(unusable, contested=bool(contested))
    found, reason = _from_source(case)
    if found is None:
        return case.answer(None, reason, contested=True)
    if case.ceiling is not None and lower(found, case.ceiling) is not found:
        return case.answer(case.ceiling, reason, *contested, *case.ceilings, contested=bool(contested))
    return case.answer(found, *case.ceilings, reason, *contested, contested=bool(contested))


def _left_to_people(case: _Case) -> list[Reason]:
    """Why the rules leave this one to a person: a circumstance they do not settle, or missing word from where somebody was sent."""
    contested = [Reason(Code.DEFAULT, f"{known}，需由人研判", rule.source, (known.cell,)) for rule, known in case.of("human")]
    for rule, known in case.of("evidence"):
        if not (known.basis or known.explanation):
            contested.append(Reason(Code.DEFAULT, f"{known}，没有所在单位提供的情况，待补充后研判", rule.source, (known.cell,)))
            case.problems.append(NO_EVIDENCE.at(known.cell, case.standing.person.name, kind=known.kind, clause=rule.source))
    return contested


def _score_of_month(case: _Case) -> Proposal:
    if (unusable := _unusable(case)) is not None:
        return unusable
    return case.answer(None, Reason(Code.DEFAULT, "本办法按季度定等次，本月只计算得分", case.policy.periods.source))


def _from_source(case: _Case) -> tuple[Grade | None, Reason]:
    grading, standing = case.policy.grading, case.standing
    if grading.by == "rating":
        if standing.rating is None:
            return None, Reason(Code.DEFAULT, "没有领导评价档次，由人研判", grading.source)
        ticked = (standing.rating_cell,) if standing.rating_cell else ()
        return standing.rating, Reason(Code.RATING, _RATED[standing.rating], grading.source, ticked)
    score = standing.score
    if score is None or score.value is None:
        return None, Reason(Code.DEFAULT, "没有可以计算的得分，由人研判", grading.source)
    cells = tuple(cell for part in score.parts for cell in part.cells)
    text = f"{score.name} {shown(score.value, case.policy.places(score.name))} 分"
    if grading.by == "bands":
        band = next(band for band in grading.bands if score.value >= band.floor)
        return band.grade, Reason(Code.BAND, f"{text}，不低于 {number(band.floor)} 分，为{band.grade}", grading.source, cells)
    assert grading.default is not None
    low = next((band for band in grading.bands if score.value >= band.floor), None)
    if low is not None and low.grade.place > grading.default.place:
        return low.grade, Reason(Code.BAND, f"{text}，按分数下限为{low.grade}", grading.source, cells)
    return grading.default, Reason(Code.RANK, text, grading.source, cells)


_RATED = {grade: f"领导评价档次为“{grade}”" for grade in Grade}
_STEPS: dict[str, Callable[[_Case], Proposal | None]] = {
    "out-of-scope": _out_of_scope,
    "absent": _absent,
    "ungraded": _ungraded,
    "direct-poor": lambda case: _direct(case, Grade.POOR),
    "ceiling": _ceiling,
    "direct-good": lambda case: _direct(case, Grade.GOOD),
    "source": _source,
    "month": _score_of_month,
}
_ONLY_SCORED = ("out-of-scope", "month")


def grade_all(everybody: Sequence[Standing], policy: Policy, calendar: Calendar) -> tuple[tuple[Proposal, ...], tuple[Problem, ...]]:
    """Everybody's proposal, in the order given."""
    proposals: list[Proposal] = []
    problems: list[Problem] = []
    for standing in everybody:
        proposal, faults = grade(standing, policy, calendar)
        proposals.append(proposal)
        problems += faults
    return tuple(proposals), tuple(problems)
