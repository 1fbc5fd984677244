"""The world around sessions: which of them share state, and what the service knew before the first request.

A service keeps its data between sessions and is sometimes reset. *Links* tie sessions together: a later one
sees what an earlier one created. *Resets* part them: a key is given out again, or a whole list lacks what was
created before. Sessions between two that are linked belong to the same run; a reset without a place of its
own falls into the longest pause. Where nothing links any two sessions, each is a world of its own.

What a run shows without having created it was there from the start: the fixtures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from wraith.canonical import JsonValue
from wraith.exchange import Response, parse_form
from wraith.paths import Found, get
from wraith.runtime import text_of
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import SINGLETON_KEY, Role, key_text, stored_value
from wraith.synth._roles.stores import stored_content
from wraith.synth._world.resets import Counts, Lives, counting, is_last

if TYPE_CHECKING:
    from wraith.synth._world.sights import Sight, Sights

Key = tuple[str, str]
"""The name of a collection and a key in it."""

Part = tuple[Key, str]
"""An entity and a field of it."""


@dataclass(frozen=True, slots=True)
class Reveal:
    """An entity that an answer shows: its key, its representation, and whether the exchange created it."""

    key: Key
    value: JsonValue
    created: bool
    listed: bool = False
    """The answer may show a part of the representation only."""
    hidden: frozenset[str] = frozenset()
    """Members that the answer shows otherwise than they are stored, because a parameter asked for more."""


def reveals(seen: Seen, role: Role) -> Iterator[Reveal]:
    """Yield the entities that the answer of an exchange shows."""
    if not seen.ok or seen.method == "HEAD" or _is_past(seen, role):
        return
    yield from _viewed(seen, role)
    if role.collection is None or role.collection.by_content:
        return
    name = role.collection.name
    if role.listing is not None:
        items = get(seen.document, role.listing)
        for item in items if isinstance(items, list) else ():
            if (key := role.element_key(item, seen.parameters)) is not None:
                yield _shown(seen, (name, key), item, listed=True)
        return
    if role.store is not None:
        key = role.request_key(seen)
        if role.op == "read" and seen.status == 200 and seen.method == "GET" and key is not None:
            answered = Response(seen.status, seen.headers, seen.raw)
            yield Reveal((name, key), stored_content(answered, role.store, seen.lists), False)
        return
    value: Found = stored_value(role, seen.document)
    key = role.request_key(seen) if role.partial else role.response_key(seen.document, seen.parameters)
    if isinstance(seen.left, dict):
        own = key if key is not None else role.request_key(seen)
        if own is not None:
            created = role.op == "create" or seen.status == 201 or seen.begins
            yield Reveal((name, own), seen.left, created)
        return
    if key is not None and isinstance(value, dict):
        if role.partial:
            yield Reveal((name, key), value, False, listed=True)
        elif seen.method == "GET" and seen.request.query:
            yield _shown(seen, (name, key), value, listed=True)
        else:
            created = role.op == "create" or (role.op == "update" and seen.status == 201)
            yield Reveal((name, key), value, created)


def _is_past(seen: Seen, role: Role) -> bool:
    """Whether a read names an old version of what it addresses."""
    return seen.method == "GET" and any(key_text(place, seen) is not None for place in role.past)


def _viewed(seen: Seen, role: Role) -> Iterator[Reveal]:
    for path, (name, key) in role.views:
        shown = get(seen.document, path)
        if not key and isinstance(shown, dict):
            yield Reveal((name, SINGLETON_KEY), shown, False)
        for item in shown if isinstance(shown, list) else ():
            if (own := text_of(get(item, key))) is not None:
                yield Reveal((name, own), item, False)


def _shown(seen: Seen, key: Key, value: JsonValue, *, listed: bool) -> Reveal:
    hidden = asked_for(seen, value)
    if hidden and isinstance(value, dict):
        value = {name: member for name, member in value.items() if name not in hidden}
    return Reveal(key, value, False, listed, hidden)


def asked_for(seen: Seen, value: JsonValue) -> frozenset[str]:
    """Return the members of a representation, objects or lists of them, that a parameter of the request asks
    for by name: they belong to other entities."""
    if not seen.request.query or not isinstance(value, dict):
        return frozenset()
    asked = _asked(seen.request.query)
    return frozenset(name for name in asked if name in value and _holds_entities(value[name]))


@lru_cache(maxsize=4096)
def _asked(query: str) -> frozenset[str]:
    """Return the words of a query; it is asked for each element of the list that it brought."""
    return frozenset(word for each in _words(parse_form(query)) for word in each.split(","))


def _words(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _words(each)


def _holds_entities(value: JsonValue) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and all(isinstance(each, dict) for each in value)
    )


def deletes(seen: Seen, role: Role) -> Key | None:
    """Return what an exchange removed: the entity that a successful DELETE addresses, whether it answers with
    that or with what stands above it."""
    if not seen.ok or role.collection is None:
        return None
    if seen.method == "DELETE" and role.inner is not None:
        name, inner = role.inner
        text = key_text(inner, seen)
        return (name, text) if text is not None and text.endswith(seen.segments[-1]) else None
    if role.op != "delete":
        return None
    key = role.request_key(seen)
    return None if key is None else (role.collection.name, key)


@dataclass(slots=True)
class Sketch:
    """What one session says about its world."""

    taught: bool = True
    created: dict[Key, int] = field(default_factory=dict)
    shown: dict[Key, JsonValue] = field(default_factory=dict)
    lists: list[_List] = field(default_factory=list)
    whole_lists: list[tuple[str, frozenset[Key], str]] = field(default_factory=list)
    deleted: set[Key] = field(default_factory=set)
    saw: dict[Part, str] = field(default_factory=dict)
    wrote: dict[Part, str] = field(default_factory=dict)
    born: set[Key] = field(default_factory=set)
    """What a write had told of before it was shown: created on the side, so it was not there from the
    start."""


@dataclass(slots=True)
class Signs:
    """What one session says about its world beside the routes of HTTP."""

    created: dict[Key, int] = field(default_factory=dict)
    shown: dict[Key, JsonValue] = field(default_factory=dict)
    whole_lists: list[tuple[str, frozenset[Key]]] = field(default_factory=list)
    deleted: set[Key] = field(default_factory=set)
    saw: dict[Part, str] = field(default_factory=dict)
    """Parts of entities as they were before the session wrote them."""
    wrote: dict[Part, str] = field(default_factory=dict)
    """Parts of entities as the session left them."""


class WorldBuilder:
    """Takes in the sessions of a corpus one by one, in the order of time, and keeps of each what tells its
    world."""

    def __init__(self) -> None:
        self._fullest: Counter[int] = Counter()
        self._sketches: list[Sketch] = []
        self._starts: list[int] = []
        self._created: set[Key] = set()
        self._shown: set[str] = set()
        self._told: set[str] = set()
        """Identifiers that answers to writes told before anything showed them: of what the writes made on the
        side."""

    def add(self, sights: Sights, taught: bool = True) -> None:
        """Take in what one session shows. What one shows that is not learned from is no fixture."""
        started_at_ms, found = sights
        sketch = Sketch(taught=taught)
        self._starts.append(started_at_ms)
        self._sketches.append(sketch)
        for sight in found:
            self._take(sketch, sight)

    def tell(self, number: int, signs: Signs, started_at_ms: int) -> None:
        """Take in what something else read from the session of that number, which has been added."""
        sketch = self._sketches[number]
        self._starts[number] = self._starts[number] or started_at_ms
        sketch.created.update(signs.created)
        sketch.shown.update(signs.shown)
        sketch.whole_lists += [(name, keys, "") for name, keys in signs.whole_lists]
        sketch.deleted |= signs.deleted
        sketch.saw.update(signs.saw)
        sketch.wrote.update(signs.wrote)

    def _take(self, sketch: Sketch, sight: Sight) -> None:
        sketch.deleted.update(sight.deleted)
        sketch.born.update(sight.stored)
        for own in sight.silent:  # what nothing showed before, a write that says nothing may have begun
            if own not in sketch.shown and own not in self._created:
                sketch.born.add(own)
        for key, value, created in sight.shown:
            if created and key[1] != SINGLETON_KEY:  # a singleton's key says nothing about time
                sketch.created.setdefault(key, sight.at)
                self._created.add(key)
            elif key[1] in self._told and key not in self._created:
                sketch.born.add(key)
            elif key not in sketch.created:
                sketch.shown.setdefault(key, value)
                self._shown.add(key[1])
        if sight.listed is not None:
            name, route, limit, above = sight.listed
            self._fullest[route] = max(self._fullest[route], len(sight.shown))
            keys = frozenset(key for key, _, _ in sight.shown)
            sketch.lists.append(_List(name, route, limit, keys, above))
        self._told.update(each for each in sight.told if each not in self._shown)

    def world(self) -> World:
        """Return the runs and the fixtures that the sessions show."""
        for sketch in self._sketches:
            for each in sketch.lists:
                limit = each.limit if each.limit is not None else 0
                if each.limit is not None and len(each.keys) < (limit or self._fullest[each.route]):
                    sketch.whole_lists.append((each.name, each.keys, each.above))
        run_of = _runs(self._sketches, self._starts)
        return World(run_of, _fixtures(self._sketches, run_of))


@dataclass(frozen=True, slots=True)
class _List:
    """A list that was shown. ``limit`` is the size of page asked for, 0 where none was, None where it is
    filtered."""

    name: str
    route: int
    limit: int | None
    keys: frozenset[Key]
    above: str = ""
    """What the keys of everything that the list could show begin with: those of a parent's children."""


