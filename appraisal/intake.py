"""Files → tables, in worker processes: a file that crashes, hangs or devours memory costs that file only."""

from __future__ import annotations

import faulthandler
import hashlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from appraisal.discover import Found
from appraisal.model import Cell, Table
from appraisal.problems import CHANGED_MEANWHILE, READER_LOST, UNREADABLE, Problem
from appraisal.read import UnfitError, read_book, weigh
from appraisal.recognise import recognise
from appraisal.render.returned.marker import returned_of
from appraisal.standard import Standard
from appraisal.validate import validate

CHUNK = 48
"""Files handed to a worker at a time: fewer, larger answers travel faster."""
CHUNK_BYTES = 1_000_000
"""No further file is added to a chunk of this size, so that the last chunks are short ones."""
POOL_FROM = 120
"""Below about this many files one worker is faster than two."""
SECONDS = 30
MEMORY = 1_500_000_000
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Intake:
    """What one file gave: its hash, its tables, its problems."""

    file: str
    sha256: str
    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]
    returned_of: str = ""
    """The mark of a corrected copy: which returned file it replaces."""
    changed: float = 0
    """When the file was last saved."""


def take_in(
    files: Sequence[Found], standard: Standard, progress: Callable[[int], None] = lambda _: None, meanwhile: Callable[[], None] = lambda: None
) -> Iterator[Intake]:
    """Every file read, recognised and validated, in the order of `files`; those of a lost worker are tried again.

    `meanwhile` is called once, here, while the workers are busy.
    """
    if not files:
        return
    chunks = _chunks(files)
    workers = min(os.cpu_count() or 1, len(chunks)) if len(files) >= POOL_FROM else 1
    answers: dict[str, Intake] = {}
    lost: list[list[Found]] = []
    with _pool(workers, standard) as pool:
        waiting = {pool.submit(_chunk, chunk): chunk for chunk in chunks}
        meanwhile()
        for future in as_completed(waiting):
            chunk = waiting[future]
            try:
                answers.update((intake.file, intake) for intake in future.result())
            except Exception:  # noqa: BLE001 - whatever a file did to its reader, it costs that file only: see _again
                lost.append(chunk)
            progress(len(chunk))
    for chunk in lost:
        answers.update((intake.file, intake) for intake in _again(chunk, standard))
    for found in files:
        yield answers.pop(found.name)


def _chunks(files: Sequence[Found]) -> list[list[Found]]:
    """The files in portions of about equal work, the largest files first: no worker begins a long one when the others are done."""
    chunks: list[list[Found]] = []
    room = 0
    for found in sorted(files, key=lambda found: -found.size):
        if room <= 0 or len(chunks[-1]) == CHUNK:
            chunks.append([])
            room = CHUNK_BYTES
        chunks[-1].append(found)
        room -= found.size
    return chunks


def _again(files: Sequence[Found], standard: Standard) -> list[Intake]:
    """Files of a lost worker in a new one; if that dies too, each in one of its own; a file that still kills it is named and left out."""
    with _pool(1, standard) as pool:
        try:
            return pool.submit(_chunk, files).result()
        except Exception as error:  # noqa: BLE001 - a fault of the program itself must not cost the others their run; it is named
            if len(files) == 1:
                died = isinstance(error, BrokenProcessPool)
                why = f"程序异常中止，或超过 {SECONDS} 秒、{MEMORY // 10**6} MB" if died else f"程序出错（{type(error).__name__}）"
                return [Intake(files[0].name, "", (), (READER_LOST.at(Cell(files[0].name), why=why),))]
    return [intake for found in files for intake in _again([found], standard)]


def _pool(workers: int, standard: Standard) -> Executor:
    method = "fork" if sys.platform == "linux" else "spawn"
    return ProcessPoolExecutor(workers, multiprocessing.get_context(method), initializer=_prepare, initargs=(standard, os.getpid()))


# ---- inside a worker ---------------------------------------------------------------------------------------------------
_standard: Standard | None = None


def _prepare(standard: Standard, run: int) -> None:
    global _standard  # noqa: PLW0603 - a worker serves one run; the policy travels once, not with each file
    _standard = standard
    with Path(os.devnull).open("w") as nowhere:  # a reader that dies says so on its own, in English, to nobody's use
        os.dup2(nowhere.fileno(), 2)
    if sys.platform == "linux":
        import ctypes
        import resource

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # a worker would wait for ever for files from a run that was killed
        if os.getppid() != run:
            os._exit(1)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _chunk(files: Sequence[Found]) -> list[Intake]:
    """Reads some files, with a watchdog that ends this process (without needing the interpreter) when one takes too long."""
    answers = []
    armed = -1.0
    with Path(os.devnull).open("w") as nowhere:
        try:
            for found in files:
                if time.monotonic() > armed + 1:  # arming starts a thread, which costs as much as reading a small file
                    faulthandler.dump_traceback_later(SECONDS, exit=True, file=nowhere)
                    armed = time.monotonic()
                answers.append(read_file(found, _standard or Standard(())))
        finally:
            faulthandler.cancel_dump_traceback_later()
    return answers


def read_file(found: Found, standard: Standard) -> Intake:
    """One file: bytes → cells → standard sheets → values, with every problem on the way."""
    try:
        weigh(found.path.stat().st_size)
        data = found.path.read_bytes()
        state = found.path.stat()
    except UnfitError as unfit:
        return Intake(found.name, "", (), (unfit.of(found.name),))
    except OSError as error:
        return Intake(
            found.name, "", (), (UNREADABLE.at(Cell(found.name), why="没有读取权限" if isinstance(error, PermissionError) else "刚被移走，或磁盘、网络出错"),)
        )
    digest = hashlib.sha256(data).hexdigest()
    if (state.st_size, state.st_mtime) != (found.size, found.changed):
        return Intake(found.name, digest, (), (CHANGED_MEANWHILE.at(Cell(found.name)),))
    try:
        book, problems = read_book(data, found.name, standard.password or None)
        sheets, more = recognise(book, standard)
        tables = []
        problems = (*problems, *more)
        for sheet in sheets:
            table, faults = validate(sheet, standard)
            tables.append(table)
            problems = (*problems, *faults)
    except MemoryError:
        return Intake(found.name, digest, (), (READER_LOST.at(Cell(found.name), why=f"内存超过 {MEMORY // 10**6} MB"),))
    mark = returned_of(book.sheets[0].name, book.sheets[0].rows) if book.sheets else ""
    return Intake(found.name, digest, tuple(tables), problems, mark, found.changed)
