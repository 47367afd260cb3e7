"""A job done beside another one, where that is cheap: in a copy of this process."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeVar

Answer = TypeVar("Answer")


def beside(job: Callable[[], Answer]) -> Callable[[], Answer]:
    """Begins a job that changes nothing here; calling what it gives waits for the answer.

    On Linux a forked copy of this process does it on another core. Elsewhere, or if the copy is lost, it is done here
    when the answer is asked for: handing everybody's decisions to a new process would take as long as the job.
    """
    if sys.platform != "linux" or (os.cpu_count() or 1) < 2:
        return job
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    copy = context.Process(target=_send, args=(job, theirs, ours), daemon=True)
    copy.start()
    theirs.close()

    def answer() -> Answer:
        try:
            found: Answer = ours.recv()
        except (EOFError, OSError):
            return job()
        finally:
            copy.join()
        return found

    return answer


def _send(job: Callable[[], Answer], to: Connection, other_end: Connection) -> None:
    other_end.close()  # or sending to an asker who was killed would never end
    with suppress(Exception):  # the job is then done again by the one who asked, who meets the same error himself
        to.send(job())
