"""Texts that an answer hands out to be named once: refresh tokens, authorization codes, receipts.

The first request that names such a text is accepted, and each one after that is refused. So what was handed
out is filed with what the answer said of it, and the request that is accepted takes it away; whether it is
there is a question like any other about what a request refers to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Path, leaves
from wraith.synth._effects.side_effects import SideEffects
from wraith.synth._effects.tokens import SHORTEST, granted
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Role
from wraith.wir import Delete, Effect, Object, Put, Ref

GRANTS = "grants"
"""The collection of what was handed out and not yet used. No path of a service addresses it."""

ENOUGH = 2
"""Texts that must be accepted once and then refused; none may be accepted twice."""

_Place = tuple[int, Path]
"""A route, and a path in its answers or in the bodies of its requests."""


@dataclass(slots=True)
class _Grant:
    """A text that was handed out, and the requests that named it, each with where."""

    issuer: Seen
    at: Path
    uses: list[tuple[Path, Seen]] = field(default_factory=list)


def learn_grants(sessions: Iterable[Sequence[Seen]], roles: Sequence[Role]) -> SideEffects:
    """Return what hands out and uses up texts that can be named once, by route."""
    used: dict[_Place, list[_Grant]] = defaultdict(list)
    for grant in (grant for session in sessions for grant in _handed_out(session, roles)):
        for place in dict.fromkeys((seen.route, at) for at, seen in grant.uses):
            used[place].append(grant)
    effects: dict[int, list[Effect]] = defaultdict(list)
    issued: dict[_Place, list[_Grant]] = defaultdict(list)
    for (route, at), grants in sorted(used.items(), key=repr):
        if _once(route, at, grants):
            effects[route].append(Delete(GRANTS, Ref(("request", "body", *at))))
            for grant in grants:
                if grant not in issued[grant.issuer.route, grant.at]:
                    issued[grant.issuer.route, grant.at].append(grant)
    for (route, at), grants in sorted(issued.items(), key=repr):
        told = Object(tuple(granted([each.issuer.document for each in grants], at[:-1])))
        effects[route].append(Put(GRANTS, Ref(("response", "body", *at)), told))
    return {route: tuple(some) for route, some in effects.items()}


def _handed_out(session: Sequence[Seen], roles: Sequence[Role]) -> list[_Grant]:
    """Return the texts that answers of a session tell first, no keys of what they answer with, and later
    requests name in their bodies."""
    told: dict[str, _Grant] = {}
    for seen in session:
        if seen.route < 0:
            continue
        for path, value in leaves(seen.sent) if isinstance(seen.sent, dict) else ():
            if isinstance(value, str) and value in told:
                told[value].uses.append((path, seen))
        if seen.ok and seen.method != "GET" and seen.document is not MISSING:
            role = roles[seen.route]
            own = {role.response_key(seen.document, seen.parameters), role.request_key(seen)}
            for path, value in leaves(seen.document):
                if _is_text(value) and value not in own and value.encode() not in seen.request.body:
                    told.setdefault(value, _Grant(seen, path))
    return [grant for grant in told.values() if grant.uses]


def _is_text(value: JsonValue) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) >= SHORTEST and " " not in value


def _once(route: int, at: Path, grants: Sequence[_Grant]) -> bool:
    """Whether a route accepts each text once, and then no more."""
    spent = 0
    for grant in grants:
        answers = [seen.ok for path, seen in grant.uses if (seen.route, path) == (route, at)]
        if sum(answers) > 1:
            return False
        spent += len(answers) > 1 and answers[0]
    return spent >= ENOUGH
