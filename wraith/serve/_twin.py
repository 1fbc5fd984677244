"""The twin as an ASGI application: a request in, ``Twin.respond``, the response out.

The path of a request is straight: no request objects of a framework, one call of the interpreter, two
messages.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from wraith.asgi import Answer as Refusal
from wraith.asgi import ClientGone, Head, body_chunks, failure, read_head, send_json, send_whole
from wraith.errors import OperationError
from wraith.exchange import Request, Response, header
from wraith.runtime import ELSEWHERE, Answer, Twin
from wraith.serve._access import AccessLog, Entry
from wraith.serve._mask import Mask
from wraith.serve._passthrough import Passthrough
from wraith.serve._sessions import (
    DEFAULT,
    MAX_SESSIONS,
    Client,
    OtherFixtures,
    Sessions,
    TooManySessions,
    UnknownFixtures,
)

if TYPE_CHECKING:
    from hypercorn.typing import HTTPScope

    from wraith.asgi import Receive, Send

Fidelity: TypeAlias = Literal["synth", "strict"]

MAX_BODY_BYTES: Final = 64 * 2**20
"""Larger than what JSON APIs accept (most stop at 1 to 20 MiB), small enough for a laptop."""
BODY_TIMEOUT_S: Final = 60.0
"""nginx's client_body_timeout, here for the whole body: nobody uploads to loopback for longer."""

HANDLER_FAILED: Final = (b"x-wraith-handler", b"failed")
"""Says that the model answered in the place of a handler."""

_log = logging.getLogger("wraith.serve")

_FRAMING: Final = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
_NO_BODY: Final = frozenset({204, 304})
_BREAKS = re.compile(r"[\r\n\0]")


class _Refused(Exception):
    """The twin does not answer; we do. ``instead_of`` is the answer of the twin's that we keep to
    ourselves."""

    def __init__(self, refusal: Refusal, instead_of: Answer | None = None) -> None:
        super().__init__(refusal.status)
        self.refusal = refusal
        self.instead_of = instead_of


