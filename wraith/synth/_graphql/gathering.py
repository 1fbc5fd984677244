"""The positions of objects, gathered into classes.

Objects of several types may stand in one place: then each has a position of its own there, by the name that
it tells. What has no key is an entity nevertheless where its fields are those of one, with values of one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from wraith.paths import Found
from wraith.synth._graphql.documents import ROOTS, Call, Object, Value, objects
from wraith.synth._graphql.keys import Keys, keys_of
from wraith.synth._graphql.types import Class, Field, Position, Types, as_counted
from wraith.synth._graphql.words import stem, type_name, words
from wraith.synth._shared.priors import ELEMENTS

MAX_RECORDS = 4_000
"""Objects of one position that are compared with others."""

MAX_VALUES = 2_000
"""Values of one field of one position that are compared with others."""

TELLING = 4
"""Different values of a field that one entity can be told from another by."""

ON = "on "
"""Before the name of a type, in the last step of the position of an object that stands where others of
another type do."""


def gather(calls: Sequence[Call], told: Mapping[Position, str]) -> Types:
    """Return the classes of what calls answered. ``told`` are names of types that errors told."""
    interfaces, keys = _interfaces(calls), keys_of(calls)
    several: set[Position] = set()
    while True:
        survey = _Survey(several, interfaces, keys)
        for call in calls:
            survey.add(call)
        gathering = _Gathering(survey.places, told, keys)
        more = (survey.several() | gathering.several()) - several
        if not more:
            return Types(gathering.classes())
        several |= more


def _interfaces(calls: Iterable[Call]) -> set[str]:
    """Return the types that fragments name and that are those of no object: each was of another."""
    found: set[str] = set()

    def walk(value: Value) -> None:
        for each in objects(value):
            if len(each.types) == 1:
                found.update(each.under - each.types)
            for sight in each.sights:
                walk(sight.value)

    for call in calls:
        walk(call.value)
    return found


@dataclass(slots=True)
class _Place:
    names: Counter[str] = field(default_factory=Counter)
    records: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    values: dict[str, set[str]] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    told_apart: set[str] = field(default_factory=set)
    """Names of keys that differ between the elements of some list."""
    repeated: set[str] = field(default_factory=set)
    """Those that elements of one list have in common."""
    several: bool = False
    """Objects of several types stand here."""
    interfaces: Counter[str] = field(default_factory=Counter)
    bare: set[str] = field(default_factory=set)
    """Fields that were asked of objects of several types, outside fragments."""
    offered: set[str] = field(default_factory=set)
    """The types that such objects may have, as documents say."""


class _Survey:
    """Takes in the calls of a corpus, position by position."""

    def __init__(self, several: set[Position], interfaces: set[str], keys: Keys) -> None:
        self.places: dict[Position, _Place] = {}
        self._several = several
        self._interfaces = interfaces
        self._keys = keys

    def several(self) -> set[Position]:
        """Return the positions whose objects tell more than one name."""
        return {at for at, place in self.places.items() if len(place.names) > 1}

    def add(self, call: Call) -> None:
        """Take in what one call shows."""
        position = (ROOTS[call.kind], call.name)
        root = self.places.setdefault((ROOTS[call.kind],), _Place())
        self._field(root, (ROOTS[call.kind],), call.name, call.value, bool(call.arguments))
        self._walk(call.value, position)

    def _walk(self, value: Value, at: Position) -> None:
        if isinstance(value, list):
            for each in value:
                self._walk(each, at)
            if at in self.places:  # objects stand here
                self._tell_apart(self.places[at], value)
        elif isinstance(value, Object):
            self._object(value, at)

    def _tell_apart(self, place: _Place, value: Sequence[Value]) -> None:
        """Note which names of keys tell the elements of a list apart, and which do not."""
        own = [key for each in value if isinstance(each, Object) and (key := self._keys.of(each)) is not None]
        names = {key.partition("=")[0] for key in own}
        if len(names) == 1:
            if len(set(own)) < len(own):
                place.repeated |= names
            elif len(own) > 1:
                place.told_apart |= names

    def _object(self, value: Object, at: Position) -> None:
        names = value.types - self._interfaces
        place = self.places.setdefault(at, _Place(several=at in self._several))
        if place.several:
            place.interfaces.update(value.under & self._interfaces)
            place.offered.update(value.offered - self._interfaces)
            place.bare.update(sight.name for sight in value.sights if sight.bare)
            if len(names) != 1:
                return  # what it is, nothing says
            at = (*at, ON + next(iter(names)))
            place = self.places.setdefault(at, _Place())
        if len(names) == 1:
            place.names.update(names)
        self._record(place, value)
        for sight in value.sights:
            self._field(place, at, sight.name, sight.value, bool(sight.arguments))
            self._walk(sight.value, (*at, sight.name))

    def _field(self, place: _Place, at: Position, name: str, value: Value, asked: bool) -> None:
        known = place.fields.setdefault(name, Field())
        known.asked = known.asked or asked
        if isinstance(value, list):
            known.listed = True
            for each in value:
                self._field(place, at, name, each, asked)
        elif value is None:
            known.nulls = True
        elif isinstance(value, Object):
            known.leads.add((*at, name))
        else:
            known.scalars[_kind(value)] += 1
            if not (isinstance(value, str) and isinstance(as_counted(value), int)):
                known.counted = False

    def _record(self, place: _Place, value: Object) -> None:
        plain = [
            (sight.name, repr(sight.value))
            for sight in value.sights
            if not sight.arguments and isinstance(sight.value, str | int | float)
        ]
        for name, text in plain:
            values = place.values.setdefault(name, set())
            if len(values) < MAX_VALUES:
                values.add(text)
        key = self._keys.of(value)
        if key is not None and len(place.records) <= MAX_RECORDS:
            record = place.records.setdefault(key, {})
            for name, text in plain:
                record.setdefault(name, set()).add(text)


def _about(at: Position) -> str:
    """Return what the objects of a position are about, by the name of the field: where that says no more than
    that they are elements, the one above it."""
    names = [name for name in at[1:] if stem(name) not in ELEMENTS and not name.startswith(ON)]
    return stem(names[-1] if names else at[-1])


def _kind(value: Found) -> str:
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Int"
    if isinstance(value, float):
        return "Float"
    return "String" if isinstance(value, str) else "Anything"


class _Gathering:
    """Union and find over positions."""

    def __init__(self, places: Mapping[Position, _Place], told: Mapping[Position, str], keys: Keys) -> None:
        self._keys = keys
        self._places = {at: place for at, place in places.items() if len(at) > 1}
        self._all = places
        self._parent: dict[Position, Position] = {at: at for at in self._places}
        self._names: dict[Position, str] = {}
        for at, place in self._places.items():
            name = told.get(at) or (next(iter(place.names)) if len(place.names) == 1 else None)
            if name is not None:
                self._names[at] = name

        by_name: dict[str, Position] = {}
        for at, name in sorted(self._names.items()):
            self._join(by_name.setdefault(name, at), at)
        self._close()
        for alike in (self._same_values, self._same_keys, self._part_of, self._same_stem):
            self._join_where(alike)

    def several(self) -> set[Position]:
        """Return the positions of objects of several types: those that are one class with such a one."""
        return {at for group in self._groups().values() for at in group if any(map(self._is_several, group))}

    def classes(self) -> list[Class]:
        """Return the classes, and those of the root types."""
        return self._made()

    def _is_several(self, at: Position) -> bool:
        return self._places[at].several

    def _find(self, at: Position) -> Position:
        while self._parent[at] != at:
            self._parent[at] = at = self._parent[self._parent[at]]
        return at

    def _join(self, one: Position, other: Position) -> bool:
        a, b = sorted((self._find(one), self._find(other)))
        names = {self._names[each] for each in (a, b) if each in self._names}
        if a == b or len(names) > 1:
            return False
        self._parent[b] = a
        if names:
            self._names[a] = names.pop()
        return True

    def _close(self) -> None:
        """Fields of one class lead to one class each."""
        changed = True
        while changed:
            changed = False
            led: dict[tuple[Position, str], Position] = {}
            for at in sorted(self._places):
                if len(at) > 2:
                    owner = self._find(at[:-1])
                    changed = self._join(led.setdefault((owner, at[-1]), at), at) or changed

    def _groups(self) -> dict[Position, list[Position]]:
        groups: dict[Position, list[Position]] = defaultdict(list)
        for at in sorted(self._places):
            groups[self._find(at)].append(at)
        return groups

    def _join_where(self, alike: Callable[[list[Position], list[Position]], bool]) -> None:
        """Join the groups that are alike, until no two are."""
        while any(self._joined(one, other, alike) for one, other in combinations(self._groups().items(), 2)):
            self._close()

    def _joined(
        self,
        one: tuple[Position, list[Position]],
        other: tuple[Position, list[Position]],
        alike: Callable[[list[Position], list[Position]], bool],
    ) -> bool:
        if any(map(self._is_several, (*one[1], *other[1]))):
            return False
        return alike(one[1], other[1]) and self._join(one[0], other[0])

    def _same_values(self, some: list[Position], others: list[Position]) -> bool:
        one, other = self._records(some), self._records(others)
        agreed: set[str] = set()
        against = 0
        for key in one.keys() & other.keys():
            for name in one[key].keys() & other[key].keys():
                if name == key.partition("=")[0]:
                    continue
                common = one[key][name] & other[key][name]
                if common:
                    agreed.update(f"{key} {name}" for value in common if value not in ("True", "False"))
                else:
                    against += 1
        return len(agreed) >= 2 and len(agreed) >= 4 * against

    def _same_keys(self, some: list[Position], others: list[Position]) -> bool:
        """Whether two groups know things by the same keys, such as nobody counts, and one shows no other
        fields than the other."""
        one, other = self._fields(some), self._fields(others)
        if not (one.keys() <= other.keys() or other.keys() <= one.keys()):
            return False
        shared = self._records(some).keys() & self._records(others).keys()
        return sum(not key.partition("=")[2].isdigit() and len(key) > 6 for key in shared) >= 2

    def _part_of(self, some: list[Position], others: list[Position]) -> bool:
        """Whether one group is never shown with its key, and shows fields of the other with values that the
        other has; some field tells one from another."""
        ranks = self._key_rank(some), self._key_rank(others)
        if ranks[0] == ranks[1]:
            return False
        part, whole = (others, some) if ranks[0] < ranks[1] else (some, others)
        if not self._fields(part).keys() <= self._fields(whole).keys():
            return False
        own, known = self._values(part), self._values(whole)
        return any(
            len(values) >= TELLING and len(values & known.get(name, set())) * 10 >= len(values) * 9
            for name, values in own.items()
        )

    def _key_rank(self, group: list[Position]) -> int:
        """Return which of the names of keys is the first that is shown."""
        names = self._fields(group).keys()
        return next(
            (rank for rank, name in enumerate(self._keys.names) if name in names), len(self._keys.names)
        )

    def _values(self, group: list[Position]) -> dict[str, set[str]]:
        done: dict[str, set[str]] = {}
        for at in group:
            for name, values in self._places[at].values.items():
                done[name] = done.get(name, set()) | values
        return done

    def _records(self, group: list[Position]) -> dict[str, dict[str, set[str]]]:
        done: dict[str, dict[str, set[str]]] = {}
        for at in group:
            for key, record in self._places[at].records.items():
                mine = done.setdefault(key, {})
                for name, values in record.items():
                    mine[name] = mine.get(name, set()) | values
        return done

    def _same_stem(self, some: list[Position], others: list[Position]) -> bool:
        if not set(map(_about, some)) & set(map(_about, others)):
            return False
        one, other = self._fields(some), self._fields(others)
        shared = [name for name in one.keys() & other.keys() if one[name].scalars and other[name].scalars]
        return bool(shared) and all(
            bool(one[name].scalars.keys() & other[name].scalars.keys()) for name in shared
        )

    def _fields(self, group: list[Position]) -> dict[str, Field]:
        done: dict[str, Field] = {}
        for at in group:
            for name, each in self._places[at].fields.items():
                mine = done.setdefault(name, Field())
                mine.scalars.update(each.scalars)
                mine.counted = mine.counted and each.counted
                mine.listed = mine.listed or each.listed
                mine.nulls = mine.nulls or each.nulls
                mine.leads |= each.leads
                mine.asked = mine.asked or each.asked
        return done

    def _made(self) -> list[Class]:
        found: list[Class] = []
        taken: set[str] = {"Query", "Mutation"}
        for first, group in sorted(self._groups().items()):
            name = self._names.get(first)
            if name is None:
                name = self._named(group)
                while name in taken or name in self._names.values():
                    name += "_"
            taken.add(name)
            made = Class(name, tuple(group), self._fields(group))
            made.key = self._key(made, group)
            found.append(made)
        by_position = {at: each for each in found for at in each.positions}
        for each in found:
            self._gather_members(each, by_position)
        for each in found:
            each.wrapper = (
                each.key is None
                and not each.members
                and (any(len(at) == 2 for at in each.positions) or _leads_to_entity(each, by_position, set()))
            )
        for at, place in self._all.items():
            if len(at) == 1:
                found.append(Class(at[0], (at,), place.fields, None, True))
        return found

    def _gather_members(self, of: Class, by_position: Mapping[Position, Class]) -> None:
        """Give a class of several types its members: those of the positions that stand in its own."""
        if any(map(self._is_several, of.positions)):
            inner = {
                each.name: each
                for at, each in by_position.items()
                if at[:-1] in of.positions and at[-1].startswith(ON)
            }
            offered = set().union(*(self._places[at].offered for at in of.positions))
            inner |= {each.name: each for each in by_position.values() if each.name in offered}
            of.members = tuple(each for _, each in sorted(inner.items()))
            of.shared = set().union(*(self._places[at].bare for at in of.positions))
            for each in of.members:
                each.named = True

    def _named(self, group: list[Position]) -> str:
        """Return a name for a type that nothing named: what most fields that lead to it are about."""
        interfaces: Counter[str] = sum((self._places[at].interfaces for at in group), Counter())
        if interfaces:
            return min(interfaces, key=lambda each: (-interfaces[each], each))
        if not any(self._places[at].records for at in group):
            word = type_name(" ".join(words(group[0][-1])))
            return f"{word}Payload" if group[0][0] == "Mutation" and len(group[0]) == 2 else word
        stems = Counter(map(_about, group))
        return type_name(min(stems, key=lambda each: (-stems[each], each)))

    def _key(self, made: Class, group: list[Position]) -> str | None:
        apart = set().union(*(self._places[at].told_apart for at in group))
        repeated = set().union(*(self._places[at].repeated for at in group))
        for name in self._keys.names:
            known = made.fields.get(name) if name not in repeated else None
            if known is not None and known.scalars and not known.scalars.keys() - {"Int", "String"}:
                sure = name in self._keys.sure or name in apart or self._names_itself(name, made, group)
                return name if sure else None
        return None

    @staticmethod
    def _names_itself(name: str, made: Class, group: list[Position]) -> bool:
        """Whether the name of a key says what it is of: ``orderId`` is that of an order."""
        own = " ".join(words(name)[:-1])
        return bool(own) and own in {stem(made.name), *map(_about, group)}


def _leads_to_entity(of: Class, by_position: Mapping[Position, Class], seen: set[str]) -> bool:
    seen.add(of.name)
    for each in of.fields.values():
        for lead in each.leads:
            below = by_position.get(lead)
            if below is not None and (
                below.key or (below.name not in seen and _leads_to_entity(below, by_position, seen))
            ):
                return True
    return False
