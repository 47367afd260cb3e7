"""Every kind of problem by its smallest example (tests/problems.yaml): provoked here, printed in docs/problems.md."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import spoiled
from drawn import MONTHS, ROOT, xlsx
from openpyxl import load_workbook
from regulation import policy_with
from ruamel.yaml import YAML

from appraisal.corrected import without_superseded
from appraisal.discover import discover
from appraisal.intake import Intake, Listed, listed, take_in
from appraisal.intake.one_file import read_file
from appraisal.notation import parse_period
from appraisal.pipeline import appraise, calendar_of
from appraisal.problems import Problem
from appraisal.render.returned import Mark
from appraisal.result import Received
from appraisal.standard import Standard

ROSTER = """
人员名册
姓名  科室    职务职级
张三  办公室  一级科员
李四  办公室  一级科员
"""
OTHERWISE = {
    "评价.xlsx": "季度评价汇总表（2021Q4）\n姓名  领导评价档次\n张三  较好\n李四  较好",
    **{f"{int(month[-2:])}月.xlsx": f"出勤汇总表（{month}）\n姓名  病假\n张三  0\n李四  0" for month in MONTHS},
}
"""What a case with `with_input` has handed in, so that everybody can be graded."""


@dataclass(frozen=True)
class Example:
    """The smallest input that provokes a fault, and the line the clerk reads."""

    code: str
    reads: str = ""
    sheets: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    then: str = ""
    shows: str = ""
    with_input: bool = False
    also: tuple[str, ...] = ()
    rules: str = "rules.yaml"
    period: str = "2021Q4"


def examples() -> list[Example]:
    said: list[dict[str, Any]] = YAML(typ="safe").load((Path(__file__).parent / "problems.yaml").read_text(encoding="utf-8"))
    return [Example(**{**one, "also": tuple(one.get("also", ()))}) for one in said]


def provoke(example: Example, folder: Path) -> tuple[Problem, ...]:
    """All problems of a workplace that holds nothing but the example."""
    sheets = {} if example.then == "no roster" else {"人员名册.xlsx": ROSTER}
    sheets |= (OTHERWISE if example.with_input else {}) | dict(example.sheets)
    for name, drawing in sheets.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(xlsx(drawing))
    for name, kind in example.made.items():
        (folder / name).write_bytes(spoiled.MADE[kind]())
    period = parse_period(example.period)
    assert period is not None
    policy, standard = policy_with(ROOT / example.rules, (), folder.parent)
    around = {"reader dies": deadly("出勤.xlsx"), "folder locked": locked("办公室")}
    reading = take_in if example.then == "reader dies" else _here
    with around.get(example.then, nullcontext()):
        received = _received(folder, standard, MEANWHILE.get(example.then, lambda _: None), reading)
    return appraise(received, policy, calendar_of(policy, period), period).problems


NOBODY = ThreadPoolExecutor(1)
"""Stands where readers would: it starts nothing until it is given work."""


def _here(found: Listed, standard: Standard) -> Iterator[Intake]:
    """As the workers read, without one."""
    return (read_file(file, standard) for file in found.files)


def _received(
    folder: Path,
    standard: Standard,
    meanwhile: Callable[[Path], object],
    reading: Callable[[Listed, Standard], Iterator[Intake]],
) -> Received:
    if meanwhile is not change:
        meanwhile(folder)
    with listed(folder) if reading is take_in else nullcontext(Listed(*discover(folder), NOBODY)) as found:
        if meanwhile is change:
            meanwhile(folder)
        intakes, doubts = without_superseded(tuple(reading(found, standard)))
    return Received(intakes, (*found.problems, *doubts, *(problem for intake in intakes for problem in intake.problems)), found.leftovers)


def change(folder: Path) -> None:
    """Somebody saves the file between the listing of the folder and the reading."""
    path = folder / "出勤.xlsx"
    state = path.stat()
    path.write_bytes(xlsx("出勤汇总表（2021-10）\n姓名  病假\n张三  2"))
    os.utime(path, (state.st_atime, state.st_mtime + 10))


def give_back(folder: Path) -> None:
    """The corrected copy of the sheet comes in beside the sheet itself."""
    sheet = folder / "出勤.xlsx"
    _copy_of(folder, hashlib.sha256(sheet.read_bytes()).hexdigest())


def change_and_give_back(folder: Path) -> None:
    """The same, but the sheet is no longer the one that was sent back."""
    _copy_of(folder, "0" * 64)


def _copy_of(folder: Path, digest: str) -> None:
    book = load_workbook(io.BytesIO(xlsx("== 退回说明\n退回说明\n== 出勤\n出勤汇总表（2021-10）\n姓名  病假\n张三  1")))
    book["退回说明"]["A3"] = str(Mark("出勤.xlsx", digest))
    book.save(folder / "改正.xlsx")


def link(folder: Path) -> None:
    (folder / "出勤.xlsx").symlink_to(folder / "人员名册.xlsx")


def misname(folder: Path) -> None:
    """A name in GBK, as some programs unpack it from an archive."""
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xb3\xf6\xc7\xda.xlsx"))).write_bytes(b"x")


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Nobody may look into the folder of this name."""
    look = os.scandir

    def refuse(path: str | Path) -> Any:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied")
        return look(path)

    with patch.object(os, "scandir", refuse):
        yield


@contextmanager
def deadly(name: str) -> Iterator[None]:
    """Reading the file of this name ends the worker at once, with the words of a native program on its way out."""
    from appraisal.read import read_book

    def die(data: bytes, file: str, *more: Any) -> object:
        if file == name:
            os.write(2, b"memory allocation of 96000000000000 bytes failed\n")
            os.abort()
        return read_book(data, file, *more)

    with patch("appraisal.intake.one_file.read_book", die):
        yield


MEANWHILE: dict[str, Callable[[Path], object]] = {
    "opened": lambda folder: (folder / "~$出勤.xlsx").write_bytes(b"x"),
    "changed": change,
    "linked": link,
    "misnamed": misname,
    "given back": give_back,
    "changed and given back": change_and_give_back,
}
"""What must happen besides the sheets, by the word in `then`."""
