"""What a service writes down of what happens: an entry of a journal for each write of some kind.

Nothing creates the entities of such a collection by a request of its own, and no write tells their keys: they
are met in lists and reads, and hold what a write answered, or the key of what it made. That write is the
entry's *origin*. Entries of one kind with one kind of origin are rows like any others: the same search finds
what they are made of, from the request and from the answer, and their key is made fresh.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_expr, named_parameters
from wraith.synth._answers.induce import induce
from wraith.synth._evidence.places import extend, index, norm
from wraith.synth._evidence.rows import Row
from wraith.synth._guards.context import MADE, Context
from wraith.synth._roles.roles import SINGLETON_KEY, Role
from wraith.synth._routes.sampling import thinned
from wraith.synth._shared.priors import DISCRIMINATORS, PAGING
from wraith.synth._world.observe import Observation
from wraith.synth._world.offspring import Made
from wraith.synth._world.world import Key, reveals
from wraith.wir import Exists, Expr, FreshId, Make, Ref, When

ENOUGH = 2
"""Entries of one kind that must be known: one may be a coincidence."""

SAMPLE = 30
"""Entries of one kind that their making is learned from."""

MIN_KEY = 6
"""Characters of an identifier by which an entry tells its origin."""

MAX_TOLD = 200
"""Leaves of an answer, or of an entry, that are looked at for identifiers."""

MAX_UNEXPLAINED = 0.2
"""The share of an entry's leaves that may stay unexplained."""

Place = tuple[int, int, int]
"""An exchange: the number of its session, and its own."""

Kind = tuple[str, int, tuple[str, ...]]
"""Collection, route of the origin, and what the entry says that it is."""


@dataclass(slots=True)
class _Run:
    """What the exchanges of one run told so far."""

    writes: list[Observation] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)
    """The first write that told an identifier, by its place in ``writes``."""
    answered: dict[object, int] = field(default_factory=dict)
    """The first write that answered with a document."""
    entries: set[Key] = field(default_factory=set)

    def take(self, observation: Observation) -> None:
        at = len(self.writes)
        self.writes.append(observation)
        document = observation.seen.document
        for text in _identifiers(document):
            if text.encode() not in observation.seen.request.body and text not in observation.seen.segments:
                self.told.setdefault(text, at)
        if isinstance(document, dict) and document:
            self.answered.setdefault(norm(document), at)

    def origin(self, key: str, value: JsonValue) -> int | None:
        """Return the write that an entry is about: the one that answered with a part of it, else the one
        that told most of the identifiers in it."""
        if key in self.told:
            return None
        for _, part in _objects(value):
            if (exact := self.answered.get(norm(part))) is not None:
                return exact
        votes: dict[int, int] = defaultdict(int)
        for text in _identifiers(value):
            if text in self.told:
                votes[self.told[text]] += 1
        return max(votes, key=lambda at: (votes[at], at), default=None)


@dataclass(frozen=True, slots=True)
class _Entry:
    run: int
    shown: Place
    """The answer that shows it."""
    at: int
    """The place of its origin among the writes of the run."""
    origin: Observation
    key: str
    value: JsonValue


def learn_journals(
    observations: Sequence[Observation], roles: Sequence[Role], run_of: Sequence[int]
) -> list[Made]:
    """Return what writes write down elsewhere, in the order of their routes."""
    learner = _Learner(roles)
    for observation in observations:
        learner.take(observation, run_of[observation.seen.session])
    return learner.journals()


def _writes(role: Role) -> bool:
    return role.op in ("create", "update", "action", "delete")


def _identifiers(document: Found) -> Iterator[str]:
    if document is not MISSING:
        for count, (_, value) in enumerate(leaves(document)):
            if count >= MAX_TOLD:
                return
            if isinstance(value, str) and len(value) >= MIN_KEY:
                yield value


def _objects(value: JsonValue, at: Path = ()) -> Iterator[tuple[Path, JsonValue]]:
    """Yield the objects in an entry, the outermost first."""
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, dict) and member:
                yield (*at, name), member
                yield from _objects(member, (*at, name))


def _kind(value: JsonValue) -> tuple[str, ...]:
    return tuple(
        f"{name}={get(value, (name,))}" for name in DISCRIMINATORS if get(value, (name,)) is not MISSING
    )


def row_of(origin: Observation) -> Row:
    """Return a write as a row that also sees its own answer."""
    writer = origin.copy()
    writer.env.response = writer.seen.document
    filed = index(writer)
    extend(filed, writer.seen.document, ("response", "body"))
    return Row(writer, filed)


