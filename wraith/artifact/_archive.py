"""The archive: a ZIP file with exactly one byte representation, so that any other is refused.

Stored members only, in a given order, with fixed times and modes, no extra fields, no comments, no Zip64.
Every ZIP tool opens it. Reading needs no ZIP library and trusts none of the archive's own tables: the
manifest says which members there are and how long each is, the headers that go with those are computed, and
what stands in the file must be these very bytes. So there is no place for links, devices, duplicates, hidden
members, overlaps or bombs: unpacked, an archive is smaller than packed. Source: PKWARE APPNOTE 6.3.10,
sections 4.3.7, 4.3.12, 4.3.16.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_VERSION: Final = 20
_UTF8: Final = 0x0800
_TIME, _DATE = 0, (1 << 5) | 1  # 1980-01-01 00:00, the first moment that ZIP can say
_BY_UNIX: Final = (3 << 8) | _VERSION
_REGULAR_0644: Final = 0o100644 << 16

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")

LOCAL_SIZE: Final = _LOCAL.size
MAX_BYTES: Final = 2**32 - 1
MAX_MEMBERS: Final = 2**16 - 1


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an archive, without its content."""

    path: str
    size_bytes: int
    crc: int
    offset: int

    def local_header(self) -> bytes:
        """Return what stands before the content."""
        name = self.path.encode()
        return _LOCAL.pack(b"PK\3\4", _VERSION, *self._facts(), len(name), 0) + name

    def central_header(self) -> bytes:
        """Return the member's entry in the directory at the end."""
        name = self.path.encode()
        numbers = (len(name), 0, 0, 0, 0, _REGULAR_0644, self.offset)
        return _CENTRAL.pack(b"PK\1\2", _BY_UNIX, _VERSION, *self._facts(), *numbers) + name

    @property
    def end(self) -> int:
        """The offset behind the content."""
        return self.offset + _LOCAL.size + len(self.path.encode()) + self.size_bytes

    def _facts(self) -> tuple[int, ...]:
        return _UTF8, 0, _TIME, _DATE, self.crc, self.size_bytes, self.size_bytes


def directory(members: Iterable[Member]) -> bytes:
    """Return what stands behind the last content."""
    listed = list(members)
    entries = b"".join(member.central_header() for member in listed)
    start = listed[-1].end if listed else 0
    return entries + _END.pack(b"PK\5\6", 0, 0, len(listed), len(listed), len(entries), start, 0)


def archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the archive of the files, in the order given."""
    parts: list[bytes] = []
    members: list[Member] = []
    for path, data in files:
        member = Member(path, len(data), zlib.crc32(data), members[-1].end if members else 0)
        members.append(member)
        parts += [member.local_header(), data]
    return b"".join((*parts, directory(members)))


def first_size(header: bytes, path: str) -> int | None:
    """Return the size of the first member where the bytes begin with its header, else None.

    The only number that is taken from the archive itself; what it leads to is compared like all the rest.
    """
    if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4"):
        return None
    *_, crc, _, size, _, _ = _LOCAL.unpack_from(header)
    return size if header.startswith(Member(path, size, crc, 0).local_header()) else None
