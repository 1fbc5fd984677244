"""What an expression can see while one request is answered."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from wraith.canonical import JsonValue
from wraith.exchange import NO_LISTS, Request, Response, XmlLists, decode_body, media_type, parse_form
from wraith.paths import MISSING, Found
from wraith.runtime._state import State


class Ids:
    """The source of fresh identifiers of a session: a seed and how many were made."""

    __slots__ = ("made", "seed")

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.made = 0


class Environment:
    """The request, decoded; the state; the clock; and what was worked out on the way.

    One instance per request. ``values`` holds the holes already filled, so that a fresh identifier is the
    same wherever the template refers to it.
    """

    __slots__ = (
        "_body",
        "_body_kind",
        "_headers",
        "_lists",
        "_query",
        "ask",
        "caller",
        "entity",
        "ids",
        "item",
        "made",
        "method",
        "now_ms",
        "page",
        "path",
        "position",
        "rendered",
        "request",
        "response",
        "state",
        "values",
    )

    def __init__(
        self,
        request: Request,
        path: Mapping[str, str],
        state: State,
        ids: Ids,
        now_ms: int,
        lists: XmlLists = NO_LISTS,
    ) -> None:
        self.request = request
        self.method = request.method
        self.path = path
        self.state = state
        self.ids = ids
        self.now_ms = now_ms
        self.ask: Callable[[Request], Response] | None = None
        """How the twin answers another request; None where it is not asked."""
        self.caller: Found = MISSING
        self.entity: Found = MISSING
        self.response: Found = MISSING
        self.rendered = b""
        self.item: Found = MISSING
        self.made: Found = MISSING
        """The document that an effect has made."""
        self.position: Found = MISSING
        self.page: Mapping[str, JsonValue] = {}
        self.values: dict[str, Found] = {}
        self._headers: dict[str, str] | None = None
        self._query: dict[str, JsonValue] | None = None
        self._body: Found = MISSING
        self._body_kind = ""
        self._lists = lists

    def take_body(self, document: JsonValue) -> None:
        """Let a document stand for the body: the arguments of a field, where a request asks for many."""
        self._body, self._body_kind = document, "json"

    def take_request(self, request: Request) -> None:
        """Let another request with the same path and body stand for this one."""
        self.request, self._query, self._headers = request, None, None

    @property
    def headers(self) -> dict[str, str]:
        """Header values by lower-case name; of duplicates the first."""
        if self._headers is None:
            self._headers = {}
            for name, value in self.request.headers:
                self._headers.setdefault(name.lower(), value)
        return self._headers

    @property
    def query(self) -> dict[str, JsonValue]:
        if self._query is None:
            try:
                self._query = parse_form(self.request.query)
            except ValueError:  # more fields than any request has
                self._query = {}
        return self._query

    @property
    def body_kind(self) -> str:
        """How the body decodes: a ``BodyKind``; ``malformed`` where it says that it is JSON and is not."""
        _ = self.body  # decodes it
        return self._body_kind

    @property
    def raw(self) -> str:
        """The body's bytes as base64, ``""`` where it is empty."""
        return base64.b64encode(self.request.body).decode()

    @property
    def body(self) -> Found:
        """The document of the body, bytes as base64; ``MISSING`` where it is empty."""
        if not self._body_kind:
            decoded = decode_body(self.headers.get("content-type"), self.request.body, self._lists)
            says_json = "json" in media_type(self.headers.get("content-type"))
            lies = says_json and decoded.kind in ("text", "binary")
            self._body_kind = "malformed" if lies else decoded.kind
            if decoded.kind != "empty":
                self._body = decoded.document
        return self._body


def split_path(path: str) -> list[str]:
    """Return the decoded segments of a raw path; a trailing slash leaves an empty last one."""
    segments = path.removeprefix("/").split("/")
    return list(map(unquote, segments)) if "%" in path else segments
