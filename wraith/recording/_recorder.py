"""The sessions that are being recorded, and the way of an exchange into them.

An exchange takes its place in its session when it starts and is written when it completes, scrubbed before
anything reaches the disk. A recorder that cannot write stops recording for good: ``failure`` says why, and
whoever runs it ends with it, for a recording with silent gaps is worse than none.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from wraith.canonical import JsonValue
from wraith.errors import OperationError, WraithError
from wraith.exchange import Exchange
from wraith.recording._writer import SessionWriter
from wraith.workspace import Workspace

_PATIENCE_S: Final = 5.0
"""How long closing sessions waits for exchanges that are still on their way; what takes longer ends it
later."""


class ExchangeScrubber(Protocol):
    """What the recorder asks of ``wraith.scrub.Scrubber``."""

    def exchange(self, exchange: Exchange) -> Exchange: ...


@dataclass(frozen=True, slots=True)
class Closed:
    """A session that takes no further exchanges."""

    id: str
    exchanges: int


@dataclass(slots=True, eq=False)
class _Open:
    writer: SessionWriter
    pending: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False)
class Place:
    """Where an exchange that has started will stand."""

    session: _Open
    index: int
    taken: bool = False


class Recorder:
    """All sessions of one run. For one event loop; methods are not for several threads."""

    def __init__(
        self,
        workspace: Workspace,
        scrubber: ExchangeScrubber,
        *,
        run: str,
        source: Mapping[str, str],
        tags: Sequence[str],
        policy_digest: str,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        self._workspace = workspace
        self._scrubber = scrubber
        self._run = run
        self._source = dict(source)
        self._tags = tuple(tags)
        self._policy_digest = policy_digest
        self._on_failure = on_failure
        self._active: dict[str, _Open] = {}
        self._late: list[_Open] = []
        self.failure: WraithError | None = None
        self.exchanges = 0
        self.pending = 0
        self.sealed: list[str] = []

    def begin(self, name: str) -> Place | None:
        """Return a place in the client's session, opening it where need be; None where recording has
        failed."""
        if self.failure is not None:
            return None
        try:
            session = self._active.get(name)
            if session is None:
                session = self._active[name] = _Open(self._open_writer())
            session.pending += 1
            self.pending += 1
            session.idle.clear()
            return Place(session, session.writer.reserve())
        except WraithError as error:
            self._fail(error)
            return None

    def complete(self, place: Place, exchange: Exchange) -> None:
        """Scrub the exchange and write it. Sets ``failure`` and raises it where that is impossible."""
        assert not place.taken, "Invariant: an exchange completes once"
        try:
            if self.failure is not None:
                raise self.failure
            place.session.writer.add(self._scrubbed(exchange), place.index)
            self.exchanges += 1
        except WraithError as error:
            self._fail(error)
            raise
        finally:
            self._leave(place)

    def give_up(self, place: Place) -> None:
        """Leave the place of an exchange empty, unless it has completed."""
        if not place.taken:
            self._leave(place)

    async def close_sessions(self) -> tuple[Closed, ...]:
        """Seal the active sessions; the next exchange opens a new one. Those without exchanges vanish.

        An exchange that takes longer than a few seconds keeps its session open until it ends; no other joins
        it. Raises OperationError where the disk refuses.
        """
        closing = list(self._active.values())
        self._active.clear()
        waiting = [asyncio.create_task(session.idle.wait()) for session in closing if session.pending]
        if waiting:
            _, unfinished = await asyncio.wait(waiting, timeout=_PATIENCE_S)
            for task in unfinished:
                task.cancel()
        self._late += [session for session in closing if session.pending]
        done = [session for session in closing if not session.pending]
        # a thread, for every exchange is synced to the disk, which may take a while
        self._raise(await asyncio.to_thread(self._seal, done))
        return tuple(
            Closed(session.writer.id, len(session.writer)) for session in closing if len(session.writer)
        )

    def finish(self) -> None:
        """Seal everything, exchanges on their way or not. Raises OperationError where the disk refuses."""
        sessions = [*self._late, *self._active.values()]
        self._late.clear()
        self._active.clear()
        self._raise(self._seal(sessions))

    def active(self) -> list[JsonValue]:
        """Return what can be said of the active sessions."""
        return [
            {"id": session.writer.id, "client": name, "exchanges": len(session.writer)}
            for name, session in self._active.items()
        ]

    def _open_writer(self) -> SessionWriter:
        return SessionWriter(
            self._workspace,
            run=self._run,
            source=self._source,
            policy_digest=self._policy_digest,
            started_at_ms=time.time_ns() // 1_000_000,
            tags=self._tags,
        )

    def _scrubbed(self, exchange: Exchange) -> Exchange:
        try:
            return self._scrubber.exchange(exchange)
        except WraithError:
            raise
        except Exception as error:
            # a bug of ours, and no reason to write the exchange in clear
            target = f"{exchange.request.method} {exchange.request.path}"
            raise OperationError(
                f"cannot be scrubbed, so it was not written: {error!r}",
                where=target,
                hint="this is a bug of wraith's: please report it",
            ) from error

    def _leave(self, place: Place) -> None:
        place.taken = True
        session = place.session
        session.pending -= 1
        self.pending -= 1
        if session.pending:
            return
        session.idle.set()
        if session in self._late:
            self._late.remove(session)
            for error in self._seal([session]):
                self._fail(error)

    def _raise(self, findings: Sequence[WraithError]) -> None:
        if findings:
            self._fail(findings[0])
            raise findings[0]

    def _fail(self, error: WraithError) -> None:
        if self.failure is None:
            self.failure = error
            self._on_failure()

    def _seal(self, sessions: Sequence[_Open]) -> list[WraithError]:
        """Seal the sessions, all of those that can be, and return what went wrong."""
        findings: list[WraithError] = []
        for session in sessions:
            try:
                if session.writer.seal() is not None:
                    self.sealed.append(session.writer.id)
            except WraithError as error:
                findings.append(error)
        return findings
