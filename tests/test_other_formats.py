"""What .ods and .xlsb hold beside their values: the same problems as in .xlsx, at the same cells (rows 12, 13, 38, 50, 51, 68, 69)."""

from __future__ import annotations

import pytest
from hostile import edited
from other_formats import ERROR, FORMULA_ERROR, Rows, line, ods, xlsb
from test_read import seen

from appraisal.read import read_book

TITLE = "出勤汇总表（2021-10）"
HEAD = line(TITLE), line("姓名", "病假", "事假")
NOBODY = line("李四", 0, 0)


def said(data: bytes, file: str = "表.ods") -> list[tuple[str, str]]:
    return [(problem.code, problem.cell.address) for problem in seen(data, file)[1]]


def cell(value: str = "", text: str = "", about: str = "", inside: str = "") -> str:
    kind = f' office:value-type="float" office:value="{value}"' if value else ""
    return f"<table:table-cell{kind}{about}>{inside}{f'<text:p>{text or value}</text:p>' if text or value else ''}</table:table-cell>"


def test_an_innocent_sheet_of_either_format_says_nothing() -> None:
    assert said(ods([*HEAD, line("张三", 1, 0), NOBODY])) == []
    assert said(xlsb([[TITLE], ["姓名", "病假"], ["张三", 1], ["李四", 0]]), "表.xlsb") == []


ERROR_OF_A_FORMULA = cell(text="#DIV/0!", about=' table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"')
ERROR_WITHOUT_A_TYPE = cell(text="#REF!", about=' table:formula="of:=[.#REF!]" office:value-type="string"')


@pytest.mark.parametrize("wrong", [ERROR_OF_A_FORMULA, ERROR_WITHOUT_A_TYPE])
def test_errors_of_an_ods_are_not_nothing(wrong: str) -> None:
    table, problems = seen(ods([*HEAD, line("张三", wrong, 0), NOBODY]), "表.ods")
    assert [(problem.code, problem.cell.address) for problem in problems] == [("cell-error", "B3")]
    assert table.spoiled == {0}


def test_a_formula_of_an_ods_that_was_never_calculated() -> None:
    assert said(ods([*HEAD, line("张三", cell(about=' table:formula="of:=1+1"'), 0), NOBODY])) == [("uncalculated", "B3")]


def test_a_value_of_an_ods_merged_over_two_people_is_nobodys() -> None:
    spanned = cell("3", about=' table:number-columns-spanned="1" table:number-rows-spanned="2"')
    table, problems = seen(ods([*HEAD, line("张三", spanned, 0), line("李四", "<table:covered-table-cell/>", 0)]), "表.ods")
    assert [(problem.code, problem.cell.address) for problem in problems] == [("merged-value", "B3")]
    assert table.spoiled == {0, 1}


def test_two_people_of_an_ods_with_the_same_error_written_once() -> None:
    wrong = cell(text="#N/A", about=' table:number-columns-repeated="2" table:formula="of:=NA()" office:value-type="string" calcext:value-type="error"')
    rows = [*HEAD, line("张三", wrong, about=' table:number-rows-repeated="2"')]
    assert said(ods(rows)) == [("cell-error", address) for address in ("B3", "C3", "B4", "C4")]


def test_hidden_rows_and_columns_of_an_ods() -> None:
    columns = '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="16383"/>'
    data = ods([*HEAD, line("张三", 1, about=' table:visibility="filter"'), line("李四", 2)], columns)
    assert said(data) == [("hidden-row", "第3行"), ("hidden-column", "B2")]


def test_a_hidden_row_repeated_to_the_bottom_costs_nothing() -> None:
    empty = '<table:table-row table:visibility="collapse" table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    assert said(ods([*HEAD, line("张三", 1, 0), NOBODY, empty])) == []


def test_a_hidden_tab_of_an_ods_is_not_read() -> None:
    style = '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/></style:style>'
    book, _ = read_book(ods([*HEAD, NOBODY], styles=style, tab=' table:style-name="ta1"'), "表.ods")
    assert book.sheets[0].hidden


def test_comments_and_struck_text_of_an_ods_are_told() -> None:
    style = (
        '<style:style style:name="T" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="U" style:family="text"><style:text-properties style:text-line-through-style="none"/></style:style>'
    )
    note = "<office:annotation><dc:creator>某人</dc:creator><dc:date>2021-11-01T00:00:00</dc:date><text:p>已调走</text:p></office:annotation>"
    struck = '<table:table-cell office:value-type="string"><text:p><text:span text:style-name="T">张三</text:span></text:p></table:table-cell>'
    kept = '<table:table-cell office:value-type="string"><text:p><text:span text:style-name="U">李四</text:span></text:p></table:table-cell>'
    _, problems = seen(ods([*HEAD, line(struck, cell("1", inside=note), 0), line(kept, 0, 0)], styles=style), "表.ods")
    assert [(problem.code, problem.cell.address) for problem in problems] == [("has-comment", "B3"), ("struck-out", "A3")]
    assert "“已调走”" in problems[0].text


def test_days_shown_as_percents_are_not_days() -> None:
    shown = '<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell>'
    assert said(ods([*HEAD, line("张三", shown, 0), NOBODY])) == [("not-days", "B3")]


def test_an_ods_cut_short_is_refused() -> None:
    data = edited(ods([*HEAD, line("张三", 1, 0)]), {"content.xml": lambda part: part[: len(part) // 2 + 60]})
    assert [problem.code for problem in read_book(data, "表.ods")[1]] == ["unreadable"]


# ---- xlsb --------------------------------------------------------------------------------------------------------------


def test_errors_of_an_xlsb_are_not_nothing() -> None:
    table, problems = seen(xlsb([[TITLE], ["姓名", "病假"], ["张三", ERROR], ["李四", FORMULA_ERROR], ["王五", 1]]), "表.xlsb")
    assert [(problem.code, problem.cell.address) for problem in problems] == [("cell-error", "B3"), ("cell-error", "B4")]
    assert "#DIV/0!" in problems[0].text
    assert table.spoiled == {0, 1}


def test_hidden_and_merged_cells_of_an_xlsb() -> None:
    rows: Rows = [[TITLE], ["姓名", "病假", "事假"], ["张三", 1, 2], ["李四", 1, ""], ["王五", 0, 0]]
    data = xlsb(rows, hidden_rows=[4], hidden_columns=[1], merges=[(2, 3, 2, 2)])
    assert said(data, "表.xlsb") == [("merged-value", "C3"), ("hidden-row", "第5行"), ("hidden-column", "B2")]


def test_an_xlsb_cut_short_is_refused() -> None:
    data = edited(xlsb([[TITLE], ["姓名", "病假"], ["张三", 1]]), {"xl/worksheets/sheet1.bin": lambda part: part[:-30]})
    book, problems = read_book(data, "表.xlsb")
    assert [problem.code for problem in problems] == ["unreadable"]
    assert book.sheets == ()
