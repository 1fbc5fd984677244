"""Families: the same method at the same place of several collections, learned as one route.

Services treat their collections alike: what ``PUT …/published`` does to an article it does to a picture. So
the answers of all collections below one parent are looked at together, each in the words of the one that is
asked about. Those that were seen once or twice do what all of them were seen to do; and a collection that was
never seen to be treated so is answered as its siblings are, where it was seen to have the same part, or where
most of them are treated so. Answers that nothing explains together teach nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._learn.analogy import NEVER
from wraith.synth._learn.reworded import names_of, reworded
from wraith.synth._learn.variants import learn_route
from wraith.synth._lists.lists import Lists
from wraith.synth._roles.roles import Collection, Role, key_expr
from wraith.synth._routes.names import forms
from wraith.synth._routes.routes import RoutePattern, parameter_names
from wraith.synth._routes.sampling import thinned
from wraith.synth._shared.priors import ACTED_ON
from wraith.synth._world.observe import Observation
from wraith.wir import Route, Variant, VariantEvidence

AGREE = 2
"""Collections that must be seen to have a place before others are taken to have it."""

THIN = 2
"""Answers of a route that cannot tell a rule from a coincidence."""

EACH = 4
"""Answers of one collection that a family is learned from."""

MAX_MEMBERS = 40
"""Collections of one family that are completed: with more, names are data."""

WRITES = ("PUT", "PATCH", "POST", "DELETE")

Shape: TypeAlias = tuple[str | None, ...]
Place: TypeAlias = tuple[str, Shape, Shape]
"""A method, what stands before the name of a collection, and what stands behind it."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A route at the place of a family."""

    route: int
    word: str
    base: Shape


class Families:
    """The families of a service."""

    def __init__(
        self,
        patterns: Sequence[RoutePattern],
        roles: Sequence[Role],
        observed: Mapping[int, Sequence[Observation]],
    ) -> None:
        self._patterns, self._roles, self._observed = patterns, roles, observed
        self._collections = dict(_collections(patterns, roles))
        self._families: dict[Place, list[_Member]] = defaultdict(list)
        self._places: dict[Shape, set[Shape]] = defaultdict(set)
        for route in observed:
            member = self._member(route)
            if member is not None:
                behind = patterns[route].shape[len(member.base) :]
                self._families[patterns[route].method, member.base[:-1], behind].append(member)
                self._places[member.base].add(behind)
        for members in self._families.values():  # what was seen most comes first, whatever it is called
            members.sort(key=lambda each: _precedence(observed[each.route]))
        self._known = {(pattern.method, pattern.shape) for pattern in patterns}
        self._alike: dict[Place, LearnedRoute | None] = {}

    def _member(self, route: int) -> _Member | None:
        """Return a route as a member of a family, None where it is of no family: what writes to an item or a
        part of one, and succeeded."""
        pattern, role = self._patterns[route], self._roles[route]
        if pattern.method not in WRITES or role.collection is None or role.key is None:
            return None
        if role.store is not None or pattern.tail is not None:
            return None
        for at in range(len(pattern.shape) - 1, 0, -1):
            base, word = pattern.shape[:at], pattern.shape[at - 1]
            if (
                pattern.shape[at] is None
                and word is not None
                and self._collections.get(base) == role.collection
            ):
                succeeded = any(each.seen.ok for each in self._observed[route])
                return _Member(route, word, base) if succeeded else None
        return None

    def thin(self) -> Iterator[tuple[int, LearnedRoute]]:
        """Yield the routes that were seen too rarely, as their families do."""
        for place, members in sorted(self._families.items(), key=lambda each: str(each[0])):
            for member in members if len(members) >= AGREE else ():
                own = self._observed[member.route]
                if sum(each.seen.ok for each in own) <= THIN:
                    made = self._learned(members, member.base, self._roles[member.route], place)
                    if made is not None:
                        yield member.route, _with_evidence(made, own)

    def unseen(self) -> Iterator[Route]:
        """Yield the routes that no recording shows, as their families suggest them."""
        for place, members in sorted(self._families.items(), key=lambda each: str(each[0])):
            method, before, behind = place
            bases = [
                base for base in self._collections if base[:-1] == before and len(base) == len(before) + 1
            ]
            for base in sorted(bases, key=str)[:MAX_MEMBERS]:
                alike = behind in self._places[base] or (
                    len(members) >= AGREE and len(members) * 2 >= len(bases)
                )
                deletes = method == "DELETE" and behind == (None,)  # analogy knows what goes with what
                if (method, (*base, *behind)) in self._known or not alike or deletes:
                    continue
                pattern = _pattern(method, (*base, *behind))
                role = self._role(members[0], pattern, base)
                made = self._said(members, base, role, place)
                if made is not None:
                    yield Route(
                        method=method,
                        path_pattern=pattern.pattern,
                        state_op=role.op,
                        entity=self._collections[base].name,
                        key=role.key,
                        variants=tuple(each.model_copy(update={"support": (NEVER,)}) for each in made),
                    )

    def _said(
        self, members: Sequence[_Member], base: Shape, role: Role, place: Place
    ) -> tuple[Variant, ...] | None:
        """Return what all members do, in the words of a collection that was never seen to be treated so."""
        alike = self._of_first(members, place)
        if alike is None:
            return None
        first = self._roles[members[0].route]
        if first.beside is None and not first.around:  # else it does more than others may
            own = names_of(first, self._names(members[0].base, place))
            other = names_of(role, self._names(base, place))
            said = reworded(alike.variants, own, other, self._rows(members, base, place))
            if said is not None:
                return said
        made = self._learned(members, base, role, place)
        return made.variants if made is not None else None

    def _of_first(self, members: Sequence[_Member], place: Place) -> LearnedRoute | None:
        """Return what the members of a family do in the words of the first, None where they do not do
        alike."""
        if place not in self._alike:
            first = members[0]
            self._alike[place] = self._learned(members, first.base, self._roles[first.route], place)
        return self._alike[place]

    def _names(self, base: Shape, place: Place) -> tuple[str, ...]:
        method, _, behind = place
        return _pattern(method, (*base, *behind)).names

    def _role(self, member: _Member, pattern: RoutePattern, base: Shape) -> Role:
        role, collection = self._roles[member.route], self._collections[base]
        names = pattern.names[: (*base, None).count(None)]
        key = key_expr(names, collection)
        addressed = [
            (collection.name, key)
            if role.collection is not None and name == role.collection.name
            else (name, old)
            for name, old in role.addressed
        ]
        return replace(
            role,
            collection=collection,
            key=key,
            parents=names[:-1],
            addressed=tuple(addressed),
            beside=None,
            around=(),
        )

    def _learned(
        self, members: Sequence[_Member], base: Shape, role: Role, place: Place
    ) -> LearnedRoute | None:
        """Return what all members do, in the words of one collection, None where they do not do alike."""
        if base != members[0].base and self._of_first(members, place) is None:
            return None
        rows = self._rows(members, base, place)
        made = learn_route(rows, role, Lists(), gone=place[0] == "DELETE" and role.op == "delete")
        explained = sum(said.exchanges for said in made.evidence) == len(rows)
        open_ = any(said.unexplained for said, each in zip(made.evidence, made.variants, strict=True))
        return made if explained and not open_ else None

    def _rows(self, members: Sequence[_Member], base: Shape, place: Place) -> list[Observation]:
        """Return what all members were seen to do, in the words of one collection."""
        names = self._names(base, place)
        rows = [
            translated
            for member in members
            for translated in _translated(
                thinned(self._observed[member.route], EACH), member.word, str(base[-1]), names
            )
        ]
        rows.sort(key=lambda each: (each.seen.session, each.seen.index))
        return rows


