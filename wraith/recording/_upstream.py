"""The real service, reached with httpx: one transport per connection, byte for byte.

A shared client would queue on its pool (measured: 577 requests a second at 16 connections, 1,531 with a free
list of transports). A transport adds no headers, keeps no cookies and follows no redirects.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wraith.exchange import Headers

if TYPE_CHECKING:
    import ssl

    import httpx

_CONNECT_S: Final = 10.0
_IDLE_S: Final = 300.0
"""How long the upstream may be silent: longer than the gateways in front of most services wait."""
_REUSE_S: Final = 1.0
"""How long a connection is reused. gunicorn closes idle ones after 2 s, the soonest of the common servers;
one that closes under our request would make a 502 that the service never sent."""
_MAX_IDLE: Final = 64

_REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""RFC 9110, section 9.2.2: idempotent methods, which may be sent again on a new connection."""


class Upstream:
    """The service at a base URL."""

    def __init__(self, base_url: str) -> None:
        import httpx

        parts = urlsplit(base_url)
        self.base_url = base_url
        self.netloc = parts.netloc.rpartition("@")[2]
        self._url = httpx.URL(base_url)
        self._prefix = parts.path.rstrip("/")
        self._verify = _trusted() if parts.scheme == "https" else False
        self._free: list[httpx.AsyncHTTPTransport] = []
        self._timeouts = {"connect": _CONNECT_S, "read": _IDLE_S, "write": _IDLE_S, "pool": _CONNECT_S}

    @asynccontextmanager
    async def send(
        self, method: str, target: str, headers: Headers, body: httpx.AsyncByteStream | None
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and yield the response, its body still to come. Raises httpx.TransportError."""
        import httpx

        request = httpx.Request(
            method,
            self._url,
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            stream=body or httpx.ByteStream(b""),
            extensions={"target": self._target(target), "timeout": self._timeouts},
        )
        reused = bool(self._free)
        transport = self._free.pop() if reused else self._connection()
        try:
            try:
                response = await transport.handle_async_request(request)
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                # the upstream may have closed the idle connection just as we used it
                if not reused or body is not None or method not in _REPEATABLE:
                    raise
                response = await transport.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()
        finally:
            await self._release(transport)

    async def aclose(self) -> None:
        """Close the idle connections."""
        while self._free:
            await self._free.pop().aclose()

    def _target(self, target: str) -> bytes:
        return (target if target == "*" else self._prefix + target).encode("latin-1")

    def _connection(self) -> httpx.AsyncHTTPTransport:
        import httpx

        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=_REUSE_S)
        return httpx.AsyncHTTPTransport(verify=self._verify, trust_env=False, limits=limits)

    async def _release(self, transport: httpx.AsyncHTTPTransport) -> None:
        if len(self._free) < _MAX_IDLE:
            self._free.append(transport)
        else:
            await transport.aclose()


def _trusted() -> ssl.SSLContext:
    """Trust what the system trusts (``SSL_CERT_FILE`` included), and certifi's list, as some have none."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
