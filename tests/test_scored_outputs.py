"""What scored regulations print: 公示, 测评表, the monthly filing form of each person, and the tabs of the ledger behind a score."""

from __future__ import annotations

import datetime as dt
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from drawn import ROOT, looked_at, xlsx
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet
from test_sitting import result_in

from appraisal.model import Calendar, Grade, Status
from appraisal.pipeline import calendar_of, open_workplace, receive
from appraisal.policy.load import load_policy
from appraisal.policy.standard import standard_for
from appraisal.read import read_book
from appraisal.recognise import recognise
from appraisal.record_forms import TASKS, Records, Task, records_of
from appraisal.render.month_records import month_records
from appraisal.render.notice import notice, notice_values
from appraisal.render.scored_sheets import scored_sheets
from appraisal.render.workings import achievements, places, reference_rows, score_rows
from appraisal.result import Received, Result, Workplace
from appraisal.validate.record import read_record

TEMPLATES = ROOT / "templates"
JINING, REFORM = ROOT / "examples" / "jining-commerce", ROOT / "examples" / "development-reform"


def received_in(folder: Path) -> Received:
    place = Workplace(folder)
    return receive(place, open_workplace(place))


@pytest.fixture(scope="module")
def jining() -> Result:
    return result_in(JINING, "2020Q2")


@pytest.fixture(scope="module")
def reform() -> Result:
    return result_in(REFORM, "2021Q2")


def tabs(data: bytes) -> dict[str, Worksheet]:
    return {sheet.title: sheet for sheet in looked_at(data).worksheets}


def texts(sheet: Worksheet) -> str:
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)


def calendar(result: Result) -> Calendar:
    return calendar_of(result.policy, result.period)


# ---- 公示 --------------------------------------------------------------------------------------------------------------


def test_a_regulation_that_publishes_nothing_has_no_notice(jining: Result) -> None:
    policy = load_policy(ROOT / "rules.yaml")
    assert notice(jining.verdicts, policy, "", TEMPLATES, calendar(jining)) is None


def test_the_notice_of_the_good_names_nobody_else(reform: Result) -> None:
    data = notice(reform.verdicts, reform.policy, "【草稿】", TEMPLATES, calendar(reform))
    assert data == notice(reform.verdicts, reform.policy, "【草稿】", TEMPLATES, calendar(reform))
    assert data is not None
    (sheet,) = tabs(data).values()
    good = [d.person.name for d in reform.decisions if d.result is Status.UNAPPROVED and d.proposed is Grade.GOOD]
    head = next(row for row in sheet.iter_rows() if row[0].value == "序号")
    assert [cell.value for cell in head] == ["序号", "姓名", "科室", "考核等次"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head[0].row + 1) if isinstance(row[0].value, int)]
    assert [line[1] for line in lines] == good
    assert {line[3] for line in lines} == {"好"}
    others = [d.person.name for d in reform.decisions if d.person.name not in good]
    assert not [name for name in others if name in texts(sheet)]
    assert "市发展改革委日常考核工作方案（试行）" in texts(sheet)
    assert "【草稿】" in texts(sheet)


def test_all_results_are_published_month_by_month_but_no_case_still_open(jining: Result) -> None:
    data = notice(jining.verdicts, jining.policy, "【草稿】", TEMPLATES, calendar(jining))
    assert data is not None
    assert list(tabs(data)) == ["公示2020年4月", "公示2020年5月", "公示2020年6月"]
    for verdict, sheet in zip(jining.verdicts, tabs(data).values(), strict=True):
        published = [row[1].value for row in sheet.iter_rows() if isinstance(row[0].value, int)]
        graded = [d.person.name for d in verdict.decisions if d.result is Status.UNAPPROVED and isinstance(d.proposed, Grade)]
        assert sorted(map(str, published)) == sorted(graded)


@pytest.mark.parametrize(
    ("approved", "first", "last"),
    [(dt.date(2020, 7, 6), "2020年7月6日", "2020年7月9日"), (dt.date(2020, 9, 29), "2020年9月29日", "2020年10月10日")],
)
def test_the_days_of_the_notice_follow_the_approval(jining: Result, approved: dt.date, first: str, last: str) -> None:
    """Three working days, the first not counted: 29 September 2020 → 30 September, then 9 and 10 October (a make-up Saturday is the 10th)."""
    values = notice_values(replace(jining.verdicts[0], approved_on=approved), jining.policy, "", calendar(jining))
    assert f"自{first}起至{last}止（3个工作日，首日不计入）" in str(values["term"])
    assert values["day"] == first


