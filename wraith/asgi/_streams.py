"""Two things that Hypercorn keeps from an application, and that it has no setting for.

A target's empty query (``/a?``) is not in the ASGI scope, and recording promises targets byte for byte. And a
WebSocket handshake never arrives as the request that it is: an incomplete one is answered with an empty 400,
where a 501 that says why is promised. So Hypercorn is given a stream of ours for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypercorn.protocol import h11
from hypercorn.protocol.events import Request
from hypercorn.protocol.http_stream import HTTPStream

from wraith.asgi._heads import TARGET

if TYPE_CHECKING:
    from hypercorn.protocol.events import Event


class _WholeRequests(HTTPStream):
    async def handle(self, event: Event) -> None:
        if isinstance(event, Request):
            event.state[TARGET] = event.raw_path
        await super().handle(event)


def hand_over_whole_requests() -> None:
    """Make Hypercorn's HTTP/1 hand every request to the application, with its target as it came."""
    vars(h11).update(HTTPStream=_WholeRequests, WSStream=_WholeRequests)
