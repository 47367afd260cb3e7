"""Times whole runs against floors and against the script of today; prints Markdown.

`python bench/run.py [--sizes small,medium] [--runs 5]`. Four commands take turns on
the same workplace, every one a fresh process:

- run      `python process.py --at DIR run 2021Q4`, from a workplace without output
- floor A  `floor_read.py`: bare calamine reads every sheet in two processes
- floor B  `floor_write.py`: floor A and a bare xlsxwriter write of as many cells
- script   `script_of_today.py`: pandas and openpyxl, file by file

This program imports only the standard library, on purpose: a child's peak memory as
the kernel reports it is never below what its parent held when the child was started.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PERIOD = "2021Q4"
SIZES = ("small", "medium", "large")
STAMP = ".bench-workplace.json"
KEPT = {"input", "rules.yaml", STAMP}
ASIDE = "earlier-outputs-"
RUN, READ, WRITE, SCRIPT = "run", "floor A", "floor B", "script"
PAIRS = ((RUN, READ), (RUN, WRITE), (SCRIPT, RUN), (SCRIPT, READ), (SCRIPT, WRITE))
LOOK_EVERY = 0.01  # seconds between two looks at memory
LIBRARIES = ("python-calamine", "xlsxwriter", "openpyxl", "pandas")
FINAL = 0
KILOBYTES_PER_MB = 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """One finished process with all its children, as the kernel counted it."""

    wall: float
    cpu: float
    largest_mb: float
    together_mb: float  # 0 where nobody looked
    status: int


@dataclass(frozen=True, slots=True)
class Workplace:
    size: str
    folder: Path
    files: int
    people: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured at one size, command by command."""

    workplace: Workplace
    samples: dict[str, list[Sample]]
    watched: dict[str, Sample]
    notes: list[str]

    def wall(self, name: str) -> float:
        return median(sample.wall for sample in self.samples[name])

    def ratios(self, above: str, below: str) -> list[float]:
        """The ratio of the two in each round that holds both."""
        pairs = zip(self.samples.get(above, []), self.samples.get(below, []), strict=False)
        return [a.wall / b.wall for a, b in pairs]


def session_of(pid: str) -> int:
    stat = Path("/proc", pid, "stat").read_text()
    return int(stat.rpartition(")")[2].split()[3])


