"""Runs of the sample that are killed, or whose disk fails, at every moment; and what they leave.

    python tests/broken_run.py [kills] [seed]

A run has three beginnings: nothing there yet; an earlier final run and one changed sheet; an earlier final run and one spoilt sheet, which
makes a draft. Whatever happens, output/<PERIOD> is wholly the old result or wholly the new one, the archive agrees or is finished by the next
start, and the next run gives the very bytes that an undisturbed run gives, with nothing else left in the workplace.

Linux and macOS only: each run is a fork of this process, in which everything is already loaded.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import errno
import functools
import io
import json
import mmap
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)] if str(ROOT) not in sys.path else []

import openpyxl  # noqa: E402

import appraisal.merge  # noqa: E402
import appraisal.score  # noqa: E402, F401
from appraisal import archive, deliver, intake, pipeline  # noqa: E402
from appraisal.manifest import sha  # noqa: E402
from appraisal.model import Period  # noqa: E402
from appraisal.render import outputs  # noqa: E402
from appraisal.repair import recover  # noqa: E402
from appraisal.result import Workplace  # noqa: E402
from process import main as program  # noqa: E402

SEED = 20211231
PERIOD = Period.quarter(2021, 4)
SHEET, CELL = "2021Q4/机关/信贷管理处.xlsx", "F4"
KINDS = ("open", "write", "fsync", "mkdir", "rename", "exchange", "remove", "rmdir", "sqlite")
ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES)
KILL = 0
TAKES_ROOM = frozenset({"open", "write", "fsync", "mkdir", "sqlite"})
WORDS = {errno.EIO: "磁盘或网络出错", errno.ENOSPC: "磁盘空间不足", errno.EACCES: "权限"}
ENGLISH = re.compile(r"Traceback|Errno|No space left|Input/output|Permission denied|disk is full|disk I.O|readonly|Error\b")
CRASHED = 70
MEMORY = Path("/dev/shm")
"""Where there is such a folder, forcing a file to disk takes no time; what a kill or an error leaves is the same."""

Files = dict[str, bytes]


@dataclass(frozen=True)
class Fault:
    """What happens at the nth thing of a kind that a run does with its files: an error, or a kill (KILL)."""

    kind: str
    nth: int
    error: int
    in_two_steps: bool = False
    """As where two names cannot be exchanged at once."""

    def __str__(self) -> str:
        what = "killed" if self.error == KILL else errno.errorcode[self.error]
        return f"{what} at {self.kind} {self.nth}{' (two renames)' if self.in_two_steps else ''}"


NEVER = Fault("", 0, KILL)


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit status (None when it was killed), what it said, whether the fault happened, how much of each kind it did."""

    status: int | None
    said: str
    struck: bool
    done: tuple[int, ...]


# ---- inside the run ----------------------------------------------------------------------------------------------------


class Disk:
    """The disk under one run: counts what is done below a folder and strikes when it is time."""

    def __init__(self, folder: Path, fault: Fault, shared: mmap.mmap) -> None:
        self.folder, self.fault, self.shared = str(folder), fault, shared
        self.process = os.getpid()
        self.lock = threading.Lock()
        self.counts = dict.fromkeys(KINDS, 0)
        self.struck = False

    def strike(self, kind: str, path: object = None) -> None:
        """Counts one thing; OSError or the end when the fault says so."""
        if os.getpid() != self.process or not (path is None or str(path).startswith(self.folder)):
            return
        with self.lock:
            self.counts[kind] += 1
            strikes = (self.fault.kind == kind and self.counts[kind] == self.fault.nth) or (self.struck and self._lasts(kind))
            self.struck = self.struck or strikes
            self.shared[: len(KINDS) * 4 + 1] = b"".join(count.to_bytes(4) for count in self.counts.values()) + bytes([self.struck])
        if strikes:
            if self.fault.error == KILL:
                os.kill(self.process, signal.SIGKILL)
            raise OSError(self.fault.error, os.strerror(self.fault.error), str(path))

    def _lasts(self, kind: str) -> bool:
        """A full disk stays full, a refused permission stays refused, a fault of the disk is gone."""
        return (self.fault.error == errno.ENOSPC and kind in TAKES_ROOM) or (self.fault.error == errno.EACCES and kind == self.fault.kind)

    def watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: what the interpreter is about to do."""
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and isinstance(path, str | os.PathLike):
                self.strike("open", os.fspath(path))
        elif event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir"):
            inside = arguments[-1] not in (-1, None) and not Path(arguments[0]).is_absolute()  # below a folder that rmtree holds open
            self.strike(event.removeprefix("os."), None if inside else os.fspath(arguments[0]))

    def install(self) -> None:
        """Puts this disk under the running program."""
        disk = self

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                try:
                    disk.strike("write", self.name)
                except OSError:
                    super().write(bytes(data)[: len(data) // 2])
                    raise
                return super().write(data)

        class Connection(sqlite3.Connection):
            def execute(self, *words: Any) -> sqlite3.Cursor:
                disk.strike_database()
                return super().execute(*words)

            def executemany(self, *words: Any) -> sqlite3.Cursor:
                disk.strike_database()
                return super().executemany(*words)

            def executescript(self, *words: Any) -> sqlite3.Cursor:
                disk.strike_database()
                return super().executescript(*words)

        proper_open, fsync, exchanged = io.open, os.fsync, deliver._exchanged

        def opened(file: Any, mode: str = "r", *words: Any, **options: Any) -> Any:
            if "b" in mode and "w" in mode and str(file).startswith(disk.folder):
                return io.BufferedWriter(Raw(file, "w"))
            return proper_open(file, mode, *words, **options)

        def exchange(one: Path, other: Path) -> bool:
            try:
                disk.strike("exchange")
            except OSError:
                return False
            return not disk.fault.in_two_steps and exchanged(one, other)

        def forced(fd: Any) -> None:
            disk.strike("fsync")
            fsync(fd)

        io.open = opened
        os.fsync = forced
        deliver._exchanged = exchange
        sqlite3.connect = partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]
        sys.addaudithook(self.watch)

    def strike_database(self) -> None:
        """The same in SQLite's words."""
        try:
            self.strike("sqlite")
        except OSError as error:
            code, words = _SQLITE[error.errno or 0]
            failed = sqlite3.OperationalError(words)
            failed.sqlite_errorcode = code
            raise failed from None


