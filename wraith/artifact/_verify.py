"""Reading an artifact: nothing is taken from it before its bytes are known to be what its manifest says."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from wraith.artifact._archive import LOCAL_SIZE, Member, directory, first_size
from wraith.artifact._manifest import MANIFEST, REFUSED, Manifest, load_manifest
from wraith.errors import InputError, OperationError

CHUNK_BYTES: Final = 1 << 20
MAX_MANIFEST_BYTES: Final = 64 << 20
"""65,535 entries of a thousand bytes each; the manifest is read whole before anything is known."""

Sink = Callable[[str, bytes], None]
"""Takes the content of a file in chunks, by its path."""


def verify(file: Path) -> Manifest:
    """Return the manifest of an artifact whose every byte is what it says.

    Raises InputError that says where it is not, OperationError where it cannot be read.
    """
    return read_artifact(file)


def read_artifact(file: Path, sink: Sink = lambda path, chunk: None) -> Manifest:
    """Return the manifest, and give the content of every file to the sink on the way.

    What the sink took is good only when this returns: a digest is known when its file has been read.
    """
    with _opened(file) as stream:
        reader = _Reader(stream, file)
        manifest = reader.manifest()
        for path, entry in sorted(manifest.files.items()):
            reader.member(path, entry.size_bytes, entry.digest, sink)
        reader.end()
    return manifest


class _Reader:
    """Reads an archive from front to back, comparing it with what it must be."""

    def __init__(self, stream: BinaryIO, file: Path) -> None:
        self._stream = stream
        self._file = file
        self._members: list[Member] = []

    def manifest(self) -> Manifest:
        header = self._stream.read(LOCAL_SIZE + len(MANIFEST))
        size = first_size(header, MANIFEST)
        if size is None or size > MAX_MANIFEST_BYTES:
            raise InputError(
                f"not an artifact: it does not begin with {MANIFEST}", where=self._file, hint=REFUSED
            )
        data = self._read(size, MANIFEST)
        manifest = load_manifest(data, self._file)
        self._keep(MANIFEST, size, zlib.crc32(data), header)
        return manifest

    def member(self, path: str, size: int, digest: str, sink: Sink) -> None:
        header = self._read(LOCAL_SIZE + len(path.encode()), path)
        crc, seen, left = 0, hashlib.sha256(), size
        while left:
            chunk = self._read(min(left, CHUNK_BYTES), path)
            crc = zlib.crc32(chunk, crc)
            seen.update(chunk)
            left -= len(chunk)
            sink(path, chunk)
        if not size:
            sink(path, b"")
        if f"sha256:{seen.hexdigest()}" != digest:
            raise self._refusal(path, f"expected {digest}, found sha256:{seen.hexdigest()}")
        self._keep(path, size, crc, header)

    def end(self) -> None:
        expected = directory(self._members)
        if self._stream.read(len(expected) + 1) != expected:
            raise self._refusal("the directory at its end", "it lists something else than what was there")

    def _keep(self, path: str, size: int, crc: int, header: bytes) -> None:
        member = Member(path, size, crc, self._members[-1].end if self._members else 0)
        if header != member.local_header():
            raise self._refusal(path, "it is not stored as a plain file of this name and size")
        self._members.append(member)

    def _read(self, size: int, path: str) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            raise self._refusal(path, "the artifact ends in the middle of it")
        return data

    def _refusal(self, what: str, why: str) -> InputError:
        return InputError(f"{what} is not what {MANIFEST} says: {why}", where=self._file, hint=REFUSED)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        with file.open("rb") as stream:
            yield stream
    except FileNotFoundError:
        raise InputError(
            "no such file", where=file, hint="wraith pack NAME --output FILE writes one"
        ) from None
    except OSError as error:
        raise OperationError(f"cannot be read: {error.strerror or error}", where=file) from error
