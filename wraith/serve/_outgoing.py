"""Answers on their way to the client: addresses of the upstream become the twin's, headers of what stood
before the upstream go."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

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

_TURNED: Final = frozenset({"location", "content-location", "link"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Outgoing:
    """Turns answers of the twin into what its clients get."""

    def __init__(self, settings: Serve, upstream_url: str) -> None:
        strict = settings.fidelity == "strict"
        self._strips = settings.strip_headers and not strict  # recorded responses are verbatim
        turns = settings.rewrite_urls and bool(upstream_url)
        self._addresses = _addresses(upstream_url) if turns else None
        self._host = (urlsplit(upstream_url).hostname or "").encode() if turns else b""

    def __call__(self, response: Response, host: str, named: Named) -> Response:
        """Return the response for a client that calls the twin ``host``, and its session as it is named."""
        headers, body = response.headers, response.body
        if self._strips:
            headers = _without_vendors(headers)
        if self._addresses is not None:
            base = f"http://{host}{named.prefix}"
            headers = self._head(headers, base, named.prefix)
            body = self._body(headers, body, base)
        if headers is response.headers and body is response.body:
            return response
        return response._replace(headers=headers, body=body)

    def _head(self, headers: Headers, base: str, prefix: str) -> Headers:
        if not any(name.lower() in _TURNED for name, _ in headers):
            return headers
        turned = []
        for name, value in headers:
            if name.lower() in _TURNED:
                value = self._turn(value.encode("utf-8", "surrogateescape"), base).decode(
                    "utf-8", "surrogateescape"
                )
                if prefix and value.startswith("/"):
                    value = prefix + value
            turned.append((name, value))
        return tuple(turned)

    def _body(self, headers: Headers, body: bytes, base: str) -> bytes:
        if self._host not in body:
            return body
        media = media_type(header(headers, "content-type"))
        if not (media.startswith("text/") or "json" in media or "javascript" in media or is_xml(media)):
            return body
        return self._turn(body, base)

    def _turn(self, text: bytes, base: str) -> bytes:
        assert self._addresses is not None  # Invariant: the caller has looked

        def turned(found: re.Match[bytes]) -> bytes:
            return base.replace("/", "\\/").encode() if found[1] else base.encode()

        return self._addresses.sub(turned, text)


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
    # behind it comes a path, a query, or the end: neither a longer name nor another port
    pattern = rf"{schemes}:(\\)?/\\?/{re.escape(base.hostname or '')}{ports}{path}(?![\w.\-:@%~])"
    return re.compile(pattern.encode())
