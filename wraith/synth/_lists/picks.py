"""Routes that answer with an entity which no request names: the head of a queue, the latest, the next.

The service picks the entity: the first or the last that is there, of all or of a parent's children, perhaps
of those only that are in some state. Where nothing that was handed out is handed out again, and no state says
why, it is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wraith.canonical import JsonValue
from wraith.paths import Found, Path, get
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._lists.hidden import meets, telling
from wraith.synth._roles.addressing import TELLING
from wraith.synth._roles.roles import Collection, Role, object_paths_with
from wraith.synth._routes.routes import RoutePattern
from wraith.synth._world.world import deletes, reveals
from wraith.wir import Call, Expr, Literal, Query, Ref, StateOp, Text, Where

ENOUGH = 2
"""Different entities that were picked among others."""

SHARE = 0.8
"""The share of answers that a way of picking has to explain."""


MAX_EVENTS = 200
"""Picks of one route that are looked at."""

_Place = tuple[str, Path]
"""A collection, and where an answer holds a representation of it."""


@dataclass(frozen=True, slots=True)
class _Pick:
    """An entity that was picked, among those that were there in their order, and whether the route had picked
    these before."""

    key: str
    among: tuple[tuple[str, JsonValue], ...]
    again: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Way:
    """The first or the last, of all, of those not picked before, or of those that meet a condition."""

    last: bool
    fresh: bool = False
    where: tuple[Where, ...] = ()

    def choose(self, pick: _Pick) -> tuple[list[str], str | None]:
        """Return what there is to choose from, and which is chosen."""
        some = [
            key
            for key, document in pick.among
            if not (self.fresh and key in pick.again)
            and all(meets(each, get(document, each.field)) for each in self.where)
        ]
        return some, (some[-1 if self.last else 0] if some else None)


def _best(picks: Sequence[_Pick]) -> _Way | None:
    """Return the way of picking that explains most, the simplest of equals."""
    ways = [_Way(last, fresh) for fresh in (False, True) for last in (False, True)]
    for last in (False, True):
        ways += [_Way(last, where=(where,)) for where in _conditions(picks, last)]
    hits = {way: _hits(way, picks) for way in ways}
    good = [way for way in ways if hits[way] >= len(picks) * SHARE]
    return max(good, key=lambda way: (hits[way], -ways.index(way)), default=None)


def _hits(way: _Way, picks: Sequence[_Pick]) -> int:
    """Return how many picks are as a way says, 0 where too few of them were among others."""
    hits, told = 0, set()
    for pick in picks:
        _, chosen = way.choose(pick)
        hits += chosen == pick.key
        if chosen == pick.key and len(pick.among) > 1:
            told.add(pick.key)
    return hits if len(told) >= ENOUGH else 0


def _conditions(picks: Sequence[_Pick], last: bool) -> Iterator[Where]:
    """Yield conditions that what was picked meets, and what stands before it does not."""
    passed: list[JsonValue] = []
    taken: list[JsonValue] = []
    for pick in picks:
        for key, document in reversed(pick.among) if last else pick.among:
            if key == pick.key:
                taken.append(document)
                break
            passed.append(document)
    if len(passed) >= ENOUGH:
        for path, op, value in telling(passed, taken):
            yield Where(path, op, Literal(value), absent=value is None)


def with_picks(
    patterns: Sequence[RoutePattern], roles: Sequence[Role], sessions: Iterable[Sequence[Seen]]
) -> tuple[Role, ...]:
    """Return the roles, with those of routes that pick what they answer with."""
    collections = {
        role.collection.name: role.collection
        for role in roles
        if role.collection is not None and role.collection.key and role.op in ("create", "update")
    }
    free = {number for number, role in enumerate(roles) if _may_pick(role)}
    if not collections or not free:
        return tuple(roles)
    picks: dict[int, dict[_Place, list[_Pick]]] = defaultdict(lambda: defaultdict(list))
    for session in sessions:
        _count(session, patterns, roles, collections, free, picks)
    done = list(roles)
    for number, by_place in picks.items():
        name, envelope = min(by_place, key=lambda each: (-len(by_place[each]), len(each[1]), each))
        way = _best(by_place[name, envelope])
        if way is not None:
            done[number] = _picking(patterns[number], collections[name], envelope, way)
    return tuple(done)


def _may_pick(role: Role) -> bool:
    """Whether nothing is known of what a route answers with but that it looks new."""
    single = role.op == "read" and isinstance(role.key, Literal)
    unread = role.op in ("none", "action", "create") and role.listing is None
    return (unread or single) and (role.envelope is None or role.op == "create" or single) and not role.views


def _count(
    session: Sequence[Seen],
    patterns: Sequence[RoutePattern],
    roles: Sequence[Role],
    collections: dict[str, Collection],
    free: set[int],
    picks: dict[int, dict[_Place, list[_Pick]]],
) -> None:
    alive: dict[str, dict[str, JsonValue]] = defaultdict(dict)
    makers: dict[tuple[str, str], int] = {}
    before: dict[tuple[int, str], set[str]] = defaultdict(set)
    for seen in session:
        if seen.route < 0 or not seen.ok:
            continue
        role = roles[seen.route]
        for name, envelope, key in (
            _shown(seen, patterns[seen.route], collections) if seen.route in free else ()
        ):
            known = alive[name].get(key)
            own = role.collection is None or role.op != "create" or role.collection.name == name
            if known is None or not own or makers[name, key] == seen.route:
                continue
            shown = get(seen.document, envelope)
            if _is_particular(key) or _are_alike(shown, known, collections[name].key):
                found, again = picks[seen.route][name, envelope], before[seen.route, name]
                if len(found) < MAX_EVENTS:
                    found.append(_Pick(key, _siblings(alive[name], key), frozenset(again)))
                again.add(key)
                if isinstance(shown, dict):
                    alive[name][key] = shown
        for reveal in reveals(seen, role):
            name, key = reveal.key
            if key in alive[name] and not reveal.listed:
                alive[name][key] = reveal.value
            elif name in collections and (reveal.created or role.op == "create"):
                alive[name][key] = reveal.value
                makers[name, key] = seen.route
        if (gone := deletes(seen, role)) is not None:
            alive[gone[0]].pop(gone[1], None)


def _shown(
    seen: Seen, pattern: RoutePattern, collections: dict[str, Collection]
) -> Iterator[tuple[str, Path, str]]:
    """Yield what an answer may be a representation of, that the request does not name: collection, place and
    key."""
    sent = {*seen.segments}
    for document in (seen.sent, seen.asked):
        if isinstance(document, dict):
            sent.update(text for value in document.values() if (text := text_of(value)) is not None)
    by_key: dict[Path, list[tuple[Path, str]]] = {}  # most collections have keys of one name
    for name, collection in collections.items():
        if collection.key not in by_key:
            by_key[collection.key] = list(_keys_in(seen.document, collection.key))
        for envelope, own in by_key[collection.key]:
            if own not in sent:
                above = [seen.parameters[each] for each in pattern.names] if collection.composite else []
                yield name, envelope, "/".join([*above, own])


def _keys_in(document: Found, key: Path) -> Iterator[tuple[Path, str]]:
    """Yield the objects in an answer that have a key: where they stand, and the key."""
    for envelope in object_paths_with(document, key):
        own = text_of(get(document, (*envelope, *key)))
        if own is not None:
            yield envelope, own


def _is_particular(key: str) -> bool:
    own = key.rpartition("/")[2]
    return len(own) >= TELLING and not own.isdigit()


def _are_alike(shown: Found, known: JsonValue, key: Path) -> bool:
    """Whether two representations have another member in common than their key."""
    return (
        isinstance(shown, dict)
        and isinstance(known, dict)
        and any(name in known and known[name] == value and (name,) != key for name, value in shown.items())
    )


def _siblings(alive: Mapping[str, JsonValue], key: str) -> tuple[tuple[str, JsonValue], ...]:
    above = key.rpartition("/")[0]
    return tuple((each, document) for each, document in alive.items() if each.rpartition("/")[0] == above)


def _picking(pattern: RoutePattern, collection: Collection, envelope: Path, way: _Way) -> Role:
    op: StateOp = "delete" if way.fresh else "read" if pattern.method == "GET" else "action"
    role = Role(op, collection, envelope, parents=pattern.names, picks=True)
    return replace(role, key=_key(role, _query(role, way)))


def _query(role: Role, way: _Way) -> Query:
    assert role.collection is not None  # Invariant: a role that picks has one
    steps: list[Expr] = []
    for name in role.parents if role.collection.composite else ():
        steps += [Literal("/"), Ref(("request", "path", name))]
    under = steps[1] if len(steps) == 2 else Text(tuple(steps[1:])) if steps else None
    return Query(
        role.collection.name,
        way.where,
        order=(((), True),) if way.last else (),
        under=under,
        item=Ref(("entity", *role.collection.key)),
    )


def _key(role: Role, query: Query) -> Expr:
    own = Call("element", (query, Literal(0)))
    return own if query.under is None else Text((query.under, Literal("/"), own))