def _collections(
    patterns: Sequence[RoutePattern], roles: Sequence[Role]
) -> Iterator[tuple[Shape, Collection]]:
    """Yield the collections whose items have an address, by what stands before it."""
    for pattern, role in zip(patterns, roles, strict=True):
        if pattern.shape[-1:] == (None,) and role.collection is not None and role.key is not None:
            yield pattern.shape[:-1], role.collection


def _precedence(observations: Sequence[Observation]) -> tuple[int, int, int]:
    first = observations[0].seen
    return -len(observations), first.session, first.index


def _pattern(method: str, shape: Shape) -> RoutePattern:
    return RoutePattern(method, shape, parameter_names(shape))


def _with_evidence(made: LearnedRoute, own: Sequence[Observation]) -> LearnedRoute:
    """Return a route that a family taught, with what its own answers say for it."""
    left: dict[int, list[Observation]] = defaultdict(list)
    for each in own:
        left[each.seen.status].append(each)
    variants: list[Variant] = []
    evidence: list[VariantEvidence] = []
    for variant in made.variants:
        rows = left.pop(variant.status, [])
        sessions = len({row.seen.session for row in rows})
        evidence.append(VariantEvidence(status=variant.status, exchanges=len(rows), sessions=sessions))
        variants.append(variant if rows else variant.model_copy(update={"support": (NEVER,)}))
    return LearnedRoute(tuple(variants), tuple(evidence))


def _translated(
    observations: Sequence[Observation], word: str, other: str, names: tuple[str, ...]
) -> Iterator[Observation]:
    """Yield the observations of one collection in the words of another."""
    words = dict(zip(forms(word), forms(other), strict=True))
    shortest = re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(each)}(?![A-Za-z0-9])" for each in words))

    def said(value: Found) -> Found:
        return value if word == other or value is MISSING else _reworded(value, shortest, words)

    for observation in observations:
        seen, env = copy(observation.seen), copy(observation.env)
        headers = tuple((name, str(said(value))) for name, value in seen.headers if name.lower() in ACTED_ON)
        seen.restate(headers, said(seen.document))
        env.path = dict(zip(names, env.path.values(), strict=True))
        env.entity = said(env.entity)
        yield replace(observation, seen=seen, env=env, addressed=())


def _reworded(value: JsonValue, pattern: re.Pattern[str], words: Mapping[str, str]) -> JsonValue:
    if isinstance(value, dict):
        return {key: _reworded(item, pattern, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_reworded(item, pattern, words) for item in value]
    return pattern.sub(lambda found: words[found[0]], value) if isinstance(value, str) else value
