"""What the manual tells, really done: the samples are copied, sheets are dropped in and put right, and every command is run.

`docs/使用手册.md` quotes what is said here; `make_pictures.py` and the manual's test look at the same runs.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

ROOT = Path(__file__).resolve().parent.parent
QUARTERS = {1: ("01", "02", "03"), 2: ("04", "05", "06"), 3: ("07", "08", "09"), 4: ("10", "11", "12")}
IN_TIME = 1_577_836_800
"""2020-01-01, as the date on which a sheet was saved."""
ATTENDANCE = "姓名 科室 病假 事假 旷工 年休 法定假 加班补休"
TEAM = {"江一帆": "乡科级正职", "方小满": "乡科级副职", "温如玉": "一级科员", "陆清和": "一级科员", "洪亮": "一级科员", "白雪松": "一级科员"}
ADDRESSES = (
    ("市考核办", "上级主管", "kaohe@example.gov.cn"),
    *((unit, "呈报单位", f"{name}@example.gov.cn") for unit, name in (("机关", "jiguan"), ("瑞安分中心", "ruian"), ("乐清分中心", "yueqing"))),
    ("机关 办公室（人事处）", "科室", "bangongshi@example.gov.cn"),
    ("机关 归集管理处", "科室", "guiji@example.gov.cn"),
)
MAIL = """host: 127.0.0.1
port: 9
from: pingshi@example.gov.cn
domains: [example.gov.cn]
"""
"""A server that is not there."""


@dataclass(frozen=True, slots=True)
class Said:
    """One command, what it said, and how it ended."""

    command: str
    text: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Workplace:
    """A workplace of the story, and everything said in it."""

    folder: Path
    said: list[Said] = field(default_factory=list)

    @property
    def input(self) -> Path:
        return self.folder / "input"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def call(self, *words: str) -> Said:
        """`process.py --at HERE …`, within this process."""
        if str(ROOT) not in sys.path:
            sys.path.insert(0, str(ROOT))
        from process import main

        ended = CliRunner().invoke(main, ["--at", str(self.folder), *words], catch_exceptions=False)
        said = Said(" ".join(words), ended.output, ended.exit_code)
        self.said.append(said)
        return said

    def put(self, name: str, rows: Iterable[Sequence[str | float | None]]) -> None:
        """Drops a small sheet into input/."""
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(list(row))
        path = self.input / name
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)

    def change(self, name: str, tab: str, cells: Mapping[str, str | float | None]) -> None:
        """Types into cells of a sheet in input/."""
        book = load_workbook(self.input / name)
        for address, value in cells.items():
            book[tab][address] = value
        book.save(self.input / name)


@dataclass(frozen=True, slots=True)
class Story:
    """All workplaces by the name of their chapter."""

    chapters: Mapping[str, Workplace]

    def __getitem__(self, name: str) -> Workplace:
        return self.chapters[name]

    @property
    def text(self) -> str:
        """Everything said in all chapters."""
        return "\n".join(said.text for workplace in self.chapters.values() for said in workplace.said)


def tell(folder: Path) -> Story:
    """Does everything, below an empty folder."""
    tellers = {
        "first": _first,
        "faulty": _faulty,
        "contested": _contested,
        "scored": _scored,
        "year": _year,
        "wrong": _wrong,
    }
    return Story({name: teller(folder / name) for name, teller in tellers.items()})


def _copy(example: Path, folder: Path) -> Workplace:
    """A workplace with an example's rules and input, handed in before anything was due."""
    shutil.copytree(example / "input", folder / "input")
    for path in (folder / "input").rglob("*.xlsx"):
        os.utime(path, (IN_TIME, IN_TIME))
    shutil.copy(example / "rules.yaml", folder / "rules.yaml")
    return Workplace(folder)


