"""The paper forms, one person per tab: ticks and days as people put them."""

from __future__ import annotations

import pytest
from drawn import form
from test_recognise import Seen, see

FILE = "2021Q4/张三.xlsx"


def rating(found: Seen, item: str = "领导评价档次") -> object:
    return found.only.columns[item][0]


# ---- 附件3 季度评价表 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", ["好", "较好", "一般", "较差"])
@pytest.mark.parametrize("tick", ["√", "✓", "✔", "☑", "■", "1", "是", "ü", "þ"])
def test_a_tick_below_its_grade(grade: str, tick: str) -> None:
    found = see(form("张三", grade, tick=tick), FILE)
    assert rating(found) == grade
    assert rating(found, "自评档次") == "较好"
    assert found.problems == ()


def test_the_form_says_who_where_and_when() -> None:
    found = see(form("张 三", "好", department="办公室", opinion="受市委表彰"), FILE).only
    assert (found.names, found.departments, str(found.period)) == (("张三",), ("办公室",), "2021Q4")
    assert found.columns["领导意见"] == ("受市委表彰",)
    assert found.cell(0, "领导评价档次").address == "C9"


@pytest.mark.parametrize(
    ("line", "grade"),
    [
        ("领导评价档次 | ☑好 | □较好 | □一般 | □较差", "好"),
        ("领导评价档次 | 好□ | 较好☑ | 一般□ | 较差□", "较好"),
        ("领导评价档次 | 好 | 较好 | 一般√ | 较差", "一般"),
        ("领导评价档次 | □好 | □较好 | □一般 | ■较差", "较差"),
        ("领导评价档次 | 好 | √ 较好 | 一般 | 较差", "较好"),
    ],
)
def test_a_tick_beside_its_grade_in_the_same_cell(line: str, grade: str) -> None:
    found = see(f"干部日常考评季度评价表\n姓名 | 张三 | 科室 | 办公室\n{line}", FILE)
    assert rating(found) == grade
    assert found.problems == ()


def test_one_circle_among_empty_boxes_is_a_tick_and_four_are_boxes() -> None:
    one, four, filled = (
        see(f"干部日常考评季度评价表\n姓名 | 张三 | 科室 | 办公室 |\n领导评价档次 | 好 | 较好 | 一般 | 较差\n | {marks}", FILE)
        for marks in (" | ○ | | ", "○ | ○ | ○ | ○", "○ | ● | ○ | ○")
    )
    assert (rating(one), one.problems) == ("较好", ())
    assert [problem.code for problem in four.problems] == ["no-tick"]
    assert rating(filled) == "较好"


def test_grades_above_and_ticks_on_the_row_of_the_label() -> None:
    found = see("干部日常考评季度评价表\n姓名 | 张三 | 科室 | 办公室 |\n | 好 | 较好 | 一般 | 较差\n自评档次 | √ | | |\n领导评价档次 | | √ | |", FILE)
    assert (rating(found, "自评档次"), rating(found)) == ("好", "较好")


def test_grades_over_merged_columns() -> None:
    found = see(
        """
        干部日常考评季度评价表
        姓名 | 张三 | < | 科室 | 办公室 | < | | |
        领导评价档次 | 好 | < | 较好 | < | 一般 | < | 较差 | <
        ^ | | < | √ | < | | < | | <
        """,
        FILE,
    )
    assert rating(found) == "较好"
    assert found.problems == ()


def test_labels_with_line_breaks_and_a_signature_in_the_opinion() -> None:
    found = see(
        """
        干部日常考评季度评价表
        姓名 | 张三 | 科室 | 办公室 | |
        领导评价 | 领导\\n评价\\n档次 | 好 | 较好 | 一般 | 较差
        ^ | ^ | | | √ |
        ^ | 领导\\n意见栏 | 出勤未达标。\\n（处室或分支机构负责人）签字：李处 | | |
        """,
        FILE,
    )
    assert rating(found) == "一般"
    assert found.only.columns["领导意见"] == ("出勤未达标。",)


def test_an_empty_opinion_with_a_signature_line_is_empty() -> None:
    found = see(
        """
        干部日常考评季度评价表
        姓名 | 张三 | | | |
        领导评价 | 领导评价档次 | 好 | 较好 | 一般 | 较差
        | | | √ | |
        | 领导意见栏 | （处室或分支机构负责人）签字：李处 | | |
        """,
        FILE,
    )
    assert found.only.columns["领导意见"] == (None,)


