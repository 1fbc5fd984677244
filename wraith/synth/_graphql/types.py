"""Which objects are of one type: positions in answers, gathered into classes.

A *position* is where an object stood: the names of fields from the root. Positions are one class because
their objects name the same type, because the same fields of one class lead there, because the same keys have
the same values in both, or, where values do not tell, because their names are about the same thing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from wraith.canonical import JsonValue
from wraith.paths import Found
from wraith.runtime import text_of
from wraith.synth._graphql.documents import ROOTS, Call, Object, Value, plain
from wraith.synth._graphql.words import stem, type_name, words
from wraith.synth._shared.priors import PRIOR_KEYS

Position = tuple[str, ...]

MAX_RECORDS = 4_000
"""Objects of one position that are compared with others."""


@dataclass(slots=True)
class Field:
    """What was seen of one field of a class."""

    scalars: Counter[str] = field(default_factory=Counter)
    """Kinds of plain values: ``Int``, ``Float``, ``String``, ``Boolean``, ``Anything``."""
    counted: bool = True
    """Every text was an integer, as identifiers that count up are."""
    listed: bool = False
    nulls: bool = False
    leads: set[Position] = field(default_factory=set)
    """Positions of the objects in it."""
    asked: bool = False
    """Whether it was ever given arguments."""
    refers: bool = False
    """It leads to an entity that no other field tells: the key of that is kept in its place."""


@dataclass(slots=True)
class Class:
    """A type of objects. ``key`` is the field that tells one from another, None where nothing does."""

    name: str
    positions: tuple[Position, ...]
    fields: dict[str, Field]
    key: str | None = None
    wrapper: bool = False
    """It holds entities, or is answered by a root field, and is no entity itself: a page, a payload, a
    count."""

    def kept(self) -> list[str]:
        """Return the fields whose values are stored, those that need no arguments and lead to no entity."""
        return [name for name, each in self.fields.items() if each.scalars or not each.leads or each.refers]


class Types:
    """The classes of a corpus, and the class at each position."""

    def __init__(self, classes: Iterable[Class]) -> None:
        self.classes = tuple(classes)
        self._led: dict[tuple[str, str], Class | None] = {}
        self.at: dict[Position, Class] = {
            position: each for each in self.classes for position in each.positions
        }

    def below(self, owner: Class | str, name: str) -> Class | None:
        """Return the class that a field of a class, or of a root type, leads to."""
        if isinstance(owner, str):
            return self.at.get((owner, name))
        place = (owner.name, name)
        if place not in self._led:
            self._led[place] = self._lead(owner, name)
        return self._led[place]

    def _lead(self, owner: Class, name: str) -> Class | None:
        found = owner.fields.get(name)
        return (
            next((self.at[lead] for lead in sorted(found.leads) if lead in self.at), None) if found else None
        )

    def stored(self, of: Class, name: str, value: JsonValue) -> JsonValue:
        """Return a field's value as it is kept: identifiers that count up as numbers."""
        known = of.fields.get(name)
        if known is not None and known.counted and known.scalars:
            return as_counted(value)
        return value

    def document(self, value: Object, of: Class) -> dict[str, JsonValue]:
        """Return what an object shows of an entity: its plain fields, with the values embedded in it."""
        done: dict[str, JsonValue] = {}
        for sight in value.sights:
            below = self.below(of, sight.name)
            if below is not None and of.fields[sight.name].refers and not sight.arguments:
                if sight.value is None:
                    done[sight.name] = None
                elif isinstance(sight.value, Object) and (key := self.key(sight.value, below)) is not None:
                    done[sight.name] = key
            elif not sight.arguments and (below is None or not (below.key or below.wrapper)):
                found = plain(sight.value)
                done[sight.name] = self.stored(of, sight.name, found)  # type: ignore[arg-type]  # a sight is there
        return done

    def key(self, value: Object, of: Class) -> str | None:
        """Return the key of an object of a class, where it was selected."""
        for sight in value.sights:
            if sight.name == of.key and not isinstance(sight.value, Object | list):
                return text_of(sight.value)
        return None


def as_counted(value: JsonValue) -> JsonValue:
    """Return text that is an integer, as it is written, as one; in lists as well."""
    if isinstance(value, list):
        return [as_counted(each) for each in value]
    if isinstance(value, str) and value.isascii() and value.isdigit() and str(int(value)) == value:
        return int(value) if len(value) < 16 else value
    return value


# --- survey ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Place:
    names: Counter[str] = field(default_factory=Counter)
    records: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    unique: bool = True


