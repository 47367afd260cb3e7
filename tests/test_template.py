"""The filler of official forms: what it keeps, what it moves, what it refuses. Everything is read back by other programs."""

from __future__ import annotations

import io
import re
import runpy
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Font
from python_calamine import CalamineWorkbook

from appraisal.render.heights import line_count
from appraisal.render.layout import Block, Layout
from appraisal.render.tab_names import tab_names
from appraisal.render.template import Tab, Template, TemplateError

_TOOL = runpy.run_path(str(Path(__file__).parent.parent / "tools" / "draw_templates.py"))
templates, fixed_bytes = _TOOL["templates"], _TOOL["fixed_bytes"]

Drawing = Callable[[Any], None]


@pytest.fixture
def drawn(tmp_path: Path) -> Callable[[Drawing], Template]:
    """Draws a template with openpyxl and loads it."""

    def draw(drawing: Drawing) -> Template:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "表"
        drawing(sheet)
        book.save(tmp_path / "模板.xlsx")
        return Template.load(tmp_path / "模板.xlsx")

    return draw


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """The official forms, freshly drawn."""
    folder = tmp_path_factory.mktemp("templates")
    for name, book in templates().items():
        (folder / name).write_bytes(fixed_bytes(book))
    return {path.stem: Template.load(path) for path in folder.iterdir()}


def cells(**texts: object) -> Drawing:
    def draw(sheet: Any) -> None:
        for address, text in texts.items():
            sheet[address] = text

    return draw


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def grid(data: bytes, sheet: int = 0) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(sheet).to_python(skip_empty_area=False)


