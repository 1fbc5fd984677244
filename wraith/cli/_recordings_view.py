"""Recordings as people read them: sessions, the exchanges of one, one exchange in full."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from wraith.cli._output import Block, Kind, Line, Table
from wraith.exchange import decode_body, header

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.exchange import Exchange, Request, Response
    from wraith.recording import SealedSession

SHOWN_LINES: Final = 200
"""How much of a body stands in text: five screens. The JSON has all of it."""
SHOWN_COLUMNS: Final = 1000


def size_text(size_bytes: int) -> str:
    """Return a size with its unit: ``512 B``, ``3.4 kB``, ``1.2 MB``."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    size, unit = size_bytes / 1000, "kB"
    if size >= 1000:
        size, unit = size / 1000, "MB"
    return f"{size:.1f} {unit}"


def instant_text(at_ms: int) -> str:
    """Return an instant in UTC as RFC 3339 writes it, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_ms // 1000))


def session_document(session: SealedSession) -> dict[str, JsonValue]:
    """Return what is known of a session without reading its exchanges."""
    manifest = session.manifest
    return {
        "id": session.id,
        "run": manifest.run,
        "tags": list(session.tags),
        "source": dict(manifest.source),
        "started_at": instant_text(session.started_at_ms),
        "started_at_ms": session.started_at_ms,
        "exchanges": len(session),
        "size_bytes": _stored_bytes(session),
        "digest": session.digest,
        "scrub_policy": manifest.scrub_policy,
    }


def session_table(sessions: Sequence[SealedSession]) -> Table:
    """Return one row for each session, oldest first."""
    rows = [
        (
            session.id,
            instant_text(session.started_at_ms),
            session.manifest.source.get("kind", "-"),
            " ".join(session.tags) or "-",
            str(len(session)),
            size_text(_stored_bytes(session)),
        )
        for session in sessions
    ]
    return Table(("SESSION", "STARTED", "SOURCE", "TAGS", ">EXCHANGES", ">SIZE"), rows)


def exchange_row_document(index: int, exchange: Exchange) -> dict[str, JsonValue]:
    """Return an exchange without headers and bodies."""
    return {
        "index": index,
        "method": exchange.request.method,
        "target": exchange.request.target,
        "status": exchange.response.status,
        "request_bytes": _body_bytes(exchange.request),
        "response_bytes": _body_bytes(exchange.response),
        "started_at_ms": exchange.started_at_ms,
        "duration_ms": exchange.duration_ms,
    }


def exchange_table(exchanges: Sequence[Exchange]) -> Table:
    """Return one row for each exchange, in order, counted from 1."""
    rows = [
        (
            str(index),
            exchange.request.method,
            exchange.request.target,
            Line(str(exchange.response.status), _status_kind(exchange.response.status)),
            size_text(_body_bytes(exchange.request)),
            size_text(_body_bytes(exchange.response)),
            f"{exchange.duration_ms} ms",
        )
        for index, exchange in enumerate(exchanges, start=1)
    ]
    return Table((">#", "METHOD", "TARGET", ">STATUS", ">SENT", ">ANSWERED", ">TOOK"), rows)


def exchange_document(index: int, exchange: Exchange) -> dict[str, JsonValue]:
    """Return an exchange in full: headers as they came, bodies decoded."""
    request, response = exchange.request, exchange.response
    return {
        "index": index,
        "started_at_ms": exchange.started_at_ms,
        "duration_ms": exchange.duration_ms,
        "tags": list(exchange.tags),
        "request": {"method": request.method, "target": request.target, **_message_document(request)},
        "response": {"status": response.status, **_message_document(response)},
    }


def exchange_blocks(exchange: Exchange) -> Iterator[Block]:
    """Yield an exchange in full, bodies cut to what a person reads."""
    request, response = exchange.request, exchange.response
    yield Line(f"{request.method} {request.target}", "title")
    yield from _message_blocks(request)
    yield Line("")
    yield Line(str(response.status), _status_kind(response.status))
    yield from _message_blocks(response)
    yield Line("")
    yield Line(f"{instant_text(exchange.started_at_ms)}, answered in {exchange.duration_ms} ms", "dim")


def _message_document(message: Request | Response) -> dict[str, JsonValue]:
    return {
        "headers": [[name, value] for name, value in message.headers],
        "body": _body_document(message),
    }


def _body_document(message: Request | Response) -> dict[str, JsonValue]:
    if message.truncated is not None:
        cut: JsonValue = {"sha256": message.truncated.sha256, "size_bytes": message.truncated.size_bytes}
        return {"kind": "truncated", "size_bytes": message.truncated.size_bytes, "truncated": cut}
    decoded = decode_body(header(message.headers, "content-type"), message.body)
    document: dict[str, JsonValue] = {"kind": decoded.kind, "size_bytes": len(message.body)}
    if decoded.kind == "binary":
        document["base64"] = base64.b64encode(message.body).decode()
    elif decoded.kind != "empty":
        document["document"] = decoded.document
    return document


def _message_blocks(message: Request | Response) -> Iterator[Block]:
    for name, value in message.headers:
        yield Line(f"{name}: {value}", "dim")
    if message.truncated is not None:
        size = size_text(message.truncated.size_bytes)
        yield Line(f"(body of {size} left out when it was recorded; {message.truncated.sha256})", "warn")
    elif message.body:
        yield Line("")
        yield from _body_lines(message)


def _body_lines(message: Request | Response) -> Iterator[Line]:
    decoded = decode_body(header(message.headers, "content-type"), message.body)
    if decoded.kind == "binary":
        yield Line(
            f"({size_text(len(message.body))} of binary data, begins with {message.body[:16].hex(' ')})",
            "dim",
        )
        return
    if isinstance(decoded.document, str) and decoded.kind == "text":
        lines = decoded.document.splitlines()
    else:
        # the order of members is the service's own, and worth seeing
        lines = json.dumps(decoded.document, ensure_ascii=False, indent=2).split("\n")
    for line in lines[:SHOWN_LINES]:
        yield Line(
            line if len(line) <= SHOWN_COLUMNS else f"{line[:SHOWN_COLUMNS]}… ({len(line)} characters)"
        )
    if len(lines) > SHOWN_LINES:
        yield Line(f"… {len(lines) - SHOWN_LINES} more lines; --json shows all", "dim")


def _body_bytes(message: Request | Response) -> int:
    return len(message.body) if message.truncated is None else message.truncated.size_bytes


def _stored_bytes(session: SealedSession) -> int:
    return sum(entry.size_bytes for entry in session.manifest.exchanges)


def _status_kind(status: int) -> Kind:
    return "good" if status < 300 else "plain" if status < 400 else "warn" if status < 500 else "bad"
