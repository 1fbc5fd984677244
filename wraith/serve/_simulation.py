"""What happens to a request before the twin answers it: rate limit, fault, latency, in this order.

It stands between the front door and the twin, as an ASGI application of its own, and only where something
is on: a twin that simulates nothing pays nothing. Limits and faults that answer themselves, or hang up, leave
the twin's state as it is; a request that is slow, throttled or cut off has been answered.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from wraith.asgi import failure, hang_up, read_head, send_rest
from wraith.canonical import JsonValue, compact
from wraith.config import Fault
from wraith.exchange import Headers, Request
from wraith.runtime import Twin
from wraith.serve._access import AccessLog, Entry
from wraith.serve._asked import Asked
from wraith.serve._cors import readable
from wraith.serve._faults import Faults
from wraith.serve._latency import Latency
from wraith.serve._limits import Limits, Standing
from wraith.serve._mask import Mask
from wraith.serve._naming import Named, Naming, cookie
from wraith.serve._provenance import told
from wraith.serve._sessions import DEFAULT

if TYPE_CHECKING:
    from hypercorn.typing import ASGISendEvent, HTTPScope

    from wraith.asgi import Head, Receive, Send
    from wraith.serve._twin import TwinApp

_STEP_S: Final = 0.05
"""How often a throttled answer goes on: smooth for a client, and cheap."""

_RawHeaders: TypeAlias = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is simulated, with what has happened so far; what is off is None."""

    limits: Limits | None = None
    faults: Faults | None = None
    latency: Latency | None = None

    @property
    def is_on(self) -> bool:
        return not (self.limits is None and self.faults is None and self.latency is None)

    def forget(self, session: str) -> None:
        """Begin a session anew; all of them where the name is empty."""
        for part in (self.limits, self.faults, self.latency):
            if part is not None:
                part.forget(session)


