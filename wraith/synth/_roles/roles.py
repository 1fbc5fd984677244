"""What each route does to which entity, from the flow of keys.

A collection is what stands before a parameter: the entities of ``/v1/customers/{customer_id}`` are
*customers*. Where a representation holds its own key is found by looking where the parameter's value stands
in successful answers. A route without a parameter that answers one object is a *singleton*.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf
from typing import TypeAlias

from wraith.canonical import JsonValue, compact
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import text_of
from wraith.synth._exchanges.reports import is_personal, is_report
from wraith.synth._exchanges.seen import Seen
from wraith.synth._exchanges.views import views_of
from wraith.synth._roles.bases import (
    Base,
    collection_names,
    is_pair,
    is_shared,
    lists_in,
    unaddressed_bases,
    word_of,
)
from wraith.synth._roles.catalogues import catalogues
from wraith.synth._roles.keys import KEY_DEPTH, key_path, paths_of
from wraith.synth._roles.whole import key_within
from wraith.synth._routes.routes import RoutePattern, RouteTable
from wraith.synth._shared.priors import PRIOR_KEYS
from wraith.wir import Expr, Literal, Ref, StateOp, Text

StoreKind: TypeAlias = OneOf["bytes", "document"]

SINGLETON_KEY = "self"
GONE = (404, 410)
"""RFC 9110, 15.5.5 and 15.5.11: statuses that say nothing but that the thing is not there."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A kind of entity: where a representation holds its key, and which parameters make the key."""

    name: str
    key: Path
    composite: bool = False
    """The key is the whole chain of parameters, because one name lives under many parents."""
    by_content: bool = False
    """Nothing names its entities: what one says is all that tells it from another."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a route does. ``envelope`` is where the representation stands in an answer, ``listing`` where a
    list of them does; ``parameters`` are the names that address the entity or its parent."""

    op: StateOp
    collection: Collection | None = None
    envelope: Path | None = None
    listing: Path | None = None
    key: Expr | None = None
    """The key of the addressed entity, from the request; None on collection routes."""
    parents: tuple[str, ...] = ()
    """Parameters of the path that address a parent."""
    addressed: tuple[tuple[str, Expr], ...] = ()
    """Everything that the path addresses, outermost first: collection and key."""
    store: StoreKind | None = None
    """The collection keeps what clients put there, as bytes or as documents."""
    purged: Path | None = None
    """Where the answers of a route that removes many list what was removed."""
    beside: str | None = None
    """The collection that keeps what answers say around the representation, such as who may see it."""
    around: tuple[tuple[str, Expr], ...] = ()
    """What is kept around everything that the path addresses: collection and key."""
    views: tuple[tuple[Path, tuple[str, Path]], ...] = ()
    """Members of the answer that are whole collections, with their names and where keys stand in them."""
    partial: bool = False
    """The answer is a part of the representation, which completes what is known."""
    past: tuple[Expr, ...] = ()
    """Where requests name an old version of what they address; such answers tell nothing of the present."""
    upserts: bool = False
    """A PUT that was never refused because there is nothing to write over."""
    picks: bool = False
    """The service picks the entity; ``key`` says how, from what is stored."""

    @property
    def inner(self) -> tuple[str, Expr] | None:
        """What the path addresses below the entity that a write answers with: collection and key."""
        lower = self.op == "action" and self.addressed and self.addressed[-1][1] != self.key
        return self.addressed[-1] if lower else None

    @property
    def purges(self) -> bool:
        """Whether the route removes entities of a collection without naming one."""
        return self.op == "delete" and self.key is None and self.collection is not None

    def purged_keys(self, document: Found, stored: Iterable[str], parameters: dict[str, str]) -> list[str]:
        """Return the keys that an answer says it removed: those it lists, else all below the parent."""
        items = get(document, self.purged) if self.purged is not None else MISSING
        if isinstance(items, list):
            return [key for item in items if (key := self.element_key(item, parameters)) is not None]
        if self.collection is None or not self.collection.composite:
            return list(stored)
        above = "/".join(parameters[name] for name in self.parents)
        return [key for key in stored if key.startswith(f"{above}/")]

    def response_key(self, document: Found, parameters: dict[str, str]) -> str | None:
        """Return the key under which the representation in an answer is stored, or None."""
        if self.collection is None or self.envelope is None:
            return None
        if isinstance(self.key, Literal):
            return SINGLETON_KEY
        return self.element_key(get(document, self.envelope), parameters)

    def element_key(self, representation: Found, parameters: dict[str, str]) -> str | None:
        """Return the key of a representation that this route answered with."""
        if self.collection is None:
            return None
        if self.collection.by_content:
            return compact(representation).decode() if representation is not MISSING else None
        own = text_of(get(representation, self.collection.key))
        if own is None or not self.collection.composite:
            return own
        return "/".join([*(parameters[name] for name in self.parents), own])

    def request_key(self, seen: Seen) -> str | None:
        """Return the key that a request addresses, or None on a collection route. What a service picks is
        told by the answer."""
        if self.picks:
            return self.response_key(seen.document, seen.parameters) if seen.ok else None
        return key_text(self.key, seen)


