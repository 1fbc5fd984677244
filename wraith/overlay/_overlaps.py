"""Overlaps: variants of two layers that are not provably disjoint, guards and support together.

Variants meet on a shared route, and where a new route takes paths that a route of another layer answers: a
literal segment in the place of a parameter is found first, so it counts as the guard that the parameter is
that text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import JsonValue as Json

from wraith.config import Document
from wraith.overlay._examples import Example, example_of
from wraith.overlay._separate import separating
from wraith.overlay._terms import Shape, Terms, parameters_of, shape_of
from wraith.wir import (
    Atom,
    Conjunction,
    Equals,
    Lookup,
    Ref,
    Route,
    Variant,
    atom_to_json,
    disjoint,
    show_atom,
)

T = TypeVar("T")

MAX_EXPLAINED = 200
"""Overlaps that come with an example and a guard; people mend the first ones first."""


class Side(Document):
    """One variant of an overlap."""

    origin: str
    route: str
    variant: int
    """Its position in its own layer."""
    status: int
    guards: tuple[Json, ...]
    guards_text: tuple[str, ...]
    """The same for people."""
    support: tuple[Json, ...]


class Overlap(Document):
    """Two variants that one request may satisfy, as far as can be proved."""

    first: Side
    second: Side
    example: Example | None = None
    """A request that satisfies both; None where none was found, which proves nothing."""
    separate_by: Json = None
    """A guard for the second variant that would tell it from the first."""
    separate_by_text: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A variant of a layer, as it is compared."""

    layer: int
    origin: str
    route: Route
    number: int
    variant: Variant
    conjunction: Conjunction = field(compare=False)

    @classmethod
    def of(cls, layer: int, origin: str, route: Route, number: int) -> Candidate:
        variant = route.variants[number]
        atoms = (*variant.guards, *variant.support)
        return cls(layer, origin, route, number, variant, Conjunction.of(atoms, addressed(route)))

    @property
    def atoms(self) -> tuple[Atom, ...]:
        return (*self.variant.guards, *self.variant.support)

    def side(self) -> Side:
        return Side(
            origin=self.origin,
            route=self.route.name,
            variant=self.number,
            status=self.variant.status,
            guards=tuple(map(atom_to_json, self.variant.guards)),
            guards_text=tuple(map(show_atom, self.variant.guards)),
            support=tuple(map(atom_to_json, self.variant.support)),
        )


def addressed(route: Route) -> Lookup | None:
    """Return what ``entity`` stands for on a route."""
    return Lookup(route.entity, route.key) if route.entity and route.key is not None else None


def on_one_route(
    there: Sequence[Candidate], new: Sequence[Candidate]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the pairs of variants on a shared route that are not provably disjoint."""
    for second in new:
        for first in there:
            if not disjoint(first.conjunction, second.conjunction):
                yield first, second


def across_routes(
    there: Sequence[Candidate], new: Sequence[Candidate]
) -> Iterator[tuple[Candidate, Candidate]]:
    """Yield the pairs of variants of two routes that are not provably disjoint on the paths that both
    match."""
    for second in new:
        for first in there:
            terms, common = _common(first.route, second.route)
            mine = Conjunction.of((*terms[0].atoms(first.atoms), *common), _renamed(first.route, terms[0]))
            theirs = Conjunction.of(terms[1].atoms(second.atoms), _renamed(second.route, terms[1]))
            if not disjoint(mine, theirs):
                yield first, second


def explained(first: Candidate, second: Candidate) -> Overlap:
    """Return the overlap of two variants of one route, with an example and the guard that would end it."""
    guard = separating(first.atoms, second.atoms, addressed(first.route))
    return Overlap(
        first=first.side(),
        second=second.side(),
        example=example_of(first.route, (*first.atoms, *second.atoms)),
        separate_by=atom_to_json(guard) if guard is not None else None,
        separate_by_text=show_atom(guard) if guard is not None else "",
    )


def shadowing(first: Candidate, second: Candidate) -> Overlap:
    """Return the overlap of two variants of two routes, of which the second takes paths of the first."""
    terms, common = _common(first.route, second.route)
    route = terms[1].route(second.route)
    atoms = (*terms[0].atoms(first.atoms), *terms[1].atoms(second.atoms), *common)
    return Overlap(first=first.side(), second=second.side(), example=example_of(route, atoms))


def _common(one: Route, other: Route) -> tuple[tuple[Terms, Terms], tuple[Atom, ...]]:
    """Return the names by position for the parameters of two routes, and what their common paths are."""
    renames: tuple[dict[str, str], dict[str, str]] = ({}, {})
    common: list[Atom] = []
    shapes = shape_of(one.path_pattern), shape_of(other.path_pattern)
    names = iter(parameters_of(one.path_pattern)), iter(parameters_of(other.path_pattern))
    for position, segments in enumerate(zip(*shapes, strict=True)):
        for side, segment in enumerate(segments):
            if segment is None:
                renames[side][next(names[side])] = f"p{position}"
        literal = next((segment for segment in segments if segment is not None), None)
        if literal is not None and None in segments:
            common.append(Equals(Ref(("request", "path", f"p{position}")), literal))
    return (Terms(renames[0], {}), Terms(renames[1], {})), tuple(common)


def _renamed(route: Route, terms: Terms) -> Lookup | None:
    return addressed(terms.route(route.model_copy(update={"variants": ()})))


# --- which routes share paths -------------------------------------------------------------------------------


class Paths(Generic[T]):
    """Values under the segments of paths, to be asked which of them share paths with another pattern."""

    def __init__(self) -> None:
        self.here: list[T] = []
        self.below: dict[str | None, Paths[T]] = {}

    def add(self, shape: Shape, value: T) -> None:
        node = self
        for segment in shape:
            node = node.below.setdefault(segment, Paths())
        node.here.append(value)

    def meeting(self, shape: Shape) -> Iterator[T]:
        """Yield what stands under a pattern that has a path in common with this one."""
        if not shape:
            yield from self.here
            return
        segment, rest = shape[0], shape[1:]
        if segment is None:
            for child in self.below.values():
                yield from child.meeting(rest)
            return
        for each in (segment, None):
            if each in self.below:
                yield from self.below[each].meeting(rest)


def wins(one: Shape, other: Shape) -> bool:
    """Whether the router prefers the first on the paths that both match: at the first segment in which they
    differ, a literal comes before a parameter."""
    for mine, theirs in zip(one, other, strict=True):
        if (mine is None) != (theirs is None):
            return mine is not None
    return True
