"""Sends recorded requests as they were recorded: raw target, headers in order, body as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

import httpx

from wraith.errors import OperationError
from wraith.exchange import Request, Response

_CONNECTION: Final = ("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
LEFT_OUT: Final = frozenset(("accept-encoding", "content-length", "expect", *_CONNECTION))
"""RFC 9110, 7.6.1, and what the client negotiates itself."""


class Client:
    """A connection to one server. Redirects are answers, and not followed.

    ``outside``: the server is not one of ours. It is reached as the environment says (proxies, certificates),
    and by its own name, not by the one that was recorded.
    """

    def __init__(self, url: str, *, outside: bool = False, timeout_s: float = 30.0) -> None:
        self._url = httpx.URL(url)
        self._left_out = LEFT_OUT | {"host"} if outside else LEFT_OUT
        self._http = httpx.Client(timeout=timeout_s, follow_redirects=False, trust_env=outside)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def send(self, request: Request, more: Mapping[str, str] | None = None) -> Response:
        """Return the response to a request, with the headers of ``more`` set. Raises OperationError where the
        network fails."""
        replaced = {name.lower() for name in more or {}}
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers
            if name.lower() not in self._left_out and name.lower() not in replaced
        ]
        headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (more or {}).items()]
        headers.append((b"accept-encoding", b"identity"))
        path = self._url.raw_path.rstrip(b"/") + request.target.encode("latin-1")
        try:
            url = self._url.copy_with(raw_path=path)
            answer = self._http.request(request.method, url, headers=headers, content=request.body or None)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OperationError(
                f"{request.method} {request.target}: {error or type(error).__name__}", where=str(self._url)
            ) from error
        raw = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
        kept = tuple((name, value) for name, value in raw if name.lower() != "content-encoding")
        return Response(answer.status_code, kept, answer.content)
