"""退回/: each faulty workbook back to its sender, with the faulty cells marked; what cannot be copied whole gets a list."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import MappingProxyType

from appraisal.problems import UNOPENED, Problem
from appraisal.render.file_names import safe_name
from appraisal.render.returned.marker import GUIDE, Arrival, Mark, Replaced, Settled, returned_of, superseded

FOLDER = "退回"
LIST = "_问题清单"
SECONDS = 20
MEMORY = 1_000_000_000
PER_WORKER = 30
"""So many copies are worth a further process."""
_LONGEST, _MOST_BYTES = 70, 170
"""Characters and bytes of a file name, so that its ending still fits into the 80 and 255 that are allowed."""

Job = tuple[Path, str, tuple[Problem, ...], str]


def returned(problems: Iterable[Problem], input_folder: Path, digests: Mapping[str, str] = MappingProxyType({})) -> Iterator[tuple[str, bytes]]:
    """Path in the output and content, for each file with an error. `digests` are the files' hashes when they were read.

    Nothing is imported or started when no file has an error.
    """
    faulty = _by_file(problems)
    if not faulty:
        return
    from appraisal.render.returned.listed import listed

    taken: set[str] = set()
    jobs = [(input_folder / file, file, found, digests.get(file, "")) for file, found in faulty.items()]
    copies = _copies([job for job in jobs if not _unopened(job[2])])
    for _, file, found, _ in jobs:
        copy = None if _unopened(found) else next(copies)
        name = safe_name(f"{_readable(file)}{'' if copy else LIST}", taken)
        yield f"{FOLDER}/{name}.xlsx", copy or listed(file, found)


def _by_file(problems: Iterable[Problem]) -> dict[str, tuple[Problem, ...]]:
    """The problems of each file that has an error, errors first, files by name."""
    found: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.cell.file:
            found[problem.cell.file].append(problem)
    return {file: tuple(sorted(here, key=lambda problem: problem.order)) for file, here in sorted(found.items()) if any(problem.is_error for problem in here)}


def _unopened(problems: Sequence[Problem]) -> bool:
    """True for a file that could not or must not be read: openpyxl is no match for it either."""
    return all(problem.code in UNOPENED for problem in problems if problem.is_error)


def _readable(file: str) -> str:
    """2021-10/办公室.xlsx → 2021-10_办公室; a long one loses its middle, for folder and file name say the most."""
    folder, _, name = file.rpartition("/")
    text = "_".join(filter(None, (folder.replace("/", "_"), name.rpartition(".")[0] or name)))
    while len(text) > _LONGEST or len(text.encode("utf-8", "replace")) > _MOST_BYTES:
        text = text[: len(text) // 2] + text[len(text) // 2 + 1 :]
    return text


def _copies(jobs: Sequence[Job]) -> Iterator[bytes | None]:
    """The copy of each file in order, None where none can be made. A file that ends its worker costs that file only."""
    workers = min(os.cpu_count() or 1, 1 + len(jobs) // PER_WORKER)
    done = 0
    while done < len(jobs):
        with _pool(workers) as pool:
            for future in [pool.submit(_copy, job) for job in jobs[done:]]:
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    break
                done += 1
                yield future.result() if error is None else None
            else:
                return
        if workers == 1:  # a worker alone goes through its files in order: it was this one
            done += 1
            yield None
        workers = 1


def _pool(workers: int) -> ProcessPoolExecutor:
    method = "fork" if sys.platform == "linux" else "spawn"
    return ProcessPoolExecutor(workers, multiprocessing.get_context(method), initializer=_bound)


# ---- inside a worker ---------------------------------------------------------------------------------------------------
def _bound() -> None:
    """No more memory than the process has now and MEMORY more."""
    if sys.platform == "linux":
        import resource

        size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _copy(job: Job) -> bytes | None:
    """One copy, with a watchdog that ends this process when it takes too long."""
    from appraisal.render.returned.copied import copied

    with Path(os.devnull).open("w", encoding="ascii") as nowhere:
        faulthandler.dump_traceback_later(SECONDS, exit=True, file=nowhere)
        try:
            return copied(*job)
        finally:
            faulthandler.cancel_dump_traceback_later()


__all__ = ["FOLDER", "GUIDE", "Arrival", "Mark", "Replaced", "Settled", "returned", "returned_of", "superseded"]
