"""The checked parts of a package as a new one, uncompressed: the reader sees what the gate has seen, and nothing else."""

from __future__ import annotations

import struct

from msgspec import Struct, field

_LOCAL = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


class Repacked(Struct):
    """A package while it grows."""

    parts: list[bytes] = field(default_factory=list)
    directory: list[bytes] = field(default_factory=list)
    length: int = 0
    count: int = 0

    def add(self, name: str, content: bytes, checksum: int) -> None:
        spelled, size = name.encode(), len(content)
        self.directory.append(_ENTRY.pack(b"PK\x01\x02", 20, 20, 0x800, 0, 0, 33, checksum, size, size, len(spelled), 0, 0, 0, 0, 0, self.length) + spelled)
        self.parts += (_LOCAL.pack(b"PK\x03\x04", 20, 0x800, 0, 0, 33, checksum, size, size, len(spelled), 0), spelled, content)
        self.length += 30 + len(spelled) + size
        self.count += 1

    def continued(self) -> Repacked:
        """A copy to go on with."""
        return Repacked(self.parts.copy(), self.directory.copy(), self.length, self.count)

    def package(self) -> bytes:
        directory = b"".join(self.directory)
        return b"".join((*self.parts, directory, _END.pack(b"PK\x05\x06", 0, 0, self.count, self.count, len(directory), self.length, 0)))
