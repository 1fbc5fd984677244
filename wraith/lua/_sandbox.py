"""One invocation of a handler: a Lua runtime made for it, bounded, and thrown away after it.

The runtime is PUC-Rio Lua 5.4: its allocator can be limited, its count hook fires in every loop (LuaJIT's
does not in compiled ones), and it has integers. A runtime that serves once can keep nothing for the next
request.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from wraith.canonical import JsonValue, parse
from wraith.errors import InputError
from wraith.lua._values import TooDeep, from_lua, to_lua, to_text
from wraith.paths import MISSING, Found
from wraith.runtime import Failure, Invocation, Reply

if TYPE_CHECKING:
    from lupa.lua54 import LuaRuntime

Told: TypeAlias = tuple[bool, Any]
"""What a function of the server's gives to Lua: whether it went well, and the value or the message."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one invocation may use."""

    seconds: float = 0.1
    """Wall-clock time."""
    memory_bytes: int = 2**20
    """Lua's heap, beyond what the sandbox itself takes."""
    instructions: int = 100_000
    """Of the virtual machine, counted in steps of 100."""


PATIENT: Final = Limits(seconds=10.0)
"""Of a check: its result must not depend on how busy the machine is, and instructions bound a handler as
well."""

STEPS: Final = 200_000
"""What a native match may come to at worst, about a millisecond; costlier ones are matched in Lua, and
counted."""


MAX_REASON: Final = 300
"""Characters of the reason of a failure; a message of Lua's own is shorter."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

_LAST_MS: Final = 253_402_300_799_000
"""The end of the year 9999, beyond which times have no text."""


def run(
    source: str, place: str, invocation: Invocation, libraries: Mapping[str, str], limits: Limits
) -> Reply | Failure:
    """Run a handler and return what it emitted, or why it failed.

    Never raises for what a handler does. What it wrote stands in ``invocation.state``, to be kept or not.
    """
    from lupa.lua54 import LuaError, LuaMemoryError

    try:
        runtime = _runtime()
        host = _Host(invocation, libraries, limits.memory_bytes)
        start, mark, null = _prelude(runtime, host, limits, invocation.seed, own_json="json" in libraries)
        host.give = to_lua(runtime, mark, null)
        runtime.set_max_memory(limits.memory_bytes)
        ok, *rest = start(to_text(source), place, _request(invocation, host.give, runtime))
        return _reply(*rest) if ok else Failure(_reason(from_lua(rest[0]), limits))
    except (LuaMemoryError, MemoryError):
        return Failure(_reason("not enough memory", limits))
    except TooDeep:
        return Failure("the request's body has too many levels for a handler")
    except LuaError as error:  # outside of the handler's own code: its answer could not be taken over
        return Failure(_reason(from_lua(str(error)), limits))


def compile_problem(source: str, place: str) -> str | None:
    """Return what is wrong with a source as Lua, None where it compiles. It is not run."""
    from lupa.lua54 import LuaError

    try:
        _runtime().compile(to_text(source), to_text(f"@{place}"), "t")
    except LuaError as error:
        return from_lua(str(error)).removeprefix("error loading code: ")
    return None


def _runtime() -> LuaRuntime:
    from lupa.lua54 import LuaRuntime

    return LuaRuntime(
        encoding="latin-1",
        unpack_returned_tuples=True,
        register_eval=False,
        register_builtins=False,
        attribute_handlers=(_deny, _deny),
        max_memory=0,
    )


def _deny(*_: object) -> NoReturn:
    raise AttributeError("no attributes here")


@cache
def _bytecode() -> tuple[str, str]:
    """Return the two parts of the sandbox, compiled once: loading them is a tenth of compiling them."""
    runtime = _runtime()
    dump = runtime.eval("string.dump")
    folder = files("wraith.lua")
    parts = []
    for name in ("patterns.lua", "prelude.lua"):
        source = (folder / name).read_text(encoding="ascii")
        parts.append(dump(runtime.compile(source, f"={name}", "t")))
    return parts[0], parts[1]


def _prelude(
    runtime: LuaRuntime, host: _Host, limits: Limits, seed: str, *, own_json: bool
) -> tuple[Callable[..., Any], Callable[[Any, bool], Any], Any]:
    patterns, prelude = _bytecode()
    settings = runtime.table_from(
        {
            "instructions": limits.instructions,
            "seconds": limits.seconds,
            "steps": STEPS,
            "text": limits.memory_bytes,
            "seed": zlib.crc32(seed.encode()),
            "own_json": own_json,
        }
    )
    made = runtime.compile(prelude, "=prelude", "b")(
        runtime.table_from(host.functions()), settings, runtime.compile(patterns, "=patterns", "b")()
    )
    start, mark, null = made
    return start, mark, null


class _Host:
    """What the sandbox may ask of the server. Nothing here raises: an exception would be an object of
    Python's in Lua."""

    def __init__(self, invocation: Invocation, libraries: Mapping[str, str], most_bytes: int) -> None:
        self._state = invocation.state
        self._most_bytes = most_bytes
        self._invocation = invocation
        self._libraries = libraries
        self._started = time.perf_counter()
        self.give: Callable[[JsonValue], Any] = lambda value: value

    def functions(self) -> dict[str, Callable[..., Any]]:
        asked: tuple[Callable[..., Any], ...] = (
            self.decode,
            self.get,
            self.put,
            self.delete,
            self.list,
            self.query,
            self.count,
            self.counter,
            self.now,
            self.advance,
            self.library,
        )
        return {"seconds": self.seconds, **{each.__name__: _told(each) for each in asked}}

    def seconds(self) -> float:
        return time.perf_counter() - self._started

    def decode(self, text: str) -> Any:
        return self.give(parse(text.encode("latin-1")))

    def get(self, kind: str, key: str) -> Any:
        return self.give_found(self._state.get(from_lua(kind), from_lua(key)))

    def put(self, kind: str, key: str, value: str) -> None:
        self._invocation.written_bytes += len(value)
        if self._invocation.written_bytes > self._most_bytes:
            raise ValueError(f"one request cannot store more than {self._most_bytes} bytes")
        self._state.put(from_lua(kind), from_lua(key), parse(value.encode("latin-1")))

    def delete(self, kind: str, key: str) -> bool:
        return self._state.delete(from_lua(kind), from_lua(key))

    def list(self, kind: str) -> Any:
        return self.give([*self._state.all(from_lua(kind)).values()])

    def query(self, kind: str, field: str, value: str) -> Any:
        wanted = parse(value.encode("latin-1"))
        return self.give(self._state.query(from_lua(kind), from_lua(field), wanted))

    def count(self, kind: str) -> int:
        return len(self._state.all(from_lua(kind)))

    def counter(self, name: str) -> int:
        return self._state.counter(from_lua(name))

    def now(self) -> int:
        return self._invocation.now_ms // 1000

    def advance(self, seconds: float) -> int:
        by_ms = round(seconds * 1000)
        if self._invocation.now_ms + by_ms > _LAST_MS:
            raise ValueError("the clock would go beyond the year 9999")
        self._invocation.advance(by_ms)
        return self.now()

    def library(self, name: str) -> str | None:
        source = self._libraries.get(from_lua(name))
        return None if source is None else to_text(source)

    def give_found(self, found: Found) -> Any:
        return None if found is MISSING else self.give(found)


