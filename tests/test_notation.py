"""How people write the same thing: periods, names, numbers, days, dates, ticks. What is not understood is None, never a guess."""

from __future__ import annotations

import datetime as dt

import pytest

from appraisal.model import UNIT, Period, Span
from appraisal.notation import (
    agreed,
    amount,
    as_period,
    date,
    days_of_text,
    label,
    name_and_suffix,
    parse_period,
    period_hint,
    person_name,
    plain,
    ticked,
    words,
)

MIDNIGHT = dt.datetime.combine(dt.date(2021, 10, 8), dt.time())
OCTOBER, FOURTH = Period.month(2021, 10), Period.quarter(2021, 4)


# ---- periods -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2021-10",
        "2021年10月",
        "2021.10",
        "2021/10",
        "2021_10",
        "２０２１年１０月",
        "2021年十月",
        "202110",
        "出勤汇总表（2021年10月）",
        "办公室2021年10月份出勤",
        "（2021）年10月",
        "2021年度10月份",
    ],
)
def test_a_month_in_any_ordinary_notation(text: str) -> None:
    assert as_period(period_hint(text), Span.MONTH) == OCTOBER


@pytest.mark.parametrize(
    "text",
    [
        "2021Q4",
        "2021q4",
        "2021年第4季度",
        "2021年第四季度",
        "2021年四季度",
        "2021年度第4季度",
        "2021-Q4",
        "２０２１年第４季度",
        "季度评价汇总表（2021年第4季度）",
        "（2021）年第（4）季度",
    ],
)
def test_a_quarter_in_any_ordinary_notation(text: str) -> None:
    assert as_period(period_hint(text), Span.QUARTER) == FOURTH


@pytest.mark.parametrize(
    ("text", "year", "quarter", "month"),
    [
        ("第（ 4 ）季度", None, 4, None),
        ("（ 10 ）月份", None, None, 10),
        ("10月第2周", None, None, 10),
        ("2021年", 2021, None, None),
        ("办公室", None, None, None),
        ("2021年10月15日前报送", None, None, None),
        ("2021年第4季度（2022年1月5日报）", 2021, 4, None),
        ("填表日期：10月8日", None, None, None),
        ("电话 2021104567", None, None, None),
    ],
)
def test_what_a_place_says_of_the_period_may_be_incomplete(text: str, year: int | None, quarter: int | None, month: int | None) -> None:
    hint = period_hint(text)
    assert (hint.year, hint.quarter, hint.month) == (year, quarter, month)


def test_hints_complete_each_other_or_disagree() -> None:
    assert agreed([period_hint("第（4）季度"), period_hint("2021年")]) == period_hint("2021年第4季度")
    assert agreed([period_hint("2021-10"), period_hint("2021-11")]) is None
    assert agreed([period_hint("2021年10月"), period_hint("2021年第4季度")]) is not None
    assert agreed([period_hint("2021年10月"), period_hint("2021年第3季度")]) is None
    assert agreed([period_hint("2021年10月"), period_hint("2021年下半年")]) is not None
    assert agreed([period_hint("2021年10月"), period_hint("2021年上半年")]) is None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2021Q4", FOURTH),
        ("2021-10", OCTOBER),
        ("2021年第4季度", FOURTH),
        ("2021年10月", OCTOBER),
        ("2021", Period(2021, Span.YEAR)),
        ("2021H2", Period(2021, Span.HALF, 2)),
    ],
)
def test_a_period_as_typed_on_the_command_line(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize("text", ["", "Q4", "2021Q5", "2021-13", "2021-00", "去年", "21Q4", "10"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert parse_period(text) is None


def test_a_period_says_itself_in_three_ways() -> None:
    assert (str(FOURTH), FOURTH.chinese, FOURTH.heading) == ("2021Q4", "2021年第4季度", "2021年度第4季度")
    assert (str(OCTOBER), OCTOBER.chinese, OCTOBER.heading) == ("2021-10", "2021年10月", "2021年10月")
    assert parse_period(str(FOURTH)) == FOURTH
    assert parse_period(FOURTH.heading) == FOURTH


# ---- names and labels --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张三", "张三"),
        ("张 三", "张三"),
        ("李　四", "李四"),
        ("王\xa0五", "王五"),
        ("王五\u200b", "王五"),
        ("\ufeff王五", "王五"),
        ("阿卜杜•热合曼", "阿卜杜·热合曼"),
        ("阿卜杜．热合曼", "阿卜杜·热合曼"),
        ("古丽娜 · 艾山", "古丽娜·艾山"),
        ("Anna  Schmidt", "Anna Schmidt"),
    ],
)
def test_a_name_is_the_same_however_it_is_spaced_and_dotted(text: str, name: str) -> None:
    assert person_name(text) == name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("张三（借调）", ("张三", "借调")),
        ("李四(挂职)", ("李四", "挂职")),
        ("王五*", ("王五", "*")),
        ("赵六【退休】", ("赵六", "退休")),
        ("张三", ("张三", "")),
    ],
)
def test_a_suffix_is_told_from_the_name(text: str, parts: tuple[str, str]) -> None:
    assert name_and_suffix(text) == parts


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("姓  名", "姓名"),
        ("业务经办\n指标（30%）", "业务经办指标"),
        ("病假（天）", "病假"),
        ("总分(100分)", "总分"),
        ("*姓名：", "姓名"),
        ("備註", "备注"),
        ("职务　职级", "职务职级"),
        ("科室*", "科室"),
    ],
)
def test_a_label_is_compared_without_blanks_units_and_stars(text: str, same: str) -> None:
    assert label(text) == same