_SQLITE = {
    errno.EIO: (sqlite3.SQLITE_IOERR, "disk I/O error"),
    errno.ENOSPC: (sqlite3.SQLITE_FULL, "database or disk is full"),
    errno.EACCES: (sqlite3.SQLITE_READONLY, "attempt to write a readonly database"),
}


def run(folder: Path, fault: Fault = NEVER, after: float | None = None) -> Ended:
    """One run of the workplace in a process of its own; killed after so many seconds, if any are given."""
    shared = mmap.mmap(-1, 64)
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if not child:
            _run(folder, fault, shared, said.fileno())
        if after is not None:
            time.sleep(after)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        words = said.read().decode()
    done = tuple(int.from_bytes(shared[place : place + 4]) for place in range(0, len(KINDS) * 4, 4))
    return Ended(os.WEXITSTATUS(status) if os.WIFEXITED(status) else None, words, shared[len(KINDS) * 4] == 1, done)


def _run(folder: Path, fault: Fault, shared: mmap.mmap, said: int) -> NoReturn:
    status: object = CRASHED
    try:
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.stdout, sys.stderr = (io.TextIOWrapper(io.FileIO(handle, "w", closefd=False), encoding="utf-8", write_through=True) for handle in (1, 2))
        _without_privileges()
        Disk(folder, fault, shared).install()
        program(["--at", str(folder), "run", str(PERIOD), "--quiet"])
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001 - whatever it is, it is what we look for
        traceback.print_exc()
    finally:
        os._exit(status if isinstance(status, int) else CRASHED)


def _without_privileges() -> None:
    """From here on the administrator is refused what a clerk is refused (CAP_DAC_OVERRIDE and all others are given up)."""
    if sys.platform == "linux":
        version = (ctypes.c_uint32 * 2)(0x20080522, 0)
        ctypes.CDLL(None).capset(version, (ctypes.c_uint32 * 6)())


# ---- what it leaves ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """A beginning: the workplace before the run, the old result and the new one, and what a run that nothing disturbs says and leaves."""

    name: str
    before: Path
    old: Files
    new: Files
    status: int
    names: frozenset[str]
    done: tuple[int, ...]
    seconds: float

    @property
    def is_filed(self) -> bool:
        return self.status == 0


