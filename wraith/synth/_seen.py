"""A recorded exchange as synthesis looks at it: decoded once, with its route filled in later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Request, decode_body, header
from wraith.paths import MISSING, Found
from wraith.runtime import split_path


@dataclass(slots=True)
class Seen:
    """One exchange. ``session`` and ``index`` say where it stands in the corpus; ``route`` is a position in
    the list of routes, ``parameters`` what its path fills in."""

    session: int
    index: int
    at_ms: int
    duration_ms: int
    request: Request
    segments: tuple[str, ...]
    status: int
    kind: str
    document: Found
    headers: tuple[tuple[str, str], ...]
    raw: bytes = field(repr=False)
    route: int = -1
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def ok(self) -> bool:
        return self.status < 400


def see(session: int, exchanges: Iterable[Exchange]) -> list[Seen]:
    """Return the exchanges of a session, decoded. Those whose bodies were cut off teach nothing, and are left
    out."""
    seen = []
    for index, exchange in enumerate(exchanges):
        request, response = exchange.request, exchange.response
        if request.truncated is not None or response.truncated is not None:
            continue
        body = decode_body(header(response.headers, "content-type"), response.body)
        document: Found = MISSING
        if body.kind in ("json", "text"):
            document = body.document
        seen.append(
            Seen(
                session,
                index,
                exchange.started_at_ms,
                exchange.duration_ms,
                request,
                tuple(split_path(request.path)),
                response.status,
                body.kind if body.kind != "form" else "text",
                document if body.kind != "form" else response.body.decode("utf-8", "replace"),
                response.headers,
                response.body,
            )
        )
    return seen


def as_json(found: Found) -> JsonValue:
    """Return a found value as JSON; the caller knows that it is there."""
    assert found is not MISSING  # Invariant: called on present values only
    return found