class Survey:
    """Takes in the calls of a corpus, and says what types they show."""

    def __init__(self) -> None:
        self._places: dict[Position, _Place] = {}

    def add(self, call: Call) -> None:
        """Take in what one call shows."""
        position = (ROOTS[call.kind], call.name)
        root = self._places.setdefault((ROOTS[call.kind],), _Place())
        self._field(root, (ROOTS[call.kind],), call.name, call.value, bool(call.arguments))
        self._walk(call.value, position)

    def _walk(self, value: Value, at: Position) -> None:
        if isinstance(value, list):
            own = [_own_key(each) for each in value if isinstance(each, Object)]
            told = [each for each in own if each is not None]
            if at in self._places and len(set(told)) < len(told):
                self._places[at].unique = False
            for each in value:
                self._walk(each, at)
        elif isinstance(value, Object):
            place = self._places.setdefault(at, _Place())
            place.names.update(value.types)
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
        key = _own_key(value)
        if key is None or len(place.records) > MAX_RECORDS:
            return
        record = place.records.setdefault(key, {})
        for sight in value.sights:
            if not sight.arguments and isinstance(sight.value, str | int | float):
                record.setdefault(sight.name, set()).add(repr(sight.value))

    def types(self, told: Mapping[Position, str]) -> Types:
        """Return the classes. ``told`` are names of types that errors told of positions."""
        return Types(_Gathering(self._places, told).classes())


def _kind(value: Found) -> str:
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Int"
    if isinstance(value, float):
        return "Float"
    return "String" if isinstance(value, str) else "Anything"


def _own_key(value: Object) -> str | None:
    """Return the value of the field that most likely is the key, with the field's name."""
    found = {sight.name: sight.value for sight in value.sights if not sight.arguments}
    for name in PRIOR_KEYS:
        if name in found and isinstance(found[name], str | int) and not isinstance(found[name], bool):
            return f"{name}={found[name]}"
    return None


class _Gathering:
    """Union and find over positions."""

    def __init__(self, places: Mapping[Position, _Place], told: Mapping[Position, str]) -> None:
        self._places = {at: place for at, place in places.items() if len(at) > 1}
        self._all = places
        self._parent: dict[Position, Position] = {at: at for at in self._places}
        self._names: dict[Position, str] = {}
        for at, place in self._places.items():
            name = told.get(at) or (place.names.most_common(1)[0][0] if len(place.names) == 1 else None)
            if name is not None:
                self._names[at] = name

    def classes(self) -> list[Class]:
        by_name: dict[str, Position] = {}
        for at, name in sorted(self._names.items()):
            self._join(by_name.setdefault(name, at), at)
        self._close()
        self._join_where(self._same_values)
        self._join_where(self._same_keys)
        self._join_where(self._same_stem)
        return self._made()

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
        return alike(one[1], other[1]) and self._join(one[0], other[0])

    def _same_values(self, some: list[Position], others: list[Position]) -> bool:
        one, other = self._records(some), self._records(others)
        agreed: set[str] = set()
        against = 0
        for key in one.keys() & other.keys():
            for name in one[key].keys() & other[key].keys():
                if name in PRIOR_KEYS and f"{name}=" == key.partition("=")[0] + "=":
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

    def _records(self, group: list[Position]) -> dict[str, dict[str, set[str]]]:
        done: dict[str, dict[str, set[str]]] = {}
        for at in group:
            for key, record in self._places[at].records.items():
                mine = done.setdefault(key, {})
                for name, values in record.items():
                    mine[name] = mine.get(name, set()) | values
        return done

    def _same_stem(self, some: list[Position], others: list[Position]) -> bool:
        if not {stem(at[-1]) for at in some} & {stem(at[-1]) for at in others}:
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
            each.wrapper = each.key is None and (
                any(len(at) == 2 for at in each.positions) or _leads_to_entity(each, by_position, set())
            )
        for at, place in self._all.items():
            if len(at) == 1:
                found.append(Class(at[0], (at,), place.fields, None, True))
        return found

    def _named(self, group: list[Position]) -> str:
        """Return a name for a type that nothing named: what most fields that lead to it are about."""
        if not any(self._places[at].records for at in group):
            word = type_name(" ".join(words(group[0][-1])))
            return f"{word}Payload" if group[0][0] == "Mutation" and len(group[0]) == 2 else word
        stems = Counter(stem(at[-1]) for at in group)
        return type_name(min(stems, key=lambda each: (-stems[each], each)))

    def _key(self, made: Class, group: list[Position]) -> str | None:
        if not all(self._places[at].unique for at in group):
            return None
        for name in PRIOR_KEYS:
            known = made.fields.get(name)
            if known is not None and known.scalars and not known.scalars.keys() - {"Int", "String"}:
                return name
        return None


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
