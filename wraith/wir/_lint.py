"""Lint: what is wrong with a model that loads, found in its text alone.

Nothing here is a matter of taste: each finding is a part that no request can reach, or one that would answer
with something that no service says. ``docs/reference/lint.md`` has a section for each code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Final

from wraith.canonical import JsonValue
from wraith.paths import Path, format_path
from wraith.wir._disjoint import Conjunction
from wraith.wir._effects import Delete, Make, Put, SetField, Sweep
from wraith.wir._expr import Literal, Lookup, NextKey, Query, Ref
from wraith.wir._guards import Atom
from wraith.wir._lint_finding import LintFinding
from wraith.wir._lint_graphql import lint_graphql
from wraith.wir._model import Model, Variant
from wraith.wir._show import show_atom, show_expr

_PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def lint(
    model: Model, is_placeholder: Callable[[str], bool], below: Iterable[Model] = ()
) -> Iterator[LintFinding]:
    """Yield what is wrong with a model. ``is_placeholder`` tells a text that stands in for another; ``below``
    are the models that an overlay's stands on, whose entities are its own as well."""
    yield from _twice(model)
    models = (model, *below)
    known = frozenset(entity.name for each in models for entity in each.entities)
    known = known.union(*map(_kept_beside, models))
    for route in model.routes:
        if route.entity is not None and route.entity not in known:
            yield _unknown_entity(f"{route.name}", route.entity)
        yield from _unreachable(route.name, route.variants)
        parameters = frozenset(_PARAMETER.findall(route.path_pattern))
        for number, variant in enumerate(route.variants):
            at = f"{route.name}, variant {number}"
            yield from _variant(at, variant, known, is_placeholder)
            yield from _lost_parameters(at, variant, parameters)
    for name, variants in (("* unknown", model.unknown), ("* refused", model.refused)):
        yield from _unreachable(name, variants)
        for number, variant in enumerate(variants):
            yield from _variant(f"{name}, variant {number}", variant, known, is_placeholder)
    yield from lint_graphql(model, is_placeholder)


def _twice(model: Model) -> Iterator[LintFinding]:
    """Yield names that stand for two things: routes of one shape, entities, keys of fixtures."""
    shapes = Counter((route.method, _PARAMETER.sub("{}", route.path_pattern)) for route in model.routes)
    named = {
        "route": Counter({f"{method} {shape}": number for (method, shape), number in shapes.items()}),
        "entity": Counter(entity.name for entity in model.entities),
        "fixture": Counter(
            f"{kind} {fixture.key}" for kind, stored in model.fixtures.items() for fixture in stored
        ),
    }
    for what, counts in named.items():
        for name, number in counts.items():
            if number > 1:
                message = f"there are {number} of this {what}, and only one of them can be meant"
                yield LintFinding("duplicate-id", f"{what} {name}", message, "keep one of them")


def _unreachable(name: str, variants: Sequence[Variant]) -> Iterator[LintFinding]:
    """Yield variants that another, before them, always comes before: all that it asks for, they ask for."""
    asked = [(_keys(variant.guards), _keys(variant.guards) | _keys(variant.support)) for variant in variants]
    for number, (guards, wanted) in enumerate(asked):
        for before in range(number):
            if asked[before][0] <= guards and asked[before][1] <= wanted:
                yield LintFinding(
                    "unreachable-variant",
                    f"{name}, variant {number}",
                    f"variant {before} answers whatever this one would: it asks for nothing else",
                    "give one of them a guard that tells them apart, or take this one out",
                )
                break


def _keys(atoms: Sequence[Atom]) -> frozenset[str]:
    return frozenset(map(show_atom, atoms))


def _variant(
    at: str, variant: Variant, known: frozenset[str], is_placeholder: Callable[[str], bool]
) -> Iterator[LintFinding]:
    if variant.guards and Conjunction.of(variant.guards).never:
        said = " and ".join(map(show_atom, variant.guards))
        yield LintFinding(
            "guards-never-hold",
            at,
            f"no request makes these true together: {said}",
            "mend the guards, or take the variant out",
        )
    yield from _holes(at, variant)
    for name in sorted(_entities_of(variant) - known):
        yield _unknown_entity(at, name)
    for place, text in _constants(variant):
        if is_placeholder(text):
            yield LintFinding(
                "placeholder-constant",
                f"{at}, {place}",
                f"every client is answered {text!r:.60}, which stands in for something",
                "give it a source, or write what the service answers, by a patch",
            )