@pytest.mark.parametrize(("grade", "code", "cell"), [("好、较好", "two-ticks", "D9"), ("好、较好、一般", "two-ticks", "D9"), ("", "no-tick", "C9")])
def test_none_or_two_ticks_are_a_problem_at_the_box(grade: str, code: str, cell: str) -> None:
    found = see(form("张三", grade), FILE)
    assert [(problem.code, problem.cell.address) for problem in found.problems] == [(code, cell)]
    assert found.only.spoiled == {0}
    assert "领导评价档次" not in found.only.columns


def test_a_mark_nobody_can_read_is_a_problem() -> None:
    found = see(form("张三", "较好", tick="？"), FILE)
    assert [(problem.code, problem.cell.address) for problem in found.problems] == [("unknown-mark", "D9")]


def test_a_self_rating_left_empty_is_nothing_wrong_of_the_leader() -> None:
    found = see(
        """
        干部日常考评季度评价表
        姓名 | 张三 | | | |
        | 自评档次 | 好 | 较好 | 一般 | 较差
        | | | | |
        领导评价 | 领导评价档次 | 好 | 较好 | 一般 | 较差
        | | | √ | |
        """,
        FILE,
    )
    assert rating(found) == "较好"


def test_a_form_without_a_name_is_named_by_its_cell() -> None:
    found = see(form("", "好"), FILE)
    assert [(problem.code, problem.cell.address) for problem in found.problems] == [("no-name", "B3")]


def test_one_person_per_tab() -> None:
    found = see(f"== 张三\n{form('张三', '好')}\n== 李四\n{form('李四', '较好')}\n== 王五\n{form('王五', '较差')}", FILE)
    assert [(table.names[0], table.columns["领导评价档次"][0]) for table in found.tables] == [("张三", "好"), ("李四", "较好"), ("王五", "较差")]


# ---- 附件2 月度小结表 --------------------------------------------------------------------------------------------------

MONTH = "2021-10/张三.xlsx"


def leave(found: Seen) -> dict[str, float]:
    """Days by kind, where a number was given."""
    return {item: value[0] / 10_000 for item, value in found.only.columns.items() if isinstance(value[0], int)}


def test_days_in_labelled_cells() -> None:
    found = see(
        "干部日常考评月度小结表\n（ 10 ）月份\n姓名 | 张三 | 科室 | 办公室\n本月病假 | 2 | 事假 | 0.5\n病假 | 2 | 事假 | 0.5\n年休 | 1 | 法定假 | 3", MONTH
    )
    assert leave(found) == {"病假": 2, "事假": 0.5, "年休": 1, "法定假": 3}
    assert str(found.only.period) == "2021-10"


def test_days_in_a_grid_of_this_month_and_the_year() -> None:
    found = see(
        """
        干部日常考评月度小结表
        （ 10 ）月份
        姓名 | 张三 | | | 科室 | 办公室 |
        出勤情况（天） | | 病假 | 事假 | 年休 | 法定假 | 加班补休
        ^ | 本月 | 2 | 0.5 | 1 | 0 | 3
        ^ | 全年累计 | 5 | 1 | 6 | |
        """,
        MONTH,
    )
    assert leave(found) == {"病假": 2, "事假": 0.5, "年休": 1, "法定假": 0, "加班补休": 3, "累计病假": 5, "累计事假": 1, "累计年休": 6}
    assert found.problems == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "本月请病假（2）天、事假（0.5）天、年休（1）天。",
        "本月请病假 2 天，事假 0.5 天，年休假 1 天",
        "本月病假：2天；事假：0.5天；年休：1天",
        "本月请病假（ ２ ）天、事假（半）天、年休（ 1 ）天。",
    ],
)
def test_days_in_a_sentence(sentence: str) -> None:
    found = see(f"干部日常考评月度小结表（2021年10月）\n姓名 | 张三\n出勤情况 | {sentence}")
    assert leave(found) == {"病假": 2, "事假": 0.5, "年休": 1}
    assert found.problems == ()


def test_a_sentence_with_the_year_to_date() -> None:
    found = see("干部日常考评月度小结表（2021年10月）\n姓名 | 张三\n出勤情况 | 本月请病假（2）天、事假（ ）天。全年累计病假（5）天、事假（1）天。")
    assert leave(found) == {"病假": 2, "累计病假": 5, "累计事假": 1}


