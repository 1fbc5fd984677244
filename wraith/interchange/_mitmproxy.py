"""mitmproxy: flow files, read by mitmproxy's own library, which knows every version of them.

The library is an extra: it brings a whole proxy, and with Python 3.11 an older HTTP stack.
"""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from typing import Final, Protocol, cast

from wraith.errors import InputError
from wraith.exchange import Headers
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._source import Source

_SUFFIXES: Final = (".flow", ".flows", ".mitm", ".mitmproxy")
_FIRST_FLOW: Final = re.compile(rb"\d{2,10}:\d{1,3}:[a-z_]{2,40};")
"""A flow is a netstring that holds a table, whose first key is a netstring again."""


class _Fields(Protocol):
    fields: tuple[tuple[bytes, bytes], ...]


class _Message(Protocol):
    headers: _Fields
    raw_content: bytes | None
    timestamp_start: float
    timestamp_end: float | None


class _Request(_Message, Protocol):
    method: str
    pretty_url: str


class _Response(_Message, Protocol):
    status_code: int


class _Flow(Protocol):
    """What is read of the flows of the library; those that are not HTTP have no request."""

    request: _Request
    response: _Response | None
    websocket: object | None
    error: object | None


def looks_like(source: Source) -> bool:
    """Whether the file is named as flows, or begins with one."""
    named = source.path.name.lower().endswith(_SUFFIXES)
    return named or _FIRST_FLOW.match(source.data[:64]) is not None


def read(source: Source) -> Iterator[Item]:
    """Yield the flows in the order of the file. A file that breaks off keeps the flows before the break."""
    number = 0
    try:
        for number, flow in enumerate(_flows(source), start=1):
            yield _item(flow, f"flow {number}")
    except _Broken as error:
        if number == 0:
            raise InputError(f"is no flow file of mitmproxy: {error}", where=source.path) from None
        yield LeftOut(f"flow {number + 1}", f"the file breaks off there, or is damaged: {error}")


class _Broken(Exception):
    """The library cannot read on."""


def _flows(source: Source) -> Iterator[_Flow]:
    try:
        from mitmproxy.io import FlowReader
    except ImportError:
        raise InputError(
            "holds flows of mitmproxy, and its library is not installed here",
            where=source.path,
            hint="pip install 'wraith[mitmproxy]', or have mitmproxy write HAR: "
            f"mitmdump -nr {shlex.quote(str(source.path))} --set hardump=flows.har",
        ) from None
    try:
        yield from cast(Iterator[_Flow], FlowReader(io.BytesIO(source.data)).stream())
    except Exception as error:
        # The library reports damaged netstrings; tables that lack something it reads until it fails somehow.
        raise _Broken(str(error) or type(error).__name__) from None


def _item(flow: _Flow, where: str) -> Item:
    kind = getattr(flow, "type", "http")
    if kind != "http":
        return LeftOut(where, f"it is a {str(kind).upper()} flow, not HTTP")
    if flow.websocket is not None:
        return LeftOut(where, "it is a WebSocket")
    if flow.response is None:
        told = f": {flow.error}" if flow.error is not None else ""
        return LeftOut(where, f"there is no response{told}")
    mended: list[str] = []
    begun, ended = flow.request.timestamp_start, flow.response.timestamp_end
    return Entry(
        where=where,
        method=flow.request.method,
        url=flow.request.pretty_url,
        request_headers=_headers(flow.request),
        request_body=_content(flow.request, "request", mended),
        status=flow.response.status_code,
        response_headers=_headers(flow.response),
        response_body=_content(flow.response, "response", mended),
        started_at_ms=int(begun * 1000) if begun else None,
        duration_ms=max(0, round((ended - begun) * 1000)) if begun and ended else 0,
        mended=tuple(mended),
    )


def _headers(message: _Message) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.headers.fields)


def _content(message: _Message, whose: str, mended: list[str]) -> bytes:
    if message.raw_content is None:
        mended.append(f"the body of the {whose} was not kept, and counts as empty")
    return message.raw_content or b""
