"""Routes that were recorded only for what is there, or only for what is not.

A service tells that a thing is not there in one way for all its collections: ``there is no customer cus_1``,
``there is no order 17``. So a route that was only ever asked about what is there refuses what is not as two
others do, or as a read of its collection does, and one that was only ever refused answers as reads do, once
the thing is there. What is added so rests on no exchange of its own and says it, like routes by analogy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wraith.canonical import compact, parse
from wraith.paths import MISSING
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._learn.analogy import Analogy, plain, unseen
from wraith.synth._roles.roles import GONE, Role
from wraith.synth._routes.names import Names
from wraith.synth._routes.routes import RoutePattern
from wraith.synth._world.observe import Observation
from wraith.wir import Absent, Exists, Expr, Literal, Lookup, Ref, Variant, VariantEvidence

ENOUGH = 2
"""Routes that refuse alike: one may be the exception."""

READING = "GET"
"""The method whose refusal of what is not there is that of its whole collection."""

CREATING = "PUT"
"""The method that may create what it addresses: it refuses only where other routes of it were seen to."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a route addresses: the entity itself, or the parent below which it works."""

    method: str
    entity: str
    own: Expr
    names: Names


def completed(
    patterns: Sequence[RoutePattern],
    roles: Sequence[Role],
    learned: Mapping[int, LearnedRoute],
    observed: Mapping[int, Sequence[Observation]],
    analogy: Analogy,
) -> dict[int, LearnedRoute]:
    """Return the routes that are taught by others what to do with what is not there, or with what is."""
    places = {
        route: place for route in learned if (place := _place(patterns[route], roles[route])) is not None
    }
    refusals = _Refusals(places, learned)
    found: dict[int, LearnedRoute] = {}
    known: Exists | Absent
    for route, place in places.items():
        there = {_is_there(each, place) for each in observed[route]}
        if there == {True}:
            added, known = refusals.expected_of(place), Exists(place.own)
        elif there == {False} and all(each.seen.status in GONE for each in observed[route]):
            added, known = analogy.successes(patterns[route]), Absent(place.own)
        else:
            continue
        if added:
            found[route] = _with(learned[route], known, added)
    return found


def _with(route: LearnedRoute, known: Exists | Absent, added: Sequence[Variant]) -> LearnedRoute:
    """Return a route whose variants are for what was recorded, and others for the rest."""
    variants = (
        each if known in each.guards else each.model_copy(update={"guards": (known, *each.guards)})
        for each in route.variants
    )
    none = (VariantEvidence(status=each.status, exchanges=0, sessions=0) for each in added)
    return LearnedRoute((*variants, *added), (*route.evidence, *none))


def _place(pattern: RoutePattern, role: Role) -> _Place | None:
    if role.store is not None or pattern.method == "OPTIONS" or None not in pattern.shape:
        return None
    if role.collection is not None and role.key is not None:
        if isinstance(role.key, Literal):
            return None
        names = Names(role.collection.name, role.key, pattern.names)
        return _Place(pattern.method, role.collection.name, Ref(("entity",)), names)
    if not role.addressed:
        return None
    name, key = role.addressed[-1]
    return _Place(pattern.method, name, Lookup(name, key), Names(name, key, pattern.names))


def _is_there(observation: Observation, place: _Place) -> bool:
    if isinstance(place.own, Ref):
        return observation.env.entity is not MISSING
    return observation.addressed[-1][1] is not MISSING


class _Refusals:
    """How the routes of a service refuse what is not there, without the names of what it is."""

    def __init__(self, places: Mapping[int, _Place], learned: Mapping[int, LearnedRoute]) -> None:
        self._routes: dict[bytes, list[str]] = defaultdict(list)
        self._reads: set[tuple[bytes, str]] = set()
        """What reads of a collection say: its other routes find out in the same way."""
        for route, place in places.items():
            for said in {*_said(place, learned[route].variants)}:
                self._routes[said].append(place.method)
                if place.method == READING:
                    self._reads.add((said, place.entity))

    def expected_of(self, place: _Place) -> tuple[Variant, ...]:
        """Return the refusal that is most likely at a place: that of most routes, those of its method
        first."""
        ranked = sorted(
            (
                said
                for said, methods in self._routes.items()
                if len(methods) >= ENOUGH or (said, place.entity) in self._reads
            ),
            key=lambda said: (-self._routes[said].count(place.method), -len(self._routes[said]), said),
        )
        for said in ranked:
            if place.method in self._routes[said] or place.method != CREATING:
                document = place.names.put_in(parse(said))
                if document is not None:
                    refusal = unseen(document)
                    return (refusal.model_copy(update={"guards": (Absent(place.own),)}),)
        return ()


def _said(place: _Place, variants: Sequence[Variant]) -> Iterator[bytes]:
    for variant in variants:
        if Absent(place.own) in variant.guards and variant.status >= 400:
            yield compact(place.names.taken_out(plain(variant.model_copy(update={"guards": ()}))))
