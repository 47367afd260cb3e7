"""What a sheet is comes from its title and header; which period, from title, tab, file or folder, which must not disagree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from drawn import RULES, xlsx

from appraisal.model import Table
from appraisal.policy.load import load_policy
from appraisal.policy.standard import standard_for
from appraisal.problems import Problem
from appraisal.read import read_book
from appraisal.recognise import recognise
from appraisal.standard import Standard
from appraisal.validate import validate

STANDARD = standard_for(load_policy(RULES))


@dataclass(frozen=True)
class Seen:
    """The standard sheets found in a drawing, and every problem on the way."""

    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]

    @property
    def only(self) -> Table:
        assert len(self.tables) == 1, self.problems
        return self.tables[0]

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]

    def column(self, item: str) -> dict[str, object]:
        """Name → value, days in days."""
        values = self.only.columns[item]
        return dict(zip(self.only.names, (value / 10_000 if isinstance(value, int) else value for value in values), strict=True))


def see(drawing: str, file: str = "表.xlsx", start: tuple[int, int] = (0, 0), standard: Standard = STANDARD) -> Seen:
    book, problems = read_book(xlsx(drawing, start), file)
    sheets, more = recognise(book, standard)
    found = [validate(sheet, standard) for sheet in sheets]
    return Seen(tuple(table for table, _ in found), (*problems, *more, *(problem for _, faults in found for problem in faults)))


PLAIN = """
出勤汇总表（2021-10）
姓名  病假  事假
张三  1     0.5
李四  0     2
"""


# ---- which sheet -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "出勤汇总表（2021-10）",
        "办公室2021年10月出勤汇总表",
        "出 勤 汇 总 表（2021年10月）",
        "温州市住房公积金管理中心办公室出勤汇总表（2021年10月份）",
        "考勤汇总表 2021.10",
        "出勤情况汇总表【2021年10月】",
        "２０２１年１０月出勤汇总表",
    ],
)
def test_a_title_is_known_however_it_is_dressed(title: str) -> None:
    found = see(PLAIN.replace("出勤汇总表（2021-10）", title)).only
    assert (found.kind, str(found.period)) == ("出勤汇总表", "2021-10")


@pytest.mark.parametrize(
    "sentence",
    [
        "请各科室于每月5日前填报出勤汇总表并盖章后交人事处",
        "关于做好2021年10月出勤汇总表填报工作的通知，请各处室认真组织填写，按时上报，逾期不候，责任自负，特此通知，望遵照执行，不得有误，谢谢配合",
    ],
)
def test_a_sentence_that_mentions_a_sheet_is_no_title(sentence: str) -> None:
    assert see(f"{sentence}\n姓名  电话\n张三  1").tables == ()


def test_a_title_in_the_second_row_or_after_a_note_is_found() -> None:
    found = see("附件2\n（内部资料）\n出勤汇总表（2021-10）\n姓名  病假\n张三  1").only
    assert found.names == ("张三",)


def test_without_a_title_tab_or_file_name_may_say_what_it_is() -> None:
    assert see("== 出勤汇总表\n姓名  病假  事假\n张三  1  0", "2021-10.xlsx").only.kind == "出勤汇总表"
    assert see("姓名  病假  事假\n张三  1  0", "办公室出勤汇总表2021-10.xlsx").only.kind == "出勤汇总表"


def test_without_any_title_nothing_is_assumed() -> None:
    found = see("姓名  科室    自评档次  领导评价档次\n张三  办公室  好        较好", "第4季度.xlsx")
    assert found.tables == ()
    assert found.codes == ["no-title"]


def test_several_tabs_are_several_sheets() -> None:
    found = see("== 10月\n出勤汇总表（2021-10）\n姓名  病假\n张三  1\n== 11月\n出勤汇总表（2021-11）\n姓名  病假\n张三  2\n== 说明\n怎样填写")
    assert [str(table.period) for table in found.tables] == ["2021-10", "2021-11"]
    assert found.problems == ()


def test_a_hidden_tab_is_not_read_and_said() -> None:
    found = see(PLAIN + "\n== 上年（隐藏）\n出勤汇总表（2020-10）\n姓名  病假\n张三  9")
    assert [str(table.period) for table in found.tables] == ["2021-10"]
    assert found.codes == ["hidden-sheet"]


# ---- the header --------------------------------------------------------------------------------------------------------


def test_columns_may_stand_in_any_order_with_others_between() -> None:
    found = see("出勤汇总表（2021-10）\n电话  事假  签名  姓名  病假\n8888  2     √     张三  1")
    assert found.column("病假") == {"张三": 1}
    assert found.column("事假") == {"张三": 2}
    assert found.problems == ()


@pytest.mark.parametrize(
    "header",
    ["姓  名 | 病假（天） | 事 假", "姓\\n名 | 病假\\n天数 | 事假天数", "姓名* | 病　假 | 事假（日）", "被考核人 | 病假 | 事假", "１姓名 | 病假 | 事假"],
)
def test_headers_with_line_breaks_units_stars_and_blanks(header: str) -> None:
    if header.startswith("１"):
        assert see(f"出勤汇总表（2021-10）\n{header}\n张三 | 1 | 2").codes == ["no-header"]
        return
    found = see(f"出勤汇总表（2021-10）\n{header}\n张三 | 1 | 2")
    assert found.column("病假") == {"张三": 1}
    assert found.column("事假") == {"张三": 2}


def test_a_two_level_merged_header_is_read_by_its_lower_level() -> None:
    found = see(
        """
        出勤汇总表（2021-10） | < | < | <
        姓名 | 缺勤（天） | <    | 备注
        ^    | 病假       | 事假 | ^
        张三 | 1          | 2    | 无
        """
    )
    assert found.column("病假") == {"张三": 1}
    assert found.column("事假") == {"张三": 2}
    assert found.only.cell(0, "事假").address == "C4"


def test_a_three_level_header_with_the_names_merged_downwards() -> None:
    found = see(
        """
        出勤汇总表（2021-10）
        姓名 | 出勤情况 | <    | <
        ^    | 缺勤     | <    | 不计缺勤
        ^    | 病假     | 事假 | 年休
        张三 | 1        | 2    | 5
        """
    )
    assert [found.column(kind)["张三"] for kind in ("病假", "事假", "年休")] == [1, 2, 5]


def test_a_sheet_that_starts_elsewhere_has_right_addresses() -> None:
    found = see(PLAIN.replace("0.5", "半"), start=(4, 2))
    assert [str(problem.cell) for problem in found.problems] == ["表.xlsx!Sheet1!E7"]
    assert found.only.cell(1, "病假").address == "D8"


def test_a_missing_column_and_a_double_one_are_both_said() -> None:
    found = see("季度评价汇总表（2021Q4）\n姓名  自评档次  自评档次  科室\n张三  好  好  办公室")
    assert sorted(found.codes) == ["duplicate-column", "missing-column"]


def test_other_words_for_a_column_may_be_declared(tmp_path: Path) -> None:
    rules = RULES.read_text(encoding="utf-8") + "\nvocabulary:\n  columns: {病假: [生病]}\n  grades: {优秀: 好}\n"
    (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
    standard = standard_for(load_policy(tmp_path / "rules.yaml"))
    book, _ = read_book(xlsx("出勤汇总表（2021-10）\n姓名  生病\n张三  3"), "表.xlsx")
    (sheet,), _ = recognise(book, standard)
    assert validate(sheet, standard)[0].columns["病假"] == (30_000,)
    book, _ = read_book(xlsx("季度评价汇总表（2021Q4）\n姓名  领导评价档次\n张三  优秀"), "表.xlsx")
    (sheet,), _ = recognise(book, standard)
    assert validate(sheet, standard)[0].columns["领导评价档次"] == ("好",)


# ---- rows --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "合计 | 3 | 2",
        "小 计 | 3 | 2",
        "平均 | 1.5 | 1",
        "共2人 | 3 | ",
        "注：病假含住院 | | ",
        "填表人：王五 | | ",
        "2021年10月31日 | | ",
        "（盖章） | | ",
        " | | ",
        "※挂职人员 | | ",
        "备注：无 | | ",
    ],
)
def test_totals_notes_signatures_and_blank_rows_are_nobody(line: str) -> None:
    found = see(f"出勤汇总表（2021-10）\n姓名 | 病假 | 事假\n张三 | 1 | 1\n{line}\n李四 | 2 | 1")
    assert found.only.names == ("张三", "李四")
    assert found.problems == ()


@pytest.mark.parametrize("line", ["注：各档次由处长会同分管领导商议确定。", "填表人：徐丽娜", "合计", "一、办公室"])
def test_notes_in_the_first_column_are_nobody_where_names_stand_in_another(line: str) -> None:
    found = see(f"季度评价汇总表（2021Q4）\n领导评价档次 | 自评档次 | 姓名\n好 | 好 | 张三\n{line} | | \n较好 | 好 | 李四")
    assert found.only.names == ("张三", "李四")
    assert found.problems == ()


def test_blank_rows_in_the_middle_lose_nobody() -> None:
    found = see("出勤汇总表（2021-10）\n姓名 | 病假\n张三 | 1\n\n\n\n李四 | 2")
    assert found.column("病假") == {"张三": 1, "李四": 2}


def test_group_titles_name_the_department_of_the_rows_below() -> None:
    found = see("出勤汇总表（2021-10）\n姓名 | 病假\n一、办公室 |\n张三 | 1\n二、财务处 |\n李四 | 2")
    assert found.only.departments == ("办公室", "财务处")
    assert found.only.names == ("张三", "李四")


def test_a_department_merged_downwards_holds_for_its_rows_only() -> None:
    found = see("出勤汇总表（2021-10）\n科室 | 姓名 | 病假\n办公室 | 张三 | 1\n^ | 李四 | 2\n | 王五 | 3")
    assert found.only.departments == ("办公室", "办公室", "")


def test_text_that_looks_empty_to_programs_is_a_value() -> None:
    """People may be called NA, null or None as far as a program is concerned."""
    found = see("出勤汇总表（2021-10）\n姓名 | 病假\n欧阳雪 | 1\nNull | 2")
    assert found.only.names == ("欧阳雪", "Null")


@pytest.mark.parametrize("text", ["无", "—", "-", "/", ""])
def test_a_dash_where_nothing_is_to_be_said_is_no_leave(text: str) -> None:
    found = see(f"出勤汇总表（2021-10）\n姓名 | 病假 | 事假\n张三 | {text} | 1")
    assert found.column("病假") == {"张三": None}
    assert found.problems == ()


@pytest.mark.parametrize("grade", ["好", "“好”", "好 ", " 好", "「好」"])
def test_a_grade_in_quotes_or_with_blanks_is_the_grade(grade: str) -> None:
    assert see(f"季度评价汇总表（2021Q4）\n姓名 | 领导评价档次\n张三 | {grade}").column("领导评价档次") == {"张三": "好"}


@pytest.mark.parametrize("grade", ["优秀", "A", "好/较好", "较 号", "85"])
def test_another_word_for_a_grade_is_an_error_unless_declared(grade: str) -> None:
    found = see(f"季度评价汇总表（2021Q4）\n姓名 | 领导评价档次\n张三 | {grade}")
    assert found.codes == ["unknown-word"]
    assert found.only.spoiled == {0}


# ---- the period --------------------------------------------------------------------------------------------------------

NO_PERIOD = PLAIN.replace("（2021-10）", "")


@pytest.mark.parametrize(
    "file",
    [
        "2021-10/表.xlsx",
        "2021年10月/表.xlsx",
        "机关/2021-10/办公室/表.xlsx",
        "表2021-10.xlsx",
        "2021年10月出勤.xlsx",
        "2021年/10月.xlsx",
        "2021Q4/10月.xlsx",
        "202110.xlsx",
    ],
)
def test_file_and_folder_say_the_period_when_the_title_does_not(file: str) -> None:
    assert str(see(NO_PERIOD, file).only.period) == "2021-10"


def test_a_line_below_the_title_says_the_period() -> None:
    found = see("出勤汇总表\n（2021年10月）\n姓名  病假\n张三  1")
    assert str(found.only.period) == "2021-10"


def test_the_tab_may_say_the_month() -> None:
    assert str(see(f"== 10月\n{NO_PERIOD.strip()}", "2021年.xlsx").only.period) == "2021-10"


@pytest.mark.parametrize(
    ("drawing", "file"),
    [
        (PLAIN, "2021-11/表.xlsx"),
        (PLAIN, "2021年11月.xlsx"),
        (PLAIN, "2020/表.xlsx"),
        (PLAIN, "2021Q3/表.xlsx"),
        (f"== 11月\n{PLAIN.strip()}", "表.xlsx"),
        (PLAIN, "2021年上半年/表.xlsx"),
    ],
)
def test_sources_that_disagree_are_a_problem_not_a_guess(drawing: str, file: str) -> None:
    found = see(drawing, file)
    assert found.tables == ()
    assert found.codes == ["periods-disagree"]
    assert "2021年10月" in found.problems[0].text


def test_a_period_nobody_names_is_a_problem() -> None:
    found = see(NO_PERIOD, "表.xlsx")
    assert found.tables == ()
    assert found.codes == ["no-period"]


@pytest.mark.parametrize("line", ["2021年10月8日", "填报日期：2021年10月8日"])
def test_a_date_below_the_title_is_when_it_was_filled_in_not_the_period(line: str) -> None:
    assert str(see(f"出勤汇总表（2021年9月）\n{line}\n姓名  病假\n张三  1").only.period) == "2021-09"
    assert see(f"出勤汇总表\n{line}\n姓名  病假\n张三  1").codes == ["no-period"]


def test_the_roster_is_kept_current_wherever_it_lies() -> None:
    found = see("人员名册\n姓名  科室    职务职级\n张三  办公室  一级科员", "2021-11/名册.xlsx")
    assert found.only.period is None


@pytest.mark.parametrize("tab", ["一月", "小结一月", "2021年一月", "月度小结表（一月）", "一月份"])
def test_a_month_in_words_that_stands_by_itself_is_the_period_of_a_form(tab: str) -> None:
    drawing = f"== {tab}\n干部日常考评月度小结表\n姓名 | 王一月 | 科室 | 办公室\n病假 | 1 | 事假 | 0"
    assert str(see(drawing, "2021年/王一月.xlsx").only.period) == "2021-01"
    assert see(drawing, "2021年2月/王一月.xlsx").codes == ["periods-disagree"]


def test_a_name_in_the_column_of_names_that_is_a_month_hides_no_month() -> None:
    found = see("== 一月\n出勤汇总表\n姓名 | 病假\n一月 | 1\n张三 | 2", "2021年.xlsx")
    assert str(found.only.period) == "2021-01"


def test_lines_above_the_header_are_no_level_of_it() -> None:
    """Labels of a signature line are names of columns too (批准人, 工号)."""
    lines = "审定表（2021Q4）\n批准人： | 赵局长 | 批准日期： | 2022-01-10"
    found = see(f"{lines}\n姓名 | 考核周期 | 建议等次 | 审定等次 | 审定理由\n张三 | 2021Q4 | 好 | 较好 | 研究决定")
    assert found.only.facts["批准人"] == "赵局长"
    assert str(found.only.facts["批准日期"]) == "2022-01-10"


# ---- who rated -----------------------------------------------------------------------------------------------------------

JINING = standard_for(load_policy(RULES.parent / "examples" / "jining-commerce" / "rules.yaml"))
SCORED = """公务员平时（每月）考核测评表（2020年4月）
姓名 | 政治品质 | 工作作风 | 廉洁自律 | 学习指标 | 业务经办指标 | 目标实施指标 | 争先创优指标
张三 | 19 | 9 | 9 | 8 | 25 | 9 | 9
"""


def rater(line: str) -> object:
    found = see(f"{SCORED}{line}", standard=JINING)
    assert found.only.names == ("张三",)
    assert found.problems == ()
    return found.only.facts.get("打分人")


@pytest.mark.parametrize(
    "line",
    [
        "分管领导签字： | 填表日期：2020年5月6日",
        "分管领导签字： | | 填表日期：",
        "分管领导签字： | 日期",
        "分管领导签字：填表日期：",
        "分管领导签字： | 审核人：李四",
        "分管领导签字： | 考核日期：",
        "分管领导： | 联系电话 | 8888",
        "分管领导签字： | （盖章）",
        "分管领导签字：      年 月 日",
        "被测评人：李四 | | ",
    ],
)
def test_an_empty_signature_names_nobody(line: str) -> None:
    assert rater(line) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("分管领导签字：李四", "李四"),
        ("分管领导签字： | 李四", "李四"),
        ("分管领导签字： | 李 四 | 填表日期：", "李四"),
        ("分管领导签字：李 四 填表日期：2020年5月6日", "李四"),
        ("分管领导（签字）：李四2020年5月6日", "李四"),
        ("分管领导签字：李四审核人：王五", "李四"),
        ("填表人：王五 | 分管领导签字：李四（签章）", "李四"),
        ("打分人：阿卜杜·热合曼 | 日期：", "阿卜杜·热合曼"),
    ],
)
def test_a_signature_names_the_rater(line: str, name: str) -> None:
    assert rater(line) == name
