"""What time it is for a session: a test run sees the same instants each time unless it asks for others."""

from __future__ import annotations

from typing import Final

from wraith.config import Serve

STEP_MS: Final = 1000
"""How far a deterministic clock moves per request: as far as the coarsest times that services write, so that
what was made later also says so."""


class Clock:
    """Tells a session its time."""

    def __init__(self, settings: Serve) -> None:
        self._kind = settings.clock
        self._epoch_ms = settings.epoch_ms

    def now_ms(self, turn: int, real_ms: int) -> int:
        """Return the time of the session's request of that number, from 0."""
        if self._kind == "real":
            return real_ms
        return self._epoch_ms + (turn * STEP_MS if self._kind == "deterministic" else 0)
