"""The state of the twin's clients: one session per name, and the default one for clients that name none.

Sessions are bounded in number, in entities and in bytes, all of them together: where there are too many, the
one that was idle longest goes. It is told so when it comes back.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from wraith.canonical import JsonValue, compact
from wraith.config import DEFAULT_NAME, FixtureSet, Serve, fixture_names
from wraith.runtime import Session, State, Twin
from wraith.serve._idempotency import Kept
from wraith.serve._replay import Progress

DEFAULT: Final = "default"
"""The name, and the seed, of the session of clients that name none."""

MAX_REMEMBERED: Final = 10_000
"""Names of sessions that went, so that they can be told; a name costs a hundred bytes."""

_log = logging.getLogger("wraith.serve")


class UnknownFixtures(Exception):
    """There is no fixture set of that name."""


class OtherFixtures(Exception):
    """The session began with another fixture set than the one that is asked for: ``fixtures`` is its own."""

    def __init__(self, fixtures: str) -> None:
        super().__init__(fixtures)
        self.fixtures = fixtures


@dataclass(slots=True)
class Client:
    """What the twin knows of one client."""

    session: Session
    fixtures: str
    """The set that it began with."""
    issued: set[str] = field(default_factory=set)
    """The values that the twin made up and that look like secrets."""
    turns: int = 0
    """How many requests it has sent."""
    progress: Progress = field(default_factory=Progress)
    """How far it has come in what is replayed to it."""
    kept: Kept = field(default_factory=Kept)
    """Its answers, by idempotency key."""
    known: set[tuple[str, str]] = field(default_factory=set)
    """Entities that it had, by type and key, where that is asked for."""
    entities: int = 0
    """How many it holds."""
    size_bytes: int = 0
    """At most so much of its state is its own: what was written, or less where that was measured."""
    measured_bytes: int = 0
    """``size_bytes`` when it was last measured."""
    is_full: bool = False
    """It alone is above the limits."""
    was_dropped: bool = False
    """Its state was dropped, and its next answer says so."""

    @property
    def state(self) -> Mapping[str, Mapping[str, JsonValue]]:
        """What it holds, by type and key."""
        return self.session.state.entities


class Sessions:
    """Opens sessions when they are first used. The name is the seed, with the one that the server is given:
    each run of a test sees the same ids."""

    def __init__(self, twin: Twin, fixtures: str = DEFAULT_NAME, settings: Serve | None = None) -> None:
        self._twin = twin
        self._fixtures = fixtures
        self._settings = settings or Serve()
        self._open: OrderedDict[str, Client] = OrderedDict()
        self._dropped: OrderedDict[str, None] = OrderedDict()
        self._entities = 0
        self._bytes = 0
        self.fixture_names = fixture_names(twin.fixture_sets)
        """The sets that a session may begin with."""
        self.on_reset: Callable[[str], None] | None = None
        """Told of each reset: the name of the session, empty for all."""

    def serve(self, twin: Twin, settings: Serve) -> None:
        """Let another twin answer from here on, or by other settings. Open sessions go on with what they
        hold; those that open later begin with its fixtures."""
        self._twin = twin
        self._settings = settings
        self.fixture_names = fixture_names(twin.fixture_sets)

    def name_of(self, session: Session) -> str:
        """Return the name of an open session; its seed where it is none."""
        names = (name for name, client in self.opened() if client.session is session)
        return next(names, session.ids.seed)

    def get(self, name: str, fixtures: str = "") -> Client:
        """Return the state of the client that names its session so, and that asks for a fixture set, or for
        none. Raises UnknownFixtures, OtherFixtures."""
        name = name or DEFAULT
        if fixtures and fixtures not in self.fixture_names:
            raise UnknownFixtures
        client = self._open.get(name)
        if client is None:
            return self.begin(name, fixtures)
        if fixtures and fixtures != client.fixtures:
            raise OtherFixtures(client.fixtures)
        self._open.move_to_end(name)
        return client

    def begin(self, name: str, fixtures: str = "", state: FixtureSet | None = None) -> Client:
        """Begin a session anew, with fixtures, or with a state in their place. Raises UnknownFixtures."""
        if fixtures and fixtures not in self.fixture_names:
            raise UnknownFixtures
        if self._forget(name) and self.on_reset is not None:
            self.on_reset(name)
        chosen, seed = fixtures or self._fixtures, self._settings.seed
        session = self._twin.open_session(f"{seed}/{name}" if seed else name, chosen)
        if state is not None:
            session.state = State({kind: held.items() for kind, held in state.items()})
        client = self._open[name] = Client(session, chosen)
        client.was_dropped = self._dropped.pop(name, self) is None
        self.charge(client, _size(state) if state is not None else 0)
        return client

    def charge(self, client: Client, written_bytes: int) -> None:
        """Take note of what a request may have written; other sessions may have to go for it."""
        held = sum(map(len, client.state.values()))
        idle = not written_bytes and held == client.entities and not client.is_full
        if idle and len(self._open) <= self._settings.max_sessions:
            return
        self._entities += held - client.entities
        self._bytes += written_bytes
        client.entities = held
        client.size_bytes += written_bytes
        client.is_full = self._is_over() and not self._make_room(client)

    def _is_over(self) -> bool:
        limits = self._settings
        return (
            len(self._open) > limits.max_sessions
            or self._entities > limits.max_entities
            or self._bytes > limits.max_bytes
        )

    def _make_room(self, kept: Client) -> bool:
        """Drop idle sessions, the longest idle first, until the rest is within the limits; tell whether it
        is."""
        self._measure(kept)
        while self._is_over():
            name = next(iter(self._open))
            if self._open[name] is kept:  # the only one: it was used last
                return False
            self._forget(name)
            self._dropped[name] = None
            if len(self._dropped) > MAX_REMEMBERED:
                self._dropped.popitem(last=False)
            _log.warning("the session %r was idle longest, and was dropped: %s", name, self._limits())
        return True

    def _measure(self, client: Client) -> None:
        """Replace what a client has written by what of it is still there; not for every write, for that
        takes time in proportion to the state."""
        if client.size_bytes <= client.measured_bytes * 9 // 8:
            return
        size = min(client.size_bytes, _size(client.state))
        self._bytes += size - client.size_bytes
        client.size_bytes = client.measured_bytes = size

    def _limits(self) -> str:
        most = self._settings
        return f"at most {most.max_sessions} sessions, {most.max_entities} entities, {most.max_bytes} bytes"

    def _forget(self, name: str) -> bool:
        client = self._open.pop(name, None)
        if client is not None:
            self._entities -= client.entities
            self._bytes -= client.size_bytes
        return client is not None

    def reset(self, name: str) -> list[str]:
        """Forget one session, or all where no name is given; return the names of those that there were."""
        if self.on_reset is not None:
            self.on_reset(name)
        return [known for known in ([name] if name else sorted(self._open)) if self._forget(known)]

    def __len__(self) -> int:
        return len(self._open)

    def look(self, name: str) -> Client | None:
        """Return the state of a client, None where there is no such session; none is opened."""
        return self._open.get(name)

    def opened(self) -> Iterator[tuple[str, Client]]:
        """Yield the open sessions, the one that was used last first."""
        yield from reversed(self._open.items())

    def names(self) -> list[str]:
        """Return the names of the open sessions, sorted."""
        return sorted(self._open)


def _size(state: Mapping[str, Mapping[str, JsonValue]]) -> int:
    """Return the size of a state as JSON, in bytes."""
    return sum(len(compact(dict(entities))) for entities in state.values())
