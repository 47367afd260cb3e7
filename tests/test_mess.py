"""Every kind of mess in the catalogue (shared/mess.md), as drawn sheets in tests/mess/: what is read, and exactly what is said."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from drawn import ROOT, xlsx
from msgspec.structs import replace
from ruamel.yaml import YAML

from appraisal.intake import Intake
from appraisal.model import UNIT, Table, number
from appraisal.notation import parse_period
from appraisal.pipeline import appraise, calendar_of
from appraisal.policy.load import load_policy
from appraisal.policy.shape import Policy
from appraisal.policy.standard import standard_for
from appraisal.problems import Problem
from appraisal.read import Book, read_book
from appraisal.recognise import recognise
from appraisal.result import Received, Result
from appraisal.standard import IDENTITY, Standard
from appraisal.validate import validate

RULES = {
    "wenzhou": ROOT / "rules.yaml",
    "jining": ROOT / "examples" / "jining-commerce" / "rules.yaml",
    "devreform": ROOT / "examples" / "development-reform" / "rules.yaml",
}
ROSTER = "人员名册\n姓名  科室    职务职级\n张三  办公室  一级科员\n李四  办公室  一级科员"
BESIDE_THE_POINT = {"missing-sheet", "missing-input", "expected-sheet", "no-items"}
"""What a folder that holds only the mess lacks anyway."""
OF_THE_FILE = {36, 37, 38, 50, 51, *range(57, 65), 68, 69}
"""Rows about what the file's XML tells, tested beside its reader (tests/test_mess_file.py, tests/test_read*.py)."""
OF_THE_RUN = {16, 74, 75}
"""Rows that need a real workbook or a whole run: below."""


@dataclass(frozen=True)
class Mess:
    """One kind of mess, one way of writing it."""

    row: str
    do: str
    what: str = ""
    sheet: str = ""
    sheets: Mapping[str, str] = field(default_factory=dict)
    file: str = "表.xlsx"
    start: str = "A1"
    rules: str = "wenzhou"
    vocabulary: str = ""
    roster: str = ROSTER
    period: str = ""
    run: bool = False
    reads: str = ""
    empty_is_zero: bool = False
    marks: Mapping[str, int] | None = None
    grades: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.row}{f'：{self.what}' if self.what else ''}".replace("\n", "⏎").replace("\0", "")

    @property
    def number(self) -> int:
        return int(self.row[:2])


def _messes() -> list[Mess]:
    found = [mess for path in sorted((Path(__file__).parent / "mess").glob("*.yaml")) for mess in _of_file(path)]
    assert found, "tests/mess 里没有例子"
    return found


def _of_file(path: Path) -> Iterator[Mess]:
    for said in YAML(typ="safe").load(path.read_text(encoding="utf-8")):
        known = {**said, "says": tuple(said.get("says", ()))}
        for what in known.pop("each", [None]):
            yield Mess(**(known if what is None else {**_filled(known, str(what)), "what": str(what)}))


def _filled(value: Any, what: str) -> Any:
    """`{}` wherever it stands becomes this way of writing."""
    if isinstance(value, str):
        return value.replace("{}", what)
    if isinstance(value, dict):
        return {_filled(key, what): _filled(inner, what) for key, inner in value.items()}
    return type(value)(_filled(inner, what) for inner in value) if isinstance(value, list | tuple) else value


MESSES = _messes()


# ---- reading -----------------------------------------------------------------------------------------------------------


@functools.cache
def policy_of(rules: str, vocabulary: str, folder: Path | None = None) -> tuple[Policy, Standard]:
    if vocabulary:
        assert folder is not None
        path = folder / "rules.yaml"
        path.write_text(f"{RULES[rules].read_text(encoding='utf-8')}\nvocabulary:\n{vocabulary}\n", encoding="utf-8")
        return (policy := load_policy(path)), standard_for(policy)
    return (policy := load_policy(RULES[rules])), standard_for(policy)


def read(drawing: str, file: str, standard: Standard, start: str = "A1") -> tuple[tuple[Table, ...], tuple[Problem, ...]]:
    """A drawing written, read, recognised and validated, as a worker does with a file."""
    down, along = int(start[1:]) - 1, ord(start[0]) - ord("A")
    data = drawing.encode() if file.endswith(".csv") else xlsx(drawing, (down, along))
    book, problems = read_book(data, file)
    sheets, more = recognise(_with_booleans(book), standard)
    found = [validate(sheet, standard) for sheet in sheets]
    return tuple(table for table, _ in found), (*problems, *more, *(problem for _, faults in found for problem in faults))


def _with_booleans(book: Book) -> Book:
    """`!TRUE` in a drawing is the value TRUE."""
    values: dict[object, object] = {"!TRUE": True, "!FALSE": False}
    return replace(book, sheets=tuple(replace(sheet, rows=[[values.get(cell, cell) for cell in row] for row in sheet.rows]) for sheet in book.sheets))


