"""Delta: what an overlay's recordings show beyond its base, in the base's words.

Everything is learned from the overlay's recordings first, as of any twin. Then each exchange is answered one
step ahead by the base: what passes is covered, and teaches nothing. What is left is assigned to the variants
that explain it; those on routes of the base get guards until they are provably disjoint from every variant
there, or are left out as conflicts. At last the result is composed and asked again: only what the composite
answers counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.config import Diff, DriftConfig
from wraith.conformance import Followed, follow
from wraith.exchange import Corpus
from wraith.overlay._delta_report import DeltaReport
from wraith.overlay._fields import added_fields
from wraith.overlay._linked import linked
from wraith.overlay._overlaps import Candidate, Overlap, addressed, explained
from wraith.overlay._separate import contradictions
from wraith.overlay._subtracted import subtracted_report
from wraith.overlay._terms import Shape, Terms, parameters_of, shape_of
from wraith.paths import MISSING
from wraith.runtime import Environment, compile_atom, compile_expr
from wraith.wir import (
    Atom,
    Conjunction,
    Equals,
    Evidence,
    Exists,
    Fixture,
    KeysBeyond,
    Model,
    NotOneOf,
    OneOfSet,
    Ref,
    Route,
    RouteEvidence,
    Variant,
    VariantEvidence,
    disjoint,
)

MAX_WORDS = 6
"""Values that a guard names; more are data, and no switch."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What an overlay adds: its model, what backs it, and the report."""

    model: Model
    evidence: Evidence
    report: DeltaReport


@dataclass(slots=True)
class _Added:
    """A variant that the overlay's recordings taught, and the exchanges that need it."""

    route: Route
    """Of the base, or, where it has none for them, of the overlay, in the base's words; without variants."""
    is_new: bool
    variant: Variant
    told_apart: tuple[Atom, ...] = ()
    steps: list[Followed] = field(default_factory=list)
    envs: list[Environment] = field(default_factory=list)
    """What the base sees of each."""

    @property
    def evidence(self) -> VariantEvidence:
        return VariantEvidence(
            status=self.variant.status,
            exchanges=len(self.steps),
            sessions=len({step.session.id for step in self.steps}),
        )


def delta(
    name: str,
    full: Model,
    evidence: Evidence,
    base: Model,
    corpus: Corpus,
    *,
    pins: Sequence[str],
    diff: Diff | None = None,
    drift: DriftConfig | None = None,
) -> Delta:
    """Return what a full model has beyond a base.

    ``full`` and ``evidence`` were learned from the corpus; ``base`` is the pinned base with what the overlay
    requires, ``pins`` their names and digests.
    """
    runs = evidence.runs
    known = list(follow(base, corpus, diff=diff, drift=drift, runs=runs))
    learned = list(follow(full, corpus, diff=diff, drift=drift, runs=runs))
    entities = _entities(full, base)
    conflicts: list[tuple[_Added, Overlap]] = []
    kept: list[_Added] = []
    for added in _assigned(known, learned, full, base, entities):
        overlap = None if added.is_new else _tell_apart(name, added, base)
        if overlap is None:
            kept.append(added)
        else:
            conflicts.append((added, overlap))
    model = _model(full, base, entities, kept)
    routes = _routes(kept)
    report = subtracted_report(
        name,
        list(follow(linked(base, model), corpus, diff=diff, drift=drift, runs=runs)),
        known,
        pins=pins,
        base=base,
        guards={_place(each.route): each.told_apart for each in kept if each.told_apart},
        variants={_place(route): len(route.variants) for route in routes},
        conflicts=[overlap for _, overlap in conflicts],
        conflicting={
            (step.session.id, step.index): overlap for each, overlap in conflicts for step in each.steps
        },
    )
    backing = Evidence(
        exchanges=evidence.exchanges, sessions=evidence.sessions, runs=runs, routes=_evidence(routes, kept)
    )
    return Delta(model, backing, report)


def _place(route: Route) -> tuple[str, Shape]:
    return route.method, shape_of(route.path_pattern)