def key_text(key: Expr | None, seen: Seen) -> str | None:
    """Return a key that is made of parts of a request, None where one is missing."""
    match key:
        case Literal(value):
            return text_of(value)
        case Ref(("request", "path", str(name))):
            return seen.parameters.get(name)
        case Ref(("request", "body", *rest)):
            return text_of(get(seen.sent, tuple(rest)))
        case Ref(("request", "query", *rest)):
            return text_of(get(seen.asked, tuple(rest)))
        case Text(parts):
            texts = [key_text(part, seen) for part in parts]
            return None if None in texts else "".join(str(text) for text in texts)
    return None


def assign_roles(table: RouteTable, exchanges: Iterable[Seen]) -> tuple[Role, ...]:
    """Return the role of each route of the table, in its order."""
    by_route: dict[int, list[Seen]] = defaultdict(list)
    lacking: set[int] = set()
    for seen in exchanges:
        if seen.route >= 0 and seen.ok:
            by_route[seen.route].append(seen)
        elif seen.status in GONE:
            lacking.add(seen.route)
    unaddressed = catalogues(table.patterns, by_route) | unaddressed_bases(table, by_route)
    names = collection_names(table, by_route, unaddressed)
    collections = {
        base: Collection(name, unaddressed[base], is_shared(base, unaddressed[base], table, by_route))
        if base in unaddressed
        else _collection(name, base, table, by_route, names)
        for base, name in names.items()
    }
    read = {
        pattern.shape
        for position, pattern in enumerate(table.patterns)
        if pattern.method == "GET" and by_route[position]
    }
    found = [
        replace(
            _role(pattern, by_route[position], collections, read),
            addressed=_addressed(pattern, collections),
            upserts=pattern.method == "PUT" and position not in lacking,
        )
        for position, pattern in enumerate(table.patterns)
    ]
    known = dict.fromkeys(_keyed(role.collection) for role in found if role.collection is not None)
    surrounded = _surrounded(found, by_route)
    return tuple(
        _with_views(
            _with_surroundings(role, surrounded),
            pattern,
            by_route[position],
            [each for each in known if each is not None],
        )
        for position, (role, pattern) in enumerate(zip(found, table.patterns, strict=True))
    )


def _with_surroundings(role: Role, surrounded: set[str]) -> Role:
    own = role.collection is not None and role.envelope and role.collection.name in surrounded
    return replace(
        role,
        beside=surroundings(role.collection.name) if role.collection is not None and own else None,
        around=tuple((surroundings(name), key) for name, key in role.addressed if name in surrounded),
    )


def surroundings(name: str) -> str:
    """Return the name of the collection that keeps what is said around the entities of a collection."""
    return f"{name}.around"


def _surrounded(roles: Sequence[Role], by_route: dict[int, list[Seen]]) -> set[str]:
    """Return the collections whose writes answer with more than the representation, and not always the
    same."""
    said: dict[str, list[JsonValue]] = defaultdict(list)
    for position, role in enumerate(roles):
        if role.collection is not None and role.envelope and role.op in ("create", "update"):
            for seen in by_route[position]:
                if isinstance(seen.document, dict):
                    rest = {k: v for k, v in seen.document.items() if k != role.envelope[0]}
                    said[role.collection.name].append(rest)
    return {name for name, rests in said.items() if any(rest != rests[0] for rest in rests)}


def _keyed(collection: Collection) -> tuple[str, Path] | None:
    return None if collection.composite else (collection.name, collection.key)


def _with_views(
    role: Role, pattern: RoutePattern, answers: list[Seen], collections: list[tuple[str, Path]]
) -> Role:
    """A route that seems to answer a document of its own may show the others' collections."""
    alone = role.op == "none" or (role.op == "read" and isinstance(role.key, Literal))
    if pattern.method != "GET" or pattern.names or not alone:
        return role
    views = views_of(answers, collections)
    return Role("none", views=views) if views else role


def _addressed(pattern: RoutePattern, collections: dict[Base, Collection]) -> tuple[tuple[str, Expr], ...]:
    found = []
    for at, segment in enumerate(pattern.shape):
        if segment is None and pattern.shape[:at] in collections:
            collection = collections[pattern.shape[:at]]
            names = pattern.names[: pattern.shape[: at + 1].count(None)]
            found.append((collection.name, key_expr(names, collection)))
    return tuple(found)