def files_of(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else {}


def names_of(place: Path) -> frozenset[str]:
    """Everything in a workplace but what is in input/."""
    return frozenset(path.relative_to(place).as_posix() for path in place.rglob("*") if place / "input" not in path.parents)


def result_of(place: Path) -> Files:
    return files_of(place / "output" / str(PERIOD))


def stories(folder: Path) -> list[Story]:
    """The three beginnings, made from the sample."""
    first = folder / "first"
    shutil.copytree(ROOT / "input", first / "input")
    shutil.copy(ROOT / "rules.yaml", first)
    told = [_story("first run", first, folder)]
    for name, word in (("amended", "较好"), ("draft", "优秀")):
        before = folder / name
        shutil.copytree(folder / "first run", before)
        book = openpyxl.load_workbook(before / "input" / SHEET)
        assert book.active is not None
        assert book.active[CELL].value == "好"
        book.active[CELL].value = word
        book.save(before / "input" / SHEET)
        told.append(_story(f"{name} run", before, folder))
    return told


def _story(name: str, before: Path, folder: Path) -> Story:
    after = folder / name
    shutil.copytree(before, after)
    begun = time.monotonic()
    ended = run(after)
    seconds = time.monotonic() - begun
    assert ended.status == (1 if name == "draft run" else 0), ended.said
    old, new = result_of(before), result_of(after)
    assert old != new
    return Story(name, before, old, new, ended.status or 0, names_of(after), ended.done, seconds)


@dataclass
class Trials:
    """Faults on a story, one after the other, each in the workplace as it was before."""

    story: Story
    place: Path
    wrong: list[str] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    kept_new: bool = False

    def try_out(self, fault: Fault, after: float | None = None) -> bool:
        """One broken run and all that must hold after it. True when the fault happened."""
        self._restore()
        ended = run(self.place, fault, after)
        struck = ended.struck or (after is not None and ended.status is None)
        return self._judge(ended, fault, f"killed after {after:.4f} s" if after is not None else str(fault), struck)

    def fill_up(self, kilobytes: int) -> bool:
        """A run on a disk, which must be a small one, with so much room left; then there is room again. True when it was not enough."""
        self._restore()
        ballast = self.place.parent / "ballast"
        ballast.write_bytes(bytes(max(0, shutil.disk_usage(self.place).free - 1024 * kilobytes)))
        ended = run(self.place)
        return self._judge(ended, Fault("room", kilobytes, errno.ENOSPC), f"{kilobytes} KB left", "没有" in ended.said, ballast.unlink)

    def forbid(self, name: str) -> bool:
        """A run that may not write to a file or folder of the workplace; then it may again. True when it was refused."""
        self._restore()
        forbidden = self.place / name
        mode = forbidden.stat().st_mode
        forbidden.chmod(0o555 if forbidden.is_dir() else 0o444)
        ended = run(self.place)
        return self._judge(ended, Fault("rmdir", 0, errno.EACCES), f"{name or 'workplace'} read-only", "没有" in ended.said, lambda: forbidden.chmod(mode))

    def _judge(self, ended: Ended, fault: Fault, about: str, struck: bool, mend: Callable[[], object] = lambda: None) -> bool:
        found = list(self._left(ended, fault))
        mend()
        found += [*self._mended(), *self._next()]
        self.wrong += [f"{self.story.name}, {about}: {said}" for said in found]
        outcome = f"{'killed' if ended.status is None else f'exit {ended.status}'}, {'new' if self.kept_new else 'old'}"
        self.ended[outcome] = self.ended.get(outcome, 0) + struck
        return struck

    def _restore(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.story.before, self.place)

    def _left(self, ended: Ended, fault: Fault) -> Iterator[str]:
        """What stands right after the broken run, and what it said."""
        story, result = self.story, result_of(self.place)
        self.kept_new = result == story.new
        unknown = "存档读不出来" in ended.said  # then nothing is compared with what was filed, and nothing is filed
        if result not in (story.old, story.new) and not (unknown and is_whole(result)) and not self._is_set_aside():
            yield f"neither the old result nor the new one: {sorted(name for name in {*result, *story.new} if result.get(name) != story.new.get(name))}"
        if ended.status is None:
            return
        if english := ENGLISH.search(ended.said):
            yield f"{english[0]!r} in {ended.said[-1500:]!r}"
        unwritten, unfiled = "没有写出结果" in ended.said, "结果没有存档" in ended.said
        if ended.status not in (story.status, 1) or (ended.status != story.status and not (unwritten or unfiled)):
            yield f"exit {ended.status}: {ended.said[-1500:]!r}"
        if (unwritten or unfiled) and WORDS[fault.error] not in ended.said:
            yield f"not said why: {ended.said!r}"
        if not unknown and self.kept_new == unwritten:
            yield f"the {'new' if self.kept_new else 'old'} result, but {ended.said!r}"
        if story.is_filed and self.kept_new and not unknown and self._filed() == unfiled:
            yield f"{'' if self._filed() else 'not '}filed, but {ended.said!r}"
        extra = {name for name in names_of(self.place) - story.names if "/.写入中-" in name or "新建" in name or "/.旧-" in name}
        if extra and fault.kind not in ("remove", "rmdir") and not (unwritten and (self._filed() or self._is_set_aside())) and ended.struck:
            yield f"left behind: {sorted(extra)[:3]}"

    def _is_set_aside(self) -> bool:
        """Between two renames the old result bears another name: the next start puts it back."""
        return not result_of(self.place) and files_of(self.place / "output" / f".旧-{PERIOD}") == self.story.old

    def _filed(self) -> bool:
        """True when the archive speaks of the new result."""
        return archive.recorded_output(self.place / "archive.sqlite", PERIOD) == sha(self.story.new["run.json"])

    def _mended(self) -> Iterator[str]:
        """What the next start makes of it, before it reads anything."""
        expected = self.story.new if self.kept_new or (self.story.is_filed and self._filed()) else self.story.old
        before = result_of(self.place)
        recover(Workplace(self.place))
        after = result_of(self.place)
        if after != expected and not (after == before and is_whole(after)):
            yield f"mended to something else: {sorted(name for name in {*after, *expected} if after.get(name) != expected.get(name))[:3]}"
        extra = {name for name in names_of(self.place) - self.story.names if name != "archive.sqlite-journal"}
        if extra - {"output/.正在运行"}:
            yield f"not swept: {sorted(extra)[:3]}"

    def _next(self) -> Iterator[str]:
        """A plain run gives what an undisturbed one gives."""
        ended = run(self.place)
        if ended.status != self.story.status:
            yield f"next run: exit {ended.status}: {ended.said}"
        if result_of(self.place) != self.story.new:
            yield "next run: other bytes"
        if names_of(self.place) != self.story.names:
            yield f"next run: {sorted(names_of(self.place) ^ self.story.names)[:5]}"
        yield from archive.verify(self.place / "archive.sqlite")
        if self.story.is_filed and not self._filed():
            yield "next run: not filed"
        versions = len(archive.history(self.place / "archive.sqlite", PERIOD))
        if versions != (2 if self.story.name == "amended run" else 1):
            yield f"next run: {versions} filings"


def is_whole(result: Files) -> bool:
    """True when a result is what its own run.json says."""
    if "run.json" not in result:
        return not result
    said = json.loads(result["run.json"])["outputs"]
    return bool(said == {name: sha(data) for name, data in result.items() if name != "run.json"})


# ---- all of it ---------------------------------------------------------------------------------------------------------


def every_error(trials: Trials, kinds: Sequence[str] = KINDS, errors: Sequence[int] = ERRORS) -> None:
    """Fails the first, second, … thing of each kind with each error, until the run gets through."""
    for in_two_steps in (False, True):
        for kind in ("rename",) if in_two_steps else kinds:
            for error in errors:
                nth = 1
                while trials.try_out(Fault(kind, nth, error, in_two_steps)):
                    nth += 1


def some_errors(trials: Trials, chance: random.Random, number: int) -> None:
    """A few of them, drawn by seed."""
    every = [Fault(kind, nth, error) for kind, most in zip(KINDS, trials.story.done, strict=True) for nth in range(1, most + 1) for error in ERRORS]
    for fault in chance.sample(every, number):
        trials.try_out(fault)


def kills(trials: Trials, chance: random.Random, number: int) -> None:
    """At random operations, of each kind about as often."""
    most = {kind: done for kind, done in zip(KINDS, trials.story.done, strict=True) if done}
    for _ in range(number):
        kind = chance.choice(list(most))
        trials.try_out(Fault(kind, chance.randint(1, most[kind]), KILL, in_two_steps=chance.random() < 0.5))


def sudden_kills(trials: Trials, chance: random.Random, number: int) -> None:
    """At random moments, more of them towards the end, when it writes."""
    for _ in range(number):
        trials.try_out(NEVER, chance.triangular(0, trials.story.seconds, trials.story.seconds))


def small_disks(trials: Trials, step: int) -> int:
    """Ever more room, until it is enough; how many runs it was not enough for."""
    kilobytes = 0
    while trials.fill_up(kilobytes):
        kilobytes += step
    return kilobytes // step


def refusals(trials: Trials) -> int:
    """Files and folders that may not be written to, one at a time; how many of them the run needed."""
    names = ["", *(name for name in ("output", "output/.正在运行.lock", "archive.sqlite") if (trials.story.before / name).exists())]
    return sum(trials.forbid(name) for name in names)


def remember(told: Sequence[Story], folder: Path) -> None:
    """From here on, what comes of these beginnings is not read and computed again: the faults are about writing.

    Each story is run twice, since the second time the archive knows of the first.
    """
    known: dict[object, Any] = {}

    def once(place: ModuleType, name: str, key: Callable[..., object], copied: Callable[[Any], Any] = lambda value: value) -> None:
        function = getattr(place, name)

        def remembered(*words: Any) -> Any:
            what = (name, key(*words))
            if what not in known:
                known[what] = copied(function(*words)), words
            return copied(known[what][0])

        setattr(place, name, remembered)

    once(pipeline, "rules_of", lambda _: "")
    once(pipeline, "check_forms", lambda *_: "")
    once(pipeline, "calendar_of", lambda _, period: period)
    once(pipeline, "take_in", lambda listed, *_: tuple((found.name, found.size, found.changed) for found in listed.files), list)
    once(pipeline, "appraise", lambda *words: (tuple(intake.sha256 for intake in words[0].intakes), repr(words[-1])))
    once(outputs, "outputs", lambda result, *_: id(result), lambda jobs: tuple(map(functools.cache, jobs)))
    for story in told:
        shutil.copytree(story.before, folder / "twice")
        for _ in range(2):
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
                program(["--at", str(folder / "twice"), "run", str(PERIOD), "--quiet"])
        shutil.rmtree(folder / "twice")
    vars(intake)["readers"] = Idle


class Idle(Executor):
    """Readers who are given work and never do it: what they would find is known."""

    def __init__(self, portions: int = 1) -> None:
        self.portions = portions

    def submit(self, *_: Any, **__: Any) -> Any:
        return Future[Any]()


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("kills", type=int, nargs="?", default=100)
    options.add_argument("seed", type=int, nargs="?", default=SEED)
    options.add_argument("--errors", type=int, default=None, help="so many, drawn by seed; without it all of them")
    options.add_argument("--disk", type=Path, default=None, help="a small disk: also runs with ever more room left on it")
    options.add_argument("--step", type=int, default=4, help="how much more, in KB")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        told = stories(folder)
        wrong = killed_and_refused(told, folder, chosen.kills, chosen.errors, random.Random(chosen.seed))
        if chosen.disk:
            wrong += sum(report(story, chosen.disk, "disks too small", partial(small_disks, step=chosen.step)) for story in told)
        elif chosen.errors is None:
            wrong += on_a_small_disk(folder, chosen.step)
    print(f"seed {chosen.seed}: {wrong} went wrong")  # noqa: T201 - a command
    return 1 if wrong else 0


def killed_and_refused(told: Sequence[Story], folder: Path, killed: int, errors: int | None, chance: random.Random) -> int:
    """Everything that needs no disk of its own; how many trials went wrong."""
    shares = [killed // len(told) + (place < killed % len(told)) for place in range(len(told))]
    wrong = 0
    for story, share in zip(told, shares, strict=True):
        wrong += report(story, folder, "sudden kills", partial(sudden_kills, chance=chance, number=share // 2))
    remember(told, folder)
    for story, share in zip(told, shares, strict=True):
        wrong += report(story, folder, "kills", partial(kills, chance=chance, number=share - share // 2))
        wrong += report(story, folder, "refusals", refusals)
        wrong += report(story, folder, "errors", every_error if errors is None else partial(some_errors, chance=chance, number=errors // len(told)))
    return wrong


def mounted(disk: Path) -> list[str]:
    """What to put before a command for which a small disk is mounted on a folder, in a room of its own; nothing where that cannot be."""
    shell = ["unshare", "--map-root-user", "--mount", "--", "sh", "-c", 'mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"', str(disk)]
    possible = shutil.which("unshare") is not None and subprocess.run([*shell, "true"], capture_output=True).returncode == 0
    return shell if possible else []


def on_a_small_disk(folder: Path, step: int) -> int:
    """The same program in a room of its own, in which a small disk can be mounted; 1 when anything went wrong there."""
    disk = folder / "small"
    disk.mkdir()
    shell = mounted(disk)
    if not shell:
        print("no disk can be mounted here")  # noqa: T201
        return 0
    return int(subprocess.run([*shell, sys.executable, __file__, "0", "--errors", "0", "--disk", str(disk), "--step", str(step)]).returncode != 0)


def report(story: Story, folder: Path, what: str, trial: Callable[[Trials], object]) -> int:
    """Tries something out and says what came of it; how many went wrong."""
    trials = Trials(story, folder / "trial")
    trial(trials)
    for said in trials.wrong:
        print(said)  # noqa: T201
    outcomes = "; ".join(f"{outcome}: {count}" for outcome, count in sorted(trials.ended.items()))
    print(f"{trials.story.name}: {sum(trials.ended.values())} {what} ({outcomes})", flush=True)  # noqa: T201
    return len(trials.wrong)


if __name__ == "__main__":
    sys.exit(main())