@dataclass(frozen=True, slots=True)
class World:
    """``run_of`` numbers the run of each session; ``fixtures`` are what every run starts with."""

    run_of: tuple[int, ...]
    fixtures: dict[str, dict[str, JsonValue]]


def _runs(sketches: list[Sketch], starts: list[int]) -> tuple[int, ...]:
    linked: set[int] = set()  # gap g lies between session g-1 and session g
    resets: list[tuple[int, int]] = []
    creator: dict[Key, int] = {}
    alive: dict[str, dict[Key, int]] = defaultdict(dict)
    counters = {name: Counts() for name in counting(sketches)}
    lives = Lives(sketches)

    def suspect(born: int, at: int) -> None:
        """Take note of a reset between two sessions, unless what is older than that outlived it."""
        if not lives.outlived(born, at):
            resets.append((born, at))

    for number, sketch in enumerate(sketches):
        for key in sketch.shown:
            if key in creator:
                linked.update(range(creator[key] + 1, number + 1))
            if key[0] in counters:
                counters[key[0]].show(key[1])
        for name, shown, above in sketch.whole_lists:
            for key, born in alive[name].items():
                if key not in shown and born < number and key[1].startswith(above):
                    suspect(born, number)
        for key in sketch.created:
            if key in creator and key in alive[key[0]] and not is_last(key[1], alive[key[0]]):
                suspect(creator[key], number)
            elif key[0] in counters and (since := counters[key[0]].fell(key[1], number)) is not None:
                suspect(since, number)
            if key[0] in counters:
                counters[key[0]].give(key[1], number)
            creator[key] = number
            alive[key[0]][key] = number
        for key in sketch.deleted:
            alive[key[0]].pop(key, None)
            if key[0] in counters:
                counters[key[0]].remove(key[1])
        lost = max((born for born, at in resets if at == number), default=-1)
        for keys in (*alive.values(), creator):  # what a reset removed cannot show it twice, nor tie sessions
            for key in [key for key, at in keys.items() if at <= lost]:
                del keys[key]
    changes, undone = _changes(sketches)
    linked |= changes
    resets += undone
    if not linked:
        return tuple(range(len(sketches)))
    cuts: set[int] = set()
    for born, number in sorted(resets, key=lambda each: (each[1] - each[0], each)):
        gaps = list(range(born + 1, number + 1))
        if gaps and not cuts.intersection(gaps):
            free = [gap for gap in gaps if gap not in linked] or []
            if free:
                cuts.add(max(free, key=lambda gap: (starts[gap] - starts[gap - 1], -gap)))
    runs, run = [], 0
    for number in range(len(sketches)):
        run += number in cuts
        runs.append(run)
    return tuple(runs)