def test_one_blank_for_three_kinds_of_leave_only_holds_zero() -> None:
    """附件2 has one blank for 病假、事假、年休; the rule needs them apart."""
    zero = see("干部日常考评月度小结表（2021年10月）\n姓名 | 张三\n出勤情况 | 本月请病假、事假、年休（ 0 ）天。")
    assert zero.problems == ()
    assert leave(zero) == {}
    three = see("干部日常考评月度小结表（2021年10月）\n姓名 | 张三\n出勤情况 | 本月请病假、事假、年休（ 3 ）天。")
    assert "leave-not-split" in [problem.code for problem in three.problems]
    assert three.only.spoiled == {0}


def test_a_form_without_any_blank_for_leave_is_not_taken_for_full_attendance() -> None:
    found = see("干部日常考评月度小结表（2021年10月）\n姓名 | 张三 | 科室 | 办公室\n日常工作 | 完成任务")
    assert [problem.code for problem in found.problems] == ["missing-label", "missing-label"]
    assert found.only.spoiled == {0}


@pytest.mark.parametrize(("text", "code"), [("两天", "not-days"), ("1.3", "half-days-only"), ("-1", "negative")])
def test_bad_days_are_named_by_cell(text: str, code: str) -> None:
    found = see(f"干部日常考评月度小结表（2021年10月）\n姓名 | 张三 | | \n病假 | {text} | 事假 | 0")
    assert [(problem.code, problem.cell.address) for problem in found.problems] == [(code, "B3")]


def test_a_sentence_with_words_instead_of_a_number_is_not_full_attendance() -> None:
    found = see("干部日常考评月度小结表（2021年10月）\n姓名 | 张三\n出勤情况 | 本月请病假（两）天、事假（ 0 ）天。")
    assert found.only.spoiled == {0}, "两天病假 must not vanish"


# ---- 附件1 一周小记表 --------------------------------------------------------------------------------------------------


def test_a_weekly_note_counts_for_the_month_it_names() -> None:
    found = see(
        """
        干部日常考评一周小记表
        姓名：张三    单位及职务：办公室科员    时间：2021年（10）月第（2）周
        序号  日期   事项      完成时限  完成情况  备注
        1     10.11  整理档案  10.15     进行中    无
        """
    )
    assert (found.only.names, str(found.only.period)) == (("张三",), "2021-10")
    assert found.problems == ()


@pytest.mark.parametrize(
    ("state", "codes"),
    [
        ("已完成 10月14日", []),
        ("已完成（10.14）", []),
        ("已完成", ["note-without-date"]),
        ("无法完成：对方封闭", []),
        ("无法完成", ["note-without-reason"]),
        ("进行中", []),
        ("快了", ["note-unknown-state"]),
    ],
)
def test_the_state_of_a_matter(state: str, codes: list[str]) -> None:
    found = see(f"干部日常考评一周小记表\n姓名：张三    时间：2021年10月第2周\n序号 | 事项 | 完成时限 | 完成情况\n1 | 整理档案 | 10.15 | {state}")
    assert [problem.code for problem in found.problems] == codes
    assert not any(problem.is_error for problem in found.problems)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("姓名：张三    工号：007    时间：2021年10月第2周", "007"),
        ("姓名：张三工号：A-7单位及职务：办公室科员 | 时间：2021年10月第2周", "A-7"),
        ("姓名 | 张三 | 工号 | '007 | 时间：2021年10月第2周", "007"),
        ("姓名： | 张三 | 编号： | 7 | 时间：2021年10月第2周", "7"),
        ("姓名 | 张三 | 工号 | | 时间：2021年10月第2周", ""),
        ("工号 | | 姓名 | 张三 | 时间：2021年10月第2周", ""),
    ],
)
def test_a_weekly_note_says_whose_it_is_by_number_too(line: str, number: str) -> None:
    found = see(f"干部日常考评一周小记表\n{line}\n序号 | 事项 | 完成时限 | 完成情况\n1 | 整理档案 | 10.15 | 进行中")
    assert (found.only.names, found.only.staff_nos) == (("张三",), (number,))
    assert found.problems == ()


def test_a_weekly_note_of_a_namesake_is_known_by_the_place_it_names() -> None:
    found = see("干部日常考评一周小记表\n姓名：张三    单位及职务：财务处科员    时间：2021年10月第2周\n序号 | 事项 | 完成情况\n1 | 整理档案 | 进行中")
    assert "财务处" in found.only.title
