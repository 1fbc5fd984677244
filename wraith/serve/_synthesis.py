"""Entities that were never seen, made up when a request names one: ``--unknown-entity synthesize``.

Tests that bring ids of their own then find something. It is what another entity of the type is, under the key
that was asked for; where there is none to be like, and where the session has had the entity and lost it, the
model answers as it does.
"""

from __future__ import annotations

import re

from wraith.canonical import JsonValue
from wraith.exchange import Request
from wraith.paths import MISSING, Path, get
from wraith.runtime import Answer, Twin, replaced
from wraith.serve._sessions import Client


class Synthesis:
    """Makes up entities of one twin."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._keys = {entity.name: entity.key for entity in twin.model.entities}
        self._fixtures = {kind: stored[0].value for kind, stored in twin.model.fixtures.items() if stored}

    def before(self, request: Request, client: Client, now_ms: int) -> None:
        """Put the entity that a request addresses into the session, where it was never there."""
        choice = self._twin.choose(request, client.session, now_ms=now_ms)
        if choice is None or choice.key is None or choice.route.entity is None:
            return
        kind, state = choice.route.entity, client.session.state
        if choice.route.state_op == "create" or (kind, choice.key) in client.known:
            return
        if state.get(kind, choice.key) is not MISSING:
            return
        like = next(iter(state.all(kind).values()), self._fixtures.get(kind))
        if like is not None and kind in self._keys:
            made = _under(like, self._keys[kind], choice.key.rpartition("/")[2])
            if made is not None:
                state.put(kind, choice.key, made)

    def after(self, answer: Answer, client: Client) -> None:
        """Remember which entities there were: what is deleted stays so."""
        if answer.stored and answer.key is not None and answer.route is not None and answer.route.entity:
            client.known.add((answer.route.entity, answer.key))


def _moved(document: JsonValue, own: str, key: str) -> JsonValue:
    """Return an entity whose addresses name another key. Numbers are left alone, for one may name a parent as
    well."""
    if not own or own.isdigit():
        return document
    segment = re.compile(rf"(?<=/){re.escape(own)}(?=[/?#]|$)")

    def moved(value: JsonValue) -> JsonValue:
        match value:
            case str():
                return segment.sub(lambda _: key, value)
            case list():
                return [moved(part) for part in value]
            case dict():
                return {name: moved(part) for name, part in value.items()}
            case _:
                return value

    return moved(document)


def _under(like: JsonValue, path: Path, key: str) -> JsonValue | None:
    """Return an entity with another key; None where the key is none of the kind that its keys are."""
    own = get(like, path)
    if isinstance(own, str):
        return replaced(_moved(like, own, key), path, key)
    if (
        isinstance(own, int)
        and not isinstance(own, bool)
        and key.isascii()
        and key.isdigit()
        and len(key) < 18
    ):
        return replaced(like, path, int(key))
    return None
