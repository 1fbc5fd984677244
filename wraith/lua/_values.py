"""JSON values as Lua takes them over.

Lua's texts are bytes, and so are they here: text of Python crosses as its UTF-8 bytes.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import Final, TypeAlias

from wraith.canonical import JsonValue

Token: TypeAlias = bytes | int | float | bool | None
"""What crosses into Lua by itself."""

MAX_DEPTH: Final = 100
"""Levels of a document; json.lua has the same bound for those that it writes."""

PIECE: Final = 240
"""Tokens that cross at once, at most; json.lua takes so many places on Lua's stack before it asks."""

_TOKEN_BYTES: Final = 12
"""What a token takes at least in Lua's tables: an element of a list 16 bytes, a name and its value 24."""

_LEAST: Final = -(2**63)
_GREATEST: Final = 2**63 - 1


class TooDeep(Exception):
    """A document has more levels than handlers are given; the message says which."""


def to_lua(text: str) -> bytes:
    """Return text as Lua has it."""
    return text.encode("utf-8", "surrogatepass")


def from_lua(text: bytes) -> str:
    """Return Lua's bytes as text; what is no UTF-8 becomes U+FFFD."""
    return text.decode("utf-8", "replace")


def tokens(value: JsonValue, most_bytes: int, *, levels: int = MAX_DEPTH) -> list[Token]:
    """Return a document as the flat row of tokens that json.lua makes tables of.

    Texts, numbers and booleans are themselves; None announces what the next token says: False is null, an
    integer n >= 0 an object of n members (name and value in turn), -n - 1 a list of n elements. Integers
    beyond 64 bits become floats. Raises TooDeep, and MemoryError for a document that so many bytes cannot
    hold.
    """
    row: list[Token] = []
    _add(row, value, levels, most_bytes // _TOKEN_BYTES)
    return row


def _add(row: list[Token], value: JsonValue, levels: int, most: int) -> None:
    if isinstance(value, str):
        row.append(value.encode("utf-8", "surrogatepass"))
    elif isinstance(value, dict):
        _check(row, value, levels, most)
        row += (None, len(value))
        for name, member in value.items():
            row.append(name.encode("utf-8", "surrogatepass"))
            if isinstance(member, str):  # as most are: a call less for each
                row.append(member.encode("utf-8", "surrogatepass"))
            else:
                _add(row, member, levels - 1, most)
    elif isinstance(value, list):
        _check(row, value, levels, most)
        row += (None, -len(value) - 1)
        for element in value:
            _add(row, element, levels - 1, most)
    elif value is None:
        row += (None, False)
    else:
        row.append(value if isinstance(value, float) or _LEAST <= value <= _GREATEST else float(value))


def _check(row: Sized, value: Sized, levels: int, most: int) -> None:
    if not levels:
        raise TooDeep("the value has too many levels")
    if len(row) + len(value) > most:
        raise MemoryError


def pieces(row: list[Token]) -> list[list[Token]]:
    """Return the row in pieces of at most PIECE tokens; an announcement and what it says stay together."""
    cut = []
    start = 0
    while start < len(row):
        end = start + PIECE
        if end < len(row) and row[end - 1] is None:
            end -= 1
        cut.append(row[start:end])
        start = end
    return cut
