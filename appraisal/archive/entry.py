"""Putting a final run into the archive: a new version of a result period only where a result has changed."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from appraisal.archive.digest import Row, fingerprint, link
from appraisal.archive.lookup import latest_version
from appraisal.archive.opened import recording
from appraisal.model import Decision, Grade, Period, Reason, Status, Verdict, number

FINAL = frozenset({*Grade, Status.UNGRADED, Status.ABSENT, Status.OUT_OF_SCOPE})
"""Results that stand; the others wait for somebody and are never filed."""


class Filing(Struct, frozen=True):
    """The results of a result period as they will be filed, with their fingerprint."""

    rows: Sequence[Row]
    digest: str


def filings(verdicts: Sequence[Verdict]) -> dict[Period, Filing]:
    """What a final run files: the rows of each result period that gives anybody a result. ValueError for a result that is not final."""
    given = {verdict.period: rows for verdict in verdicts if (rows := _rows(verdict))}
    return {period: Filing(rows, fingerprint(rows)) for period, rows in given.items()}


def record(
    path: Path,
    run_period: Period,
    filed: Mapping[Period, Filing],
    inputs: Mapping[str, str],
    rules_sha: str,
    versions: Mapping[str, str],
    output_sha: str,
) -> Mapping[Period, int]:
    """Files the results of a final run in one transaction; the version of each result period afterwards (0 the first filing).

    A result period whose results (who, result, proposed, score, remark) are those of its latest filing gets no new version. The run
    itself is noted unless it is the last one once more. Periods that give nobody a result (months scored under quarterly grading)
    are not filed. ArchiveError when the archive cannot be used, which then stays as it was.
    """
    about = (str(run_period), rules_sha, output_sha, _json(dict(inputs)), _json(dict(versions)))
    with recording(path) as archive:
        known = {period: latest_version(archive, period) for period in filed}
        fresh = {period: filing for period, filing in filed.items() if not _same(archive, period, known[period], filing.rows)}
        if fresh or not _noted(archive, about):
            _note(archive, about, [_Fresh(period, _next(known[period]), filing) for period, filing in fresh.items()])
    return {period: _next(known[period]) if period in fresh else known[period] or 0 for period in filed}


class _Fresh:
    """A filing about to be written."""

    __slots__ = ("about", "rows")

    def __init__(self, period: Period, version: int, filing: Filing) -> None:
        self.rows = filing.rows
        self.about: Row = (str(period), period.year, period.span.value, period.number, version, len(filing.rows), filing.digest)


def _next(version: int | None) -> int:
    return 0 if version is None else version + 1


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


# ---- from decisions to rows --------------------------------------------------------------------------------------------


def _rows(verdict: Verdict) -> list[Row]:
    given = [decision for decision in verdict.decisions if decision.result is not None]
    if waiting := [decision.person.name for decision in given if decision.result not in FINAL]:
        raise ValueError(f"{verdict.period}: not final for {len(waiting)} people, {waiting[0]} for one")
    return [_row(place, decision) for place, decision in enumerate(given, 1)]


def _row(place: int, decision: Decision) -> Row:
    person, score = decision.person, decision.proposal.standing.score
    return (
        place,
        person.name,
        person.staff_no,
        person.unit,
        person.department,
        person.rank,
        decision.proposal.band,
        "" if score is None or score.value is None else _exact(score.value),
        str(decision.proposed or ""),
        str(decision.result),
        decision.code.value,
        decision.remark,
        _json([_reason(reason) for reason in decision.reasons]),
    )


def _exact(value: Fraction) -> str:
    """84.5 where four decimals say it all, else the fraction."""
    text = number(value)
    return text if Fraction(text) == value else str(value)


def _reason(reason: Reason) -> tuple[str, str, str, str]:
    return reason.code.value, reason.text, reason.clause, "；".join(map(str, reason.cells))


# ---- into the tables ---------------------------------------------------------------------------------------------------

_COMPARED = """
SELECT staff_no, name, unit, department, result, proposed, score, remark
  FROM filing JOIN result ON result.filing = filing.id WHERE year = ? AND span = ? AND number = ? AND version = ?
"""


def _same(archive: sqlite3.Connection, period: Period, version: int | None, rows: Sequence[Row]) -> bool:
    """True when the latest filing says the same of the same people, in whatever order."""
    if version is None:
        return False
    filed = archive.execute(_COMPARED, (period.year, period.span.value, period.number, version))
    today = ((row[2], row[1], row[3], row[4], row[9], row[8], row[7], row[11]) for row in rows)
    return sorted(map(_compared, filed)) == sorted(map(_compared, today))


def _compared(row: Sequence[str | int]) -> tuple[str, ...]:
    """Who (see `Filed.who`), then what was said."""
    staff_no, name, unit, department, *said = map(str, row)
    return (staff_no, "", "", *said) if staff_no else (name, unit, department, *said)


def _noted(archive: sqlite3.Connection, about: Row) -> bool:
    """True when the last run of this period was this very one."""
    last = archive.execute("SELECT period, rules, output, inputs, versions FROM run WHERE period = ? ORDER BY id DESC LIMIT 1", about[:1]).fetchone()
    return last is not None and tuple(last) == about


def _note(archive: sqlite3.Connection, about: Row, filings: Sequence[_Fresh]) -> None:
    last = archive.execute("SELECT id, chain FROM run ORDER BY id DESC LIMIT 1").fetchone() or (0, "")
    run = (last[0] + 1, dt.datetime.now(dt.UTC).astimezone().isoformat(" ", "seconds"), *about)
    first = archive.execute("SELECT coalesce(max(id), 0) + 1 FROM filing").fetchone()[0]
    numbered = [(number_, run[0], *filing.about) for number_, filing in enumerate(filings, first)]
    chain = link(last[1], run, numbered)
    archive.execute("INSERT INTO run (id, recorded, period, rules, output, inputs, versions, chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*run, chain))
    for about_filing, filing in zip(numbered, filings, strict=True):
        archive.execute("INSERT INTO filing (id, run, period, year, span, number, version, people, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", about_filing)
        archive.executemany("INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ((about_filing[0], *row) for row in filing.rows))
