"""JSON values as Lua values and back.

Lua's texts are bytes. The runtimes here map bytes to characters one to one (Latin-1), so that any bytes pass
through unharmed; text of Python crosses as its UTF-8 bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from wraith.canonical import JsonValue

if TYPE_CHECKING:
    from lupa.lua54 import LuaRuntime

MAX_DEPTH: Final = 100
"""Levels of a document; the prelude's encoder has the same bound."""

_INTEGERS: Final = range(-(2**63), 2**63)


class TooDeep(Exception):
    """A document has more levels than handlers are given."""


def to_text(text: str) -> str:
    """Return text as Lua has it: a character for each byte of its UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def from_lua(text: str) -> str:
    """Return Lua's bytes as text; what is no UTF-8 becomes U+FFFD."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "replace")


def to_lua(runtime: LuaRuntime, mark: Callable[[Any, bool], Any], null: Any) -> Callable[[JsonValue], Any]:
    """Return the function that makes Lua values of JSON values.

    Objects and lists are tables that remember which of both they are; null is one value; integers beyond 64
    bits become floats. The function raises TooDeep.
    """
    table = runtime.table

    def give(value: JsonValue, depth: int = 0) -> Any:
        match value:
            case str():
                return to_text(value)
            case None:
                return null
            case bool() | float():
                return value
            case int():
                return value if value in _INTEGERS else float(value)
        if depth >= MAX_DEPTH:
            raise TooDeep
        if isinstance(value, list):
            return mark(table(*[give(each, depth + 1) for each in value]), True)
        made = table()
        for name, member in value.items():
            made[to_text(name)] = give(member, depth + 1)
        return mark(made, False)

    return give
