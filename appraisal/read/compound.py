"""An OLE compound file (.xls, .et, encrypted workbooks) as its header and directory describe it, every chain walked once.

A file of a kilobyte whose chain of sectors runs in a circle makes readers allocate without end: it is refused here.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from appraisal.problems import UNREADABLE
from appraisal.read.unfit import UnfitError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_END = 0xFFFFFFFE
_STREAM, _ROOT = 2, 5
_ENTRY = 128


class Stream(NamedTuple):
    """A directory entry: where its chain begins, and how many bytes it claims."""

    start: int
    size: int


def broken() -> UnfitError:
    return UnfitError(UNREADABLE, why="文件不完整或内部结构损坏")


class Compound:
    """The streams of a compound file, by name in lower case."""

    def __init__(self, data: bytes) -> None:
        """Raises UnfitError when the file lies about its own layout."""
        if len(data) < 512:
            raise broken()
        shift, mini_shift = struct.unpack_from("<2H", data, 30)
        fats, directory, _, cutoff, mini_fat, mini_fats, difat, difats = struct.unpack_from("<8L", data, 44)
        if shift not in (9, 12) or mini_shift != 6:
            raise broken()
        self._data, self._shift, self._cutoff = data, shift, cutoff
        self._count = (len(data) - 1) >> shift
        self._fat = self._table(self._fat_sectors(fats, difat, difats))
        self._mini_fat = self._table(list(self._chain(mini_fat))) if mini_fats else ()
        self._root = Stream(_END, 0)
        self.streams = self._directory(directory)
        deque(self._chain(self._root.start), 0)
        for stream in self.streams.values():
            if stream.size > len(data):
                raise broken()
            if stream.size:
                deque(self._chain(stream.start, mini=stream.size < cutoff), 0)

    def _sector(self, number: int) -> bytes:
        begin = (number + 1) << self._shift
        return self._data[begin : begin + (1 << self._shift)]

    def _fat_sectors(self, fats: int, difat: int, difats: int) -> list[int]:
        if fats > self._count or difats > self._count:
            raise broken()
        sectors = [number for number in struct.unpack_from("<109L", self._data, 76) if number < _LAST]
        seen: set[int] = set()
        while difat < _LAST and difats:
            if difat in seen or difat >= self._count:
                raise broken()
            seen.add(difat)
            *more, difat = self._table([difat])
            sectors += [number for number in more if number < _LAST]
        if len(sectors) > self._count:
            raise broken()
        return sectors

    def _table(self, sectors: list[int]) -> tuple[int, ...]:
        if any(number >= self._count for number in sectors):
            raise broken()
        raw = b"".join(map(self._sector, sectors))
        return struct.unpack_from(f"<{len(raw) // 4}L", raw)

    def _chain(self, start: int, mini: bool = False) -> Iterator[int]:
        table = self._mini_fat if mini else self._fat
        number, left = start, len(table)
        while number < _LAST:
            if number >= len(table) or left == 0 or (not mini and number >= self._count):
                raise broken()
            yield number
            number, left = table[number], left - 1

    def _directory(self, start: int) -> dict[str, Stream]:
        streams: dict[str, Stream] = {}
        raw = b"".join(map(self._sector, self._chain(start)))
        for at in range(0, len(raw) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", raw, at + 64)
            begin, size = struct.unpack_from("<LL", raw, at + 116)
            if kind == _ROOT:
                self._root = Stream(begin, size)
            elif kind:
                name = raw[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace").lower()
                streams[name] = Stream(begin, size) if kind == _STREAM else Stream(_END, 0)
        return streams

    def read(self, name: str) -> bytes:
        """A stream's bytes; b"" when there is none of this name."""
        stream = self.streams.get(name)
        if stream is None or not stream.size:
            return b""
        if stream.size >= self._cutoff:
            return b"".join(map(self._sector, self._chain(stream.start)))[: stream.size]
        home = b"".join(map(self._sector, self._chain(self._root.start)))
        return b"".join(home[number << 6 : (number + 1) << 6] for number in self._chain(stream.start, mini=True))[: stream.size]
