"""The twin as an ASGI application: a request in, ``Twin.respond``, the response out.

The path of a request is straight: no request objects of a framework, one call of the interpreter, two
messages.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from wraith.asgi import Answer as Refusal
from wraith.asgi import ClientGone, Head, Patience, body_chunk, failure, read_head, send_json, send_whole
from wraith.config import Serve
from wraith.errors import OperationError
from wraith.exchange import Headers, Request, Response, header
from wraith.recording import decoded, without_coding
from wraith.runtime import ELSEWHERE, Answer, Twin
from wraith.serve._access import AccessLog, Entry
from wraith.serve._clock import Clock
from wraith.serve._cors import options, preflight, readable
from wraith.serve._idempotency import Keys, Reused
from wraith.serve._malformed import is_malformed, refusal
from wraith.serve._mask import Mask
from wraith.serve._naming import Named, Naming, cookie
from wraith.serve._outgoing import Outgoing
from wraith.serve._passthrough import Passthrough
from wraith.serve._provenance import Provenance, provenance, told
from wraith.serve._replay import Replay
from wraith.serve._sessions import (
    DEFAULT,
    Client,
    OtherFixtures,
    Sessions,
    UnknownFixtures,
)
from wraith.serve._synthesis import Synthesis

if TYPE_CHECKING:
    from hypercorn.typing import HTTPScope

    from wraith.asgi import Receive, Send

MAX_BODY_BYTES: Final = 64 * 2**20
"""Larger than what JSON APIs accept (most stop at 1 to 20 MiB), small enough for a laptop."""
BODY_TIMEOUT_S: Final = 60.0
"""nginx's client_body_timeout, here for the whole body: nobody uploads to loopback for longer."""

HANDLER_FAILED: Final = (b"x-wraith-handler", b"failed")
"""Says that the model answered in the place of a handler."""

