"""Which objects are of one type: positions in answers, gathered into classes.

A *position* is where an object stood: the names of fields from the root. Positions are one class because
their objects name the same type, because the same fields of one class lead there, because the same keys have
the same values in both, or, where values do not tell, because their names are about the same thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.runtime import text_of
from wraith.synth._graphql.documents import Object, plain

Position = tuple[str, ...]

TYPE = "__typename"
"""Where an entity keeps the name of its type."""


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
    telling: set[str] = field(default_factory=set)
    """Fields that tell one from another beside the key."""
    members: tuple[Class, ...] = ()
    """The classes of its objects, where they are of several: it is a union, or an interface."""
    shared: set[str] = field(default_factory=set)
    """Of such a class: the fields that were asked of all its members alike."""
    named: bool = False
    """Its objects stand where others of another class do: each tells its own name."""

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

    def concrete(self, of: Class | None, value: Object) -> Class | None:
        """Return the class of an object where objects of a class stand: its own, where there are several."""
        if of is None or not of.members:
            return of
        return next((each for each in of.members if each.name in value.types), None)

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
        done: dict[str, JsonValue] = {TYPE: of.name} if of.named else {}
        for sight in value.sights:
            below = self.below(of, sight.name)
            if below is not None and of.fields[sight.name].refers and not sight.arguments:
                if sight.value is None:
                    done[sight.name] = None
                elif isinstance(sight.value, Object) and (key := self.key(sight.value, below)) is not None:
                    done[sight.name] = key
            elif not sight.arguments and (below is None or not (below.key or below.wrapper or below.members)):
                found = plain(sight.value)
                done[sight.name] = self.stored(of, sight.name, found)  # type: ignore[arg-type]  # a sight is there
        return done

    def key(self, value: Object, of: Class) -> str | None:
        """Return the key of an object of a class, where it was selected, or the rest of it tells."""
        for sight in value.sights:
            if sight.name == of.key and not isinstance(sight.value, Object | list):
                return text_of(sight.value)
        return value.key


def as_counted(value: JsonValue) -> JsonValue:
    """Return text that is an integer, as it is written, as one; in lists as well."""
    if isinstance(value, list):
        return [as_counted(each) for each in value]
    if isinstance(value, str) and value.isascii() and value.isdigit() and str(int(value)) == value:
        return int(value) if len(value) < 16 else value
    return value
