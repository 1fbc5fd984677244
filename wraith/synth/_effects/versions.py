"""Versions that a service keeps: histories, old versions read by their number, one of them restored.

Some answers show a representation as it was before the last write: an exchange names it by a member that is
another one in each version, or lists them all. Such a collection keeps its *past*: every write that answers
with a representation also files it under the key of the entity and that member. What names an old version is
then a place like any other that a request refers to, and a history is a list of what is filed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, leaves
from wraith.runtime import text_of
from wraith.synth._effects.side_effects import SideEffects
from wraith.synth._exchanges.seen import Seen
from wraith.synth._roles.roles import Role, created_key, key_text
from wraith.synth._world.world import Key, deletes, reveals
from wraith.wir import Effect, Expr, Literal, Put, Ref, Sweep, Text

ENOUGH = 2
"""Answers that must show what was before the last write."""

MAX_NAMED = 12
"""Scalars of a request that may name a version; a body with more is a version itself."""

WRITES = ("create", "update", "action")

Version = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Versions:
    """What is known of the past: by collection the member that names a version, by route the places of
    requests that do, and the routes that list them."""

    members: Mapping[str, str]
    named: Mapping[int, tuple[Ref, ...]]
    histories: frozenset[int]

    def known_to(self, roles: Sequence[Role]) -> tuple[Role, ...]:
        """Return the roles; those that tell of the past see it, and tell nothing of the present."""
        return tuple(self._known_to(number, role) for number, role in enumerate(roles))

    def _known_to(self, number: int, role: Role) -> Role:
        owner = _owner(role, self.members)
        places = self.named.get(number, ())
        if owner is None or not (places or number in self.histories):
            return role
        name, key = owner
        around = tuple((past_of(name), _under(key, place)) for place in places)
        role = replace(role, around=(*role.around, *around), past=places)
        if role.key == key:
            return role
        above = role.addressed[: role.addressed.index(owner) + 1]
        return Role("none", parents=role.parents, addressed=above, around=role.around, past=places)

    def effects(self, roles: Sequence[Role]) -> SideEffects:
        """Return what files versions, and drops them with the entity."""
        return {number: done for number, role in enumerate(roles) if (done := self._effects(role))}

    def _effects(self, role: Role) -> tuple[Effect, ...]:
        member = self.members.get(role.collection.name) if role.collection is not None else None
        if role.collection is None or member is None:
            return ()
        name = role.collection.name
        if role.op == "delete" and role.key is not None:
            return (Sweep(past_of(name), role.key, role.collection.key),)
        if role.op not in WRITES or role.envelope is None or role.partial:
            return ()
        shown = Ref(("response", "body", *role.envelope))
        return (Put(past_of(name), _under(role.key or created_key(role), Ref((*shown.path, member))), shown),)


def past_of(name: str) -> str:
    """Return the name of the collection that keeps what the entities of a collection were."""
    return f"{name}.past"


def _under(key: Expr, version: Expr) -> Text:
    parts = key.parts if isinstance(key, Text) else (key,)
    return Text((*parts, Literal("/"), version))


def _owner(role: Role, names: Iterable[str]) -> tuple[str, Expr] | None:
    """Return the innermost thing of these collections that the path addresses: its collection and key."""
    return next((each for each in reversed(role.addressed) if each[0] in names), None)


def learn_versions(sessions: Iterable[Sequence[Seen]], roles: Sequence[Role]) -> Versions:
    """Return what the answers of some sessions tell of the past."""
    seeing = _Seeing(roles)
    for session in sessions:
        for seen in session:
            if seen.route >= 0 and seen.ok:
                seeing.look(seen)
                seeing.take(seen)
    return seeing.versions()


@dataclass(slots=True)
class _Seeing:
    """Takes in exchanges in the order of time, and compares what is shown with what was written."""

    roles: Sequence[Role]
    past: dict[Key, list[Version]] = field(default_factory=lambda: defaultdict(list))
    named: Counter[tuple[str, str, int, Ref]] = field(default_factory=Counter)
    """How often a version was named: collection, member, route, place."""
    listed: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often all versions were listed: collection, route."""
    against: Counter[tuple[str, str, int, Ref]] = field(default_factory=Counter)

    def take(self, seen: Seen) -> None:
        role = self.roles[seen.route]
        if (gone := deletes(seen, role)) is not None:
            self.past.pop(gone, None)
        if role.op in WRITES and role.store is None and not role.partial:
            for reveal in reveals(seen, role):
                if reveal.created:
                    self.past.pop(reveal.key, None)
                if isinstance(reveal.value, dict) and not reveal.listed:
                    self.past[reveal.key].append(reveal.value)

    def look(self, seen: Seen) -> None:
        role = self.roles[seen.route]
        for name, key in role.addressed:
            text = key_text(key, seen)
            versions = self.past.get((name, text)) if text is not None else None
            if versions is None or len(versions) < ENOUGH or seen.document is MISSING:
                continue
            if seen.method == "GET" and any(_is_history(each, versions) for each in _lists(seen.document)):
                self.listed[name, seen.route] += 1
            for place, said in _said(seen, key):
                self._named(seen, name, place, said, versions)

    def _named(self, seen: Seen, name: str, place: Ref, said: str, versions: Sequence[Version]) -> None:
        latest = versions[-1]
        for version in versions[:-1]:
            for member, value in version.items():
                if text_of(value) == said and member in latest and text_of(latest[member]) != said:
                    told = _told(seen.document, version, latest, member)
                    if told is not None:
                        (self.named if told else self.against)[name, member, seen.route, place] += 1

    def versions(self) -> Versions:
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for (name, member, _, _), count in self.named.items():
            votes[name][member] += count
        for name in {name for name, _ in self.listed} - votes.keys():
            votes[name].update(self._counted(name))
        members = {
            name: min(some, key=lambda member: (-some[member], member))
            for name, some in sorted(votes.items())
            if max(some.values(), default=0) >= ENOUGH
        }
        named: dict[int, list[Ref]] = defaultdict(list)
        for (name, member, route, place), count in sorted(self.named.items(), key=repr):
            against = self.against[name, member, route, place]
            if members.get(name) == member and count >= ENOUGH and count > against:
                named[route].append(place)
        histories = [
            route for (name, route), count in self.listed.items() if name in members and count >= ENOUGH
        ]
        told = {route: tuple(places) for route, places in named.items()}
        return Versions(members if told or histories else {}, told, frozenset(histories))

    def _counted(self, name: str) -> Counter[str]:
        """Return the members that count the versions of entities."""
        found: Counter[str] = Counter()
        for (each, _), versions in self.past.items():
            for member in versions[0] if each == name and len(versions) >= ENOUGH else ():
                numbers = [version.get(member) for version in versions]
                steps = {b - a if type(a) is int and type(b) is int else None for a, b in pairwise(numbers)}
                found[member] += steps == {1}
        return found


