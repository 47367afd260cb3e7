"""What a returned copy says of itself, and which of several copies counts. Light: reading workers import it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

GUIDE = "退回说明"
"""The first tab of a returned copy; never a standard sheet, whatever it says."""
_WORD = "退回标记（请勿改动）："
_MARK = re.compile(rf"{_WORD}(.+)\|([0-9a-f]{{64}})", re.DOTALL)
_FIRST_ROWS = 8


class Mark(Struct, frozen=True):
    """The original a copy was made of: its name relative to input/, and its hash."""

    file: str
    sha256: str

    def __str__(self) -> str:
        """As it stands in the copy."""
        return f"{_WORD}{self.file}|{self.sha256}"

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        """The mark a cell holds, None when it holds something else."""
        match = _MARK.fullmatch(text)
        return cls(match[1], match[2]) if match else None


def returned_of(tab: str, rows: Iterable[Sequence[object]]) -> str:
    """The mark of a workbook whose first tab this is, as it stands there; "" when the workbook is no returned copy."""
    if not tab.startswith(GUIDE):
        return ""
    for row, _ in zip(rows, range(_FIRST_ROWS), strict=False):
        for value in row[:2]:
            if isinstance(value, str) and Mark.parse(value):
                return value
    return ""


class Arrival(Struct, frozen=True):
    """A file of input/ as far as it matters here: `usable` when a standard sheet was found in it."""

    file: str
    sha256: str
    changed: float
    returned_of: str
    usable: bool = True


class Replaced(Struct, frozen=True):
    """A file that has a corrected copy, and the copy."""

    file: str
    by: str


class Settled(Struct, frozen=True):
    """Which files count: those kept, those a corrected copy replaces, and originals changed after they were returned, which are kept as well."""

    kept: tuple[str, ...]
    dropped: tuple[Replaced, ...]
    doubtful: tuple[Replaced, ...]


def superseded(files: Iterable[Arrival]) -> Settled:
    """The newest corrected copy (by date, then name) of a returned file replaces the original and all older copies of it.

    The original is known by its content. A file that merely has its name was changed since: people must say which one counts.
    A copy in which nothing could be read replaces nothing.
    """
    arrived = list(files)
    copies: defaultdict[str, list[tuple[Arrival, Mark]]] = defaultdict(list)
    for arrival in arrived:
        if arrival.usable and (mark := Mark.parse(arrival.returned_of)) is not None:
            copies[mark.file].append((arrival, mark))
    dropped: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    for name, made in copies.items():
        winner = max((arrival for arrival, _ in made), key=lambda arrival: (arrival.changed, arrival.file)).file
        dropped |= {arrival.file: winner for arrival, _ in made if arrival.file != winner}
        hashes = {mark.sha256 for _, mark in made}
        for arrival in arrived:
            if arrival.returned_of:
                continue
            if arrival.sha256 in hashes:
                dropped[arrival.file] = winner
            elif arrival.file == name:
                doubtful[arrival.file] = winner
    return Settled(
        tuple(arrival.file for arrival in arrived if arrival.file not in dropped),
        tuple(Replaced(file, by) for file, by in sorted(dropped.items())),
        tuple(Replaced(file, by) for file, by in sorted(doubtful.items())),
    )