def part(data: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


def person(number: int, name: str = "王小明", **more: object) -> SimpleNamespace:
    return SimpleNamespace(number=number, name=name, department="办公室", rank="科员", grade="好", note="", count=2, **more)


def name_list(*people: object) -> dict[str, object]:
    return {"mark": "", "period_title": "2021年度第4季度", "unit": "市中心", "people": people, "footnote": "注：无。"}


def filing(unit: str = "市中心", remark: str = "", rows: int = 3) -> dict[str, object]:
    counts = {"total": 3, "due": 3, "good": 1, "fair": 2, "ordinary": 0, "poor": 0, "ungraded": 0, "absent": None}
    return {
        "mark": "【草稿】",
        "period_title": "2021年度第4季度",
        "rows": [SimpleNamespace(name=f"档{number}", **counts) for number in range(rows)],
        "sum": SimpleNamespace(name="合计", **counts),
        "ratio": "33.33%（1/3）",
        "unit": unit,
        "remark": remark,
        "footnote": "注：此表……备案。",
    }


# values


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (7, 7),
        (0, 0),
        (Decimal("39.13"), 39.13),
        (2.5, 2.5),
        (None, None),
        ("", None),
        ("007", "007"),
        (True, "是"),
        (False, "否"),
        (date(2021, 10, 8), "2021年10月8日"),
        (330302199001011234, "330302199001011234"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("+1", "+1"),
        ("@x", "@x"),
        ("{{ 7 - 7 }}{% for x in y %}", "{{ 7 - 7 }}{% for x in y %}"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        pytest.param("a\x00b\x1bc\ud800\uffff", "a\ufffdb\ufffdc\ufffd\ufffd", id="control characters"),
        ("  前后  ", "  前后  "),
        ("甲\r\n乙", "甲\n乙"),
        ("_x0041_", "_x0041_"),
        ("𠮷", "𠮷"),
    ],
)
def test_a_cell_that_is_one_expression_keeps_the_type(drawn: Callable[[Drawing], Template], value: object, read: object) -> None:
    data = drawn(cells(A1="{{ x }}", B1="{{x}}。")).fill([Tab("a", {"x": value})])
    sheet = opened(data).active
    assert sheet["A1"].value == read
    assert sheet["A1"].data_type in ("n", "s")
    assert sheet["B1"].value == f"{'' if read is None else read}。"
    assert "<f>" not in part(data, "xl/worksheets/sheet1.xml")
    assert grid(data)[0][0] == ("" if read is None else read)


def test_a_date_is_a_date_only_in_a_cell_drawn_for_dates(drawn: Callable[[Drawing], Template]) -> None:
    def draw(sheet: Any) -> None:
        sheet["A1"] = sheet["B1"] = "{{ day }}"
        sheet["A1"].number_format = 'yyyy"年"m"月"'
        sheet["B1"].number_format = '0.00"d"'

    data = drawn(draw).fill([Tab("a", {"day": date(2021, 10, 8)})])
    assert opened(data).active["A1"].value.date() == date(2021, 10, 8)
    assert grid(data)[0] == [date(2021, 10, 8), "2021年10月8日"]


@pytest.mark.parametrize("value", [float("nan"), Decimal("Infinity"), object(), [1], "长" * 32768, print])
def test_what_no_cell_can_hold_is_an_error_with_its_cell(drawn: Callable[[Drawing], Template], value: object) -> None:
    with pytest.raises(TemplateError, match=r"模板.xlsx!表!B2："):
        drawn(cells(B2="{{ x }}")).fill([Tab("a", {"x": value})])


# repeated rows


def test_rows_repeat_and_everything_below_moves(drawn: Callable[[Drawing], Template]) -> None:
    def draw(sheet: Any) -> None:
        cells(A1="标题", A3="{% for p in people %}{{ loop.index }}", B3="{{ p.name }}", B4="共{{ p.n }}分{% endfor %}", A5="合计", A7="落款")(sheet)
        for area in ("A1:C1", "A3:A4", "A5:B6", "B7:C7"):
            sheet.merge_cells(area)
        sheet.row_dimensions[3].height = 33
        sheet["B3"].font = Font(bold=True)
        sheet.conditional_formatting.add("B3:B4", openpyxl.formatting.rule.FormulaRule(formula=['B3="甲"'], font=Font(bold=True)))
        sheet.conditional_formatting.add("B5:B7", openpyxl.formatting.rule.FormulaRule(formula=["AND(B5>0,$A$1>LOG10(1))"]))
        choice = openpyxl.worksheet.datavalidation.DataValidation(type="list", formula1='"好,A7"')
        choice.add("B4")
        choice.add("C7")
        sheet.add_data_validation(choice)
        sheet.row_breaks.append(openpyxl.worksheet.pagebreak.Break(id=4))
        sheet.row_breaks.append(openpyxl.worksheet.pagebreak.Break(id=6))
        sheet.print_area = "A1:C7"
        sheet.print_title_rows = "1:2"

    template = drawn(draw)
    people = [SimpleNamespace(name=name, n=number) for number, name in enumerate("甲乙丙", 1)]
    sheet = opened(template.fill([Tab("a", {"people": people})])).active
    assert [[cell.value for cell in row[:2]] for row in sheet.iter_rows(3, 8)] == [
        [1, "甲"],
        [None, "共1分"],
        [2, "乙"],
        [None, "共2分"],
        [3, "丙"],
        [None, "共3分"],
    ]
    assert (sheet["A9"].value, sheet["A11"].value, sheet.dimensions) == ("合计", "落款", "A1:C11")
    assert sorted(map(str, sheet.merged_cells.ranges)) == ["A1:C1", "A3:A4", "A5:A6", "A7:A8", "A9:B10", "B11:C11"]
    assert [sheet.row_dimensions[row].height for row in range(3, 10)] == [33, None, 33, None, 33, None, None]
    assert sheet["B7"].font.bold
    assert {str(area.sqref): area.rules[0].formula[0] for area in sheet.conditional_formatting} == {
        "B3:B8": 'B3="甲"',
        "B9:B11": "AND(B9>0,$A$1>LOG10(1))",
    }
    assert str(sheet.data_validations.dataValidation[0].sqref) in ("B4 B6 B8 C11", "B4 C11 B6 B8")
    assert sheet.data_validations.dataValidation[0].formula1 == '"好,A7"'
    assert [line.id for line in sheet.row_breaks.brk] == [4, 6, 8, 10]
    assert sheet.print_area == "'a'!$A$1:$C$11"
    assert sheet.print_title_rows == "$1:$2"

    empty = opened(template.fill([Tab("a", {"people": []})])).active
    assert (empty["A3"].value, empty.print_area) == ("合计", "'a'!$A$1:$C$5")
    assert sorted(map(str, empty.merged_cells.ranges)) == ["A1:C1", "A3:B4", "B5:C5"]


def test_the_rows_after_else_are_there_only_for_an_empty_list(forms: dict[str, Template]) -> None:
    template = forms["名单表"]
    full, empty = (opened(template.fill([Tab("a", name_list(*people))])).active for people in ([person(1), person(2)], []))
    assert [row[1].value for row in full.iter_rows(6, 7)] == ["王小明", "王小明"]
    assert full["A8"].value == empty["A7"].value == "注：无。"
    assert empty["A6"].value == "无"
    assert "A6:F6" in map(str, empty.merged_cells.ranges)
    assert "A6:F6" not in map(str, full.merged_cells.ranges)


def test_a_layout_follows_ranges_around_and_inside_blocks() -> None:
    layout = Layout({Block(3, 4, 5): 3, Block(8, 8, 8): 0})
    assert layout.spans(1, 3) == [(1, 3), (5, 5), (7, 7)]
    assert layout.spans(1, 9) == [(1, 11)]
    assert layout.spans(5, 5) == layout.spans(8, 8) == []
    assert layout.copies(3, 4) == [(3, 4), (5, 6), (7, 8)]
    assert layout.copies(2, 6) == [(2, 9)]
    assert layout.formula("SUM($B$6:B7,名单!C1)+'B 9'!A1&\"A9\"+B9") == "SUM($B$9:B10,名单!C1)+'B 9'!A1&\"A9\"+B11"
    assert layout.ranges("A:B C9:D1048576") == "A:B C11:D1048576"


# tabs


def test_each_tab_has_its_own_print_area_titles_and_values(forms: dict[str, Template]) -> None:
    tabs = [Tab(f"单位'{number}", name_list(*map(person, range(number)))) for number in (1, 5, 30)]
    data = forms["名单表"].fill(tabs)
    book = opened(data)
    assert book.sheetnames == ["单位'1", "单位'5", "单位'30"]
    assert [sheet.print_area for sheet in book] == [f"'单位''{number}'!$A$1:$F${number + 6}" for number in (1, 5, 30)]
    assert {sheet.print_title_rows for sheet in book} == {"$5:$5"}
    assert [bool(sheet.sheet_view.tabSelected) for sheet in book] == [True, False, False]
    assert [sheet.page_setup.orientation for sheet in book] == ["portrait"] * 3
    assert all(sheet.oddFooter.center.text == "第 &P 页，共 &N 页" for sheet in book)
    assert [len(grid(data, index)) for index in range(3)] == [7, 11, 36]


def test_tab_names_become_legal_and_different() -> None:
    wishes = ["鹿城/分:局[1]", "A" * 40, "a" * 35, "history", "'引'", "", "表", "𠮷" * 20, "\x01二"]
    names = tab_names(wishes)
    assert names == ["鹿城／分：局【1】", "A" * 31, "a" * 28 + "(2)", "history_", "引", "表", "表(2)", "𠮷" * 15, "二"]
    assert len({name.casefold() for name in tab_names(["甲"] * 1200)}) == 1200


def test_tabs_come_from_the_sheet_they_ask_for(drawn: Callable[[Drawing], Template]) -> None:
    def draw(sheet: Any) -> None:
        sheet["A1"] = "一 {{ x }}"
        second = sheet.parent.create_sheet("第二张")
        second["A1"] = "二 {{ x }}"
        second.print_area = "A1:B2"

    template = drawn(draw)
    book = opened(template.fill([Tab("甲", {"x": 1}, "第二张"), Tab("乙", {"x": 2}), Tab("丙", {"x": 3}, "第二张")]))
    assert [sheet["A1"].value for sheet in book] == ["二 1", "一 2", "二 3"]
    assert [sheet.print_area for sheet in book] == ["'甲'!$A$1:$B$2", "", "'丙'!$A$1:$B$2"]
    with pytest.raises(TemplateError, match="没有工作表“第二”，是不是“第二张”"):
        template.fill([Tab("甲", {}, "第二")])


# mistakes in templates


def test_an_unknown_name_is_named_with_its_cell_and_the_nearest_word(drawn: Callable[[Drawing], Template]) -> None:
    template = drawn(cells(A1="{{ unti }}", B2="{% for p in people %}{{ p.nmae }} {{ loop.idx }}{% endfor %}", B3="{{ p }}"))
    with pytest.raises(TemplateError) as caught:
        template.check(["unit", "people"], {"people": ["name", "number"]})
    assert str(caught.value).splitlines() == [
        "模板.xlsx!表!A1：{{ unti }} 里的“unti”不认识，是不是“unit”？",
        "模板.xlsx!表!B2：{{ p.nmae }} 里的“nmae”不认识，是不是“name”？",
        "模板.xlsx!表!B2：{{ loop.idx }} 里的“idx”不认识，是不是“index”？",
        "模板.xlsx!表!B3：{{ p }} 里的“p”不认识，可以用的有：people、unit。",
    ]
    with pytest.raises(TemplateError, match=r"A1.*“unti”不认识，是不是“unit”"):
        template.fill([Tab("a", {"unit": "", "people": []})])


def test_an_unknown_field_is_found_at_the_latest_when_filling(drawn: Callable[[Drawing], Template]) -> None:
    template = drawn(cells(A1="{% for p in people %}{{ p.number }}", B1="{{ p.nmae }}{% endfor %}"))
    with pytest.raises(TemplateError, match=r"B1：.*p.nmae.*“nmae”不认识，是不是“name”"):
        template.fill([Tab("a", {"people": [person(1)]})])
    template = drawn(cells(A1="{{ p.number }}", B1="{{ p.nmae ~ p.name }}"))
    with pytest.raises(TemplateError, match=r"B1：.*“nmae”不认识，是不是“name”"):
        template.fill([Tab("a", {"p": person(1)})])


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 9 }}",
        "{{ 2 ** 9 }}",
        "{{ '%9d' % 1 }}",
        "{{ x.upper() }}",
        "{{ x.__class__ }}",
        "{{ x | center(9) }}",
        "{{ [x] | map('format', 1) }}",
        "{{ x | attr('a') }}",
        "{{ {'a': 1} }}",
        "{{ range(9) }}",
        "{{ 'a' if x }}",
        "{{ x is odd_ }}",
        "{{ x",
        "{{ }}",
        "{{ x }} }}",
        "{% if x %}{{ x }}{% endif %}",
        "{% for p in x %}",
        "{% endfor %}",
        "{% for p in x if p %}{{ p }}{% endfor %}{% for",
        "{% for a, b in x %}{{ a }}{% endfor %}",
        "{% set x = 1 %}",
        "{# x #}",
        "=1+1",
    ],
)
def test_what_an_expression_may_not_be_is_refused_with_its_cell(drawn: Callable[[Drawing], Template], text: str) -> None:
    with pytest.raises(TemplateError, match=r"模板.xlsx!表!C3：") as caught:
        drawn(cells(C3=text)).fill([Tab("a", {"x": ["a"]})])
    assert re.search("[一-龥]", str(caught.value))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ x.a + 1 - y }}", 2),
        ("{{ x['a'] }}", 3),
        ("{{ '是' if x.a > 2 and not n else '非' }}", "是"),
        ("{{ words | join('、') }}", "甲、乙"),
        ("{{ words | length }}", 2),
        ("{{ n | default('无', true) }}", "无"),
        ("{{- x.a -}}", 3),
        ("{{ -y }}", -2),
        ("{{ '甲' in words }}", "是"),
        ("{{ words[0] ~ y }}", "甲2"),
        ("{{ words is defined }}", "是"),
        ("{{ 5 }}", 5),
    ],
)
def test_what_an_expression_may_be(drawn: Callable[[Drawing], Template], text: str, result: object) -> None:
    data = drawn(cells(A1=text)).fill([Tab("a", {"x": {"a": 3}, "y": 2, "n": None, "words": ["甲", "乙"]})])
    assert opened(data).active["A1"].value == result


