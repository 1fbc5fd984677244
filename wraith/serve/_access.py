"""The access log: one line per request, compact for people on a terminal, JSON lines for programs.

A request makes its line, which takes a microsecond; a thread that made them would compete for the interpreter
with the one that answers. Lines are written in batches, by a thread, so that a reader who stalls cannot stall
the twin; what does not fit the backlog meanwhile is dropped and counted.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple, TextIO

from wraith.canonical import JsonValue, compact

_EVERY_S: Final = 0.05
"""How long a line may wait: not noticed by a person, and a batch at any speed worth a batch."""
_BACKLOG: Final = 10_000
RECENT: Final = 200
"""Entries that are kept for the page: a few screens."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_RESET, _DIM, _RED, _GREEN, _YELLOW, _CYAN = (f"\x1b[{code}m" for code in (0, 2, 31, 32, 33, 36))


class Entry(NamedTuple):
    """What is said of one request. ``path`` is scrubbed, and without its query."""

    at_ms: int
    method: str
    path: str
    status: int
    ms: float
    route: str | None
    extrapolated: bool
    session: str


class AccessLog:
    """Writes entries to a stream."""

    def __init__(self, stream: TextIO, *, as_json: bool, colour: bool) -> None:
        self._stream = stream
        self._line = _json_line if as_json else _coloured_line if colour else _plain_line
        self._lines: deque[str] = deque(maxlen=_BACKLOG)
        self._dropped = 0
        self._writing = False
        self.recent: deque[Entry] = deque(maxlen=RECENT)
        """The last entries, the newest last."""
        self.total = 0
        """How many entries there were."""

    @classmethod
    def to(cls, stream: TextIO, environ: Mapping[str, str]) -> AccessLog:
        """Return the log that suits the stream: for people where it is a terminal, else for programs."""
        terminal = stream.isatty()
        return cls(stream, as_json=not terminal, colour=terminal and not environ.get("NO_COLOR"))

    def add(self, entry: Entry) -> None:
        """Take an entry; it is written within a moment."""
        self.recent.append(entry)
        self.total += 1
        if len(self._lines) == _BACKLOG:
            self._dropped += 1
        self._lines.append(self._line(entry))
        if not self._writing:
            self._writing = True
            asyncio.get_running_loop().call_later(_EVERY_S, self._start)

    def flush(self) -> None:
        """Write what is waiting."""
        lines = []
        while self._lines:
            lines.append(self._lines.popleft())
        if self._dropped:
            lines.append(f"{self._dropped} lines were dropped: the reader of this log was too slow")
            self._dropped = 0
        try:
            self._stream.write("\n".join([*lines, ""]))
            self._stream.flush()
        except (OSError, ValueError):
            self._lines = deque(maxlen=0)  # the reader has gone: nobody wants the log, and the twin serves on

    def _start(self) -> None:
        written = asyncio.get_running_loop().run_in_executor(None, self.flush)
        written.add_done_callback(self._written)

    def _written(self, _: object) -> None:
        self._writing = False
        if self._lines:
            self._writing = True
            asyncio.get_running_loop().call_later(_EVERY_S, self._start)


def _json_line(entry: Entry) -> str:
    at_s, ms = divmod(entry.at_ms, 1000)
    document: dict[str, JsonValue] = {
        "time": f"{_second(at_s)}.{ms:03d}+00:00",
        "method": entry.method,
        "path": entry.path,
        "status": entry.status,
        "ms": round(entry.ms, 3),
        "route": entry.route,
        "extrapolated": entry.extrapolated,
        "session": entry.session,
    }
    return compact(document).decode()


@lru_cache(maxsize=2)
def _second(at_s: int) -> str:
    """Return a second as ISO 8601 writes it: the lines of a batch are nearly all of the same."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _plain_line(entry: Entry) -> str:
    notes = _notes(entry)
    return f"{entry.status} {_safe(entry.method):<6} {_safe(entry.path)}  {entry.ms:.1f} ms{notes}"


def _coloured_line(entry: Entry) -> str:
    colour = (_GREEN, _CYAN, _YELLOW, _RED)[min(max(entry.status // 100 - 2, 0), 3)]
    request = f"{_safe(entry.method):<6} {_safe(entry.path)}"
    return f"{colour}{entry.status}{_RESET} {request}  {_DIM}{entry.ms:.1f} ms{_notes(entry)}{_RESET}"


def _notes(entry: Entry) -> str:
    route = f"  {_safe(entry.route)}" if entry.route else "  no route"
    return f"{route}{'  extrapolated' if entry.extrapolated else ''}"


def _safe(text: str) -> str:
    """Return the text without what could drive a terminal."""
    return _CONTROL.sub("?", text)
