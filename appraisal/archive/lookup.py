"""What was filed: latest versions, whole years, all versions of a period."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from appraisal.archive.opened import reading
from appraisal.model import Code, Filed, Grade, Outcome, Period, Span, Status


def filed(path: Path, period: Period) -> tuple[Filed, ...]:
    """The latest filing of a result period in the order of the roster; () when there is none. Raises ArchiveError."""
    return next(iter(history(path, period)[-1:]), ())


def version_of(path: Path, period: Period) -> int | None:
    """The number of the latest filing (0 the first, n for 更正 n); None when there is none. Raises ArchiveError."""
    with reading(path) as archive:
        return latest_version(archive, period)


def filed_in_year(path: Path, year: int) -> Mapping[Period, tuple[Filed, ...]]:
    """The latest filing of each result period of a year, in the order of the calendar. Raises ArchiveError."""
    with reading(path) as archive:
        found = archive.execute("SELECT DISTINCT span, number FROM filing WHERE year = ?", (year,)).fetchall()
        periods = sorted((Period(year, Span(span), number) for span, number in found), key=lambda period: (period.last_day, period.first_day))
        return {period: _results(archive, period, latest_version(archive, period) or 0) for period in periods}


def history(path: Path, period: Period) -> tuple[tuple[Filed, ...], ...]:
    """All filings of a result period, the first one first. Raises ArchiveError."""
    with reading(path) as archive:
        latest = latest_version(archive, period)
        return () if latest is None else tuple(_results(archive, period, version) for version in range(latest + 1))


def recorded_output(path: Path, run_period: Period) -> str | None:
    """sha256 of the run.json of the last final run of a period; None before the first. Raises ArchiveError."""
    with reading(path) as archive:
        found = archive.execute("SELECT output FROM run WHERE period = ? ORDER BY id DESC LIMIT 1", (str(run_period),)).fetchone()
        return str(found[0]) if found else None


def latest_version(archive: sqlite3.Connection, period: Period) -> int | None:
    """The same as `version_of`, of an open archive."""
    key = (period.year, period.span.value, period.number)
    found: int | None = archive.execute("SELECT max(version) FROM filing WHERE year = ? AND span = ? AND number = ?", key).fetchone()[0]
    return found


_RESULTS = """
SELECT name, staff_no, unit, department, rank, band, score, proposed, result, code, remark, reasons
  FROM filing JOIN result ON result.filing = filing.id
 WHERE year = ? AND span = ? AND number = ? AND version = ? ORDER BY place
"""


def _results(archive: sqlite3.Connection, period: Period, version: int) -> tuple[Filed, ...]:
    rows = archive.execute(_RESULTS, (period.year, period.span.value, period.number, version))
    return tuple(
        Filed(
            period,
            version,
            *(name, staff_no, unit, department, rank, band),
            score=Fraction(score) if score else None,
            proposed=proposed,
            result=_outcome(result),
            code=Code(code),
            remark=remark,
            reasons=tuple((kind, text, clause, cells) for kind, text, clause, cells in json.loads(reasons)),
        )
        for name, staff_no, unit, department, rank, band, score, proposed, result, code, remark, reasons in rows
    )


def _outcome(text: str) -> Outcome:
    return Grade(text) if text in _GRADES else Status(text)


_GRADES = frozenset(Grade)