SESSION_DROPPED: Final = (b"x-wraith-session-dropped", b"limits")
"""Says that the session begins anew: it was idle longest when there were too many."""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""RFC 9110, 9.2.1."""

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
        naming: Naming,
        *,
        settings: Serve,
        access: AccessLog,
        replay: Replay | None = None,
        passthrough: Passthrough | None = None,
        upstream_url: str = "",
        max_body_bytes: int = MAX_BODY_BYTES,
        body_timeout_s: float = BODY_TIMEOUT_S,
    ) -> None:
        self._twin = twin
        self._sessions = sessions
        self._mask = mask
        self._replay = replay
        self._clock = Clock(settings)
        self._naming = naming
        self._outgoing = Outgoing(settings, upstream_url)
        self._keys = Keys(settings.idempotency)
        self._reused_status = settings.idempotency.reused_status
        self._synthesis = Synthesis(twin) if settings.unknown_entity == "synthesize" else None
        self._cors = settings.cors
        self._access = access
        self._passthrough = passthrough
        self._max_body_bytes = max_body_bytes
        self._patience = Patience(body_timeout_s)

    def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> Awaitable[None]:
        head = read_head(scope)
        return self.respond(head, self._naming.named(head), receive, send)

    async def respond(self, head: Head, named: Named, receive: Receive, send: Send) -> None:
        """Answer a request of a session."""
        started, now_ms = time.perf_counter(), time.time_ns() // 1_000_000
        path, answer, route = "", None, None
        try:
            headers, body = named.headers, b""
            if head.has_body:
                headers, body = _plain(headers, await self._body(head, receive), self._max_body_bytes)
            client = self._client(named.session, head.fixture)
            if client.is_full:
                _check_room(head.method)
            came = Request(head.method, named.target, headers, body)
            request, unmask = self._mask(came, client.issued)
            path = request.path
            answer = self._once(request, client, now_ms)
            route = _route_name(answer)
            written = 0 if head.method in _SAFE else len(body) + len(answer.response.body)
            written += answer.written_bytes
            self._sessions.charge(client, written)  # before anything is awaited: the session is still open
            passed_on = None
            if self._passthrough is not None:
                passed_on = await self._passed_on(self._passthrough, came, answer)
            came_from: Provenance = "upstream" if passed_on is not None else self._came_from(answer, client)
            response = unmask(_whole(answer)) if passed_on is None else passed_on
            response = self._outgoing(response, head.host, named)
            status = response.status
            sent, content = _wire(head.method, response)
            if answer.failure is not None:
                sent.append(HANDLER_FAILED)
            if self._cors:
                sent += readable(came.headers, response.headers)
            sent += _of_session(named, client)
            sent += told(came_from, route)
            await send_whole(send, status, sent, content)
        except ClientGone:
            return  # before its request was complete: nobody asked anything
        except _Refused as refused:
            status, answer = refused.refusal.status, answer or refused.instead_of
            path = path or self._mask(Request(head.method, named.target, named.headers), set())[0].path
            asked = self._twin.route_of(head.method, named.target.partition("?")[0])
            route = _route_name(answer) or (asked.name if asked is not None else None)
            more = [*cookie(named), *told("miss", route)]
            if self._cors:
                more += readable(named.headers, ())
            await send_json(send, refused.refusal, unread=receive if status == 413 else None, headers=more)
        self._access.add(
            Entry(
                now_ms,
                head.method,
                path,
                status,
                (time.perf_counter() - started) * 1000,
                route,
                answer is not None and answer.extrapolated,
                named.session or DEFAULT,
            )
        )

    async def _body(self, head: Head, receive: Receive) -> bytes:
        """Return the request's body. Raises _Refused where it is too large or too slow."""
        chunks: list[bytes] = []
        size = 0
        try:
            with self._patience:
                more = True
                while more and size <= self._max_body_bytes:
                    chunk, more = await body_chunk(receive)
                    size += len(chunk)
                    chunks.append(chunk)
        except TimeoutError:
            seconds = f"{self._patience.seconds:g} s"
            raise _Refused(failure(408, "timeout", f"the body did not arrive within {seconds}")) from None
        if size <= self._max_body_bytes:
            return b"".join(chunks)
        message = f"the body is larger than {self._max_body_bytes} bytes, which is what the twin reads"
        raise _Refused(failure(413, "too_large", message))

    async def _passed_on(self, passthrough: Passthrough, came: Request, answer: Answer) -> Response | None:
        """Return what the real service says to a request that no route matches, where it may be asked."""
        matched = answer.route is not None and answer.route.method != ELSEWHERE
        if matched or not passthrough.allows(came):
            return None
        try:
            return await passthrough.forward(came)
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

    def _came_from(self, answer: Answer, client: Client) -> Provenance:
        if self._replay is not None:
            return "miss" if answer.by == "miss" else "recorded"
        return provenance(self._twin, answer, client)

    def _once(self, request: Request, client: Client, real_ms: int) -> Answer:
        """Return the answer to a request; the one that there was where it comes again under its key."""
        key = self._keys.key(request) if self._replay is None else None
        if key is None:
            return self._answer(request, client, real_ms)
        try:
            answer = self._keys.find(key, request, client.kept)
        except Reused:
            message = "the idempotency key was used for another request"
            hint = "take a new key for each request, and the same one only to send a request again"
            raise _Refused(failure(self._reused_status, "key_reused", message, hint=hint)) from None
        if answer is None:
            answer = self._answer(request, client, real_ms)
            self._keys.keep(key, request, answer, client.kept)
        return answer

    def _answer(self, request: Request, client: Client, real_ms: int) -> Answer:
        """Return the answer of the recordings or of the twin; the client's clock moves on."""
        now_ms = self._clock.now_ms(client.turns, real_ms)
        client.turns += 1
        try:
            if self._replay is not None:
                return self._replayed(self._replay, request, client)
            answer = self._ours(request, client, now_ms)
            if answer is None:
                answer = self._twin.respond(request, client.session, now_ms=now_ms)
            if self._synthesis is not None:
                self._synthesis.after(answer, client)
        except _Refused:
            raise
        except Exception as error:
            # a bug of the model's or of ours; the next request may well be answered
            place = f"{request.method} {request.path}"
            _log.exception("%s: the twin failed", place)
            message = f"{place}: the twin failed with {type(error).__name__}: {error}"
            raise _Refused(failure(500, "twin", message)) from error
        if answer.failure is not None:
            place = f"{request.method} {request.path}"
            _log.warning("%s: the handler %s failed: %s", place, answer.handler, answer.failure)
            if answer.by == "handler":  # nobody answered in its place
                message = f"the handler {answer.handler} failed: {answer.failure}"
                hint = 'on_error = "fallback" in [serve.lua] has the model answer instead'
                raise _Refused(failure(500, "handler", message, hint=hint), answer)
        return answer

    def _ours(self, request: Request, client: Client, now_ms: int) -> Answer | None:
        """Return the answer to what the model says nothing about, and the server can answer: ``OPTIONS`` and
        malformed JSON. An unknown entity is made up, where that is asked for, before the model answers."""
        if request.method == "OPTIONS" and (allowed := self._allowed(request, client, now_ms)) is not None:
            return allowed
        if is_malformed(request):
            return refusal(self._twin, request, client, now_ms)
        if self._synthesis is not None:
            self._synthesis.before(request, client, now_ms)
        return None

    def _allowed(self, request: Request, client: Client, now_ms: int) -> Answer | None:
        """Return what may be done at an address; None where a recording shows what the service says."""
        if not self._cors or self._twin.route_of("OPTIONS", request.path) is not None:
            return None
        if (allowed := self._preflight(request)) is not None:
            return allowed
        methods = self._twin.methods_of(request.path)
        choice = self._twin.choose(request, client.session, now_ms=now_ms) if methods else None
        if not methods or (choice is not None and not choice.extrapolated):
            return None
        return Answer(options(methods), by="miss")

    def _preflight(self, request: Request) -> Answer | None:
        allowed = preflight(request.headers) if self._cors and request.method == "OPTIONS" else None
        return Answer(allowed, by="miss") if allowed is not None else None

    def _replayed(self, replay: Replay, request: Request, client: Client) -> Answer:
        """Raises _Refused where the request was never recorded."""
        response = replay.answer(request, client.progress)
        route = self._twin.route_of(request.method, request.path)
        if response is None:
            if (allowed := self._preflight(request)) is not None:
                return allowed
            unlike = Answer(Response(501), route, by="miss")
            raise _Refused(replay.refusal(request), unlike)
        return Answer(response, route)