def test_broken_files_and_what_would_be_lost_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    for junk in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"\0" * 600):
        path.write_bytes(junk)
        with pytest.raises(TemplateError, match=r"模板.xlsx：打不开"):
            Template.load(path)

    def refused(message: str, drawing: Callable[[Any, Any], object]) -> None:
        book = xlsxwriter.Workbook(path)
        drawing(book, book.add_worksheet("表"))
        book.close()
        with pytest.raises(TemplateError, match=message):
            Template.load(path)

    def chart(book: Any, sheet: Any) -> None:
        made = book.add_chart({"type": "column"})
        made.add_series({"values": "=表!$A$1:$A$2"})
        sheet.insert_chart("C1", made)

    refused("图表", chart)
    refused("超链接", lambda _, sheet: sheet.write_url("A1", "https://example.com"))
    refused("表格", lambda _, sheet: sheet.add_table("A1:B3"))
    refused("公式", lambda _, sheet: sheet.write_formula("A1", "=B1"))
    refused("名称", lambda book, _: book.add_worksheet("乙") and book.define_name("x", "=表!$A$1+乙!$A$1"))
    refused("引用了工作表", lambda _, sheet: sheet.data_validation("A1", {"validate": "list", "source": "=乙!$A$1:$A$3"}))
    refused("页眉页脚", lambda _, sheet: sheet.set_header("&C{{ x }}"))
    refused("批注", lambda _, sheet: [sheet.write_comment("A2", "在重复行里"), sheet.write("A2", "{% for p in x %}{{ p }}{% endfor %}")])
    refused("只有一部分", lambda _, sheet: [sheet.merge_range("A2:A3", ""), sheet.write("B3", "{% for p in x %}"), sheet.write("B4", "{{ p }}{% endfor %}")])


