"""Times `blank` against a bare write of the same cells; prints Markdown.

`python bench/blank.py [--people 600] [--departments 40] [--runs 5]`. One roster, a quarter, the regulation of the
repository, once with its lists and weekly notes and once with every paper form. Each round makes all blanks, then
the floor writes as many workbooks with as many tabs and, in the same places, the same texts and the same empty
boxes, with two formats and nothing else: no merges, protection, drop-downs, limits, widths or page. The cells to
write are read out of the first round's blanks beforehand, by nobody's clock.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

import xlsxwriter
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from appraisal.deadlines import due_dates  # noqa: E402
from appraisal.directory import Directory, People  # noqa: E402
from appraisal.grade import grade  # noqa: E402
from appraisal.model import Cell as Place  # noqa: E402
from appraisal.model import Period, Person, Proposal, Standing  # noqa: E402
from appraisal.pipeline import calendar_of  # noqa: E402
from appraisal.policy.load import load_policy  # noqa: E402
from appraisal.render.blank import blanks  # noqa: E402

PERIOD = Period.quarter(2021, 4)
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
Tabs = list[tuple[str, list[tuple[int, int, str | float | None]]]]
"""Of one workbook: each tab's name and its cells, None for an empty box."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of making blanks, round by round."""

    name: str
    workbooks: int
    tabs: int
    cells: int
    megabytes: float
    made: list[float]
    floor: list[float]

    @property
    def row(self) -> str:
        ratios = sorted(made / floor for made, floor in zip(self.made, self.floor, strict=True))
        spread = f"{median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
        size = f"{self.workbooks:,} | {self.tabs:,} | {self.cells:,} | {self.megabytes:.1f}"
        return f"| {self.name} | {size} | {median(self.made):.2f} | {median(self.floor):.2f} | {spread} |"


def roster(people: int, departments: int) -> People:
    """So many people in so many departments of three units."""
    found = []
    for index in range(people):
        department = index * departments // people
        name = SURNAMES[index % 20] + GIVEN[index // 20 % 20] + GIVEN[index * 7 % 20]
        unit = ("机关", "第一分中心", "第二分中心")[department * 3 // departments]
        found.append(
            Person(index, name, f"第{department + 1:02}科", unit, Place("名册", "名册", index + 3, 1), f"{index:04}", "科员", "一级科员", band="科员级")
        )
    return People(Directory(tuple(found)), {}, {})


def read(files: dict[str, bytes]) -> list[Tabs]:
    """What stands in every cell of every workbook; a merged range counts as one."""
    books = []
    for data in files.values():
        book = load_workbook(io.BytesIO(data))
        books.append(
            [
                (
                    sheet.title,
                    [
                        (cell.row - 1, cell.column - 1, cell.value)
                        for row in sheet.iter_rows()
                        for cell in row
                        if isinstance(cell, Cell) and (cell.value is not None or cell.has_style)
                    ],
                )
                for sheet in book
            ]
        )
    return books


def bare(books: list[Tabs]) -> None:
    """The floor: the same cells, workbook by workbook."""
    for tabs in books:
        book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
        text, box = book.add_format({"border": 1}), book.add_format({"border": 1, "locked": False})
        for name, cells in tabs:
            sheet = book.add_worksheet(name)
            for row, column, value in cells:
                if value is None:
                    sheet.write_blank(row, column, None, box)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value, text)
                else:
                    sheet.write_number(row, column, float(value), text)
        book.close()


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(name: str, make: Callable[[], dict[str, bytes]], runs: int) -> Measured:
    files = make()
    books = read(files)
    made, floor = [], []
    for turn in range(runs):
        for which in ("made", "floor") if turn % 2 else ("floor", "made"):
            if which == "made":
                made.append(timed(make))
            else:
                floor.append(timed(lambda: bare(books)))
    cells = sum(len(cells) for tabs in books for _, cells in tabs)
    return Measured(name, len(books), sum(map(len, books)), cells, sum(map(len, files.values())) / 1e6, made, floor)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--departments", type=int, default=40)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    people = roster(options.people, options.departments)
    versions = f"Python {platform.python_version()}, xlsxwriter {version('xlsxwriter')}, load {os.getloadavg()[0]:.1f}"
    print(f"{options.people} people, {options.departments} departments, {PERIOD}; {versions}\n")
    print("| blanks | workbooks | tabs | cells | MB | blank CPU s | floor CPU s | blank ÷ floor |")
    print("|---|---|---|---|---|---|---|---|")
    for name, rules, forms in (
        ("温州, lists and weekly notes", "rules.yaml", False),
        ("温州, paper forms", "rules.yaml", True),
        ("济宁", "examples/jining-commerce/rules.yaml", False),
        ("市发改委", "examples/development-reform/rules.yaml", False),
    ):
        policy = load_policy(ROOT / rules)
        calendar = calendar_of(policy, PERIOD)

        def propose(person: Person, when: Period) -> Proposal:
            return grade(Standing(person, when), policy, calendar)[0]  # noqa: B023 - used within this round only

        dues = due_dates(policy, PERIOD, (), calendar)
        print(measure(name, lambda: blanks(people, policy, calendar, PERIOD, forms, propose=propose, dues=dues), options.runs).row, flush=True)  # noqa: B023


if __name__ == "__main__":
    main()
