"""Answers on their way to the client: addresses of the upstream become the twin's, headers of what stood
before the upstream go."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from wraith.asgi import Rewriter
from wraith.config import Serve
from wraith.exchange import Headers, Response, header, is_xml, media_type
from wraith.serve._naming import Named

_NAMES: Final = frozenset(
    {
        *("server", "via", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-runtime"),
        *("x-served-by", "x-cache", "x-cache-hits", "x-timer", "x-varnish", "x-backend-server"),
        *("alt-svc", "nel", "report-to", "expect-ct", "strict-transport-security"),
    }
)
_PREFIXES: Final = (
    "cf-",
    "x-amz-cf-",
    "x-amzn-",
    "x-envoy-",
    "x-fastly-",
    "x-kong-",
    "x-vercel-",
    "x-azure-",
)
"""Headers of servers, caches, gateways and content networks: they tell of a machinery that the twin has not
got. ``strict-transport-security`` would make a browser refuse the twin, which speaks plain HTTP."""

_LEADING: Final = frozenset({"location", "content-location", "link"})
"""Headers that lead a client somewhere."""
_END: Final = r"(?![\w.\-:@%~])"
"""Behind an address comes a path, a query, or the end: neither a longer name nor another port."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Outgoing:
    """Turns answers of the twin into what its clients get."""

    def __init__(self, settings: Serve, upstream_url: str) -> None:
        strict = settings.fidelity == "strict"
        self._strips = settings.strip_headers and not strict  # recorded responses are verbatim
        turns = settings.rewrite_urls and bool(upstream_url)
        self._rewriter = Rewriter(upstream_url) if turns else None
        self._upstream = _addresses(upstream_url) if turns else None
        self._host = (urlsplit(upstream_url).hostname or "").encode() if turns else b""

    def __call__(self, response: Response, host: str, named: Named) -> Response:
        """Return the response for a client that calls the twin ``host``, and its session as it is named."""
        headers, body = response.headers, response.body
        if self._strips:
            headers = _without_vendors(headers)
        if self._rewriter is not None:
            headers = self._rewriter.for_client(headers, host, named.prefix)
            body = self._body(headers, body, host, named.prefix)
            if named.prefix:
                headers = _into_session(headers, host, named.prefix)
        if headers is response.headers and body is response.body:
            return response
        return response._replace(headers=headers, body=body)

    def _body(self, headers: Headers, body: bytes, host: str, prefix: str) -> bytes:
        if self._host not in body and not (prefix and host.encode() in body):
            return body
        media = media_type(header(headers, "content-type"))
        if not (media.startswith("text/") or "json" in media or "javascript" in media or is_xml(media)):
            return body
        assert self._upstream is not None  # Invariant: there is a rewriter
        base = f"http://{host}{prefix}"

        def turned(found: re.Match[bytes]) -> bytes:
            return (base.replace("/", "\\/") if found[1] else base).encode()

        body = self._upstream.sub(turned, body)
        return _ours(host, prefix).sub(turned, body) if prefix else body


def _into_session(headers: Headers, host: str, prefix: str) -> Headers:
    """Return headers in which addresses of ours begin with what named the session: a service builds them from
    the ``Host`` of the request."""
    ours, base = _ours(host, prefix), f"http://{host}{prefix}".encode()

    def turned(value: str) -> str:
        return ours.sub(lambda _: base, value.encode("utf-8", "surrogateescape")).decode(
            "utf-8", "surrogateescape"
        )

    return tuple(
        (name, turned(value) if name.lower() in _LEADING and host in value else value)
        for name, value in headers
    )


@lru_cache(maxsize=1024)
def _ours(host: str, prefix: str) -> re.Pattern[bytes]:
    """Return what finds our own address in a text, where it does not lead into the session already."""
    inside = "".join(rf"\\?/{re.escape(part)}" for part in prefix.split("/")[1:])
    return re.compile(rf"http:(\\)?/\\?/{re.escape(host)}(?!{inside}){_END}".encode())


def _without_vendors(headers: Headers) -> Headers:
    for name, _ in headers:
        if _is_of_vendor(name):
            return tuple([each for each in headers if not _is_of_vendor(each[0])])
    return headers


@lru_cache(maxsize=1024)
def _is_of_vendor(name: str) -> bool:
    name = name.lower()
    return name in _NAMES or name.startswith(_PREFIXES)


def _addresses(upstream_url: str) -> re.Pattern[bytes]:
    r"""Return what finds the upstream's address in a text, also as JSON that escapes each slash by ``\``. A
    service behind TLS that names itself ``http://`` means itself."""
    base = urlsplit(upstream_url)
    port = base.port or _DEFAULT_PORTS[base.scheme]
    usual = port == _DEFAULT_PORTS[base.scheme]
    schemes = "https?" if base.scheme == "https" and usual else base.scheme
    ports = f"(?::{port})?" if usual else f":{port}"
    slash = r"(?:\\?/)"
    prefix = base.path.rstrip("/")
    path = "".join(slash + re.escape(part) for part in prefix.split("/")[1:])
    pattern = rf"{schemes}:(\\)?/\\?/{re.escape(base.hostname or '')}{ports}{path}{_END}"
    return re.compile(pattern.encode())