def _said(seen: Seen, key: Expr) -> Iterator[tuple[Ref, str]]:
    """Yield the scalars of a request beside the key of what it addresses, with where they stand."""
    for part, document in (("body", seen.sent), ("query", seen.asked)):
        if isinstance(document, dict) and len(document) <= MAX_NAMED:
            for path, value in leaves(document):
                if (text := text_of(value)) and not isinstance(value, bool):
                    yield Ref(("request", part, *path)), text
    for name, text in seen.parameters.items():
        place = Ref(("request", "path", name))
        if repr(place) not in repr(key):
            yield place, text


def _told(document: Found, version: Version, latest: Version, member: str) -> bool | None:
    """Whether an answer shows a version rather than the latest, where that makes a difference."""
    differing = [
        name
        for name, value in version.items()
        if name != member and name in latest and latest[name] != value and not isinstance(value, dict)
    ]
    for shown in (document, *(document.values() if isinstance(document, dict) else ())):
        common = [name for name in differing if isinstance(shown, dict) and name in shown]
        if common:
            assert isinstance(shown, dict)  # Invariant: it has members in common
            return any(shown[name] == version[name] for name in common)
    return None


def _lists(document: Found) -> Iterator[list[JsonValue]]:
    """Yield the lists that an answer is, or has as members."""
    for each in (document, *(document.values() if isinstance(document, dict) else ())):
        if isinstance(each, list):
            yield each


def _is_history(items: Sequence[JsonValue], versions: Sequence[Version]) -> bool:
    """Whether a list shows every version, the first or the last one first, and not just the present one."""
    if len(items) != len(versions):
        return False
    return any(
        all(map(_shows, items, some)) and not all(_shows(item, versions[-1]) for item in items)
        for some in (versions, versions[::-1])
    )


def _shows(item: JsonValue, version: Version) -> bool:
    """Whether an element is a version, or a part of it."""
    if isinstance(item, str):
        return item in version.values()
    common = item.keys() & version.keys() if isinstance(item, dict) else ()
    return isinstance(item, dict) and len(common) > 1 and all(item[name] == version[name] for name in common)
