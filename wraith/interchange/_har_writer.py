"""HAR 1.2 of recordings: a page for each session, an entry for each exchange.

HAR cannot hold everything in members of its own: bytes that are no text stand in base64, also in requests,
where the specification has no word for it; what is left of a body that was too long stands in ``_truncated``,
with a comment; ``_session`` and ``_tags`` of a page say that it is a session. Raw bytes in a target are
escaped. ``OPTIONS *`` becomes an address that ends in ``/*``."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, quote

import orjson

from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Headers, Request, Response, Truncated, header
from wraith.interchange._har_text import decode_text
from wraith.recording import SealedSession

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))
_UNKNOWN: Final = -1
"""What HAR has sizes and times be that nothing tells."""


def har_chunks(
    sessions: Iterable[SealedSession], default_base_url: str, creator_version: str
) -> Iterator[bytes]:
    """Yield the pieces of a HAR file. Reads one exchange at a time. Same sessions, same bytes.

    ``default_base_url`` is what targets of sessions are relative to that do not say so themselves.
    """
    chosen = tuple(sessions)
    creator: JsonValue = {"name": "wraith", "version": creator_version}
    pages: JsonValue = [_page(session) for session in chosen]
    yield b'{"log":{"version":"1.2","creator":' + orjson.dumps(creator)
    yield b',"pages":' + orjson.dumps(pages) + b',"entries":['
    between = b"\n"
    for session in chosen:
        base_url = session.manifest.source.get("upstream", default_base_url).rstrip("/")
        for exchange in session.read():
            yield between + orjson.dumps(har_entry(exchange, base_url, session.id))
            between = b",\n"
    yield b"\n]}}\n"


def har_entry(exchange: Exchange, base_url: str, page: str) -> JsonValue:
    """Return the entry of an exchange that was recorded from the base URL."""
    return {
        "pageref": page,
        "startedDateTime": _instant(exchange.started_at_ms),
        "time": exchange.duration_ms,
        "request": _request(exchange.request, base_url),
        "response": _response(exchange.response),
        "cache": {},
        "timings": {"send": 0, "wait": exchange.duration_ms, "receive": 0},
    }


def _page(session: SealedSession) -> JsonValue:
    page: dict[str, JsonValue] = {
        "startedDateTime": _instant(session.started_at_ms),
        "id": session.id,
        "title": session.manifest.source.get("group") or session.id,
        "pageTimings": {},
        "_session": session.id,
    }
    if session.tags:
        page["_tags"] = list(session.tags)
    return page


def _request(request: Request, base_url: str) -> JsonValue:
    target = quote(request.target.encode("latin-1"), safe=_PRINTABLE)
    document: dict[str, JsonValue] = {
        "method": request.method,
        "url": base_url + (target if target.startswith("/") else f"/{target}"),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(request.headers),
        "queryString": _pairs(parse_qsl(request.query, keep_blank_values=True)),
        "headersSize": _UNKNOWN,
        "bodySize": _size(request.body, request.truncated),
    }
    if request.body or request.truncated:
        content_type = header(request.headers, "content-type") or ""
        body = _body(request.body, request.truncated, content_type)
        document["postData"] = {"mimeType": content_type, "params": [], **body}
    return document


def _response(response: Response) -> JsonValue:
    content_type = header(response.headers, "content-type") or ""
    size = _size(response.body, response.truncated)
    return {
        "status": response.status,
        "statusText": _phrase(response.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(response.headers),
        "content": {
            "size": size,
            "mimeType": content_type,
            **_body(response.body, response.truncated, content_type),
        },
        "redirectURL": header(response.headers, "location") or "",
        "headersSize": _UNKNOWN,
        "bodySize": size,
    }


def _body(body: bytes, truncated: Truncated | None, content_type: str) -> dict[str, JsonValue]:
    if truncated is not None:
        return {
            "comment": f"a body of {truncated.size_bytes} bytes, too long to be recorded: {truncated.sha256}",
            "_truncated": {"sha256": truncated.sha256, "size_bytes": truncated.size_bytes},
        }
    text = decode_text(body, content_type)
    if text is None:
        return {"text": base64.b64encode(body).decode("ascii"), "encoding": "base64"}
    return {"text": text} if body else {}


def _size(body: bytes, truncated: Truncated | None) -> int:
    return len(body) if truncated is None else truncated.size_bytes


def _headers(headers: Headers) -> JsonValue:
    return _pairs(headers)


def _pairs(pairs: Iterable[tuple[str, str]]) -> JsonValue:
    return [{"name": name, "value": value} for name, value in pairs]


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else ""


def _instant(at_ms: int) -> str:
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
