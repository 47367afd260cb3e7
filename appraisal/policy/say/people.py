"""Who is appraised, what circumstances do, and in which row of the filing form everybody stands."""

from __future__ import annotations

from collections.abc import Iterator

from appraisal.model import Grade
from appraisal.policy.say.clauses import LAST, first_clause
from appraisal.policy.say.phrases import cite, listed, said
from appraisal.policy.shape import CircumstanceRule, Entry, Policy


def scope(policy: Policy) -> Iterator[str]:
    """Who is appraised here, and who that leaves within a period still is."""
    rule, leaving = policy.scope, policy.scope.leaving
    yield f"人员名册里人员类别是{'或'.join(rule.categories)}，编制是{'或'.join(rule.establishment)}，并且在岗的人员{cite(rule)}。"
    if rule.outside_ranks:
        yield f"职务职级里写有{listed(rule.outside_ranks)}的，不是考核对象{cite(rule)}。"
    if leaving.assessed:
        tail = f"备注里写有{listed(leaving.gone_words)}的除外，由现单位考核" if leaving.gone_words else ""
        yield f"期内离岗的，当期仍在本单位考核{'；' if tail else ''}{tail}{cite(leaving)}。"
    else:
        tail = f"；备注里写有{listed(leaving.assessed_words)}的除外，当期仍在本单位考核" if leaving.assessed_words else ""
        yield f"期内离岗、期末已不在岗的，当期不在考核范围{tail}{cite(leaving)}。"
    yield "不是考核对象的人，备案表和名单表上没有，也不计入任何人数，只在台账里写“不在考核范围”。"


_EFFECTS = {
    "absent": "记为未参加考核：",
    "ungraded": "参加考核，不确定等次：",
    "elsewhere": "由所在单位考核，本单位只计入公务员总数，不计入应参加考核人数：",
    "direct": "直接确定等次：",
    "ceiling": "等次有上限：",
    "human": "照常得出等次，但由人研判后才算数：",
    "evidence": "照常评定，但要有所在单位提供的情况（特殊情形表的依据或说明栏）；没有的由人研判：",
    "note": "照常评定，只在台账注明：",
}
_WHEN = {
    "any-day": "",
    "last-day": "考核周期最后一天仍在这种情形的才算",
    "still-open": "到考核周期最后一天还没有了结的才算",
    "calendar-year": "开始日期所在的这一年都算",
}


def circumstances(policy: Policy) -> Iterator[str]:
    """The kinds grouped by what they do, in the order of the clauses; attendance and long leave stand with what they lead to."""
    yield "情形登记在特殊情形表里。没有另外说明的，情形的期间与考核周期有一天重合就算；括号里的月数，是没有填结束日期时从开始日期起算的法定期限。"
    effects = sorted(_EFFECTS, key=lambda effect: first_clause(_rules(policy, effect)) or LAST)
    for effect in effects:
        if lines := [*_kinds(policy, effect), *_about_leave(policy, effect)]:
            yield _EFFECTS[effect]
            yield from (f"　　{line}" for line in lines)


def _rules(policy: Policy, effect: str) -> Iterator[Entry]:
    """Every rule that has this effect."""
    yield from (rule for rule in policy.circumstances if rule.effect == effect)
    if effect == "ungraded" and policy.long_leave:
        yield policy.long_leave
    if effect == "ceiling" and policy.attendance:
        yield policy.attendance


def _about_leave(policy: Policy, effect: str) -> Iterator[str]:
    """What follows from days of leave alone."""
    leave, floor = policy.long_leave, policy.attendance
    if effect == "ungraded" and leave is not None:
        span, days = ("当月" if leave.of == "month" else "当季"), ("工作日" if leave.days == "working" else "日历天数")
        yield f"{listed(leave.counts)}累计超过{span}{days}的{said(leave.over)}（正好{said(leave.over)}不算）{cite(leave)}。"
    if effect == "ceiling" and floor is not None:
        exempt = "－".join(floor.exempt)
        share = "（应出勤－缺勤）÷应出勤" if floor.formula == "absent-of-due" else f"（应出勤－{exempt}－缺勤）÷（应出勤－{exempt}）"
        yield f"出勤率低于 {said(floor.floor)}：等次不得高于{floor.ceiling}；正好 {said(floor.floor)} 不受影响{cite(floor)}。"
        yield f"出勤率＝{share}；{listed(floor.absent)}算缺勤，{listed(floor.exempt)}不算；应出勤是本人在岗期间的工作日{cite(floor)}。"


