"""催报: what each department owes, in words, and the state of every material."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest
from drawn import ROOT, RULES, Workplace, attendance
from msgspec.structs import replace

from appraisal.deadlines import due_dates
from appraisal.model import Arrivals, Cell, Period, Table
from appraisal.pipeline import calendar_of
from appraisal.policy.load import load_policy
from appraisal.policy.shape import Policy
from appraisal.problems import MISSING_INPUT, NO_HEADER, NO_ROWS, NOT_A_NUMBER, UNREADABLE, Problem
from appraisal.render.reminders import NOTHING, arrival_rows, department_texts, due_of, owners, reminders, written

QUARTER = Period.quarter(2021, 4)
OCTOBER, NOVEMBER = Period.month(2021, 10), Period.month(2021, 11)
OFFICE, FINANCE, BRANCH = ("机关", "办公室"), ("机关", "财务科"), ("乐清分中心", "办公室")
PEOPLE = ("张三", "李四")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(RULES)


def matrix(gaps: Mapping[tuple[tuple[str, str], str, Period], Sequence[str]], places: Sequence[tuple[str, str]] = (OFFICE, FINANCE)) -> Arrivals:
    """Two people a department; the gaps name who is missing."""
    columns = [("一周小记", OCTOBER), ("出勤", OCTOBER), ("出勤", NOVEMBER), ("季度评价", QUARTER)]
    cells = {(*place, *column): (2, tuple(gaps.get((place, *column), ()))) for place in places for column in columns}
    return Arrivals(tuple(places), tuple(columns), cells)


def wrong(file: str, tab: str = "出勤") -> Problem:
    return NOT_A_NUMBER.at(Cell(file, tab, 3, 3), "张三", item="病假", found="两天")


def table(file: str, departments: Sequence[str], units: Sequence[str] = (), title: str = "") -> Table:
    count = len(departments)
    return Table(
        "出勤汇总表",
        OCTOBER,
        file,
        "出勤",
        tuple(range(count)),
        ("张三",) * count,
        ("",) * count,
        tuple(departments),
        tuple(units) or ("",) * count,
        {},
        {},
        title=title,
    )


# ---- the letters -------------------------------------------------------------------------------------------------------
def test_a_department_reads_what_is_missing_what_came_back_and_by_when(policy: Policy) -> None:
    gaps = {
        (OFFICE, "出勤", OCTOBER): PEOPLE,
        (OFFICE, "出勤", NOVEMBER): PEOPLE,
        (OFFICE, "季度评价", QUARTER): ("李四",),
        (OFFICE, "一周小记", OCTOBER): PEOPLE,
    }
    problems = [
        wrong("机关/财务科10月.xlsx"),
        wrong("机关/办公室10月.xlsx"),
        wrong("机关/办公室10月.xlsx"),
        NO_ROWS.at(Cell("机关/办公室12月.xlsx"), title="出勤"),
    ]
    dues = due_dates(policy, QUARTER, (), calendar_of(policy, QUARTER))
    text = reminders(matrix(gaps), policy, problems, QUARTER, dues)
    assert text == (
        f"{policy.regulation.organisation}2021年第4季度平时考核材料催报\n"
        "========================================\n\n"
        "【机关 办公室】\n"
        "　　经核对，2021年第4季度平时考核材料中，贵处（科）室还有下列事项需要办理：\n"
        "　　一、尚未报送的材料\n"
        "　　1. 出勤：2021年10月、2021年11月，全部未报，未报前有关人员不能评定等次；\n"
        "　　2. 季度评价：2021年第4季度，缺 1 人（李四），未报前有关人员不能评定等次；\n"
        "　　3. 一周小记：2021年10月，全部未报。\n"
        "　　二、已退回、请改正后重报的文件\n"
        "　　1. 机关/办公室10月.xlsx：2 处错误。\n"
        "　　退回的文件已逐处标明问题，请按其中“退回说明”改正，改好后放回原处，文件名不变。\n"
        "　　2021年10月、2021年11月、2021年第4季度的期限是2022年1月20日（报送备案表和名单表，四（三）5）。"
        "请抓紧办理，留出汇总和审核的时间；已过期限的，请尽快补报并说明原因。如已报送，请与人事科核对。感谢支持！\n"
        "\n========================================\n\n"
        "【机关 财务科】\n"
        "　　经核对，2021年第4季度平时考核材料中，贵处（科）室还有下列事项需要办理：\n"
        "　　一、已退回、请改正后重报的文件\n"
        "　　1. 机关/财务科10月.xlsx：1 处错误。\n"
        "　　退回的文件已逐处标明问题，请按其中“退回说明”改正，改好后放回原处，文件名不变。\n"
        "　　2021年第4季度的期限是2022年1月20日（报送备案表和名单表，四（三）5）。"
        "请抓紧办理，留出汇总和审核的时间；已过期限的，请尽快补报并说明原因。如已报送，请与人事科核对。感谢支持！\n"
    )


def test_who_owes_nothing_cannot_be_told_from_the_letter_to_a_department_that_handed_in_nothing(workplace: Workplace) -> None:
    """Somebody under investigation gets no grade, so nothing is missing from him: a list of all the others would say so."""
    people = ("张三", "李四", "王五")
    workplace.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务职级", *(f"{name} | 办公室 | 一级科员" for name in people)]))
    workplace.put("出勤.xlsx", attendance({}, people, "2021-10"))
    reminded = []
    for circumstances in ("立案调查", "抽调"):
        workplace.put("特殊情形表.xlsx", f"特殊情形表\n姓名 | 情形 | 开始日期 | 依据\n李四 | {circumstances} | 2021-10-08 | 某号")
        outcome = workplace.run()
        assert (outcome.of("李四")["建议等次"] == "不确定等次") == (circumstances == "立案调查")
        reminded.append(outcome.file("催报.txt").read_text(encoding="utf-8-sig"))
    assert "出勤：2021年11月、2021年12月，全部未报" in reminded[0]
    assert reminded[0] == reminded[1]


def test_each_department_has_a_text_of_its_own_and_who_owes_nothing_has_none(policy: Policy) -> None:
    texts = department_texts(matrix({(FINANCE, "出勤", OCTOBER): PEOPLE}), policy, [], QUARTER)
    assert list(texts) == [FINANCE]
    assert "　　请尽快办理。如已报送" in texts[FINANCE], "no date is known"
    assert reminders(matrix({}), policy, [NO_ROWS.at(Cell("办公室.xlsx"), title="出勤汇总表")], QUARTER) == NOTHING
    assert reminders(None, policy, [], QUARTER) == NOTHING


def test_somebody_missing_from_a_sheet_is_asked_for_once(policy: Policy) -> None:
    gone = MISSING_INPUT.at(Cell("办公室.xlsx", "出勤"), "李四", period="2021年10月", input="出勤")
    text = reminders(matrix({(OFFICE, "出勤", OCTOBER): ("李四",)}), policy, [gone], QUARTER)
    assert "缺 1 人（李四）" in text
    assert "退回" not in text


def test_a_file_of_no_single_department_is_for_hr_to_pass_on(policy: Policy) -> None:
    text = reminders(matrix({}), policy, [wrong("人员名册.xlsx")], QUARTER)
    assert "【请人事科核对】" in text
    assert "1. 人员名册.xlsx：1 处错误" in text
    assert "贵处（科）室" not in text


def test_odd_names_stay_on_their_line(policy: Policy) -> None:
    place = ("", "办公室\r\n一、请汇款")
    text = reminders(matrix({(place, "出勤", OCTOBER): ("=张\u202e三\n+1",)}, [place]), policy, [], QUARTER)
    assert not any(line.startswith("一、") for line in text.splitlines())
    assert "\u202e" not in text
    assert "=张\\u202e三 +1" in text


def test_the_file_opens_in_notepad() -> None:
    assert written("一\n二\n") == b"\xef\xbb\xbf" + "一\r\n二\r\n".encode()
    assert written("\udcff") == b"\xef\xbb\xbf?"


def test_a_month_has_the_date_of_the_month_where_one_is_declared() -> None:
    jining = load_policy(ROOT / "examples" / "jining-commerce" / "rules.yaml")
    dues = due_dates(jining, QUARTER, (), calendar_of(jining, QUARTER))
    days = [due.last_day for when in (OCTOBER, NOVEMBER, QUARTER) if (due := due_of(when, jining, dues)) is not None]
    assert days == [dt.date(2021, 11, 5), dt.date(2021, 12, 5), dt.date(2022, 1, 10)]
    assert due_of(Period.month(2020, 1), jining, dues) is None


# ---- whose is a file ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "file", "owner"),
    [
        (table("a.xlsx", ["财务科", "财务科"]), "a.xlsx", FINANCE),
        (table("a.xlsx", ["财务科", ""]), "a.xlsx", FINANCE),
        (table("财务科.xlsx", ["财务科", "办公室"], ["机关", "机关"]), "财务科.xlsx", None),
        (table("a.xlsx", ["办公室"]), "a.xlsx", None),
        (table("a.xlsx", ["办公室"], ["乐清分中心"]), "a.xlsx", BRANCH),
        (table("a.xlsx", [""], title="财务科出勤汇总表"), "a.xlsx", FINANCE),
        (table("财务科.xlsx", ["信访科"]), "财务科.xlsx", None),
        (None, "2021-10/财务科.xls", FINANCE),
        (None, "乐清分中心/办公室.xls", BRANCH),
        (None, "办公室.xls", None),
        (None, "乐清分中心/财务科.xls", None),
        (None, "财务科和乐清分中心办公室.xls", None),
    ],
)
def test_a_file_belongs_to_the_department_it_names_or_to_nobody(found: Table | None, file: str, owner: tuple[str, str] | None) -> None:
    places = matrix({}, [OFFICE, FINANCE, BRANCH])
    assert owners(places, [found] if found else [], [wrong(file)]).get(file) == owner


def test_a_longer_name_wins_over_one_inside_it() -> None:
    places = matrix({}, [("机关", "财务科"), ("机关", "财务科二组")])
    assert owners(places, (), [wrong("财务科二组.xlsx")]) == {"财务科二组.xlsx": ("机关", "财务科二组")}


# ---- the state of each material ----------------------------------------------------------------------------------------
def states(rows: Sequence[tuple[str, ...]], place: tuple[str, str] = OFFICE) -> dict[tuple[str, str], tuple[str, str]]:
    return {(row[2], row[3]): (row[4], row[5]) for row in rows if row[:2] == place}


def test_every_material_has_a_state(policy: Policy) -> None:
    gaps = {(OFFICE, "一周小记", OCTOBER): PEOPLE, (OFFICE, "出勤", NOVEMBER): ("李四",)}
    dues = due_dates(policy, QUARTER, (), calendar_of(policy, QUARTER))
    dated = {(*OFFICE, "出勤", OCTOBER): dt.date(2022, 1, 20), (*OFFICE, "季度评价", QUARTER): dt.date(2022, 1, 21)}
    found = states(list(arrival_rows(matrix(gaps), policy, dues=dues, dated=dated)))
    assert found == {
        ("一周小记", "2021年10月"): ("缺报", "张三、李四"),
        ("出勤", "2021年10月"): ("已报", ""),
        ("出勤", "2021年11月"): ("缺1人", "李四"),
        ("季度评价", "2021年第4季度"): ("迟报", ""),
    }


def test_without_a_date_nothing_is_late(policy: Policy) -> None:
    dated = {(*OFFICE, "季度评价", QUARTER): dt.date(2030, 1, 1)}
    assert {state for state, _ in states(list(arrival_rows(matrix({}), policy, dated=dated))).values()} == {"已报"}


def test_a_sheet_with_errors_is_returned_and_one_that_lacks_somebody_is_not(policy: Policy) -> None:
    sheets = {(*OFFICE, "出勤", OCTOBER): Cell("表.xlsx", "10月"), (*OFFICE, "出勤", NOVEMBER): Cell("表.xlsx", "11月")}
    problems = [wrong("表.xlsx", "10月"), MISSING_INPUT.at(Cell("表.xlsx", "11月"), "李四", period="2021年11月", input="出勤")]
    found = states(list(arrival_rows(matrix({(OFFICE, "出勤", NOVEMBER): ("李四",)}), policy, problems, sheets=sheets)))
    assert found["出勤", "2021年10月"] == ("退回", "")
    assert found["出勤", "2021年11月"] == ("缺1人", "李四")


def test_forms_of_one_file_are_returned_together(policy: Policy) -> None:
    """One person a tab: the sheet of the department is the first tab, the error in the second."""
    forms = [replace(table("表.xlsx", ["办公室"]), sheet=name) for name in PEOPLE]
    sheets = {(*OFFICE, "出勤", OCTOBER): Cell("表.xlsx", "张三"), (*OFFICE, "出勤", NOVEMBER): Cell("别的.xlsx", "张三")}
    found = states(list(arrival_rows(matrix({}), policy, [wrong("表.xlsx", "李四")], sheets=sheets, tables=forms)))
    assert found["出勤", "2021年10月"] == ("退回", "")
    assert found["出勤", "2021年11月"] == ("已报", "")


@pytest.mark.parametrize(
    "problem",
    [
        UNREADABLE.at(Cell("2021-10/机关/办公室出勤汇总表.xlsx"), why="试"),
        NO_HEADER.at(Cell("机关办公室2021年10月.xlsx", "出勤汇总表"), title="出勤汇总表", columns="姓名"),
    ],
)
def test_a_file_refused_as_a_whole_is_returned_not_missing(problem: Problem, policy: Policy) -> None:
    gaps = {(OFFICE, "出勤", OCTOBER): PEOPLE, (OFFICE, "出勤", NOVEMBER): PEOPLE}
    found = states(list(arrival_rows(matrix(gaps), policy, [problem])))
    assert found["出勤", "2021年10月"] == ("退回", "张三、李四")
    assert found["出勤", "2021年11月"][0] == "缺报"


def test_nothing_is_said_where_nothing_is_expected(policy: Policy) -> None:
    assert list(arrival_rows(None, policy)) == []
    assert list(arrival_rows(Arrivals((OFFICE,), (("出勤", OCTOBER),), {(*OFFICE, "出勤", OCTOBER): (0, ())}), policy)) == []
