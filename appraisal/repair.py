"""What a killed run left, put right before the next one begins."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from appraisal import archive
from appraisal.deliver import put_in_place, sweep, waiting
from appraisal.manifest import sha
from appraisal.notation import parse_period
from appraisal.refused import explained
from appraisal.result import Workplace


def recover(workplace: Workplace) -> None:
    """Finishes or undoes what a killed run left: a folder the archive already speaks of takes its place, all else is swept away.

    While the archive cannot be read nobody knows which: complete folders wait for the next start. Raises BusyError.
    """
    undecided: list[Path] = []
    with suppress(OSError):
        archive.tidy(workplace.archive)
    with explained(workplace.output):
        for name, fresh in waiting(workplace.output):
            try:
                if _is_filed(workplace, name, fresh):
                    put_in_place(fresh, workplace.output, name, keep=True)
            except archive.ArchiveError:
                undecided.append(fresh)
    sweep(workplace.output, keep=undecided)


def _is_filed(workplace: Workplace, name: str, fresh: Path) -> bool:
    """True when the archive's last run of this period is the one in the folder."""
    period, manifest = parse_period(name), fresh / "run.json"
    return period is not None and manifest.is_file() and archive.recorded_output(workplace.archive, period) == sha(manifest.read_bytes())
