"""退回/: the copies that go back to their senders, read again, and what happens when a corrected copy comes in."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from drawn import ROOT, RULES, cells_of, tabs_of, xlsx
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from appraisal.discover import Found
from appraisal.intake import Intake
from appraisal.intake.one_file import read_file
from appraisal.model import Cell
from appraisal.policy.load import load_policy
from appraisal.policy.standard import standard_for
from appraisal.problems import ENCRYPTED, NO_ROWS, NOT_A_NUMBER, NOT_ON_ROSTER, OVER_MAXIMUM, UNREADABLE, Problem
from appraisal.render.returned import Arrival, Mark, Settled, returned, returned_of, superseded
from appraisal.render.returned.wording import comment
from appraisal.standard import Standard

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
SHEET = """
== 出勤
出勤汇总表（2021-10）
姓名  科室    病假  事假
张三  办公室  两天  1
李四  办公室  0     -1
"""


@pytest.fixture(scope="module")
def standard() -> Standard:
    return standard_for(load_policy(RULES))


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def taken_in(path: Path, folder: Path, standard: Standard) -> Intake:
    state = path.stat()
    return read_file(Found(str(path), path.relative_to(folder).as_posix(), state.st_size, state.st_mtime), standard)


def wrong(file: str, tab: str = "出勤", row: int = 3, column: int = 3) -> Problem:
    return NOT_A_NUMBER.at(Cell(file, tab, row, column), "张三", item="病假", found="两天")


def one(folder: Path, *problems: Problem) -> tuple[str, bytes]:
    (slip,) = returned(problems, folder)
    return slip


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), rich_text=True)


def redone(data: bytes, change: Callable[[Worksheet], object]) -> bytes:
    """A workbook changed with openpyxl on its only (or last) tab."""
    book = opened(data)
    change(book.worksheets[-1])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# ---- a copy ------------------------------------------------------------------------------------------------------------
def test_what_the_reader_found_stands_in_the_copy_at_its_cell(tmp_path: Path, standard: Standard) -> None:
    path = put(tmp_path, "2021-10/办公室.xlsx", xlsx(SHEET))
    problems = taken_in(path, tmp_path, standard).problems
    assert {problem.cell.address for problem in problems if problem.is_error} == {"C3", "D4"}
    name, data = one(tmp_path, *problems)
    assert name == "退回/2021-10_办公室.xlsx"
    book = opened(data)
    assert book.sheetnames == ["退回说明", "出勤"]
    sheet = book["出勤"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()][2:] == [["张三", "办公室", "两天", 1], ["李四", "办公室", 0, -1]]
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == RED} == {"C3", "D4"}
    assert "【错误】张三的病假填的是“两天”" in sheet["C3"].comment.text
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.read("xl/drawings/commentsDrawing1.vml").count(b"width:300px") == 2


def test_the_first_tab_lists_every_problem_with_a_link_to_its_cell(tmp_path: Path) -> None:
    put(tmp_path, "甲's.xlsx", xlsx("== 甲's 表\n出勤汇总表（2021-10）\n姓名  病假\n张三  两天"))
    cell = Cell("甲's.xlsx", "甲's 表", 3, 2)
    _, data = one(
        tmp_path, NO_ROWS.at(Cell("甲's.xlsx", "甲's 表"), title="出勤汇总表"), wrong(cell.file, cell.sheet, 3, 2), UNREADABLE.at(Cell("甲's.xlsx"), why="试")
    )
    guide = opened(data).worksheets[0]
    assert guide["A1"].value == "退回说明：“甲's.xlsx”有 2 处错误、1 处警告"
    assert "放回 input 文件夹，原文件名不变" in guide["A2"].value
    assert [cell.value for cell in guide[4]] == ["级别", "单元格", "姓名", "问题", "改正办法"]
    rows = [[cell.value for cell in row[:2]] for row in guide.iter_rows(min_row=5)]
    assert rows == [["错误", "整个文件"], ["错误", "B3（甲's 表）"], ["警告", "整表（甲's 表）"]]
    links = [guide.cell(row, 2).hyperlink for row in (5, 6, 7)]
    assert links[0] is None
    assert [link.location for link in links[1:]] == ["'甲''s 表'!B3", "'甲''s 表'!A1"]


def test_everything_else_of_the_original_is_kept(tmp_path: Path) -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("出勤")
    bold = book.add_format({"bold": True, "num_format": "0.00", "bg_color": "#00FF00"})
    sheet.merge_range("A1:D1", "出勤汇总表（2021-10）", bold)
    sheet.write_row("A2", ["姓名", "病假", "合计", "备注"])
    sheet.write_row("A3", ["张三", 1.5])
    sheet.write_formula("C3", "=SUM(B3:B3)", bold, 1.5)
    sheet.write_formula("D3", '=IF(B3>1,"多","少")', None, "多")
    sheet.write_string("A4", "=1+1")
    sheet.write_rich_string("B4", "一", bold, "二", "三")
    sheet.write_comment("B3", "科长：已核对", {"author": "科长"})
    sheet.data_validation("A3:A9", {"validate": "list", "source": ["张三", "李四"]})
    sheet.conditional_format("B3:B9", {"type": "cell", "criteria": ">", "value": 5, "format": bold})
    sheet.set_column(1, 1, 33)
    sheet.freeze_panes(2, 0)
    sheet.protect("x")
    book.close()
    put(tmp_path, "表.xlsx", target.getvalue())
    _, data = one(tmp_path, wrong("表.xlsx", "出勤", 3, 2), wrong("表.xlsx", "出勤", 1, 3))
    copy = opened(data)["出勤"]
    assert (copy["C3"].value, copy["C3"].font.b, copy["C3"].number_format, copy["C3"].fill.fgColor.rgb) == ("=SUM(B3:B3)", True, "0.00", "FF00FF00")
    assert (copy["A4"].value, copy["A4"].data_type, str(copy["B4"].value)) == ("=1+1", "s", "一二三")
    assert [str(area) for area in copy.merged_cells.ranges] == ["A1:D1"]
    assert (copy.freeze_panes, copy.column_dimensions["B"].width > 30, copy.protection.sheet) == ("A3", True, True)
    assert len(copy.data_validations.dataValidation) == len(copy.conditional_formatting) == 1
    assert copy["B3"].comment.text.startswith("科长：已核对\n——退回意见——\n【错误】")
    assert copy["A1"].fill.fgColor.rgb == RED, "inside a merged range its first cell is marked"
    path = put(tmp_path, "回.xlsx", data)
    assert cells_of(path, "出勤")[2] == ["张三", 1.5, 1.5, "多"], "formulas keep their results, so that any reader sees them"


def followed_by(xml: str) -> bytes:
    """A tab with A1:B1, and something after its cells."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx("== 出勤\n姓名  病假"))) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"</sheetData>", f"</sheetData>{xml}".encode()))
    return target.getvalue()


