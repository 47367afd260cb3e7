r"""Sheets drawn as text, workplaces that hold them, and what a run wrote, read back.

A drawing is what one sees on the screen:

    季度评价汇总表（2021年第4季度）
    姓名    科室    领导评价档次
    张三    办公室  好
    李四 | 办公室 |

Columns are separated by two blanks or by `|` (which also draws empty cells); `_` is an empty cell, `<` and `^` are merged with the
cell to the left and above, `'007` is text, `@2021-10-08` a real date, `\n` a line break. `== 名称` begins the next tab.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import xlsxwriter
from click.testing import CliRunner
from openpyxl import Workbook as Book
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules.yaml"
QUARTER = "2021Q4"
MONTHS = ("2021-10", "2021-11", "2021-12")

Value = str | float | dt.date


@dataclass(slots=True)
class Tab:
    """One drawn tab: its cells by (row, column) from 0, and its merged ranges (first row, first column, last row, last column)."""

    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


def draw(text: str) -> list[Tab]:
    """The tabs of a drawing."""
    tabs = [Tab("Sheet1")]
    lines: list[list[list[str]]] = [[]]
    for line in textwrap.dedent(text).strip("\n").split("\n"):
        if match := re.fullmatch(r"== (.+?)(（隐藏）)?\s*", line):
            if lines[-1]:
                tabs.append(Tab(""))
                lines.append([])
            tabs[-1].name, tabs[-1].hidden = match[1], bool(match[2])
        else:
            lines[-1].append(_tokens(line))
    for tab, rows in zip(tabs, lines, strict=True):
        _fill(tab, rows)
    return tabs


def _tokens(line: str) -> list[str]:
    parts = line.split("|") if "|" in line else re.split(r" {2,}", line.strip())
    return [part.strip(" ") for part in parts]


def _fill(tab: Tab, rows: list[list[str]]) -> None:
    for row, tokens in enumerate(rows):
        for column, token in enumerate(tokens):
            if token not in ("", "_", "<", "^"):
                tab.cells[row, column] = _value(token)
    for row, tokens in enumerate(rows):
        for column, token in enumerate(tokens):
            if token in ("<", "^"):
                continue
            right, down = column, row
            while right + 1 < len(tokens) and tokens[right + 1] == "<":
                right += 1
            while down + 1 < len(rows) and column < len(rows[down + 1]) and rows[down + 1][column] == "^":
                down += 1
            if (right, down) != (column, row):
                tab.merges.append((row, column, down, right))


def _value(token: str) -> Value:
    if token.startswith("'"):
        return token[1:]
    if token.startswith("@"):
        return dt.date.fromisoformat(token[1:])
    if re.fullmatch(r"-?\d+(\.\d+)?", token):
        return float(token)
    return token.replace("\\n", "\n")


@lru_cache(1024)
def xlsx(text: str, start: tuple[int, int] = (0, 0)) -> bytes:
    """A drawing as a workbook; `start` moves it down and to the right."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2021, 10, 8)})  # noqa: DTZ001 - the format knows no zones
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    down, along = start
    for tab in draw(text):
        sheet = book.add_worksheet(tab.name)
        if tab.hidden:
            sheet.hide()
        for top, left, bottom, right in tab.merges:
            sheet.merge_range(top + down, left + along, bottom + down, right + along, "")
        for (row, column), value in tab.cells.items():
            if isinstance(value, dt.date):
                sheet.write_datetime(row + down, column + along, dt.datetime.combine(value, dt.time()), day)
            elif isinstance(value, str):
                sheet.write_string(row + down, column + along, value)
            else:
                sheet.write_number(row + down, column + along, value)
    book.close()
    return target.getvalue()


# ---- reading back ------------------------------------------------------------------------------------------------------


@lru_cache(128)
def looked_at(data: bytes) -> Book:
    """A workbook to look at, and only to look at: whoever changes one opens it anew."""
    return load_workbook(io.BytesIO(data))


def cells_of(path: Path, tab: str | None = None) -> list[list[object]]:
    """All rows of a tab (the first unless named), from A1 on."""
    with CalamineWorkbook.from_path(path) as book:
        sheet = book.get_sheet_by_index(0) if tab is None else book.get_sheet_by_name(tab)
        return [list(row) for row in sheet.to_python(skip_empty_area=False)]


