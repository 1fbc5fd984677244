"""Where a value could have come from: an index from values to the expressions that give them.

For each observation, every part of the request, of the addressed entity and of what they refer to is filed
under its value. The candidates for a leaf are what stands under its value in one observation; the others only
rule candidates out. So the search looks at dozens of expressions, not at all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path
from wraith.synth._evidence.encoded import encoded_places
from wraith.synth._shared.priors import CLIENT_S_OWN
from wraith.synth._world.filed import Filed, filed, is_reference, parts_of
from wraith.synth._world.filed import norm as norm
from wraith.synth._world.index import Index, Root
from wraith.synth._world.observe import Observation
from wraith.wir import (
    Call,
    Cast,
    Each,
    Expr,
    First,
    Given,
    Literal,
    Lookup,
    Merge,
    NextKey,
    Object,
    Query,
    Ref,
    Sum,
    Text,
    Update,
    When,
)

MAX_PLACES = 600
"""Parts of one observation that are filed; more than any hand-written request has."""

MAX_HEADER = 80
"""Characters of a header that answers quote; longer ones are credentials."""

LARGE_COLLECTION = 40
"""A captured collection above this was captured for a list, not because something refers to its members."""

MIN_REFERENCE = 4
"""Characters of a text that is looked for among all keys."""

PLACE = 0.7
"""What a fixed place in a list costs, where a name costs a tenth."""

Named: TypeAlias = tuple[Callable[[], Expr], str]
"""What makes the expression of a scalar, and the scalar as text."""

REFERENCE_HOPS = 2
"""From the request to an entity, and from there to one more: joins beyond that are rare in one answer."""


def index(observation: Observation) -> Index:
    """Return the index of an observation, simplest expressions first under each value."""
    found = Index()
    env, flats = observation.env, observation.captured.flats
    scalars: list[Named] = []
    for expr, value, key in islice(_request_places(observation), MAX_PLACES):
        _file(found, expr, value, key, scalars)
    if env.entity is not MISSING:
        scalars += _add(found, flats.filed(env.entity), Root(Ref(("entity",))))
    for lookup, document in observation.addressed:
        if document is not env.entity and document is not MISSING:
            scalars += _add(found, flats.filed(document), Root(lookup))
    if not isinstance(env.caller, dict | list):
        scalars += _add(found, filed(env.caller), Root(Ref(("caller",))))
    _follow(observation, found, scalars)
    return found


def index_element(outer: Index, observation: Observation) -> Index:
    """Return the index of an observation at an element of a list: the element and its place come first."""
    found = Index(outer)
    env = observation.env
    scalars: list[Named] = []
    for path, value, key in parts_of(env.item, ("item",)):
        _file(found, Ref(path), value, key, scalars)
    if isinstance(env.position, int):
        place = Ref(("position",))
        _file(found, place, env.position, norm(env.position), [])
        _file(found, Sum((place, Literal(1))), env.position + 1, norm(env.position + 1), [])
    _follow(observation, found, scalars)
    return found


def extend(found: Index, document: Found, root: Path) -> None:
    """File the parts of a further document under their values."""
    found.add(filed(document), Root(Ref(root)))


def _add(found: Index, document: Filed, root: Root) -> Iterator[Named]:
    """Add a document; yield its scalars."""
    found.add(document, root)
    return ((partial(root.at, path), text) for path, text in document.scalars)


def _follow(observation: Observation, found: Index, scalars: Iterable[Named]) -> None:
    """Add what the scalars refer to, and what is referred to there."""
    captured = observation.captured
    reached: set[tuple[str, str]] = set()
    for _ in range(REFERENCE_HOPS):
        further: list[Named] = []
        for make, text in scalars:
            if captured.knows(text):
                expr: Expr | None = None
                for name, stored in _referable(observation, text):
                    if (name, text) not in reached:
                        reached.add((name, text))
                        expr = expr or make()
                        further += _add(found, captured.flats.filed(stored), Root(Lookup(name, expr)))
        scalars = further


def _referable(observation: Observation, text: str) -> Iterator[tuple[str, JsonValue]]:
    """Yield the entities under a key, with the names of their collections. A short number is a key in many
    collections, so it refers to what the exchange speaks of only."""
    captured = observation.captured
    for name, stored in captured.entities.items():
        if text in stored and len(stored) <= LARGE_COLLECTION:
            yield name, stored[text]
    if len(text) >= MIN_REFERENCE:
        for name, stored in captured.whole.items():
            if text in stored:
                yield name, stored[text]


def _request_places(observation: Observation) -> Iterator[tuple[Expr, Found, object | None]]:
    env = observation.env
    for name, value in env.path.items():
        yield Ref(("request", "path", name)), value, norm(value)
    for path, part, key in parts_of(env.body, ("request", "body")):
        yield Ref(path), part, key
        for inside, decoded in encoded_places(Ref(path), part):
            yield inside, decoded, norm(decoded)
    if env.body_kind not in ("empty", "binary", "json", "ndjson", "form"):
        yield Ref(("request", "raw")), env.raw, env.raw
    for path, part, key in parts_of(env.query, ("request", "query")):
        if len(path) > 2:
            yield Ref(path), part, key
    for name, value in env.headers.items():
        if name not in CLIENT_S_OWN and len(value) <= MAX_HEADER:
            yield Ref(("request", "header", name)), value, norm(value)


def _file(found: Index, expr: Expr, value: Found, key: object | None, scalars: list[Named]) -> None:
    if key is None:
        return
    found.file(key, expr)
    if is_reference(value) and isinstance(key, str):
        scalars.append((lambda: expr, key))


def cost(expr: Expr, name: str = "") -> float:
    """Return how complicated an expression is: the one definition of "simpler". A source of the same name as
    what it fills is a little simpler; ties are broken by ``repr``, which is total and the same everywhere."""
    match expr:
        case Literal():
            return 0.5
        case Ref(path):
            base = {"item": 0.8, "position": 0.9, "request": 1.0, "entity": 1.5}.get(str(path[0]), 2.0)
            return base + _length(path) - (0.45 if path[-1] == name else 0)
        case Lookup(_, key, at):
            return 2 + cost(key) + _length(at) - (0.45 if at and at[-1] == name else 0)
        case Cast(value, _):
            return cost(value, name) + 0.25
        case Given(value):
            return cost(value, name) + 0.3
        case First(options):
            return 0.5 + sum(cost(option, name) for option in options)
        case Merge(base, over):
            return 1 + cost(base, name) + cost(over, name)
        case Text(parts):
            return 1 + sum(cost(part) for part in parts)
        case Sum(plus, minus):
            return 2 + sum(cost(term) for term in (*plus, *minus))
        case Call(_, of):
            return 2 + sum(cost(argument) for argument in of)
        case Each(of, item):
            return 1 + cost(of) + cost(item)
        case Object(members, under):
            return 1 + sum(cost(value) for _, value in members) + (cost(under) if under is not None else 0)
        case When(_, then, otherwise):
            return 2 + cost(then, name) + (cost(otherwise, name) if otherwise is not None else 0)
        case Query():
            conditions = sum(1 + 0.1 * len(each.field) + cost(each.value) for each in expr.where)
            return 3 + conditions + len(expr.unwind) + (cost(expr.item) if expr.item is not None else 0)
        case Update(base, by):
            return 1.5 + cost(base, name) + cost(by, name)
        case NextKey():
            return 3
    return 4


def _length(path: Path) -> float:
    """Return what a path costs: an element at a fixed place in a list is the reason of less than the
    whole."""
    return sum(PLACE if isinstance(step, int) else 0.1 for step in path)


def rank(expr: Expr, name: str = "") -> tuple[float, str]:
    """Return the sort key of candidates: simplest first, then canonical."""
    return (round(cost(expr, name), 3), repr(expr))
