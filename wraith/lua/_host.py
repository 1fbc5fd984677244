"""What the sandbox may ask of the server.

Two rules hold here, because Lua raises by a long jump, which in a frame of Python's ends the process, or
stops it for good:

- Nothing raises: an exception would be an object of Python's in Lua.
- What takes memory in Lua (texts, and so documents and messages) is given while nothing bounds the memory,
  and the first thing that Lua does with it is to ask for the bound again. Numbers, booleans and nil take
  none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from wraith.canonical import JsonValue, parse
from wraith.errors import InputError
from wraith.lua._values import MAX_DEPTH, Token, TooDeep, from_lua, pieces, to_lua, tokens
from wraith.paths import MISSING, Found
from wraith.runtime import Invocation

if TYPE_CHECKING:
    from lupa.lua54 import LuaRuntime

Told: TypeAlias = tuple[Token, ...]
"""Whether it went well, and what was asked for or the message."""

MAX_MESSAGE: Final = 300
"""Characters of a message to Lua: it may quote what the handler gave."""

_LAST_MS: Final = 253_402_300_799_000
"""The end of the year 9999, beyond which times have no text."""


class Host:
    """The server, as one invocation sees it."""

    def __init__(
        self,
        runtime: LuaRuntime,
        invocation: Invocation,
        libraries: Mapping[str, str],
        most_bytes: int,
    ) -> None:
        self._set_max_memory: Callable[[int], None] = runtime.set_max_memory
        self._most_bytes = most_bytes
        self._invocation = invocation
        self._state = invocation.state
        self._libraries = libraries
        self._arriving: Iterator[list[Token]] = iter(())
        self._started = time.perf_counter()
        self.broken: BaseException | None = None
        """What went wrong on our side."""

    def seconds(self) -> float:
        return time.perf_counter() - self._started

    def bound(self) -> None:
        """Have Lua's memory bounded: before the handler runs, and after each thing that was given."""
        self._set_max_memory(self._most_bytes)

    def ask(self, name: bytes, *arguments: Any) -> Told:
        """Answer one question."""
        try:
            return True, *_QUESTIONS[name](self, *arguments)
        except MemoryError:
            return False, None
        except TooDeep as error:
            return self._refused(str(error))
        except (ValueError, InputError, TypeError) as error:
            return self._refused(f"{name.decode()}: {error}")
        except BaseException as error:  # raised again when Lua has returned
            self.broken = error
            return False, None

    def release(self) -> None:
        """Let go of the runtime, which holds this object: both go at once, without a garbage collector."""
        self._set_max_memory = _nothing

    def _refused(self, message: str) -> Told:
        self._set_max_memory(0)
        return False, to_lua(message[:MAX_MESSAGE])

    def _document(self, value: JsonValue, levels: int = MAX_DEPTH) -> list[Token]:
        self._arriving = iter(pieces(tokens(value, self._most_bytes, levels=levels)))
        return self._more()

    def _found(self, found: Found) -> list[Token]:
        return [] if found is MISSING else self._document(found)

    # the questions

    def _more(self) -> list[Token]:
        self._set_max_memory(0)
        return next(self._arriving)

    def _request(self) -> list[Token]:
        given = self._invocation
        request: dict[str, JsonValue] = {
            "method": given.method,
            "path": given.path,
            "headers": dict(given.headers),
            "query": dict(given.query),
            "params": dict(given.params),
        }
        if given.body is not MISSING:
            request["body"] = given.body
        try:
            return self._document(request, MAX_DEPTH + 1)
        except TooDeep:
            raise TooDeep("the request's body has too many levels for a handler") from None

    def _decode(self, text: bytes) -> list[Token]:
        return self._document(parse(text))

    def _get(self, kind: bytes, key: bytes) -> list[Token]:
        return self._found(self._state.get(from_lua(kind), from_lua(key)))

    def _put(self, kind: bytes, key: bytes, value: bytes) -> Told:
        self._invocation.written_bytes += len(value)
        if self._invocation.written_bytes > self._most_bytes:
            raise ValueError(f"one request cannot store more than {self._most_bytes} bytes")
        self._state.put(from_lua(kind), from_lua(key), parse(value))
        return ()

    def _delete(self, kind: bytes, key: bytes) -> Told:
        return (self._state.delete(from_lua(kind), from_lua(key)),)

    def _list(self, kind: bytes) -> list[Token]:
        return self._document([*self._state.all(from_lua(kind)).values()])

    def _query(self, kind: bytes, field: bytes, value: bytes) -> list[Token]:
        return self._document(self._state.query(from_lua(kind), from_lua(field), parse(value)))

    def _count(self, kind: bytes) -> Told:
        return (len(self._state.all(from_lua(kind))),)

    def _counter(self, name: bytes) -> Told:
        return (self._state.counter(from_lua(name)),)

    def _now(self) -> Told:
        return (self._invocation.now_ms // 1000,)

    def _advance(self, seconds: float) -> Told:
        by_ms = round(seconds * 1000)
        if self._invocation.now_ms + by_ms > _LAST_MS:
            raise ValueError("the clock would go beyond the year 9999")
        self._invocation.advance(by_ms)
        return self._now()

    def _library(self, name: bytes) -> list[Token]:
        return self._found(self._libraries.get(from_lua(name), MISSING))


def _nothing(_: int) -> None: ...


_QUESTIONS: Final[Mapping[bytes, Callable[..., Any]]] = {
    b"more": Host._more,
    b"request": Host._request,
    b"decode": Host._decode,
    b"get": Host._get,
    b"put": Host._put,
    b"delete": Host._delete,
    b"list": Host._list,
    b"query": Host._query,
    b"count": Host._count,
    b"counter": Host._counter,
    b"now": Host._now,
    b"advance": Host._advance,
    b"library": Host._library,
}
