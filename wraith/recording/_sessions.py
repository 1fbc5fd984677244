"""Sealed sessions: how recordings are read, and how they are held to their manifests.

Listing compares the size of every exchange file with the manifest (one ``stat`` each); reading also compares
its digest. What is missing, edited or not listed is an error that names the file, never skipped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wraith.canonical import sha256
from wraith.errors import InputError, OperationError
from wraith.exchange import Exchange
from wraith.files import read_bytes
from wraith.recording._manifest import MANIFEST, WREC, ExchangeEntry, Manifest, exchange_index, load
from wraith.recording._wrec import decode_exchange
from wraith.workspace import Workspace, check_name

_MEND = "sealed sessions are immutable: restore the file from version control, or remove the whole session"


@dataclass(frozen=True, slots=True)
class SealedSession:
    """A session with its manifest: a ``wraith.exchange.Session``. Exchanges count from 1, as their files."""

    path: Path
    manifest: Manifest
    digest: str
    """SHA-256 of the manifest file, and through it of every exchange."""

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def started_at_ms(self) -> int:
        return self.manifest.started_at_ms

    @property
    def tags(self) -> tuple[str, ...]:
        return self.manifest.tags

    @property
    def run(self) -> str:
        return self.manifest.run

    def __len__(self) -> int:
        return len(self.manifest.exchanges)

    def read(self) -> Iterator[Exchange]:
        """Yield the exchanges in order. Raises InputError at the first that is not what the manifest says."""
        for entry in self.manifest.exchanges:
            yield self._read(entry)

    def exchange(self, index: int) -> Exchange:
        """Return the exchange of that index, from 1. Raises InputError where there is none."""
        if not 1 <= index <= len(self):
            raise InputError(
                f"there is no exchange {index} in session {self.id}; it has 1 to {len(self)}", where=self.path
            )
        return self._read(self.manifest.exchanges[index - 1])

    def verify(self) -> None:
        """Compare every file with its digest. Raises one InputError that lists all that differ from the
        manifest."""
        findings = []
        for entry in self.manifest.exchanges:
            try:
                self._sealed_bytes(entry)
            except InputError as error:
                findings.append(error)
        if findings:
            first = findings[0]
            others = "".join(f"; {Path(error.where or '').name}: {error.message}" for error in findings[1:])
            raise InputError(first.message + others, where=first.where, hint=first.hint)

    def require_whole(self) -> None:
        """Raise InputError for the first file that is not what was sealed. Nothing is decoded."""
        for entry in self.manifest.exchanges:
            self._sealed_bytes(entry)

    def _read(self, entry: ExchangeEntry) -> Exchange:
        return decode_exchange(self._sealed_bytes(entry), f"{self.path}/{entry.file}")

    def _sealed_bytes(self, entry: ExchangeEntry) -> bytes:
        try:
            data = self._file(entry.file)
        except FileNotFoundError:
            raise _missing(self.path / entry.file) from None
        if hashlib.sha256(data).hexdigest() != entry.sha256[7:]:
            raise InputError(
                f"is not what {MANIFEST} sealed: expected {entry.sha256[:19]}…, found {sha256(data)[:19]}…",
                where=self.path / entry.file,
                hint=_MEND,
            )
        return data

    def _file(self, name: str) -> bytes:
        """Return what a file of the session holds. Raises FileNotFoundError where it is missing."""
        return read_bytes(f"{self.path}/{name}")  # a Path for each of many files would be slow


def session_in(folder: Path) -> SealedSession | None:
    """Return the session in a folder, None where none was sealed there. Raises InputError where an exchange
    file is missing, has another size, or is in no manifest."""
    path = folder / MANIFEST
    try:
        data = read_bytes(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    manifest = load(data, Manifest, path)
    _compare_sizes(folder, manifest)
    return SealedSession(folder, manifest, sha256(data))


def sealed_sessions(workspace: Workspace, tags: Sequence[str] = ()) -> tuple[SealedSession, ...]:
    """Return the sealed sessions with one of the tags (all where none is given), by (started_at_ms, id).

    Raises InputError where an exchange file is missing, has another size, or is in no manifest.
    """
    wanted = frozenset(tags)
    sessions = [
        session for folder in session_folders(workspace) if (session := session_in(folder)) is not None
    ]
    chosen = [session for session in sessions if not wanted or not wanted.isdisjoint(session.tags)]
    return tuple(sorted(chosen, key=lambda session: (session.started_at_ms, session.id)))


def sealed_session(workspace: Workspace, session_id: str) -> SealedSession:
    """Return one session by its id. Raises InputError where there is none, or it is not sealed."""
    session = session_in(workspace.sessions_path / check_name(session_id, "session"))
    if session is None:
        raise InputError(
            f"there is no sealed session {session_id!r}",
            where=workspace.sessions_path,
            hint=f"wraith inspect {workspace.name} lists them",
        )
    return session


def session_folders(workspace: Workspace) -> list[Path]:
    """Return the folders of sessions, sealed or not, sorted by name; hidden ones are no sessions."""
    try:
        with os.scandir(workspace.sessions_path) as entries:
            names = sorted(
                entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")
            )
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OperationError(f"cannot be read: {error.strerror}", where=workspace.sessions_path) from error
    return [workspace.sessions_path / name for name in names]


def remove_session(folder: Path) -> None:
    """Remove a session at once: renamed to a hidden name first, which no reader takes for a session."""
    hidden = folder.with_name(f".{folder.name}.part")
    try:
        os.rename(folder, hidden)
        shutil.rmtree(hidden)
    except OSError as error:
        raise OperationError(f"cannot be removed: {error.strerror}", where=folder) from error


def _compare_sizes(folder: Path, manifest: Manifest) -> None:
    with os.scandir(folder) as entries:
        sizes = {entry.name: entry.stat().st_size for entry in entries if entry.name.endswith(WREC)}
    for entry in manifest.exchanges:
        size = sizes.pop(entry.file, None)
        if size is None:
            raise _missing(folder / entry.file)
        if size != entry.size_bytes:
            raise InputError(
                f"is not what {MANIFEST} sealed: expected {entry.size_bytes} bytes, found {size}",
                where=folder / entry.file,
                hint=_MEND,
            )
    for name in sorted(sizes):
        if exchange_index(name) is not None:
            raise InputError(f"is an exchange that {MANIFEST} does not list", where=folder / name, hint=_MEND)


def _missing(path: Path) -> InputError:
    return InputError(f"is missing, and {MANIFEST} lists it", where=path, hint=_MEND)
