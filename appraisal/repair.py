"""What a killed run left, put right before the next one begins."""

from __future__ import annotations

from appraisal import archive
from appraisal.deliver import put_in_place, sweep, waiting
from appraisal.manifest import is_whole, sha
from appraisal.notation import parse_period
from appraisal.result import Workplace


def recover(workplace: Workplace) -> None:
    """Finishes or undoes what a killed run left: a folder the archive already speaks of takes its place, all else is swept away."""
    for name, fresh in waiting(workplace.output):
        period = parse_period(name)
        manifest_of = fresh / "run.json"
        try:
            filed = archive.recorded_output(workplace.archive, period) if period is not None else None
        except archive.ArchiveError:
            filed = None
        if filed is not None and manifest_of.is_file() and filed == sha(manifest_of.read_bytes()) and is_whole(fresh):
            put_in_place(fresh, workplace.output, name, keep=True)
    sweep(workplace.output)
