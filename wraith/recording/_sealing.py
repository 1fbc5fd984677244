"""Sealing a session: what the writer does at its end, and recovery does after a crash.

The order makes every intermediate state recoverable: gaps in the numbering are closed, the exchange files and
their folder are synced, the manifest is written, and ``open.json`` goes last.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wraith.errors import OperationError
from wraith.files import write_whole
from wraith.recording._manifest import (
    MANIFEST,
    OPEN,
    ExchangeEntry,
    Manifest,
    OpenSession,
    dump,
    exchange_file,
)
from wraith.recording._sessions import remove_session


def seal(
    folder: Path, about: OpenSession, entries: Sequence[ExchangeEntry], sealed_at_ms: int
) -> Manifest | None:
    """Seal the session with these exchanges, in order; without any, remove it and return None."""
    if not entries:
        remove_session(folder)
        return None
    numbered = [_renumber(folder, entry, position) for position, entry in enumerate(entries, start=1)]
    with disk_errors(folder):
        for entry in numbered:
            _sync(folder / entry.file)
        _sync(folder)
    fields = about.model_dump(exclude={"format"})
    manifest = Manifest(**fields, sealed_at_ms=sealed_at_ms, exchanges=tuple(numbered))
    write_whole(folder / MANIFEST, dump(manifest))
    with disk_errors(folder):
        (folder / OPEN).unlink(missing_ok=True)
        _sync(folder)
        _sync(folder.parent)
    return manifest


def try_lock(folder: Path) -> int | None:
    """Return a handle that locks the session until it is closed, None where another process holds it.

    ``flock`` is given up by the kernel when the process dies, however it dies.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except OSError:
        os.close(handle)
        raise
    return handle


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an OSError inside the block into an OperationError that names the path."""
    try:
        yield
    except OSError as error:
        raise OperationError(
            f"cannot be written: {error.strerror or error}",
            where=path,
            hint="make room or mend the permissions",
        ) from error


def _renumber(folder: Path, entry: ExchangeEntry, position: int) -> ExchangeEntry:
    file = exchange_file(position)
    if file == entry.file:
        return entry
    with disk_errors(folder / entry.file):
        os.rename(folder / entry.file, folder / file)
    return entry.model_copy(update={"file": file})


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
