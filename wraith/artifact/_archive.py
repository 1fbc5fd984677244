"""The archive: a zstd frame around a tar that has exactly one byte representation for its files.

The tar is POSIX ustar without extensions: files in the given order, mode 0644, no owner, time 0, and
1,024 zero bytes behind the last. Reading trusts none of its headers: the manifest says which files there
are and how long each is, the headers that go with those are computed, and the tar must be these very
bytes. So there is no place for links, devices, duplicates, or files that the manifest does not list.
Source: POSIX.1-2017, pax, "ustar Interchange Format".

The frame is one, says how much it unpacks to, and carries a checksum. Its blocks are counted before the
first is unpacked, so that nothing can stand behind it. Source: RFC 8878, section 3.1.1.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable
from typing import Final

BLOCK: Final = 512
END: Final = bytes(2 * BLOCK)

LEVEL: Final = 10
"""Of compression: half of the size that level 3 gives on recordings, at some 50 MB/s."""

MAX_WINDOW_BYTES: Final = 1 << 23
"""The least that RFC 8878 asks every decoder to support, section 3.1.1.1.2; level 10 stays below."""

MAX_BYTES: Final = 1 << 30
"""Unpacked, headers included: some hundred thousand recorded exchanges."""


def header(path: str, size_bytes: int) -> bytes:
    """Return what stands before the content of a file."""
    info = tarfile.TarInfo(path)
    info.size = size_bytes
    info.mode = 0o644
    return info.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")


def padding(size_bytes: int) -> bytes:
    """Return what stands behind the content of a file."""
    return bytes(-size_bytes % BLOCK)


def unpacked_bytes(sizes: Iterable[int]) -> int:
    """Return the size of the tar of files of these sizes."""
    return sum(BLOCK + size + -size % BLOCK for size in sizes) + len(END)


def archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the archive of the files, in the order given."""
    import zstandard

    parts: list[bytes] = []
    for path, data in files:
        parts += [header(path, len(data)), data, padding(len(data))]
    return zstandard.ZstdCompressor(LEVEL, write_checksum=True, write_content_size=True).compress(
        b"".join((*parts, END))
    )
