"""What each route does to which entity, from the flow of keys.

A collection is what stands before a parameter: the entities of ``/v1/customers/{customer_id}`` are
*customers*. Where a representation holds its own key is found by looking where the parameter's value stands
in successful answers. A route without a parameter that answers one object is a *singleton*.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal as OneOf
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import text_of
from wraith.synth._routes import RoutePattern, RouteTable
from wraith.synth._seen import Seen
from wraith.wir import Expr, Literal, Ref, StateOp, Text

StoreKind: TypeAlias = OneOf["bytes", "document"]

SINGLETON_KEY = "self"
KEY_DEPTH = 3
"""How deep below an envelope a key may stand; deeper ones are references."""

LIST_DEPTH = 3
"""How deep a list of representations may stand."""

PRIOR_KEYS = ("id", "key", "uuid", "slug", "code", "name")
"""Names that keys go by. A prior where no parameter shows the key, never a proof."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A kind of entity: where a representation holds its key, and which parameters make the key."""

    name: str
    key: Path
    composite: bool = False
    """The key is the whole chain of parameters, because one name lives under many parents."""


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
        own = text_of(get(representation, self.collection.key))
        if own is None or not self.collection.composite:
            return own
        return "/".join([*(parameters[name] for name in self.parents), own])

    def request_key(self, parameters: dict[str, str]) -> str | None:
        """Return the key that a request addresses, or None on a collection route."""
        match self.key:
            case Literal(value):
                return text_of(value)
            case Ref(("request", "path", str(name))):
                return parameters.get(name)
            case Text():
                return "/".join(parameters[name] for name in parameters if name)
        return None


def assign_roles(table: RouteTable, exchanges: Iterable[Seen]) -> tuple[Role, ...]:
    """Return the role of each route of the table, in its order."""
    by_route: dict[int, list[Seen]] = defaultdict(list)
    for seen in exchanges:
        if seen.route >= 0 and seen.ok:
            by_route[seen.route].append(seen)
    names = _collection_names(table, by_route)
    collections = {base: _collection(name, base, table, by_route, names) for base, name in names.items()}
    read = {
        pattern.shape
        for position, pattern in enumerate(table.patterns)
        if pattern.method == "GET" and by_route[position]
    }
    return tuple(
        replace(
            _role(pattern, by_route[position], collections, read), addressed=_addressed(pattern, collections)
        )
        for position, pattern in enumerate(table.patterns)
    )


Base = tuple[str | None, ...]


def _addressed(pattern: RoutePattern, collections: dict[Base, Collection]) -> tuple[tuple[str, Expr], ...]:
    found = []
    for at, segment in enumerate(pattern.shape):
        if segment is None and pattern.shape[:at] in collections:
            collection = collections[pattern.shape[:at]]
            names = pattern.names[: pattern.shape[: at + 1].count(None)]
            found.append((collection.name, _key_expr(names, collection)))
    return tuple(found)


def _collection_names(table: RouteTable, by_route: dict[int, list[Seen]]) -> dict[Base, str]:
    """Name the collections: the shape before a final parameter, by its last literal; longer where that is not
    one."""
    bases: dict[Base, bool] = {}
    for position, pattern in enumerate(table.patterns):
        for at, segment in enumerate(pattern.shape):
            if segment is None and at > 0 and pattern.shape[at - 1] is not None:
                bases[pattern.shape[:at]] = bases.get(pattern.shape[:at], False) or bool(by_route[position])
    live = [base for base, succeeded in bases.items() if succeeded]
    by_word: dict[str, list[Base]] = defaultdict(list)
    for base in live:
        by_word[str(base[-1])].append(base)
    names: dict[Base, str] = {}
    for word, same in sorted(by_word.items()):
        flat = [base for base in same if None not in base]
        for base in sorted(same, key=str):
            lone = len(flat) == 1 and base[-2:-1] in ((None,), ())
            alone = len(same) == 1 or lone or base in flat[:1]
            names[base] = word if alone else "_".join(str(each) for each in base if each is not None)
    return names


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
                    stands = _paths_of(above[-1], seen.document)
                    told, untold = told + bool(stands), untold + (not stands)
    key = _key_path(rows)
    nested = None in base
    shared = any(len(above) > 1 for above in parents.values())
    composite = nested and (shared or untold > told) and sum(names[each] == name for each in names) == 1
    return Collection(name, (key or ("id",))[-1:] if key is None or len(key) else ("id",), composite)


def _key_path(rows: Iterable[tuple[str, Found]]) -> Path | None:
    """Return the path at which the parameter's value stands in most answers: most often, then shortest."""
    counts: Counter[Path] = Counter()
    for value, document in rows:
        counts.update(_paths_of(value, document))
    if not counts:
        return None
    return min(counts, key=lambda path: (-counts[path], len(path), _prior(path), str(path)))


def _prior(path: Path) -> int:
    name = path[-1] if path else ""
    return PRIOR_KEYS.index(name) if isinstance(name, str) and name in PRIOR_KEYS else len(PRIOR_KEYS)


def _paths_of(value: str, document: Found, at: Path = ()) -> list[Path]:
    """Return the paths of members, not of list elements, whose scalar reads as the value."""
    if isinstance(document, dict) and len(at) < KEY_DEPTH:
        found = []
        for key, member in document.items():
            found.extend(_paths_of(value, member, (*at, key)))
        return found
    return [at] if at and text_of(document) == value else []