def tabs_of(path: Path) -> list[str]:
    with CalamineWorkbook.from_path(path) as book:
        return list(book.sheet_names)


def plainly(value: object) -> str:
    """A cell as one reads it: 3.0 → 3."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def records(path: Path, tab: str | None = None) -> list[dict[str, str]]:
    """A list with its header in row 1, as one dict a row."""
    head, *rows = cells_of(path, tab)
    return [dict(zip(map(str, head), map(plainly, row), strict=True)) for row in rows if any(cell != "" for cell in row)]


@dataclass(frozen=True)
class FilingForm:
    """附件4 read back: the numbers of each row in the order of the form, and the words below."""

    title: str
    period: str
    rows: dict[str, tuple[int, ...]]
    ratio: str
    unit: str
    remark: str
    everything: str

    @classmethod
    def read(cls, path: Path, tab: str | None = None) -> FilingForm:
        cells = cells_of(path, tab)
        texts = [str(cell) for row in cells for cell in row if isinstance(cell, str) and cell]
        numbers = {
            str(row[0]): tuple(int(cell) for cell in row[1:] if isinstance(cell, float)) for row in cells if any(isinstance(cell, float) for cell in row)
        }
        below = {
            label: next((str(cell) for cell in row[place + 1 :] if cell != ""), "")
            for row in cells
            for place, label in enumerate(row)
            if isinstance(label, str)
        }
        title = next(text for text in texts if "备案表" in text)
        period = next(text for text in texts if text.startswith("（") and "20" in text)
        return cls(title, period, numbers, below["好等次比例"], below["呈报单位"].split("\n")[0], below["备注"], "\n".join(texts))


@dataclass(frozen=True)
class NameList:
    """附件5 read back: (序号, 姓名, 所在处（科）, 职务职级, 考核等次, 备注) of each line."""

    title: str
    lines: list[tuple[str, ...]]
    everything: str

    @classmethod
    def read(cls, path: Path, tab: str | None = None) -> NameList:
        cells = cells_of(path, tab)
        texts = [str(cell) for row in cells for cell in row if isinstance(cell, str) and cell]
        lines = [tuple(map(plainly, row[:6])) for row in cells if isinstance(row[0], float)]
        return cls(next(text for text in texts if "名单表" in text), lines, "\n".join(texts))

    @property
    def grades(self) -> dict[str, str]:
        return {line[1]: line[4] for line in self.lines}

    @property
    def notes(self) -> dict[str, str]:
        return {line[1]: line[5] for line in self.lines}


@dataclass(frozen=True)
class Outcome:
    """One call of the program: what it said, how it ended, and what it wrote."""

    exit_code: int
    said: str
    folder: Path

    @property
    def lines(self) -> list[str]:
        return self.said.splitlines()

    def file(self, name: str) -> Path:
        return self.folder / name

    @cached_property
    def ledger(self) -> list[dict[str, str]]:
        return records(self.file("考核台账.xlsx"), "考核结果")

    def of(self, name: str) -> dict[str, str]:
        """The one line of the ledger about a person."""
        found = [line for line in self.ledger if line["姓名"] == name]
        assert len(found) == 1, f"{name}在台账里有 {len(found)} 行"
        return found[0]

    @property
    def grades(self) -> dict[str, str]:
        return {line["姓名"]: line["考核等次"] for line in self.ledger}

    @cached_property
    def problems(self) -> list[dict[str, str]]:
        return records(self.file("问题清单.xlsx"))

    @property
    def errors(self) -> list[dict[str, str]]:
        return [problem for problem in self.problems if problem["级别"] == "错误"]

    @property
    def codes(self) -> set[str]:
        return {problem["代码"] for problem in self.problems}

    def places(self, code: str) -> list[str]:
        """Where a fault was found: 文件!工作表!单元格."""
        return ["!".join(part for part in (line["文件"], line["工作表"], line["单元格"]) if part) for line in self.problems if line["代码"] == code]

    def filing(self, tab: str | None = None) -> FilingForm:
        return FilingForm.read(self.file("备案表.xlsx"), tab)

    def names(self, tab: str | None = None) -> NameList:
        return NameList.read(self.file("名单表.xlsx"), tab)

    @cached_property
    def seats(self) -> list[dict[str, str]]:
        return records(self.file("考核台账.xlsx"), "比例和名额")


# ---- workplaces --------------------------------------------------------------------------------------------------------


class Workplace:
    """A temporary workplace: its own rules.yaml and input/, the official templates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "input").mkdir(parents=True)
        shutil.copy(RULES, folder / "rules.yaml")

    @property
    def input(self) -> Path:
        return self.folder / "input"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def put(self, name: str, drawing: str | bytes, start: tuple[int, int] = (0, 0)) -> Path:
        """Drops a drawing (or bytes as they are) into input/."""
        path = self.input / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawing if isinstance(drawing, bytes) else xlsx(drawing, start))
        return path

    def change_rules(self, *changes: tuple[str, str]) -> None:
        """Replaces words of rules.yaml; each must stand there exactly once."""
        (self.folder / "rules.yaml").write_text(changed_rules(RULES, changes), encoding="utf-8")

    def run(self, *words: str) -> Outcome:
        """`process.py --at HERE run …` within this process."""
        return self.call(*(words or ("run", QUARTER)))

    def call(self, *words: str) -> Outcome:
        from process import main

        result = CliRunner().invoke(main, ["--at", str(self.folder), *words], catch_exceptions=False)
        return Outcome(result.exit_code, result.output, self.folder_of(words))

    def folder_of(self, words: Sequence[str]) -> Path:
        return self.output / (words[1] if len(words) > 1 else QUARTER)

    def spawn(self, *words: str, **environment: str) -> Outcome:
        """The same as a process of its own."""
        done = subprocess.run(
            self.command(*words), cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment}, capture_output=True, text=True, encoding="utf-8"
        )
        return Outcome(done.returncode, done.stdout + done.stderr, self.folder_of(words))

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(ROOT / "process.py"), "--at", str(self.folder), *words]


