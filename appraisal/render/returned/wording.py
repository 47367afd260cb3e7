"""The words of a return slip: titles, what to do, and each problem as the cells of a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from appraisal.problems import Problem

COLUMNS = (("级别", 7), ("单元格", 24), ("姓名", 14), ("问题", 60), ("改正办法", 50))
COPY = (
    "请按下表改正：有问题的单元格已标色并加了批注（红色是错误，必须改正；黄色是警告，请核对）。"
    "改好后放回 input 文件夹，原文件名不变；以改正的这一份为准，原来的一份不再使用。"
)
_LIKE_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
LIST = "这个文件不能逐格标注（格式较旧、已加密或损坏、过大，或含有图片、图表、宏等内容）。请打开原文件，按下表改正，改好后放回 input 文件夹，原文件名不变。"


def heading(file: str, problems: Sequence[Problem]) -> str:
    """退回说明：“2021-10/办公室.xlsx”有 3 处错误、1 处警告."""
    return f"退回说明：“{clean(file)}”有 {counted(problems)}"


def counted(problems: Iterable[Problem]) -> str:
    """3 处错误、1 处警告."""
    found = [problem.is_error for problem in problems]
    errors = sum(found)
    return "、".join(f"{count} 处{word}" for count, word in ((errors, "错误"), (len(found) - errors, "警告")) if count)


def place(problem: Problem) -> str:
    """F7（测评表）, or the tab alone. Never ends with the name of the tab: a tab is often named like a standard sheet."""
    if not problem.cell.sheet:
        return "整个文件"
    return f"{problem.cell.address or '整表'}（{clean(problem.cell.sheet)}）"


def line(problem: Problem) -> tuple[str, ...]:
    """The cells of a problem, in the order of COLUMNS."""
    return problem.severity.value, place(problem), clean(problem.name), clean(problem.text), clean(problem.remedy)


def comment(problem: Problem) -> str:
    """A problem as a comment at its cell says it."""
    stop = "" if problem.text.endswith(("？", "！")) else "。"
    return clean(f"【{problem.severity}】{problem.text}{stop}{problem.remedy}。")


def clean(text: str) -> str:
    """Text any workbook can hold, on one line: what cannot be printed is shown as its code point."""
    return "".join(char if char.isprintable() else " " if char in "\n\r\t" else f"\\u{ord(char):04x}" for char in text)


def stored(text: str) -> str:
    """Text as openpyxl must be given it: Excel would take _x0041_ for an A."""
    return _LIKE_ESCAPE.sub("_x005F_", text)[:32_000]


def lines_of(text: str, half_widths: int) -> int:
    """How many lines a text takes in so many half-width characters."""
    return sum(max(1, -(-sum(1 if char < "\u2000" else 2 for char in part) // half_widths)) for part in text.split("\n"))


def height(problem: Problem) -> float:
    """How high the line of a problem must be, in points."""
    most = max(lines_of(text, width - 1) for text, (_, width) in zip(line(problem), COLUMNS, strict=True))
    return min(15.0 * most + 3, 400)
