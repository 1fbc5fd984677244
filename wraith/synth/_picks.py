"""Routes that answer with an entity which no request names: the head of a queue, the latest, the next.

The service picks the entity: the first or the last that is there, of all or of a parent's children, perhaps
of those only that it has not handed out before. What is handed out once is gone, unless it is read later: then
it was marked, and a condition on the mark says what is picked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wraith.canonical import JsonValue
from wraith.paths import Found, Path, get
from wraith.runtime import compile_expr, compile_search, text_of
from wraith.synth._addressing import TELLING
from wraith.synth._hidden import telling
from wraith.synth._observe import Observation
from wraith.synth._roles import Collection, Role, object_paths_with
from wraith.synth._routes import RoutePattern
from wraith.synth._seen import Seen
from wraith.synth._world import deletes, reveals
from wraith.wir import Call, Expr, Literal, Query, Ref, StateOp, Text, Where

ENOUGH = 2
"""Different entities that were picked among others."""

SHARE = 0.8
"""The share of answers that a way of picking has to explain."""


@dataclass(frozen=True, slots=True)
class _Way:
    """The last rather than the first, and only what was not picked before."""

    last: bool
    fresh: bool


_WAYS = tuple(_Way(last, fresh) for fresh in (False, True) for last in (False, True))

_Place = tuple[str, Path]
"""A collection, and where an answer holds a representation of it."""


@dataclass(slots=True)
class _Votes:
    """How the ways of picking did on the answers of one route that show a known entity of one collection."""

    total: int = 0
    hits: Counter[_Way] = field(default_factory=Counter)
    told: dict[_Way, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What was picked as a way says, while others were there."""
    read_later: bool = False

    def best(self) -> _Way | None:
        good = [
            way for way in _WAYS if self.hits[way] >= self.total * SHARE and len(self.told[way]) >= ENOUGH
        ]
        return max(good, key=lambda way: (self.hits[way], -_WAYS.index(way)), default=None)


def with_picks(
    patterns: Sequence[RoutePattern], roles: Sequence[Role], sessions: Iterable[Sequence[Seen]]
) -> tuple[Role, ...]:
    """Return the roles, with those of routes that pick what they answer with."""
    collections = {
        role.collection.name: role.collection
        for role in roles
        if role.collection is not None and role.collection.key and role.op in ("create", "update")
    }
    shared = Counter(role.collection.name for role in roles if role.collection is not None)
    free = {number for number, role in enumerate(roles) if _may_pick(role, shared)}
    if not collections or not free:
        return tuple(roles)
    votes: dict[int, dict[_Place, _Votes]] = defaultdict(lambda: defaultdict(_Votes))
    for session in sessions:
        _count(session, patterns, roles, collections, free, votes)
    done = list(roles)
    for number, by_place in votes.items():
        (name, envelope), told = max(
            by_place.items(), key=lambda each: (each[1].total, -len(each[0][1]), each[0][0])
        )
        way = told.best()
        if way is not None:
            done[number] = _picking(patterns[number], collections[name], envelope, way, told.read_later)
    return tuple(done)


def _may_pick(role: Role, shared: Mapping[str, int]) -> bool:
    """Whether nothing is known of what a route answers with: ``shared`` counts the routes of each
    collection."""
    single = role.op == "read" and isinstance(role.key, Literal)
    if role.op == "create" and role.collection is not None and shared[role.collection.name] > 1:
        return False
    unread = role.op in ("none", "action", "create") and role.listing is None
    return (unread or single) and (role.envelope is None or role.op == "create" or single) and not role.views


