"""Fingerprints that show tampering: one over the results of a filing, and a chain over all runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

Row = tuple[str | int, ...]
"""One line of the table `result`, from `place` on."""


def fingerprint(rows: Iterable[Sequence[str | int]]) -> str:
    """sha256 over rows of texts and integers; every value carries its length, so that nothing can be shifted between columns."""
    total = hashlib.sha256()
    for row in rows:
        line = "".join([f"{len(text)}:{text}" for text in map(str, row)])
        total.update(f"{len(line)}:{line}".encode())
    return total.hexdigest()


def link(previous: str, run: Sequence[str | int], filings: Iterable[Sequence[str | int]]) -> str:
    """A run's place in the chain: over the run before, its own row and the rows of its filings."""
    return fingerprint([(previous,), run, *filings])
