"""The recording proxy as an ASGI application: client to upstream and back, and a copy for the recorder.

Bodies stream in both directions. The last piece of an answer waits until its exchange is on the disk, so that
what a client has seen complete has been recorded. A client that leaves early, or an upstream that dies
midway, leaves no exchange: half an answer would be learned as a whole one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx

from wraith.asgi import (
    Answer,
    ClientGone,
    Head,
    Rewriter,
    body_chunks,
    end_to_end,
    failure,
    read_head,
    send_json,
    send_rest,
)
from wraith.errors import PolicyError, WraithError
from wraith.exchange import Exchange, Headers, Request, header
from wraith.recording._bodies import Collector, recorded_response
from wraith.recording._recorder import Place, Recorder
from wraith.recording._upstream import Upstream

if TYPE_CHECKING:
    from hypercorn.typing import HTTPScope

    from wraith.asgi import Receive, Send


class Proxy:
    """Forwards every request that it is given, and records what comes back."""

    def __init__(
        self, upstream: Upstream, recorder: Recorder, *, preserve_host: bool, max_body_bytes: int
    ) -> None:
        self._upstream = upstream
        self._rewriter = Rewriter(upstream.base_url)
        self._recorder = recorder
        self._preserve_host = preserve_host
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        head = read_head(scope)
        if head.upgrade:
            await send_json(send, _no_upgrade(head))
            return
        place = self._recorder.begin(head.session)
        passage = _Passage(head, receive, send, self._max_body_bytes)
        try:
            await self._forward(passage, place)
        except ClientGone:
            pass  # before its request was complete: there is nobody to answer
        except httpx.TransportError as error:
            await passage.refuse(_bad_gateway(error, self._upstream.base_url))
        finally:
            if place is not None:
                self._recorder.give_up(place)

    async def _forward(self, passage: _Passage, place: Place | None) -> None:
        head = passage.head
        headers = self._forwarded(head.headers)
        framing = (("Transfer-Encoding", "chunked"),) if head.chunked else ()
        body = passage.request_body if head.has_body else None
        async with self._upstream.send(head.method, head.target, headers + framing, body) as response:
            came = _headers(response)
            passage.status = response.status_code
            passage.headers = self._rewriter.for_client(came, head.host)
            await passage.relay(response)
        if place is not None:
            exchange = passage.exchange(headers, came)
            try:
                self._recorder.complete(place, exchange)
            except PolicyError as error:
                await passage.refuse(failure(502, error.code, str(error), hint=error.hint))
                return
            except WraithError:
                # the recorder keeps it and ends the run with it; the client gets its answer all the same
                pass
        await passage.end()

    def _forwarded(self, headers: Headers) -> Headers:
        """Return the request's headers with the Host that the upstream is to see."""
        if not any(name.lower() == "host" for name, _ in headers):  # HTTP/1.0, and HTTP/1.1 is what we speak
            return (("Host", self._upstream.netloc), *headers)
        if self._preserve_host:
            return headers
        netloc = self._upstream.netloc
        return tuple((name, netloc if name.lower() == "host" else value) for name, value in headers)


class _Passage:
    """One exchange on its way through: what came, and how much of the answer the client has."""

    def __init__(self, head: Head, receive: Receive, send: Send, limit_bytes: int) -> None:
        self.head = head
        self.request_body = _RequestBody(receive, limit_bytes)
        self.status = 0
        self.headers: Headers = ()
        self._receive = receive
        self._send = send
        self._limit_bytes = limit_bytes
        self._answer = Collector(limit_bytes)
        self._started = False
        self._held = b""
        self._started_at_ms = time.time_ns() // 1_000_000
        self._clock = time.perf_counter()

    async def relay(self, response: httpx.Response) -> None:
        """Pass the answer on as it comes, but for its last piece where that can be known."""
        length = header(self.headers, "content-length")
        size = int(length) if length is not None else None
        leaving: asyncio.Task[None] | None = None
        try:
            async for chunk in response.aiter_raw():
                self._answer.add(chunk)
                if size is not None and self._answer.size >= size:
                    self._held += chunk
                    continue
                if leaving is None:
                    leaving = asyncio.create_task(self._close_when_gone(response))
                await self._start()
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            if leaving is not None:
                leaving.cancel()

    def exchange(self, headers: Headers, came: Headers) -> Exchange:
        """Return the exchange: the request as the upstream saw it, the answer as it sent it."""
        body, truncated = self.request_body.collected.result()
        return Exchange(
            Request(self.head.method, self.head.target, headers, body, truncated),
            recorded_response(self.status, came, self._answer, self._limit_bytes),
            self._started_at_ms,
            round((time.perf_counter() - self._clock) * 1000),
        )

    async def end(self) -> None:
        """Send what is left of the answer."""
        await self._start()
        await send_rest(self._send, self._held, unread=self._unread)

    async def refuse(self, answer: Answer) -> None:
        """Answer ourselves. An answer that has begun is cut off: its connection closes before its end."""
        if not self._started:
            await send_json(self._send, answer, unread=self._unread)

    async def _start(self) -> None:
        if not self._started:
            self._started = True
            headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
            await self._send({"type": "http.response.start", "status": self.status, "headers": headers})

    @property
    def _unread(self) -> Receive | None:
        """Where the rest of the request's body comes from, None where there is none."""
        return self._receive if self.head.has_body and not self.request_body.complete else None

    async def _close_when_gone(self, response: httpx.Response) -> None:
        """Stop an answer that nobody reads any more: an endless one would never stop by itself."""
        if self._unread is not None:
            return  # the events are still those of the request's body
        while (await self._receive())["type"] != "http.disconnect":
            pass
        await response.aclose()


class _RequestBody(httpx.AsyncByteStream):
    """The client's body on its way to the upstream, collected for the recording."""

    def __init__(self, receive: Receive, limit_bytes: int) -> None:
        self._receive = receive
        self.collected = Collector(limit_bytes)
        self.complete = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in body_chunks(self._receive):
            self.collected.add(chunk)
            yield chunk
        self.complete = True


def _headers(response: httpx.Response) -> Headers:
    raw = response.headers.raw
    return end_to_end(tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw))


def _no_upgrade(head: Head) -> Answer:
    return failure(
        501,
        "upgrade",
        f"cannot switch to {head.upgrade}: only requests with one answer are recorded",
        hint="send it to the service itself",
    )


def _bad_gateway(error: httpx.TransportError, base_url: str) -> Answer:
    status = 504 if isinstance(error, httpx.TimeoutException) else 502
    reason = str(error) or type(error).__name__
    return failure(
        status, "upstream", f"{base_url} did not answer: {reason}", hint="see that the service is up"
    )
