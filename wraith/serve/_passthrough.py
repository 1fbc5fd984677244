"""Passthrough: what no route of the twin matches goes to the real service, where the configuration allows it.

Off by default. The request goes as the client sent it, with its credentials: it is between the client and the
service, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from wraith.errors import OperationError
from wraith.exchange import Request, Response
from wraith.globs import glob

TIMEOUT_S: Final = 60.0

_LEFT_OUT: Final = frozenset(
    {
        *("host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
        *("content-length", "accept-encoding", "expect"),
    }
)
"""RFC 9110, 7.6.1, and what the client of the upstream says for itself."""


class Passthrough:
    """Forwards allowed requests to the service at a base URL."""

    def __init__(self, base_url: str, allow: Sequence[str]) -> None:
        self._base_url = base_url.rstrip("/")
        self._allowed = [glob(pattern) for pattern in allow]

    def allows(self, request: Request) -> bool:
        """Whether a request may be forwarded, by its method and path."""
        place = f"{request.method} {request.path}"
        return any(matches(place) for matches in self._allowed)

    async def forward(self, request: Request) -> Response:
        """Return the service's answer. Raises OperationError where it cannot be reached."""
        import httpx

        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers
            if name.lower() not in _LEFT_OUT
        ]
        url = httpx.URL(self._base_url)
        prefix = urlsplit(self._base_url).path
        target = url.copy_with(raw_path=(prefix + request.target).encode("latin-1"))
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
                answer = await client.request(
                    request.method, target, headers=headers, content=request.body or None
                )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OperationError(
                f"{request.method} {request.path}: {error or type(error).__name__}", where=self._base_url
            ) from error
        # httpx has undone the content coding
        kept = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in answer.headers.raw
            if name.lower() != b"content-encoding"
        )
        return Response(answer.status_code, kept, answer.content)