# templates as other programs write them


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    )


def test_pictures_comments_and_header_images_go_with_every_tab(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "模板.xlsx")
    sheet = book.add_worksheet("表")
    sheet.write("A1", "{% for p in people %}{{ p }}{% endfor %}")
    sheet.write("A3", "落款")
    sheet.insert_image("B5", "seal.png", {"image_data": io.BytesIO(png()), "object_position": 2})
    sheet.write_comment("A3", "请盖章")
    sheet.set_header("&L&[Picture]", {"image_left": "seal.png", "image_data_left": io.BytesIO(png())})
    sheet.insert_textbox("D5", "文本框")
    sheet.autofilter("A2:B3")
    book.add_worksheet("不用的").insert_image("A1", "x.png", {"image_data": io.BytesIO(png())})
    book.set_properties({"title": "样表"})
    book.close()
    data = Template.load(tmp_path / "模板.xlsx").fill([Tab("甲", {"people": [1, 2, 3]}), Tab("乙", {"people": []}), Tab("丙", {"people": [1]})])

    archive = zipfile.ZipFile(io.BytesIO(data))
    names = set(archive.namelist())
    assert sum(name.startswith("xl/drawings/drawing") for name in names) == 3
    assert sum(name.endswith(".vml") for name in names) == 6
    assert "不用的" not in part(data, "docProps/app.xml")
    for number, shift in ((1, 2), (2, -1), (3, 0)):
        (drawing,) = re.findall(r'drawing" Target="/([^"]+)"', part(data, f"xl/worksheets/_rels/sheet{number}.xml.rels"))
        assert re.findall(r"<xdr:row>(\d+)<", part(data, drawing))[0] == str(4 + shift)
        assert "文本框" in part(data, drawing)
    for name in names:  # every relation leads to a part, every part has a type
        for target in re.findall(r'Target="/([^"]+)"', archive.read(name).decode() if name.endswith(".rels") else ""):
            assert target in names
    types = part(data, "[Content_Types].xml")
    assert all(f'"/{name}"' in types or f'"{name.rpartition(".")[2]}"' in types for name in names)
    sheets = opened(data).worksheets
    assert [sheet["A5" if index == 0 else "A2" if index == 1 else "A3"].comment.text for index, sheet in enumerate(sheets)] == ["请盖章"] * 3
    assert [sheet.auto_filter.ref for sheet in sheets] == ["A4:B5", "A1:B2", "A2:B3"]


