"""Three things that Hypercorn keeps from an application, and that it has no setting for.

A target's empty query (``/a?``) is not in the ASGI scope, and recording promises targets byte for byte. And a
WebSocket handshake never arrives as the request that it is: an incomplete one is answered with an empty 400,
where a 501 that says why is promised. And an application cannot hang up: without an answer it is given a 500.
So Hypercorn is given a stream of ours for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypercorn.protocol import h11
from hypercorn.protocol.events import Request, StreamClosed
from hypercorn.protocol.http_stream import ASGIHTTPState, HTTPStream

from wraith.asgi._answers import HANG_UP
from wraith.asgi._heads import TARGET

if TYPE_CHECKING:
    from hypercorn.protocol.events import Event
    from hypercorn.typing import ASGISendEvent


class _WholeRequests(HTTPStream):
    async def handle(self, event: Event) -> None:
        if isinstance(event, Request):
            event.state[TARGET] = event.raw_path
        await super().handle(event)

    async def app_send(self, message: ASGISendEvent | None) -> None:
        kind: str | None = message["type"] if message is not None else None
        if kind != HANG_UP:
            await super().app_send(message)
        elif not self.closed:
            self.state = ASGIHTTPState.CLOSED
            # an answer that is not whole leaves the connection of no use: Hypercorn closes it
            await self.send(StreamClosed(stream_id=self.stream_id))


def hand_over_whole_requests() -> None:
    """Make Hypercorn's HTTP/1 hand every request to the application, with its target as it came."""
    vars(h11).update(HTTPStream=_WholeRequests, WSStream=_WholeRequests)
