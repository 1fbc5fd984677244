"""The state of the twin's clients: one session per ``X-Wraith-Session``, and the default one without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from wraith.runtime import Session, Twin

DEFAULT: Final = "default"
"""The name, and the seed, of the session of clients that name none."""

MAX_SESSIONS: Final = 10_000
"""More than parallel tests need, few enough that a client which invents names cannot fill the memory
unseen."""


class TooManySessions(Exception):
    """No further session is opened before some are reset."""


@dataclass(slots=True)
class Client:
    """What the twin knows of one client."""

    session: Session
    issued: set[str] = field(default_factory=set)
    """The values that the twin made up and that look like secrets."""


class Sessions:
    """Opens sessions when they are first used. The name is the seed: each run of a test sees the same ids."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._open: dict[str, Client] = {}

    def get(self, name: str) -> Client:
        """Return the state of the client that names its session so. Raises TooManySessions."""
        client = self._open.get(name or DEFAULT)
        if client is None:
            if len(self._open) >= MAX_SESSIONS:
                raise TooManySessions
            client = self._open[name or DEFAULT] = Client(self._twin.open_session(name or DEFAULT))
        return client

    def reset(self, name: str) -> list[str]:
        """Forget one session, or all where no name is given; return the names of those that there were."""
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
