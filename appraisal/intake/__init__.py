"""Files → tables, in worker processes: a file that crashes, hangs or devours memory costs that file only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, field

from appraisal.discover import Found, discover
from appraisal.intake.workers import MEMORY, SECONDS, Intake, packed, read_chunk, readers, unpacked
from appraisal.model import Cell
from appraisal.problems import READER_LOST, Problem
from appraisal.standard import Standard

MANY = 120
"""Below about this many files one worker is faster than two."""
CHUNK = 48
"""Files handed to a worker at a time: fewer, larger answers travel faster."""
CHUNK_BYTES = 1_000_000
"""No further file is added to a chunk of this size, so that the last chunks are short ones."""


class Listed(Struct):
    """What lies in input/, and the workers that will read it."""

    files: tuple[Found, ...]
    problems: tuple[Problem, ...]
    leftovers: int
    readers: Executor
    chunks: Sequence[Sequence[Found]] = ()
    """The files in portions for the readers."""
    standard: bytes = b""
    """What the workers know of the policy, once they have begun."""
    waiting: dict[Future[bytes], Sequence[Found]] = field(default_factory=dict)
    """Which files each answer will be about."""
    lost: list[Sequence[Found]] = field(default_factory=list)
    """What a reader that has ended already cannot be given."""

    def begin(self, standard: Standard) -> None:
        """Gives the workers their work; done once, however often it is asked for."""
        if self.standard:
            return
        self.standard = packed(standard)
        for chunk in self.chunks:
            try:
                self.waiting[self.readers.submit(read_chunk, chunk, self.standard)] = chunk
            except BrokenProcessPool:
                self.lost.append(chunk)


@contextmanager
def listed(folder: Path) -> Iterator[Listed]:
    """The files of input/, and workers that make themselves ready to read them while the rules are loaded here."""
    files, problems, leftovers = discover(folder)
    chunks = _chunks(files)
    pool = readers(len(chunks) if len(files) >= MANY else 1)
    try:
        yield Listed(files, problems, leftovers, pool, chunks)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)  # nobody wants their answers any more
        raise
    pool.shutdown()


def take_in(
    found: Listed, standard: Standard, progress: Callable[[int], None] = lambda _: None, meanwhile: Callable[[], None] = lambda: None
) -> Iterator[Intake]:
    """Every file read, recognised and validated, in the order of their names; those of a lost worker are tried again.

    `meanwhile` is called once, here, while the workers are busy.
    """
    answers: dict[str, Intake] = {}
    found.begin(standard)
    meanwhile()
    for future in as_completed(found.waiting):
        chunk = found.waiting[future]
        try:
            answers.update((intake.file, intake) for intake in unpacked(future.result()))
        except Exception:  # noqa: BLE001 - whatever a file did to its reader, it costs that file only: see _again
            found.lost.append(chunk)
        progress(len(chunk))
    found.readers.shutdown(wait=False)
    for chunk in found.lost:
        answers.update((intake.file, intake) for intake in _again(chunk, found.standard))
    for file in found.files:
        yield answers.pop(file.name)


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


def _again(files: Sequence[Found], standard: bytes) -> list[Intake]:
    """Files of a lost worker in a new one; if that dies too, each in one of its own; a file that still kills it is named and left out."""
    with readers() as pool:
        try:
            return unpacked(pool.submit(read_chunk, files, standard).result())
        except Exception as error:  # noqa: BLE001 - a fault of the program itself must not cost the others their run; it is named
            if len(files) == 1:
                died = isinstance(error, BrokenProcessPool)
                why = f"程序异常中止，或超过 {SECONDS} 秒、{MEMORY // 10**6} MB" if died else f"程序出错（{type(error).__name__}）"
                return [Intake(files[0].name, "", (), (READER_LOST.at(Cell(files[0].name), why=why),))]
    return [intake for found in files for intake in _again([found], standard)]


__all__ = ["Intake", "Listed", "listed", "take_in"]
