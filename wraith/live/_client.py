"""Sends recorded requests as they were recorded: raw target, headers in order, body as bytes.

Each request is made by hand and sent on its own: what a browser or a session of httpx would add (cookies of
answers before, default headers) was not recorded, and is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self

import httpx

from wraith.errors import InputError, OperationError
from wraith.exchange import Request, Response

_CONNECTION: Final = ("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
LEFT_OUT: Final = frozenset(("accept-encoding", "content-length", "expect", *_CONNECTION))
"""RFC 9110, 7.6.1, and what the client negotiates itself."""


class Client:
    """A connection to one server, which is kept open. Redirects are answers, and not followed.

    ``outside``: the server is not one of ours. It is reached as the environment says (proxies, certificates),
    and by its own name, not by the one that was recorded. Raises InputError for what is no address.
    """

    def __init__(self, url: str, *, outside: bool = False, timeout_s: float = 30.0) -> None:
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise InputError(f"not an address: {url!r}: {error}") from error
        self._prefix = self._url.raw_path.rstrip(b"/")
        self._timeout = httpx.Timeout(timeout_s).as_dict()
        self._left_out = LEFT_OUT | {"host"} if outside else LEFT_OUT
        self._http: httpx.Client | httpx.HTTPTransport
        self._send: Callable[[httpx.Request], httpx.Response]
        if outside:
            self._http = httpx.Client(follow_redirects=False)
            self._send = self._http.send
        else:  # what stands between client and transport costs as much as all the rest
            self._http = httpx.HTTPTransport()
            self._send = self._http.handle_request

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def send(self, request: Request, more: Mapping[str, str] | None = None) -> Response:
        """Return the response to a request, with the headers of ``more`` set. Raises OperationError where the
        network fails."""
        replaced = self._left_out.union(name.lower() for name in more or {})
        headers = [pair for pair in request.headers if pair[0].lower() not in replaced]
        headers += (more or {}).items()
        headers.append(("accept-encoding", "identity"))
        sent = httpx.Request(
            request.method,
            self._url,
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            content=request.body or None,
            extensions={"target": self._prefix + request.target.encode("latin-1"), "timeout": self._timeout},
        )
        try:
            answer = self._send(sent)
            body = answer.read()
        except httpx.HTTPError as error:
            where = f"{self._url}".rstrip("/")
            raise OperationError(
                f"{request.method} {request.target}: {error or type(error).__name__}", where=where
            ) from error
        raw = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
        kept = tuple((name, value) for name, value in raw if name.lower() != "content-encoding")
        return Response(answer.status_code, kept, body)
