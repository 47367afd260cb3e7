"""Jobs done by two processes, where that is cheap: this one and a copy of it, each taking the next job when it is free."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from appraisal.kin import end_with

Answer = TypeVar("Answer")
_MOST = 256
"""The number of a job is a byte."""


class InTwo(Generic[Answer]):
    """Jobs begun by a copy of this process, beside what is done here until their answers are asked for.

    On Linux the copy is forked and uses another core. Elsewhere, or if the copy is lost, everything is done here when the answers are
    asked for: handing everybody's decisions to a new process would take as long as the jobs.
    """

    def __init__(self, jobs: Sequence[Callable[[], Answer]], *, alone: bool = False) -> None:
        self._jobs = jobs
        self._copy: BaseProcess | None = None
        if not alone and sys.platform == "linux" and (os.cpu_count() or 1) > 1 and len(jobs) <= _MOST:
            context = multiprocessing.get_context("fork")
            self._next, numbers = os.pipe()  # a number for each job: who takes it out does the job
            os.write(numbers, bytes(range(len(jobs))))
            os.close(numbers)
            self._theirs, answering = context.Pipe(duplex=False)
            self._copy = context.Process(target=_copy, args=(jobs, self._next, answering, self._theirs, os.getpid()), daemon=True)
            self._copy.start()
            answering.close()

    def answers(self) -> list[Answer]:
        """The answer of every job, in order: does what nobody has begun, and waits for the copy."""
        if self._copy is None:
            return [job() for job in self._jobs]
        done = dict(_taken(self._jobs, self._next))
        with suppress(EOFError, OSError):
            done |= self._theirs.recv()
        self._copy.join()
        self._closed()
        return [done[number] if number in done else job() for number, job in enumerate(self._jobs)]

    def end(self) -> None:
        """Nobody wants the answers any more, and the copy must not go on with what it does."""
        if self._copy is not None:
            self._copy.kill()
            self._copy.join()
            self._closed()

    def _closed(self) -> None:
        if self._next >= 0:
            os.close(self._next)
            self._theirs.close()
            self._next = -1


def _taken(jobs: Sequence[Callable[[], Answer]], numbers: int) -> Iterator[tuple[int, Answer]]:
    """Takes one job after the other until none is left; each with its answer."""
    while number := os.read(numbers, 1):
        yield number[0], jobs[number[0]]()


def _copy(jobs: Sequence[Callable[[], Answer]], numbers: int, answering: Connection, other_end: Connection, parent: int) -> None:
    end_with(parent)  # a copy that outlived a killed run would write into the next one's result
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the run stops the one who asked, who ends this one
    other_end.close()  # or sending to an asker who was killed would never end
    with suppress(Exception):  # what it had taken is then done again by the one who asked, who meets the same error himself
        answering.send(dict(_taken(jobs, numbers)))