# ---- the sample as it comes --------------------------------------------------------------------------------------------
def _first(folder: Path) -> Workplace:
    """The quarter without a fault, blanks, mail, and a year of which three quarters lack."""
    place = _copy(ROOT, folder)
    place.call("rules")
    place.call("blank", "2021Q4")
    place.call("check", "2021Q4")
    place.call("run", "2021Q4")
    place.call("explain", "夏雨晴", "2021Q4")
    place.call("explain", "陈伟", "2021Q4")
    place.call("explain", "019", "2021Q4")
    place.call("explain", "陈伟", "2021Q4", "--department", "信贷科")
    place.call("mail", "2021Q4")
    place.put("通讯录.xlsx", [("对象", "类别", "收件人", "抄送"), *((*line, None) for line in ADDRESSES)])
    place.call("mail", "2021Q4")
    place.call("mail", "2021Q4", "--send")
    (folder / "mail.yaml").write_text(MAIL, encoding="utf-8")
    place.call("mail", "2021Q4", "--send")
    place.change("通讯录.xlsx", "Sheet", {"C2": "beian@example.gov.cn"})
    place.call("mail", "2021Q4", "--send")
    place.call("run", "2021")
    _change_text(folder / "rules.yaml", "share: 40%", "share: 35%")
    place.call("rules")
    return place


# ---- departments' mistakes ---------------------------------------------------------------------------------------------
def _faulty(folder: Path) -> Workplace:
    """Two ticks, a word for a number and a month that did not come; the copies sent back come in corrected, and the month.

    After the final run, a number turns out to be wrong.
    """
    place = _copy(ROOT, folder)
    place.change("2021Q4/机关/稽核审计处季度评价表.xlsx", "方琳", {"C10": "√"})
    place.change("2021-12/机关/归集管理处出勤汇总表.xlsx", "出勤", {"D6": "三天"})
    late = place.input / "乐清分中心" / "出勤汇总表2021-12.xlsx"
    late.rename(folder / "late.xlsx")
    place.call("check", "2021Q4")
    place.call("run", "2021Q4")
    place.call("explain", "方琳", "2021Q4")
    place.put("通讯录.xlsx", [("对象", "类别", "收件人"), *ADDRESSES])
    place.call("mail", "2021Q4")
    shutil.copytree(place.output / "2021Q4", folder / "draft")
    (folder / "late.xlsx").rename(late)
    for copy in (folder / "draft" / "退回").iterdir():
        shutil.copy(copy, place.input / copy.name)
    place.change("2021Q4_机关_稽核审计处季度评价表.xlsx", "方琳", {"C10": None})
    place.change("2021-12_机关_归集管理处出勤汇总表.xlsx", "出勤", {"D6": 3})
    place.call("run", "2021Q4")
    place.change("2021-12_机关_归集管理处出勤汇总表.xlsx", "出勤", {"D6": 1})
    place.call("run", "2021Q4")
    return place


# ---- what the leaders sign ---------------------------------------------------------------------------------------------
def _contested(folder: Path) -> Workplace:
    """A branch has more 好 than seats; the leaders choose."""
    place = _copy(ROOT, folder)
    _all_good(place.input / "乐清分中心" / "季度评价汇总表2021年第4季度.xlsx")
    place.call("run", "2021Q4")
    shutil.copytree(place.output / "2021Q4", folder / "draft")
    shutil.copy(place.output / "2021Q4" / "审定表.xlsx", place.input / "审定表.xlsx")
    chosen = {"I5": "好", "I6": "较好", "I7": "好", "I8": "较好", "I9": "较好"}
    place.change("审定表.xlsx", "审定表", {**chosen, "C2": "何建国", "E2": "2022-01-10"})
    place.call("run", "2021Q4")
    place.change("审定表.xlsx", "审定表", {f"J{row}": "班子会议研究，好等次 2 个名额" for row in (6, 8, 9)})
    place.call("run", "2021Q4")
    place.call("explain", "卢燕", "2021Q4")
    return place


def _all_good(path: Path) -> None:
    book = load_workbook(path)
    sheet = book.worksheets[0]
    column = next(cell.column for row in sheet.iter_rows(max_row=8) for cell in row if cell.value == "领导评价档次")
    for row in sheet.iter_rows(min_row=3):
        if row[column - 1].value == "较好":
            row[column - 1].value = "好"
    book.save(path)


