"""What one session says about the world around it: a pure function of the session and of what its routes do.

So it can be made anywhere, and kept for as long as neither changes. ``world`` puts sights together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from wraith.canonical import JsonValue
from wraith.exchange import parse_form
from wraith.runtime import integer_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import SINGLETON_KEY, Role
from wraith.synth._roles.stores import stored_at
from wraith.synth._shared.priors import RESET_PAGING, RESET_SIZES
from wraith.synth._world.world import Key, deletes, reveals
from wraith.wir import Literal

_IDENTIFIER = re.compile(rb'[">]([A-Za-z0-9_-]*\d[A-Za-z0-9_-]{3,})["<]')
"""What may be an identifier in an answer of JSON or XML: a text in one piece, with a digit in it."""


class Sight(NamedTuple):
    """What one exchange shows of the world."""

    at: int
    """The place of the exchange in its session."""
    deleted: tuple[Key, ...] = ()
    stored: tuple[Key, ...] = ()
    """What the request puts into a store."""
    silent: tuple[Key, ...] = ()
    """What a write may have begun that does not say what it stored, or whether anything was there."""
    shown: tuple[tuple[Key, JsonValue, bool], ...] = ()
    """What the answer shows: key, representation, and whether the exchange created it. The representation is
    there where the session shows it for the first time, null elsewhere."""
    listed: tuple[str, int, int | None, str] | None = None
    """The list that the answer is: its collection and route, the size of page asked for (0 where none was,
    None where it is filtered), and what the keys of everything in it begin with."""
    told: tuple[str, ...] = ()
    """What may be identifiers in the answer to a write."""


Sights: TypeAlias = tuple[int, tuple[Sight, ...]]
"""When a session started, and what it shows."""


def sights(session: Sequence[Seen], roles: Sequence[Role]) -> Sights:
    """Return what a session shows, decoded, with its routes assigned."""
    known: set[Key] = set()
    found = tuple(_sight(seen, roles[seen.route], known) for seen in session if seen.route >= 0)
    return session[0].at_ms if session else 0, found


def _sight(seen: Seen, role: Role, known: set[Key]) -> Sight:
    gone, stored = deletes(seen, role), stored_at(seen, role)
    shown: list[tuple[Key, JsonValue, bool]] = []
    for reveal in reveals(seen, role):
        first = reveal.key not in known and not (reveal.created and reveal.key[1] != SINGLETON_KEY)
        known.update((reveal.key,) if first else ())
        shown.append((reveal.key, reveal.value if first else None, reveal.created))
    telling = seen.ok and seen.method not in ("GET", "HEAD", "OPTIONS")
    return Sight(
        seen.index,
        (*((gone,) if gone is not None else ()), *_purged(seen, role)),
        (stored,) if stored is not None else (),
        tuple(_silent(seen, role)),
        tuple(shown),
        _listed(seen, role),
        tuple(_told(seen)) if telling else (),
    )


def _told(seen: Seen) -> Iterator[str]:
    """Yield what may be identifiers in an answer and was not sent: what a request names was there before."""
    sent = f"{seen.request.target}\n".encode() + seen.request.body
    yield from (each.decode() for each in _IDENTIFIER.findall(seen.raw) if each not in sent)


def _purged(seen: Seen, role: Role) -> Iterator[Key]:
    if role.purges and seen.ok and role.collection is not None:
        name = role.collection.name
        yield from ((name, key) for key in role.purged_keys(seen.document, (), seen.parameters))


def _silent(seen: Seen, role: Role) -> Iterator[Key]:
    silent = role.envelope is None or (role.upserts and not isinstance(role.key, Literal))
    begins = silent and role.op == "update" and role.store is None
    if begins and seen.method == "PUT" and seen.ok and role.collection is not None:
        key = role.request_key(seen)
        if key is not None:
            yield role.collection.name, key


def _listed(seen: Seen, role: Role) -> tuple[str, int, int | None, str] | None:
    if role.listing is None or not seen.ok or role.collection is None or role.collection.by_content:
        return None
    composite = role.collection.composite
    if role.parents and not composite:
        return None
    above = "".join(f"{seen.parameters[name]}/" for name in role.parents) if composite else ""
    return role.collection.name, seen.route, _limit(seen), above


def _limit(seen: Seen) -> int | None:
    """Return the size of page that a request asks for, 0 where it names none; None where it asks for another
    part than the first, or filters."""
    query = parse_form(seen.request.query)
    if not query.keys() <= RESET_PAGING:
        return None
    for name, value in query.items():
        number = integer_of(value)
        if name not in RESET_SIZES and number not in (None, 0, 1):
            return None
    sizes = [
        number
        for name, value in query.items()
        if name in RESET_SIZES and (number := integer_of(value)) is not None
    ]
    if not sizes and query:
        return None  # a page of the service's own size
    return min(sizes, default=0)
