"""A service's own address in its answers: links name the host that was asked, which is no drift."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from wraith.exchange import Request, Response, header


class OwnAddress:
    """Puts the address that a service was recorded at in the place of the one that it is asked at.

    ``target`` is asked; ``recorded`` says the scheme that it had, and the host of requests that name none.
    """

    def __init__(self, target: str, recorded: str) -> None:
        self._scheme, self._host = urlsplit(recorded)[:2]
        netloc = urlsplit(target).netloc.rpartition("@")[2]
        self._own = re.compile(rb"https?(:(?:\\?/){2})" + re.escape(netloc.encode()) + rb"(?![\w.:-])", re.I)

    def undone(self, response: Response, recorded: Request) -> Response:
        """Return an answer with the address that the recorded request was sent to."""
        host = header(recorded.headers, "host") or self._host
        then = (self._scheme.encode(), host.encode("latin-1"))

        def turned(text: bytes) -> bytes:
            return self._own.sub(lambda found: then[0] + found[1] + then[1], text)

        headers = tuple(
            (name, turned(value.encode("latin-1")).decode("latin-1")) for name, value in response.headers
        )
        return response._replace(headers=headers, body=turned(response.body))
