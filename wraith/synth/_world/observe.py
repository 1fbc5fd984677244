"""Replay with the true answers: for each exchange, what its answer could depend on.

The state is what the answers reveal, taken over as it is. An observation keeps a *captured* part of it: what
the request, or an entity that it addresses, refers to, and whole collections only where a list was asked for.
So the same closures that answer requests evaluate a hypothesis on what was recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, leaves
from wraith.runtime import Environment, Ids, State, compile_effect, compile_expr, text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Role, key_text, stored_value
from wraith.synth._roles.stores import stored_at, stored_content
from wraith.synth._world.flats import Flats
from wraith.synth._world.offspring import Made, Maker
from wraith.synth._world.silent import guess, is_unread
from wraith.synth._world.world import Key, Reveal, World, deletes, reveals
from wraith.wir import Effect, Expr, Lookup

MAX_REFERENCES = 200
"""Leaves of a request or an entity that are looked up as keys; a body with more is a bulk load."""


MAX_WHOLE = 500
"""Entities of a collection that is kept whole for what may be added up over it; larger ones are not."""


MAX_LOST = 0.2
"""The share of accepted requests about things that are not known to be there; where it is larger, they need
not be there."""


class Captured(State):
    """The part of a state that one exchange could have looked at: ``entities`` is what the exchange speaks
    of, ``whole`` the small collections as they were, which exchanges between two changes share."""

    __slots__ = ("_keys", "flats", "next_ever", "next_present", "whole")

    def __init__(
        self,
        whole: Mapping[str, dict[str, JsonValue]] | None = None,
        flats: Flats | None = None,
        keys: Container[str] | None = None,
    ) -> None:
        super().__init__()
        self.flats = flats or Flats()
        self._keys = keys
        self.next_ever = 1
        self.next_present = 1
        self.whole = whole or {}

    def copy(self) -> Captured:
        other = Captured(self.whole, self.flats, self._keys)
        other.entities = {name: dict(stored) for name, stored in self.entities.items()}
        other.next_ever, other.next_present = self.next_ever, self.next_present
        return other

    def knows(self, key: str) -> bool:
        """Whether an entity may have the key: of most texts it is known that none ever had it."""
        return self._keys is None or key in self._keys

    def get(self, entity: str, key: str) -> Found:
        stored = self.entities.get(entity)
        if stored is None or key not in stored:
            stored = self.whole.get(entity)
        return stored.get(key, MISSING) if stored is not None else MISSING

    def all(self, entity: str) -> dict[str, JsonValue]:
        whole = self.whole.get(entity)
        return whole if whole is not None else super().all(entity)

    def next_key(self, entity: str, *, ever: bool, start: int = 1) -> int:
        counted = self.next_ever if ever else self.next_present
        return start if counted == 1 else counted


class Folded(State):
    """A state that hands out what its small collections hold, as it is until the next change."""

    __slots__ = ("_snapshots", "flats", "keys")

    def __init__(self, entities: Mapping[str, Iterable[tuple[str, JsonValue]]] | None = None) -> None:
        self._snapshots: dict[str, dict[str, JsonValue]] = {}
        self.flats = Flats()
        """What was laid flat of the documents in it: all that is captured shares it."""
        self.keys: set[str] = set()
        """Every key that an entity ever had."""
        super().__init__(entities)

    def put(self, entity: str, key: str, value: JsonValue) -> None:
        self._snapshots.pop(entity, None)
        self.keys.add(key)
        super().put(entity, key, value)

    def delete(self, entity: str, key: str) -> None:
        self._snapshots.pop(entity, None)
        super().delete(entity, key)

    def whole(self) -> dict[str, dict[str, JsonValue]]:
        """Return the collections with at most ``MAX_WHOLE`` entities."""
        for name, stored in self.entities.items():
            if name not in self._snapshots and len(stored) <= MAX_WHOLE:
                self._snapshots[name] = dict(stored)
        return dict(self._snapshots)


@dataclass(slots=True)
class Observation:
    """One exchange of a route: what the answer could see, and the answer."""

    seen: Seen
    env: Environment
    captured: Captured
    addressed: tuple[tuple[Lookup, Found], ...] = ()
    """What the path addresses besides the entity, and what is kept around it: expression and document."""
    blind: bool = False
    """A write tells of the entity for the first time: what was there before is not known, and what counts as
    stored is what the write left."""
    left: Found = MISSING
    """What the exchange stored without saying so, where that and what was there before are known."""
    doubted: bool = False
    """Of what is there, a write showed a part, and nobody the rest."""

    def copy(self) -> Observation:
        """Return an observation that sees the same now, and changes by itself."""
        captured = self.captured.copy()
        env = copy(self.env)
        env.state = captured
        return Observation(self.seen, env, captured, self.addressed, self.blind)

    @property
    def stored(self) -> dict[Lookup, Found]:
        """The documents that the path addresses, and what is kept around it."""
        return dict(self.addressed)

    @property
    def document(self) -> Found:
        return self.seen.document


class Observer:
    """Folds the sessions of a corpus in the order of time, and observes those that are learned from.

    ``gone`` says for each route whether its successful DELETE removes the entity (or keeps it, marked).
    """

    def __init__(
        self,
        roles: Sequence[Role],
        world: World,
        gone: Sequence[bool],
        side_effects: Mapping[int, tuple[Effect, ...]] | None = None,
        *,
        caller: Expr | None = None,
        made: Sequence[Made] = (),
    ) -> None:
        self._roles = roles
        self._side_effects = {
            route: tuple(compile_effect(effect) for effect in effects)
            for route, effects in (side_effects or {}).items()
        }
        self._made: dict[int, list[Maker]] = defaultdict(list)
        for each in made:
            self._made[each.route].append(each.maker())
        self._caller = _Caller(caller) if caller is not None else None
        self._world = world
        self._gone = gone
        self._run = -1
        self._guessed: set[tuple[str, str | None]] = set()
        self._doubted: set[tuple[str, str | None]] = set()
        """Of which a write showed a part, and nobody the rest."""
        self._told: set[Key] = set()
        """What answers of the run have told of."""
        self._state = Folded()
        self._ids = Ids("")
        """Makes keys for what was never shown: no two are the same."""

    @property
    def state(self) -> State:
        """What the service knows now, as far as its answers have told."""
        return self._state

    def fold(self, number: int, session: Sequence[Seen], *, observed: bool) -> Iterator[Observation]:
        """Take in the session of that number, exchange by exchange as it is iterated; yield an observation of
        each with a route if asked, while the state is still that before its answer."""
        if self._world.run_of[number] != self._run:
            self._run = self._world.run_of[number]
            self._state = Folded({name: items.items() for name, items in self._world.fixtures.items()})
            self._guessed.clear()
            self._doubted.clear()
            self._told.clear()
        for seen in session:
            if seen.route >= 0:
                role = self._roles[seen.route]
                if observed:
                    observation = _observation(seen, role, self._state, self._caller)
                    if role.collection is not None:
                        own = (role.collection.name, role.request_key(seen))
                        observation.doubted = own in self._doubted
                        observation.left = MISSING if own in self._guessed else seen.left
                    observation.blind = self._is_blind(observation, role)
                    yield observation
                shown = list(reveals(seen, role))
                told = [each.key for each in shown]
                self._guessed.difference_update(told)
                self._doubted.difference_update(told)
                self._told.update(told)
                entity = _entity(self._state, seen, role)
                remember(self._state, seen, role, self._gone[seen.route], shown)
                if is_unread(seen, role) and (key := guess(self._state, seen, role)) is not None:
                    self._guessed.add(key)
                elif seen.quiet and seen.left is MISSING:
                    self._doubted.update(_kept(self._state, told, entity))
                if seen.ok and (seen.route in self._side_effects or seen.route in self._made):
                    self._apply(seen, entity)

    def _is_blind(self, observation: Observation, role: Role) -> bool:
        seen, stored = observation.seen, observation.env.entity
        if role.collection is None or role.envelope is None or stored is MISSING or seen.method == "GET":
            return False
        key = role.request_key(seen)
        known = key is None or (role.collection.name, key) in self._told
        return not known and seen.ok and stored_value(role, seen.document) == stored

    def _apply(self, seen: Seen, entity: Found) -> None:
        env = Environment(seen.request, seen.parameters, self._state, self._ids, seen.at_ms, seen.lists)
        env.entity, env.response = entity, seen.document
        for effect in self._side_effects.get(seen.route, ()):
            effect(env)
        for make in self._made.get(seen.route, ()):
            make(seen, env, self._state)


class _Caller:
    """Who asks, and what was granted to the credential, where that is looked up."""

    def __init__(self, expr: Expr) -> None:
        self._who = compile_expr(expr)
        self._lookup = Lookup(expr.entity, expr.key) if isinstance(expr, Lookup) else None
        self._granted = compile_expr(self._lookup) if self._lookup is not None else None

    def look(self, env: Environment, state: State) -> tuple[tuple[Lookup, Found], ...]:
        """Tell an environment who asks; return the document of the credential with its expression."""
        env.state = state
        env.caller = self._who(env)
        if self._lookup is None or self._granted is None:
            return ()
        return ((self._lookup, self._granted(env)),)


def well_known(observations: Sequence[Observation], role: Role) -> list[Observation]:
    """Return the observations of a route without the few that were accepted although nothing tells of what
    they address: something out of sight has brought it there, so they teach nothing. PUT may create it, and
    there may be nothing for a service to pick."""
    lost = [
        each.seen.ok and each.env.entity is MISSING and each.left is MISSING and each.seen.method != "PUT"
        for each in observations
    ]
    accepted = sum(each.seen.ok for each in observations)
    if role.key is None or role.picks or not any(lost) or sum(lost) > MAX_LOST * accepted:
        return list(observations)
    return [each for each, gone in zip(observations, lost, strict=True) if not gone]


def _kept(state: State, told: Sequence[Key], before: Found) -> Iterator[Key]:
    """Let a state keep what it knew of entities of which a write showed a part, and nobody the rest; yield
    their keys."""
    for key in told:
        shown = state.get(*key)
        if isinstance(before, dict) and isinstance(shown, dict):
            state.put(*key, {**before, **shown})
        yield key


def _entity(state: State, seen: Seen, role: Role) -> Found:
    """Return what is stored of the entity that a request addresses."""
    key = role.request_key(seen)
    return MISSING if role.collection is None or key is None else state.get(role.collection.name, key)


def remember(state: State, seen: Seen, role: Role, gone: bool, shown: Iterable[Reveal]) -> None:
    """Let a state take over what an answer reveals, or a request puts into a store."""
    for reveal in shown:
        name, key = reveal.key
        state.put(name, key, _completed(state.get(name, key), reveal))
    place = stored_at(seen, role)
    if place is not None and role.store is not None:
        state.put(*place, stored_content(seen.request, role.store, seen.lists))
    if seen.ok and role.beside is not None:
        _remember_around(state, seen, role, role.beside)
    if seen.ok and role.purges and role.collection is not None:
        name = role.collection.name
        for key in role.purged_keys(seen.document, list(state.all(name)), seen.parameters):
            state.delete(name, key)
    removed = deletes(seen, role)
    if removed is not None and gone:
        state.delete(*removed)
        if role.beside is not None and role.inner is None:
            state.delete(role.beside, removed[1])


def _remember_around(state: State, seen: Seen, role: Role, beside: str) -> None:
    """Keep what a write says around the representation. A read may show only what its caller may know, so it
    tells something new only where nothing is known."""
    key = role.response_key(seen.document, seen.parameters)
    writes = role.op in ("create", "update", "action")
    if key is None or not isinstance(seen.document, dict) or seen.method == "HEAD" or role.op == "delete":
        return
    if writes or state.get(beside, key) is MISSING:
        rest = {name: value for name, value in seen.document.items() if (name,) != (role.envelope or ())[:1]}
        state.put(beside, key, rest)


def _completed(stored: Found, reveal: Reveal) -> JsonValue:
    """A list may show part of a representation: it completes what is known, other answers replace it."""
    if not isinstance(stored, dict) or not isinstance(reveal.value, dict):
        return reveal.value
    value = reveal.value
    if reveal.hidden:
        value = {**value, **{name: stored[name] for name in stored if name in reveal.hidden}}
    return {**stored, **value} if reveal.listed and stored.keys() > value.keys() else value


def _observation(seen: Seen, role: Role, state: Folded, caller: _Caller | None) -> Observation:
    captured = Captured(state.whole(), state.flats, state.keys)
    env = Environment(seen.request, seen.parameters, captured, Ids(""), seen.at_ms, seen.lists)
    granted = caller.look(env, state) if caller is not None else ()
    env.state = captured
    key = role.request_key(seen)
    if key is None and role.picks and role.key is not None:
        env.state = state  # what would be picked
        key = text_of(compile_expr(role.key)(env))
        env.state = captured
    if role.collection is not None:
        name = role.collection.name
        if key is not None:
            env.entity = state.get(name, key)
            if env.entity is not MISSING:
                captured.put(name, key, _json(env.entity))
        if role.listing is not None or role.purges:
            captured.entities[name] = dict(state.all(name))
        if role.op == "create":
            captured.next_ever = state.next_key(name, ever=True)
            captured.next_present = state.next_key(name, ever=False)
    addressed = (*granted, *_addressed(captured, state, role, seen))
    texts = {text_of(value) for part in (env.query, env.body) for value in _scalars(part)}
    texts.update(seen.parameters.values())
    texts.add(text_of(env.caller))
    _capture(captured, state, texts)
    texts = {
        text_of(value)
        for stored in list(captured.entities.values())
        if len(stored) < 8
        for document in stored.values()
        if isinstance(document, dict)
        for value in document.values()
    }
    _capture(captured, state, texts)
    return Observation(seen, env, captured, addressed)


def _json(value: Found) -> JsonValue:
    assert value is not MISSING  # Invariant: callers have looked
    return value


def _addressed(captured: Captured, state: State, role: Role, seen: Seen) -> Iterable[tuple[Lookup, Found]]:
    """Capture what the path addresses and what is kept around it; yield each with its expression."""
    for name, key in (*role.addressed, *role.around):
        text = key_text(key, seen)
        stored = state.get(name, text) if text is not None else MISSING
        if text is not None and stored is not MISSING:
            captured.put(name, text, _json(stored))
        yield Lookup(name, key), stored


def _capture(captured: Captured, state: Folded, texts: Iterable[str | None]) -> None:
    for text in texts:
        if text and text in state.keys:
            for name, stored in state.entities.items():
                if text in stored and text not in captured.entities.get(name, ()):
                    captured.put(name, text, stored[text])


def _scalars(document: Found) -> Iterable[JsonValue]:
    if document is MISSING:
        return
    for count, (_, value) in enumerate(leaves(_json(document))):
        if count >= MAX_REFERENCES:
            return
        yield value


def learn_removal(sessions: Sequence[Sequence[Seen]], roles: Sequence[Role]) -> list[bool]:
    """Return for each route whether a successful DELETE removes what it addresses.

    It does unless what follows in the session finds it still: services that keep a marked entity answer reads
    of it, or show it in lists. That a list does not show it says nothing: it may be filtered.
    """
    kept = [0] * len(roles)
    removed = [1] * len(roles)
    for session in sessions:
        by_key: dict[tuple[str, str], int] = {}
        for seen in session:
            if seen.route < 0:
                continue
            role = roles[seen.route]
            if role.listing is not None and by_key:
                for reveal in reveals(seen, role):
                    if reveal.key in by_key:
                        kept[by_key.pop(reveal.key)] += 2
            key = role.request_key(seen)
            if role.collection is None or key is None:
                continue
            place = (role.collection.name, key)
            if role.op == "read" and place in by_key:
                votes = kept if seen.ok else removed
                votes[by_key.pop(place)] += 2
            elif (removal := deletes(seen, role)) is not None:
                by_key[removal] = seen.route
            elif seen.ok:
                by_key.pop(place, None)
    return [
        kept[route] < removed[route] or stored_value(role, MISSING) is not MISSING
        for route, role in enumerate(roles)
    ]
