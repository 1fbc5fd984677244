"""The head of a request as the rest of wraith sees it: end to end, in origin form.

Recording and serving read heads with the same function, so the interpreter sees what recordings see.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from wraith.exchange import Headers

if TYPE_CHECKING:
    from hypercorn.typing import HTTPScope

HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that speak to the next hop only: RFC 9110, section 7.6.1, and the classics of RFC 2616."""

TARGET: Final = "wraith.target"
"""Where ``_streams`` leaves the target as it came in the scope's state."""

_ESSENTIAL = frozenset({"", "close", "keep-alive", "host", "content-length", "content-type", "upgrade"})
_HTTP_1 = frozenset({"1", "1.0", "1.1"})
"""Versions whose requests say whether they have a body; granian calls the first of them 1."""
_PRIVATE = "x-wraith-"
_SESSION = "x-wraith-session"
_FIXTURE = "x-wraith-fixture"


class Head(NamedTuple):
    """A request without its body."""

    method: str
    target: str
    """Path and query with escapes as sent, latin-1."""
    headers: Headers
    """Without hop-by-hop headers, those that ``Connection`` names, and ``X-Wraith-*``."""
    host: str
    """What the client calls us: its Host header, or else the address that it reached."""
    session: str
    """``X-Wraith-Session``, ``""`` where the client sent none."""
    fixture: str
    """``X-Wraith-Fixture``, as well."""
    has_body: bool
    chunked: bool
    """The body's length is not known from the start."""
    upgrade: str
    """The protocol that the client wants to switch to, ``""`` for none; CONNECT counts as one."""


def read_head(scope: HTTPScope) -> Head:
    """Return the head of a request."""
    method = scope["method"]
    headers, host, session, fixture, has_body, chunked, upgrade = _fields(tuple(scope["headers"]))
    return Head(
        method,
        _origin_form(scope),
        headers,
        host or _reached(scope),
        session,
        fixture,
        has_body or scope["http_version"] not in _HTTP_1,
        chunked,
        method if method == "CONNECT" else upgrade,
    )


@lru_cache(maxsize=128)
def _fields(raw: tuple[tuple[bytes, bytes], ...]) -> tuple[Headers, str, str, str, bool, bool, str]:
    """Return what the header fields of a request say, in the order of ``Head``. Clients send the same ones
    again and again."""
    headers: list[tuple[str, str]] = []
    host = session = fixture = upgrade = connection = ""
    length = chunked = False
    for raw_name, raw_value in raw:
        name, key, is_ordinary = _named(raw_name)
        value = raw_value.decode("latin-1")
        if is_ordinary:
            headers.append((name, value))
        elif key in HOP_BY_HOP:
            if key == "connection":
                connection += "," + value
            elif key == "upgrade":
                upgrade = value
            elif key == "transfer-encoding":
                chunked = True
        elif key.startswith(_PRIVATE):
            if key == _SESSION:
                session = value
            elif key == _FIXTURE:
                fixture = value
        else:
            if key == "host":
                host = value
            elif key == "content-length":
                length = value != "0"
            headers.append((name, value))
    if connection:
        headers = _unnamed(headers, connection)
    if chunked:  # RFC 9112, section 6.3: the coding wins over a length
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
    if upgrade.lower() == "h2c":
        upgrade = ""  # a client's offer, not its demand: Hypercorn takes it or leaves it
    return tuple(headers), host, session, fixture, length or chunked, chunked, upgrade


@lru_cache(maxsize=1024)
def _named(raw_name: bytes) -> tuple[str, str, bool]:
    """Return the name of a header as it came and in lower case, and whether it says nothing to us."""
    name = raw_name.decode("latin-1")
    key = name.lower()
    ours = key in HOP_BY_HOP or key in ("host", "content-length") or key.startswith(_PRIVATE)
    return name, key, not ours


def end_to_end(headers: Headers) -> Headers:
    """Return the headers that are meant for whoever is at the other end."""
    connection = ",".join(value for name, value in headers if name.lower() == "connection")
    kept = [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
    return tuple(_unnamed(kept, connection))


def _unnamed(headers: list[tuple[str, str]], connection: str) -> list[tuple[str, str]]:
    """Drop what ``Connection`` names, but for what no connection may take away."""
    named = {token.strip().lower() for token in connection.split(",")} - _ESSENTIAL
    return [(name, value) for name, value in headers if name.lower() not in named] if named else headers


def _raw_target(scope: HTTPScope) -> bytes:
    target = scope["state"].get(TARGET)
    if isinstance(target, bytes):
        return target
    query = scope["query_string"]
    return scope["raw_path"] + b"?" + query if query else scope["raw_path"]


def _reached(scope: HTTPScope) -> str:
    server = scope["server"]
    return f"{server[0]}:{server[1]}" if server else "localhost"


def _origin_form(scope: HTTPScope) -> str:
    """Return path and query; of an absolute target (RFC 9112, section 3.2.2) what follows the authority."""
    target = _raw_target(scope).decode("latin-1")
    if target[:1] == "/" or target == "*":
        return target
    _, scheme, rest = target.partition("://")
    if not scheme:
        return target
    cut = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    rest = rest[cut:]
    return rest if rest.startswith("/") else "/" + rest
