"""Returned files set aside for their corrected copies."""

from __future__ import annotations

from msgspec.structs import replace

from appraisal.intake import Intake
from appraisal.model import Cell
from appraisal.problems import CHANGED_AFTER_RETURN, SUPERSEDED, Problem


def without_superseded(intakes: tuple[Intake, ...]) -> tuple[tuple[Intake, ...], list[Problem]]:
    """Returned files set aside for their newest corrected copies; a doubtful pair is left and named."""
    if not any(intake.returned_of for intake in intakes):
        return intakes, []
    from appraisal.render.returned.marker import Arrival, superseded

    settled = superseded(Arrival(one.file, one.sha256, one.changed, one.returned_of, bool(one.tables)) for one in intakes)
    gone = {one.file: one.by for one in settled.dropped}
    kept = tuple(replace(one, tables=(), problems=(SUPERSEDED.at(Cell(one.file), by=gone[one.file]),)) if one.file in gone else one for one in intakes)
    return kept, [CHANGED_AFTER_RETURN.at(Cell(one.file), by=one.by) for one in settled.doubtful]
