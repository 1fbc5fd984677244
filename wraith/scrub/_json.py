"""JSON bodies: values replaced where they stand, every other byte as it came."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import orjson

from wraith.paths import Step

_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"(\s*+:)?|[{}\[\]]|[-0-9][-+.0-9eE]*+|true|false|null', re.DOTALL
)
_QUOTE, _OPEN_OBJECT, _OPEN_LIST, _CLOSE = ord('"'), ord("{"), ord("["), frozenset(b"}]")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_NO_VALUES = frozenset(b"tfn")

_NEEDLESS = re.compile(rb"\\u00([2-7][0-9a-fA-F])|\\(/)")


def plain(body: bytes) -> bytes:
    """Return the bytes without escapes that no character needs: what names and secrets are searched in."""
    if b"\\" not in body:
        return body
    return _NEEDLESS.sub(lambda found: found[2] or bytes((int(found[1], 16),)), body)


def rewrite_json(body: bytes, rewrite: Callable[[list[Step], str], str], *, many: bool = False) -> bytes:
    """Return the body with each string and number replaced by what ``rewrite`` makes of its path and text.

    A number that becomes another integer stays a number, else it becomes a string. ``rewrite`` must not keep
    the path, which is changed as the walk goes on. The body must be valid JSON; or ``many`` documents, which
    are walked as the elements of a list.
    """
    pieces: list[bytes] = []
    at = 0
    for path, start, end in _leaves(body, many):
        literal = body[start:end]
        is_text = literal[0] == _QUOTE
        value = _decode(literal) if is_text else literal.decode()
        changed = rewrite(path, value)
        if changed != value:
            pieces += (body[at:start], _encode(changed) if is_text else _number(changed))
            at = end
    return b"".join(pieces) + body[at:] if pieces else body


def last_key(path: list[Step]) -> str | None:
    """Return the name that a value goes by: the key it stands under, itself or as an element of a list."""
    for step in reversed(path):
        if isinstance(step, str):
            return step
    return None


def _leaves(body: bytes, many: bool) -> Iterator[tuple[list[Step], int, int]]:
    """Yield the strings and numbers with their paths. The last step is where the next value will stand."""
    path: list[Step] = [-1] if many else []
    for found in _TOKEN.finditer(body):
        start, end = found.span()
        first = body[start]
        if first == _QUOTE and found[1] is not None:
            path[-1] = _decode(body[start : found.start(1)])
            continue
        if first in _CLOSE:
            path.pop()
            continue
        if path and isinstance(position := path[-1], int):
            path[-1] = position + 1
        if first == _OPEN_OBJECT:
            path.append("")
        elif first == _OPEN_LIST:
            path.append(-1)
        elif first not in _NO_VALUES:
            yield path, start, end


def _decode(literal: bytes) -> str:
    if b"\\" not in literal:
        return literal[1:-1].decode()
    try:
        text: str = orjson.loads(literal)
    except ValueError:
        text = json.loads(literal)  # half of a surrogate pair, which orjson refuses
    return text


def _encode(text: str) -> bytes:
    try:
        return orjson.dumps(text)
    except TypeError:
        return json.dumps(text).encode()


def _number(text: str) -> bytes:
    return text.encode() if _INTEGER.fullmatch(text) else _encode(text)
