"""A recorded exchange as synthesis looks at it: decoded once, with its route filled in later."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.exchange import NO_LISTS, BodyKind, Exchange, Request, XmlLists, decode_body, header, parse_form
from wraith.paths import MISSING, Found
from wraith.runtime import Selectors, read_time, split_path
from wraith.synth._exchanges.elements import Elements, is_uneven, take_elements
from wraith.synth._exchanges.many import Many, take_apart
from wraith.synth._exchanges.refusals import may_refuse, refuses

CLOCKS_AGREE_MS = 2000
"""How far a service's ``Date``, a whole second, may stand from the recorder's time of the same exchange."""


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
    headers: tuple[tuple[str, str], ...]
    raw: bytes = field(repr=False)
    route: int = -1
    parameters: dict[str, str] = field(default_factory=dict)
    lists: XmlLists = field(default_factory=lambda: NO_LISTS, repr=False)
    """Which elements of XML are lists; known once the whole corpus was looked at."""
    as_bytes: bool = False
    """The answer is looked at as bytes, whatever they hold: the service passes on what it was given."""
    part: int = 0
    """Which of the exchanges it is that one exchange holds; 0 for the exchange itself."""
    many: Many | Elements | None = None
    """How the exchange is built where it holds others; those stand before it in the session."""
    left: Found = field(default=MISSING, repr=False)
    """What a write that does not say it has stored, where the next read told."""
    quiet: bool = False
    """The writes of its route do not say what they store; where no read told, it is not known."""
    begins: bool = False
    """Nothing had spoken before of what such a write stored."""
    news: frozenset[str] = frozenset()
    """Identifiers that no answer told before, in a write or a refusal."""
    _decoded: tuple[BodyKind, Found] | None = field(default=None, repr=False)
    _sent: tuple[Found] | None = field(default=None, repr=False)
    _ok: bool | None = field(default=None, repr=False)

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands in the corpus: session, exchange, and part of that."""
        return self.session, self.index, self.part

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def kind(self) -> BodyKind:
        """What the answer's body is; a form is text, a multipart body bytes: few services answer one."""
        return self._decode()[0]

    @property
    def document(self) -> Found:
        """The document in the answer's body, bytes as base64; ``MISSING`` where it is empty."""
        return self._decode()[1]

    def restate(self, headers: tuple[tuple[str, str], ...], document: Found) -> None:
        """Let the answer say something else than was recorded; its bytes stay."""
        self._decoded = (self.kind, document)
        self.headers = headers

    def _decode(self) -> tuple[BodyKind, Found]:
        """Decode once, when it is asked for: the first look at a corpus asks for no document."""
        if self._decoded is not None:
            return self._decoded
        if self.as_bytes and self.raw:
            whole: tuple[BodyKind, Found] = ("binary", base64.b64encode(self.raw).decode())
            self._decoded = whole
            return whole
        body = decode_body(header(self.headers, "content-type"), self.raw, self.lists)
        decoded: tuple[BodyKind, Found] = (body.kind, body.document if body.kind != "empty" else MISSING)
        if body.kind == "multipart":
            decoded = ("binary", base64.b64encode(self.raw).decode())
        elif body.kind == "form":
            decoded = ("text", self.raw.decode("utf-8", "replace"))
        self._decoded = decoded
        return decoded

    def look_again(self, lists: XmlLists) -> None:
        """Know which elements of XML are lists from now on."""
        if lists != self.lists:
            self.lists, self._decoded, self._ok = lists, None, None

    def look_at_bytes(self) -> None:
        """Let the answer be bytes from now on."""
        self.as_bytes, self._decoded = True, None

    @property
    def ok(self) -> bool:
        """Whether the request was not refused, by the status or by the body of the answer."""
        if self._ok is None:
            refused = may_refuse(self.raw) and refuses(self.document)
            self._ok = self.status < 400 and not refused
        return self._ok

    @property
    def sent(self) -> Found:
        """The document in the request's body, ``MISSING`` in an empty or binary one."""
        if self._sent is None:
            body = decode_body(header(self.request.headers, "content-type"), self.request.body)
            self._sent = (body.document if body.kind in ("json", "ndjson", "form") else MISSING,)
        return self._sent[0]

    @property
    def asked(self) -> dict[str, JsonValue]:
        """The parameters of the query; none where there are more than any request has."""
        try:
            return parse_form(self.request.query)
        except ValueError:
            return {}


NO_SELECTORS = Selectors(())


def see(session: int, exchanges: Iterable[Exchange], selectors: Selectors = NO_SELECTORS) -> list[Seen]:
    """Return the exchanges of a session, those that stand in others before them, each with the operation that
    it selects as its last segment. Those whose bodies were cut off teach nothing, and are left out."""
    seen: list[Seen] = []
    whole = list(exchanges)
    uneven = {(each.request.method, each.request.path) for each in whole if is_uneven(each)}
    for index, exchange in enumerate(whole):
        request = exchange.request
        if request.truncated is not None or exchange.response.truncated is not None:
            continue
        bulk = (request.method, request.path) not in uneven
        apart = take_apart(exchange) or (take_elements(exchange) if bulk else None)
        for part, each in enumerate(apart[1] if apart is not None else (), start=1):
            seen.append(_seen(session, index, each, selectors))
            seen[-1].part = part
        seen.append(_seen(session, index, exchange, selectors))
        seen[-1].many = apart[0] if apart is not None else None
    return seen


def _seen(session: int, index: int, exchange: Exchange, selectors: Selectors) -> Seen:
    request, response = exchange.request, exchange.response
    segment = selectors.segment(request) if selectors else None
    return Seen(
        session,
        index,
        _answered_at(exchange),
        exchange.duration_ms,
        request,
        (*split_path(request.path), *(() if segment is None else (segment,))),
        response.status,
        response.headers,
        response.body,
    )


def _answered_at(exchange: Exchange) -> int:
    """Return the service's own time: its ``Date`` where the recorder's clock says another one, or none."""
    dated = header(exchange.response.headers, "date")
    stated = read_time(dated) if dated else None
    if stated is None or abs(stated[1] - exchange.started_at_ms) <= CLOCKS_AGREE_MS:
        return exchange.started_at_ms
    return stated[1]


def as_json(found: Found) -> JsonValue:
    """Return a found value as JSON; the caller knows that it is there."""
    assert found is not MISSING  # Invariant: called on present values only
    return found
