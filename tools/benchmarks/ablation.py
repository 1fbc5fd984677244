"""A learned model without what no tape recorder could know: the same twin, less of it.

Switched off are derived expressions, joins across entities, aggregates, and guards over what is stored. What
they computed becomes the value that the recordings show most often at that place.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator

from wraith.canonical import JsonValue, compact, parse
from wraith.exchange import Corpus, decode_body, header
from wraith.paths import MISSING, Path, get
from wraith.runtime import Router
from wraith.wir import (
    Append,
    Call,
    Case,
    Each,
    Effect,
    Expr,
    Given,
    Hole,
    Literal,
    Lookup,
    Model,
    Object,
    Query,
    Ref,
    Route,
    SetField,
    Sum,
    Variant,
    When,
)

DERIVED = (Append, Call, Case, Each, Given, Lookup, Sum, When)
"""Expressions that compute, decide, or look at another entity."""

Shown = dict[tuple[str, str, int, Path], JsonValue]
"""What is shown most often at a place of a route's answers with a status."""


def ablated(model: Model, corpus: Corpus) -> Model:
    """Return the model with everything derived switched off; ``corpus`` is what it was learned from."""
    shown = _most_shown(model, corpus)
    return model.model_copy(update={"routes": tuple(_route(route, shown) for route in model.routes)})


def _most_shown(model: Model, corpus: Corpus) -> Shown:
    router: Router[Route] = Router()
    for route in model.routes:
        router.add(route.method, route.path_pattern, route)
    counts: dict[tuple[str, str, int, Path], Counter[bytes]] = {}
    for session in corpus:
        for exchange in session.read():
            found = router.match(exchange.request.method, exchange.request.path)
            if found is None:
                continue
            route, _ = found
            answer = exchange.response
            document = decode_body(header(answer.headers, "content-type"), answer.body).document
            for variant in route.variants:
                if variant.status == answer.status:
                    for path, _ in _holes(variant.body_template):
                        place = (route.method, route.path_pattern, variant.status, path)
                        if (value := get(document, path)) is not MISSING:
                            counts.setdefault(place, Counter())[compact(value)] += 1
    return {
        place: parse(min(count, key=lambda text: (-count[text], text))) for place, count in counts.items()
    }


def _holes(template: JsonValue, at: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the gaps of a template, and where they stand."""
    if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
        yield at, template[1:]
    elif isinstance(template, dict | list):
        parts = template.items() if isinstance(template, dict) else enumerate(template)
        for step, part in parts:
            yield from _holes(part, (*at, step))


# --- less of everything ---------------------------------------------------------------------------------


def _route(route: Route, shown: Shown) -> Route:
    variants = tuple(_variant(route, variant, shown) for variant in route.variants)
    return route.model_copy(update={"variants": variants})


def _variant(route: Route, variant: Variant, shown: Shown) -> Variant:
    places = {name: path for path, name in _holes(variant.body_template)}
    holes: dict[str, Hole] = {}
    for name, hole in variant.holes.items():
        place = (route.method, route.path_pattern, variant.status, places.get(name, ()))
        holes[name] = hole.model_copy(update={"source": _plain(hole.source, shown.get(place))})
    return variant.model_copy(
        update={
            "holes": holes,
            "guards": tuple(atom for atom in variant.guards if not _reads_state(atom)),
            "effects": tuple(effect for effect in variant.effects if not _derives(effect)),
        }
    )


def _plain(source: Expr, usual: JsonValue) -> Expr:
    """Return what is left of the source of a hole: itself, a list of bare entities, or the usual value."""
    if isinstance(source, Query):
        item = source.item
        if isinstance(item, Object):
            members = tuple((name, each) for name, each in item.members if not _is_derived(each))
            item = dataclasses.replace(item, members=members)
        elif item is not None and _is_derived(item):
            item = None
        return dataclasses.replace(source, item=item)
    return Literal(usual) if _is_derived(source) else source


def _is_derived(node: object) -> bool:
    return any(isinstance(each, DERIVED) for each in _nodes(node))


def _derives(effect: Effect) -> bool:
    """Whether an effect is one on another entity, with a value that is worked out."""
    return isinstance(effect, SetField) and _is_derived(effect.value)


def _reads_state(atom: object) -> bool:
    """Whether a guard is about more of the state than whether an entity is there."""
    return any(
        (isinstance(each, Ref) and each.path[:1] == ("entity",) and len(each.path) > 1)
        or (isinstance(each, Lookup) and bool(each.at))
        or isinstance(each, Query)
        for each in _nodes(atom)
    )


def _nodes(node: object) -> Iterator[object]:
    """Yield an expression or an atom, and everything inside."""
    if dataclasses.is_dataclass(node):
        yield node
        for field in dataclasses.fields(node):
            yield from _nodes(getattr(node, field.name))
    elif isinstance(node, Iterable) and not isinstance(node, str | dict):
        for each in node:
            yield from _nodes(each)