def _role(
    pattern: RoutePattern, answers: list[Seen], collections: dict[Base, Collection], read: set[Base]
) -> Role:
    shape = pattern.shape
    if shape and shape[-1] is None and shape[:-1] in collections:
        return _item_role(pattern, answers, collections[shape[:-1]])
    if shape in collections:
        return _collection_role(pattern, answers, collections[shape])
    same_word = [each for base, each in collections.items() if base[-1:] == shape[-1:] and None not in base]
    if same_word and None in shape:
        return _collection_role(pattern, answers, same_word[0])
    for at in range(len(shape) - 1, 0, -1):  # an action on what the path addresses
        if shape[at] is None and shape[:at] in collections:
            return _action_role(pattern, answers, collections[shape[:at]])
    if None not in shape and answers and all(isinstance(seen.document, dict) for seen in answers):
        if shape in read or pattern.method in ("PUT", "PATCH"):
            return _singleton_role(pattern)
        return _creation_role(answers, str(shape[-1])) if pattern.method == "POST" else Role("none")
    return Role("none")


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
    envelope = _envelope(
        collection, [(seen.parameters[pattern.names[-1]], seen.document) for seen in answers]
    )
    return Role(op, collection, envelope, None, _key_expr(pattern.names, collection), pattern.names[:-1])


def _key_expr(names: tuple[str, ...], collection: Collection) -> Expr:
    if not collection.composite:
        return Ref(("request", "path", names[-1]))
    parts: list[Expr] = []
    for name in names:
        parts += [Literal("/"), Ref(("request", "path", name))]
    return Text(tuple(parts[1:]))


def _envelope(collection: Collection, rows: list[tuple[str, Found]]) -> Path | None:
    """Return where the representation with that key stands in answers: the root, or below a member."""
    counts: Counter[Path] = Counter()
    for value, document in rows:
        for path in _paths_of(value, document):
            if path[-1:] == collection.key:
                counts[path[:-1]] += 1
    if not counts or max(counts.values()) * 2 < len(rows):
        return None
    return min(counts, key=lambda path: (-counts[path], len(path), str(path)))


def _collection_role(pattern: RoutePattern, answers: list[Seen], collection: Collection) -> Role:
    parents = pattern.names
    if pattern.method in ("GET", "HEAD"):
        listing = _listing([seen.document for seen in answers], collection)
        if listing is not None:
            return Role("list", collection, None, listing, None, parents)
        return Role("none", collection, parents=parents)
    counts: Counter[Path] = Counter()
    for seen in answers:
        counts.update(_object_paths_with(seen.document, collection.key))
    if counts and pattern.method != "DELETE":
        envelope = min(counts, key=lambda path: (-counts[path], len(path), str(path)))
        return Role("create", collection, envelope, None, None, parents)
    return Role("none", collection, parents=parents)


def _object_paths_with(document: Found, key: Path, at: Path = ()) -> list[Path]:
    if not isinstance(document, dict) or len(at) >= KEY_DEPTH:
        return []
    found: list[Path] = [at] if text_of(get(document, key)) is not None else []
    for name, member in document.items():
        found += _object_paths_with(member, key, (*at, name))
    return found


def _listing(documents: list[Found], collection: Collection) -> Path | None:
    """Return where the answers hold a list of representations: the root, or a member at most so many levels
    down as XML needs: root, container, elements."""
    counts: Counter[Path] = Counter()
    for document in documents:
        for path, items in _lists_in(document):
            if items and all(text_of(get(item, collection.key)) is not None for item in items):
                counts[path] += 1
            elif not items:
                counts[path] += 0
    if not counts:
        return None
    return min(counts, key=lambda path: (-counts[path], len(path), str(path)))


def _lists_in(document: Found, at: Path = ()) -> Iterable[tuple[Path, list[JsonValue]]]:
    if isinstance(document, list):
        yield at, document
    elif isinstance(document, dict) and len(at) < LIST_DEPTH:
        for key, member in document.items():
            yield from _lists_in(member, (*at, key))


def _action_role(pattern: RoutePattern, answers: list[Seen], collection: Collection) -> Role:
    at = max(position for position in range(len(pattern.shape)) if pattern.shape[position] is None)
    names = pattern.names[: sum(segment is None for segment in pattern.shape[: at + 1])]
    envelope = _envelope(collection, [(seen.parameters[names[-1]], seen.document) for seen in answers])
    return Role("action", collection, envelope, None, _key_expr(names, collection), names[:-1])


def _singleton_role(pattern: RoutePattern) -> Role:
    name = "_".join(str(segment) for segment in pattern.shape if segment) or "root"
    op: StateOp = {"GET": "read", "HEAD": "read", "DELETE": "delete"}.get(pattern.method, "update")  # type: ignore[assignment]
    return Role(op, Collection(name, ()), (), None, Literal(SINGLETON_KEY))


def stored_value(role: Role, document: Found) -> Found:
    """Return the representation that an answer reveals, ``MISSING`` where it reveals none."""
    return get(document, role.envelope) if role.envelope is not None else MISSING