def changed_rules(path: Path, changes: Sequence[tuple[str, str]]) -> str:
    """The text of a rules.yaml with words replaced; each must stand there exactly once."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"“{old}”在 {path.name} 里出现 {text.count(old)} 次"
        text = text.replace(old, new)
    return text


def attendance(leave: Mapping[str, str], names: Sequence[str], period: str) -> str:
    """An 出勤汇总表 of one month: everybody present but those in `leave` (name → '病假 5', or several joined by 、)."""
    kinds = ("病假", "事假", "旷工", "年休", "法定假", "加班补休")
    rows = []
    for name in names:
        days = dict(part.split() for part in leave.get(name, "").split("、") if part)
        assert days.keys() <= set(kinds), days
        rows.append(" | ".join([name, *(days.get(kind, "") for kind in kinds)]))
    return "\n".join([f"出勤汇总表（{period}）", " | ".join(["姓名", *kinds]), *rows])


def form(name: str, grade: str, *, tick: str = "√", department: str = "办公室", opinion: str = "", quarter: str = "第（ 4 ）季度") -> str:
    """A paper form 附件3 with one box (or several, 好、较好) ticked by the leader."""
    grades = ("好", "较好", "一般", "较差")
    unknown = set(grade.split("、")) - set(grades)
    assert not unknown - {""}, unknown
    marks = " | ".join(tick if known in grade.split("、") else "" for known in grades)
    return "\n".join(
        [
            "干部日常考评季度评价表 |  |  |  |  | ",
            f"{quarter} |  |  |  |  | ",
            f"姓名 | {name} |  | 所属处室/分支机构 |  | ",
            f"科室 | {department} |  | 职务 |  | ",
            "个人自评 | 主要工作亮点及成效 | 完成季度任务 |  |  | ",
            " | 自评档次 | 好 | 较好 | 一般 | 较差",
            " |  |  | √ |  | ",
            "领导评价 | 领导评价档次 | 好 | 较好 | 一般 | 较差",
            f" |  | {marks}",
            f" | 领导意见栏 | {opinion} |  |  | ",
        ]
    )


def files_below(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, by relative path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def shown_in(everything: Sequence[str]) -> Iterator[str]:
    """The problem lines of what the program said."""
    return (line for line in everything if line.startswith(("【错误】", "【警告】")))
