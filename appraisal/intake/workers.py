"""The processes that read: a memory limit and a watchdog around each, so that a file can end its reader and nothing else."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import pickle
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Self, TypeVar

from msgspec import Struct

from appraisal.discover import Found
from appraisal.kin import end_with
from appraisal.model import Table
from appraisal.problems import Problem
from appraisal.standard import Standard

Given = TypeVar("Given")
Made = TypeVar("Made")
SECONDS = 30
MEMORY = 1_500_000_000
_MOST = 61
"""More processes than this Windows cannot wait for."""
_STEP_BACK = 10
"""What the run itself does meanwhile goes first: in the end the readers wait for it, or it for them."""


class Intake(Struct, frozen=True):
    """What one file gave: its hash, its tables, its problems."""

    file: str
    sha256: str
    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]
    returned_of: str = ""
    """The mark of a corrected copy: which returned file it replaces."""
    changed: float = 0
    """When the file was last saved."""


def readers(portions: int = 1) -> Executor:
    """Workers for so many portions of work, which load what reading needs while this process does something else."""
    workers = max(min(os.cpu_count() or 1, portions, _MOST), 1)
    method = "fork" if sys.platform == "linux" else "spawn"
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context(method), initializer=_prepare, initargs=(os.getpid(),))
    with suppress(BrokenProcessPool):  # told by those who are to be read
        for _ in range(workers):
            pool.submit(_prepared)
    return pool


def packed(standard: Standard) -> bytes:
    """What a worker must know of the policy, as it travels with each chunk."""
    return pickle.dumps(standard, pickle.HIGHEST_PROTOCOL)


# ---- inside a worker ---------------------------------------------------------------------------------------------------
def _prepared() -> None:
    """A job that makes its pool start a worker."""


def _prepare(run: int) -> None:
    with Path(os.devnull).open("w") as nowhere:  # a reader that dies says so on its own, in English, to nobody's use
        os.dup2(nowhere.fileno(), 2)
    end_with(run)  # a worker would wait for ever for files from a run that was killed
    if sys.platform == "linux":
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        bound = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.nice(_STEP_BACK)
    import appraisal.intake.one_file  # noqa: F401


@lru_cache(maxsize=1)
def _standard(packed: bytes) -> Standard:
    known: Standard = pickle.loads(packed)  # noqa: S301 - from our own process
    return known


def read_chunk(files: Sequence[Found], standard: bytes) -> bytes:
    """Reads some files and packs what they gave, a list of Intakes.

    A watchdog ends this process (without needing the interpreter) when a file takes too long. All files are opened before any is
    looked into: the same steps again and again take a tenth less than all steps file by file.
    """
    from appraisal.intake.one_file import opened, read_file, understood

    known = _standard(standard)
    with _Watchdog() as watch:
        try:
            books = [watch(opened, file, known) for file in files]
            found = [watch(understood, book, known) for book in books]
        except MemoryError:
            books = []
            found = [watch(read_file, file, known) for file in files]
    return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)  # the pool would do it with a slower pickler


def unpacked(answer: bytes) -> list[Intake]:
    """What `read_chunk` found."""
    known: list[Intake] = pickle.loads(answer)  # noqa: S301 - from our own process
    return known


class _Watchdog:
    """Ends this process when a step takes too long."""

    def __init__(self) -> None:
        self._armed = -1.0

    def __enter__(self) -> Self:
        self._nowhere = Path(os.devnull).open("w")
        return self

    def __exit__(self, *_: object) -> None:
        faulthandler.cancel_dump_traceback_later()
        self._nowhere.close()

    def __call__(self, step: Callable[[Given, Standard], Made], given: Given, standard: Standard) -> Made:
        if time.monotonic() > self._armed + 1:  # arming starts a thread, which costs as much as reading a small file
            faulthandler.dump_traceback_later(SECONDS, exit=True, file=self._nowhere)
            self._armed = time.monotonic()
        return step(given, standard)