def _kinds(policy: Policy, effect: str) -> Iterator[str]:
    """Kinds of one effect; those that differ only in their legal period share a line."""
    alike: dict[tuple[str, str], list[str]] = {}
    for rule in policy.circumstances:
        if rule.effect == effect:
            months = f"（{rule.lasts_months} 个月）" if rule.lasts_months and rule.when != "calendar-year" else ""
            alike.setdefault((_manner(rule, policy), cite(rule)), []).append(f"{rule.kind}{months}")
    for (manner, source), kinds in alike.items():
        yield f"{listed(kinds)}{'：' if manner else ''}{manner}{source}。"


def _manner(rule: CircumstanceRule, policy: Policy) -> str:
    """How a kind counts and what it asks for, beyond its effect."""
    parts = []
    if rule.effect == "ceiling":
        parts.append(f"等次不得高于{rule.grade}")
    if rule.effect == "direct" and not rule.kind.endswith(f"为{rule.grade}"):
        parts.append(f"为{rule.grade}")
    parts.append("了结后没有给处分的不再影响，以前各期可以补定等次" if rule.late_grade and rule.when == "still-open" else _WHEN[rule.when])
    if "basis" in rule.needs:
        parts.append("特殊情形表的依据栏必须填写")
    if "opinion" in rule.needs and policy.grading.by == "rating":
        parts.append("领导意见栏必须说明")
    if rule.effect == "direct" and rule.grade is Grade.GOOD and policy.cap.direct == "outside":
        negative = [other.kind for other in policy.circumstances if other.negative]
        parts.append("不受比例限制" + (f"，但当期有{listed(negative)}的仍占名额" if negative else ""))
    elif rule.effect == "direct" and rule.grade is Grade.GOOD:
        parts.append("占好等次的名额")
    if rule.needs_end:
        parts.append("应填结束日期，没有填的按仍在影响期处理并提醒")
    if rule.rank_words:
        parts.append(f"名册的职务职级写成{listed(rule.rank_words)}的，等于登记了这种情形")
    return "；".join(part for part in parts if part)


_STEPS = {
    "out-of-scope": "是否在考核范围",
    "absent": "是否未参加考核",
    "ungraded": "是否不确定等次",
    "direct-poor": "是否直接确定为较差",
    "ceiling": "等次有没有上限",
    "direct-good": "是否直接确定为好",
}
_SOURCES = {"rating": "领导评价档次", "bands": "得分", "rank": "得分名次"}


def order(policy: Policy) -> Iterator[str]:
    """Which rule is asked before which."""
    steps = [_STEPS.get(step, f"按{_SOURCES[policy.grading.by]}") for step in policy.order.steps]
    yield f"对每个人依次看：{'，'.join(steps)}；先有结论的为准{cite(policy.order)}。"
    yield "上限本身不是结论，只限制排在它后面的各步；登记的情形优先于打分和打钩。"


def bands(policy: Policy) -> Iterator[str]:
    """The rows of the filing form and who stands in them."""
    yield f"每人归入一行：先看情形，再看职级，最后看职务层次{cite(policy.bands)}。"
    for band in policy.bands.rows:
        parts = [f"职级 {listed(band.levels)}" if band.levels else "", f"职务层次 {listed(band.posts)}" if band.posts else ""]
        parts.append(f"有“{band.circumstance}”情形的人" if band.circumstance else "")
        yield f"{band.name}：{'；'.join(part for part in parts if part)}。"
