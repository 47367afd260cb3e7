"""Putting a final run into the archive: a new version of a result period only where a result has changed."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from appraisal.archive.digest import Row, fingerprint, link
from appraisal.archive.lookup import latest_version
from appraisal.archive.opened import Recording, explained
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


class Entry:
    """What a final run adds to the archive, in one transaction: its results at once, the run itself when `commit` notes it. All or nothing stands.

    A result period whose results (who, result, proposed, score, remark) are those of its latest filing gets no new version. The run
    itself is noted unless it is the last one once more. Periods that give nobody a result (months scored under quarterly grading)
    are not filed. ArchiveError when the archive cannot be used, which then stays as it was.
    """

    versions: Mapping[Period, int]
    """The version of each result period afterwards (0 the first filing)."""

    def __init__(self, path: Path, filed: Mapping[Period, Filing]) -> None:
        self._path = path
        with explained(path):
            self._recording = Recording(path)
            try:
                archive = self._recording.connection
                known = {period: latest_version(archive, period) for period in filed}
                fresh = [period for period, filing in filed.items() if not _same(archive, period, known[period], filing.rows)]
                self._filings = _filled_in(archive, [(period, _next(known[period]), filed[period]) for period in fresh])
            except BaseException:
                self.close()
                raise
        self.versions = {period: _next(known[period]) if period in fresh else known[period] or 0 for period in filed}

    def commit(self, run_period: Period, inputs: Mapping[str, str], rules_sha: str, versions: Mapping[str, str], output_sha: str) -> None:
        """Notes the run, which closes the chain, and lets everything stand. Raises ArchiveError."""
        about = (str(run_period), rules_sha, output_sha, _json(dict(inputs)), _json(dict(versions)))
        with explained(self._path), closing(self._recording):
            if self._filings or not _noted(self._recording.connection, about):
                _note(self._recording.connection, about, self._filings)
            self._recording.commit()

    def close(self) -> None:
        """Undoes what has not been committed."""
        self._recording.close()


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


def _last_run(archive: sqlite3.Connection) -> tuple[int, str]:
    """The number of the last run and its link of the chain."""
    number_, chain = archive.execute("SELECT id, chain FROM run ORDER BY id DESC LIMIT 1").fetchone() or (0, "")
    return number_, chain


def _filled_in(archive: sqlite3.Connection, filings: Sequence[tuple[Period, int, Filing]]) -> list[Row]:
    """Writes filings with their results, of a run that is noted later in the same transaction; the rows of `filing`."""
    archive.execute("PRAGMA defer_foreign_keys = ON").close()
    run = _last_run(archive)[0] + 1
    first = archive.execute("SELECT coalesce(max(id), 0) + 1 FROM filing").fetchone()[0]
    found: list[Row] = []
    for place, (period, version, filing) in enumerate(filings, first):
        found.append((place, run, str(period), period.year, period.span.value, period.number, version, len(filing.rows), filing.digest))
        archive.execute("INSERT INTO filing (id, run, period, year, span, number, version, people, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", found[-1])
        archive.executemany("INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ((place, *row) for row in filing.rows))
    return found


def _note(archive: sqlite3.Connection, about: Row, filings: Sequence[Row]) -> None:
    number_, chain = _last_run(archive)
    run = (number_ + 1, dt.datetime.now(dt.UTC).astimezone().isoformat(" ", "seconds"), *about)
    linked = (*run, link(chain, run, filings))
    archive.execute("INSERT INTO run (id, recorded, period, rules, output, inputs, versions, chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", linked)