# ---- numbers and days --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (95.0, 95),
        (95, 95),
        ("95", 95),
        ("９５．５", 95.5),
        ("95分", 95),
        ("95 分", 95),
        ("85。5", 85.5),
        (" 88 ", 88),
        ("-2", -2),
        ("+3", 3),
        (84.995, 84.995),
        ("0", 0),
    ],
)
def test_a_number_in_any_ordinary_notation(value: object, found: float) -> None:
    assert amount(value) == round(found * UNIT)


@pytest.mark.parametrize(
    "value",
    ["约90", "90左右", "90-95", "九十", "8５,5", "", "NaN", "inf", "1e3", "优", True, None, float("nan"), float("inf"), "1.23456", 1e12, "85（含加分2）"],
)
def test_what_is_no_plain_number_is_none(value: object) -> None:
    assert amount(value) is None


def test_amounts_are_exact() -> None:
    assert amount(0.1) == 1000
    assert amount("0.3") == 3000
    assert amount(84.99) == 849900
    assert isinstance(amount(84.99), int)


@pytest.mark.parametrize(("text", "days"), [("3", 3), ("3天", 3), ("2.5日", 2.5), ("半天", 0.5), ("3天半", 3.5), ("３ 天", 3), ("0.5", 0.5)])
def test_days_in_any_ordinary_notation(text: str, days: float) -> None:
    assert days_of_text(text) == int(days * UNIT)


@pytest.mark.parametrize("text", ["24小时", "3+2", "3（病）2（事）", "两天", "天", "", "三天"])
def test_what_is_no_number_of_days_is_none(text: str) -> None:
    assert days_of_text(text) is None


# ---- dates and ticks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        dt.date(2021, 10, 8),
        MIDNIGHT,
        "2021-10-08",
        "2021.10.8",
        "2021/10/8",
        "2021年10月8日",
        "20211008",
        "２０２１年１０月８日",
        "2021-10-8 ",
        "2021-10-08 00:00:00",
    ],
)
def test_a_date_in_any_ordinary_notation(value: object) -> None:
    assert date(value) == dt.date(2021, 10, 8)


@pytest.mark.parametrize("value", ["2021-02-30", "2021.10", "10月8日", "21/10/8", "2021-13-01", "", "昨天", 44477.0, "1900-01-01", dt.date(2201, 1, 1)])
def test_less_than_a_full_existing_date_is_none(value: object) -> None:
    assert date(value) is None


@pytest.mark.parametrize("mark", ["√", "✓", "✔", "☑", "■", "1", 1.0, "是", "ü", "þ", " √ ", "●", "对", True])
def test_these_are_ticks(mark: object) -> None:
    assert ticked(mark) is True


@pytest.mark.parametrize("mark", ["", "□", "○", "☐", "0", 0.0, "否", "×", "-", "无", False])
def test_these_are_empty_boxes(mark: object) -> None:
    assert ticked(mark) is False


@pytest.mark.parametrize("mark", ["?", "好", "圈", "2", "见附件"])
def test_other_marks_are_nobodys_guess(mark: object) -> None:
    assert ticked(mark) is None


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (3.5, "3.5"), ("  ＡＢ ", "AB"), (True, "TRUE"), (MIDNIGHT, "2021-10-08"), ("NA", "NA"), ("null", "null")]
)
def test_a_cell_as_text(value: object, text: str) -> None:
    assert words(value) == text


def test_invisible_characters_go_and_kangxi_radicals_become_ordinary() -> None:
    assert plain("⽅案\u200b\u2060") == "方案"
