"""What a crash left: sessions without a manifest, whose exchanges are whole files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from wraith.canonical import sha256
from wraith.errors import InputError
from wraith.files import read_bytes
from wraith.recording._manifest import (
    MANIFEST,
    OPEN,
    ExchangeEntry,
    OpenSession,
    exchange_file,
    exchange_index,
    read_open,
)
from wraith.recording._sealing import disk_errors, seal, try_lock
from wraith.recording._sessions import session_folders
from wraith.recording._wrec import decode_exchange
from wraith.workspace import Workspace


def recover(workspace: Workspace) -> list[str]:
    """Seal the sessions that a crash left, and return their ids.

    Sessions that a living process writes are left to it. Only temporary ``*.part`` files are dropped. An
    exchange that is broken (the machine died, not only the recorder) keeps its own session from being sealed;
    after all others are, one InputError lists what is broken.
    """
    if workspace.sessions_path.is_dir():
        for removed in sorted(workspace.sessions_path.glob(".*.part")):
            shutil.rmtree(
                removed, ignore_errors=True
            )  # a removal that was cut short, or is another process's
    sealed, findings = [], []
    for folder in session_folders(workspace):
        try:
            if _recover_locked(folder):
                sealed.append(folder.name)
        except InputError as error:
            findings.append(error)
    if findings:
        first = findings[0]
        others = "".join(f"; {error}" for error in findings[1:])
        raise InputError(first.message + others, where=first.where, hint=first.hint)
    return sealed


def _recover_locked(folder: Path) -> bool:
    if (folder / MANIFEST).exists() and not (folder / OPEN).exists():
        return False
    with disk_errors(folder):
        lock = try_lock(folder)
    if lock is None:
        return False
    try:
        with disk_errors(folder):
            return _recover(folder)
    finally:
        os.close(lock)


def _recover(folder: Path) -> bool:
    """Seal one session that nobody writes. Only here is it certain that its temporary files are nobody's."""
    for part in sorted(folder.glob(".*.part")):
        part.unlink()
    if (folder / MANIFEST).exists():  # sealed, but for the last step
        (folder / OPEN).unlink(missing_ok=True)
        return False
    numbers = sorted(number for file in os.listdir(folder) if (number := exchange_index(file)) is not None)
    about = read_open(folder)
    if about is not None:
        entries, ended_at_ms = _entries(folder, about, numbers)
        return seal(folder, about, entries, ended_at_ms) is not None
    if numbers:
        raise InputError(
            f"holds {len(numbers)} exchanges, but neither {MANIFEST} nor {OPEN}",
            where=folder,
            hint=f"restore {MANIFEST} from version control, or remove the folder",
        )
    return False  # a recorder died, or is about to begin, before it wrote anything


def _entries(folder: Path, about: OpenSession, numbers: list[int]) -> tuple[list[ExchangeEntry], int]:
    """Return the entries of the exchanges that are there, and when the last of them ended."""
    entries, ended_at_ms = [], about.started_at_ms
    for number in numbers:
        path = folder / exchange_file(number)
        data = read_bytes(path)
        exchange = decode_exchange(data, path)
        ended_at_ms = max(ended_at_ms, exchange.started_at_ms + exchange.duration_ms)
        entries.append(ExchangeEntry(file=path.name, sha256=sha256(data), size_bytes=len(data)))
    return entries, ended_at_ms