def proportional_kb(pid: str) -> int:
    """Memory of a process, with shared pages divided among those who share them."""
    for line in Path("/proc", pid, "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def session_mb(session: int) -> float:
    """Memory of all processes of a session, shared pages counted once."""
    total = 0
    for pid in [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]:
        try:
            if session_of(pid) == session:
                total += proportional_kb(pid)
        except (OSError, IndexError, ValueError):  # it ended while we looked
            continue
    return total / KILOBYTES_PER_MB


def end_session(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def measure(command: Sequence[str], log: Path, timeout: float, *, look: bool = False) -> Sample:
    """Runs a command to its end; `look` also watches the memory of all its processes.

    A timed run is not looked at: only the clock and `wait4` are asked.
    """
    done = threading.Event()
    peak = [0.0]

    def watch() -> None:
        while not done.wait(LOOK_EVERY):
            peak[0] = max(peak[0], session_mb(child.pid))

    with log.open("wb") as out:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, env=surroundings())
        alarm = threading.Timer(timeout, end_session, [child.pid])
        alarm.start()
        watcher = threading.Thread(target=watch)
        if look:
            watcher.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        done.set()
        alarm.cancel()
        if look:
            watcher.join()
        child.returncode = os.waitstatus_to_exitcode(status)
    return Sample(
        wall,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / KILOBYTES_PER_MB,
        peak[0],
        child.returncode,
    )


def surroundings() -> dict[str, str]:
    """The environment without the variable that keeps Python from keeping what it has compiled, which no clerk's computer has."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def clean(folder: Path) -> None:
    """Takes a workplace back to what was handed in: no output, no archive, no cache.

    What was there is moved aside and deleted at the end: for seconds after hundreds of files were deleted, ext4 looks long for room for new ones.
    """
    if not (folder / STAMP).is_file():
        sys.exit(f"{folder} is no workplace of the benchmark")
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=ASIDE))
    for path in folder.iterdir():
        if path.name not in KEPT:
            path.rename(aside / path.name)


def clear_away(work: Path) -> None:
    """Deletes what was moved aside."""
    for aside in work.glob(f"{ASIDE}*"):
        shutil.rmtree(aside)


def python(script: Path, *arguments: str | Path) -> list[str]:
    return [sys.executable, str(script), *map(str, arguments)]


def prepare(size: str, work: Path) -> Workplace:
    folder = work / size
    making = python(HERE / "make_workplace.py", size, folder)
    said = subprocess.run(making, check=True, stdout=subprocess.PIPE, text=True)
    print(said.stdout.strip(), file=sys.stderr)
    stamp = json.loads((folder / STAMP).read_text())
    return Workplace(size, folder, stamp["files"], stamp["people"])


def guess_shape(people: int) -> list[tuple[str, str, int, int]]:
    """About what a run will write, as long as there is none to count."""
    return [
        ("考核台账.xlsx", "考核结果", people + 1, 12),
        ("名单表.xlsx", "名单表", people * 45 // 100, 6),
    ]


def write_shape(workplace: Workplace, path: Path) -> str:
    """Counts what the first run wrote, for floor B; a sentence about it."""
    counting = python(HERE / "shape_of.py", workplace.folder / "output" / PERIOD)
    counted = subprocess.run(counting, check=False, capture_output=True, text=True, encoding="utf-8")
    if counted.returncode == 0:
        shape, source = json.loads(counted.stdout), "counted in the first run's output"
    else:
        shape, source = guess_shape(workplace.people), "**GUESSED, no output to count**"
    path.write_text(json.dumps(shape, ensure_ascii=False), encoding="utf-8")
    rows = sum(sheet[2] for sheet in shape)
    cells = sum(sheet[2] * sheet[3] for sheet in shape)
    return f"{workplace.size}: floor B writes {rows:,} rows, {cells:,} cells on {len(shape)} sheets ({source})"


def written(workplace: Workplace) -> str:
    """How much the run itself wrote: more than floor B does."""
    output = workplace.folder / "output" / PERIOD
    sizes = [path.stat().st_size for path in output.rglob("*") if path.is_file()]
    return f"{workplace.size}: the run writes {len(sizes):,} files, {sum(sizes) / 1e6:.1f} MB"


def check_status(name: str, sample: Sample, log: Path) -> str | None:
    """Floors and script must succeed; a run that is not final is only said."""
    if sample.status == FINAL:
        return None
    if name != RUN:
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        sys.exit(f"{name} ended with {sample.status}:\n{tail}")
    return f"**the run was not final: exit status {sample.status}**, see {log}"


def commands_for(workplace: Workplace, work: Path, *, with_script: bool) -> dict[str, list[str]]:
    folder, size = workplace.folder, workplace.size
    commands = {
        RUN: python(ROOT / "process.py", "--at", folder, "run", PERIOD),
        READ: python(HERE / "floor_read.py", folder),
        WRITE: python(HERE / "floor_write.py", folder, work / f"{size}-shape.json"),
        SCRIPT: python(HERE / "script_of_today.py", folder, work / f"{size}-script"),
    }
    if not (ROOT / "process.py").is_file():
        del commands[RUN]
    if not with_script:
        del commands[SCRIPT]
    return commands


def benchmark(workplace: Workplace, work: Path, rounds: int, script_rounds: int, timeout: float) -> Measured:
    """All commands on one workplace: once watched, then timed in turns.

    A script that is to run only once is counted from its watched run.
    """
    commands = commands_for(workplace, work, with_script=script_rounds > 0)
    logs = {name: work / f"{workplace.size}-{name.replace(' ', '-')}.log" for name in commands}
    notes: list[str] = []

    def one(name: str, *, look: bool) -> Sample:
        if name == RUN:
            clean(workplace.folder)
        sample = measure(commands[name], logs[name], timeout, look=look)
        note = check_status(name, sample, logs[name])
        if note and note not in notes:
            notes.append(note)
        return sample

    watched: dict[str, Sample] = {}
    if RUN in commands:
        watched[RUN] = one(RUN, look=True)
        notes.append(written(workplace))
    else:
        clean(workplace.folder)
        notes.append("**there is no process.py yet: only the others were measured**")
    notes.append(write_shape(workplace, work / f"{workplace.size}-shape.json"))
    for name in [name for name in commands if name not in watched]:
        watched[name] = one(name, look=True)

    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    once = script_rounds == 1
    if once:
        samples[SCRIPT].append(watched[SCRIPT])
    names = [name for name in commands if not (once and name == SCRIPT)]
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            samples[name].append(one(name, look=False))
    return Measured(workplace, samples, watched, notes)


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """Median, and the least and the most when there are several."""
    middle = f"{median(values):{form}}"
    if len(values) == 1:
        return f"{middle} (once)"
    return f"{middle} ({min(values):{form}}–{max(values):{form}})"


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print("| " + " | ".join(header) + " |")
    print("|---" * len(header) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def time_row(measured: Measured, name: str) -> list[str]:
    samples, place = measured.samples[name], measured.workplace
    return [
        f"{place.size}: {place.files:,} files, {place.people:,} people",
        name,
        spread([sample.wall for sample in samples]),
        f"{median(sample.cpu for sample in samples):.2f}",
        f"{1000 * measured.wall(name) / place.files:.2f}",
        f"{max(sample.largest_mb for sample in samples):.0f}",
        f"{measured.watched[name].together_mb:.0f}",
        " ".join(map(str, sorted({sample.status for sample in samples}))),
    ]


def ratio_row(measured: Measured) -> list[str]:
    return [
        measured.workplace.size,
        *(spread(ratios) if (ratios := measured.ratios(above, below)) else "–" for above, below in PAIRS),
    ]


def growth_rows(small: Measured, big: Measured) -> Iterable[list[str]]:
    """How the time grew with the files: 1.00 per file is linear."""
    files = big.workplace.files / small.workplace.files
    for name in small.samples.keys() & big.samples.keys():
        times = big.wall(name) / small.wall(name)
        yield [
            f"{small.workplace.size} → {big.workplace.size}",
            name,
            f"{files:.1f}",
            f"{times:.1f}",
            f"{times / files:.2f}",
        ]


def library(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} missing"


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def report(results: Sequence[Measured], load_before: str, rounds: int) -> None:
    """The Markdown tables."""
    libraries = ", ".join(map(library, LIBRARIES))
    print(f"# Whole runs: `process.py run {PERIOD}`\n")
    print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}, {libraries}. "
        f"Load {load_before} before, {load()} after. "
        f"{rounds} rounds in turns after one warm-up; files in the page cache; "
        "median (min–max).\n"
    )
    header = ("workplace", "what", "wall s", "CPU s", "ms per file")
    memory = ("largest process MB", "all processes MB (sampled)", "exit")
    names = (RUN, READ, WRITE, SCRIPT)
    print_table(
        (*header, *memory),
        [time_row(m, name) for m in results for name in names if name in m.samples],
    )
    print_table(
        (
            "ratio of wall times, round by round",
            *(f"{above} / {below}" for above, below in PAIRS),
        ),
        map(ratio_row, results),
    )
    if len(results) > 1:
        pairs = pairwise(results)
        rows = [row for small, big in pairs for row in sorted(growth_rows(small, big))]
        print_table(
            ("growth", "what", "files ×", "time ×", "time per file ×"),
            rows,
        )
    for note in dict.fromkeys(note for m in results for note in m.notes):
        print(f"- {note}")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="small,medium", help=f"of {SIZES}")
    parser.add_argument("--runs", type=int, default=5, help="counted rounds")
    parser.add_argument("--no-script", action="store_true", help="floors and run only")
    parser.add_argument("--timeout", type=float, default=1800, help="s per command")
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / "appraisal-bench",
        help="where workplaces and logs are kept",
    )
    options = parser.parse_args()
    options.sizes = [size for size in SIZES if size in options.sizes.split(",")]
    if not options.sizes or options.runs < 1:
        parser.error(f"--sizes takes some of {','.join(SIZES)}, --runs at least 1")
    return options


def main() -> None:
    options = parse()
    work: Path = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    load_before = load()
    results = []
    for size in options.sizes:
        # By openpyxl the large size takes minutes: once is enough.
        script_rounds = 1 if size == "large" else options.runs
        if options.no_script:
            script_rounds = 0
        workplace = prepare(size, work)
        results.append(benchmark(workplace, work, options.runs, script_rounds, options.timeout))
    report(results, load_before, options.runs)
    clear_away(work)


if __name__ == "__main__":
    main()
