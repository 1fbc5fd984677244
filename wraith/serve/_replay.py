"""Recorded responses, verbatim: what ``--fidelity strict`` answers with.

A request is looked up as a whole: method, target, credential, and body (JSON and forms as documents, so that
white space does not count). Each client follows a recorded session: it gets the responses to a request in the
order in which that session got them, and the last one again where it asks more often. What its session never
asked is answered from the first other session that did, which it follows from there on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Protocol

from wraith.asgi import Answer as Refusal
from wraith.asgi import failure
from wraith.canonical import JsonValue, compact
from wraith.exchange import Exchange, Request, Response, decode_body, header
from wraith.paths import format_path, leaves

MOST_COMPARED: Final = 50
"""Recorded requests of one address that are compared to find the nearest, which costs a file each."""
MOST_DIFFERENCES: Final = 10


class Recording(Protocol):
    """A recorded session: ``wraith.recording.SealedSession``."""

    @property
    def id(self) -> str: ...

    def read(self) -> Iterator[Exchange]: ...

    def exchange(self, index: int) -> Exchange: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where an exchange stands: a position in the corpus, and an index in that session from 1."""

    session: int
    index: int


@dataclass(slots=True)
class Progress:
    """How far one client has come."""

    following: int | None = None
    """The session that it follows; None before the first request."""
    given: dict[tuple[bytes, int], int] = field(default_factory=dict)
    """How many responses to a request it had from a session."""


class Replay:
    """The recorded responses, by request. Responses stay on disk; their places are held."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self._recordings = recordings
        self._places: dict[bytes, dict[int, list[int]]] = {}
        self._addresses: dict[tuple[str, str], list[Place]] = {}
        for number, recording in enumerate(recordings):
            for index, exchange in enumerate(recording.read(), start=1):
                if exchange.request.truncated is None and exchange.response.truncated is None:
                    self._add(exchange.request, Place(number, index))

    def _add(self, request: Request, place: Place) -> None:
        self._places.setdefault(digest(request), {}).setdefault(place.session, []).append(place.index)
        self._addresses.setdefault((request.method, request.path), []).append(place)

    def answer(self, request: Request, progress: Progress) -> Response | None:
        """Return the response that the client is to get, None where the request was never recorded."""
        key = digest(request)
        places = self._places.get(key)
        if places is None:
            return None
        session = progress.following
        if session is None or session not in places:
            session = progress.following = next(iter(places))
        given = progress.given.get((key, session), 0)
        progress.given[key, session] = given + 1
        index = places[session][min(given, len(places[session]) - 1)]
        return self._exchange(Place(session, index)).response

    def refusal(self, request: Request) -> Refusal:
        """Return what is said to a request that was never recorded: the nearest one that was."""
        message = (
            f"{request.method} {request.path}: this very request was not recorded, and fidelity is strict"
        )
        hint = "serve with --fidelity synth, or record the request"
        refused = failure(501, "not_recorded", message, hint=hint)
        refused.document["nearest"] = self._nearest(request)
        return refused

    def _nearest(self, request: Request) -> JsonValue:
        places = self._addresses.get((request.method, request.path)) or self._like(request)
        best: tuple[int, Place, Request, list[JsonValue]] | None = None
        for place in islice(places, MOST_COMPARED):
            other = self._exchange(place).request
            differs = _differences(request, other)
            if best is None or len(differs) < best[0]:
                best = len(differs), place, other, differs[:MOST_DIFFERENCES]
        if best is None:
            return None
        _, place, other, differs = best
        return {
            "method": other.method,
            "target": other.target,
            "session": self._recordings[place.session].id,
            "index": place.index,
            "differs": differs,
        }

    def _like(self, request: Request) -> Iterable[Place]:
        """Return the places of the address that has most segments in common: of the method, else of any."""
        own = request.path.split("/")

        def likeness(address: tuple[str, str]) -> tuple[int, bool, bool]:
            other = address[1].split("/")
            same = sum(mine == theirs for mine, theirs in zip(own, other, strict=False))
            return same, len(own) == len(other), address[0] == request.method

        nearest = max(self._addresses, key=likeness, default=None)
        return self._addresses[nearest] if nearest is not None else ()

    def _exchange(self, place: Place) -> Exchange:
        return self._recordings[place.session].exchange(place.index)


def digest(request: Request) -> bytes:
    """Return what two requests have in common that are the same one."""
    body = decode_body(header(request.headers, "content-type"), request.body)
    content = compact(body.document) if body.kind in ("json", "ndjson", "form") else request.body
    credential = header(request.headers, "authorization") or ""
    whole = "\0".join((request.method, request.target, credential, body.kind)).encode("utf-8", "replace")
    return hashlib.blake2b(whole + b"\0" + content, digest_size=16).digest()


def _differences(request: Request, other: Request) -> list[JsonValue]:
    """Return what two requests differ in: parts of the head by name, those of the body by path."""
    found: list[JsonValue] = []
    for name, mine, theirs in (
        ("method", request.method, other.method),
        ("path", request.path, other.path),
        ("query", request.query, other.query),
        ("authorization", *(header(each.headers, "authorization") for each in (request, other))),
    ):
        if mine != theirs:
            found.append(name)
    one, two = _leaves(request), _leaves(other)
    differing = [path for path in {**one, **two} if one.get(path) != two.get(path)]
    return [*found, *differing]


def _leaves(request: Request) -> dict[str, bytes]:
    """Return the leaves of a body by their path, bytes that hold no document as one leaf."""
    body = decode_body(header(request.headers, "content-type"), request.body)
    if body.kind == "empty":
        return {}
    if body.kind not in ("json", "ndjson", "form"):
        return {"body": request.body}
    return {format_path(("body", *path)): compact(value) for path, value in leaves(body.document)}