def test_without_an_approval_or_a_calendar_the_days_are_blanks(jining: Result) -> None:
    for approved in (None, dt.date(2020, 12, 31)):
        values = notice_values(replace(jining.verdicts[0], approved_on=approved), jining.policy, "", Calendar(frozenset(), frozenset({2020})))
        assert "年　　月　　日止，不少于3个工作日。" in str(values["term"])


def test_an_empty_notice_says_so(reform: Result) -> None:
    nobody = replace(reform.verdicts[0], decisions=())
    data = notice((nobody,), reform.policy, "", TEMPLATES, calendar(reform))
    assert data is not None
    assert "无" in texts(next(iter(tabs(data).values()))).split("\n")


# ---- 测评表 ------------------------------------------------------------------------------------------------------------


def test_the_scoring_sheet_is_filled_with_items_totals_and_grades(jining: Result) -> None:
    data = scored_sheets(jining.verdicts, jining.policy, "【草稿】")
    assert data is not None
    assert data == scored_sheets(jining.verdicts, jining.policy, "【草稿】")
    sheets = tabs(data)
    assert list(sheets) == ["测评表2020年4月", "测评表2020年5月", "测评表2020年6月"]
    for verdict, sheet in zip(jining.verdicts, sheets.values(), strict=True):
        head = [cell.value for cell in sheet[5]]
        items = [f"{item.name}（{int(item.weight * 100)}%）" for item in jining.policy.item_sheets[0].items]
        assert head == ["姓名", *items, "总分", "考核等次", "打分人数"]
        lines = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows(min_row=6) if row[8].value is not None}
        scores = {d.person.name: d.proposal.standing.score for d in verdict.decisions if d.proposal.in_scope}
        scored = {d.person.name: d for d in verdict.decisions if (score := scores.get(d.person.name)) is not None and score.value is not None}
        assert list(lines) == list(scored)
        for name, decision in scored.items():
            score = decision.proposal.standing.score
            assert score is not None
            assert lines[name][8] == float(score.value or 0)
            assert lines[name][9] == str(decision.proposed if decision.result is Status.UNAPPROVED else decision.result)
            points = sum((Fraction(str(points)) for points in lines[name][1:8]), Fraction(0))
            assert abs(points - (score.value or Fraction(0))) < Fraction(1, 50)


def test_several_raters_are_averaged_item_by_item(tmp_path: Path) -> None:
    items = "政治品质（20%） | 工作作风（10%） | 廉洁自律（10%） | 学习指标（10%） | 业务经办指标（30%） | 目标实施指标（10%） | 争先创优指标（10%） | 总分"
    folder = tmp_path / "济宁"
    shutil.copytree(JINING, folder, ignore=shutil.ignore_patterns("input", "output"))
    (folder / "input").mkdir()
    (folder / "input" / "名册.xlsx").write_bytes(xlsx("人员名册\n姓名 | 科室 | 职务职级\n张三 | 办公室 | 一级科员"))
    for rater, points in (("李明", "20 | 10 | 10 | 10 | 30 | 10 | 10 | 100"), ("王强", "17 | 8 | 8 | 8 | 25 | 8 | 7 | 81")):
        drawing = f"公务员平时（每月）考核测评表（2020年5月）\n分管领导签字：{rater}\n姓名 | {items}\n张三 | {points}"
        (folder / "input" / f"{rater}.xlsx").write_bytes(xlsx(drawing))
    result = result_in(folder, "2020-05")
    data = scored_sheets(result.verdicts, result.policy, "")
    assert data is not None
    line = next([cell.value for cell in row] for row in tabs(data)["测评表2020年5月"].iter_rows() if row[0].value == "张三")
    assert line == ["张三", 18.5, 9, 9, 9, 27.5, 9, 8.5, 90.5, "较好", 2]  # one participant, no seat


def test_a_regulation_without_scoring_sheets_has_none(reform: Result) -> None:
    assert scored_sheets(reform.verdicts, reform.policy, "") is None


# ---- the ledger's tabs -------------------------------------------------------------------------------------------------


