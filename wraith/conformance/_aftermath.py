"""What writes that did not happen would have left behind, and which exchanges tell of it.

A replay against the live service leaves writes out. What was recorded after one may then be true no more, and
proves nothing. Three questions find such exchanges, and one yes suffices:

- The model: does the interpreter answer otherwise where the write did not happen? It keeps two states, one in
  which all that was recorded happened, and one without the writes that were missed.
- Identifiers: does the exchange name one that a missed write gave out, changed or deleted?
- Addresses: is it about what a missed write changed or deleted, or about what a write that the model does not
  know was sent to?

What errs, errs towards leaving out: an exchange too few is sent, and no drift is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wraith.conformance._drift import OPAQUE
from wraith.conformance._identity import MIN_TOKEN, TOKEN_BYTES
from wraith.exchange import Exchange, Request, Response, header
from wraith.runtime import Answer, Session, Twin

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
"""RFC 9110, 9.2.1: methods that a client sends without asking for a change."""
TO_WHAT_PROCESSES_IT = "POST"
"""The method whose address need not be what it changes (RFC 9110, 9.3.3): a collection, an action."""

_OPAQUE_BYTES = re.compile(OPAQUE.pattern.encode())


class Aftermath:
    """What is the case after what was recorded in one world, and what of it is the case at the service."""

    def __init__(self, twin: Twin, recorded: Session, seed: str) -> None:
        self._twin = twin
        self._seed = seed
        self._recorded = recorded
        self._live = recorded.branch(seed)
        self._missed = False
        self._met: set[bytes] = set()
        """Identifiers that stand in what happened, or was asked, before."""
        self._given: set[bytes] = set()
        """Identifiers that missed writes gave out."""
        self._keys: set[bytes] = set()
        """Keys of what they stored."""
        self._touched: set[str] = set()
        """Paths of what missed writes changed, with all below them."""
        self._asked: set[str] = set()
        """Paths that missed writes unknown to the model were sent to."""

    def answer(self, exchange: Exchange) -> Answer:
        """Return what the twin answers, where all that was recorded happened; nothing happens by it."""
        return self._answered(exchange, self._recorded)

    def tells_of_it(self, exchange: Exchange) -> bool:
        """Whether an exchange would be another one without the writes that were missed."""
        if not self._missed:
            return False
        path = exchange.request.path
        if path in self._asked or not self._touched.isdisjoint(_upwards(path)):
            return True
        if not self._given.isdisjoint(_names(exchange.request, exchange.response)):
            return True
        if self._keys and not self._keys.isdisjoint(_tokens(exchange)):
            return True
        recorded, live = self._answered(exchange, self._recorded), self._answered(exchange, self._live)
        return recorded.response != live.response

    def went(self, exchange: Exchange, *, happened: bool) -> None:
        """Take note of an exchange, and of whether the service did what was recorded."""
        request, response, now_ms = exchange.request, exchange.response, exchange.started_at_ms
        happened = happened or request.method in SAFE or response.status >= 400
        if not happened:
            self._miss(exchange)
        self._met |= _names(request, response)
        before = set() if happened else self._stored()
        self._twin.witness(request, response, self._recorded, now_ms=now_ms)
        if happened:
            self._twin.witness(request, response, self._live, now_ms=now_ms)
        else:
            self._keys |= self._stored() - before

    def _stored(self) -> set[bytes]:
        """Return the keys of what is stored, but for those too short to be known again in a text."""
        stored = self._recorded.state.entities.values()
        return {key.encode() for entities in stored for key in entities if len(key) >= MIN_TOKEN}

    def _miss(self, exchange: Exchange) -> None:
        request, answer = exchange.request, self.answer(exchange)
        known, addressed = _writes(answer), request.method != TO_WHAT_PROCESSES_IT
        given = _names(request, exchange.response) - self._met
        # what the model knows to be written, it follows; an identifier of the client's is then a reference
        self._given |= given - _names(request) if known else given
        if addressed or not known:
            self._given |= set(_OPAQUE_BYTES.findall(request.path.encode("latin-1")))
        if addressed and answer.key is not None and len(answer.key) >= MIN_TOKEN:
            self._keys.add(answer.key.encode())
        if addressed:
            self._touched.add(request.path)
        elif not known:
            self._asked.add(request.path)
        self._missed = True

    def _answered(self, exchange: Exchange, state: Session) -> Answer:
        trial = state.branch(self._seed)
        return self._twin.respond(exchange.request, trial, now_ms=exchange.started_at_ms)


def _upwards(path: str) -> Iterator[str]:
    """Yield a path, and those above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _writes(answer: Answer) -> bool:
    """Whether the model knows what an exchange changes."""
    return (
        answer.route is not None
        and answer.variant is not None
        and bool(answer.route.variants[answer.variant].effects)
    )


def _tokens(exchange: Exchange) -> Iterator[bytes]:
    """Yield the words of a request's target and body, and of the answer's body."""
    request, response = exchange.request, exchange.response
    for part in (request.target.encode("latin-1"), request.body, response.body):
        yield from TOKEN_BYTES.findall(part)


def _names(request: Request, response: Response | None = None) -> set[bytes]:
    """Return the identifiers in an exchange: in target, bodies and the place of what was created."""
    parts = [request.target.encode("latin-1"), request.body]
    if response is not None:
        parts += [response.body, (header(response.headers, "location") or "").encode("utf-8", "replace")]
    return {found for part in parts for found in _OPAQUE_BYTES.findall(part)}
