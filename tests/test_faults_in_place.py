"""Where a fault is named, and what the roster's own faults do: the cell that is to be put right, and nobody graded by a guess."""

from __future__ import annotations

import openpyxl
import pytest
from drawn import MONTHS, Workplace, attendance
from test_must_show import ten


@pytest.fixture
def place(workplace: Workplace) -> Workplace:
    return ten(workplace, 1)


def roster(place: Workplace, *rows: str, head: str = "姓名 | 科室 | 职务职级") -> Workplace:
    place.put("名册.xlsx", "\n".join(["人员名册", head, *rows]))
    return place


REST = tuple(f"赵{number} | 办公室 | 一级科员" for number in "二三四五六七八九十")


def test_an_empty_department_on_the_roster_is_named_and_its_person_waits(place: Workplace) -> None:
    outcome = roster(place, "赵一 | | 一级科员", *REST).run()
    assert outcome.exit_code == 1
    assert outcome.places("empty-cell") == ["名册.xlsx!Sheet1!B3"]
    assert outcome.of("赵一")["考核等次"] == "待处理"
    assert outcome.of("赵二")["考核等次"] == "较好"


def test_a_person_on_the_roster_twice_waits_until_it_is_known_which_row_holds(place: Workplace) -> None:
    outcome = roster(place, "赵一 | 办公室 | 一级科员", *REST, "赵一 | 办公室 | 二级科员").run()
    assert outcome.exit_code == 1
    assert outcome.places("duplicate-person") == ["名册.xlsx!Sheet1!A13"]
    assert outcome.of("赵一")["考核等次"] == "待处理"


def test_an_unknown_rank_is_named_in_its_own_column(place: Workplace) -> None:
    outcome = roster(place, "赵一 | 办公室 | 一级课员", *REST).run()
    assert outcome.places("unknown-rank") == ["名册.xlsx!Sheet1!C3"]


@pytest.mark.parametrize(
    ("rank", "post", "grade"),
    [("一级科员（试用期）", "", "不确定等次"), ("试用期科员", "", "不确定等次"), ("一级科员", "试用期人员", "不确定等次"), ("一级科员（试用期满）", "", "好")],
)
def test_a_roster_that_says_probation_anyhow(place: Workplace, rank: str, post: str, grade: str) -> None:
    rows = [f"{row} | " for row in REST]
    outcome = roster(place, f"赵一 | 办公室 | {rank} | {post}", *rows, head="姓名 | 科室 | 职务职级 | 职务").run()
    assert outcome.of("赵一")["考核等次"] == grade
    assert "1950" not in outcome.of("赵一")["依据"] + place.call("explain", "赵一", "2021Q4").said


def test_a_department_that_is_nowhere_on_the_roster_is_told(place: Workplace) -> None:
    rows = [f"赵{number} | {'审计科' if number in '一二' else '办公室'} | 较好" for number in "一二三四五六七八九十"]
    place.put("季度评价.xlsx", "\n".join(["季度评价汇总表（2021年第4季度）", "姓名 | 科室 | 领导评价档次", *rows]))
    outcome = place.run()
    assert outcome.exit_code == 0
    assert [line for line in outcome.lines if "审计科" in line] == [
        "【警告】季度评价.xlsx!Sheet1!B3：2人写的科室或单位是“审计科”，名册里没有，按姓名认作名册上的人：赵一、赵二。请核对科室名称是否写错、是否另有其人；没有错的不用改。"
    ]


def test_a_missing_basis_and_a_missing_opinion_are_named_where_they_belong(place: Workplace) -> None:
    place.put("情形.xlsx", "特殊情形表\n姓名 | 情形 | 开始日期 | 结束日期 | 依据\n赵一 | 直接确定为好 | 2021-11-26 | 2021-12-31 |")
    rows = [f"赵{number} | 好 | " if number == "一" else f"赵{number} | 较好 | 好同志" for number in "一二三四五六七八九十"]
    place.put("季度评价.xlsx", "\n".join(["季度评价汇总表（2021年第4季度）", "姓名 | 领导评价档次 | 领导意见", *rows]))
    outcome = place.run()
    assert outcome.places("needs-basis") == ["情形.xlsx!Sheet1!E3"]
    assert outcome.places("opinion-required") == ["季度评价.xlsx!Sheet1!C3"]


def test_low_attendance_without_an_opinion_is_told_at_the_opinion(place: Workplace) -> None:
    names = [f"赵{number}" for number in "一二三四五六七八九十"]
    place.put("2021-10.xlsx", attendance({"赵二": "病假 13"}, names, "2021-10"))
    rows = [f"{name} | 较好 | " if name == "赵二" else f"{name} | 较好 | 好同志" for name in names]
    place.put("季度评价.xlsx", "\n".join(["季度评价汇总表（2021年第4季度）", "姓名 | 领导评价档次 | 领导意见", *rows]))
    assert place.run().places("opinion-expected") == ["季度评价.xlsx!Sheet1!C4"]


def test_units_counted_together_say_so_on_each_form(workplace: Workplace) -> None:
    rules = workplace.folder / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    assert "    method: zero" in text
    rules.write_text(text.replace("    method: zero", "    method: pool\n    pools: [[子所, 丑所]]"), encoding="utf-8")
    names = ["甲一", "甲二", "乙一", "乙二"]
    rows = [f"{name} | {'子所' if name[0] == '甲' else '丑所'} | 综合科 | 一级科员" for name in names]
    workplace.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 呈报单位 | 科室 | 职务职级", *rows]))
    workplace.put(
        "季度评价.xlsx",
        "\n".join(["季度评价汇总表（2021年第4季度）", "姓名 | 领导评价档次", *(f"{name} | {'好' if name == '甲一' else '较好'}" for name in names)]),
    )
    for month in MONTHS:
        workplace.put(f"{month}.xlsx", attendance({}, names, month))
    outcome = workplace.run()
    assert outcome.exit_code == 0
    sheet = openpyxl.load_workbook(outcome.file("备案表.xlsx"))["子所"]
    said = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "50.00%（1/2）" in said
    assert "好等次比例与丑所合并计算：4 人，名额 1，好等次 1 人（25.00%）。" in said
