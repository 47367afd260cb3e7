"""What the official forms say: the rows of the 备案表, the names of the 名单表, and a 备注 for every difference."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from msgspec import Struct

from appraisal.model import Code, Decision, Grade, Status, Verdict, joined, percent
from appraisal.policy.shape import Policy

LISTED = (Grade.GOOD, Grade.ORDINARY, Grade.POOR, Status.UNGRADED, Status.ABSENT, Status.CONTESTED, Status.WITHHELD)
"""The order of the 名单表; 较好 is not listed. The last two appear on drafts only."""


class FormRow(Struct, frozen=True):
    """A row of the 备案表."""

    name: str
    total: int
    due: int
    good: int
    fair: int
    ordinary: int
    poor: int
    ungraded: int
    absent: int


class Listed(Struct, frozen=True):
    """A line of the 名单表."""

    number: int
    name: str
    department: str
    rank: str
    grade: str
    note: str


def result_on_form(decision: Decision) -> str:
    """What a form prints: the result, or the proposal while the list awaits approval (such a form is a draft)."""
    return str(decision.proposed if decision.result is Status.UNAPPROVED else decision.result)


def _row(name: str, results: Counter[tuple[str, bool]]) -> FormRow:
    """A row of the 备案表, given how often each result occurs among those in scope and those assessed elsewhere, who count in the total alone."""
    counts = [results[outcome, True] for outcome in (Grade.GOOD, Grade.FAIR, Grade.ORDINARY, Grade.POOR, Status.UNGRADED, Status.ABSENT)]
    return FormRow(name, results.total(), sum(count for (_, due), count in results.items() if due), *counts)


def filing_values(decisions: Sequence[Decision], verdict: Verdict, unit: str, policy: Policy, mark: str) -> dict[str, object]:
    """The values of one 备案表 (附件4): one row for each band, the total, the ratio of all 好, and the remarks."""
    counted = [decision for decision in decisions if decision.proposal.in_scope or decision.proposal.elsewhere]
    of_band: defaultdict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    alike = Counter([(decision.proposal.band, result_on_form(decision), decision.proposal.in_scope) for decision in counted])
    for (band, result, due), count in alike.items():
        of_band[band][result, due] += count
    rows = [_row(band.name, of_band[band.name]) for band in policy.bands.rows]
    total = _row("合计", sum(of_band.values(), Counter()))
    base = sum(decision.proposal.participates for decision in counted)
    ratio = f"{percent(Fraction(total.good, base))}（{total.good}/{base}）" if base else "—"
    return {
        "mark": mark,
        "period_title": verdict.period.heading,
        "rows": rows,
        "sum": total,
        "ratio": ratio,
        "unit": unit,
        "remark": "\n".join([*_remarks(counted, base), *_cap_beyond(counted, verdict, policy)]),
        "footnote": policy.forms.footnote,
    }


def _cap_beyond(counted: Sequence[Decision], verdict: Verdict, policy: Policy) -> Iterator[str]:
    """Where this form's own ratio is not what the cap was measured by: units counted together, or small ones lifted to one seat."""
    names = {decision.proposal.group for decision in counted}
    here = {decision.person.unit for decision in counted}
    for group in verdict.groups:
        if group.name not in names:
            continue
        if len(group.units) > 1 and here < set(group.units) and policy.cap.scope == "unit":
            share = f"好等次 {group.good_inside} 人（{percent(group.share)}）"
            yield f"好等次比例与{'、'.join(unit for unit in group.units if unit not in here)}合并计算：{group.base} 人，名额 {group.seats}，{share}。"
        elif policy.cap.small_units.method == "min1" and group.seats > policy.cap.share * group.base and group.good_inside:
            yield f"人数少，保底 1 个好等次名额（{policy.cap.small_units.source}）。"


def _remarks(counted: Sequence[Decision], base: int) -> Iterator[str]:
    away = [decision for decision in counted if decision.proposal.elsewhere]
    if away:
        who = joined([f"{decision.person.name}（{decision.reasons[-1].text.partition('：')[0]}）" for decision in away])
        assumed = "，配置值，方案未规定" if any("方案未规定" in decision.reasons[-1].clause for decision in away) else ""
        yield f"公务员总数比应参加考核人数多 {len(away)} 人：{who}，由所在单位考核{assumed}。"
    free = [decision for decision in counted if decision.proposed is Grade.GOOD and decision.proposal.outside_cap]
    if free:
        good = sum(result_on_form(decision) == Grade.GOOD for decision in counted) - len(free)
        share = percent(Fraction(good, base)) if base else "—"
        names = joined([decision.person.name for decision in free])
        yield f"其中直接确定为好等次 {len(free)} 人（{names}）不受比例限制，占用比例 {good} 人（{share}）。"
    ruled = [decision for decision in counted if decision.code is Code.RULING and decision.remark]
    for decision in ruled:
        yield f"{decision.person.name}：{decision.remark}。"
    unknown = [decision for decision in counted if not decision.proposal.band]
    if unknown:
        yield f"职务职级未能归行 {len(unknown)} 人（{joined([decision.person.name for decision in unknown])}），只计入合计。"
    for status in (Status.CONTESTED, Status.WITHHELD):
        waiting = [decision for decision in counted if decision.result is status]
        if waiting:
            yield f"{status} {len(waiting)} 人（{joined([decision.person.name for decision in waiting])}），未计入各等次。"


def list_values(decisions: Sequence[Decision], verdict: Verdict, unit: str, policy: Policy, mark: str) -> dict[str, object]:
    """The values of one 名单表 (附件5): everybody but 较好, in the order of the grades, then of the roster."""
    order = {str(outcome): place for place, outcome in enumerate(LISTED)}
    shown = [(result, decision) for decision in decisions if (result := result_on_form(decision)) in order and decision.proposal.in_scope]
    shown.sort(key=lambda line: order[line[0]])
    people = [
        Listed(number, decision.person.name, decision.person.department, decision.person.rank or decision.proposal.band, result, note_of(decision))
        for number, (result, decision) in enumerate(shown, 1)
    ]
    return {"mark": mark, "period_title": verdict.period.heading, "unit": unit, "people": people, "footnote": policy.forms.footnote}


def note_of(decision: Decision) -> str:
    """备注 beside a name: why, where the grade is not simply the rating or the score."""
    if decision.remark:
        return decision.remark
    if decision.code in (Code.RATING, Code.BAND, Code.RANK):
        return ""
    text = decision.reasons[-1].text
    if decision.code in (Code.UNGRADED, Code.ABSENT) and "：" in text:
        return text.partition("：")[0]
    return text
