"""A cache server: ``GET`` and ``PUT`` of ``/ac/<key>`` and ``/cas/<digest>``, the HTTP protocol of Bazel's
remote cache.

Nothing that a server does can break a build or get into it: what arrives is hashed before it is used, and one
that does not answer is asked no further.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from wraith.cache._store import Kind
from wraith.errors import InputError

if TYPE_CHECKING:
    import ssl

    import httpx

CONNECT_S: Final = 3.0
ANSWER_S: Final = 30.0
TRIES: Final = 3
"""Of one request; a connection that was refused is not tried again."""
MAX_BYTES: Final = 2**30
"""More than any output of a step; a server that sends more is cut off."""

_GONE: Final = frozenset({404, 410})


class Remote:
    """One server, for one build. ``say`` is told once what is wrong with it."""

    def __init__(
        self,
        url: str,
        *,
        read_only: bool = False,
        headers: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._base = url.rstrip("/")
        self._read_only = read_only
        self._headers = dict(headers or {})
        self._say = say
        self._http: httpx.Client | None = None
        self._opening = threading.Lock()
        self._lost = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._http is not None:
            self._http.close()

    def result(self, key: str) -> bytes | None:
        return self._get("ac", key)

    def content(self, digest: str) -> bytes | None:
        """Return the content of a digest; None where the server has none, or sends another."""
        data = self._get("cas", digest)
        if data is not None and hashlib.sha256(data).hexdigest() != digest:
            self._give_up(f"sent a content that is not {digest[:12]}…")
            return None
        return data

    def put_result(self, key: str, data: bytes) -> None:
        self._put("ac", key, data)

    def put_content(self, digest: str, data: bytes) -> None:
        self._put("cas", digest, data)

    def _get(self, kind: Kind, name: str) -> bytes | None:
        if self._lost:
            return None
        for last in _tries():
            try:
                with self._client().stream("GET", f"{self._base}/{kind}/{name}") as answer:
                    if answer.status_code in _GONE:
                        return None
                    if answer.status_code == 200:
                        return _bounded(answer)
                    if not last and answer.status_code >= 500:
                        continue
                    self._give_up(f"answered {answer.status_code} to GET /{kind}/…")
                    return None
            except Exception as error:
                if not self._passes(error, last):
                    return None
        return None

    def _put(self, kind: Kind, name: str, data: bytes) -> None:
        if self._lost or self._read_only:
            return
        for last in _tries():
            try:
                status = self._client().put(f"{self._base}/{kind}/{name}", content=data).status_code
                if status < 300:
                    return
                if status < 500:  # it may still be read: builds that are not trusted need no other setting
                    self._read_only = True
                    self._say(f"the cache at {shown(self._base)} takes nothing: {status} to PUT /{kind}/…")
                    return
                if last:
                    self._give_up(f"answered {status} to PUT /{kind}/…")
                    return
            except Exception as error:
                if not self._passes(error, last):
                    return

    def _client(self) -> httpx.Client:
        import httpx

        with self._opening:
            if self._http is None:
                timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
                verify = _trusted() if self._base.startswith("https:") else False
                self._http = httpx.Client(
                    timeout=timeout, headers=self._headers, verify=verify, follow_redirects=False
                )
            return self._http

    def _passes(self, error: Exception, last: bool) -> bool:
        """Return whether to try again after an error of the network. Raises what is none."""
        import httpx

        if not isinstance(error, httpx.HTTPError | _TooLarge):
            raise error
        if last or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | _TooLarge):
            self._give_up(str(error) or type(error).__name__)
            return False
        return True

    def _give_up(self, why: str) -> None:
        self._lost = True
        self._say(f"the cache at {shown(self._base)} is not used any more: it {why}")


def _trusted() -> ssl.SSLContext:
    """Trust what the system trusts, ``SSL_CERT_FILE`` included, and certifi's list, as some have none."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class _TooLarge(Exception):
    """A server sends without end."""


def _tries() -> list[bool]:
    """Return for each try whether it is the last."""
    return [number == TRIES - 1 for number in range(TRIES)]


def _bounded(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MAX_BYTES:
            raise _TooLarge(f"sent more than {MAX_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)


def shown(url: str) -> str:
    """Return an address without the credentials that may stand in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def credentials(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the header that ``WRAITH_CACHE_TOKEN``, or ``WRAITH_CACHE_USER`` and ``WRAITH_CACHE_PASSWORD``,
    stand for.

    Raises InputError where both are set.
    """
    import base64

    token, user = environ.get("WRAITH_CACHE_TOKEN"), environ.get("WRAITH_CACHE_USER")
    if token and user:
        raise InputError(
            "both WRAITH_CACHE_TOKEN and WRAITH_CACHE_USER are set",
            where="environment",
            hint="a server takes one of them: unset the other",
        )
    if token:
        return {"authorization": f"Bearer {token}"}
    if user:
        pair = f"{user}:{environ.get('WRAITH_CACHE_PASSWORD', '')}"
        return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {}
