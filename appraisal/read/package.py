"""A zip package as its directory describes it, checked before anybody inflates it: no header is trusted further than it is kept to.

Python's own zipfile costs more than reading a small workbook; this reads the central directory only.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from appraisal.problems import ENCRYPTED, TOO_LARGE, UNREADABLE, UNSAFE
from appraisal.read.unfit import UnfitError

MOST_INFLATED = 200_000_000
MOST_PARTS = 2_000
MOST_RATIO = 100
SMALL_PART = 100_000
BOILERPLATE = 4_000
"""Packed parts up to this size are worth remembering."""
UNMEASURED = 20_000
"""A part packed smaller than this cannot swell beyond 20 MB, whatever it claims (deflate reaches 1032:1)."""

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LENGTHS = struct.Struct("<2H")
_UNKNOWN = 0xFFFFFFFF
_ENCRYPTED = 1
_STORED, _DEFLATED = 0, 8


class Part(NamedTuple):
    """One entry of the directory."""

    method: int
    crc: int
    packed: int
    size: int
    offset: int


class Package:
    """The parts of a zip, by name in lower case with forward slashes."""

    __slots__ = ("_data", "parts")

    def __init__(self, data: bytes) -> None:
        """Raises UnfitError for a package that must not be opened."""
        self._data = data
        self.parts = _directory(data)

    def __contains__(self, name: str) -> bool:
        return name in self.parts

    def packed(self, name: str) -> bytes:
        """A part as it is stored."""
        part, data = self.parts[name], self._data
        at = part.offset
        if not data.startswith(b"PK\x03\x04", at) or at + 30 > len(data):
            raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
        named, extra = _LENGTHS.unpack_from(data, at + 26)
        begin = at + 30 + named + extra
        raw = data[begin : begin + part.packed]
        if len(raw) != part.packed:
            raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
        return raw

    def read(self, name: str) -> bytes:
        """A part inflated, never further than the size its (already checked) entry gives."""
        part = self.parts[name]
        return _inflated(self.packed(name), part.method, part.size, part.crc)

    def boilerplate(self, name: str) -> bytes:
        """The same for a part that programs write alike into every workbook: remembered by its stored bytes."""
        part, raw = self.parts[name], self.packed(name)
        return _remembered(raw, part.method, part.size, part.crc) if part.packed <= BOILERPLATE else _inflated(raw, part.method, part.size, part.crc)

    def measure(self, name: str) -> None:
        """Refuses a part that swells beyond the size its entry gives, without keeping what comes out."""
        part = self.parts[name]
        if part.packed <= UNMEASURED or part.method == _STORED:
            return
        stream, rest, total = zlib.decompressobj(-15), self.packed(name), 0
        try:
            while rest and not stream.eof:
                total += len(stream.decompress(rest, 1_000_000))
                rest = stream.unconsumed_tail
                if total > part.size:
                    raise UnfitError(UNSAFE, why="部件比目录所写的大")
        except zlib.error:
            raise UnfitError(UNREADABLE, why="压缩内容已损坏") from None


def _inflated(raw: bytes, method: int, size: int, crc: int) -> bytes:
    if method == _DEFLATED:
        try:
            raw = zlib.decompress(raw, -15, size + 1) if len(raw) <= UNMEASURED else zlib.decompressobj(-15).decompress(raw, size + 1)
        except zlib.error:
            raise UnfitError(UNREADABLE, why="压缩内容已损坏") from None
    if len(raw) > size:
        raise UnfitError(UNSAFE, why="部件比目录所写的大")
    if len(raw) < size or zlib.crc32(raw) != crc:
        raise UnfitError(UNREADABLE, why="压缩内容校验不符")
    return raw


_remembered = lru_cache(maxsize=256)(_inflated)


def _directory(data: bytes) -> Mapping[str, Part]:
    """The central directory, each entry held against the limits."""
    count, at, length = _end(data)
    if count > MOST_PARTS:
        raise UnfitError(UNSAFE, why=f"内含 {count} 个部件")
    last, parts, packed, size = at + length, {}, 0, 0
    try:
        for _ in range(count):
            name, part, at = _entry(data, at)
            if name in parts:
                raise UnfitError(UNSAFE, why="部件重名")
            parts[name] = part
            packed += part.packed
            size += part.size
    except struct.error:
        raise UnfitError(UNREADABLE, why="文件不完整或已损坏") from None
    if at != last:
        raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
    if packed > len(data):
        raise UnfitError(UNSAFE, why="部件相互重叠")
    if size > MOST_INFLATED or any(part.size > SMALL_PART and part.size > MOST_RATIO * max(part.packed, 1) for part in parts.values()):
        raise UnfitError(TOO_LARGE, found=f"解压后 {size / 1e6:.0f} MB", most=f"{MOST_INFLATED / 1e6:.0f} MB，且单个部件压缩比不超过 {MOST_RATIO} 倍")
    return parts


def _entry(data: bytes, at: int) -> tuple[str, Part, int]:
    """The entry of the directory at a place: its name as it is compared, itself, and where the next one begins."""
    sign, _, _, flags, method, _, _, crc, packed, size, named, extra, note, _, _, _, offset = _ENTRY.unpack_from(data, at)
    end = at + 46 + named
    name = data[at + 46 : end].decode("utf-8", "replace").lower()
    if sign != b"PK\x01\x02" or method not in (_STORED, _DEFLATED):
        raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
    if flags & _ENCRYPTED:
        raise UnfitError(ENCRYPTED)
    if _UNKNOWN in (packed, size, offset):
        packed, size, offset = _wide(data[end : end + extra], packed, size, offset)
    if "\\" in name:
        name = name.replace("\\", "/")
    if name[:1] == "/" or (".." in name and ".." in name.split("/")):
        raise UnfitError(UNSAFE, why="部件路径越界")
    return name, Part(method, crc, packed, size, offset), end + extra + note


def _end(data: bytes) -> tuple[int, int, int]:
    """How many entries the central directory has, where it begins and how long it is."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or at + 22 > len(data):
        raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
    _, _, _, _, count, length, begin, _ = _END.unpack_from(data, at)
    if _UNKNOWN in (length, begin) or count == 0xFFFF:
        at = data.rfind(b"PK\x06\x06", 0, at)
        if at < 0 or at + 56 > len(data):
            raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
        *_, count, length, begin = _END64.unpack_from(data, at)
    if begin + length != at:  # something stands before, between or after: readers would disagree about what the package is
        raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
    return count, begin, length


def _wide(extra: bytes, packed: int, size: int, offset: int) -> tuple[int, int, int]:
    """The true numbers of an entry in zip64 form."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = _LENGTHS.unpack_from(extra, at)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
            size, packed, offset = (next(wide, _UNKNOWN) if known == _UNKNOWN else known for known in (size, packed, offset))
        at += 4 + length
    return packed, size, offset
