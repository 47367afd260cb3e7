"""Cells → values: what each standard sheet says, row by row, and every cell that is wrong."""

from __future__ import annotations

from appraisal.model import Table
from appraisal.problems import Problem
from appraisal.recognise import Recognised
from appraisal.standard import Layout, Standard, Use
from appraisal.validate.form import read_form
from appraisal.validate.notes import read_notes
from appraisal.validate.record import read_record
from appraisal.validate.rows import read_rows
from appraisal.validate.seen import with_seen


def validate(found: Recognised, standard: Standard) -> tuple[Table, tuple[Problem, ...]]:
    """The table a recognised sheet holds, with the problems of its cells and of what stands beside their values."""
    return with_seen(found, *_read(found, standard))


def _read(found: Recognised, standard: Standard) -> tuple[Table, tuple[Problem, ...]]:
    if found.kind.use is Use.RECORD:
        return read_record(found, standard)
    if found.kind.layout is Layout.FORM:
        return read_form(found, standard)
    if found.kind.use is Use.NOTES:
        return read_notes(found, standard)
    return read_rows(found, standard)


__all__ = ["validate"]
