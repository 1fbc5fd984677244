"""The store on this disk: action results by action key below ``ac/``, contents by SHA-256 below ``cas/``.

Every file is written whole by a temporary name and a rename, so several processes may use one store, and a
killed one leaves nothing half-written. What is read is hashed: a damaged entry is not there.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from wraith.cache._result import is_digest
from wraith.errors import OperationError
from wraith.files import write_whole

Kind: TypeAlias = Literal["ac", "cas"]

LIMIT: Final = 2 * 2**30
"""Bytes that a store keeps where no limit is set."""

SLACK: Final = 0.9
"""Eviction goes on to this share of the limit, so that it is not due again at once."""

_CHUNK: Final = 2**20
_FICLONE: Final = 0x40049409
"""linux/fs.h: share the extents of another file."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What a store holds."""

    results: int
    contents: int
    size_bytes: int
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What hashing every content found."""

    checked: int
    removed: tuple[str, ...]
    """Digests whose content was another."""


class Store:
    """A folder of results and contents, at most ``limit`` bytes; what was not used for longest goes first."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.folder = folder
        self.limit = limit

    def result(self, key: str) -> bytes | None:
        """Return the action result of a key, None where there is none."""
        return _read(self._path("ac", key))

    def put_result(self, key: str, data: bytes) -> None:
        write_whole(self._path("ac", key), data, sync=False)

    def content(self, digest: str) -> bytes | None:
        """Return the content of a digest; None where there is none, or another, which is removed."""
        path = self._path("cas", digest)
        data = _read(path)
        if data is not None and hashlib.sha256(data).hexdigest() != digest:
            _remove(path)
            return None
        return data

    def has(self, digest: str) -> bool:
        return self._path("cas", digest).is_file()

    def put_content(self, data: bytes) -> str:
        """Keep a content, and return its digest."""
        digest = hashlib.sha256(data).hexdigest()
        if not self.has(digest):
            write_whole(self._path("cas", digest), data, sync=False)
        return digest

    def copy_out(self, digest: str, target: Path, mode: int) -> Path | None:
        """Write the content beside a target, by reflink where the file system can, and return the temporary
        file; None where there is no such content, or another, which is removed.

        The caller renames it. Raises OperationError where the disk refuses.
        """
        source = self._path("cas", digest)
        temporary: str | None = None
        try:
            with source.open("rb") as read:
                target.parent.mkdir(parents=True, exist_ok=True)
                handle, temporary = tempfile.mkstemp(
                    prefix=f".{target.name}.", suffix=".part", dir=target.parent
                )
                with os.fdopen(handle, "r+b") as write:
                    os.fchmod(write.fileno(), mode)
                    _clone_or_copy(read.fileno(), write.fileno())
                    write.seek(0)
                    sound = hashlib.file_digest(write, "sha256").hexdigest() == digest
            if sound:
                os.utime(source)
                found, temporary = Path(temporary), None
                return found
            _remove(source)
            return None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OperationError(f"cannot be written: {error.strerror or error}", where=target) from error
        finally:
            if temporary is not None:
                _remove(Path(temporary))

    def remove_result(self, key: str) -> None:
        _remove(self._path("ac", key))

    def stats(self) -> Stats:
        results, contents, size = 0, 0, 0
        for kind, _, status in self._entries():
            results, contents = results + (kind == "ac"), contents + (kind == "cas")
            size += status.st_size
        return Stats(results, contents, size, self.limit)

    def trim(self, limit: int | None = None) -> int:
        """Remove what was not used for longest until the store is below its limit; return the bytes removed.

        Another process that does so at the same time is left to it.
        """
        most = self.limit if limit is None else limit
        with self._alone() as alone:
            if not alone:
                return 0
            entries = sorted(self._entries(), key=lambda each: (each[2].st_mtime_ns, each[1]))
            size = before = sum(status.st_size for _, _, status in entries)
            if size <= most:
                return 0
            for _, path, status in entries:
                if size <= most * SLACK:
                    break
                _remove(path)
                size -= status.st_size
            return before - size

    def verify(self) -> Verified:
        """Hash every content, and remove those that are not what their name says."""
        checked, removed = 0, []
        for kind, path, _ in self._entries():
            if kind == "cas":
                checked += 1
                with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                        _remove(path)
                        removed.append(path.name)
        return Verified(checked, tuple(sorted(removed)))

    def clear(self) -> int:
        """Remove everything, and return the bytes that went."""
        size = self.stats().size_bytes
        for kind in ("ac", "cas"):
            shutil.rmtree(self.folder / kind, ignore_errors=True)
        return size

    def _path(self, kind: Kind, name: str) -> Path:
        assert is_digest(name), name  # Invariant: no name of a file comes from outside unchecked
        return self.folder / kind / name[:2] / name

    def _entries(self) -> Iterator[tuple[str, Path, os.stat_result]]:
        for kind in ("ac", "cas"):
            for path in sorted((self.folder / kind).glob("??/*")):
                with contextlib.suppress(FileNotFoundError):  # another process removed it
                    if is_digest(path.name):
                        yield kind, path, path.stat()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


def _read(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
        os.utime(path)  # what is used stays longest
        return data
    except OSError:
        return None


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _clone_or_copy(source: int, target: int) -> None:
    try:
        fcntl.ioctl(target, _FICLONE, source)
        return
    except OSError:  # most file systems cannot
        pass
    while chunk := os.read(source, _CHUNK):
        view = memoryview(chunk)
        while view:
            view = view[os.write(target, view) :]