class TwinApp:
    """Answers every request that it is given as the twin does."""

    def __init__(
        self,
        twin: Twin,
        sessions: Sessions,
        mask: Mask,
        *,
        fidelity: Fidelity,
        access: AccessLog,
        passthrough: Passthrough | None = None,
        fail_with_handlers: bool = False,
        max_body_bytes: int = MAX_BODY_BYTES,
        body_timeout_s: float = BODY_TIMEOUT_S,
    ) -> None:
        self._twin = twin
        self._sessions = sessions
        self._mask = mask
        self._strict = fidelity == "strict"
        self._access = access
        self._passthrough = passthrough
        self._fail_with_handlers = fail_with_handlers
        self._max_body_bytes = max_body_bytes
        self._body_timeout_s = body_timeout_s

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        started, now_ms = time.perf_counter(), time.time_ns() // 1_000_000
        head = read_head(scope)
        path, answer = "", None
        try:
            body = await self._body(head, receive) if head.has_body else b""
            client = self._client(head.session, head.fixture)
            came = Request(head.method, head.target, head.headers, body)
            request, unmask = self._mask(came, client.issued)
            path = request.path
            answer = self._respond(request, client, now_ms)
            passed_on = await self._passed_on(came, answer)
            response = unmask(answer.response) if passed_on is None else passed_on
            status = response.status
            headers, content = _wire(head.method, response)
            if answer.failure is not None:
                headers.append(HANDLER_FAILED)
            await send_whole(send, status, headers, content)
        except ClientGone:
            return  # before its request was complete: nobody asked anything
        except _Refused as refused:
            status, answer = refused.refusal.status, answer or refused.instead_of
            await send_json(send, refused.refusal, unread=receive if status == 413 else None)
        self._access.add(
            Entry(
                now_ms,
                head.method,
                path,
                status,
                (time.perf_counter() - started) * 1000,
                answer.route.name if answer is not None and answer.route is not None else None,
                answer is not None and answer.extrapolated,
                head.session or DEFAULT,
            )
        )

    async def _body(self, head: Head, receive: Receive) -> bytes:
        """Return the request's body. Raises _Refused where it is too large or too slow."""
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._body_timeout_s):
                async for chunk in body_chunks(receive):
                    size += len(chunk)
                    if size > self._max_body_bytes:
                        break
                    chunks.append(chunk)
        except TimeoutError:
            seconds = f"{self._body_timeout_s:g} s"
            raise _Refused(failure(408, "timeout", f"the body did not arrive within {seconds}")) from None
        if size <= self._max_body_bytes:
            return b"".join(chunks)
        message = f"the body is larger than {self._max_body_bytes} bytes, which is what the twin reads"
        raise _Refused(failure(413, "too_large", message))

    async def _passed_on(self, came: Request, answer: Answer) -> Response | None:
        """Return what the real service says to a request that no route matches, where it may be asked."""
        if self._passthrough is None or (answer.route is not None and answer.route.method != ELSEWHERE):
            return None
        if not self._passthrough.allows(came):
            return None
        try:
            return await self._passthrough.forward(came)
        except OperationError as error:
            hint = "[passthrough] in wraith.toml forwards it"
            raise _Refused(failure(502, "upstream", error.message, hint=hint), answer) from error

    def _client(self, name: str, fixtures: str) -> Client:
        try:
            return self._sessions.get(name, fixtures)
        except UnknownFixtures:
            message = f"there is no fixture set {fixtures!r}: {', '.join(self._sessions.fixture_names)}"
            hint = "name one of these in X-Wraith-Fixture"
            raise _Refused(failure(400, "unknown_fixture", message, hint=hint)) from None
        except OtherFixtures as other:
            message = f"the session began with the fixture set {other.fixtures!r}, not {fixtures!r}"
            hint = "take another X-Wraith-Session, or POST /__wraith/reset to begin it anew"
            raise _Refused(failure(409, "other_fixture", message, hint=hint)) from None
        except TooManySessions:
            message = f"there are {MAX_SESSIONS} sessions already"
            hint = "POST /__wraith/reset forgets them"
            raise _Refused(failure(503, "too_many_sessions", message, hint=hint)) from None

    def _respond(self, request: Request, client: Client, now_ms: int) -> Answer:
        place = f"{request.method} {request.path}"
        try:
            answer = self._twin.respond(request, client.session, now_ms=now_ms, strict=self._strict)
        except Exception as error:
            # a bug of the model's or of ours; the next request may well be answered
            _log.exception("%s: the twin failed", place)
            message = f"{place}: the twin failed with {type(error).__name__}: {error}"
            raise _Refused(failure(500, "twin", message)) from error
        if answer.failure is not None:
            _log.warning("%s: the handler %s failed: %s", place, answer.handler, answer.failure)
            if self._fail_with_handlers:
                message = f"the handler {answer.handler} failed: {answer.failure}"
                hint = 'on_error = "fallback" in [serve.lua] has the model answer instead'
                raise _Refused(failure(500, "handler", message, hint=hint), answer)
        if self._strict and answer.extrapolated:
            route = answer.route.name if answer.route is not None else place
            message = f"{route}: nothing like this request was recorded, and fidelity is strict"
            hint = "serve with --fidelity synth, or record such a request"
            raise _Refused(failure(501, "extrapolated", message, hint=hint), answer)
        return answer


def _wire(method: str, response: Response) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body as they are sent: the length is that of the body, whatever was recorded."""
    headers = [
        (name.encode("latin-1"), _header_bytes(name, value))
        for name, value in response.headers
        if name.lower() not in _FRAMING
    ]
    if response.status in _NO_BODY or response.status < 200:
        return headers, b""
    length = str(len(response.body))
    if method == "HEAD" and not response.body:
        length = header(response.headers, "content-length") or ""  # that of the GET, where the model knows it
    if length:
        headers.append((b"content-length", length.encode("ascii")))
    return headers, b"" if method == "HEAD" else response.body


def _header_bytes(name: str, value: str) -> bytes:
    """Raises _Refused for a value that would end the header: what it echoes could write headers of its
    own."""
    if _BREAKS.search(value):
        raise _Refused(failure(500, "twin", f"the response's header {name} would hold a line break"))
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")
