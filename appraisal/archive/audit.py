"""Whether the archive still says what was filed: fingerprints of every filing, the chain of runs, SQLite's own checks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from appraisal.archive.digest import fingerprint, link
from appraisal.archive.opened import reading


def verify(path: Path) -> tuple[str, ...]:
    """A Chinese sentence for every discrepancy, () when all is as it was filed. Raises ArchiveError when it cannot even be read."""
    with reading(path) as archive:
        return (*_structure(archive), *_filings(archive), *_versions(archive), *_chain(archive))


def _structure(archive: sqlite3.Connection) -> Iterator[str]:
    for (said,) in archive.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"档案文件有损坏：{said}"
    for table, *_ in archive.execute("PRAGMA foreign_key_check"):
        yield f"档案里有不完整的记录（{table}）"


def _filings(archive: sqlite3.Connection) -> Iterator[str]:
    for filing, period, version, people, digest in archive.execute("SELECT id, period, version, people, digest FROM filing ORDER BY id").fetchall():
        rows = archive.execute(_RESULTS, (filing,)).fetchall()
        if len(rows) != people or fingerprint(rows) != digest:
            yield f"{period} {'首次备案' if version == 0 else f'更正{version}'}的内容与备案时不一致：备案时 {people} 人，现在 {len(rows)} 人"


_RESULTS = """
SELECT place, name, staff_no, unit, department, rank, band, score, proposed, result, code, remark, reasons FROM result WHERE filing = ? ORDER BY place
"""


def _versions(archive: sqlite3.Connection) -> Iterator[str]:
    for period, count, latest in archive.execute("SELECT period, count(*), max(version) FROM filing GROUP BY year, span, number"):
        if count != latest + 1:
            yield f"{period} 的备案缺少版本：最近一次是更正{latest}，只有 {count} 次备案"


def _chain(archive: sqlite3.Connection) -> Iterator[str]:
    previous = ""
    runs = archive.execute("SELECT id, recorded, period, rules, output, inputs, versions, chain FROM run ORDER BY id").fetchall()
    for place, (*run, chain) in enumerate(runs, 1):
        filings = archive.execute(
            "SELECT id, run, period, year, span, number, version, people, digest FROM filing WHERE run = ? ORDER BY id", (run[0],)
        ).fetchall()
        if run[0] != place or link(previous, run, filings) != chain:
            yield f"第 {place} 次备案（{run[2]}，{run[1]}）的记录被改动，或它前面的记录缺失"
        previous = chain
