"""The state of the twin's clients: one session per ``X-Wraith-Session``, and the default one without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from wraith.config import DEFAULT_NAME, fixture_names
from wraith.runtime import Session, Twin

DEFAULT: Final = "default"
"""The name, and the seed, of the session of clients that name none."""

MAX_SESSIONS: Final = 10_000
"""More than parallel tests need, few enough that a client which invents names cannot fill the memory
unseen."""


class TooManySessions(Exception):
    """No further session is opened before some are reset."""


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


class Sessions:
    """Opens sessions when they are first used. The name is the seed: each run of a test sees the same ids."""

    def __init__(self, twin: Twin, fixtures: str = DEFAULT_NAME) -> None:
        self._twin = twin
        self._fixtures = fixtures
        self._open: dict[str, Client] = {}
        self.fixture_names = fixture_names(twin.fixture_sets)
        """The sets that a session may begin with."""
        self.on_reset: Callable[[str], None] | None = None
        """Told of each reset: the name of the session, empty for all."""

    def serve(self, twin: Twin) -> None:
        """Let another twin answer from here on. Open sessions go on with what they hold; those that open
        later begin with its fixtures."""
        self._twin = twin
        self.fixture_names = fixture_names(twin.fixture_sets)

    def name_of(self, session: Session) -> str:
        """Return the name of an open session; its seed where it is none."""
        names = (name for name, client in self.opened() if client.session is session)
        return next(names, session.ids.seed)

    def get(self, name: str, fixtures: str = "") -> Client:
        """Return the state of the client that names its session so, and that asks for a fixture set, or for
        none. Raises TooManySessions, UnknownFixtures, OtherFixtures."""
        if fixtures and fixtures not in self.fixture_names:
            raise UnknownFixtures
        client = self._open.get(name or DEFAULT)
        if client is None:
            return self._begin(name or DEFAULT, fixtures or self._fixtures)
        if fixtures and fixtures != client.fixtures:
            raise OtherFixtures(client.fixtures)
        return client

    def _begin(self, name: str, fixtures: str) -> Client:
        if len(self._open) >= MAX_SESSIONS:
            raise TooManySessions
        client = self._open[name] = Client(self._twin.open_session(name, fixtures), fixtures)
        return client

    def reset(self, name: str) -> list[str]:
        """Forget one session, or all where no name is given; return the names of those that there were."""
        if self.on_reset is not None:
            self.on_reset(name)
        names = [name] if name else sorted(self._open)
        return [known for known in names if self._open.pop(known, None) is not None]

    def __len__(self) -> int:
        return len(self._open)

    def look(self, name: str) -> Client | None:
        """Return the state of a client, None where there is no such session; none is opened."""
        return self._open.get(name)

    def opened(self) -> Iterator[tuple[str, Client]]:
        """Yield the open sessions, the newest first."""
        yield from reversed(self._open.items())

    def names(self) -> list[str]:
        """Return the names of the open sessions, sorted."""
        return sorted(self._open)
