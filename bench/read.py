"""Times reading with all its checks against a bare read of the same files; prints Markdown.

`python bench/read.py [--size medium] [--runs 7]`. Four ways take turns on one workplace, each time in a fresh process that
keeps the clock itself, from the first look into `input/` to the last row (starting Python and loading rules.yaml is not reading):

- all checks                   the program: found, opened behind the gate, looked at behind the values, recognised, validated, handed over
- all checks, one process      the same without workers: what the checks cost by themselves
- bare, one process            calamine opens every file and turns every sheet into rows
- bare, two processes          the same, half of the files in each
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import floor_read  # noqa: E402

CHECKED, ALONE, BARE, TWOFOLD = WAYS = ("all checks", "all checks, one process", "bare, one process", "bare, two processes")


def timed(way: str, folder: Path) -> float:
    """Seconds of one way, here and now."""
    if way in (CHECKED, ALONE):
        return _checked(folder, alone=way == ALONE)
    files = folder / "input"
    started = time.perf_counter()
    if way == BARE:
        floor_read.read(path for _, path in floor_read.workbooks(files))
    else:
        floor_read.read_twofold(files)
    return time.perf_counter() - started


def _checked(folder: Path, *, alone: bool) -> float:
    from appraisal.discover import discover
    from appraisal.intake import listed, take_in
    from appraisal.intake.one_file import read_file
    from appraisal.policy.load import load_policy
    from appraisal.policy.standard import standard_for

    standard = standard_for(load_policy(folder / "rules.yaml"), "")
    read_file(discover(folder / "input")[0][0], standard)  # imports what reading needs
    gc.disable()  # as process.py does
    started = time.perf_counter()
    if alone:
        found = [read_file(file, standard) for file in discover(folder / "input")[0]]
    else:
        with listed(folder / "input") as files:
            found = list(take_in(files, standard))
    passed = time.perf_counter() - started
    if any(problem.is_error for read in found for problem in read.problems) or not any(read.tables for read in found):
        sys.exit("the sheets of the workplace should be clean")
    return passed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", default="medium", choices=("small", "medium", "large"))
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "appraisal-bench")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    wish = parser.parse_args()
    folder = wish.work / wish.size
    if wish.way:
        print(timed(wish.way, folder))
        return
    subprocess.run([sys.executable, HERE / "make_workplace.py", wish.size, folder], check=True, stdout=subprocess.DEVNULL)
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    before = os.getloadavg()[0]
    for round_ in range(wish.runs + 1):
        for way in WAYS[round_ % 4 :] + WAYS[: round_ % 4]:
            command = [sys.executable, __file__, "--size", wish.size, "--work", wish.work, "--way", way]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            if round_:  # the first round fills the page cache
                taken[way].append(float(said))
    print(f"Python {platform.python_version()}, python-calamine {version('python-calamine')}, {os.cpu_count()} processors, {wish.size} workplace,")
    print(f"{wish.runs} rounds; load {before:.1f} before, {os.getloadavg()[0]:.1f} after\n")
    print("| reading | s | times bare, one process | times bare, two processes |\n|---|---|---|---|")
    for way in WAYS:
        ratios = [sorted(mine / floor for mine, floor in zip(taken[way], taken[other], strict=True)) for other in (BARE, TWOFOLD)]
        spread = " | ".join(f"{median(found):.2f} ({found[0]:.2f}–{found[-1]:.2f})" for found in ratios)
        print(f"| {way} | {median(taken[way]):.3f} | {spread} |")


if __name__ == "__main__":
    main()
