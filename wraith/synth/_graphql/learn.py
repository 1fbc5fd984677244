"""The stages of learning a GraphQL endpoint, in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wraith.canonical import JsonValue
from wraith.exchange import graphql_requests, is_batch
from wraith.paths import MISSING, Found
from wraith.runtime import Environment, compile_expr, compile_template
from wraith.synth._exchanges.seen import Seen
from wraith.synth._graphql.arguments import read_arguments
from wraith.synth._graphql.connections import elements, shape_of
from wraith.synth._graphql.documents import (
    ROOTS,
    Call,
    Documents,
    Object,
    Operation,
    leaves_of,
    read_operation,
)
from wraith.synth._graphql.errors import Told, learn_forms, quote_of, read_told
from wraith.synth._graphql.folding import Folded, Folder, Given
from wraith.synth._graphql.gathering import gather
from wraith.synth._graphql.holders import HOLDERS, Grant, find_grants
from wraith.synth._graphql.identities import tell_keys
from wraith.synth._graphql.lists import Vocabulary, cases_of
from wraith.synth._graphql.made import Made
from wraith.synth._graphql.outcomes import with_outcomes
from wraith.synth._graphql.reads import SAMPLE, Reader, find_references
from wraith.synth._graphql.schema import SchemaWriter, Wanted
from wraith.synth._graphql.subjects import Subject, about_who_asks, find_subjects
from wraith.synth._graphql.transport import constant_headers, learn_accepted, learn_left, media_type_of
from wraith.synth._graphql.types import Class, Types
from wraith.synth._graphql.words import words
from wraith.synth._graphql.worlds import fixtures, signs
from wraith.synth._graphql.writes import learn_write
from wraith.synth._routes.sampling import thinned
from wraith.synth._world.world import Signs
from wraith.wir import (
    Bulk,
    Effect,
    Entity,
    GraphQL,
    Route,
    RouteEvidence,
    Variant,
    VariantEvidence,
)


@dataclass(slots=True)
class LearnedGraphQL:
    """What was learned of one endpoint."""

    endpoint: GraphQL
    routes: tuple[Route, ...]
    evidence: tuple[RouteEvidence, ...]
    entities: tuple[Entity, ...]
    fixtures: dict[str, dict[str, JsonValue]]


@dataclass(slots=True)
class _Session:
    started_at_ms: int = 0
    operations: list[Operation] = field(default_factory=list)
    exchanges: int = 0

    @property
    def calls(self) -> list[Call]:
        return [call for operation in self.operations for call in operation.calls]


class GraphQLCorpus:
    """Takes in the exchanges of a corpus that speak GraphQL with one path."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._sessions: dict[int, _Session] = defaultdict(_Session)
        self._documents = Documents()
        self._heads: list[Seen] = []
        self._silent: list[Seen] = []
        self._types: Types | None = None
        self._subjects: dict[tuple[str, str], Subject] = {}
        self._grants: dict[str, Grant] = {}
        self._told = Told()

    def add(self, seen: Seen) -> None:
        """Take in one exchange."""
        session = self._sessions[seen.session]
        session.started_at_ms = session.started_at_ms or seen.at_ms
        session.exchanges += 1
        self._heads.append(seen)
        asked = graphql_requests(seen.request) or ()
        answers = seen.document if isinstance(seen.document, list) else [seen.document]
        for each, answer in zip(asked, answers, strict=False):
            operation = read_operation(seen, each, answer, self._documents)  # type: ignore[arg-type]  # looked at before
            if operation is not None:
                session.operations.append(operation)

    def leave(self, seen: Seen) -> None:
        """Note an exchange that asks as GraphQL does, and was answered as something else."""
        self._silent.append(seen)

    @property
    def exchanges(self) -> int:
        return len(self._heads)

    def signs(self) -> dict[int, tuple[Signs, int]]:
        """Return what each session says of its world, and when it began."""
        types, subjects = self._survey()
        return {
            number: (signs(session.calls, subjects, types), session.started_at_ms)
            for number, session in sorted(self._sessions.items())
        }

    def _survey(self) -> tuple[Types, dict[tuple[str, str], Subject]]:
        if self._types is None:
            self._told = read_told(self._operations())
            self._types = gather(self._calls(), self._told.owners)
            tell_keys([session.calls for _, session in sorted(self._sessions.items())], self._types)
            sessions = [session.calls for _, session in sorted(self._sessions.items())]
            self._grants = find_grants(sessions, self._types)
            subjects = find_subjects(self._calls(), self._types)
            about = about_who_asks(sessions, subjects, self._grants, self._types)
            self._subjects = {
                site: replace(subject, asking=True) if site in about else subject
                for site, subject in subjects.items()
            }
        return self._types, self._subjects

    def _operations(self) -> list[Operation]:
        return [each for _, session in sorted(self._sessions.items()) for each in session.operations]

    def _calls(self) -> list[Call]:
        return [call for operation in self._operations() for call in operation.calls]

    def learn(self, run_of: Sequence[int]) -> LearnedGraphQL:
        """Return what the endpoint is. ``run_of`` numbers the run of each session."""
        types, subjects = self._survey()
        numbers = sorted(self._sessions)
        sessions = [self._sessions[number].calls for number in numbers]
        runs = [run_of[number] for number in numbers]
        world, grants = fixtures(sessions, runs, subjects, types), self._grants
        first = Folder(types, subjects, world, grants=grants).fold(sessions, runs)
        if find_references(types, first):
            world = fixtures(sessions, runs, subjects, types)
            first = Folder(types, subjects, world, grants=grants).fold(sessions, runs)
        removals = _removals(first, subjects)
        program = _program(_Writes(types, subjects, removals, first, grants), subjects)
        finders = _finders(types, first)
        folder = Folder(
            types, subjects, world, removals=removals, program=program, finders=finders, grants=grants
        )
        folded = folder.fold(sessions, runs)
        return self._made(types, subjects, _Writes(types, subjects, removals, folded, grants), world)

    def _made(
        self,
        types: Types,
        subjects: Mapping[tuple[str, str], Subject],
        writes: _Writes,
        world: Mapping[str, Mapping[str, JsonValue]],
    ) -> LearnedGraphQL:
        folded = writes.folded
        vocabulary, wanted = _vocabulary(types, folded), Wanted()
        routes: list[Route] = []
        evidence: list[RouteEvidence] = []
        reader = Reader(types, vocabulary)
        roots = {each.name: each for each in types.classes if each.name in ROOTS.values()}
        for site, rows in sorted(folded.reads.items()):
            owner = (
                None if site[0] == "query" else next(each for each in types.classes if each.name == site[0])
            )
            below = types.below(owner or roots["Query"], site[1])
            made = reader.learn(site[1], rows, below, owner)
            kind = "query" if owner is None else "field"
            name = site[1] if owner is None else f"{site[0]}/{site[1]}"
            own = (owner.name if owner is not None else "Query", site[1])
            if below is not None and below.key is not None:
                paths = {path for row in rows for path, _ in row.leaves if path}
                wanted.conditions[own] = vocabulary.conditions(paths, below)
            if made is not None:
                variants, backed = with_outcomes(rows, made, (), None)
                self._add(routes, evidence, kind, name, variants, backed, len(rows))
        _share_conditions(wanted, types)
        for name, rows in sorted(folded.writes.items()):
            subject = subjects.get(("mutation", name))
            variants, backed = writes.variants(name, rows)
            if subject is None or subject.bulk is None or _does(name, subject, subjects) == name:
                self._add(routes, evidence, "mutation", name, variants, backed, len(rows), subject)
        self._want(wanted, subjects)
        lines = SchemaWriter(
            types, read_arguments(self._calls(), types, self._told), self._told, wanted
        ).lines()
        entities = tuple(
            Entity(name=each.name, key=(each.key,))
            for each in sorted(types.classes, key=lambda e: e.name)
            if each.key
        )
        if writes.grants:
            entities = (*entities, Entity(name=HOLDERS, key=("credential",)))
        stored: dict[str, dict[str, JsonValue]] = {name: dict(items) for name, items in world.items()}
        return LearnedGraphQL(
            self._endpoint(lines, subjects), tuple(routes), tuple(evidence), entities, stored
        )

    def _add(
        self,
        routes: list[Route],
        evidence: list[RouteEvidence],
        kind: str,
        name: str,
        variants: tuple[Variant, ...],
        backed: tuple[VariantEvidence, ...],
        exchanges: int,
        subject: Subject | None = None,
    ) -> None:
        pattern = f"{self._path}/{name}"
        key = subject.addresses() if subject is not None else None
        entity = subject.of.name if subject is not None and key is not None else None
        routes.append(
            Route(
                method=kind, path_pattern=pattern, state_op="none", entity=entity, key=key, variants=variants
            )
        )
        evidence.append(
            RouteEvidence(method=kind, path_pattern=pattern, exchanges=exchanges, variants=backed)
        )

    def _want(self, wanted: Wanted, subjects: Mapping[tuple[str, str], Subject]) -> None:
        """Note which arguments are keys, and where the fields of entities are set."""
        places: dict[tuple[str, str], Counter[tuple[str, ...]]] = defaultdict(Counter)
        for call in self._calls():
            subject = subjects.get((call.kind, call.name))
            if subject is None:
                continue
            site = (ROOTS[call.kind], call.name)
            if subject.key is not None:
                wanted.keys[site] = tuple(map(str, subject.key))
            if call.kind == "mutation" and not subject.removes:
                given = call.arguments
                elements = given.get(subject.bulk or "")
                members = elements[0] if isinstance(elements, list) and elements else given
                above = (subject.bulk,) if subject.bulk is not None else ()
                for path, _ in leaves_of(members) if isinstance(members, dict) else ():
                    if path[-1] in subject.of.fields and path[-1] != subject.of.key:
                        places[site][(*above, *map(str, path[:-1]))] += 1
        for site, votes in places.items():
            kind = next(kind for kind, root in ROOTS.items() if root == site[0])
            wanted.fields[site] = (
                min(votes, key=lambda each: (-votes[each], each)),
                subjects[kind, site[1]].of,
            )

    def _endpoint(self, lines: tuple[str, ...], subjects: Mapping[tuple[str, str], Subject]) -> GraphQL:
        operations = self._operations()
        bulk = {
            name: Bulk(of=subject.bulk, does=_does(name, subject, subjects))
            for (_, name), subject in sorted(subjects.items())
            if subject.bulk is not None
        }
        both = [list(each.answer) for each in operations if {"data", "errors"} <= each.answer.keys()]
        return GraphQL(
            path=self._path,
            methods=tuple(sorted({seen.method for seen in self._heads})),
            definitions=lines,
            media_type=media_type_of(self._heads),
            accepted=learn_accepted(self._heads, operations),
            left=learn_left(self._heads, self._silent),
            headers=constant_headers(self._heads),
            batches=any(is_batch(seen.request) for seen in self._heads),
            errors_first=sum(each.index("errors") < each.index("data") for each in both) * 2 > len(both),
            errors=learn_forms(operations),
            quote=quote_of(operations),
            bulk=bulk,
        )


