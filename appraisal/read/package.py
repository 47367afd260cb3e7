"""A zip package as its directory describes it, checked before anybody inflates it: no header is trusted further than it is kept to.

Python's own zipfile costs more than reading a small workbook; this reads the central directory only.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

from appraisal.problems import ENCRYPTED, TOO_LARGE, UNREADABLE, UNSAFE
from appraisal.read.prolog import XML, check_text
from appraisal.read.unfit import UnfitError

MOST_INFLATED = 200_000_000
MOST_PARTS = 2_000
MOST_RATIO = 100
SMALL_PART = 100_000
UNMEASURED = 20_000
"""A part packed smaller than this cannot swell beyond 20 MB, whatever it claims (deflate reaches 1032:1)."""

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LENGTHS = struct.Struct("<2H")
_UNKNOWN = 0xFFFFFFFF
_ENCRYPTED = 1
_STORED, _DEFLATED = 0, 8


Part = tuple[int, int, int, int, int, str]
"""An entry of the directory: method, checksum, packed size, size, where it begins, and its name as it is written."""
Stored = tuple[bytes, int, int, int]
"""A part's stored bytes, method, size and checksum."""


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
        _, _, packed, _, at, _ = self.parts[name]
        data = self._data
        if not data.startswith(b"PK\x03\x04", at) or at + 30 > len(data):
            raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
        named, extra = _LENGTHS.unpack_from(data, at + 26)
        begin = at + 30 + named + extra
        raw = data[begin : begin + packed]
        if len(raw) != packed:
            raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
        return raw

    def read(self, name: str) -> bytes:
        """A part inflated and, where it is XML, checked; never further than the size its (already checked) entry gives."""
        method, crc, _, size, _, _ = self.parts[name]
        return inflated(self.packed(name), method, size, crc, name.endswith(XML))

    def as_stored(self, name: str) -> Stored | None:
        """A part with what is needed to inflate it, as a key to remember it by; None when there is none of this name."""
        if name not in self.parts:
            return None
        method, crc, _, size, _, _ = self.parts[name]
        return self.packed(name), method, size, crc

    def check(self, name: str) -> None:
        """Inflates a part once to see that it is safe, for those who read it later; known ones by their checksum.

        Whoever forges a checksum gains nothing: these parts are read by programs that keep to the size and resolve no entities.
        """
        method, crc, packed, size, _, _ = self.parts[name]
        key = (name, crc, packed, size)
        if key in _KNOWN:
            return
        if name.endswith(XML):
            inflated(self.packed(name), method, size, crc)
        elif packed > UNMEASURED and method == _DEFLATED:
            _measure(self.packed(name), size)
        if len(_KNOWN) < _MOST_KNOWN:
            _KNOWN.add(key)


_KNOWN: set[tuple[str, int, int, int]] = set()
_MOST_KNOWN = 1_000


def _measure(rest: bytes, size: int) -> None:
    """Refuses a part that swells beyond the size its entry gives, without keeping what comes out."""
    stream, total = zlib.decompressobj(-15), 0
    try:
        while rest and not stream.eof:
            total += len(stream.decompress(rest, 1_000_000))
            rest = stream.unconsumed_tail
            if total > size:
                raise UnfitError(UNSAFE, why="部件比目录所写的大")
    except zlib.error:
        raise UnfitError(UNREADABLE, why="压缩内容已损坏") from None


def inflated(raw: bytes, method: int, size: int, crc: int, text: bool = True) -> bytes:
    """A part's content, held against its entry and, where it is XML, checked."""
    if method == _DEFLATED:
        try:
            raw = zlib.decompress(raw, -15, size + 1) if len(raw) <= UNMEASURED else zlib.decompressobj(-15).decompress(raw, size + 1)
        except zlib.error:
            raise UnfitError(UNREADABLE, why="压缩内容已损坏") from None
    if len(raw) > size:
        raise UnfitError(UNSAFE, why="部件比目录所写的大")
    if len(raw) < size or zlib.crc32(raw) != crc:
        raise UnfitError(UNREADABLE, why="压缩内容校验不符")
    if text:
        check_text(raw)
    return raw


def _directory(data: bytes) -> Mapping[str, Part]:
    """The central directory, each entry held against the limits."""
    count, at, length = _end(data)
    if count > MOST_PARTS:
        raise UnfitError(UNSAFE, why=f"内含 {count} 个部件")
    last, total, inflated, swollen = at + length, 0, 0, False
    parts: dict[str, Part] = {}
    for _ in range(count):
        try:
            sign, _, _, flags, method, _, _, crc, packed, size, named, extra, note, _, _, _, offset = _ENTRY.unpack_from(data, at)
        except struct.error:
            break
        end = at + 46 + named
        spelled = data[at + 46 : end].decode("utf-8", "replace")
        name = spelled.lower()
        if packed == _UNKNOWN or size == _UNKNOWN or offset == _UNKNOWN:
            packed, size, offset = _wide(data[end : end + extra], packed, size, offset)
        odd = "\\" in name or ".." in name or name[:1] == "/" or name in parts
        if odd or flags & _ENCRYPTED or sign != b"PK\x01\x02" or method not in (_STORED, _DEFLATED):
            name = _checked(name, sign, method, flags, parts)
        parts[name] = method, crc, packed, size, offset, spelled
        total += packed
        inflated += size
        swollen = swollen or (size > SMALL_PART and size > MOST_RATIO * max(packed, 1))
        at = end + extra + note
    if at != last:
        raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
    if total > len(data):
        raise UnfitError(UNSAFE, why="部件相互重叠")
    if swollen or inflated > MOST_INFLATED:
        raise UnfitError(TOO_LARGE, found=f"解压后 {inflated / 1e6:.0f} MB", most=f"{MOST_INFLATED / 1e6:.0f} MB，且单个部件压缩比不超过 {MOST_RATIO} 倍")
    return parts


def _checked(name: str, sign: bytes, method: int, flags: int, parts: Mapping[str, Part]) -> str:
    """The name of an entry that looks odd, or the reason why the package is refused."""
    name = name.replace("\\", "/")
    if sign != b"PK\x01\x02" or method not in (_STORED, _DEFLATED):
        raise UnfitError(UNREADABLE, why="文件不完整或已损坏")
    if flags & _ENCRYPTED:
        raise UnfitError(ENCRYPTED, why="读不出内容")
    if name in parts:
        raise UnfitError(UNSAFE, why="部件重名")
    if name.startswith("/") or ".." in name.split("/"):
        raise UnfitError(UNSAFE, why="部件路径越界")
    return name


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
