"""WREC: one exchange per file, bodies as raw bytes, damage always noticed.

::

    WREC/1 <head length> <request body length> <response body length> <32 hex digits>\\n
    <head: canonical JSON><request body><response body>

The lengths are decimal without leading zeros; the hex digits begin the SHA-256 of everything after the first
line. The head holds what is not a body: method, target, headers as ``[name, value]`` lists, status, times,
tags, and the digest and size of a body that was too large to keep. So every byte of a file is either compared
(first line), counted (lengths) or digested (the rest), and a single wrong one is refused:
``tests/recording/test_wrec.py::test_any_flipped_bit_is_refused``.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Final, Never

import orjson

from wraith.canonical import JsonValue, compact
from wraith.errors import InputError
from wraith.exchange import Exchange, Headers, Request, Response, Truncated

MAGIC: Final = b"WREC/"
_FIRST_LINE = re.compile(rb"WREC/1 (0|[1-9]\d{0,18}) (0|[1-9]\d{0,18}) (0|[1-9]\d{0,18}) ([0-9a-f]{32})\n")
_LONGEST_FIRST_LINE = 128
_MEND = "restore the file from version control, or remove its session and record it again"


def encode_exchange(exchange: Exchange) -> bytes:
    """Return the exchange as the bytes of a WREC file. Equal exchanges give equal bytes."""
    request, response = exchange.request, exchange.response
    request_head: dict[str, JsonValue] = {
        "method": request.method,
        "target": request.target,
        "headers": [[name, value] for name, value in request.headers],
    }
    response_head: dict[str, JsonValue] = {
        "status": response.status,
        "headers": [[name, value] for name, value in response.headers],
    }
    for part, truncated in ((request_head, request.truncated), (response_head, response.truncated)):
        if truncated is not None:
            part["truncated"] = {"sha256": truncated.sha256, "size_bytes": truncated.size_bytes}
    head = compact(
        {
            "request": request_head,
            "response": response_head,
            "started_at_ms": exchange.started_at_ms,
            "duration_ms": exchange.duration_ms,
            "tags": list(exchange.tags),
        }
    )
    content = b"".join((head, request.body, response.body))
    digest = sha256(content).hexdigest()[:32]
    return b"WREC/1 %d %d %d %s\n" % (
        len(head),
        len(request.body),
        len(response.body),
        digest.encode(),
    ) + content  # fmt: skip


def decode_exchange(data: bytes, where: str | Path) -> Exchange:
    """Return the exchange in the bytes of a WREC file: the inverse of ``encode_exchange``.

    ``where`` names the file in errors. Raises InputError: at which offset, what was expected and what found.
    """
    first = _FIRST_LINE.match(data)
    if first is None:
        _refuse_first_line(data, where)
    start = first.end()
    head_end = start + int(first[1])
    request_end = head_end + int(first[2])
    end = request_end + int(first[3])
    if len(data) != end:
        _refuse(where, len(data), f"{end} bytes in the whole file", f"{len(data)} bytes")
    found = sha256(memoryview(data)[start:]).hexdigest()[:32]
    if found.encode() != first[4]:
        _refuse(where, start, f"content with the digest {first[4].decode()}…", f"{found}…")
    try:
        return _exchange(
            orjson.loads(data[start:head_end]), data[head_end:request_end], data[request_end:end]
        )
    except (KeyError, TypeError, ValueError) as error:
        detail = f"no key {error}" if isinstance(error, KeyError) else str(error)
        _refuse(where, start, "a head as encode_exchange writes it", detail)


def _exchange(head: dict[str, JsonValue], request_body: bytes, response_body: bytes) -> Exchange:
    request, response = _table(head["request"]), _table(head["response"])
    return Exchange(
        Request(
            _text(request["method"]),
            _text(request["target"]),
            _headers(request["headers"]),
            request_body,
            _truncated(request["truncated"]) if "truncated" in request else None,
        ),
        Response(
            _integer(response["status"]),
            _headers(response["headers"]),
            response_body,
            _truncated(response["truncated"]) if "truncated" in response else None,
        ),
        _integer(head["started_at_ms"]),
        _integer(head["duration_ms"]),
        tuple([_text(tag) for tag in _list(head["tags"])]),
    )


def _headers(value: JsonValue) -> Headers:
    headers = []
    for pair in _list(value):
        name, content = _list(pair)
        headers.append((_text(name), _text(content)))
    return tuple(headers)


def _truncated(value: JsonValue) -> Truncated:
    table = _table(value)
    return Truncated(_text(table["sha256"]), _integer(table["size_bytes"]))


def _text(value: JsonValue) -> str:
    if type(value) is str:
        return value
    raise TypeError(f"expected text, found {value!r:.40}")


def _integer(value: JsonValue) -> int:
    if type(value) is int:
        return value
    raise TypeError(f"expected an integer, found {value!r:.40}")


def _list(value: JsonValue) -> list[JsonValue]:
    if type(value) is list:
        return value
    raise TypeError(f"expected a list, found {value!r:.40}")


def _table(value: JsonValue) -> dict[str, JsonValue]:
    if type(value) is dict:
        return value
    raise TypeError(f"expected an object, found {value!r:.40}")


def _refuse_first_line(data: bytes, where: str | Path) -> Never:
    line = data[:_LONGEST_FIRST_LINE].partition(b"\n")[0]
    version = re.match(rb"WREC/(\d+) ", data)
    if version is not None and version[1] != b"1":
        raise InputError(
            f"WREC format {version[1].decode()}, at offset 0; this wraith reads format 1",
            where=where,
            hint="upgrade wraith, or record the session again",
        )
    _refuse(where, 0, "a first line 'WREC/1 HEAD REQUEST RESPONSE DIGEST'", repr(line[:60]))


def _refuse(where: str | Path, offset: int, expected: str, found: str) -> Never:
    raise InputError(
        f"broken exchange, at offset {offset}: expected {expected}, found {found}", where=where, hint=_MEND
    )
