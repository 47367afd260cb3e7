"""Reading: file types by their content, what the fast reader hides, and what becomes of it."""

from __future__ import annotations

import io
import re
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import hostile
import pytest
from drawn import RULES, form, xlsx
from hostile import SHEET, edited, swap
from hostile import attendance as filled

from appraisal.discover import Found
from appraisal.intake import one_file
from appraisal.intake.one_file import read_file
from appraisal.intake.workers import packed, read_chunk, unpacked
from appraisal.model import Table
from appraisal.policy.load import load_policy
from appraisal.policy.standard import standard_for
from appraisal.problems import Problem
from appraisal.read import Look, Sheet, read_book
from appraisal.read.gate import MOST_BYTES
from appraisal.recognise import recognise
from appraisal.validate import validate
from appraisal.validate.seen import with_seen

STANDARD = standard_for(load_policy(RULES))
ROWS = [["张三", 1.0], ["李四", 0.0]]


def only(data: bytes, file: str = "表.xlsx") -> Sheet:
    """The one tab of a workbook that has no problem."""
    book, problems = read_book(data, file)
    assert problems == ()
    assert len(book.sheets) == 1
    return book.sheets[0]


def look(data: bytes, file: str = "表.xlsx") -> Look:
    return only(data, file).look


def seen(data: bytes, file: str = "表.xlsx") -> tuple[Table, tuple[Problem, ...]]:
    """A tab recognised, validated, and held against what is beside its values."""
    book, _ = read_book(data, file)
    sheets, problems = recognise(book, STANDARD)
    assert len(sheets) == 1, problems
    table, faults = validate(sheets[0], STANDARD)
    return with_seen(sheets[0], table, faults)


# ---- files not worth opening -------------------------------------------------------------------------------------------


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "大.xlsx"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    state = path.stat()
    read_file(Found(str(path), "大.xlsx", state.st_size, state.st_mtime), STANDARD)  # once for what is imported on the way
    tracemalloc.start()
    intake = read_file(Found(str(path), "大.xlsx", state.st_size, state.st_mtime), STANDARD)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [problem.code for problem in intake.problems] == ["too-large"]
    assert intake.tables == ()
    assert peak < MOST_BYTES / 10