@pytest.mark.parametrize("area", ["A1:B1", "A1:XFD1048576"])
def test_values_under_a_merged_range_are_kept_and_its_size_costs_nothing(area: str, tmp_path: Path) -> None:
    put(tmp_path, "表.xlsx", followed_by(f'<mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'))
    name, data = one(tmp_path, wrong("表.xlsx", row=1, column=2))
    assert name == "退回/表.xlsx"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet2.xml").decode()
        assert 'ref="A1"' in package.read("xl/comments/comment1.xml").decode(), "at the cell that is seen"
    assert "病假" in sheet
    assert f'<mergeCell ref="{area}"' in sheet


def test_warnings_are_yellow_and_an_error_at_the_same_cell_is_red(tmp_path: Path) -> None:
    put(tmp_path, "表.xlsx", xlsx(SHEET))
    soft = NO_ROWS.at(Cell("表.xlsx", "出勤", 4, 1), title="出勤汇总表"), NO_ROWS.at(Cell("表.xlsx", "出勤", 3, 3), title="出勤汇总表")
    sheet = opened(one(tmp_path, wrong("表.xlsx"), *soft)[1])["出勤"]
    assert (sheet["A4"].fill.fgColor.rgb, sheet["C3"].fill.fgColor.rgb) == (YELLOW, RED)
    assert sheet["C3"].comment.text.count("【") == 2


def test_a_problem_of_a_whole_row_colours_its_cells(tmp_path: Path) -> None:
    put(tmp_path, "表.xlsx", xlsx(SHEET))
    sheet = opened(one(tmp_path, wrong("表.xlsx", row=4, column=0))[1])["出勤"]
    assert [cell.fill.fgColor.rgb for cell in sheet[4]] == [RED] * 4
    assert sheet["A4"].comment is not None
    assert sheet["B4"].comment is None