def test_rich_text_keeps_its_fonts(drawn: Callable[[Drawing], Template]) -> None:
    bold = InlineFont(b=True)

    def draw(sheet: Any) -> None:
        sheet["A1"] = CellRichText("第", TextBlock(bold, "{{ x }}"), "季度")
        sheet["A2"] = CellRichText("不变的", TextBlock(bold, "粗体"))

    data = drawn(draw).fill([Tab("a", {"x": 4})])
    rich = openpyxl.load_workbook(io.BytesIO(data), rich_text=True).active
    assert rich is not None
    assert str(rich["A1"].value) == "第4季度"
    assert [block.text for block in rich["A1"].value if isinstance(block, TextBlock)] == ["4"]
    assert str(rich["A2"].value) == "不变的粗体"
    with pytest.raises(TemplateError, match="A1：有不成对的"):
        drawn(lambda sheet: sheet.__setitem__("A1", CellRichText("{{ ", TextBlock(bold, "x }}"))))


def test_inline_strings_and_odd_cells_are_read_too(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "模板.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet("表")
    sheet.write_row(0, 0, ["标题", 1.5, True, "{{ x }}"])
    book.close()
    assert grid(Template.load(tmp_path / "模板.xlsx").fill([Tab("a", {"x": "值"})])) == [["标题", 1.5, True, "值"]]


# fonts, heights, bytes, speed


def test_a_rare_character_gets_a_font_that_has_it(forms: dict[str, Template]) -> None:
    sheet = opened(forms["名单表"].fill([Tab("a", name_list(person(1, "李玥"), person(2, "王小明")))])).active
    assert (sheet["B6"].font.name, sheet["B7"].font.name) == ("仿宋", "仿宋_GB2312")
    same = [(cell.font.size, cell.font.charset, cell.alignment.wrap_text, cell.border.left.style) for cell in (sheet["B6"], sheet["B7"])]
    assert same == [(12, 134, True, "thin")] * 2


def test_heights_grow_with_the_text_and_never_shrink(forms: dict[str, Template]) -> None:
    def height(remark: str) -> float:
        sheet = opened(forms["备案表"].fill([Tab("a", filing(remark=remark))])).active
        return float(sheet.row_dimensions[11].height)

    drawn_height = height("")
    assert drawn_height == height("一句话。") == 120
    assert height("\n".join(["一行"] * 8)) >= 8 * 16
    assert height("一行字" * 80) > drawn_height
    assert height("很长" * 5000) == 409
    assert line_count("一二三四五六\n七", 3) == 3
    assert line_count("一二三，四", 3) == 2


def test_rows_without_a_height_are_left_to_the_program_that_opens_them(drawn: Callable[[Drawing], Template]) -> None:
    def draw(sheet: Any) -> None:
        for address in ("A1", "A2", "A3"):
            sheet[address] = "{{ x }}"
            sheet[address].alignment = Alignment(wrap_text=True)
        sheet.merge_cells("A2:B2")
        sheet.merge_cells("A3:B4")

    sheet = opened(drawn(draw).fill([Tab("a", {"x": "字" * 60})])).active
    assert sheet.row_dimensions[1].height is None
    assert sheet.row_dimensions[2].height > 60
    assert sheet.row_dimensions[3].height == sheet.row_dimensions[4].height > 30


def test_the_same_values_give_the_same_bytes(forms: dict[str, Template]) -> None:
    first, second = (forms["备案表"].fill([Tab("甲", filing()), Tab("乙", filing("乙", "很\n长"))]) for _ in range(2))
    assert first == second
    assert {item.date_time for item in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "1980-01-01T00:00:00Z</dcterms:modified>" in part(first, "docProps/core.xml")
    assert {name: fixed_bytes(book) for name, book in templates().items()} == {name: fixed_bytes(book) for name, book in templates().items()}


def test_five_thousand_people_are_listed_quickly(forms: dict[str, Template]) -> None:
    people = [person(number, f"姓名{number}") for number in range(1, 5001)]
    start = time.perf_counter()
    data = forms["名单表"].fill([Tab("a", name_list(*people))])
    assert time.perf_counter() - start < 2  # about 0.2 where it was written
    rows = grid(data)
    assert len(rows) == 5006
    assert rows[5][:2] == [1, "姓名1"]
    assert rows[5004][:2] == [5000, "姓名5000"]


# the official forms


def test_the_filing_form_has_the_headings_of_the_paper(forms: dict[str, Template]) -> None:
    sheet = opened(forms["备案表"].fill([Tab("a", filing(rows=4))])).active
    texts = [cell.value for row in sheet.iter_rows(2, 5) for cell in row if cell.value]
    results = ["好等次人数", "较好等次人数", "一般等次人数", "较差等次人数", "不确定等次人数"]
    assert texts == ["公务员平时考核结果备案表", "（2021年度第4季度）", "职务职级", "公务员总数", "应参加考核人数", "考核结果", "未参加考核人数", *results]
    assert [cell.value for cell in sheet[6]] == ["档0", 3, 3, 1, 2, 0, 0, 0, None]
    assert [sheet.cell(row, 1).value for row in range(10, 13)] == ["合计", "好等次比例", "呈报单位"]
    assert (sheet["A1"].value, sheet["B11"].value, sheet["E12"].value) == ("【草稿】", "33.33%（1/3）", "备注")
    assert sheet.print_area == "'a'!$A$1:$I$13"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize), sheet.print_options.horizontalCentered) == ("landscape", 9, True)


