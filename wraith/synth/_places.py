"""Where a value could have come from: an index from values to the expressions that give them.

For each observation, every part of the request, of the addressed entity and of what they refer to is filed
under its value. The candidates for a leaf are what stands under its value in one observation; the others only
rule candidates out. So the search looks at dozens of expressions, not at all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeAlias

from wraith.paths import MISSING, Found, Path
from wraith.runtime import text_of
from wraith.synth._encoded import encoded_places
from wraith.synth._observe import Observation
from wraith.synth._priors import CLIENT_S_OWN
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
    When,
)

MAX_DEPTH = 6
MAX_ELEMENTS = 8
"""Elements of a list that are places of their own; what stands further behind is data."""

MAX_PLACES = 600
"""Parts of one observation that are filed; more than any hand-written request has."""

MAX_HEADER = 80
"""Characters of a header that answers quote; longer ones are credentials."""

LARGE_COLLECTION = 40
"""A captured collection above this was captured for a list, not because something refers to its members."""

MIN_REFERENCE = 4
"""Characters of a text that is looked for among all keys."""

REFERENCE_HOPS = 2
"""From the request to an entity, and from there to one more: joins beyond that are rare in one answer."""

Index: TypeAlias = dict[object, list[Expr]]


def norm(value: Found) -> object | None:
    """Return what values are filed under: the text of a scalar, nested tuples of such texts for a container;
    None for what says nothing (null, empty)."""
    if isinstance(value, dict):
        return ("{", *((name, norm(value[name])) for name in sorted(value))) if value else None
    if isinstance(value, list):
        return ("[", *map(norm, value)) if value else None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = text_of(value)
    return text if text else None


def index(observation: Observation) -> Index:
    """Return the index of an observation, simplest expressions first under each value."""
    filed: Index = {}
    scalars: list[tuple[Expr, str]] = []
    env = observation.env
    for expr, value, key in islice(_request_places(observation), MAX_PLACES):
        _file(filed, expr, value, key, scalars)
    for path, value, key in _parts(env.entity, ("entity",)):
        _file(filed, Ref(path), value, key, scalars)
    for lookup, document in observation.addressed:
        if document is not env.entity:
            for path, value, key in _parts(document, ()):
                _file(filed, Lookup(lookup.entity, lookup.key, path), value, key, scalars)
    _file(filed, Ref(("caller",)), env.caller, norm(env.caller), scalars)
    reached: set[tuple[str, str]] = set()
    for _ in range(REFERENCE_HOPS):
        scalars = _follow(observation, filed, scalars, reached)
    return filed


def index_element(outer: Index, observation: Observation) -> Index:
    """Return the index of an observation at an element of a list: the element and its place come first."""
    filed: Index = {}
    scalars: list[tuple[Expr, str]] = []
    env = observation.env
    for path, value, key in _parts(env.item, ("item",)):
        _file(filed, Ref(path), value, key, scalars)
    if isinstance(env.position, int):
        place = Ref(("position",))
        _file(filed, place, env.position, norm(env.position), [])
        _file(filed, Sum((place, Literal(1))), env.position + 1, norm(env.position + 1), [])
    reached: set[tuple[str, str]] = set()
    for _ in range(REFERENCE_HOPS):
        scalars = _follow(observation, filed, scalars, reached)
    for key, exprs in outer.items():
        filed.setdefault(key, []).extend(exprs)
    return filed


def extend(filed: Index, document: Found, root: Path) -> None:
    """File the parts of a further document under their values."""
    for path, value, key in _parts(document, root):
        _file(filed, Ref(path), value, key, [])


def _follow(
    observation: Observation, filed: Index, scalars: list[tuple[Expr, str]], reached: set[tuple[str, str]]
) -> list[tuple[Expr, str]]:
    """File what the scalars refer to; return the scalars found there."""
    further: list[tuple[Expr, str]] = []
    for expr, text in scalars:
        for name, stored in _referable(observation, text):
            if (name, text) not in reached:
                reached.add((name, text))
                for path, value, key in _parts(stored, ()):
                    _file(filed, Lookup(name, expr, path), value, key, further)
    return further


def _referable(observation: Observation, text: str) -> Iterator[tuple[str, Found]]:
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
    for path, part, key in _parts(env.body, ("request", "body")):
        yield Ref(path), part, key
        for inside, decoded in encoded_places(Ref(path), part):
            yield inside, decoded, norm(decoded)
    if env.body_kind not in ("empty", "binary", "json", "form"):
        yield Ref(("request", "raw")), env.raw, env.raw
    for path, part, key in _parts(env.query, ("request", "query")):
        if len(path) > 2:
            yield Ref(path), part, key
    for name, value in env.headers.items():
        if name not in CLIENT_S_OWN and len(value) <= MAX_HEADER:
            yield Ref(("request", "header", name)), value, norm(value)


def _parts(document: Found, at: Path) -> list[tuple[Path, Found, object | None]]:
    """Return the parts of a document, each with what it is filed under; the whole comes last."""
    found: list[tuple[Path, Found, object | None]] = []
    if document is not MISSING:
        _gather(document, at, 0, found)
    return found


def _gather(
    value: Found, at: Path, depth: int, found: list[tuple[Path, Found, object | None]]
) -> object | None:
    """Add the parts of a value; return what it is filed under, made of what its members are filed under."""
    key: object | None
    if depth < MAX_DEPTH and isinstance(value, dict) and value:
        keys = {name: _gather(member, (*at, name), depth + 1, found) for name, member in value.items()}
        key = ("{", *((name, keys[name]) for name in sorted(keys)))
    elif depth < MAX_DEPTH and isinstance(value, list) and value:
        first = [_gather(item, (*at, i), depth + 1, found) for i, item in enumerate(value[:MAX_ELEMENTS])]
        key = ("[", *first, *map(norm, value[MAX_ELEMENTS:]))
    else:
        key = norm(value)
    found.append((at, value, key))
    return key


def _file(
    filed: Index, expr: Expr, value: Found, key: object | None, scalars: list[tuple[Expr, str]]
) -> None:
    if key is None:
        return
    filed.setdefault(key, []).append(expr)
    if isinstance(value, str | int) and not isinstance(value, bool) and isinstance(key, str):
        scalars.append((expr, key))


def cost(expr: Expr, name: str = "") -> float:
    """Return how complicated an expression is: the one definition of "simpler". A source of the same name as
    what it fills is a little simpler; ties are broken by ``repr``, which is total and the same everywhere."""
    match expr:
        case Literal():
            return 0.5
        case Ref(path):
            base = {"item": 0.8, "position": 0.9, "request": 1.0, "entity": 1.5}.get(str(path[0]), 2.0)
            return base + 0.1 * len(path) - (0.45 if path[-1] == name else 0)
        case Lookup(_, key, at):
            return 2 + cost(key) + 0.1 * len(at) - (0.45 if at and at[-1] == name else 0)
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
        case NextKey():
            return 3
    return 4


def rank(expr: Expr, name: str = "") -> tuple[float, str]:
    """Return the sort key of candidates: simplest first, then canonical."""
    return (round(cost(expr, name), 3), repr(expr))
