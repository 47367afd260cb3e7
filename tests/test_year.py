"""全年：与年度考核挂钩的建议逐条按条款（tests/cases/year.yaml）；附件6、挂钩表、台账；缺的周期、半年测评、调动。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from drawn import ROOT, cells_of, tabs_of
from msgspec.structs import replace
from ruamel.yaml import YAML

from appraisal.model import Code, Filed, Grade, Outcome, Period, Span, Status
from appraisal.policy.load import load_policy
from appraisal.policy.shape import AnnualRule, Policy
from appraisal.render.year import open_list_template, year_outputs
from appraisal.year import Who, YearResult, year_result

YEAR = 2021
TEMPLATES = ROOT / "templates"
WENZHOU, JINING, REFORM = ROOT / "rules.yaml", ROOT / "examples/jining-commerce/rules.yaml", ROOT / "examples/development-reform/rules.yaml"
WORDS: dict[str, Outcome] = {
    **{str(grade): grade for grade in Grade},
    "不确定": Status.UNGRADED,
    "未参加": Status.ABSENT,
    "拒不参加": Status.ABSENT,
    "外": Status.OUT_OF_SCOPE,
    "待研判": Status.CONTESTED,
}


@cache
def policy_of(rules: Path) -> Policy:
    return load_policy(rules)


def quarter(number: int) -> Period:
    return Period.quarter(YEAR, number)


def filed(period: Period, name: str, word: str, **known: str) -> Filed:
    """One result as the archive gives it back."""
    outcome = WORDS[word]
    codes: dict[Outcome, Code] = {Status.ABSENT: Code.ABSENT, Status.UNGRADED: Code.UNGRADED, Status.OUT_OF_SCOPE: Code.OUT_OF_SCOPE}
    code = codes.get(outcome, Code.RATING)
    reasons = ((code.value, f"{word}：{period.first_day} 起", "五", "特殊情形表.xlsx!A3"),)
    about = {"staff_no": "", "unit": "机关", "department": "办公室", "rank": "一级科员", "band": "科员级", **known}
    return Filed(period, 0, name, **about, score=None, proposed=str(outcome), result=outcome, code=code, remark="", reasons=reasons)


def words_of(text: str) -> list[str]:
    """好×6 较好 → six times 好, then 较好."""
    return [word for part in text.split() for word, _, times in [part.partition("×")] for _ in range(int(times or 1))]


def year_of(rules: Path, *people: str, **known: str) -> YearResult:
    """A year of people called 张1, 张2 … by their results in order."""
    policy = policy_of(rules)
    periods = Period(YEAR, Span.YEAR).parts(policy.periods.span)
    archived: dict[Period, list[Filed]] = {period: [] for period in periods}
    for number, text in enumerate(people, 1):
        words = words_of(text)
        assert len(words) == len(periods), text
        for period, word in zip(periods, words, strict=True):
            if word != "_":
                archived[period].append(filed(period, f"张{number}", word, **known))
    return year_result(archived, policy, YEAR)


# ---- 条款 --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A person of tests/cases/year.yaml."""

    regulation: str
    rules: Path
    results: str
    advice: tuple[str, ...]
    listed: str
    because: str

    def __str__(self) -> str:
        return f"{self.regulation} {self.results}"


def lines() -> Iterator[Line]:
    about = YAML(typ="safe").load((ROOT / "tests/cases/year.yaml").read_text(encoding="utf-8"))["otherwise"]
    for regulation, said in about.items():
        for person in said["people"]:
            assert person.keys() <= {"全年", "建议", "名单", "因为"}, person
            yield Line(regulation, ROOT / said["rules"], person["全年"], tuple(person["建议"]), person.get("名单", ""), person["因为"])


LINES = list(lines())
TEN = ["好 好 好 好", "好 好 较好 较好", "好 较好 较好 较好", "好 好 一般 好", "一般 一般 较好 好", "一般 较差 一般 好", "一般 一般 好 不确定"]
TEN += ["较差 较差 较差 较差", "好 好 不确定 不确定", "较差 不确定 不确定 不确定"]
"""The table of the issue."""