def _route_name(answer: Answer | None) -> str | None:
    return answer.route.name if answer is not None and answer.route is not None else None


def _plain(headers: Headers, body: bytes, limit_bytes: int) -> tuple[Headers, bytes]:
    """Return a request's headers and body with the content coding undone, as recordings have it. Raises
    _Refused for one that cannot be."""
    coding = header(headers, "content-encoding") if body else None
    if coding is None:
        return headers, body
    plain = decoded(coding, body, limit_bytes)
    if plain is None:
        message = (
            f"the body cannot be read: it is not in the coding {coding}, or larger than {limit_bytes} bytes "
            "without it, or the coding is none of gzip, deflate, br and zstd"
        )
        raise _Refused(failure(415, "coding", message))
    return without_coding(headers, len(plain)), plain


def _check_room(method: str) -> None:
    """Raises _Refused for a request that could write, to a session which alone is above the limits."""
    if method not in _SAFE and method != "DELETE":
        message = "this session alone holds as much as all sessions may"
        hint = "delete something, reset the session, or raise max_entities and max_bytes in [serve]"
        raise _Refused(failure(507, "session_full", message, hint=hint))


def _of_session(named: Named, client: Client) -> list[tuple[bytes, bytes]]:
    """Return the headers that tell a client of its session: the cookie, once, and that its state is gone."""
    headers = cookie(named)
    if client.was_dropped:
        client.was_dropped = False
        headers.append(SESSION_DROPPED)
    return headers


def _whole(answer: Answer) -> Response:
    """Return the response with the body that GET would have: its length is told to HEAD as well."""
    return answer.response._replace(body=answer.unsent) if answer.unsent else answer.response


def _wire(method: str, response: Response) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body as they are sent: the length is that of the body, whatever was recorded."""
    headers = [sent for name, value in response.headers if (sent := _raw(name, value)) is not None]
    if response.status in _NO_BODY or response.status < 200:
        return headers, b""
    length = str(len(response.body))
    if method == "HEAD" and not response.body:
        length = header(response.headers, "content-length") or ""  # that of the GET, where the model knows it
    if length:
        headers.append((b"content-length", length.encode("ascii")))
    return headers, b"" if method == "HEAD" else response.body


@lru_cache(maxsize=4096)
def _raw(name: str, value: str) -> tuple[bytes, bytes] | None:
    """Return a header as it is sent; None where the server writes it. Raises _Refused for a value that would
    end the header: what it echoes could write headers of its own."""
    if name.lower() in _FRAMING:
        return None
    if _BREAKS.search(value):
        raise _Refused(failure(500, "twin", f"the response's header {name} would hold a line break"))
    try:
        return name.encode("latin-1"), value.encode("latin-1")
    except UnicodeEncodeError:
        return name.encode("latin-1"), value.encode("utf-8")
