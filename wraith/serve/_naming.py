"""Which session a request belongs to: by header, by cookie, or by the beginning of its path.

The header always works. A cookie is for browsers, which get one with their first answer; a path is for
clients that can be given a base address and nothing else.
"""

from __future__ import annotations

from itertools import count
from typing import Final, NamedTuple
from urllib.parse import unquote

from wraith.asgi import Head
from wraith.config import SessionMode
from wraith.exchange import Headers

COOKIE: Final = "wraith-session"
PREFIX: Final = "/@"


class Named(NamedTuple):
    """The session of a request, ``""`` for the default one, and the request without what names it."""

    session: str
    target: str
    headers: Headers
    prefix: str = ""
    """What was taken from the path, such as ``/@mine``."""
    is_new: bool = False
    """The client is to be given a cookie."""


class Naming:
    """Finds the session of requests."""

    def __init__(self, mode: SessionMode) -> None:
        self.mode = mode
        self._visitors = count(1)

    def named(self, head: Head) -> Named:
        """Return the session of a request; a browser without a cookie gets the next name of a series."""
        if self.mode == "cookie":
            return self._by_cookie(head)
        if self.mode == "path" and head.target.startswith(PREFIX):
            return _by_path(head)
        return Named(head.session, head.target, head.headers)

    def _by_cookie(self, head: Head) -> Named:
        session, headers = "", []
        for name, value in head.headers:
            if name.lower() == "cookie":
                cookies = [each.strip() for each in value.split(";")]
                ours = [each for each in cookies if each.partition("=")[0] == COOKIE]
                session = session or (ours[0].partition("=")[2] if ours else "")
                value = "; ".join(each for each in cookies if each not in ours)
                if not value:
                    continue
            headers.append((name, value))
        if head.session or session:
            return Named(head.session or session, head.target, tuple(headers))
        return Named(f"visitor-{next(self._visitors)}", head.target, tuple(headers), is_new=True)


def _by_path(head: Head) -> Named:
    end = next((at for at, sign in enumerate(head.target) if at and sign in "/?"), len(head.target))
    session, rest = unquote(head.target[len(PREFIX) : end]), head.target[end:]
    target = rest if rest.startswith("/") else f"/{rest}"
    return Named(head.session or session, target, head.headers, head.target[:end])


def cookie(named: Named) -> list[tuple[bytes, bytes]]:
    """Return the header that gives a browser the name of its session; none where it has one."""
    if not named.is_new:
        return []
    return [(b"set-cookie", f"{COOKIE}={named.session}; Path=/; HttpOnly; SameSite=Lax".encode())]