def _collection(
    name: str, base: Base, table: RouteTable, by_route: dict[int, list[Seen]], names: dict[Base, str]
) -> Collection:
    rows: list[tuple[str, Found]] = []
    parents: dict[str, set[str]] = defaultdict(set)
    told = untold = 0
    for position, pattern in enumerate(table.patterns):
        if pattern.shape == (*base, None):
            for seen in by_route[position]:
                own = seen.parameters[pattern.names[-1]]
                rows.append((own, seen.document))
                above = [seen.parameters[parent] for parent in pattern.names[:-1]]
                parents[own].add("/".join(above))
                if above:
                    stands = paths_of(above[-1], seen.document)
                    told, untold = told + bool(stands), untold + (not stands)
    key = key_path(rows)
    nested = None in base
    shared = any(len(above) > 1 for above in parents.values())
    if is_pair(base):
        untold, told = 1, 0
    composite = nested and (shared or untold > told) and sum(names[each] == name for each in names) == 1
    own_key = key_within(key or ("id",), *_listed_and_written(base, table, by_route))
    return Collection(name, own_key, composite)


def _listed_and_written(
    base: Base, table: RouteTable, by_route: dict[int, list[Seen]]
) -> tuple[list[Found], list[Seen]]:
    """Return the answers that list a collection, and the exchanges that wrote to it."""
    listed: list[Found] = []
    written: list[Seen] = []
    for position, pattern in enumerate(table.patterns):
        if pattern.shape == base and pattern.method == "GET":
            listed += [seen.document for seen in by_route[position]]
        elif pattern.shape in (base, (*base, None)) and pattern.method in ("POST", "PUT", "PATCH"):
            written += by_route[position]
    return listed, written


def _role(
    pattern: RoutePattern, answers: list[Seen], collections: dict[Base, Collection], read: set[Base]
) -> Role:
    shape = pattern.shape
    if pattern.method in ("POST", "PUT", "PATCH", "DELETE") and (
        parent := _answers_parent(pattern, answers, collections)
    ):
        return parent
    if shape and shape[-1] is None and shape[:-1] in collections:
        return _item_role(pattern, answers, collections[shape[:-1]])
    if shape in collections:
        return _collection_role(pattern, answers, collections[shape])
    same_word = [
        each
        for base, each in collections.items()
        if (base[-1:] == shape[-1:] and None not in base)
        or (is_pair(base) and word_of(base) == shape[-1] and base.count(None) == shape.count(None))
    ]
    if same_word and None in shape:
        return _collection_role(pattern, answers, same_word[0])
    for at in range(len(shape) - 1, 0, -1):  # an action on what the path addresses
        if shape[at] is None and shape[:at] in collections:
            return _action_role(pattern, answers, collections[shape[:at]])
    if None not in shape and answers and all(isinstance(seen.document, dict) for seen in answers):
        if pattern.method == "GET" and (is_report(answers) or is_personal(answers)):
            return Role("none")
        if shape in read or pattern.method in ("PUT", "PATCH"):
            return _singleton_role(pattern)
        return _creation_role(answers, str(shape[-1])) if pattern.method == "POST" else Role("none")
    return Role("none")


def _answers_parent(
    pattern: RoutePattern, answers: list[Seen], collections: dict[Base, Collection]
) -> Role | None:
    """Return the role of a write to a part of an entity that answers with the whole of it, or None."""
    places = [at for at, segment in enumerate(pattern.shape[:-1]) if segment is None]
    if not places or pattern.shape[: places[-1]] not in collections or len(answers) < 2:
        return None
    collection = collections[pattern.shape[: places[-1]]]
    names = pattern.names[: len(places)]
    rows = [(seen.parameters[names[-1]], seen.document) for seen in answers]
    envelope = envelope_of(collection, rows)
    if envelope is None or not all(
        text_of(get(document, (*envelope, *collection.key))) == own for own, document in rows
    ):
        return None
    if pattern.shape[-1] is None:  # a member of its own, unless it is named like its parent
        last = pattern.names[-1]
        if all(seen.parameters[last] == seen.parameters[names[-1]] for seen in answers):
            return None
    return Role("action", collection, envelope, None, key_expr(names, collection), names[:-1])


def _creation_role(answers: list[Seen], name: str) -> Role:
    """A write whose answers carry keys, each another one: it creates, although nothing was ever read back."""
    for key in PRIOR_KEYS:
        own = [text_of(get(seen.document, (key,))) for seen in answers]
        if None not in own and len(set(own)) == len(own) > 1:
            return Role("create", Collection(name, (key,)), ())
    return Role("none")


_ITEM_OPS: dict[str, StateOp] = {"GET": "read", "HEAD": "read", "DELETE": "delete"}