@pytest.mark.parametrize("line", LINES, ids=str)
def test_the_clauses_propose(line: Line) -> None:
    result = year_of(line.rules, line.results)
    person = result.people[0]
    assert tuple(advice.text for advice in person.advice) == line.advice, line.because
    count, _, note = line.listed.partition("次")
    assert [(str(found.count(Grade.GOOD)), found.list_note) for found in result.listed] == ([(count, note.strip())] if line.listed else [])
    assert [advice.clause for advice in person.advice if advice.clause[:2] not in line.because] == []


@pytest.mark.parametrize("regulation", ["温州", "市发改委"])
def test_the_ten_people_of_the_table_are_all_there(regulation: str) -> None:
    assert [line.results for line in LINES if line.regulation == regulation][:10] == TEN


@pytest.mark.parametrize("rules", [WENZHOU, JINING, REFORM])
def test_what_refuses_is_a_circumstance_of_the_regulation(rules: Path) -> None:
    policy = policy_of(rules)
    assert policy.annual is not None
    known = {*(rule.kind for rule in policy.circumstances), *Status}
    assert [word for rule in policy.annual.rules for word in rule.refused if word not in known] == []


def test_every_proposal_has_its_clause_its_ground_and_what_was_assumed() -> None:
    advice = year_of(REFORM, "好 好 较好 较好").people[0].advice[0]
    assert advice.clause == "四3（“好等次较多”取不少于全年季度数的一半：配置值，方案未规定）"
    assert advice.ground == "好不少于全年周期数的一半，无一般、较差：好2次，一般、较差0次，确定等次4次，全年4期"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"proposal": "甲"}, "至少一个条件"),
        ({"proposal": "甲", "good_at_least": 2, "good_share": "1/2"}, "只能写一个"),
        ({"proposal": "甲", "bad_over_count": 2, "bad_over_share": "1/2"}, "只能写一个"),
        ({"proposal": "甲", "good_share": "0.5"}, "不是比例"),
    ],
)
def test_an_annual_rule_that_says_nothing_or_two_things_is_refused(rule: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        AnnualRule.model_validate({"clause": "四", "wording": "可以", **rule})


# ---- 谁是谁，缺什么 ----------------------------------------------------------------------------------------------------


def test_a_person_who_moved_is_one_person_by_staff_number() -> None:
    archived = {
        quarter(1): [filed(quarter(1), "王五", "好", staff_no="007", department="办公室")],
        quarter(2): [filed(quarter(2), "王五", "好", staff_no="007", department="财务科", unit="瑞安分中心", rank="四级主任科员")],
    }
    result = year_result(archived, policy_of(WENZHOU), YEAR)
    assert [(person.latest.department, person.latest.rank, person.summary) for person in result.people] == [("财务科", "四级主任科员", "第1季度好、第2季度好")]
    assert result.doubts == ()


def test_namesakes_without_a_number_are_never_merged_and_named_when_they_may_be_one() -> None:
    archived = {number: [filed(number, "王五", "好", department=department)] for number, department in ((quarter(1), "办公室"), (quarter(2), "财务科"))}
    result = year_result(archived, policy_of(WENZHOU), YEAR)
    assert [person.count(Grade.GOOD) for person in result.people] == [1, 1]
    assert len(result.doubts) == 1
    assert "第2季度在财务科" in result.doubts[0]
    both = [filed(quarter(1), "王五", "好", department="办公室"), filed(quarter(1), "王五", "好", department="财务科")]
    assert year_result({quarter(1): both}, policy_of(WENZHOU), YEAR).doubts == ()


def test_two_people_who_cannot_be_told_apart_are_both_there() -> None:
    twins = [filed(quarter(1), "王五", "好"), filed(quarter(1), "王五", "较差")]
    assert [person.summary for person in year_result({quarter(1): twins}, policy_of(WENZHOU), YEAR).people] == ["第1季度好", "第1季度较差"]


def test_missing_and_open_periods_are_named_and_make_a_draft() -> None:
    archived = {quarter(1): [filed(quarter(1), "张三", "好")], quarter(3): [filed(quarter(3), "张三", "待研判")]}
    result = year_result(archived, policy_of(WENZHOU), YEAR)
    assert result.missing == (quarter(2), quarter(3), quarter(4))
    assert result.is_draft
    assert result.people[0].summary == "第1季度好"


def test_months_under_quarterly_results_do_not_count() -> None:
    month = Period.month(YEAR, 1)
    result = year_result({month: [filed(month, "张三", "好")]}, policy_of(WENZHOU), YEAR)
    assert result.people == ()
    assert len(result.missing) == 4


def test_a_half_year_vote_stands_beside_and_is_never_a_grade() -> None:
    archived = {number: [filed(number, "张三", "较好", staff_no="1")] for number in Period(YEAR, Span.YEAR).parts(Span.QUARTER)}
    votes: dict[Period, dict[Who, str]] = {Period(YEAR, Span.HALF, 1): {("1",): "18/20"}, Period(YEAR, Span.HALF, 2): {("2",): "20/20"}}
    person = year_result(archived, policy_of(WENZHOU), YEAR, votes).people[0]
    assert dict(person.half_years) == {Period(YEAR, Span.HALF, 1): "18/20"}
    assert person.count(Grade.GOOD) == 0
    assert person.advice == ()


def test_work_lists_name_who_for_what_and_under_which_clause() -> None:
    result = year_of(REFORM, "好 好 好 好", "好 一般 较好 较差")
    found = [(duty.action, duty.person.latest.name, duty.ground) for duty in result.duties]
    assert found[:4] == [
        ("通报表扬", "张1", "好4次（第1季度、第2季度、第3季度、第4季度）"),
        ("通报表扬", "张2", "好1次（第1季度）"),
        ("及时谈话提醒", "张2", "一般1次（第2季度）"),
        ("及时批评教育，必要时进行诫勉", "张2", "较差1次（第4季度）"),
    ]
    assert [action for action, _, _ in found[4:]] == ["确定为优秀等次（优先）", "选拔任用、职务职级晋升、评先奖优等方面考虑（优先）"]


# ---- 表 ----------------------------------------------------------------------------------------------------------------


def written(result: YearResult, rules: Path, folder: Path, mark: str = "") -> Path:
    for name, data in year_outputs(result, policy_of(rules), mark, TEMPLATES):
        (folder / name).write_bytes(data)
    return folder


def rows_with(path: Path, first: str, tab: str | None = None) -> list[list[object]]:
    """The rows from the header on."""
    rows: Sequence[list[object]] = cells_of(path, tab)
    head = next(place for place, row in enumerate(rows) if row[0] == first)
    return list(rows[head:])


def test_the_list_has_the_columns_of_the_form(tmp_path: Path) -> None:
    path = written(year_of(WENZHOU, *TEN), WENZHOU, tmp_path) / "好等次2次以上人员名单表.xlsx"
    rows = rows_with(path, "序号")
    assert [re.sub(r"\s", "", str(head)) for head in rows[0]] == ["序号", "姓名", "所在处（科）", "职务职级", "“好”次数", "备注"]
    assert [row[1:] for row in rows[1:5]] == [
        ["张1", "办公室", "一级科员", 4, ""],
        ["张2", "办公室", "一级科员", 2, ""],
        ["张4", "办公室", "一级科员", 3, "另有一般1次（第3季度）"],
        ["张9", "办公室", "一级科员", 2, "另有不确定等次2次（第3季度、第4季度）"],
    ]
    text = " ".join(str(value) for row in cells_of(path) for value in row)
    assert "（2021年度）" in text
    assert "每年1月20日前" in text


def test_a_draft_says_so_and_nobody_listed_is_said(tmp_path: Path) -> None:
    path = written(year_of(WENZHOU, "较好 较好 较好 较好"), WENZHOU, tmp_path, "【草稿】") / "好等次2次以上人员名单表.xlsx"
    text = " ".join(str(value) for row in cells_of(path) for value in row)
    assert "【草稿】" in text
    assert "无" in [row[0] for row in cells_of(path)]


def test_several_units_have_a_tab_each_after_the_whole(tmp_path: Path) -> None:
    first = quarter(1)
    here = [filed(first, "张三", "好"), filed(first, "李四", "外", unit="乐清分中心"), filed(first, "赵六", "好", unit="瑞安分中心")]
    policy = policy_of(WENZHOU)
    path = written(year_result({first: here}, policy, YEAR), WENZHOU, tmp_path) / "好等次2次以上人员名单表.xlsx"
    assert tabs_of(path) == ["汇总", "机关", "瑞安分中心"]


def test_the_linkage_table_shows_every_result_side_by_side(tmp_path: Path) -> None:
    folder = written(year_of(REFORM, "好 好 较好 _", "好 一般 较差 一般"), REFORM, tmp_path)
    rows = cells_of(folder / "年度考核挂钩表.xlsx")
    assert rows[0] == [
        *("序号", "呈报单位", "科室", "姓名", "工号", "职务职级", "第1季度", "第2季度", "第3季度", "第4季度"),
        *("好", "较好", "一般", "较差", "不确定等次", "未参加考核", "年度建议", "条款", "半年测评"),
    ]
    assert rows[1][3:4] + rows[1][10:17] == ["张2", 1, 0, 2, 1, 0, 0, "确定为基本称职或者不称职等次（原则上）"]
    assert rows[2][6:17] == ["好", "好", "较好", "—", 2, 1, 0, 0, 0, 0, "确定为优秀等次（优先）"], "离开的人排在后面"


def test_months_stand_side_by_side_too(tmp_path: Path) -> None:
    folder = written(year_of(JINING, "好×12"), JINING, tmp_path)
    assert cells_of(folder / "年度考核挂钩表.xlsx")[0][6:18] == [f"{month}月" for month in range(1, 13)]


def test_the_ledger_has_results_work_lists_and_what_is_missing(tmp_path: Path) -> None:
    result = year_result({quarter(1): [filed(quarter(1), "张三", "一般")]}, policy_of(WENZHOU), YEAR)
    path = written(result, WENZHOU, tmp_path) / "考核台账.xlsx"
    assert tabs_of(path) == ["年度结果", "工作清单", "缺少的周期", "挂钩规则"]
    assert [row[0] for row in cells_of(path, "缺少的周期")[1:]] == ["2021Q2", "2021Q3", "2021Q4"]
    assert cells_of(path, "工作清单")[1][:2] == ["谈话提醒", "五（二）"]
    assert cells_of(path.with_name("年度考核挂钩表.xlsx"))[1][6:10] == ["一般", "未备案", "未备案", "未备案"]


def test_the_same_year_gives_the_same_bytes() -> None:
    result = year_of(WENZHOU, *TEN)
    assert dict(year_outputs(result, policy_of(WENZHOU), "", TEMPLATES)) == dict(year_outputs(result, policy_of(WENZHOU), "", TEMPLATES))


def test_without_annual_rules_the_year_is_still_counted() -> None:
    policy = policy_of(WENZHOU).model_copy(update={"annual": None})
    result = year_result({quarter(1): [replace(filed(quarter(1), "张三", "好"), rank="")]}, policy, YEAR)
    assert result.people[0].advice == ()
    assert result.listed == ()
    assert [name for name, _ in year_outputs(result, policy, "", TEMPLATES)] == ["年度考核挂钩表.xlsx", "考核台账.xlsx"]


def test_the_template_names_only_what_is_there() -> None:
    open_list_template(TEMPLATES)
