"""What is sent once, never shown, and asked for again: passwords, answers to questions, codes.

No answer reveals it, so no representation holds it. Where a later request sends the same value under the same
name, what the creating request sent is kept beside the entity, and guards may compare with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from wraith.paths import get
from wraith.runtime import Environment, Ids, State
from wraith.synth._effects.side_effects import SideEffects
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Role
from wraith.wir import Put, Ref

ENOUGH = 2
"""Different values that were sent again."""

SHORTEST = 4
"""Characters of a value that is not sent again by chance."""


def sent_beside(name: str) -> str:
    """Return the name of the collection that keeps what was sent to create the entities of a collection."""
    return f"{name}.sent"


def learn_secrets(sessions: Iterable[Sequence[Seen]], roles: Sequence[Role]) -> SideEffects:
    """Return the effects of creating routes that keep what is asked for again, by route."""
    again: dict[tuple[int, str], set[str]] = defaultdict(set)
    for session in sessions:
        kept: dict[tuple[str, str], int] = {}
        for seen in session:
            if seen.route < 0 or seen.method == "GET" or not seen.request.body:
                continue
            sent = _members(seen)
            for place in sent & kept.keys():
                if kept[place] != seen.route:
                    again[kept[place], place[0]].add(place[1])
            for place in _hidden(seen, roles[seen.route], sent):
                kept.setdefault(place, seen.route)
    routes = sorted({route for (route, _), values in again.items() if len(values) >= ENOUGH})
    return {route: (_keeping(roles[route]),) for route in routes}


def _members(seen: Seen) -> set[tuple[str, str]]:
    """Return the texts of a request's body with their names."""
    body = Environment(seen.request, seen.parameters, State(), Ids(""), seen.at_ms, seen.lists).body
    if not isinstance(body, dict):
        return set()
    return {
        (name, value) for name, value in body.items() if isinstance(value, str) and len(value) >= SHORTEST
    }


def _hidden(seen: Seen, role: Role, sent: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what a creating request sent that its answer does not show."""
    if not seen.ok or role.op != "create" or role.envelope is None or role.collection is None:
        return []
    shown = get(seen.document, role.envelope)
    if role.collection.composite or not isinstance(shown, dict):
        return []
    return sorted(place for place in sent if place[0] not in shown and place[1].encode() not in seen.raw)


def _keeping(role: Role) -> Put:
    assert role.collection is not None  # Invariant: _hidden has looked
    assert role.envelope is not None
    key = Ref(("response", "body", *role.envelope, *role.collection.key))
    return Put(sent_beside(role.collection.name), key, Ref(("request", "body")))
