"""The mess that needs a real workbook or a whole run: formatted empty rows, formulas as names, impossible tab names, everything at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from drawn import MONTHS, Workplace, attendance, tabs_of
from test_mess import MESSES, Mess, policy_of

from appraisal.read import read_book
from appraisal.recognise import recognise
from appraisal.validate import validate

CLEAN = ("郑一", "郑二", "郑四")


def test_16_ten_thousands_of_formatted_empty_rows() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet, bordered = book.add_worksheet(), book.add_format({"border": 1})
    for row, values in enumerate((["出勤汇总表（2021-10）"], ["姓名", "病假"], ["张三", 1])):
        sheet.write_row(row, 0, values)
    for row in range(3, 20_000):
        sheet.write_blank(row, 0, None, bordered)
        sheet.write_blank(row, 1, None, bordered)
    sheet.write_row(20_000, 0, ["李四", 2])
    book.close()
    standard = policy_of("wenzhou", "")[1]
    read, problems = read_book(target.getvalue(), "出勤.xlsx")
    (found,), more = recognise(read, standard)
    table, faults = validate(found, standard)
    assert (*problems, *more, *faults) == ()
    assert (table.names, table.rows) == (("张三", "李四"), (3, 20_001))


HOSTILE = ("=1+1", "{{7*7}}", "+1", "@SUM", "{% for %}", "<b>x</b>")


def test_74_names_and_remarks_that_are_formulas_or_templates_stay_text(workplace: Workplace) -> None:
    everyone = [*HOSTILE, *CLEAN]
    workplace.put("人员名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务职级 | 备注", *(f"'{name} | 办公室 | 一级科员 | =2+2" for name in everyone)]))
    rows = [f"'{name} | 较好 | {{{{7*7}}}}" for name in everyone]
    workplace.put("评价.xlsx", "\n".join(["季度评价汇总表（2021Q4）", "姓名 | 领导评价档次 | 领导意见", *rows]))
    for month in MONTHS:
        workplace.put(f"{month}.xlsx", attendance({}, [f"'{name}" for name in everyone], month))
    done = workplace.run()
    assert done.exit_code == 0, done.said
    assert set(done.grades) == set(everyone)
    for path in done.folder.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as package:
            for part in package.namelist():
                if part.startswith("xl/worksheets/"):
                    assert b"<f>1+1" not in package.read(part)
                    assert b"<f>2+2" not in package.read(part)
    assert "49" not in {cell for line in done.ledger for cell in line.values()}


def outside(workplace: Workplace) -> set[Path]:
    """Everything near the workplace that is not output."""
    return {path for path in workplace.folder.parent.rglob("*") if workplace.output not in (path, *path.parents)}


UNITS = ("..\\..\\x", "CON", "长" * 200, "a/b:c*?[d]", "一处", "一处 ")


def test_75_departments_that_are_no_tab_or_file_names(workplace: Workplace) -> None:
    people = [f"甲{chr(ord('一') + number)}" for number in range(len(UNITS))]
    rows = [f"{name} | {unit} | 办公室 | 一级科员" for name, unit in zip(people, UNITS, strict=True)]
    workplace.put("人员名册.xlsx", "\n".join(["人员名册", "姓名 | 呈报单位 | 科室 | 职务职级", *rows]))
    workplace.put("评价.xlsx", "\n".join(["季度评价汇总表（2021Q4）", "姓名 | 领导评价档次", *(f"{name} | 较好" for name in people)]))
    for month in MONTHS:
        workplace.put(f"{month}.xlsx", attendance({}, people, month))
    before = outside(workplace)
    done = workplace.run()
    assert done.exit_code == 0, done.said
    assert {path.name for path in outside(workplace) - before} <= {"archive.sqlite"}
    assert set(done.grades) == set(people)
    names = tabs_of(done.file("备案表.xlsx"))
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(name) <= 31 and not set(name) & set("\\/?*[]:") for name in names)


# ---- all at once -------------------------------------------------------------------------------------------------------


def _one_of_each() -> Iterator[tuple[Mess, str]]:
    """One drawing of each row of the catalogue under 温州, its people renamed so that no two meet."""
    seen: set[str] = set()
    for mess in MESSES:
        if mess.run or mess.rules != "wenzhou" or mess.vocabulary or mess.file.endswith(".csv") or mess.row in seen:
            continue
        seen.add(mess.row)
        mark = chr(0x5000 + len(seen))
        drawing = mess.sheet
        for name in ("张三", "李四", "王五"):
            drawing = drawing.replace(name, f"{name[0]}{mark}{name[1]}")
        yield mess, drawing


@pytest.fixture(name="everything")
def _everything(workplace: Workplace) -> Workplace:
    messes = list(_one_of_each())
    people = [f"{name[0]}{chr(0x5000 + number)}{name[1]}" for number in range(1, len(messes) + 1) for name in ("张三", "李四", "王五")]
    workplace.put("人员名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务职级", *(f"{name} | 办公室 | 一级科员" for name in [*people, *CLEAN])]))
    for number, (mess, drawing) in enumerate(messes):
        folder, _, name = mess.file.rpartition("/")
        workplace.put(f"{number}/{folder}/{name}" if folder else f"{number}/{name}", drawing)
    workplace.put("干净/评价.xlsx", "\n".join(["季度评价汇总表（2021Q4）", "姓名 | 领导评价档次", *(f"{name} | 较好" for name in CLEAN)]))
    for month in MONTHS:
        workplace.put(f"干净/{month}.xlsx", attendance({}, CLEAN, month))
    return workplace


def test_one_of_each_kind_in_one_folder(everything: Workplace) -> None:
    done = everything.run()
    assert done.exit_code == 1, done.said
    assert {done.grades[name] for name in CLEAN} == {"较好"}
    assert all(line["文件"] for line in done.errors if line["代码"] not in ("missing-sheet", "missing-input"))
    assert len(done.grades) == 3 * len(list(_one_of_each())) + len(CLEAN)