def test_the_working_of_a_score_adds_up_and_says_what_is_assumed(reform: Result) -> None:
    tab = score_rows(reform.verdicts, reform.policy)
    names = [name for name, _ in tab.columns]
    rows = [dict(zip(names, row, strict=True)) for row in tab.rows]
    assert {row["条款"] for row in rows} == {"配置值，方案未规定"}
    for name in {row["姓名"] for row in rows}:
        own = [row for row in rows if row["姓名"] == name]
        counted = [row["计入得分"] for row in own if isinstance(row["计入得分"], Fraction)]
        if own[0]["得分"] is not None:
            assert abs(sum(counted, Fraction(0)) - Fraction(str(own[0]["得分"]))) <= Fraction(1, 200)


def test_cells_are_said_once_for_each_tab(jining: Result) -> None:
    parts = [part for d in jining.decisions if (score := d.proposal.standing.score) is not None for part in score.parts if part.cells]
    said = places(parts[0].cells)
    assert said.count(".xlsx") == 1
    assert said.endswith("、I5")


def test_achievements_are_the_ticked_matters_each_once(reform: Result) -> None:
    tables = received_in(REFORM).tables
    rows = list(achievements([*tables, *tables], reform.verdicts).rows)
    ticked = sum(value == "是" for table in tables if table.kind == "工作台账" for value in table.columns.get("计入实绩", ()))
    assert 0 < len(rows) <= ticked
    assert len({row[:-1] for row in rows}) == len(rows)
    assert all(row[0] and row[1] and row[4] for row in rows)


def test_the_reference_stands_beside_the_months(jining: Result) -> None:
    assert jining.reference is not None
    tab = reference_rows(jining.verdicts, jining.reference)
    names = [name for name, _ in tab.columns]
    months = [f"2020年{month}月{what}" for month in (4, 5, 6) for what in ("得分", "等次")]
    assert names[4:] == [*months, "季度平均（参考）", "季度等次（参考）", "说明"]
    rows = [dict(zip(names, row, strict=True)) for row in tab.rows]
    assert len(rows) == len({d.person.index for d in jining.decisions if d.proposal.in_scope})
    first = rows[0]
    scores = [Fraction(str(first[f"2020年{month}月得分"])) for month in (4, 5, 6)]
    assert abs(sum(scores, Fraction(0)) / 3 - Fraction(str(first["季度平均（参考）"]))) <= Fraction(1, 200)
    assert {str(row["季度等次（参考）"]) for row in rows} >= {"好", "较好", "不确定等次"}
    assert all("参考" in str(row["说明"]) for row in rows)


# ---- 每月考核备案表 ----------------------------------------------------------------------------------------------------

RECORD = """
公务员平时（每月）考核备案表 | < | < | < | <
（2020年5月） | < | < | < | <
科　室 | 办公室 | < | 姓　名 | 孔令仪
职　务 | 科员 | < | 任现职时间 | 2019年3月
科室业务责任目标\\n暨亮点工作 | 办文办会 | < | < | <
个人岗位职责\\n暨承担业务 | 收发文 | < | < | <
工作任务完成情况\\n（本月主要任务） | 序号 | 工作任务进度 | 完结情况 | 完结时间
^ | 1 | 起草报告，征求意见 | 已完成 | @2020-05-08
^ | 2 | | |
^ | 3 | 整理档案 | 进行中 |
分管领导或\\n内设机构负责人评语及考核等次\\n建议 | 工作认真。建议等次：较好。 | < | < | <
考核委员会\\n意　见 | 年 月 日 | < | < | <
未确定等次或不参加考核情况说明 | | < | < | <
"""


def test_the_tasks_inside_a_paper_form_are_read() -> None:
    policy = load_policy(JINING / "rules.yaml")
    standard = standard_for(policy)
    book, _ = read_book(xlsx(RECORD), "2020年5月/办公室.xlsx")
    (found,), problems = recognise(book, standard)
    table, faults = read_record(found, standard)
    assert not problems
    assert not faults
    tasks = table.facts[TASKS]
    assert isinstance(tasks, tuple)
    assert [(task.progress, task.state, task.finished, task.cell.address) for task in tasks] == [
        ("起草报告，征求意见", "已完成", "2020-05-08", "C8"),
        ("整理档案", "进行中", "", "C10"),
    ]
    assert (table.columns["评语"], table.columns["任现职时间"]) == (("工作认真。建议等次：较好。",), ("2019年3月",))


