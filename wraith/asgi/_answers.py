"""Whole answers of our own, and the one shape of our errors in JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wraith.canonical import JsonValue, compact

if TYPE_CHECKING:
    from wraith.asgi._front import Send

RawHeaders = list[tuple[bytes, bytes]]


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


async def send_json(send: Send, answer: Answer) -> None:
    """Send the answer as JSON."""
    body = compact(answer.document)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send_whole(send, answer.status, headers, body)


async def send_whole(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    """Send an answer whose body is all here."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