def _count(
    session: Sequence[Seen],
    patterns: Sequence[RoutePattern],
    roles: Sequence[Role],
    collections: dict[str, Collection],
    free: set[int],
    votes: dict[int, dict[_Place, _Votes]],
) -> None:
    alive: dict[str, dict[str, JsonValue]] = defaultdict(dict)
    makers: dict[tuple[str, str], int] = {}
    picked: dict[tuple[str, str], list[_Votes]] = defaultdict(list)
    for seen in session:
        if seen.route < 0 or not seen.ok:
            continue
        role = roles[seen.route]
        if seen.route in free:
            for name, envelope, key in _shown(seen, patterns[seen.route], collections):
                known = alive[name].get(key)
                if (
                    known is not None
                    and makers.get((name, key)) != seen.route
                    and (
                        _is_particular(key)
                        or _are_alike(get(seen.document, envelope), known, collections[name].key)
                    )
                ):
                    told = votes[seen.route][name, envelope]
                    _vote(told, key, _siblings(alive[name], key), picked, name)
        for reveal in reveals(seen, role):
            name, key = reveal.key
            if not reveal.created and role.key is not None:
                for told in picked.get((name, key), ()):
                    told.read_later = True
            if name in collections and key not in alive[name] and (reveal.created or role.op == "create"):
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
    for name, collection in collections.items():
        for envelope in object_paths_with(seen.document, collection.key):
            own = text_of(get(seen.document, (*envelope, *collection.key)))
            if own is not None and own not in sent:
                above = [seen.parameters[each] for each in pattern.names] if collection.composite else []
                yield name, envelope, "/".join([*above, own])


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


def _siblings(alive: Iterable[str], key: str) -> list[str]:
    above = key.rpartition("/")[0]
    return [each for each in alive if each.rpartition("/")[0] == above]


def _vote(
    told: _Votes, key: str, among: Sequence[str], picked: dict[tuple[str, str], list[_Votes]], name: str
) -> None:
    told.total += 1
    fresh = [each for each in among if told not in picked.get((name, each), ())]
    for way in _WAYS:
        some = fresh if way.fresh else among
        if some and some[-1 if way.last else 0] == key:
            told.hits[way] += 1
            if len(some) > 1 or (way.fresh and len(among) > 1):
                told.told[way].add(key)
    picked[name, key].append(told)


def _picking(
    pattern: RoutePattern, collection: Collection, envelope: Path, way: _Way, read_later: bool
) -> Role:
    taken = way.fresh and not read_later
    op: StateOp = "delete" if taken else "read" if pattern.method == "GET" else "action"
    role = Role(op, collection, envelope, parents=pattern.names, picks=True)
    return replace(role, key=_key(role, _query(role, way.last)))


def _query(role: Role, last: bool) -> Query:
    assert role.collection is not None  # Invariant: a role that picks has one
    steps: list[Expr] = []
    for name in role.parents if role.collection.composite else ():
        steps += [Literal("/"), Ref(("request", "path", name))]
    under = steps[1] if len(steps) == 2 else Text(tuple(steps[1:])) if steps else None
    return Query(
        role.collection.name,
        order=(((), True),) if last else (),
        under=under,
        item=Ref(("entity", *role.collection.key)),
    )


def _key(role: Role, query: Query) -> Expr:
    own = Call("element", (query, Literal(0)))
    return own if query.under is None else Text((query.under, Literal("/"), own))


# --- what is picked, where what was handed out stays -------------------------------------------------------


def with_conditions(roles: Sequence[Role], observations: Sequence[Observation]) -> tuple[Role, ...]:
    """Return the roles, with the conditions on what those pick that leave some entities out."""
    by_route: dict[int, list[Observation]] = defaultdict(list)
    for each in observations:
        if roles[each.seen.route].picks and each.seen.ok:
            by_route[each.seen.route].append(each)
    done = list(roles)
    for number, some in by_route.items():
        done[number] = _conditioned(roles[number], some)
    return tuple(done)


def _conditioned(role: Role, observations: Sequence[Observation]) -> Role:
    query = _query_of(role)
    search = compile_search(query, compile_expr)  # type: ignore[arg-type]  # a query holds expressions only
    passed: list[JsonValue] = []
    taken: list[JsonValue] = []
    for each in observations:
        own = role.request_key(each.seen)
        found = dict(search(each.env))
        if own in found:
            keys = list(found)
            passed += [found[key] for key in keys[: keys.index(own)]]
            taken.append(found[own])
    if len(passed) < ENOUGH or not taken:
        return role
    for path, op, value in telling(passed, taken):
        where = Where(path, op, Literal(value), absent=value is None)
        return replace(role, key=_key(role, replace(query, where=(where,))))
    return role


def _query_of(role: Role) -> Query:
    own = role.key.parts[-1] if isinstance(role.key, Text) else role.key
    assert isinstance(own, Call)  # Invariant: what _key makes
    query = own.of[0]
    assert isinstance(query, Query)
    return query