def test_a_form_without_a_list_has_no_tasks() -> None:
    standard = standard_for(load_policy(JINING / "rules.yaml"))
    book, _ = read_book(xlsx("公务员每周工作记实\n（2020年5月11日---2020年5月17日）\n科 室 | 办公室 | 姓 名 | 孔令仪"), "周.xlsx")
    (found,), _ = recognise(book, standard)
    assert read_record(found, standard)[0].facts[TASKS] == ()


def records_in(result: Result) -> Records:
    from appraisal.people import gather

    tables = received_in(JINING).tables
    return records_of(tables, gather(tables, result.policy, result.period)[0].directory)


def test_each_department_gets_a_workbook_a_month_with_a_page_a_person(jining: Result) -> None:
    files = month_records(jining.verdicts, records_in(jining), jining.policy, "【草稿】", TEMPLATES)
    assert files == month_records(jining.verdicts, records_in(jining), jining.policy, "【草稿】", TEMPLATES)
    wanted = {f"每月考核备案表/{v.period.chinese}/{d.person.department}.xlsx" for v in jining.verdicts for d in v.decisions if d.proposal.in_scope}
    assert set(files) == wanted
    assert sum(len(tabs(data)) for data in files.values()) == sum(d.proposal.in_scope for d in jining.decisions)
    assert month_records(jining.verdicts, {}, load_policy(REFORM / "rules.yaml"), "", TEMPLATES) == {}


def test_a_form_is_filled_from_the_persons_own(jining: Result) -> None:
    records = records_in(jining)
    sheet = tabs(month_records(jining.verdicts, records, jining.policy, "", TEMPLATES)["每月考核备案表/2020年4月/人事科.xlsx"])["颜丽华"]
    said = texts(sheet)
    for text in ("公务员平时（每月）考核备案表", "（2020年4月）", "2017年9月", "主持人事科全面工作。", "审核4月份人员增减和工资变动"):
        assert text in said
    assert "考核等次建议：好" in said
    assert "建议等次：好。" not in said
    assert [cell.value for cell in sheet["B"] if isinstance(cell.value, int)] == list(range(1, 11))
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.page_setup.orientation, sheet.page_setup.paperSize) == (1, 1, "portrait", 9)


def test_who_has_no_grade_reads_why_and_the_committee_speaks_when_it_is_final(jining: Result) -> None:
    verdict = jining.verdicts[0]
    final = replace(verdict, decisions=tuple(replace(d, result=d.proposed) if d.result is Status.UNAPPROVED else d for d in verdict.decisions))
    sheets = tabs(month_records((final,), records_in(jining), jining.policy, "", TEMPLATES)["每月考核备案表/2020年4月/人事科.xlsx"])
    assert "不确定等次：试用期" in texts(sheets["周子涵"])
    assert "（五5）" in texts(sheets["周子涵"])
    assert "经研究，参加考核，不确定等次。" in texts(sheets["周子涵"])
    assert "经研究，确定为“好”等次。" in texts(sheets["颜丽华"])
    draft = tabs(month_records((verdict,), {}, jining.policy, "【草稿】", TEMPLATES)["每月考核备案表/2020年4月/人事科.xlsx"])
    assert "经研究" not in texts(draft["颜丽华"])


def test_a_leaders_other_suggestion_stays_as_it_was_written(jining: Result) -> None:
    records = dict(records_in(jining))
    key = next(key for key, record in records.items() if record.texts.get("评语", "").endswith("建议等次：好。"))
    twelve = tuple(Task(f"第{number}件", "完成", "", records[key].cell) for number in range(1, 13))
    records[key] = replace(records[key], texts={**records[key].texts, "评语": "表现一般。建议等次：一般。"}, tasks=twelve)
    decision = next(d for v in jining.verdicts for d in v.decisions if (d.person.index, v.period) == key)
    files = month_records(jining.verdicts, records, jining.policy, "", TEMPLATES)
    data = files[f"每月考核备案表/{key[1].chinese}/{decision.person.department}.xlsx"]
    said = texts(tabs(data)[decision.person.name])
    assert f"表现一般。建议等次：一般。\n考核等次建议：{decision.proposed}" in said
    assert "第12件" in said