def result_of(mess: Mess, tmp_path: Path) -> Result:
    """The whole folder appraised: the roster, and the sheets of the mess."""
    policy, standard = policy_of(mess.rules, mess.vocabulary, tmp_path if mess.vocabulary else None)
    intakes = [Intake(name, "", *read(drawing, name, standard)) for name, drawing in {"人员名册.xlsx": mess.roster, **mess.sheets}.items()]
    period = parse_period(mess.period or "2021Q4")
    assert period is not None
    received = Received(tuple(intakes), tuple(problem for intake in intakes for problem in intake.problems), 0)
    return appraise(received, policy, calendar_of(policy, period), period)


# ---- comparing ---------------------------------------------------------------------------------------------------------


def shown(value: object, zero: bool) -> str:
    if value is None or value == "":
        return "0" if zero else "_"
    if isinstance(value, dt.date):
        return value.isoformat()
    return number(Fraction(value, UNIT)) if isinstance(value, int) else str(value)


def seen(tables: tuple[Table, ...], items: list[str], zero: bool) -> list[list[str]]:
    """The rows that nothing spoiled, as far as the expectation names their columns."""
    rows = []
    for table in tables:
        said = dict(zip(IDENTITY, (table.names, table.staff_nos, table.units, table.departments), strict=True))
        for place in range(len(table.rows)):
            if place not in table.spoiled:
                known = {item: column[place] for item, column in {**said, **table.columns}.items()} | {"考核周期": str(table.period)}
                rows.append([shown(known[item], zero) for item in items])
    return rows


def compare(problems: tuple[Problem, ...], says: tuple[str, ...]) -> None:
    """Exactly these problems, each with its cell and the words given."""
    expected = [said.split(" ", 2) for said in says]
    everything = "\n".join(map(str, problems))
    left = list(problems)
    for code, place, *words in _spaced(expected):
        match = next((one for one in left if one.code == code and _at(one, place) and all(word in f"{one.text}。{one.remedy}" for word in words)), None)
        assert match is not None, f"没有说 {code} {place} {''.join(words)}：\n{everything}"
        left.remove(match)
    assert left == [], f"多说了 {[(one.code, one.cell.address) for one in left]}：\n{everything}"


def _spaced(expected: list[list[str]]) -> Iterator[list[str]]:
    """A tab name may hold a blank: 出勤.xlsx!10月 (2)!A3."""
    for said in expected:
        if len(said) == 3 and "!" in said[1] and (more := re.match(r"(\S*!\S+)(?: (.*))?$", said[2])) is not None and said[1].count("!") < 2:
            yield [said[0], f"{said[1]} {more[1]}", *([more[2]] if more[2] else [])]
        else:
            yield said


def _at(problem: Problem, place: str) -> bool:
    if place.endswith("*"):
        return str(problem.cell).startswith(place[:-1])
    return place in (str(problem.cell), problem.cell.address or problem.cell.sheet, "-")


@pytest.mark.parametrize("mess", [mess for mess in MESSES if not mess.run], ids=str)
def test_mess(mess: Mess, tmp_path: Path) -> None:
    _, standard = policy_of(mess.rules, mess.vocabulary, tmp_path if mess.vocabulary else None)
    tables, problems = read(mess.sheet, mess.file, standard, mess.start)
    compare(problems, mess.says)
    head, *lines = [re.split(r" {2,}", line.strip()) for line in mess.reads.strip().splitlines()] or [["姓名"]]
    assert seen(tables, head, mess.empty_is_zero) == lines
    _is_severe(mess, problems)


@pytest.mark.parametrize("mess", [mess for mess in MESSES if mess.run], ids=str)
def test_mess_in_a_folder(mess: Mess, tmp_path: Path) -> None:
    result = result_of(mess, tmp_path)
    named = {said.split(" ")[0] for said in mess.says}
    problems = tuple(problem for problem in result.problems if problem.code not in BESIDE_THE_POINT - named)
    compare(problems, mess.says)
    if mess.marks is not None:
        assert _marks(result) == mess.marks
    assert {decision.person.name: str(decision.result) for decision in result.decisions if decision.person.name in mess.grades} == mess.grades
    _is_severe(mess, problems)


def _marks(result: Result) -> dict[str, int]:
    """What counts of each person over all sheets: 张三 病假 → 4 (by 工号 where there is one)."""
    assert result.merged is not None
    people = {decision.person.index: decision.person for decision in result.decisions}
    merged, found = result.merged, dict[str, int]()
    for person, table, place in merged.entries[["person", "table", "place"]].itertuples(index=False):
        for item, column in merged.tables[table].columns.items():
            if isinstance(amount := column[place], int):
                key = f"{people[person].staff_no or people[person].name} {item}"
                before = merged.tables[table].period in {merged.tables[other].period for other in range(table)}
                found[key] = amount // UNIT if before and key in found else found.get(key, 0) + amount // UNIT
    return found


def _is_severe(mess: Mess, problems: tuple[Problem, ...]) -> None:
    """N says nothing, W only warns, E has an error at a cell or at least at a file."""
    errors = [problem for problem in problems if problem.is_error]
    assert {"N": not problems, "W": bool(problems) and not errors, "E": bool(errors), "H": bool(errors)}[mess.do]
    assert all(problem.cell.file for problem in errors)


def test_every_row_of_the_catalogue_has_its_test() -> None:
    rows = {mess.number for mess in MESSES} | OF_THE_FILE | OF_THE_RUN
    assert rows == set(range(1, 76))
