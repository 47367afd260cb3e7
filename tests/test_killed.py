"""Killed at any moment, on a full disk, without permission: the old result or the new one stands, and the next run is as if nothing had been.

A seeded share of what `make kill` tries.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from broken_run import mounted
from drawn import QUARTER, ROOT, Workplace, attendance, files_below
from openpyxl import load_workbook

from appraisal import archive, deliver, mail, pipeline
from appraisal.archive import opened
from appraisal.held import held
from appraisal.intake import one_file
from appraisal.manifest import sha
from appraisal.model import Cell, Period
from appraisal.refused import BusyError
from appraisal.render.in_two import InTwo
from appraisal.repair import recover
from appraisal.result import Workplace as Place

BROKEN = [sys.executable, str(ROOT / "tests" / "broken_run.py")]
Q4 = Period.quarter(2021, 4)
RATINGS = {"张三": "好", "李四": "较好", "王五": "一般"}
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="nobody forks there")


def rated(place: Workplace, **ratings: str) -> None:
    """A quarter under 温州: everybody present, everybody rated."""
    ratings = RATINGS | ratings
    place.put("名册.xlsx", "\n".join(["人员名册", "姓名 | 科室 | 职务职级", *(f"{name} | 办公室 | 一级科员" for name in ratings)]))
    for month in ("2021-10", "2021-11", "2021-12"):
        place.put(f"出勤{month}.xlsx", attendance({}, list(ratings), month))
    place.put("评价.xlsx", "\n".join(["季度评价汇总表（2021Q4）", "姓名 | 领导评价档次", *(f"{name} | {rating}" for name, rating in ratings.items())]))


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    found = Workplace(tmp_path / "考核")
    rated(found)
    return found


def temporary(place: Workplace) -> list[str]:
    """What must not stay in a workplace."""
    return [path.name for path in place.folder.rglob("*") if path.name.startswith((".写入中-", ".旧-", ".新建-")) or path.name.endswith("-journal")]


# ---- killed, and refused by the disk -----------------------------------------------------------------------------------


@forks
def test_whatever_breaks_the_old_result_or_the_new_one_stands_and_the_next_run_is_the_same_to_the_byte(tmp_path: Path) -> None:
    shell = mounted(tmp_path)
    room = ["--disk", str(tmp_path), "--step", "160"] if shell else []
    done = subprocess.run([*shell, *BROKEN, "3", "--errors", "9", *room], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" 0 went wrong\n")
    counts = Counter[str]()
    for count, what in re.findall(r"^\w+ run: (\d+) (kills|refusals|errors|disks)", done.stdout, re.MULTILINE):
        counts[what] += int(count)
    assert counts["kills"] == 3
    assert counts["refusals"] >= 5
    assert counts["errors"] >= 7, "all but those that fell on a step that this run did not take"
    assert counts["disks"] >= 6 or not room
    assert {"exit 1, new", "exit 1, old"} <= set(re.findall(r"(?:exit \d|killed), (?:old|new)(?=: [1-9])", done.stdout)), done.stdout


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs POSIX signals")
def test_the_program_itself_killed_while_it_writes(place: Workplace) -> None:
    """As a process of its own, from its start: nothing was loaded before, the reading worker is there."""
    before = files_below(place.run().folder)
    rated(place, 王五="较好")
    process = subprocess.Popen(place.command("run", QUARTER), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None and not any(place.output.glob(".写入中-*")):
        time.sleep(0.0005)
    process.kill()
    process.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    left = files_below(place.output / QUARTER)
    after = place.run()
    assert after.exit_code == 0, after.said
    assert left in (before, files_below(after.folder))
    assert temporary(place) == []


# ---- what the next start makes of it -----------------------------------------------------------------------------------


def test_a_complete_folder_of_which_the_archive_speaks_takes_its_place(place: Workplace) -> None:
    whole = files_below(place.run().folder)
    shutil.rmtree(place.output / QUARTER)
    deliver.write_beside(whole, place.output, QUARTER)
    recover(Place(place.folder))
    assert files_below(place.output / QUARTER) == whole
    assert temporary(place) == []


@pytest.mark.parametrize("spoil", ["cut", "missing", "unknown"])
def test_a_folder_that_is_not_complete_or_not_filed_never_takes_its_place(place: Workplace, spoil: str) -> None:
    whole = files_below(place.run().folder)
    other = whole | ({"run.json": whole["run.json"] + b"\n"} if spoil == "unknown" else {"报告.html": b"<p>"})
    (place.output / QUARTER / "报告.html").write_bytes(b"<p>")
    fresh = deliver.write_beside(other if spoil == "unknown" else whole, place.output, QUARTER)
    if spoil == "cut":
        (fresh / "公示.xlsx").write_bytes(b"PK")
    if spoil == "missing":
        (fresh / "备案表.xlsx").unlink()
    recover(Place(place.folder))
    assert (place.output / QUARTER / "报告.html").read_bytes() == b"<p>"
    assert temporary(place) == []


def test_the_old_result_that_waits_to_be_removed_never_comes_back(place: Workplace) -> None:
    """A draft has taken the place of a filed result; the run is killed before it could remove that."""
    filed = files_below(place.run().folder)
    draft = {"run.json": b"{}"}
    fresh = deliver.write_beside(draft, place.output, QUARTER)
    shutil.rmtree(place.output / QUARTER)
    fresh.rename(place.output / QUARTER)
    fresh.mkdir()
    for name, data in filed.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_bytes(data)
    assert archive.recorded_output(place.folder / "archive.sqlite", Q4) == sha((fresh / "run.json").read_bytes())
    recover(Place(place.folder))
    assert files_below(place.output / QUARTER) == draft
    assert temporary(place) == []


def test_while_the_archive_cannot_be_read_a_complete_folder_waits(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = files_below(place.run().folder)
    shutil.rmtree(place.output / QUARTER)
    fresh = deliver.write_beside(whole, place.output, QUARTER)
    (place.output / ".写入中-2021Q3-00000000").mkdir()
    monkeypatch.setattr(opened, "WAIT", 0.05)
    with sqlite3.connect(place.folder / "archive.sqlite", isolation_level=None) as browser:
        browser.execute("BEGIN EXCLUSIVE")
        recover(Place(place.folder))
        assert files_below(fresh) == whole
        assert temporary(place) == [fresh.name]
        browser.execute("ROLLBACK")
    recover(Place(place.folder))
    assert files_below(place.output / QUARTER) == whole


def test_an_archive_that_cannot_be_read_is_not_written_to_either(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that does not know that there was a first version would file the second one without its mark."""
    place.run()
    rated(place, 王五="较好")

    def unreadable(*_: object) -> None:
        raise archive.ArchiveError("archive.sqlite 正被别的程序占用")

    monkeypatch.setattr(archive, "filed_in_year", unreadable)
    outcome = place.run()
    assert outcome.exit_code == 1
    assert "结果没有存档：archive.sqlite 正被别的程序占用" in outcome.said
    monkeypatch.undo()
    assert len(archive.history(place.folder / "archive.sqlite", Q4)) == 1
    again = place.run()
    assert again.exit_code == 0
    assert "更正1" in again.filing().everything
    assert len(archive.history(place.folder / "archive.sqlite", Q4)) == 2


