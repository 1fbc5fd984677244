"""Writes that answer with a part of what they wrote: ``{"id": …, "votes": 3}``, or the labels alone.

The members are those of the entity that the path addresses, and some that every read shows are not among
them. So the answer completes what is known, rather than replacing it. What has members that no read shows,
and lacks others, is about the entity, and tells nothing of what is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wraith.canonical import JsonValue
from wraith.paths import get
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Collection, Role, key_text
from wraith.synth._world.world import reveals

ENOUGH = 2
"""Reads that show the members as a write told them, where nothing but their names says whose they are."""


@dataclass(slots=True)
class _Names:
    """The members that representations of a collection have: in every read, and in any."""

    always: set[str] | None = None
    ever: set[str] = field(default_factory=set)

    def add(self, names: set[str]) -> None:
        self.always = names if self.always is None else self.always & names
        self.ever |= names


def with_partials(roles: Sequence[Role], sessions: Iterable[Sequence[Seen]]) -> tuple[Role, ...]:
    """Return the roles, those of writes that answer with a part marked."""
    kept = [[seen for seen in session if seen.route >= 0 and seen.ok] for session in sessions]
    known = _known(roles, kept)
    answers: dict[int, list[Seen]] = defaultdict(list)
    for session in kept:
        for seen in session:
            if seen.method not in ("GET", "HEAD") and seen.status != 204:
                answers[seen.route].append(seen)
    collections = {role.collection.name: role.collection for role in roles if role.collection is not None}
    trial: dict[int, Role] = {}
    other: dict[int, Role] = {}
    for number, some in answers.items():
        if _is_about(roles[number], some, known):
            other[number] = replace(roles[number], envelope=None)
            continue
        role = _partial(roles[number], collections)
        names = known.get(role.collection.name) if role is not None and role.collection is not None else None
        if role is not None and names is not None and all(_is_part(seen, role, names) for seen in some):
            trial[number] = role
    unsure = {number for number in trial if roles[number].envelope is None}
    confirmed = _confirmed([trial.get(n, role) for n, role in enumerate(roles)], unsure, kept)
    return tuple(
        trial[number]
        if number in trial and (number not in unsure or number in confirmed)
        else other.get(number, role)
        for number, role in enumerate(roles)
    )


def _is_about(role: Role, answers: Sequence[Seen], known: Mapping[str, _Names]) -> bool:
    """Whether an action answers with something about an entity that is neither the representation, whose
    members it lacks, nor a part of it, as it has members of its own."""
    if role.op != "action" or role.envelope is None or role.collection is None:
        return False
    names = known.get(role.collection.name)
    shown = [get(seen.document, role.envelope) for seen in answers]
    if names is None or names.always is None:
        return False
    return all(
        isinstance(value, dict) and bool({*value} - names.ever) and bool(names.always - {*value})
        for value in shown
    )


def _known(roles: Sequence[Role], sessions: Sequence[Sequence[Seen]]) -> dict[str, _Names]:
    found: dict[str, _Names] = defaultdict(_Names)
    for session in sessions:
        for seen in session:
            if seen.method == "GET":
                for reveal in reveals(seen, roles[seen.route]):
                    if isinstance(reveal.value, dict):
                        found[reveal.key[0]].add({*reveal.value})
    return found


def _partial(role: Role, collections: Mapping[str, Collection]) -> Role | None:
    """Return the role of a route, if its answers are parts of what its path addresses."""
    if role.store is not None or role.views or role.picks or role.listing is not None:
        return None
    if role.op in ("action", "update") and role.envelope is not None and role.key is not None:
        return replace(role, partial=True)
    if role.op not in ("none", "action") or role.envelope is not None or not role.addressed:
        return None
    name, key = role.addressed[-1]
    if name not in collections:
        return None
    return replace(role, op="action", collection=collections[name], envelope=(), key=key, partial=True)


def _is_part(seen: Seen, role: Role, names: _Names) -> bool:
    assert role.collection is not None  # Invariant: callers have looked
    shown = get(seen.document, role.envelope or ())
    if not isinstance(shown, dict) or names.always is None:
        return False
    told = {*shown} - {str(step) for step in role.collection.key}
    return bool(told) and {*shown} <= names.ever and bool(names.always - {*shown})


def _confirmed(roles: Sequence[Role], unsure: set[int], sessions: Sequence[Sequence[Seen]]) -> set[int]:
    """Return the routes whose answers the next reads of what they address agree with."""
    right: dict[int, int] = defaultdict(int)
    wrong: dict[int, int] = defaultdict(int)
    for session in sessions:
        told: dict[tuple[str, str], tuple[int, dict[str, JsonValue]]] = {}
        for seen in session:
            role = roles[seen.route]
            for reveal in reveals(seen, role):
                before = told.pop(reveal.key, None)
                if before is not None and seen.method == "GET" and isinstance(reveal.value, dict):
                    number, members = before
                    agrees = all(reveal.value.get(name) == value for name, value in members.items())
                    (right if agrees else wrong)[number] += 1
            for name, key in role.addressed if seen.method not in ("GET", "HEAD") else ():
                told.pop((name, key_text(key, seen) or ""), None)
            if seen.route in unsure and isinstance(seen.document, dict) and role.collection is not None:
                told[role.collection.name, role.request_key(seen) or ""] = (seen.route, seen.document)
    return {number for number in unsure if right[number] >= ENOUGH and right[number] > wrong[number]}