class Simulated:
    """A twin's ASGI application, with what is simulated before it."""

    def __init__(
        self,
        answers: TwinApp,
        simulation: Simulation,
        twin: Twin,
        mask: Mask,
        access: AccessLog,
        naming: Naming,
        *,
        cors: bool,
    ) -> None:
        self._answers = answers
        self._simulation = simulation
        self._twin = twin
        self._mask = mask
        self._access = access
        self._naming = naming
        self._cors = cors

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        head = read_head(scope)
        named = self._naming.named(head)
        path = named.target.partition("?")[0]
        route = self._twin.route_of(head.method, path)
        name = route.name if route is not None else None
        asked = Asked(named.session or DEFAULT, f"{head.method} {path}", name, head.headers)
        limits, faults, latency = self._simulation.limits, self._simulation.faults, self._simulation.latency

        standing = limits.standing(asked) if limits is not None else None
        limited = standing.headers() if standing is not None else []
        ours = [*limited, *cookie(named), *told("fault", name)]
        if standing is not None and not standing.allowed:
            headers, body = _beyond(standing)
            await self._send(send, standing.limit.status, [*headers, *ours], body, head, receive)
            self._note(head, named, asked, standing.limit.status, started)
            return

        fault = faults.next(asked) if faults is not None else None
        if fault is not None and fault.kind in ("error", "timeout", "drop"):
            await self._instead(fault, ours, head, receive, send)
            self._note(head, named, asked, fault.status or 0, started)
            return
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep((fault.delay_ms or 0) / 1000)
        if latency is not None and (wait_ms := latency.ms(asked)) > 0.0:
            await asyncio.sleep(wait_ms / 1000)
        await self._answers.respond(head, named, receive, _changed(send, fault, limited))

    async def _instead(
        self, fault: Fault, ours: _RawHeaders, head: Head, receive: Receive, send: Send
    ) -> None:
        """Let the fault happen in the place of an answer."""
        if fault.kind == "error":
            headers, body = _content(fault.body)
            given = {name.lower(): value for name, value in fault.headers.items()}
            headers = [(name, value) for name, value in headers if name.decode() not in given]
            headers += [(name.encode("latin-1"), value.encode("utf-8")) for name, value in given.items()]
            await self._send(send, fault.status or 500, [*headers, *ours], body, head, receive)
            return
        if fault.kind == "timeout":
            await _silence(receive, fault.delay_ms)
        await hang_up(send)

    async def _send(
        self, send: Send, status: int, headers: _RawHeaders, body: bytes, head: Head, receive: Receive
    ) -> None:
        """Send an answer of ours, which the page that asked may read."""
        if self._cors:
            headers = [*headers, *readable(head.headers, _as_text(headers))]
        if head.method == "HEAD":
            body = b""
        elif status not in (204, 304):
            headers = [*headers, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send_rest(send, body, unread=receive if head.has_body else None)

    def _note(self, head: Head, named: Named, asked: Asked, status: int, started: float) -> None:
        """Tell the access log of a request that the twin never saw; status 0: nothing was answered."""
        request, _ = self._mask(Request(head.method, named.target, named.headers), set())
        ms = (time.perf_counter() - started) * 1000
        now_ms = time.time_ns() // 1_000_000
        self._access.add(
            Entry(now_ms, head.method, request.path, status, ms, asked.route, False, asked.session)
        )


def _changed(send: Send, fault: Fault | None, more: _RawHeaders) -> Send:
    """Return how the twin's answer is sent: with more headers, slowly, or in part."""
    if more:
        send = _with_headers(send, more)
    if fault is None or fault.kind == "delay":
        return send
    if fault.kind == "throttle":
        return _throttled(send, fault.bytes_per_s or 1)
    return _cut_off(send, fault.bytes or 0)


def _with_headers(send: Send, more: _RawHeaders) -> Send:
    async def sending(message: ASGISendEvent) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return sending


def _throttled(send: Send, bytes_per_s: int) -> Send:
    """Send bodies no faster than so: the time that a piece takes, then the piece."""
    piece = max(1, round(bytes_per_s * _STEP_S))

    async def sending(message: ASGISendEvent) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        body, more = message["body"], message["more_body"]
        for start in range(0, len(body), piece):
            part = body[start : start + piece]
            await asyncio.sleep(len(part) / bytes_per_s)
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": more})

    return sending


def _cut_off(send: Send, size: int) -> Send:
    """Send so many bytes of the body, then hang up."""
    left = size
    over = False

    async def sending(message: ASGISendEvent) -> None:
        nonlocal left, over
        if over:
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        part = message["body"][:left]
        left -= len(part)
        await send(
            {"type": "http.response.body", "body": part, "more_body": True}
        )  # also none: the head goes
        if left == 0 or not message["more_body"]:
            over = True
            await hang_up(send)

    return sending


async def _silence(receive: Receive, delay_ms: int | None) -> None:
    """Wait until the client leaves, or for the time given."""
    try:
        async with asyncio.timeout(None if delay_ms is None else delay_ms / 1000):
            while cast(Any, await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass


def _beyond(standing: Standing) -> tuple[_RawHeaders, bytes]:
    limit = standing.limit
    if limit.body is not None:
        return _content(limit.body)
    message = f"more than {limit.limit} requests in {limit.window_s:g} s"
    hint = f"wait as Retry-After says, or raise the limit of {limit.route!r} in [[serve.rate_limits]]"
    return _content(failure(limit.status, "rate_limited", message, hint=hint).document)


def _content(body: JsonValue) -> tuple[_RawHeaders, bytes]:
    """Return headers and bytes of a body: text as it is, everything else as JSON, and nothing of null."""
    if body is None:
        return [], b""
    if isinstance(body, str):
        return [(b"content-type", b"text/plain; charset=utf-8")], body.encode()
    return [(b"content-type", b"application/json")], compact(body)


def _as_text(headers: _RawHeaders) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