def test_texts_never_become_formulas(tmp_path: Path) -> None:
    put(tmp_path, "表.xlsx", xlsx(SHEET))
    evil = '=HYPERLINK("http://x")_x0041_\x07'
    for name in ("表.xlsx", "表.xls"):
        problem = OVER_MAXIMUM.at(Cell(name, "出勤", 3, 3), evil, item="=1+1", found=evil, most=30)
        _, data = one(tmp_path, problem)
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            assert not any(b"<f>" in package.read(part) for part in package.namelist())
        path = put(tmp_path, "回.xlsx", data)
        assert any('=HYPERLINK("http://x")_x0041_\\u0007' in row for row in cells_of(path)), "and are read again as they were"


def test_only_files_with_errors_come_back_and_nothing_is_loaded_for_a_clean_run(tmp_path: Path) -> None:
    assert list(returned([NO_ROWS.at(Cell("表.xlsx"), title="出勤汇总表"), wrong("")], tmp_path)) == []
    code = (
        "import sys; from pathlib import Path; from appraisal.render.returned import returned\n"
        "list(returned([], Path())); print({'openpyxl', 'xlsxwriter'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


def test_names_are_legal_unique_and_readable(tmp_path: Path) -> None:
    files = ["2021-10/办公室.xlsx", "2021-10_办公室.xlsx", "2021-10/办公室.xls", "CON.xlsx", f"{'长' * 60}/{'𠮷' * 60}.xlsx", "a.b/c. .xlsx"]
    for file in files[:2]:
        put(tmp_path, file, xlsx(SHEET))
    names = [name.removeprefix("退回/") for name, _ in returned([wrong(file) for file in files], tmp_path)]
    assert len({name.casefold() for name in names}) == len(files)
    assert {"2021-10_办公室.xlsx", "2021-10_办公室(2).xlsx", "2021-10_办公室_问题清单.xlsx", "CON_问题清单.xlsx"} <= set(names)
    assert all(len(name.encode()) <= 255 and not set(name) & set('<>:"/\\|?*') for name in names)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    put(tmp_path, "表.xlsx", xlsx(SHEET + "王五 | 办公室 | < | <\n赵六 | < | 0 | ^"))
    code = (
        "import hashlib, sys; from pathlib import Path; from appraisal.model import Cell\n"
        "from appraisal.problems import NOT_A_NUMBER; from appraisal.render.returned import returned\n"
        "found = [NOT_A_NUMBER.at(Cell(file, '出勤', row, 3), '张三', item='病假', found='') for file in ('表.xlsx', '表.xls') for row in (3, 4, 6)]\n"
        "print(*(hashlib.sha256(data).hexdigest() for _, data in returned(found, Path(sys.argv[1]))))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("0", "UTC"), ("1", "Asia/Shanghai"), ("2", "UTC"))
    }
    assert len(said) == 1
    assert len(said.pop().split()) == 2


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed here")
def test_libreoffice_opens_a_copy_with_comments_and_colours_in_place(tmp_path: Path) -> None:
    put(tmp_path, "表.xlsx", redone(xlsx(SHEET), lambda sheet: setattr(sheet["B4"], "fill", PatternFill("solid", fgColor="FF00B0F0"))))
    path = put(tmp_path, "退回.xlsx", one(tmp_path, wrong("表.xlsx"), wrong("表.xlsx", row=4, column=4))[1])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "经过"), str(path)], check=True, capture_output=True, timeout=120
    )
    book = openpyxl.load_workbook(tmp_path / "经过" / "退回.xlsx")
    sheet = book["出勤"]
    assert [sheet[address].fill.fgColor.rgb for address in ("C3", "D4", "B4")] == [RED, RED, "FF00B0F0"]
    assert "【错误】张三的病假" in sheet["C3"].comment.text
    assert sheet["D4"].comment is not None
    assert book.worksheets[0].title == "退回说明"
    assert book.worksheets[0]["B5"].hyperlink.location.replace("$", "").replace("'", "") in ("出勤!C3", "出勤.C3")


# ---- a list instead ----------------------------------------------------------------------------------------------------
def with_part(name: str, data: bytes = b"x") -> bytes:
    target = io.BytesIO(xlsx(SHEET))
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(name, data)
    return target.getvalue()