@dataclass(slots=True)
class _Writes:
    """The mutations of a service, learned from one fold."""

    types: Types
    subjects: Mapping[tuple[str, str], Subject]
    removals: Mapping[str, bool]
    folded: Folded
    grants: Mapping[str, Grant]

    def rows(self, name: str) -> list[Given]:
        """Return the rows of a mutation, with those of mutations that do the same many times."""
        found = list(self.folded.writes.get(name, ()))
        for (kind, other), subject in sorted(self.subjects.items()):
            many = kind == "mutation" and other != name and subject.bulk is not None
            if many and _does(other, subject, self.subjects) == name:
                found += self.folded.writes.get(other, ())
        return found

    def made(self, name: str) -> tuple[Made, tuple[Effect, ...]]:
        subject = self.subjects.get(("mutation", name))
        rows = self.rows(name)
        if subject is None:
            return Reader(self.types, Vocabulary()).learn(name, rows, None, None) or Made(), ()
        removes = self.removals.get(name, subject.removes)
        made, effects = learn_write(rows, _single(subject), self.types, removes=removes)
        return made, (*effects, self.grants[name].effect()) if name in self.grants else effects

    def variants(
        self, name: str, rows: Sequence[Given]
    ) -> tuple[tuple[Variant, ...], tuple[VariantEvidence, ...]]:
        made, effects = self.made(name)
        return with_outcomes(self.rows(name), made, effects, self.subjects.get(("mutation", name)))


