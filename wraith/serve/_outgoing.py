"""Answers on their way to the client: addresses of the upstream become the twin's, headers of what stood
before the upstream go."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urlsplit

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
_SLASHES: Final = r":(\\)?/\\?/"
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
        base = urlsplit(upstream_url)
        self._host = (base.hostname or "").encode() if turns else b""
        self._upstream = _upstream(base) if turns else None
        self._base = base
        self._is_apart = base.scheme == "https" or bool(base.path.rstrip("/"))
        """What the upstream builds from ``Host`` is no address of ours, even with our host in it."""

    def __call__(self, response: Response, host: str, named: Named) -> Response:
        """Return the response for a client that calls the twin ``host``, and its session as it is named."""
        headers, body = response.headers, response.body
        if self._strips:
            headers = _without_vendors(headers)
        if self._rewriter is not None:
            headers = self._rewriter.for_client(headers, host, named.prefix)
            ours = self._ours(host, named.prefix)
            if ours is not None:
                headers = _led(headers, ours, host, named.prefix)
            body = self._body(headers, body, ours, host, named.prefix)
        if headers is response.headers and body is response.body:
            return response
        return response._replace(headers=headers, body=body)

    def _ours(self, host: str, prefix: str) -> re.Pattern[bytes] | None:
        """Return what finds addresses with our host that are not where they lead to; None where all are."""
        if not (prefix or self._is_apart):
            return None
        return _built_from_host(self._base.scheme, self._base.path, host, prefix)

    def _body(
        self, headers: Headers, body: bytes, ours: re.Pattern[bytes] | None, host: str, prefix: str
    ) -> bytes:
        has_ours = ours is not None and host.encode() in body
        if self._host not in body and not has_ours:
            return body
        media = media_type(header(headers, "content-type"))
        if not (media.startswith("text/") or "json" in media or "javascript" in media or is_xml(media)):
            return body
        assert self._upstream is not None  # Invariant: there is a rewriter
        body = _turned(self._upstream, body, host, prefix)
        return _turned(ours, body, host, prefix) if ours is not None else body


def _turned(addresses: re.Pattern[bytes], text: bytes, host: str, prefix: str) -> bytes:
    """Return a text in which addresses that were found lead to us."""
    base = f"http://{host}{prefix}"

    def turned(found: re.Match[bytes]) -> bytes:
        return (base.replace("/", "\\/") if found[1] else base).encode()

    return addresses.sub(turned, text)


def _led(headers: Headers, ours: re.Pattern[bytes], host: str, prefix: str) -> Headers:
    """Return the headers with addresses of ours in those that lead somewhere."""
    if not any(name.lower() in _LEADING for name, _ in headers):
        return headers

    def led(value: str) -> str:
        text = value.encode("utf-8", "surrogateescape")
        return _turned(ours, text, host, prefix).decode("utf-8", "surrogateescape")

    return tuple((name, led(value) if name.lower() in _LEADING else value) for name, value in headers)


def _without_vendors(headers: Headers) -> Headers:
    for name, _ in headers:
        if _is_of_vendor(name):
            return tuple([each for each in headers if not _is_of_vendor(each[0])])
    return headers


@lru_cache(maxsize=1024)
def _is_of_vendor(name: str) -> bool:
    name = name.lower()
    return name in _NAMES or name.startswith(_PREFIXES)


def _upstream(base: SplitResult) -> re.Pattern[bytes]:
    r"""Return what finds the upstream's address in a text, also as JSON that escapes each slash by ``\``. A
    service behind TLS that names itself ``http://`` means itself."""
    port = base.port or _DEFAULT_PORTS[base.scheme]
    usual = port == _DEFAULT_PORTS[base.scheme]
    schemes = "https?" if base.scheme == "https" and usual else base.scheme
    ports = f"(?::{port})?" if usual else f":{port}"
    pattern = rf"{schemes}{_SLASHES}{re.escape(base.hostname or '')}{ports}{_path(base.path)}{_END}"
    return re.compile(pattern.encode())


@lru_cache(maxsize=1024)
def _built_from_host(scheme: str, path: str, host: str, prefix: str) -> re.Pattern[bytes]:
    """Return what finds the addresses that a service builds from the ``Host`` of a request, which is ours: of
    its own scheme, below its own path. One that leads into the session is none."""
    schemes = "https?" if scheme == "https" else scheme
    inside = f"(?!{_path(prefix)})" if prefix else ""
    return re.compile(rf"{schemes}{_SLASHES}{re.escape(host)}{inside}(?:{_path(path)})?{_END}".encode())


def _path(path: str) -> str:
    """Return the pattern of a path, with slashes as they are or escaped."""
    return "".join(rf"\\?/{re.escape(part)}" for part in path.rstrip("/").split("/")[1:])