def _changes(sketches: list[Sketch]) -> tuple[set[int], list[tuple[int, int]]]:
    """Return the gaps over which a written value was seen, and the pairs of sessions between which what was
    there before came back."""
    linked: set[int] = set()
    undone: list[tuple[int, int]] = []
    first: dict[Part, str] = {}
    held: dict[Part, tuple[str, int]] = {}
    for number, sketch in enumerate(sketches):
        for part, value in sketch.saw.items():
            before = first.setdefault(part, value)
            if part not in held:
                continue
            written, at = held[part]
            if value == written != before:
                linked.update(range(at + 1, number + 1))
            elif value == before != written:
                undone.append((at, number))
                del held[part]
        for part, value in sketch.wrote.items():
            held[part] = (value, number)
    return linked, undone


def _fixtures(sketches: list[Sketch], run_of: tuple[int, ...]) -> dict[str, dict[str, JsonValue]]:
    sights: dict[Key, dict[int, JsonValue]] = defaultdict(dict)
    created: dict[int, set[Key]] = defaultdict(set)
    for sketch, run in zip(sketches, run_of, strict=True):
        created[run].update(sketch.born)
        for key, value in sketch.shown.items() if sketch.taught else ():
            if key not in created[run]:
                sights[key].setdefault(run, value)
        created[run].update(sketch.created)
    many = len(set(run_of)) > 1
    fixtures: dict[str, dict[str, JsonValue]] = defaultdict(dict)
    for (name, text), by_run in sights.items():
        if len(by_run) > 1 or not many or text.isdigit():
            fixtures[name][text] = by_run[min(by_run)]
    return {name: dict(sorted(items.items(), key=_natural)) for name, items in sorted(fixtures.items())}


def _natural(item: tuple[str, JsonValue]) -> tuple[int, int, str]:
    """Numbers in their order, then text: the order in which a service most likely made them."""
    key = item[0]
    return (0, int(key), "") if key.isdigit() else (1, 0, key)