def drawn_with(change: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("出勤")
    sheet.write_row("A1", ["姓名", 1, 2])
    change(book, sheet)
    book.close()
    return target.getvalue()


def chart(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    drawing = book.add_chart({"type": "column"})
    drawing.add_series({"values": "=出勤!$B$1:$C$1"})
    sheet.insert_chart("E1", drawing)


NOT_KEPT = {
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "text.csv": "姓名,病假\n张三,两天\n".encode("gb18030"),
    "empty.xlsx": b"",
    "broken.xlsx": xlsx(SHEET)[:-200],
    "truth.xlsx": b"PK\x03\x04" + os.urandom(300),
    "macro.xlsm": with_part("xl/vbaProject.bin"),
    "linked.xlsx": with_part("xl/externalLinks/externalLink1.xml", b"<x/>"),
    "object.xlsx": with_part("xl/embeddings/oleObject1.bin"),
    "image.xlsx": with_part("xl/media/image1.png"),
    "shape.xlsx": drawn_with(lambda _, sheet: sheet.insert_textbox("E1", "说明")),
    "chart.xlsx": drawn_with(chart),
    "button.xlsx": drawn_with(lambda _, sheet: sheet.insert_button("E1")),
    "sparkline.xlsx": drawn_with(lambda _, sheet: sheet.add_sparkline("E1", {"range": "出勤!B1:C1"})),
    "bars.xlsx": drawn_with(lambda _, sheet: sheet.conditional_format("B1:C1", {"type": "data_bar", "data_bar_2010": True})),
    "entities.xlsx": with_part("docProps/custom.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    "link.xlsx": followed_by('<hyperlinks><hyperlink ref="C5" location="出勤!A1"/></hyperlinks>'),
}


def test_a_comment_that_asks_ends_with_its_question_mark() -> None:
    assert (
        comment(NOT_ON_ROSTER.at(Cell("表.xlsx"), found="张叁", hint="，是不是“张三”？"))
        == "【错误】“张叁”不在人员名册里，是不是“张三”？请核对姓名；确有此人时请先补进人员名册。"
    )


@pytest.mark.parametrize("name", NOT_KEPT)
def test_what_openpyxl_would_lose_or_not_open_gets_a_list(name: str, tmp_path: Path) -> None:
    put(tmp_path, f"科室/{name}", NOT_KEPT[name])
    place, data = one(tmp_path, wrong(f"科室/{name}"), ENCRYPTED.at(Cell(f"科室/{name}"), why="读不出内容"))
    assert place == f"退回/科室_{name.partition('.')[0]}_问题清单.xlsx"
    path = put(tmp_path, "清单.xlsx", data)
    assert tabs_of(path) == ["退回说明"]
    rows = cells_of(path)
    assert rows[2] == ["级别", "单元格", "姓名", "问题", "改正办法"]
    assert [row[1] for row in rows[3:]] == ["整个文件", "C3（出勤）"]
    assert returned_of("退回说明", rows) == "", "a list that is dropped into input/ replaces nothing"


def test_a_file_that_is_gone_was_changed_or_is_a_link_gets_a_list(tmp_path: Path) -> None:
    path = put(tmp_path, "表.xlsx", xlsx(SHEET))
    (tmp_path / "链接.xlsx").symlink_to(path)
    assert "清单" in one(tmp_path, wrong("没有.xlsx"))[0]
    assert "清单" in one(tmp_path, wrong("链接.xlsx"))[0]
    (slip,) = returned([wrong("表.xlsx")], tmp_path, {"表.xlsx": "0" * 64})
    assert "清单" in slip[0]


def test_a_file_that_ends_or_stalls_its_worker_costs_that_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("the worker is provoked through a fork of this process")
    import appraisal.render.returned as package
    import appraisal.render.returned.copied as copied

    ordinary = copied.copied

    def provoked(path: Path, file: str, *rest: object) -> bytes | None:
        if file == "b.xlsx":
            os._exit(9)
        while file == "c.xlsx":
            pass
        if file == "d.xlsx":
            bytearray(3_000_000_000)
        return ordinary(path, file, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(copied, "copied", provoked)
    monkeypatch.setattr(package, "SECONDS", 1)
    files = ["a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx", "e.xlsx"]
    for file in files:
        put(tmp_path, file, xlsx(SHEET))
    for per_worker in (30, 2):
        monkeypatch.setattr(package, "PER_WORKER", per_worker)
        names = [name for name, _ in returned([wrong(file) for file in files], tmp_path)]
        assert names == [f"退回/{name}.xlsx" for name in ("a", "b_问题清单", "c_问题清单", "d_问题清单", "e")]


# ---- a corrected copy comes in -----------------------------------------------------------------------------------------
def test_a_corrected_copy_is_read_and_knows_its_original(tmp_path: Path, standard: Standard) -> None:
    path = put(tmp_path, "2021-10/出勤汇总表.xlsx", xlsx(SHEET))
    intake = taken_in(path, tmp_path, standard)
    copy = redone(one(tmp_path, *intake.problems)[1], lambda sheet: sheet.cell(3, 3, 2) and sheet.cell(4, 4, 0))
    again = put(tmp_path, "2021-10_出勤汇总表.xlsx", copy)
    mark = returned_of(tabs_of(again)[0], cells_of(again))
    assert Mark.parse(mark) == Mark("2021-10/出勤汇总表.xlsx", hashlib.sha256(path.read_bytes()).hexdigest())
    corrected = taken_in(again, tmp_path, standard)
    assert corrected.problems == ()
    assert [table.columns["病假"] for table in corrected.tables] == [(20_000, 0)]
    assert superseded([_arrival(intake, 1), _arrival(corrected, 2, mark)]).dropped[0].file == intake.file


def test_a_copy_with_mistakes_left_comes_back_with_new_marks_only(tmp_path: Path) -> None:
    put(tmp_path, "表.xlsx", xlsx(SHEET))
    put(tmp_path, "表_改.xlsx", one(tmp_path, wrong("表.xlsx"), wrong("表.xlsx", row=4, column=4))[1])
    data = one(tmp_path, wrong("表_改.xlsx", row=4, column=4))[1]
    book = opened(data)
    assert book.sheetnames == ["退回说明", "出勤"]
    assert book["出勤"]["C3"].comment is None
    assert book["出勤"]["C3"].fill.fill_type is None
    assert book["出勤"]["D4"].comment.text.count("【") == 1
    mark = Mark.parse(returned_of("退回说明", [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]))
    assert mark == Mark("表.xlsx", hashlib.sha256((tmp_path / "表.xlsx").read_bytes()).hexdigest())


def _arrival(intake: Intake, changed: float, mark: str = "") -> Arrival:
    return Arrival(intake.file, intake.sha256, changed, mark, bool(intake.tables))


def _settled(*said: tuple[str, str, float, str]) -> Settled:
    """Files as name, content, date and what they are a copy of (名|content)."""
    hashed = [(file, _hash(content), changed, Mark(of.partition("|")[0], _hash(of.partition("|")[2])) if of else "") for file, content, changed, of in said]
    return superseded(Arrival(file, digest, changed, str(mark)) for file, digest, changed, mark in hashed)


def _hash(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def test_the_newest_corrected_copy_wins() -> None:
    settled = _settled(("a.xlsx", "原", 9, ""), ("a1.xlsx", "一", 2, "a.xlsx|原"), ("a2.xlsx", "二", 3, "a.xlsx|原"), ("b.xlsx", "别", 1, ""))
    assert settled.kept == ("a2.xlsx", "b.xlsx")
    assert [(one.file, one.by) for one in settled.dropped] == [("a.xlsx", "a2.xlsx"), ("a1.xlsx", "a2.xlsx")]
    assert _settled(("x.xlsx", "一", 2, "a.xlsx|原"), ("y.xlsx", "二", 2, "a.xlsx|原")).kept == ("y.xlsx",), "the same date: by name"


def test_the_original_is_known_by_its_content() -> None:
    assert _settled(("改名.xlsx", "原", 9, ""), ("copy.xlsx", "一", 2, "a.xlsx|原")).kept == ("copy.xlsx",)
    settled = _settled(("a.xlsx", "又改过", 9, ""), ("copy.xlsx", "一", 2, "a.xlsx|原"))
    assert settled.kept == ("a.xlsx", "copy.xlsx")
    assert [(one.file, one.by) for one in settled.doubtful] == [("a.xlsx", "copy.xlsx")]


def test_a_copy_in_the_place_of_its_original_and_files_without_copies_change_nothing() -> None:
    assert _settled(("a.xlsx", "改", 9, "a.xlsx|原"), ("b.xlsx", "乙", 1, "")) == Settled(("a.xlsx", "b.xlsx"), (), ())


def test_a_copy_in_which_nothing_is_readable_replaces_nothing() -> None:
    files = [Arrival("a.xlsx", "0" * 64, 1, ""), Arrival("b.xlsx", "1" * 64, 2, str(Mark("a.xlsx", "0" * 64)), usable=False)]
    assert superseded(files).kept == ("a.xlsx", "b.xlsx")