def _scored(folder: Path) -> Workplace:
    """Monthly scores that the leaders must approve; two people tie for the last seat."""
    place = _copy(ROOT / "examples" / "jining-commerce", folder)
    place.call("check", "2020Q2")
    place.call("run", "2020Q2")
    shutil.copytree(place.output / "2020Q2", folder / "draft")
    shutil.copy(place.output / "2020Q2" / "审定表.xlsx", place.input / "审定表（签）.xlsx")
    book = load_workbook(place.input / "审定表（签）.xlsx")
    sheet = book.worksheets[0]
    sheet["C2"], sheet["E2"] = "周国华", "2020-07-06"
    for row in range(5, 8):
        sheet.cell(row, 9).value = sheet.cell(row, 8).value
    book.save(place.input / "审定表（签）.xlsx")
    place.call("run", "2020Q2")
    return place


# ---- a small office through a year -------------------------------------------------------------------------------------
def _year(folder: Path) -> Workplace:
    """Six people, four quarters, an investigation that ends without a sanction, the year."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "rules.yaml", folder / "rules.yaml")
    place = Workplace(folder)
    place.put("人员名册.xlsx", [("人员名册",), ("姓名", "科室", "职务职级"), *((name, "综合科", rank) for name, rank in TEAM.items())])
    circumstances = [("特殊情形表",), ("姓名", "情形", "开始日期", "结束日期", "依据"), ("洪亮", "立案调查", "2021-05-10", None, "纪立〔2021〕3号")]
    place.put("特殊情形表.xlsx", circumstances)
    for number, months in QUARTERS.items():
        for month in months:
            place.put(f"出勤{month}.xlsx", [(f"出勤汇总表（2021-{month}）",), tuple(ATTENDANCE.split()), *((name, "综合科") for name in TEAM)])
        graded = [(name, "综合科", "好" if turn in (number % 6, 0) else "较好") for turn, name in enumerate(TEAM)]
        place.put(f"评价{number}.xlsx", [(f"季度评价汇总表（2021Q{number}）",), ("姓名", "科室", "领导评价档次"), *graded])
        if number == 4:
            place.put("特殊情形表.xlsx", [*circumstances[:2], ("洪亮", "立案调查", "2021-05-10", "2021-11-05", "纪立〔2021〕3号，不予处分")])
        place.call("run", f"2021Q{number}")
    place.call("run", "2021Q2")
    place.call("run", "2021Q3")
    place.call("run", "2021")
    return place


# ---- what can go wrong -------------------------------------------------------------------------------------------------
def _wrong(folder: Path) -> Workplace:
    """Every message of the manual's last chapter that can be provoked on any machine."""
    place = _copy(ROOT, folder)
    place.call("run", "去年冬天")
    place.call("blank", "2021")
    place.call("mail", "2021")
    place.call("mail", "2021Q4")
    place.call("explain", "夏雨清", "2021Q4")
    place.call("run", "2031Q1")
    place.call("new", str(folder))
    place.call("new", str(folder / "new"), "--like", "hangzhou")
    _change_text(place.folder / "rules.yaml", "\ncap:", "\ncatp:")
    place.call("check", "2021Q4")
    _change_text(place.folder / "rules.yaml", "\ncatp:", "\ncap:")
    with _running(place.output):
        place.call("run", "2021Q4")
    (place.input / "工作总结.docx").write_bytes(b"PK")
    (place.input / "出勤汇总表2021年10月.xlsx").touch()
    place.put("来表.xlsx", [("出勤汇总表（2021-10）",), ("姓名", "科室", "病假"), ("夏雨情", "归集管理处", 1), ("陈伟", None, 1)])
    place.put("小结.xlsx", [("姓名", "科室", "病假", "事假", "旷工"), ("夏雨晴", "归集管理处", 1, None, None)])
    place.call("check", "2021Q4")
    (place.folder / "archive.sqlite").write_bytes(b"?" * 4096)
    place.call("run", "2021Q4")
    shutil.rmtree(place.input)
    place.input.mkdir()
    place.call("run")
    place.call("check", "2021Q4")
    place.call("blank", "2021Q4")
    return place


def _change_text(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@contextmanager
def _running(output: Path) -> Iterator[None]:
    """Somebody else's run, as long as this lasts."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from appraisal.held import held

    with held(output):
        yield