def test_files_that_need_too_much_memory_together_are_read_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that needs too much alone is named, with its hash, and costs the others nothing."""
    files = []
    for name in ("甲.xlsx", "大.xlsx", "乙.xlsx"):
        (tmp_path / name).write_bytes(xlsx("出勤汇总表（2021-10）\n姓名  病假\n张三  1"))
        state = (tmp_path / name).stat()
        files.append(Found(str(tmp_path / name), name, state.st_size, state.st_mtime))

    def reading(data: bytes, file: str, password: str | None = None) -> object:
        if file == "大.xlsx":
            raise MemoryError
        return read_book(data, file, password)

    monkeypatch.setattr(one_file, "read_book", reading)
    one, large, other = unpacked(read_chunk(files, packed(STANDARD)))
    assert [problem.code for problem in large.problems] == ["reader-lost"]
    assert large.sha256 == one.sha256 == other.sha256
    assert one.tables
    assert other.tables
    assert not large.tables


@pytest.mark.parametrize("end", [b"<sheetFormatPr", b"<sheetData", b"<dimension"])
def test_a_tab_cut_off_before_its_cells_is_broken_and_not_empty(end: bytes) -> None:
    def shorten(xml: bytes) -> bytes:
        return xml[: xml.index(end)]

    book, problems = read_book(edited(xlsx("出勤汇总表（2021-10）\n姓名  病假\n张三  1"), {SHEET: shorten}), "表.xlsx")
    assert book.sheets == ()
    assert [problem.code for problem in problems] == ["unreadable"]


def test_an_empty_tab_is_not_broken() -> None:
    book, problems = read_book(xlsx("== 出勤\n出勤汇总表（2021-10）\n姓名  病假\n张三  1\n== Sheet2"), "表.xlsx")
    assert [len(sheet.rows) for sheet in book.sheets] == [3, 0]
    assert problems == ()


# ---- file types --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_clerks_use(encoding: str) -> None:
    table, problems = seen(hostile.csv(encoding), "出勤.csv")
    assert (table.names, table.columns["病假"], problems) == (("张三", "李四"), (10_000, 0), ())


def test_a_csv_separated_by_tabs_is_read() -> None:
    assert only(hostile.csv("gb18030", "出勤汇总表（2021-10）\n姓名\t病假\n张三\t1\n"), "表.txt").rows[2] == ["张三", "1"]


def test_rare_names_in_gb18030_are_no_reason_to_doubt_the_encoding() -> None:
    text = "姓名,科室,备注\n" + "王喆,办公室,本月在岗情况正常\n" * 5 + "李䶮,财务科,本月在岗情况正常\n"
    assert len(only(hostile.csv("gb18030", text), "表.csv").rows) == 7


def test_an_xls_is_read_and_looked_through() -> None:
    sheet = only(hostile.xls(), "表.et")
    assert sheet.rows[2] == ["张三", 1.0]
    assert sheet.look.errors == {(4, 2): "#REF!"}
    assert sheet.look.hidden_rows == {4}
    assert sheet.look.hidden_columns == {2}
    assert sheet.look.comments == {(4, 1): "已调走"}


def test_macros_and_links_are_said_and_the_values_read() -> None:
    for make, code in ((hostile.macros, "macros"), (hostile.external_links, "external-links")):
        book, problems = read_book(make(), "表.xlsm")
        assert [problem.code for problem in problems] == [code]
        assert book.sheets[0].rows[2:] == ROWS


def test_a_workbook_with_a_password_is_opened_when_it_is_given() -> None:
    pytest.importorskip("msoffcrypto")
    from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-not-found,import-untyped,unused-ignore]

    plain, target = xlsx(hostile.PLAIN), io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt("密码123", target)
    locked = target.getvalue()
    assert [problem.code for problem in read_book(locked, "表.xlsx")[1]] == ["encrypted"]
    (wrong,) = read_book(locked, "表.xlsx", "错的")[1]
    assert (wrong.code, wrong.text) == ("encrypted", "文件已加密，给出的密码不对")
    book, problems = read_book(locked, "表.xlsx", "密码123")
    assert problems == ()
    assert book.sheets[0].rows[2:] == ROWS


def test_a_password_nobody_asked_for_does_no_harm() -> None:
    assert read_book(xlsx(hostile.PLAIN), "表.xlsx", "密码")[0].sheets[0].rows[2:] == ROWS


def test_without_the_tool_a_password_is_no_use_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msoffcrypto", None)
    assert "没有安装解密组件" in str(read_book(hostile.locked_xls(), "表.xls", "密码")[1][0])


def test_text_under_the_name_of_a_workbook_is_called_text() -> None:
    for text in ("出勤汇总表\n姓名\t病假\n张三\t1".encode("gbk"), "姓名,病假\n张三,1".encode()):
        assert "内容是文本（CSV）" in str(read_book(text, "表.xls")[1][0])
    assert "认不出的格式" in str(read_book(bytes(range(32)) * 9 + b",\t", "表.xls")[1][0])


def test_a_name_without_an_extension_has_none() -> None:
    assert "扩展名是 （无）" in str(read_book(xlsx(hostile.PLAIN), "2021-10/机关/表")[1][0])


def test_a_tab_cut_off_behind_its_cells_is_refused() -> None:
    """Its values are all there, its merges are not."""
    whole = filled(lambda _, sheet: sheet.merge_range("D3:D4", 3))
    assert read_book(edited(whole, {SHEET: lambda part: part + b"\n<!-- " + b"x" * 300 + b" -->"}), "表.xlsx")[1] == ()
    cut = edited(whole, {SHEET: lambda part: part[: part.index(b"</sheetData>") + 12]})
    assert [problem.code for problem in read_book(cut, "表.xlsx")[1]] == ["unreadable"]


def test_a_value_written_as_cdata_is_not_taken_for_nothing() -> None:
    """The reader gives it as an empty cell."""
    data = edited(filled(lambda *_: None, (5, 0)), {SHEET: swap("<v>5</v>", "<v><![CDATA[5]]></v>")})
    assert [problem.code for problem in read_book(data, "表.xlsx")[1]] == ["unreadable"]


# ---- as other programs write -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit",
    [
        swap('ref="A1:C4"', 'ref="A1"'),
        swap('<dimension ref="A1:C4"/>', ""),
        lambda part: part.replace(b'"', b"'"),
        lambda part: part.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x="),
        lambda part: re.sub(rb'(<c|<row) r="\w+"', rb"\1", part),
        lambda part: b"\xef\xbb\xbf" + part,
        swap("<worksheet", "<!-- made by hand --><worksheet"),
    ],
    ids=["WPS: dimension A1", "no dimension", "single quotes", "prefixes", "no addresses", "BOM", "a comment first"],
)
def test_unusual_xml_is_read_and_looked_at_all_the_same(edit: hostile.Edit) -> None:
    data = edited(filled(lambda _, sheet: sheet.write_formula("C4", "=1/0", None, "#DIV/0!")), {SHEET: edit})
    sheet = only(data)
    assert sheet.rows[2:] == [["张三", 1.0, ""], ["李四", 0.0, ""]]
    assert sheet.look.errors == {(4, 3): "#DIV/0!"}


def test_invalid_styles_of_wps_are_no_obstacle() -> None:
    data = edited(xlsx(hostile.PLAIN), {"xl/styles.xml": swap("<fills", "<fills><fill/></fills><fills")})
    assert only(data).rows[2:] == ROWS


def test_a_stored_package_and_one_in_another_order_are_read() -> None:
    parts = hostile.parts_of(xlsx(hostile.PLAIN))
    assert only(hostile.zipped(dict(reversed(parts.items())), 0)).rows[2:] == ROWS


# ---- beside the values -------------------------------------------------------------------------------------------------


def test_an_ordinary_sheet_has_nothing_beside_its_values() -> None:
    assert look(xlsx(hostile.PLAIN)) == Look()


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?"])
def test_an_error_is_not_an_empty_cell(error: str) -> None:
    table, problems = seen(filled(lambda _, sheet: sheet.write_formula("B3", "=1/0", None, error)))
    assert [str(problem) for problem in problems] == [f"【错误】表.xlsx!Sheet1!B3：张三的病假是错误值“{error}”。请改正公式，或直接填写数值后重报。"]
    assert table.spoiled == {0}


def test_an_error_where_nothing_is_read_is_passed_over() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write("A5", "合计")
        sheet.write_formula("B5", "=1/0", None, "#DIV/0!")
        sheet.write_formula("E3", "=1/0", None, "#N/A")

    assert seen(filled(fill))[1] == ()


def test_a_name_that_is_an_error_is_found() -> None:
    table, problems = seen(filled(lambda _, sheet: sheet.write_formula("A3", "=X", None, "#NAME?")))
    assert [(problem.code, problem.cell.address) for problem in problems] == [("cell-error", "A3")]
    assert table.names == ("李四",)


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>"])
def test_a_formula_that_was_never_calculated_is_not_an_empty_cell(value: str) -> None:
    data = edited(filled(lambda _, sheet: sheet.write_formula("B3", "=C3+1", None, 9)), {SHEET: swap("<v>9</v>", value)})
    table, problems = seen(data)
    assert [(problem.code, problem.cell.address) for problem in problems] == [("uncalculated", "B3")]
    assert table.spoiled == {0}


def test_a_formula_that_gives_an_empty_text_was_calculated() -> None:
    data = edited(filled(lambda _, sheet: sheet.write_formula("C3", '=""', None, "空")), {SHEET: swap("<v>空</v>", "<v></v>")})
    assert look(data) == Look()


@pytest.mark.parametrize(
    ("formula", "shown", "stale"),
    [
        ("=SUM(B3:B4)", 1, False),
        ("=SUM(B3:B4)", 2, True),
        ("=SUM($B$3,B4)", 3, True),
        ("=AVERAGE(B3:B4)", 0.5, False),
        ("=AVERAGE(B3:B4)", 1, True),
        ("=B3+B4", 5, True),
        ("=SUM(A3:B4)", 9, False),
        ("=SUM(Sheet2!B3:B4)", 9, False),
        ("=ROUND(SUM(B3:B4),1)", 9, False),
    ],
)
def test_a_plain_sum_is_recomputed(formula: str, shown: float, stale: bool) -> None:
    data = filled(lambda _, sheet: sheet.write_formula("C3", formula, None, shown))
    assert (look(data).stale.keys() == {(3, 3)}) is stale


def test_a_shared_formula_is_followed_down_its_column() -> None:
    formulas = {"C3": '<c r="C3"><f t="shared" ref="C3:C4" si="0">SUM(A3:B3)</f><v>1</v></c>', "C4": '<c r="C4"><f t="shared" si="0"/><v>7</v></c>'}
    data = filled(lambda _, sheet: (sheet.write("A3", 0), sheet.write("A4", 0), sheet.write("C3", "甲"), sheet.write("C4", "乙")))
    for place, text in formulas.items():
        part = re.sub(rf'<c r="{place}".*?</c>'.encode(), text.encode(), hostile.parts_of(data)[SHEET])
        data = hostile.zipped(hostile.parts_of(data) | {SHEET: part})
    assert look(data).stale == {(4, 3): (7.0, 0.0)}


def test_a_stale_sum_is_said_and_used_as_it_is_shown() -> None:
    table, problems = seen(hostile.stale())
    assert [(problem.code, problem.cell.address, problem.is_error) for problem in problems] == [("stale-formula", "B3", False)]
    assert (table.columns["病假"], table.spoiled) == ((10_000, 0), frozenset())


def test_a_hidden_person_is_withheld_and_a_hidden_total_is_not() -> None:
    table, problems = seen(hostile.hidden_row())
    assert [(problem.code, problem.cell.address) for problem in problems] == [("hidden-row", "第3行")]
    assert table.spoiled == {0}
    assert seen(filled(lambda _, sheet: (sheet.write("A5", "合计"), sheet.set_row(4, None, None, {"hidden": True}))))[1] == ()


@pytest.mark.parametrize("value", ["false", "0"])
def test_a_row_that_says_it_is_not_hidden_is_none(value: str) -> None:
    data = edited(xlsx(hostile.PLAIN), {SHEET: swap('<row r="3"', f'<row r="3" hidden="{value}"')})
    assert seen(data)[1] == ()


def test_a_hidden_column_in_use_is_said() -> None:
    assert [(problem.code, problem.cell.address) for problem in seen(hostile.hidden_column())[1]] == [("hidden-column", "B2")]
    assert seen(filled(lambda _, sheet: sheet.set_column(2, 5, None, None, {"hidden": True})))[1] == ()


def test_comments_of_people_are_said_but_not_our_own_nor_those_of_headings() -> None:
    assert [(problem.code, problem.cell.address) for problem in seen(hostile.comment())[1]] == [("has-comment", "A3")]
    assert seen(filled(lambda _, sheet: (sheet.write_comment("B2", "填天数"), sheet.write_comment("B3", "【错误】请改正"))))[1] == ()


def test_struck_out_people_are_said_once_each() -> None:
    def fill(book: Any, sheet: Any) -> None:
        crossed = book.add_format({"font_strikeout": True})
        sheet.write("A3", "张三", crossed)
        sheet.write("B3", 1, crossed)
        sheet.write("C4", "", crossed)

    assert [(problem.code, problem.cell.address) for problem in seen(filled(fill))[1]] == [("struck-out", "A3")]


def test_a_value_under_a_merge_is_found_and_an_equal_one_is_not() -> None:
    table, problems = seen(hostile.covered())
    assert [(problem.code, problem.cell.address) for problem in problems] == [("covered-value", "C3")]
    assert table.spoiled == {0}
    assert look(filled(lambda _, sheet: (sheet.merge_range("B3:C3", 1), sheet.write("C3", 1)))) == Look()


def test_percents_are_known_by_their_format() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write("B3", 0.5, book.add_format({"num_format": "0.0%"}))
        sheet.write("B4", 0.5, book.add_format({"num_format": '0.0"%"'}))

    assert look(filled(fill)).percent == {(3, 2)}
    assert [problem.code for problem in seen(filled(fill))[1]] == ["not-days"]


def test_eighteen_digits_typed_as_a_number_have_lost_some() -> None:
    rows = [["季度评价汇总表（2021Q4）"], ["姓名", "领导评价档次", "领导意见"], ["张三", "好", 370801199001010112]]
    data = hostile.made(lambda _, sheet: [sheet.write_row(row, 0, cells) for row, cells in enumerate(rows)])
    assert [(problem.code, problem.cell.address) for problem in seen(data)[1]] == [("number-lost-digits", "C3")]


# ---- ticks in symbol fonts ---------------------------------------------------------------------------------------------


TICKS = [("Wingdings 2", "P√"), ("Wingdings 2", "R√"), ("Wingdings", "ü√"), ("Wingdings", "\uf0fe√"), ("Wingdings", "¨□"), ("Wingdings 2", "好好")]


@pytest.mark.parametrize(("font", "signs"), TICKS)
def test_a_letter_in_a_symbol_font_is_the_tick_it_shows(font: str, signs: str) -> None:
    data = hostile.made(lambda book, sheet: sheet.write("A1", signs[0], book.add_format({"font_name": font})))
    assert only(data).rows == [[signs[1]]]


def test_letters_in_ordinary_fonts_stay_letters() -> None:
    assert only(hostile.made(lambda _, sheet: sheet.write("A1", "R"))).rows == [["R"]]


def test_a_symbol_within_a_text_is_made_plain() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_rich_string("A1", book.add_format({"font_name": "Wingdings 2"}), "R", "好  ", book.add_format({"font_name": "Wingdings 2"}), "£", "较好")

    assert only(hostile.made(fill)).rows == [["√好  □较好"]]


def test_text_struck_through_within_a_cell_is_found() -> None:
    data = hostile.made(lambda book, sheet: sheet.write_rich_string("A1", book.add_format({"font_strikeout": True}), "张三", "已调走"))
    assert look(data).struck == {(1, 1)}


# ---- forms -------------------------------------------------------------------------------------------------------------


def test_on_a_form_every_cell_is_about_its_person() -> None:
    drawn = xlsx(form("张三", "好", quarter="2021年第4季度"))
    at = hostile.parts_of(drawn)[SHEET]
    assert b'<row r="9"' in at
    data = edited(drawn, {SHEET: swap('<row r="9"', '<row r="9" hidden="1"')})
    table, problems = seen(data)
    assert [(problem.code, problem.name) for problem in problems] == [("hidden-row", "张三")]
    assert table.spoiled == {0}