def _unknown_entity(at: str, name: str) -> LintFinding:
    message = f"the model has no entity {name!r}: it is only stored, or only looked for"
    return LintFinding("unknown-entity", at, message, "declare it in entities, or mend the name")


def _holes(at: str, variant: Variant) -> Iterator[LintFinding]:
    """Yield holes that nothing fills, and those that fill nothing."""
    used = dict(_used(variant.body_template))
    for name, place in used.items():
        hole = variant.holes.get(name)
        where = f"{at}, {format_path(place) or '(body)'}"
        if hole is None:
            message = f"the template names ${name}, and there is no such hole"
            yield LintFinding("hole-without-source", where, message, "give the hole a source")
        elif hole.hole_class == "unexplained":
            message = f"nothing that was seen explains it; it is filled with {show_expr(hole.source):.80}"
            remedy = "record more exchanges that show where it comes from, or patch its source"
            yield LintFinding("hole-unexplained", where, message, remedy)


def _used(node: JsonValue, at: Path = ()) -> Iterator[tuple[str, Path]]:
    """Yield the holes that a template names, with the places that they fill."""
    if isinstance(node, str) and node.startswith("$") and not node.startswith("$$"):
        yield node[1:], at
    elif isinstance(node, dict):
        for name, part in node.items():
            yield from _used(part, at if name == "$spread" else (*at, name))
    elif isinstance(node, list):
        for position, part in enumerate(node):
            yield from _used(part, (*at, position))


def _lost_parameters(at: str, variant: Variant, parameters: frozenset[str]) -> Iterator[LintFinding]:
    """Yield parameters of the path that something reads and the pattern does not have."""
    read = {
        str(part.path[2])
        for part in _parts(_programs(variant))
        if isinstance(part, Ref) and part.path[:2] == ("request", "path") and len(part.path) > 2
    }
    for name in sorted(read - parameters):
        message = f"the path has no parameter {name!r}: what reads it finds nothing"
        remedy = "name the parameter as the path pattern does"
        yield LintFinding("hole-without-source", f"{at}, request.path.{name}", message, remedy)


_NAMING: Final = (Lookup, NextKey, Query, Put, Delete, SetField, Make, Sweep)
_STORING: Final = (Put, Make)


def _entities_of(variant: Variant) -> set[str]:
    return {part.entity for part in _parts(_programs(variant)) if isinstance(part, _NAMING)}


def _kept_beside(model: Model) -> frozenset[str]:
    """Return what some variants store and others look for, declared or not: what entities hold out of sight
    is no entity that has routes."""
    parts = [
        part
        for variant in chain(*(route.variants for route in model.routes), model.unknown, model.refused)
        for part in _parts(_programs(variant))
        if isinstance(part, _NAMING)
    ]
    stored = {part.entity for part in parts if isinstance(part, _STORING)}
    return frozenset(
        part.entity for part in parts if not isinstance(part, _STORING) and part.entity in stored
    )


def _constants(variant: Variant) -> Iterator[tuple[str, str]]:
    """Yield the texts that a variant answers with as they stand, each with its place."""
    if variant.body_kind != "empty":
        yield from _texts(variant.body_template, ())
    for name, hole in variant.holes.items():
        if isinstance(hole.source, Literal):
            for place, text in _texts(hole.source.value, ()):
                yield f"${name}{'.' if place else ''}{place}", text
    for name, value in variant.headers:
        if isinstance(value, Literal) and isinstance(value.value, str):
            yield f"header {name}", value.value


def _texts(node: JsonValue, at: Path) -> Iterator[tuple[str, str]]:
    match node:
        case str() if not node.startswith("$") or node.startswith("$$"):
            yield format_path(at), node
        case dict():
            for name, part in node.items():
                yield from _texts(part, (*at, name))
        case list():
            for position, part in enumerate(node):
                yield from _texts(part, (*at, position))


def _programs(variant: Variant) -> tuple[object, ...]:
    holes = tuple(hole.source for hole in variant.holes.values())
    headers = tuple(value for _, value in variant.headers)
    return (*variant.guards, *variant.support, *holes, *headers, *variant.effects)


def _parts(whole: object) -> Iterator[object]:
    """Yield every part of expressions, guards and effects, whatever holds it."""
    if isinstance(whole, Literal):
        return
    if is_dataclass(whole) and not isinstance(whole, type):
        yield whole
        for each in fields(whole):
            yield from _parts(getattr(whole, each.name))
    elif isinstance(whole, (tuple, list)):
        for part in whole:
            yield from _parts(part)
    elif isinstance(whole, dict):
        for part in whole.values():
            yield from _parts(part)
