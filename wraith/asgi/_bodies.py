"""Request bodies as they come in from ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wraith.asgi._types import Receive

DRAIN_BODY_S: Final = 5.0
"""How long to go on reading a body that nobody wants: nginx's lingering_timeout."""


class ClientGone(Exception):
    """The client closed its connection before its request was complete."""


async def body_chunks(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the chunks of the request's body as they come. Raises ClientGone where they stop coming."""
    more = True
    while more:
        chunk, more = await body_chunk(receive)
        if chunk:
            yield chunk


async def body_chunk(receive: Receive) -> tuple[bytes, bool]:
    """Return the next chunk of the request's body, and whether there are more. Raises ClientGone where they
    stop coming."""
    event = await receive()
    if event["type"] != "http.request":
        raise ClientGone
    return event["body"], event["more_body"]


async def drain(receive: Receive) -> None:
    """Read what is left of the request's body, for a bounded time, and drop it."""
    try:
        async with asyncio.timeout(DRAIN_BODY_S):
            async for _ in body_chunks(receive):
                pass
    except (ClientGone, TimeoutError):
        pass  # there is nobody to answer, or nobody who listens
