"""What an action wrote, as the Remote Execution API's ``ActionResult``.

Cache servers that know the protocol, bazel-remote for one, refuse action results that do not parse, so the
message is written as protocol buffers and not as JSON. It says path, digest and mode of each output, and a
text. Field numbers: build.bazel.remote.execution.v2, remote_execution.proto; encoding: the protocol buffers
documentation, "Encoding". Unknown fields are passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_VARINT, _BYTES = 0, 2
_WIDTHS: Final = {1: 8, 5: 4}
"""Bytes of the wire types with a fixed width."""

# ActionResult
_OUTPUT_FILES, _STDOUT, _STDERR = 2, 5, 7
# OutputFile
_PATH, _DIGEST, _EXECUTABLE = 1, 2, 4
# Digest
_HASH, _SIZE = 1, 2


@dataclass(frozen=True, slots=True)
class Output:
    """A file that an action wrote."""

    path: str
    """Relative to the project, with forward slashes."""
    digest: str
    """SHA-256 of its content, 64 hex digits."""
    size: int
    executable: bool = False


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action came to: its files, sorted by path, and what it said."""

    outputs: tuple[Output, ...]
    summary: str = ""


def dump_result(result: ActionResult) -> bytes:
    """Return the message. Same result, same bytes."""
    parts = [_field(_OUTPUT_FILES, _dump_output(output)) for output in result.outputs]
    if result.summary:
        parts.append(_field(_STDOUT, result.summary.encode()))
    return b"".join(parts)


def seal(message: bytes, key: str) -> bytes:
    """Return the message of an action with a digest of both, in the field of what an action says on standard
    error: the protocol has none for it, and half a message is a message with fewer outputs."""
    return message + _field(_STDERR, _seal(message, key))


def unseal(data: bytes, key: str) -> bytes:
    """Return the message that was sealed for an action. Raises ValueError for any other."""
    message = data[: -len(_field(_STDERR, _seal(b"", key)))]
    if seal(message, key) != data:
        raise ValueError("it is not what was kept for this action")
    return message


def load_result(data: bytes) -> ActionResult:
    """Return what a message says. Raises ValueError for what is no such message, or names no digest."""
    outputs: list[Output] = []
    summary = ""
    for number, value in _fields(data):
        if number == _OUTPUT_FILES:
            outputs.append(_load_output(_text(value)))
        elif number == _STDOUT:
            summary = _text(value).decode("utf-8")
    return ActionResult(tuple(outputs), summary)


def _seal(message: bytes, key: str) -> bytes:
    return hashlib.sha256(key.encode() + message).hexdigest().encode()


def _dump_output(output: Output) -> bytes:
    digest = _field(_HASH, output.digest.encode()) + (_number(_SIZE, output.size) if output.size else b"")
    mode = _number(_EXECUTABLE, 1) if output.executable else b""
    return _field(_PATH, output.path.encode()) + _field(_DIGEST, digest) + mode


def _load_output(data: bytes) -> Output:
    path, digest, size, executable = "", "", 0, False
    for number, value in _fields(data):
        if number == _PATH:
            path = _text(value).decode("utf-8")
        elif number == _EXECUTABLE:
            executable = bool(value)
        elif number == _DIGEST:
            for inner, part in _fields(_text(value)):
                if inner == _HASH:
                    digest = _text(part).decode("ascii")
                elif inner == _SIZE:
                    size = _integer(part)
    if not is_digest(digest):
        raise ValueError(f"an output without a digest: {path!r}")
    return Output(path, digest, size, executable)


def is_digest(text: str) -> bool:
    """Return whether a text is 64 hex digits in lower case."""
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(data)) + data


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3 | _VARINT) + _varint(value)


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field. Raises ValueError where the message ends inside one."""
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        kind = tag & 7
        if kind == _VARINT:
            value, at = _read_varint(data, at)
            yield tag >> 3, value
            continue
        if kind == _BYTES:
            size, at = _read_varint(data, at)
        elif kind in _WIDTHS:
            size = _WIDTHS[kind]
        else:
            raise ValueError(f"not a wire type of protocol buffers: {kind}")
        if at + size > len(data):
            raise ValueError("the message ends inside a field")
        yield tag >> 3, data[at : at + size]
        at += size


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise ValueError("the message ends inside a number")
        value |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
    raise ValueError("a number of more than 64 bits")


def _text(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number where text should be")
    return value


def _integer(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise ValueError("text where a number should be")
    return value