def _told(function: Callable[..., Any]) -> Callable[..., Told]:
    def told(*arguments: Any) -> Told:
        from lupa.lua54 import LuaMemoryError

        try:
            return True, function(*arguments)
        except (LuaMemoryError, MemoryError):
            return False, "not enough memory"
        except TooDeep:
            return False, "the value has too many levels"
        except (ValueError, InputError, TypeError) as error:
            return False, to_text(f"{function.__name__}: {error}")

    return told


def _request(invocation: Invocation, give: Callable[[JsonValue], Any], runtime: LuaRuntime) -> Any:
    made = runtime.table()
    made["method"], made["path"] = invocation.method, to_text(invocation.path)
    made["headers"] = give(dict(invocation.headers))
    made["query"] = give(dict(invocation.query))
    made["params"] = give(dict(invocation.params))
    if invocation.body is not MISSING:
        made["body"] = give(invocation.body)
    return made


def _reply(
    status: int | None = None, headers: Any = None, body: str | None = None, kind: str | None = None
) -> Reply:
    """Return what was emitted, as bytes."""
    names = [(from_lua(pair[1]), from_lua(pair[2])) for pair in headers.values()]
    data = None if body is None else body.encode("latin-1")
    if data is not None and not any(name.lower() == "content-type" for name, _ in names):
        names.insert(0, ("content-type", _media_type(kind, data)))
    return Reply(status, tuple(names), data)


def _media_type(kind: str | None, data: bytes) -> str:
    if kind == "json":
        return "application/json"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain; charset=utf-8"


def _reason(message: str, limits: Limits) -> str:
    """Return why a handler failed on one line, for headers, logs and reports: what it says itself may be
    anything."""
    if "not enough memory" in message:
        return f"it took more than {limits.memory_bytes} bytes of memory"
    said = _CONTROL.sub(" ", message.partition("\nstack traceback:")[0])
    return said if len(said) <= MAX_REASON else f"{said[:MAX_REASON]}…"