def _single(subject: Subject) -> Subject:
    return replace(subject, at=() if subject.bulk else subject.at, bulk=None)


def _does(name: str, subject: Subject, subjects: Mapping[tuple[str, str], Subject]) -> str:
    """Return the field that does for one what a field does for many: the one with the same words but
    "many"."""
    own = set(words(name)) - {"many", "bulk", "all"}
    alike = [
        (len(set(words(other)) ^ own), other)
        for (kind, other), each in subjects.items()
        if kind == "mutation"
        and each.bulk is None
        and each.key is None
        and each.of is subject.of
        and not each.removes
    ]
    return min(alike, default=(0, name))[1]


def _removals(folded: Folded, subjects: Mapping[tuple[str, str], Subject]) -> dict[str, bool]:
    """Return which mutations remove: as later answers say, else as their names do."""
    done: dict[str, bool] = {}
    for (kind, name), subject in subjects.items():
        if kind == "mutation":
            kept, removed = folded.kept[name], folded.removed[name]
            done[name] = removed > kept if kept or removed else subject.removes
    return done


def _program(
    writes: _Writes, subjects: Mapping[tuple[str, str], Subject]
) -> Callable[[str, Environment], Found]:
    """Return what the mutations make of an entity, compiled."""
    compiled: dict[str, Callable[[Environment], Found]] = {}
    for (kind, name), subject in sorted(subjects.items()):
        if kind == "mutation" and subject.shown and not writes.removals.get(name, False):
            own = _does(name, subject, subjects) if subject.bulk is not None else name
            made, _ = writes.made(own)
            template = made.template
            at = _single(subjects["mutation", own]).at
            for step in at:
                template = template.get(str(step)) if isinstance(template, dict) else None
            compiled[name] = compile_template(template, made.holes)

    def run(name: str, env: Environment) -> Found:
        if name not in compiled:
            return MISSING
        env.values = {}
        found = compiled[name](env)
        env.values = {}
        return found

    return run


