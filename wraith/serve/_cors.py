"""Which methods may be used, by whom: web pages of other origins may use the twin, by the Fetch standard, 3.2
(CORS protocol); ``OPTIONS`` tells the methods of an address, by RFC 9110, 9.3.7."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wraith.exchange import Headers, Response, header

_OURS: Final = ("X-Wraith-Provenance", "X-Wraith-Route", "X-Wraith-Handler")

MAX_AGE_S: Final = 600
"""How long a browser may remember a preflight: Chromium remembers no longer than two hours."""


def preflight(headers: Headers) -> Response | None:
    """Return the answer to ``OPTIONS`` that asks whether a page may send a request: it may. None where it
    asks nothing of the kind."""
    origin, method = header(headers, "origin"), header(headers, "access-control-request-method")
    if origin is None or method is None:
        return None
    allowed = [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Methods", method),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Max-Age", str(MAX_AGE_S)),
        ("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ]
    if (names := header(headers, "access-control-request-headers")) is not None:
        allowed.append(("Access-Control-Allow-Headers", names))
    return Response(204, tuple(allowed))


def options(methods: Sequence[str]) -> Response:
    """Return the answer to ``OPTIONS`` at an address that has routes for the methods."""
    allowed = [*methods, "OPTIONS"]
    if "GET" in methods and "HEAD" not in methods:
        allowed.append("HEAD")
    return Response(204, (("Allow", ", ".join(sorted(allowed))),))


def readable(asked: Headers, answered: Headers) -> list[tuple[bytes, bytes]]:
    """Return the headers that let the page read an answer which asked from another origin, and those that a
    preflight asks for and a recorded answer to ``OPTIONS`` lacks; none where the service said itself who
    may."""
    origin = header(asked, "origin")
    if origin is None or header(answered, "access-control-allow-origin") is not None:
        return []
    names = dict.fromkeys(("*", *_OURS, *(name for name, _ in answered)))  # with credentials * says nothing
    told = [
        ("access-control-allow-origin", origin),
        ("vary", "Origin"),
        ("access-control-expose-headers", ", ".join(names)),
    ]
    wanted = {
        "access-control-allow-credentials": "true",  # said twice it is "true, true", which browsers refuse
        "access-control-allow-methods": header(asked, "access-control-request-method"),
        "access-control-allow-headers": header(asked, "access-control-request-headers"),
    }
    for name, value in wanted.items():
        if value is not None and header(answered, name) is None:
            told.append((name, value))
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told]