def _item_role(pattern: RoutePattern, answers: list[Seen], collection: Collection) -> Role:
    op: StateOp = _ITEM_OPS.get(pattern.method, "update")
    envelope = envelope_of(
        collection, [(seen.parameters[pattern.names[-1]], seen.document) for seen in answers]
    )
    return Role(op, collection, envelope, None, key_expr(pattern.names, collection), pattern.names[:-1])


def key_expr(names: tuple[str, ...], collection: Collection) -> Expr:
    if not collection.composite:
        return Ref(("request", "path", names[-1]))
    parts: list[Expr] = []
    for name in names:
        parts += [Literal("/"), Ref(("request", "path", name))]
    return Text(tuple(parts[1:]))


def envelope_of(collection: Collection, rows: list[tuple[str, Found]]) -> Path | None:
    """Return where the representation with that key stands in answers: the root, or below a member."""
    counts: Counter[Path] = Counter()
    for value, document in rows:
        for path in paths_of(value, document):
            if collection.key and path[-len(collection.key) :] == collection.key:
                counts[path[: -len(collection.key)]] += 1
    if not counts or max(counts.values()) * 2 < len(rows):
        return None
    return min(counts, key=lambda path: (-counts[path], len(path), str(path)))


def _collection_role(pattern: RoutePattern, answers: list[Seen], collection: Collection) -> Role:
    parents = pattern.names
    if pattern.method in ("GET", "HEAD"):
        listing = listing_of([seen.document for seen in answers], collection)
        if listing is not None:
            return Role("list", collection, None, listing, None, parents)
        return Role("none", collection, parents=parents)
    if pattern.method == "DELETE" and answers:
        listing = listing_of([seen.document for seen in answers], collection)
        return Role("delete", collection, parents=parents, purged=listing)
    counts: Counter[Path] = Counter()
    for seen in answers:
        counts.update(object_paths_with(seen.document, collection.key))
    if counts and pattern.method != "DELETE":
        envelope = min(counts, key=lambda path: (-counts[path], len(path), str(path)))
        return Role("create", collection, envelope, None, None, parents)
    return Role("none", collection, parents=parents)


def object_paths_with(document: Found, key: Path, at: Path = ()) -> list[Path]:
    if not isinstance(document, dict) or len(at) >= KEY_DEPTH:
        return []
    found: list[Path] = [at] if text_of(get(document, key)) is not None else []
    for name, member in document.items():
        found += object_paths_with(member, key, (*at, name))
    return found


def listing_of(documents: list[Found], collection: Collection) -> Path | None:
    """Return where the answers hold a list of representations: the root, or a member at most so many levels
    down as XML needs: root, container, elements."""
    counts: Counter[Path] = Counter()
    for document in documents:
        for path, items in lists_in(document):
            if items and all(text_of(get(item, collection.key)) is not None for item in items):
                counts[path] += 1
            elif not items:
                counts[path] += 0
    if not counts:
        return None
    return min(counts, key=lambda path: (-counts[path], len(path), str(path)))


def _action_role(pattern: RoutePattern, answers: list[Seen], collection: Collection) -> Role:
    at = max(position for position in range(len(pattern.shape)) if pattern.shape[position] is None)
    names = pattern.names[: sum(segment is None for segment in pattern.shape[: at + 1])]
    envelope = envelope_of(collection, [(seen.parameters[names[-1]], seen.document) for seen in answers])
    if pattern.method in ("GET", "HEAD", "OPTIONS"):
        envelope = None  # a report that names the entity shows a part of it, and changes nothing
    return Role("action", collection, envelope, None, key_expr(names, collection), names[:-1])


def _singleton_role(pattern: RoutePattern) -> Role:
    name = "_".join(str(segment) for segment in pattern.shape if segment) or "root"
    op: StateOp = {"GET": "read", "HEAD": "read", "DELETE": "delete"}.get(pattern.method, "update")  # type: ignore[assignment]
    return Role(op, Collection(name, ()), (), None, Literal(SINGLETON_KEY))


def created_key(role: Role) -> Expr:
    """Return the key of what an exchange creates, from its answer."""
    assert role.collection is not None  # Invariant: callers have looked
    assert role.envelope is not None
    own: Expr = Ref(("response", "body", *role.envelope, *role.collection.key))
    if not role.collection.composite:
        return own
    steps: list[Expr] = []
    for name in role.parents:
        steps += [Ref(("request", "path", name)), Literal("/")]
    return Text((*steps, own))


def stored_value(role: Role, document: Found) -> Found:
    """Return the representation that an answer reveals, ``MISSING`` where it reveals none."""
    return get(document, role.envelope) if role.envelope is not None else MISSING