# --- in the base's words ------------------------------------------------------------------------------------


def _entities(full: Model, base: Model) -> dict[str, str]:
    """Return the base's name for each entity of the full model that it has: the one on most shared routes."""
    theirs = {_place(route): route for route in base.routes}
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for route in full.routes:
        there = theirs.get(_place(route))
        if route.entity is not None and there is not None and there.entity is not None:
            votes[route.entity][there.entity] += 1
    names = {name: max(sorted(found), key=found.__getitem__) for name, found in votes.items()}
    keys = {entity.name: entity.key for entity in base.entities}
    for entity in full.entities:
        if entity.name not in names and keys.get(entity.name, entity.key) != entity.key:
            names[entity.name] = f"{entity.name}_here"  # the base has something else of that name
    return names


def _model(full: Model, base: Model, entities: Mapping[str, str], kept: Sequence[_Added]) -> Model:
    routes = _routes(kept)
    own = [
        entity.model_copy(update={"name": entities.get(entity.name, entity.name)}) for entity in full.entities
    ]
    there = {entity.name for entity in base.entities}
    endpoints, fields = added_fields(full, base)
    fields = tuple(Terms({}, entities).route(route) for route in fields)
    return Model(
        entities=tuple(entity for entity in own if entity.name not in there),
        fixtures=_fixtures(full, base, entities),
        caller=full.caller if base.caller is None else None,
        routes=(*routes, *fields),
        graphql=endpoints,
        xml_lists={parent: lists for parent, lists in full.xml_lists.items() if parent not in base.xml_lists},
    )


def _fixtures(full: Model, base: Model, entities: Mapping[str, str]) -> dict[str, tuple[Fixture, ...]]:
    """Return what the recordings revealed without having created it, where the base has it otherwise."""
    found: dict[str, tuple[Fixture, ...]] = {}
    for name, stored in full.fixtures.items():
        told = entities.get(name, name)
        there = {each.key: each.value for each in base.fixtures.get(told, ())}
        mine = tuple(each for each in stored if there.get(each.key, MISSING) != each.value)
        if mine:
            found[told] = (*found.get(told, ()), *mine)
    return dict(sorted(found.items()))


def _routes(kept: Sequence[_Added]) -> tuple[Route, ...]:
    grouped: dict[tuple[str, Shape], list[_Added]] = {}
    for added in kept:
        grouped.setdefault(_place(added.route), []).append(added)
    routes = [
        each[0].route.model_copy(update={"variants": tuple(added.variant for added in each)})
        for each in grouped.values()
    ]
    return tuple(sorted(routes, key=lambda route: (route.path_pattern, route.method)))


def _evidence(routes: Sequence[Route], kept: Sequence[_Added]) -> tuple[RouteEvidence, ...]:
    grouped: dict[tuple[str, Shape], list[VariantEvidence]] = {}
    for added in kept:
        grouped.setdefault(_place(added.route), []).append(added.evidence)
    return tuple(
        RouteEvidence(
            method=route.method,
            path_pattern=route.path_pattern,
            exchanges=sum(each.exchanges for each in grouped[_place(route)]),
            variants=tuple(grouped[_place(route)]),
        )
        for route in routes
    )


# --- what is left -------------------------------------------------------------------------------------------


def _assigned(
    known: Sequence[Followed],
    learned: Sequence[Followed],
    full: Model,
    base: Model,
    entities: Mapping[str, str],
) -> list[_Added]:
    """Return the variants that explain what the base does not, each with its exchanges."""
    theirs = {_place(route) for route in base.routes}
    own = {id(route) for route in full.routes}  # not what is said to unknown paths, nor what GraphQL asks
    found: dict[tuple[str, int, str], _Added] = {}
    for mine, there in zip(learned, known, strict=True):
        route, number = mine.answer.route, mine.answer.variant
        if there.passed or not mine.passed or route is None or number is None or id(route) not in own:
            continue
        on_base = there.choice is not None and _place(there.choice.route) in theirs
        target = there.choice.route if on_base and there.choice is not None else route
        if len(shape_of(target.path_pattern)) != len(shape_of(route.path_pattern)):
            continue
        name = (route.name, number, target.name)
        if name not in found:
            terms = _terms(route, target, entities)
            told = terms.route(route.model_copy(update={"variants": (route.variants[number],)}))
            header = target if on_base else told
            found[name] = _Added(header.model_copy(update={"variants": ()}), not on_base, told.variants[0])
        found[name].steps.append(mine)
        if there.choice is not None:
            found[name].envs.append(there.choice.env)
    return list(found.values())


