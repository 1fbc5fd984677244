"""Reading an artifact: nothing is taken from it before its bytes are known to be what its manifest says."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wraith.artifact._archive import BLOCK, END, MAX_BYTES, header, padding, unpacked_bytes
from wraith.artifact._frame import Frame
from wraith.artifact._manifest import MANIFEST, REFUSED, FileEntry, Manifest, load_manifest
from wraith.errors import InputError, OperationError, PolicyError

CHUNK_BYTES: Final = 1 << 20
MAX_MANIFEST_BYTES: Final = 32 << 20
"""Two hundred thousand entries; the manifest is read whole before anything is known."""

Sink = Callable[[str, bytes], None]
"""Takes the content of a file in chunks, by its path; at least one, which may be empty."""


def read_archive(data: bytes, where: Path, sink: Sink) -> Manifest:
    """Return the manifest, and give the content of every file to the sink on the way.

    What the sink took is good only when this returns. Raises InputError for what is no artifact, PolicyError
    where a file is not what the manifest pins. ``where`` is named in errors.
    """
    reader = _Reader(Frame(data, where), where)
    manifest = reader.manifest()
    for path, entry in manifest.entries.items():
        reader.file(path, entry, sink)
    reader.end()
    return manifest


def read_manifest(file: Path) -> Manifest:
    """Return the manifest alone, whose files are not verified: for finding the artifact that is meant."""
    return _Reader(Frame(file_bytes(file), file), file).manifest()


class _Reader:
    """Reads the tar from front to back, comparing it with what it must be."""

    def __init__(self, frame: Frame, file: Path) -> None:
        self._frame = frame
        self._file = file
        self._known: dict[str, bool] = {}
        """The files that the manifest lists, and whether each was met."""

    def manifest(self) -> Manifest:
        found = self._frame.read(BLOCK)
        size = _size_in(found)
        if size is None or not 0 <= size <= MAX_MANIFEST_BYTES or found != header(MANIFEST, size):
            raise self._refusal(f"not an artifact: it does not begin with {MANIFEST}")
        manifest = load_manifest(self._read(size, MANIFEST), self._file)
        self._skip_padding(size, MANIFEST)
        sizes = [entry.size_bytes for entry in manifest.entries.values()]
        if unpacked_bytes([size, *sizes]) != self._frame.size_bytes:
            raise self._refusal(f"it unpacks to another size than {MANIFEST} says")
        self._known = dict.fromkeys(manifest.entries, False)
        return manifest

    def file(self, path: str, entry: FileEntry, sink: Sink) -> None:
        found = self._read(BLOCK, path)
        if found != header(path, entry.size_bytes):
            raise self._refusal(f"{_named(found)} {self._fault(found)}")
        self._known[path] = True
        seen, left = hashlib.sha256(), entry.size_bytes
        while left:
            chunk = self._read(min(left, CHUNK_BYTES), path)
            seen.update(chunk)
            left -= len(chunk)
            sink(path, chunk)
        if not entry.size_bytes:
            sink(path, b"")
        self._skip_padding(entry.size_bytes, path)
        if (digest := f"sha256:{seen.hexdigest()}") != entry.digest:
            raise PolicyError(
                f"{path} is not what {MANIFEST} says: expected {entry.digest}, found {digest}",
                where=self._file,
                hint=REFUSED,
            )

    def end(self) -> None:
        found = self._frame.read(len(END))
        if found != END:
            raise self._refusal(f"{_named(found[:BLOCK])} {self._fault(found[:BLOCK])}")
        if self._frame.read(1):  # which also has the checksum compared
            raise self._refusal("something stands behind its last file")

    def _skip_padding(self, size: int, path: str) -> None:
        if any(self._read(len(padding(size)), path)):
            raise self._refusal(f"something stands behind {path}")

    def _read(self, size: int, path: str) -> bytes:
        data = self._frame.read(size)
        if len(data) < size:
            raise self._refusal(f"it ends in the middle of {path}")
        return data

    def _fault(self, found: bytes) -> str:
        """Return what is wrong with a header that is not the one which must stand there."""
        try:
            info = tarfile.TarInfo.frombuf(found, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            return "is no header of a file"
        if info.issym() or info.islnk():
            return "is a link"
        if not info.isreg():
            return "is no plain file"
        if info.name not in self._known:
            return f"is not in {MANIFEST}"
        if self._known[info.name]:
            return "is there twice"
        return "is not stored as wraith pack does: order, size, mode, owner and time are fixed"

    def _refusal(self, message: str) -> InputError:
        return InputError(message, where=self._file, hint=REFUSED)


def _size_in(found: bytes) -> int | None:
    """Return the size in a header: the only number taken from it, and what it leads to is compared."""
    try:
        return tarfile.TarInfo.frombuf(found, "utf-8", "surrogateescape").size
    except tarfile.HeaderError:
        return None


def _named(found: bytes) -> str:
    name = found[:100].rstrip(b"\0").decode("utf-8", "backslashreplace")
    return repr(name) if name else "what follows"


def file_bytes(file: Path) -> bytes:
    """Return the bytes of an artifact's file, so that what is verified is what is used.

    Raises InputError where there is none, or it is too large, OperationError where it cannot be read.
    """
    try:
        if not file.is_file():  # a pipe or a device would never end
            raise InputError("no such file", where=file, hint="wraith pack NAME --output FILE writes one")
        if file.stat().st_size > MAX_BYTES:
            raise InputError("larger than an artifact may be", where=file, hint=REFUSED)
        return file.read_bytes()
    except OSError as error:
        raise OperationError(f"cannot be read: {error.strerror or error}", where=file) from error
