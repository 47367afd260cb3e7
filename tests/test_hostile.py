"""Files that mean harm, or look as if they did: each costs itself only, with one sentence about it (threats.md, criterion G)."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import fuzz
import hostile
import pytest
from drawn import MONTHS, RULES, Workplace, attendance, xlsx

from appraisal.discover import discover
from appraisal.intake import listed, take_in
from appraisal.policy.load import load_policy
from appraisal.policy.standard import standard_for
from appraisal.read import read_book

STANDARD = standard_for(load_policy(RULES))
NAMES = ("张三", "李四", "王五")


@pytest.mark.parametrize("name", hostile.ATTACKS)
def test_the_file_is_refused_with_one_sentence_quickly_and_in_little_memory(name: str) -> None:
    make, code = hostile.ATTACKS[name]
    data = make()
    tracemalloc.start()
    began = time.process_time()
    book, problems = read_book(data, name)
    took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [problem.code for problem in problems] == [code]
    assert book.sheets == ()
    assert problems[0].cell.file == name
    assert "Traceback" not in str(problems[0])
    assert took < 1
    assert peak < 200_000_000


@pytest.mark.parametrize("code", ["too-large", "unsafe"])
def test_the_bombs_are_what_they_are_called(code: str) -> None:
    make = hostile.bomb if code == "too-large" else hostile.lying_bomb
    assert len(make()) < 250_000


def test_nothing_is_fetched_and_no_other_file_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XXE: no connection, and the canary stays where it is."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    canary = tmp_path / "canary"
    canary.write_text("金丝雀")
    for address in (canary.as_uri(), "http://127.0.0.1:9/x"):
        book, problems = read_book(hostile.outside_entity(address), "表.xlsx")
        assert "金丝雀" not in f"{book}{problems}"


def three_departments(workplace: Workplace) -> Workplace:
    people = zip(NAMES, ("办公室", "财务科", "人事科"), strict=True)
    workplace.put("人员名册.xlsx", "\n".join(["人员名册", "姓名  科室  职务职级", *(f"{name}  {place}  一级科员" for name, place in people)]))
    for name in NAMES:
        workplace.put(f"{name}/评价.xlsx", f"季度评价汇总表（2021Q4）\n姓名  领导评价档次\n{name}  较好")
        for month in MONTHS:
            workplace.put(f"{name}/{month}.xlsx", attendance({}, [name], month))
    return workplace


def test_all_attacks_together_cost_nobody_else_anything(workplace: Workplace, tmp_path: Path) -> None:
    alone = three_departments(Workplace(tmp_path / "alone")).run()
    three_departments(workplace)
    for name, (make, _) in hostile.ATTACKS.items():
        workplace.put(name, make())
    before = {path: path.read_bytes() for path in workplace.input.rglob("*") if path.is_file()}
    outcome = workplace.run()
    assert alone.exit_code == 0
    assert outcome.exit_code == 1
    assert "Traceback" not in outcome.said
    assert outcome.ledger == alone.ledger
    for name, (_, code) in hostile.ATTACKS.items():
        assert [place.partition("!")[0] for place in outcome.places(code)].count(name) == 1
        assert sum(line["文件"] == name for line in outcome.errors) == 1
    assert {path: path.read_bytes() for path in workplace.input.rglob("*") if path.is_file()} == before
    assert {path.name for path in workplace.folder.iterdir()} <= {"input", "output", "rules.yaml", "archive.sqlite"}


def test_a_file_that_ends_its_reader_is_named_and_the_rest_is_read(workplace: Workplace, capfd: pytest.CaptureFixture[str]) -> None:
    """A stray cell that nothing cheap gives away: the native reader aborts, in a worker."""
    three_departments(workplace).put("致命.xlsx", hostile.hidden_far_cell())
    with listed(workplace.input) as files:
        intakes = list(take_in(files, STANDARD))
    assert [intake.file for intake in intakes] == [found.name for found in files.files]
    assert [(intake.file, intake.problems[0].code) for intake in intakes if intake.problems] == [("致命.xlsx", "reader-lost")]
    assert sum(len(intake.tables) for intake in intakes) == 1 + 4 * len(NAMES)
    capfd.readouterr()


def test_a_million_formatted_empty_rows_are_no_reason_to_refuse() -> None:
    book, problems = read_book(hostile.million_rows(), "表.xlsx")
    assert problems == ()
    assert book.sheets[0].rows[2:] == [["张三", 1.0], ["李四", 0.0]]


# ---- what stands in cells ----------------------------------------------------------------------------------------------


CODE = ['=HYPERLINK("http://x","张三")', "{{7*7}}", "{{ ''.__class__ }}", "=cmd|' /C calc'!A0", "+SUM(1+1)", "\x1b[31m张三", "张\u202e三丰"]


@pytest.mark.parametrize("name", CODE)
def test_a_name_that_is_code_stays_text(workplace: Workplace, name: str) -> None:
    three_departments(workplace).put("多出来的.xlsx", xlsx(f"出勤汇总表（2021-10）\n姓名 | 病假\n{name} | 1\n张三 | 0"))
    outcome = workplace.run()
    assert outcome.exit_code == 1
    assert "49" not in "".join(line["问题"] for line in outcome.errors)
    assert "\x1b" not in outcome.said
    assert "\u202e" not in outcome.said
    assert {place.partition("!")[0] for line in outcome.errors for place in [line["文件"]]} == {"多出来的.xlsx"}
    for path in outcome.folder.rglob("*.xlsx"):
        if "退回" not in path.parts:
            assert not [part for part, data in hostile.parts_of(path.read_bytes()).items() if part.startswith("xl/worksheets/") and b"<f>" in data]


def test_a_name_cell_that_is_a_formula_is_read_as_what_it_shows() -> None:
    data = hostile.attendance(lambda _, sheet: sheet.write_formula("A3", '="张"&"三"', None, "张三"))
    assert read_book(data, "表.xlsx")[0].sheets[0].rows[2][0] == "张三"


# ---- what lies in the folder -------------------------------------------------------------------------------------------


def test_pipes_links_and_loops_are_passed_over_with_a_note(tmp_path: Path) -> None:
    folder = tmp_path / "input"
    (folder / "部门.xlsx").mkdir(parents=True)
    (folder / "部门.xlsx" / "表.xlsx").write_bytes(xlsx(hostile.PLAIN))
    os.mkfifo(folder / "管道.xlsx")
    (folder / "主机.xlsx").symlink_to("/etc/hostname")
    (folder / "上级").symlink_to("..")
    (folder / "自己.xlsx").symlink_to("自己.xlsx")
    files, problems, leftovers = discover(folder)
    assert [found.name for found in files] == ["部门.xlsx/表.xlsx"]
    assert {problem.cell.file for problem in problems} == {"管道.xlsx", "主机.xlsx", "上级", "自己.xlsx"}
    assert {problem.code for problem in problems} == {"link-ignored"}
    assert leftovers == 0


def test_a_folder_whose_path_is_too_long_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "input"
    folder.mkdir()
    (folder / "表.xlsx").write_bytes(xlsx(hostile.PLAIN))
    inside = os.open(folder, os.O_RDONLY)
    for _ in range(2_500):
        os.mkdir("层", dir_fd=inside)
        deeper = os.open("层", os.O_RDONLY, dir_fd=inside)
        os.close(inside)
        inside = deeper
    os.close(inside)
    try:
        files, problems, _ = discover(folder)
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)  # shutil gives up at a thousand levels
    assert [found.name for found in files] == ["表.xlsx"]
    assert [(problem.code, problem.is_error) for problem in problems] == [("folder-closed", True)]
    assert "路径太长" in problems[0].text


def test_a_junction_of_windows_is_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "input"
    (folder / "上级").mkdir(parents=True)
    (folder / "上级" / "表.xlsx").write_bytes(b"x")

    @dataclass
    class Junction:
        path: str
        name: str

        def stat(self, follow_symlinks: bool) -> SimpleNamespace:
            assert not follow_symlinks
            return SimpleNamespace(st_mode=stat.S_IFDIR, st_reparse_tag=0xA0000003)

    with patch.object(os, "scandir", lambda inside: [Junction(str(Path(inside) / "上级"), "上级")]):
        files, problems, _ = discover(folder)
    assert files == ()
    assert [(problem.code, problem.cell.file) for problem in problems] == [("link-ignored", "上级")]


# ---- whatever else -----------------------------------------------------------------------------------------------------


def test_two_hundred_mutations_are_read_right_or_said() -> None:
    """`make fuzz` does five thousand."""
    assert list(fuzz.fuzz(200)) == []


def test_the_mutator_does_what_it_says() -> None:
    """Every kind of mutation occurs, most of them can happen, and the same seed gives the same bytes."""
    made = [found for number in range(300) if (found := fuzz.mutant(fuzz.SEED, number)) is not None]
    assert {mutation for _, _, mutation, _ in made} == {*fuzz.VALUES, *fuzz.STRUCTURE}
    assert len(made) > 200
    assert fuzz.mutant(fuzz.SEED, 7) == fuzz.mutant(fuzz.SEED, 7)
