"""Entities addressed elsewhere than in the path: by a member of the body, or by a parameter of the query.

``POST /api/channels.join {"channel": "C1"}`` joins what ``POST /api/channels.create`` answered with. That is
seen by the flow of values: what one answer made comes back, again and again, in the same part of the requests
of other routes. The route that made it creates, those that send it back address the entity by it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.paths import Found, Path, get, leaves
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.bases import lists_in
from wraith.synth._roles.keys import KEY_DEPTH
from wraith.synth._roles.roles import (
    Collection,
    Role,
    envelope_of,
    listing_of,
)
from wraith.synth._routes.routes import RoutePattern, singular
from wraith.synth._shared.priors import PRIOR_KEYS
from wraith.wir import Literal, Ref, StateOp

ENOUGH = 2
"""Values that must have flowed: one may be a coincidence."""

TELLING = 5
"""Characters of a value that is particular by itself; shorter ones need a name that says what they are."""

FIELD_DEPTH = 2
"""How deep in a body a key stands that addresses an entity."""

READS = frozenset("get info show retrieve read fetch describe view lookup find inspect head".split())  # noqa: SIM905
REMOVES = frozenset("delete remove destroy drop purge erase del rm".split())  # noqa: SIM905
"""What the last word of a path says that a call does: priors, where its method says nothing."""

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

Place = tuple[int, Path]
"""A route, and a path in its answers or requests."""


@dataclass(slots=True)
class _Flows:
    """What came back of what answers told, counted over the sessions."""

    hits: Counter[tuple[Place, Place]] = field(default_factory=Counter)
    """How often a value from a place in answers stood at a place in later requests."""
    sent: Counter[Place] = field(default_factory=Counter)
    """How often anything stood at a place in requests."""
    repeated: set[Place] = field(default_factory=set)
    """Places in answers that told a value twice in one session: they are not where keys are made."""
    given: set[Place] = field(default_factory=set)
    """Places in answers whose value the request had brought."""


def with_addressing(
    patterns: Sequence[RoutePattern], roles: Sequence[Role], exchanges: Iterable[Seen]
) -> list[Role]:
    """Return the roles, with those of the routes that address entities by what they send."""
    done = list(roles)
    known = {role.collection.name for role in roles if role.collection and (role.key or role.listing)}
    free = {
        number
        for number, (pattern, role) in enumerate(zip(patterns, roles, strict=True))
        if not (pattern.names or role.views) and (role.collection is None or _is_guess(role, known))
    }
    by_route: dict[int, list[Seen]] = defaultdict(list)
    for seen in exchanges:
        if seen.ok and seen.route >= 0:
            by_route[seen.route].append(seen)
    if not any(_sent(seen) for number in free for seen in by_route[number][:ENOUGH]):
        return done
    flows = _flows(exchanges, free)
    made = _creators(patterns, roles, flows, by_route, free)
    for number, (role, _) in made.items():
        done[number] = role
    keys = _known_keys(made, by_route)
    collections = {role.collection.name: role.collection for role, _ in made.values() if role.collection}
    for number in sorted(free - made.keys()):
        answers = by_route[number]
        found = _listed(answers, collections, keys) or _addressed(
            number, patterns[number], answers, made, flows
        )
        if found is None or (done[number].op != "none" and found.envelope is None and found.listing is None):
            continue  # a document of its own may refer to others: what addresses one shows it
        done[number] = found
    return done


def _is_guess(role: Role, known: set[str]) -> bool:
    """Whether a role may be another: a document of its own, or a creation that nothing is known of but its
    keys."""
    if role.op == "create":
        return role.collection is not None and role.collection.name not in known
    return isinstance(role.key, Literal)


def _sent(seen: Seen) -> list[tuple[Path, str]]:
    """Return the scalars of a request's body and query, as paths of the request with their texts."""
    found: list[tuple[Path, str]] = []
    for root, document in (("body", seen.sent), ("query", seen.asked)):
        for path, value in _scalars(document, FIELD_DEPTH):
            if (text := text_of(value)) and not isinstance(value, bool):
                found.append((("request", root, *path), text))
    return found


