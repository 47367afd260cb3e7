"""A job done beside another one, where that is cheap: in a copy of this process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from appraisal.kin import end_with

Answer = TypeVar("Answer")


class Beside(Generic[Answer]):
    """A job begun beside what is done here.

    On Linux a forked copy of this process does it on another core. Elsewhere, or if the copy is lost, it is done here when the answer
    is asked for: handing everybody's decisions to a new process would take as long as the job.
    """

    def __init__(self, job: Callable[[], Answer]) -> None:
        self._job = job
        self._copy: BaseProcess | None = None
        if sys.platform == "linux" and (os.cpu_count() or 1) > 1:
            context = multiprocessing.get_context("fork")
            self._ours, theirs = context.Pipe(duplex=False)
            self._copy = context.Process(target=_send, args=(job, theirs, self._ours, os.getpid()), daemon=True)
            self._copy.start()
            theirs.close()

    def answer(self) -> Answer:
        """Waits for it."""
        if self._copy is None:
            return self._job()
        try:
            found: Answer = self._ours.recv()
        except (EOFError, OSError):
            self._copy.join()
            return self._job()
        self._copy.join()
        return found

    def end(self) -> None:
        """Nobody wants the answer any more, and the copy must not go on with what it does."""
        if self._copy is not None:
            self._copy.kill()
            self._copy.join()


def _send(job: Callable[[], Answer], to: Connection, other_end: Connection, parent: int) -> None:
    end_with(parent)  # a copy that outlived a killed run would write into the next one's result
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the run stops the one who asked, who ends this one
    other_end.close()  # or sending to an asker who was killed would never end
    with suppress(Exception):  # the job is then done again by the one who asked, who meets the same error himself
        to.send(job())
