"""The official forms of the sample quarter, cell by cell: `pytest --update-golden` writes tests/golden anew, and git shows what changed."""

from __future__ import annotations

import datetime as dt
import difflib
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from drawn import ROOT, Workplace
from openpyxl.worksheet.worksheet import Worksheet

GOLDEN = Path(__file__).parent / "golden"
FORMS = ["备案表.xlsx", "名单表.xlsx", "分单位/瑞安分中心/备案表.xlsx", "分单位/瑞安分中心/名单表.xlsx"]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workplace = Workplace(tmp_path_factory.mktemp("样本") / "考核")
    shutil.rmtree(workplace.input)
    shutil.copytree(ROOT / "input", workplace.input)
    return workplace.run().folder


def dump(path: Path) -> str:
    """A workbook as text: per tab its page, its merges, and every cell that holds something with type and number format."""
    book = openpyxl.load_workbook(path)
    return "\n".join(line for sheet in book.worksheets for line in _tab(sheet)) + "\n"


def _tab(sheet: Worksheet) -> Iterator[str]:
    page = sheet.page_setup
    yield f"== {sheet.title}"
    yield f"print area {sheet.print_area or '-'} · repeated rows {sheet.print_title_rows or '-'}"
    yield f"paper {page.paperSize} · {page.orientation} · centred {sheet.print_options.horizontalCentered}"
    yield f"merged {' '.join(sorted(map(str, sheet.merged_cells.ranges), key=lambda name: (len(name), name))) or '-'}"
    yield f"row breaks {' '.join(str(mark.id) for mark in sheet.row_breaks.brk) or '-'}"
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                value = cell.value.isoformat() if isinstance(cell.value, dt.date) else cell.value
                font = cell.font
                yield f"{cell.coordinate} {cell.data_type} {cell.number_format} {font.name} {font.size:g} | {str(value).replace(chr(10), '⏎')}"
    yield ""


@pytest.mark.parametrize("name", FORMS)
def test_the_form_is_as_it_was(output: Path, name: str, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{name.removesuffix('.xlsx').replace('/', '·')}.txt"
    got = dump(output / name)
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(got, encoding="utf-8")
    wanted = golden.read_text(encoding="utf-8")
    assert got == wanted, "\n".join(difflib.unified_diff(wanted.splitlines(), got.splitlines(), "golden", "now", lineterm="", n=0))


def test_every_golden_file_belongs_to_a_form() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name.removesuffix('.xlsx').replace('/', '·')}.txt" for name in FORMS}


@pytest.mark.parametrize("name", FORMS)
def test_forms_hold_values_not_formulas(output: Path, name: str) -> None:
    for sheet in openpyxl.load_workbook(output / name).worksheets:
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds
        assert kinds & {"s", "n", "inlineStr"}


def test_the_forms_look_like_the_paper(output: Path) -> None:
    """A4, title in 方正小标宋简体, two header rows with 考核结果 over five columns, places for 盖章 and 年月日, the footnote."""
    for sheet in openpyxl.load_workbook(output / "备案表.xlsx").worksheets:
        texts = {str(cell.value): cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
        title = next(cell for text, cell in texts.items() if "公务员平时考核结果备案表" in text)
        assert title.font.name == "方正小标宋简体"
        assert int(sheet.page_setup.paperSize) == 9
        above = texts["考核结果"]
        merged = next(area for area in sheet.merged_cells.ranges if above.coordinate in area)
        assert (merged.size["columns"], merged.size["rows"]) == (5, 1)
        below = [str(sheet.cell(merged.max_row + 1, column).value) for column in range(merged.min_col, merged.max_col + 1)]
        assert below == ["好等次人数", "较好等次人数", "一般等次人数", "较差等次人数", "不确定等次人数"]
        everything = "".join("".join(texts).split())
        assert "盖章" in everything
        assert "年月日" in everything
        assert "20日前报办公室（人事处）备案" in everything
    for sheet in openpyxl.load_workbook(output / "名单表.xlsx").worksheets:
        assert sheet.print_title_rows, "the header is repeated on every page"