def _scalars(document: Found, depth: int) -> Iterator[tuple[Path, JsonValue]]:
    """Yield the scalars that stand in members of members, not in lists."""
    if isinstance(document, dict):
        for path, value in leaves(document):
            plain = isinstance(value, str | int) and not isinstance(value, bool)
            if plain and len(path) <= depth and all(isinstance(step, str) for step in path):
                yield path, value


def _flows(exchanges: Iterable[Seen], free: set[int]) -> _Flows:
    flows = _Flows()
    session = -1
    told: dict[str, set[Place]] = {}
    for seen in exchanges:
        if seen.session != session:
            session, told = seen.session, {}
        if seen.route < 0:
            continue
        sent = _sent(seen)
        if seen.route in free:
            for path, text in sent:
                flows.sent[seen.route, path] += 1
                for place in told.get(text, ()):
                    flows.hits[place, (seen.route, path)] += 1
        if seen.ok and seen.method not in ("GET", "HEAD"):
            brought = {text for _, text in sent}
            for path, value in _scalars(seen.document, KEY_DEPTH):
                place, text = (seen.route, path), str(text_of(value))
                places = told.setdefault(text, set())
                if place in places:
                    flows.repeated.add(place)
                if text in brought:
                    flows.given.add(place)
                places.add(place)
    return flows


def _creators(
    patterns: Sequence[RoutePattern],
    roles: Sequence[Role],
    flows: _Flows,
    by_route: Mapping[int, list[Seen]],
    free: set[int],
) -> dict[int, tuple[Role, Place]]:
    """Return the routes that make what others address, with the place of the key in their answers."""
    votes: dict[int, Counter[Path]] = defaultdict(Counter)
    fields: dict[Place, Counter[str]] = defaultdict(Counter)
    for (source, target), hits in flows.hits.items():
        if target[0] == source[0] or source in flows.repeated or not _is_key(source[1]):
            continue
        if hits < ENOUGH or hits * 2 < flows.sent[target] or not _is_named(source, target, by_route):
            continue
        votes[source[0]][source[1]] += hits
        fields[source][str(target[1][-1])] += hits
    found: dict[int, tuple[Role, Place]] = {}
    for number, counts in sorted(votes.items()):
        # what the service made comes before what the client called it
        path = min(counts, key=lambda p: ((number, p) in flows.given, -counts[p], _prior(p), len(p), str(p)))
        role = roles[number]
        if number not in free or _makes(role, path):
            if _makes(role, path):
                found[number] = (role, (number, path))
            continue
        name = _name(path, fields[number, path].most_common(1)[0][0], patterns[number])
        collection = Collection(name, path[-1:])
        found[number] = (Role("create", collection, path[:-1]), (number, path))
    return found


def _makes(role: Role, path: Path) -> bool:
    """Whether a route is known to create, with its keys at that path of its answers."""
    if role.op != "create" or role.envelope is None or role.collection is None or role.collection.composite:
        return False
    return path == (*role.envelope, *role.collection.key)


def _is_key(path: Path) -> bool:
    return _prior(path) < len(PRIOR_KEYS) + 1


def _prior(path: Path) -> int:
    """Return how usual a member is as a key: by its name, or by how that ends."""
    name = str(path[-1])
    if name.lower() in PRIOR_KEYS:
        return PRIOR_KEYS.index(name.lower())
    words = [word.lower() for word in _WORDS.findall(name)]
    return len(PRIOR_KEYS) + (0 if words and words[-1] in (*PRIOR_KEYS, "ref", "token", "number") else 1)


