"""Whole answers of our own, and the one shape of our errors in JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from wraith.asgi._bodies import drain
from wraith.canonical import JsonValue, compact

if TYPE_CHECKING:
    from wraith.asgi._types import Receive, Send

RawHeaders = list[tuple[bytes, bytes]]

HANG_UP: Final = "wraith.hang_up"
"""The type of a message of ours besides those of ASGI: the connection closes, whatever was sent on it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of ours, rather than of the upstream or the twin."""

    status: int
    document: dict[str, JsonValue]


def failure(status: int, code: str, message: str, *, hint: str | None = None) -> Answer:
    """Return the answer that says what went wrong, in the shape that the interpreter uses as well."""
    document: dict[str, JsonValue] = {"error": code, "message": message}
    if hint is not None:
        document["hint"] = hint
    return Answer(status, document)


async def send_json(
    send: Send, answer: Answer, *, unread: Receive | None = None, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """Send the answer as JSON, with more headers where they are given; see ``send_rest`` for ``unread``."""
    body = compact(answer.document)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send_rest(send, body, unread=unread)


async def send_whole(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    """Send an answer whose body is all here."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def hang_up(send: Send) -> None:
    """Close the connection, before an answer or in the middle of one."""
    await send(cast(Any, {"type": HANG_UP}))


async def send_rest(send: Send, body: bytes, *, unread: Receive | None = None) -> None:
    """Send the end of an answer.

    ``unread`` is given where the request's body has not been read to its end: the answer is sent first, for
    the client may be waiting for it, and then the rest is read and dropped, for a connection that is closed
    on a client which still sends loses the answer.
    """
    if unread is not None:
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await drain(unread)
        body = b""
    await send({"type": "http.response.body", "body": body, "more_body": False})