def test_what_is_only_beside_the_result_never_mixes_with_the_next_one(place: Workplace) -> None:
    """A folder left by an earlier run and not swept: the new result holds the new files only."""
    stale = place.output / f".写入中-{QUARTER}"
    stale.mkdir(parents=True)
    (stale / "旧.xlsx").write_bytes(b"old")
    deliver.deliver({"新.xlsx": b"new"}, place.output, QUARTER)
    assert files_below(place.output / QUARTER) == {"新.xlsx": b"new"}


def test_clearing_up_after_one_period_leaves_the_others_alone(place: Workplace) -> None:
    month = deliver.write_beside({"run.json": b"{}"}, place.output, "2021-10")
    deliver.deliver({"run.json": b"{}"}, place.output, "2021")
    assert files_below(month) == {"run.json": b"{}"}


# ---- where the disk refuses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("error", "words"), [(28, "磁盘空间不足"), (13, "没有写入权限"), (30, "没有写入权限"), (5, "磁盘或网络出错（EIO）"), (36, "路径太长")])
def test_a_workplace_in_which_not_even_the_lock_can_be_written(place: Workplace, monkeypatch: pytest.MonkeyPatch, error: int, words: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(error, "No")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    outcome = place.run()
    assert outcome.exit_code == 1
    assert outcome.said.startswith("没有写出结果：")
    assert words in outcome.said
    with pytest.raises(BusyError, match=words), held(place.output):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_what_is_said_into_a_full_file_costs_no_result(place: Workplace) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            place.command("run", QUARTER),
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
    assert done.returncode == 1
    assert done.stderr.strip() == "程序中止：屏幕信息或临时文件写不出去，磁盘空间不足。"
    again = place.run("check", QUARTER)
    assert again.exit_code == 0, again.said
    assert temporary(place) == []


def test_a_note_that_cannot_be_written_stops_nobody(place: Workplace) -> None:
    (place.output / ".正在运行").mkdir(parents=True)
    assert place.run().exit_code == 0


def test_an_archive_that_has_no_room_is_named_and_the_workbooks_are_there(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.run()
    connected = opened._connected

    def full(address: str) -> sqlite3.Connection:
        connection = connected(address)
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
        return connection

    monkeypatch.setattr(opened, "_connected", full)
    rated(place, **{f"同事{number}{letter}": "较好" for number in "一二三四五六七八" for letter in "甲乙丙丁戊"})
    outcome = place.run()
    assert outcome.exit_code == 1
    assert "结果没有存档：磁盘空间不足，archive.sqlite 没有记入新结果" in outcome.said
    assert outcome.of("同事一甲")["考核等次"] == "较好"
    monkeypatch.undo()
    assert archive.verify(place.folder / "archive.sqlite") == ()
    assert len(archive.history(place.folder / "archive.sqlite", Q4)) == 1
    assert place.run().exit_code == 0
    assert len(archive.history(place.folder / "archive.sqlite", Q4)) == 2


def test_an_archive_that_cannot_be_begun_leaves_nothing(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(opened, "_migrate", refuse)
    outcome = place.run("run", QUARTER)
    assert outcome.exit_code == 1
    assert "结果没有存档" in outcome.said
    assert temporary(place) == []


def test_a_journal_of_letters_that_cannot_be_written_says_so_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / mail.JOURNAL
    with mail.journal(path):
        pass
    monkeypatch.setattr(import_module("appraisal.mail.journal"), "_WAIT", 0.05)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(mail.JournalError, match="正被别的程序占用") as said, mail.journal(path):
            pass
    assert "locked" not in str(said.value)


class Failing(sqlite3.Connection):
    """A database whose nth statement finds no room, and none after it."""

    room = 0

    def execute(self, *words: Any) -> sqlite3.Cursor:
        Failing.room -= 1
        if Failing.room < 0:
            full = sqlite3.OperationalError("database or disk is full")
            full.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise full
        return super().execute(*words)


def three_letters() -> tuple[mail.Letter, ...]:
    return tuple(
        mail.Letter(
            *("2021Q4", mail.Kind.SLIPS, name),
            mail.Recipient(mail.Category.DEPARTMENT, name, (f"k{number}@example.gov.cn",), (), Cell("通讯录.xlsx")),
            *("反馈", "请查收。\n", (mail.Attachment.of("反馈单.xlsx", name.encode()),)),
        )
        for number, name in enumerate(("办公室", "财务处", "业务科"))
    )


def posted(folder: Path, letters: Sequence[mail.Letter]) -> list[mail.Outcome]:
    chosen = mail.Settings("mail.example.gov.cn", 587, "hr@example.gov.cn", ("example.gov.cn",))
    with mail.journal(folder / mail.JOURNAL) as journal:
        sent = mail.send(letters, chosen, journal, approved=mail.drafts(letters)[mail.APPROVAL], problems=(), check=lambda _: "")
    return [one.outcome for one in sent.posted]


def test_the_journal_of_letters_runs_out_of_room_at_every_line_and_no_letter_goes_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters, taken = three_letters(), list[str]()
    monkeypatch.setattr("appraisal.mail.sending.connected", lambda _: contextlib.nullcontext("server"))
    monkeypatch.setattr("appraisal.mail.sending.transmit", lambda _server, _sender, to, _data: taken.append(to[0]))
    connect, stopped = sqlite3.connect, 0
    for room in range(200):
        folder = tmp_path / str(room)
        folder.mkdir()
        taken.clear()
        Failing.room, said = room, ""
        with monkeypatch.context() as patch:
            patch.setattr(sqlite3, "connect", partial(connect, factory=Failing))
            try:
                outcomes = posted(folder, letters)
            except mail.JournalError as error:
                said = str(error)
        if not said:
            break
        stopped += 1
        assert "磁盘空间不足" in said
        assert "full" not in said
        outcomes = posted(folder, letters)
        assert len(taken) == len(set(taken)), "no letter twice"
        assert 3 - len(taken) <= outcomes.count(mail.Outcome.ASKED) <= 1, "whoever may not have got theirs is asked about"
    assert outcomes == [mail.Outcome.SENT] * 3
    assert stopped > 15


# ---- what a run starts -------------------------------------------------------------------------------------------------

LONG_JOB = """
import os, sys, time
from appraisal.render.in_two import InTwo
def job():
    print(os.getpid(), flush=True)
    time.sleep(60)
InTwo([job])
time.sleep(60)
"""


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


@forks
def test_a_copy_that_writes_does_not_outlive_a_killed_run() -> None:
    """It would go on writing into the folder of the next one."""
    run = subprocess.Popen([sys.executable, "-c", LONG_JOB], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    copy = int(run.stdout.readline())
    assert is_there(copy)
    run.kill()
    run.wait()
    run.stdout.close()
    until = time.monotonic() + 10
    while is_there(copy) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_there(copy)


@forks
def test_a_copy_nobody_waits_for_any_more_is_ended_at_once() -> None:
    in_two = InTwo([partial(time.sleep, 60)])
    began = time.monotonic()
    in_two.end()
    assert time.monotonic() - began < 10


@forks
def test_what_a_lost_copy_had_taken_is_done_again() -> None:
    here = os.getpid()

    def job(number: int) -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)  # the copy is to take some as well
        return number

    assert InTwo([partial(job, number) for number in range(8)]).answers() == list(range(8))


@forks
def test_every_job_is_done_once_by_whoever_is_free(tmp_path: Path) -> None:
    def job(number: int) -> int:
        with (tmp_path / str(number)).open("x"):
            time.sleep(0.02)
        return os.getpid()

    assert len(set(InTwo([partial(job, number) for number in range(10)]).answers())) == min(2, os.cpu_count() or 1)
    assert len(set(InTwo([partial(job, number) for number in range(10, 14)], alone=True).answers())) == 1
    assert len(list(tmp_path.iterdir())) == 14


@forks
def test_what_a_copy_fails_at_is_told_by_the_run_itself() -> None:
    def job(number: int) -> int:
        time.sleep(0.02)
        return 1 // number

    in_two = InTwo([partial(job, number) for number in (0, 1, 2, 3)])
    with pytest.raises(ZeroDivisionError):
        in_two.answers()
    in_two.end()


def test_readers_that_end_before_they_are_given_work_cost_nothing(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files_below(place.run().folder)
    rules_of = pipeline.rules_of

    def slowly(workplace: Place) -> object:
        for reader in multiprocessing.active_children():
            reader.kill()
            reader.join()
        time.sleep(0.2)
        return rules_of(workplace)

    monkeypatch.setattr(pipeline, "rules_of", slowly)
    after = place.run()
    assert after.exit_code == 0
    assert files_below(after.folder) == before


def test_nobody_waits_for_readers_once_the_run_has_stopped(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_file, "opened", lambda *_: time.sleep(30))
    (place.folder / "templates").mkdir()
    began = time.monotonic()
    assert place.run().exit_code == 2
    assert time.monotonic() - began < 10
    for reader in multiprocessing.active_children():
        reader.kill()


@pytest.mark.skipif(os.name == "nt", reason="a console of Windows is never closed like this")
def test_a_program_with_nowhere_to_write_to_writes_its_result(place: Workplace) -> None:
    def close() -> None:
        for stream in (0, 1, 2):
            os.close(stream)

    done = subprocess.run(place.command("run", QUARTER), cwd=ROOT, preexec_fn=close)
    assert done.returncode == 0
    assert (place.output / QUARTER / "run.json").is_file()


def test_a_form_that_cannot_be_filled_leaves_nothing_not_even_an_archive(place: Workplace) -> None:
    """Its names are known, so that it passes the look before the run; what it wants is not there."""
    shutil.copytree(ROOT / "templates", place.folder / "templates")
    form = place.folder / "templates" / "备案表.xlsx"
    book = load_workbook(form)
    book.worksheets[0]["B8"] = "{{ rows[999].name ~ ratio }}"
    book.save(form)
    assert place.run().exit_code == 2
    assert temporary(place) == []
    assert not (place.folder / "archive.sqlite").exists()
    assert not (place.output / QUARTER).exists()
    shutil.copy(ROOT / "templates" / "备案表.xlsx", form)
    assert place.run().exit_code == 0
    assert (place.folder / "archive.sqlite").exists()


def test_a_file_in_the_place_of_the_result_gives_way(place: Workplace) -> None:
    place.output.mkdir(exist_ok=True)
    (place.output / QUARTER).write_text("不是文件夹")
    for _ in range(2):
        assert place.run().exit_code == 0
        assert (place.output / QUARTER / "run.json").is_file()
        assert temporary(place) == []


# ---- many files forced to disk together --------------------------------------------------------------------------------

MANY_FILES = {f"{number}.xlsx": b"x" for number in range(deliver._MANY)}


@pytest.mark.skipif(sys.platform != "linux", reason="one call for a whole disk is Linux's")
def test_many_files_are_forced_together_and_each_by_itself_where_that_is_not_to_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forced: list[Path] = []
    force = deliver._force

    def counted(path: Path) -> None:
        forced.append(path)
        force(path)

    monkeypatch.setattr(deliver, "_force", counted)
    together = deliver._synced(tmp_path)
    deliver.deliver(MANY_FILES, tmp_path, "一")
    assert len(forced) == (0 if together else len(MANY_FILES))
    forced.clear()
    monkeypatch.setattr(deliver, "_TELLING", (999, 0))
    deliver.deliver(MANY_FILES, tmp_path, "二")
    assert len(forced) == len(MANY_FILES)
    assert files_below(tmp_path / "一") == files_below(tmp_path / "二") == MANY_FILES


def test_a_disk_that_fails_under_many_files_leaves_the_old_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver.deliver({"旧.xlsx": b"old"}, tmp_path, "结果")

    def failed(_: Path) -> bool:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(deliver, "_synced", failed)
    with pytest.raises(BusyError):
        deliver.deliver(MANY_FILES, tmp_path, "结果")
    assert files_below(tmp_path) == {"结果/旧.xlsx": b"old"}
