"""Writing a session: exchanges as they complete, the manifest last.

An exchange file appears whole, by a rename, the moment its exchange is complete; it is synced to the disk
when the session is sealed. While a session is written its folder is locked, so that recovery tells one that a
crash left from one that another recorder is writing.

Exchanges are numbered in the order in which they *started*. One that never completed leaves a gap; sealing
closes gaps, so that in a sealed session the number of a file is its position.
"""

from __future__ import annotations

import itertools
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from wraith.canonical import sha256
from wraith.errors import OperationError
from wraith.exchange import Exchange
from wraith.files import write_whole
from wraith.recording._manifest import OPEN, ExchangeEntry, Manifest, OpenSession, dump, exchange_file
from wraith.recording._sealing import disk_errors, seal, try_lock
from wraith.recording._wrec import encode_exchange
from wraith.workspace import Workspace

_SEQUENCE = itertools.count(1)
"""Orders the ids of sessions that one process starts within one second."""


def make_run_id(started_at_ms: int) -> str:
    """Return a new name for a run (one recorder process, one import) that sorts by time."""
    return f"{stamp(started_at_ms)}-{secrets.token_hex(3)}"


def stamp(at_ms: int) -> str:
    """Return an instant as the ids of runs and sessions begin: to the second, in UTC, sorted by time."""
    return time.strftime("%Y%m%dT%H%M%S", time.gmtime(at_ms // 1000))


class SessionWriter:
    """One session being recorded. Not for use by several threads at once."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        run: str,
        source: Mapping[str, str],
        policy_digest: str,
        started_at_ms: int,
        tags: Sequence[str] = (),
        session_id: str | None = None,
    ) -> None:
        """Make the session's folder and lock it; its id is new unless given.

        Raises OperationError where the disk refuses, or where there is a session of that id.
        """
        new_id = f"{stamp(started_at_ms)}-{next(_SEQUENCE):04d}-{secrets.token_hex(2)}"
        self.id = new_id if session_id is None else session_id
        self.path = workspace.sessions_path / self.id
        self._about = OpenSession(
            id=self.id,
            run=run,
            tags=tuple(tags),
            source=dict(source),
            started_at_ms=started_at_ms,
            scrub_policy=policy_digest,
        )
        self._entries: dict[int, ExchangeEntry] = {}
        self._last_reserved = 0
        self._sealed = False
        with disk_errors(self.path):
            self.path.mkdir(parents=True)
            self._lock = try_lock(self.path)
        write_whole(self.path / OPEN, dump(self._about), sync=False)

    def __len__(self) -> int:
        """The number of exchanges that are on the disk."""
        return len(self._entries)

    def reserve(self) -> int:
        """Return the index of an exchange that starts now."""
        self._last_reserved += 1
        return self._last_reserved

    def add(self, exchange: Exchange, index: int | None = None) -> Path:
        """Write the complete exchange under its reserved index (the next one where none is given)."""
        if self._sealed:
            raise OperationError("the session is sealed; the exchange belongs to a new one", where=self.path)
        number = self.reserve() if index is None else index
        if number in self._entries or not 1 <= number <= self._last_reserved:
            raise OperationError(
                f"exchange {number} was not reserved, or is written already", where=self.path
            )
        data = encode_exchange(exchange)
        path = self.path / exchange_file(number)
        write_whole(path, data, sync=False)
        self._entries[number] = ExchangeEntry.model_construct(
            file=path.name, sha256=sha256(data), size_bytes=len(data)
        )  # not validated: all three are made here
        return path

    def seal(self, sealed_at_ms: int | None = None) -> Manifest | None:
        """Sync the exchanges and write the manifest; an empty session is removed, and None returned.

        The time is now unless given. A sealed writer takes nothing more; sealing it again is an
        OperationError.
        """
        if self._sealed:
            raise OperationError("the session is sealed already", where=self.path)
        self._sealed = True
        try:
            entries = [entry for _, entry in sorted(self._entries.items())]
            now_ms = time.time_ns() // 1_000_000
            return seal(self.path, self._about, entries, now_ms if sealed_at_ms is None else sealed_at_ms)
        finally:
            if self._lock is not None:
                os.close(self._lock)