def _finders(types: Types, folded: Folded) -> dict[str, Callable[[Environment], Found]]:
    """Return what finds the entity that a query asks for, by the name of its field."""
    found: dict[str, Callable[[Environment], Found]] = {}
    for (kind, name), rows in sorted(folded.reads.items()):
        of = types.at.get((ROOTS["query"], name)) if kind == "query" else None
        answered = [row for row in rows if row.error is None and isinstance(row.value, Object)]
        if of is not None and of.key is not None and answered:
            chosen = thinned(answered, SAMPLE)
            expr = Reader(types, Vocabulary()).one(chosen, [row.value for row in chosen], of, None)
            if expr is not None:
                found[name] = compile_expr(expr)
    return found


def _vocabulary(types: Types, folded: Folded) -> Vocabulary:
    found = Vocabulary()
    classes: dict[str, Class] = {each.name: each for each in types.classes}
    for site, rows in sorted(folded.reads.items()):
        below = types.below("Query" if site[0] == "query" else classes[site[0]], site[1])
        if below is not None and below.key is not None:
            found.learn(cases_of(rows, [row.value for row in rows], below, types), below)
        elif below is not None and (shape := shape_of(below, types)) is not None:
            found.learn(
                cases_of(rows, [elements(row.value, shape) for row in rows], shape.of, types), shape.of
            )
    return found


def _share_conditions(wanted: Wanted, types: Types) -> None:
    """Fields that lead to no entity take the conditions of lists with arguments of the same type: nothing to
    do where documents declare them, for input types are written once."""
    for site, conditions in list(wanted.conditions.items()):
        if not conditions:
            del wanted.conditions[site]