def _is_named(source: Place, target: Place, by_route: Mapping[int, list[Seen]]) -> bool:
    """Whether what flows is particular by itself, or the place that it flows to is called a key."""
    values = [text_of(get(seen.document, source[1])) or "" for seen in by_route[source[0]]]
    long = sum(len(value) >= TELLING for value in values) * 2 > len(values)
    return long or _prior(target[1]) <= len(PRIOR_KEYS) or target[1][-1] in source[1]


def _name(path: Path, sent_as: str, pattern: RoutePattern) -> str:
    """Name a collection: by the member that holds the representation, else by what requests call the key."""
    if len(path) > 1 and str(path[-2]).lower() not in ("data", "result", "response", "payload", "item"):
        return str(path[-2])
    words = [word.lower() for word in _WORDS.findall(sent_as)]
    stem = "_".join(words[:-1] if words and words[-1] in PRIOR_KEYS else words)
    literal = re.sub(r"\W+", "_", str(pattern.shape[-1] or "")) if pattern.shape else ""
    return stem or singular(literal)


def _known_keys(
    made: Mapping[int, tuple[Role, Place]], by_route: Mapping[int, list[Seen]]
) -> dict[str, set[str]]:
    keys: dict[str, set[str]] = defaultdict(set)
    for number, (role, (_, path)) in made.items():
        if role.collection is not None:
            keys[role.collection.name].update(
                text for seen in by_route[number] if (text := text_of(get(seen.document, path))) is not None
            )
    return keys


def _listed(
    answers: Sequence[Seen], collections: Mapping[str, Collection], keys: Mapping[str, set[str]]
) -> Role | None:
    """Return the role of a route that lists what others made, None where it does not."""
    for name, collection in sorted(collections.items()):
        listing = listing_of([seen.document for seen in answers], collection)
        if listing is None:
            continue
        shown = {
            text_of(get(item, collection.key))
            for seen in answers
            for path, items in lists_in(seen.document)
            if path == listing
            for item in items
        }
        if len(shown & keys[name]) >= ENOUGH:
            return Role("list", collection, None, listing)
    return None


def _addressed(
    number: int,
    pattern: RoutePattern,
    answers: Sequence[Seen],
    made: Mapping[int, tuple[Role, Place]],
    flows: _Flows,
) -> Role | None:
    """Return the role of a route that sends back a key, None where it sends none."""
    best: tuple[tuple[int, int, str], Path, Collection] | None = None
    for role, source in made.values():
        for (told, target), hits in flows.hits.items():
            if told == source and target[0] == number and hits >= ENOUGH and role.collection is not None:
                order = (-hits, len(target[1]), str(target[1]))
                if hits * 2 >= flows.sent[target] and (best is None or order < best[0]):
                    best = (order, target[1], role.collection)
    if best is None:
        return None
    _, path, collection = best
    key = Ref(path)
    rows = [
        (text, seen.document)
        for seen in answers
        if (text := next((text for at, text in _sent(seen) if at == path), None)) is not None
    ]
    envelope = envelope_of(collection, rows) if rows else None
    op = _op(pattern)
    if op == "delete":
        envelope = envelope if envelope is not None and _is_whole(rows, envelope) else None
    elif envelope is not None and not _is_whole(rows, envelope):
        envelope = None
    return Role(op, collection, envelope, None, key)


def _is_whole(rows: Sequence[tuple[str, Found]], envelope: Path) -> bool:
    """Whether what stands there is more than the key alone."""
    documents = [get(document, envelope) for _, document in rows]
    return all(isinstance(document, dict) and len(document) > 1 for document in documents)


def _op(pattern: RoutePattern) -> StateOp:
    words = [word.lower() for word in _WORDS.findall(str(pattern.shape[-1] or ""))] if pattern.shape else []
    if pattern.method == "DELETE" or REMOVES.intersection(words[-2:]):
        return "delete"
    if pattern.method in ("GET", "HEAD") or READS.intersection(words[-2:]):
        return "read"
    return "update" if pattern.method in ("PUT", "PATCH") else "action"
