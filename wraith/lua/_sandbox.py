"""One invocation of a handler: a Lua runtime made for it, bounded, and thrown away after it.

The runtime is PUC-Rio Lua 5.4: its allocator can be limited, its count hook fires in every loop (LuaJIT's
does not in compiled ones), and it has integers. A runtime that serves once can keep nothing for the next
request.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NoReturn

from wraith.lua._host import Host
from wraith.lua._values import from_lua, to_lua
from wraith.runtime import Failure, Invocation, Reply

if TYPE_CHECKING:
    from lupa.lua54 import LuaError, LuaRuntime


@dataclass(frozen=True, slots=True)
class Limits:
    """What one invocation may use."""

    seconds: float = 0.1
    """Wall-clock time."""
    memory_bytes: int = 2**20
    """Lua's heap, of which the sandbox itself takes some 70 KB."""
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


def run(
    source: str, place: str, invocation: Invocation, libraries: Mapping[str, str], limits: Limits
) -> Reply | Failure:
    """Run a handler and return what it emitted, or why it failed.

    Never raises for what a handler does. What it wrote stands in ``invocation.state``, to be kept or not.
    """
    from lupa.lua54 import LuaError, LuaMemoryError

    runtime = _runtime()
    host = Host(runtime, invocation, libraries, limits.memory_bytes)
    try:
        ok, *told = runtime.compile(_bytecode("prelude"), b"=prelude", "b")(
            host.ask,
            host.bound,
            host.seconds,
            limits.instructions,
            limits.seconds,
            STEPS,
            limits.memory_bytes,
            zlib.crc32(invocation.seed.encode()),
            to_lua(source),
            to_lua(place),
            "json" in libraries,
            *(_bytecode(name) for name in ("json", "strings", "patterns")),
        )
    except (LuaMemoryError, MemoryError):
        ok, told = False, [b"not enough memory"]
    except LuaError as error:  # outside of the handler's own code: what it is given does not fit
        ok, told = False, [_message(error)]
    finally:
        host.release()
    if host.broken:
        raise host.broken
    return _reply(*told) if ok else Failure(_reason(from_lua(told[0]), limits))


def compile_problem(source: str, place: str) -> str | None:
    """Return what is wrong with a source as Lua, None where it compiles. It is not run."""
    from lupa.lua54 import LuaError

    try:
        _runtime().compile(to_lua(source), to_lua(f"@{place}"), "t")
    except LuaError as error:
        return from_lua(_message(error)).removeprefix("error loading code: ")
    return None


def _message(error: LuaError) -> bytes:
    """Return what Lua says, which is bytes, or lupa for it."""
    said = error.args[0] if error.args else b""
    return said if isinstance(said, bytes) else str(said).encode("utf-8", "replace")


def _runtime() -> LuaRuntime:
    """Return a new runtime without a bound of memory. Bytes are its texts: it is given none of Python's."""
    from lupa.lua54 import LuaRuntime

    return LuaRuntime(
        encoding=None,
        unpack_returned_tuples=True,
        register_eval=False,
        register_builtins=False,
        attribute_handlers=(_deny, _deny),
        max_memory=0,
    )


def _deny(*_: object) -> NoReturn:
    raise AttributeError("no attributes here")


@cache
def _bytecode(name: str) -> bytes:
    """Return a file of the sandbox, compiled once: loading it is a twentieth of compiling it.

    Without lines and names of locals, which take half of the time to load.
    """
    runtime = _runtime()
    source = (files("wraith.lua") / f"{name}.lua").read_bytes()
    dumped: bytes = runtime.eval("string.dump")(runtime.compile(source, f"={name}", "t"), True)
    return dumped


def _reply(
    status: int | None = None, body: bytes | None = None, kind: bytes | None = None, *fields: bytes
) -> Reply:
    """Return what was emitted."""
    texts = [from_lua(field) for field in fields]
    headers = [*zip(texts[::2], texts[1::2], strict=True)]
    if body is not None and not any(name.lower() == "content-type" for name, _ in headers):
        headers.insert(0, ("content-type", _media_type(kind, body)))
    return Reply(status, tuple(headers), body)


def _media_type(kind: bytes | None, data: bytes) -> str:
    if kind == b"json":
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