def _terms(route: Route, target: Route, entities: Mapping[str, str]) -> Terms:
    """Return the words of the target for those of a route that matches the same requests."""
    if route.path_pattern == target.path_pattern:
        return Terms({}, entities)
    names: dict[str, str] = {}
    mine, theirs = iter(parameters_of(route.path_pattern)), iter(parameters_of(target.path_pattern))
    for own, there in zip(shape_of(route.path_pattern), shape_of(target.path_pattern), strict=True):
        old = next(mine) if own is None else None
        new = next(theirs) if there is None else None
        if old is not None and new is not None:
            names[old] = new
    return Terms(names, entities)


def _tell_apart(name: str, added: _Added, base: Model) -> Overlap | None:
    """Add guards until the variant is provably disjoint from each of the base's; return the overlap where no
    guard does that which is true of everything recorded."""
    there = next(route for route in base.routes if _place(route) == _place(added.route))
    stored = addressed(there)
    for number, other in enumerate(there.variants):
        theirs = (*other.guards, *other.support)
        mine = (*added.variant.guards, *added.variant.support)
        if disjoint(Conjunction.of(mine, stored), Conjunction.of(theirs, stored)):
            continue
        guard = _separating(theirs, mine, added.envs, stored)
        if guard is None:
            own = there.model_copy(update={"variants": (added.variant,)})
            return explained(Candidate.of(0, "base", there, number), Candidate.of(1, name, own, 0))
        added.variant = added.variant.model_copy(update={"guards": (*added.variant.guards, guard)})
        added.told_apart = (*added.told_apart, guard)
    return None


def _separating(
    others: Sequence[Atom], own: Sequence[Atom], envs: Sequence[Environment], stored: object
) -> Atom | None:
    """Return an atom that contradicts one of the others and is true of every request that was recorded."""
    against = Conjunction.of(others, stored)  # type: ignore[arg-type]  # what the route addresses
    for atom in others:
        for wider in contradictions(atom):
            if not all(map(compile_atom(wider), envs)):
                continue
            for candidate in (*_narrower(wider, envs), wider):
                mine = Conjunction.of((*own, candidate), stored)  # type: ignore[arg-type]  # as above
                if not mine.never and disjoint(mine, against):
                    return candidate
    return None


def _narrower(atom: Atom, envs: Sequence[Environment]) -> Iterable[Atom]:
    """Yield what is true of the recorded requests and says more: what a thing is, not what it is not. A guard
    that let in whatever the base has not seen would answer for what nobody has seen."""
    if isinstance(atom, NotOneOf):
        look = compile_expr(atom.of)
        values: list[JsonValue] = [value for env in envs if (value := look(env)) is not MISSING]
        if len(values) < len(envs) or any(isinstance(value, dict | list) for value in values):
            return
        if len(set(map(repr, values))) == 1:
            yield Equals(atom.of, values[0])
        texts = sorted({value for value in values if isinstance(value, str)})
        if 1 < len(texts) <= MAX_WORDS and all(isinstance(value, str) for value in values):
            yield OneOfSet(atom.of, tuple(texts))
    if isinstance(atom, KeysBeyond) and isinstance(atom.of, Ref):
        look = compile_expr(atom.of)
        documents = [found for found in map(look, envs) if isinstance(found, dict)]
        common = set.intersection(*(set(each) for each in documents)) if documents else set()
        for key in sorted(common - set(atom.keys)):
            yield Exists(Ref((*atom.of.path, key)))
