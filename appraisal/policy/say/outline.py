"""The whole text: its sections, in the order of the regulation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from appraisal.policy.say import people, results, work
from appraisal.policy.say.clauses import LAST, Key, first_clause, numeral
from appraisal.policy.say.phrases import cite
from appraisal.policy.shape import Entry, Policy

INDENT = "　　"


class _Section(Struct, frozen=True):
    """Sentences under a heading, the rules they say, and the section to follow where no clause tells the place."""

    title: str
    lines: Sequence[str]
    rules: Sequence[Entry] = ()
    after: str = ""


def sentences(policy: Policy) -> Iterator[str]:
    """The policy line by line: a head, then a section for each subject, in the order of the clauses."""
    about = policy.regulation
    yield INDENT[:1].join(part for part in (about.organisation, f"《{about.title}》", about.document) if part)
    yield "括号里是依据的条款；没有规定、由本单位选定的，写明【配置值，方案未规定】和理由。"
    for place, section in enumerate(_in_order(list(_sections(policy))), 1):
        yield ""
        yield f"{numeral(place)}、{section.title}"
        yield from (f"{INDENT}{line}" for line in section.lines)


def _in_order(sections: Sequence[_Section]) -> list[_Section]:
    """By the first clause of each; one without a clause comes after the section it belongs to."""
    keys: dict[str, tuple[Key, ...]] = {}
    for section in sections:
        first = first_clause(section.rules)
        keys[section.title] = (first,) if first else (*keys.get(section.after, ()), LAST)
    return sorted(sections, key=lambda section: keys[section.title])


def _sections(policy: Policy) -> Iterator[_Section]:
    rules = [*policy.circumstances, *(rule for rule in (policy.attendance, policy.long_leave) if rule)]
    yield _Section("考核对象", list(people.scope(policy)), [policy.scope])
    yield _Section("特殊情形", list(people.circumstances(policy)), rules, "考核对象")
    yield _Section("几条同时适用时的先后", list(people.order(policy)), [policy.order], "特殊情形")
    yield _Section("要交的材料", [work.handed_in(entry) for entry in policy.inputs], policy.inputs, "考核对象")
    if policy.scores:
        yield _Section("得分怎样算", list(work.scores(policy)), [*policy.item_sheets, *policy.scores], "要交的材料")
    yield _Section("等次怎样产生", list(results.grading(policy)), [policy.grading], "要交的材料")
    yield _Section("好等次的比例", list(results.ratio(policy)), [policy.cap], "等次怎样产生")
    yield _Section("审定", [results.approval(policy)], [policy.approval], "好等次的比例")
    yield _Section("公示", [results.publicity(policy)], [policy.publicity], "审定")
    if policy.review:
        yield _Section("复核", [results.review(policy.review)], [policy.review], "公示")
    if policy.deadlines:
        yield _Section("期限", [f"{entry.name}：{results.term(entry)}{cite(entry)}。" for entry in policy.deadlines], policy.deadlines, "公示")
    if policy.consequences:
        lines = [f"{entry.grade}：{entry.action}{cite(entry)}。" for entry in policy.consequences]
        yield _Section("结果怎样用", lines, policy.consequences, "期限")
    if policy.annual:
        yield _Section("与年度考核挂钩", list(results.annual(policy.annual)), [policy.annual], "结果怎样用")
    yield _Section("备案表的行", list(people.bands(policy)), [policy.bands], "结果怎样用")
    if others := list(results.others(policy)):
        yield _Section("其他约定", others, (), "备案表的行")