class _Learner:
    def __init__(self, roles: Sequence[Role]) -> None:
        self.roles = roles
        self.written = {each.collection.name for each in roles if each.collection and _writes(each)}
        self.runs: dict[int, _Run] = defaultdict(_Run)
        self.groups: dict[Kind, list[_Entry]] = defaultdict(list)
        self.spans: dict[Place, tuple[int, int]] = {}
        """The first and the last write that an answer shows as written down, where it leaves out none."""

    def take(self, observation: Observation, number: int) -> None:
        """Take in an exchange of a run."""
        seen, run = observation.seen, self.runs[number]
        role = self.roles[seen.route]
        if seen.ok and _writes(role):
            run.take(observation)
            return
        found: list[_Entry] = []
        for reveal in reveals(seen, role):
            name, key = reveal.key
            if name in self.written or key == SINGLETON_KEY or reveal.key in run.entries:
                continue
            run.entries.add(reveal.key)
            at = run.origin(key, reveal.value) if isinstance(reveal.value, dict) else None
            if at is not None:
                entry = _Entry(number, seen.place, at, run.writes[at], key, reveal.value)
                self.groups[name, entry.origin.seen.route, _kind(reveal.value)].append(entry)
                found.append(entry)
        if found and _shows_all(seen.asked, found):
            self.spans[found[0].shown] = (min(each.at for each in found), max(each.at for each in found))

    def journals(self) -> list[Made]:
        """Return what is believed of all that was taken in."""
        found = [self._journal(name, route, some) for (name, route, _), some in sorted(self.groups.items())]
        return [journal for journal in found if journal is not None]

    def _journal(self, name: str, route: int, entries: list[_Entry]) -> Made | None:
        if len(entries) < ENOUGH or len({(each.run, each.at) for each in entries}) < len(entries):
            return None
        collections = [each.collection for each in self.roles if each.collection is not None]
        key_path = next(each.key for each in collections if each.name == name)
        chosen = thinned(entries, SAMPLE)
        values: list[Found] = [each.value for each in chosen]
        induced = induce(
            [row_of(each.origin) for each in chosen], values, Context(key_path=key_path, own=MADE)
        )
        made = get(induced.template, key_path)
        hole = induced.holes.get(str(made)[1:]) if isinstance(made, str) else None
        if hole is None or not isinstance(hole.source, FreshId):
            return None
        if len(induced.unexplained) > MAX_UNEXPLAINED * sum(1 for _ in leaves(entries[0].value)):
            return None
        holes = tuple((each, filled.source) for each, filled in induced.holes.items())
        key = self._condition(Ref(("made", *key_path)), [source for _, source in holes], entries)
        if key is None:
            return None
        known = {each.origin.seen.place: (each.key, each.value) for each in entries}
        return Made(route, Make(name, key, induced.template, holes), known)

    def _condition(self, key: Expr, sources: Sequence[Expr], entries: Sequence[_Entry]) -> Expr | None:
        """Return the key of an entry where one is made, or None where nothing tells when.

        Between two writes that were written down, a third of their route that was not shows that not all
        are: then one of the things that an entry is made of has to be there.
        """
        passed = self._passed_over(entries)
        if not passed:
            return key
        for source in sources:
            if isinstance(source, Ref) and source.path[0] in ("request", "response"):
                compute = compile_expr(source)
                if all(compute(row_of(each).env) is MISSING for each in passed):
                    return When(Exists(source), key)
        return None

    def _passed_over(self, entries: Sequence[_Entry]) -> list[Observation]:
        """Return the writes of the route that were not written down, between two that were."""
        route, written = entries[0].origin.seen.route, {(each.run, each.at) for each in entries}
        spans = {(each.run, *self.spans[each.shown]) for each in entries if each.shown in self.spans}
        return [
            write
            for number, first, last in sorted(spans)
            for at, write in enumerate(self.runs[number].writes[first:last], first)
            if write.seen.route == route and (number, at) not in written
        ]


def _shows_all(asked: Found, entries: Sequence[_Entry]) -> bool:
    """Whether an answer leaves out nothing between what it shows: it was asked for a page, or for a kind."""
    kinds = {word.partition("=")[2] for each in entries for word in _kind(each.value)}
    parameters = named_parameters(asked) if isinstance(asked, dict) else ()
    return all(name in PAGING or value in kinds for name, value in parameters)
