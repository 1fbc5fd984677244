"""An exhibit: one exchange as it is shown, its request, and both responses beside each other. Bounded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from wraith.conformance._beside import Beside, Mark, Row, cut, json_lines, texts_beside
from wraith.conformance._differences import Difference
from wraith.conformance._drift import drift_id, pattern
from wraith.conformance._scoring import STATUS
from wraith.exchange import Body, Headers, Request, Response, decode_body, header
from wraith.paths import MISSING, Found

if TYPE_CHECKING:
    from wraith.conformance._compare import How
    from wraith.conformance._replay import Step

Place: TypeAlias = tuple[str, int]
"""A session, and the position of an exchange in it, from 1."""

MAX_BODY_BYTES = 256 * 1024
"""Larger bodies are told of, not shown: nobody reads them, and they may be as large as they like."""
HEADER = "header_mismatch"
MAX_TARGET = 2000
MAX_HEADERS = 60
MAX_DIFFERENCES = 60
BINARY_SHOWN = 32


@dataclass(frozen=True, slots=True)
class Told:
    """One difference, by the words of the report."""

    path: str
    category: str
    severity: str
    drift_id: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One exchange. ``sent`` is the request target that was sent, where identifiers made it another one."""

    route: str
    session: str
    index: int
    method: str
    target: str
    sent: str
    request_headers: tuple[Row, ...]
    request_body: tuple[Row, ...]
    recorded_status: int
    replayed_status: int
    headers: tuple[Row, ...]
    body: tuple[Row, ...]
    differences: tuple[Told, ...]
    more: int
    """Differences beyond those."""

    @property
    def place(self) -> Place:
        return self.session, self.index


def exhibit(route: str, step: Step, how: How, found: Sequence[Difference]) -> Exhibit:
    """Return one exchange as it is shown, the differences that were found marked."""
    request = step.exchange.request
    target, sent = _long(request.target), _long(step.request.target)
    return Exhibit(
        route=route,
        session=step.session.id,
        index=step.index,
        method=request.method,
        target=target,
        sent=sent if sent != target else "",
        request_headers=_header_lines(request.headers),
        request_body=_request_body(request, how),
        recorded_status=step.exchange.response.status,
        replayed_status=step.answer.response.status,
        headers=_headers_beside(step, {each.path for each in found if each.category == HEADER}),
        body=_bodies_beside(step, how, found),
        differences=tuple(_told(route, each) for each in found[:MAX_DIFFERENCES]),
        more=max(0, len(found) - MAX_DIFFERENCES),
    )


def _long(target: str) -> str:
    return target if len(target) <= MAX_TARGET else f"{target[: MAX_TARGET - 1]}…"


def _told(route: str, found: Difference) -> Told:
    name = drift_id(route, pattern(found.path), found.category, found.expected, found.actual)
    return Told(found.path, found.category, found.severity, name)


def _header_lines(headers: Headers) -> tuple[Row, ...]:
    lines = [cut(f"{name}: {value}") for name, value in headers[:MAX_HEADERS]]
    return tuple(Row("same", 0, line, line) for line in lines)


def _request_body(request: Request, how: How) -> tuple[Row, ...]:
    if request.truncated is not None or len(request.body) > MAX_BODY_BYTES:
        return _note(_size(request))
    decoded = decode_body(header(request.headers, "content-type"), request.body, how.lists)
    if decoded.kind == "empty":
        return ()
    if decoded.kind == "binary":
        return _note(_size(request))
    if decoded.kind in ("json", "ndjson", "form"):
        return json_lines(decoded.document)
    text = request.body.decode("utf-8", "replace")
    return texts_beside(text, text)


def _headers_beside(step: Step, marked: set[str]) -> tuple[Row, ...]:
    """Return the headers of both responses, by name; those with a difference first."""
    mine, theirs = _joined(step.exchange.response.headers), _joined(step.answer.response.headers)
    rows: list[Row] = []
    for name in sorted(mine | theirs, key=lambda name: (f"header.{name}" not in marked, name))[:MAX_HEADERS]:
        left = cut(f"{name}: {mine[name]}") if name in mine else None
        right = cut(f"{name}: {theirs[name]}") if name in theirs else None
        differs = f"header.{name}" in marked
        mark: Mark = "differs" if differs else "same" if left == right else "free"
        rows.append(Row(mark, 0, left, right, HEADER if differs else ""))
    return tuple(rows)


def _joined(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _bodies_beside(step: Step, how: How, found: Sequence[Difference]) -> tuple[Row, ...]:
    recorded, replayed = step.exchange.response, step.answer.response
    if not recorded.body and not replayed.body and recorded.truncated is None:
        return ()
    astray = any(each.category in STATUS for each in found)
    marks = {each.path: each.category for each in found if each.category not in (HEADER, *STATUS)}
    note = marks.get("", "")
    big = max(len(recorded.body), len(replayed.body)) > MAX_BODY_BYTES
    mine, theirs = (Body("binary") if big else _decoded(each, how) for each in (recorded, replayed))
    if "binary" in (mine.kind, theirs.kind) or recorded.truncated is not None:
        left, right = _size(recorded), _size(replayed)
        return (Row("differs" if marks else "same" if left == right else "free", 0, left, right, note),)
    if _is_document(mine) and _is_document(theirs):
        beside = Beside(marks, step.identities, how.keys, astray)
        return beside.documents(_document(mine), _document(theirs))
    return texts_beside(_text(recorded, mine), _text(replayed, theirs), note, counts=bool(note) or astray)


def _decoded(response: Response, how: How) -> Body:
    return decode_body(header(response.headers, "content-type"), response.body, how.lists)


def _is_document(body: Body) -> bool:
    return body.kind in ("json", "ndjson", "xml", "empty", "form")


def _document(body: Body) -> Found:
    return MISSING if body.kind == "empty" else body.document


def _text(response: Response, body: Body) -> str:
    return body.document if isinstance(body.document, str) else response.body.decode("utf-8", "replace")


def _size(message: Request | Response) -> str:
    """Return what is said of a body that is not shown."""
    if message.truncated is not None:
        return f"{message.truncated.size_bytes} bytes, not recorded, {message.truncated.sha256}"
    digest = hashlib.sha256(message.body).hexdigest()
    begins = message.body[:BINARY_SHOWN].hex(" ")
    return f"{len(message.body)} bytes, sha256 {digest[:16]}…, begins {begins}" if message.body else "no body"


def _note(text: str) -> tuple[Row, ...]:
    return (Row("same", 0, text, text),)