@pytest.mark.parametrize(
    ("form", "title", "fifth"),
    [
        ("名单表", "公务员平时考核好、一般、较差、不确定等次、未参加考核人员名单表", "考核等次"),
        ("好等次2次以上名单表", "公务员平时考核好等次2次以上人员名单表", "“好”次数"),
    ],
)
def test_the_lists_have_the_headings_of_the_paper(forms: dict[str, Template], form: str, title: str, fifth: str) -> None:
    names = ["mark", "period_title", "unit", "people", "footnote"]
    forms[form].check(names, {"people": ["number", "name", "department", "rank", "grade", "count", "note"]})
    sheet = opened(forms[form].fill([Tab("a", name_list(person(1)))])).active
    assert sheet["A2"].value == title
    assert [cell.value for cell in sheet[5]] == ["序号", "姓名", "所在处（科）", "职务职级", fifth, "备注"]
    assert sheet["A4"].value == "呈报单位（盖章）：市中心"
    assert (sheet["A2"].font.name, sheet["A2"].font.size) == ("方正小标宋简体", 22)


def test_damaged_templates_are_refused_and_never_crash(tmp_path: Path, forms: dict[str, Template]) -> None:
    data = forms["名单表"].fill([Tab("a", name_list(person(1)))])
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: archive.read(name) for name in archive.namelist()}
    path = tmp_path / "模板.xlsx"
    refused = set()
    for name, good in parts.items():
        for damage in (b"", good[: len(good) // 2], good.replace(b"1", b"97"), good.replace(b'r="', b'q="'), None):
            changed = parts | {name: damage}
            with zipfile.ZipFile(path, "w") as target:
                for other, content in changed.items():
                    if content is not None:
                        target.writestr(other, content)
            try:
                Template.load(path).fill([Tab("a", name_list(person(1)))])
            except TemplateError:
                refused.add(name)
    assert {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"} <= refused
