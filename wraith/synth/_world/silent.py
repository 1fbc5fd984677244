"""Writes that do not say what they stored: the next read of the entity tells.

A write is silent where its answer shows nothing of the entity, or always leaves the same members out. What it
*left* is the representation that the next read in the session shows, if no other write spoke of the entity in
between. Defaults, counters of versions and times that the service added are learned from that like any
answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from wraith.canonical import JsonValue
from wraith.paths import MISSING
from wraith.runtime import Environment, Ids, State
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Role, key_text, stored_value
from wraith.synth._world.world import Key, reveals

ENOUGH = 2
"""Writes of a route that were read back, before what they leave out is taken for a habit."""

Left = list[tuple[Seen, dict[str, JsonValue], bool]]
"""Writes, each with what the next read shows, and whether the entity was unknown before."""


def find_left(sessions: Collection[Sequence[Seen]], roles: Sequence[Role]) -> None:
    """Note on each silent write of the sessions that it is one, and what it left, where a read tells."""
    by_route: dict[int, Left] = defaultdict(list)
    for session in sessions:
        for write in _read_back(session, roles):
            by_route[write[0].route].append(write)
    for route, writes in by_route.items():
        if _is_silent(writes, roles[route]):
            for seen, left, unknown in writes:
                seen.left = left
                seen.begins = unknown and seen.method in ("PUT", "POST")
    quiet = {
        write[0].route for writes in by_route.values() for write in writes if write[0].left is not MISSING
    }
    for session in sessions:
        for seen in session:
            seen.quiet = seen.ok and seen.route in quiet


def _read_back(
    session: Sequence[Seen], roles: Sequence[Role]
) -> Iterator[tuple[Seen, dict[str, JsonValue], bool]]:
    """Yield the writes of a session whose entity the next exchange that speaks of it shows."""
    first: dict[Key, int] = {}
    for number, seen in enumerate(session):
        for key in _told(seen, roles):
            first.setdefault(key, number)
    shown: dict[Key, dict[str, JsonValue]] = {}
    for number, seen in reversed(list(enumerate(session))):
        if seen.route < 0 or not seen.ok:
            continue
        role = roles[seen.route]
        if seen.method in ("GET", "HEAD", "OPTIONS"):
            for reveal in reveals(seen, role):
                if isinstance(reveal.value, dict) and not reveal.hidden:
                    known = shown.get(reveal.key, {}) if reveal.listed else {}
                    shown[reveal.key] = reveal.value if len(reveal.value) >= len(known) else known
            continue
        own = _written(seen, role)
        quiet = role.store is None and role.op in ("create", "update")
        if quiet and own is not None and own in shown:
            yield seen, shown[own], first.get(own, number) >= number
        for spoken in (own, *_addressed(seen, role)):
            if spoken is not None:
                shown.pop(spoken, None)


def _told(seen: Seen, roles: Sequence[Role]) -> Iterator[Key]:
    if seen.route >= 0 and seen.ok:
        role = roles[seen.route]
        yield from (reveal.key for reveal in reveals(seen, role))
        if seen.method != "GET" and (key := _written(seen, role)) is not None:
            yield key


def _written(seen: Seen, role: Role) -> Key | None:
    """Return the entity that a write speaks of: the one that it addresses, or that its answer names."""
    if role.collection is None:
        return None
    key = role.request_key(seen)
    if key is None:
        key = role.response_key(seen.document, seen.parameters)
    return None if key is None else (role.collection.name, key)


def _addressed(seen: Seen, role: Role) -> Iterator[Key]:
    """Yield everything that a write's path addresses: it may change the parents of what it writes, too."""
    for name, expr in role.addressed:
        if (key := key_text(expr, seen)) is not None:
            yield name, key


def _is_silent(writes: Left, role: Role) -> bool:
    """Whether the answers of a route say nothing of what they stored, or always leave the same members out.
    What they say besides, no read shows: it is of the answer."""
    answers = [stored_value(role, seen.document) for seen, _, _ in writes]
    if role.envelope is None:
        return all(answer is MISSING for answer in answers) and role.key is not None
    if len(writes) < ENOUGH:
        return False
    missing = [
        set(left) - set(answer) if isinstance(answer, dict) else set(left)
        for answer, (_, left, _) in zip(answers, writes, strict=True)
    ]
    shown = {name for _, left, _ in writes for name in left}
    extra = [
        set(answer) - set(left)
        for answer, (_, left, _) in zip(answers, writes, strict=True)
        if isinstance(answer, dict)
    ]
    return bool(set.intersection(*missing)) and not any(names & shown for names in extra)


# --- what a state takes over --------------------------------------------------------------------------------


def is_unread(seen: Seen, role: Role) -> bool:
    """Whether an accepted write stored something that nothing shows."""
    return (
        seen.ok
        and role.op == "update"
        and role.envelope is None
        and role.store is None
        and seen.left is MISSING
        and role.collection is not None
        and role.request_key(seen) is not None
    )


def guess(state: State, seen: Seen, role: Role) -> Key | None:
    """Let a state take over what a write that nothing shows has sent; return what was guessed."""
    key = _written(seen, role)
    sent = Environment(seen.request, seen.parameters, State(), Ids(""), seen.at_ms, seen.lists).body
    if key is None or not isinstance(sent, dict):
        return None
    before = state.get(*key)
    if before is MISSING and seen.method == "PATCH":
        return None
    state.put(*key, {**before, **sent} if isinstance(before, dict) else sent)
    return key
