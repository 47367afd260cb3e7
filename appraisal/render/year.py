"""The year as workbooks: 附件6, every result side by side with what it proposes, and the ledger of the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from appraisal.model import Grade, Period, Status
from appraisal.policy.shape import Policy
from appraisal.render.lists import ListTab, workbook
from appraisal.render.template import Tab, Template

if TYPE_CHECKING:
    from appraisal.year import YearPerson, YearResult

LIST_TEMPLATE = "好等次2次以上名单表.xlsx"
LIST_NAMES: tuple[tuple[str, ...], dict[str, tuple[str, ...]]] = (
    ("mark", "period_title", "unit", "people", "footnote"),
    {"people": ("number", "name", "department", "rank", "count", "note")},
)
"""What the cells of the template may name, and the members of `people`."""
WHOLE = "汇总"
ABSENT_HERE = "—"
"""Where somebody has no result in a period that was filed: not yet here, or left."""
NOT_FILED = "未备案"
MANY = 6
"""From so many periods on, their columns are narrow."""
_COUNTED = (*Grade, Status.UNGRADED, Status.ABSENT)
_WHO = (("序号", 6), ("呈报单位", 13), ("科室", 13), ("姓名", 9), ("工号", 9), ("职务职级", 14))


class Listed(Struct, frozen=True):
    """A line of 附件6."""

    number: int
    name: str
    department: str
    rank: str
    count: int
    note: str


def year_outputs(result: YearResult, policy: Policy, mark: str, templates: Path) -> Iterator[tuple[str, bytes]]:
    """Relative path → content, of everything in output/<YEAR>/ but run.json. Raises TemplateError."""
    note = f"{policy.regulation.organisation}　{result.period.chinese}　{policy.regulation.title}{policy.regulation.document}　{mark}"
    if policy.annual and policy.annual.listed:
        yield "好等次2次以上人员名单表.xlsx", _list(result, policy, mark, templates)
    yield "年度考核挂钩表.xlsx", workbook([_linkage(result, note)], "年度考核挂钩表")
    yield "考核台账.xlsx", workbook(list(_ledger(result, policy, note)), "考核台账")


# ---- 附件6 -------------------------------------------------------------------------------------------------------------


def open_list_template(templates: Path) -> Template:
    """The template of 附件6, checked. Raises TemplateError."""
    template = Template.load(templates / LIST_TEMPLATE)
    template.check(*LIST_NAMES)
    return template


def _list(result: YearResult, policy: Policy, mark: str, templates: Path) -> bytes:
    """One tab for each reporting unit, first one for all of them when there are several."""
    in_scope = [person.latest.unit for person in result.people if person.count(Status.OUT_OF_SCOPE) < len(person.results)]
    units = list(dict.fromkeys(in_scope))
    organisation = policy.regulation.organisation
    tabs = [Tab(unit, list_values([person for person in result.listed if person.latest.unit == unit], result, unit, policy, mark)) for unit in units]
    if len(units) != 1:
        tabs.insert(0, Tab(WHOLE, list_values(result.listed, result, organisation, policy, mark)))
    return open_list_template(templates).fill(tabs)


def list_values(listed: Sequence[YearPerson], result: YearResult, unit: str, policy: Policy, mark: str) -> dict[str, object]:
    """The values of one tab of 附件6."""
    people = [
        Listed(number, person.latest.name, person.latest.department, person.latest.rank or person.latest.band, person.count(Grade.GOOD), person.list_note)
        for number, person in enumerate(listed, 1)
    ]
    return {"mark": mark, "period_title": result.period.heading, "unit": unit, "people": people, "footnote": policy.forms.year_footnote}


# ---- lists -------------------------------------------------------------------------------------------------------------


def _identity(number: int, person: YearPerson) -> tuple[object, ...]:
    latest = person.latest
    return number, latest.unit, latest.department, latest.name, latest.staff_no, latest.rank or latest.band


def _short(period: Period) -> str:
    """A period as a column heading: 第4季度, 5月."""
    return period.chinese.removeprefix(f"{period.year}年")


def _linkage(result: YearResult, note: str) -> ListTab:
    """Everybody's results side by side, the counts, and what they propose."""
    columns = [
        *_WHO,
        *((_short(period), 9 if len(result.periods) < MANY else 7) for period in result.periods),
        *((str(outcome), 6 if isinstance(outcome, Grade) else 12) for outcome in _COUNTED),
        ("年度建议", 32),
        ("条款", 22),
        ("半年测评", 14),
    ]
    return ListTab("年度考核挂钩表", columns, list(_linked(result)), note)


def _linked(result: YearResult) -> Iterator[tuple[object, ...]]:
    for number, person in enumerate(result.people, 1):
        yield (
            *_identity(number, person),
            *(_cell(person, period, result) for period in result.periods),
            *(person.count(outcome) for outcome in _COUNTED),
            "；".join(advice.text for advice in person.advice) or ABSENT_HERE,
            "；".join(dict.fromkeys(advice.clause for advice in person.advice)) or ABSENT_HERE,
            "；".join(f"{_short(half)} {said}" for half, said in person.half_years.items()),
        )


def _cell(person: YearPerson, period: Period, result: YearResult) -> str:
    if period in result.missing:
        return NOT_FILED
    return str(person.results[period].result) if period in person.results else ABSENT_HERE


def _ledger(result: YearResult, policy: Policy, note: str) -> Iterator[ListTab]:
    results = [*_WHO, ("平时考核结果（记入年度考核登记表）", 50), ("年度建议和理由", 70)]
    yield ListTab("年度结果", results, list(_results(result)), note)
    yield ListTab("工作清单", [("应当办理", 40), ("条款", 24), *_WHO, ("情况", 50)], list(_duties(result)), note)
    missing = [(str(period), "没有定稿的备案结果，本年度为草稿", f"先运行 {period}，处理完问题并定稿") for period in result.missing]
    yield ListTab("缺少的周期", [("考核周期", 14), ("情况", 40), ("办法", 40)], missing or [("无", "各期都已备案", "")], note)
    if result.doubts:
        yield ListTab("需核对", [("可能是同一个人", 120)], [(doubt,) for doubt in result.doubts], note)
    if policy.annual:
        rules = [(rule.condition, rule.text, rule.cited) for rule in policy.annual.rules]
        yield ListTab("挂钩规则", [("条件", 50), ("年度建议（供研究，不是决定）", 50), ("条款", 40)], rules, note)


def _results(result: YearResult) -> Iterator[tuple[object, ...]]:
    for number, person in enumerate(result.people, 1):
        yield *_identity(number, person), person.summary, "；".join(f"{advice.text}——{advice.ground}（{advice.clause}）" for advice in person.advice)


def _duties(result: YearResult) -> Iterator[tuple[object, ...]]:
    for number, duty in enumerate(result.duties, 1):
        yield duty.action, duty.clause, *_identity(number, duty.person), duty.ground
