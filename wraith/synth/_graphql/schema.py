"""The schema that recordings show, in the schema definition language of GraphQL.

What nothing told is left open: an argument of unknown type takes everything, and what is not known to be
required is not. Filters and new entities take the members that their fields suggest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wraith.synth._graphql.arguments import (
    STANDARD,
    Argument,
    Arguments,
    Member,
    Site,
    field_scalar,
    inputs,
    scalar_of,
    type_of,
)
from wraith.synth._graphql.errors import Told
from wraith.synth._graphql.lists import Condition
from wraith.synth._graphql.types import Class, Field, Types
from wraith.wir import ANYTHING


@dataclass(slots=True)
class Wanted:
    """What fields take beside what was seen of them: conditions that lists know, and fields that writes
    set."""

    conditions: dict[Site, list[Condition]] = field(default_factory=dict)
    fields: dict[Site, tuple[Member, Class]] = field(default_factory=dict)
    """Where the fields of a class are set, and of which."""
    keys: dict[Site, Member] = field(default_factory=dict)
    """The argument that is a key."""


class SchemaWriter:
    """Writes the schema of one service."""

    def __init__(self, types: Types, arguments: Arguments, told: Told, wanted: Wanted) -> None:
        self._types = types
        self._arguments = arguments
        self._told = told
        self._wanted = wanted
        self._inputs: dict[str, dict[str, str]] = {}
        self._fields_told = {
            (owner.name, position[-1]): text
            for position, text in sorted(told.fields.items())
            if (owner := types.at.get(position[:-1])) is not None
        }

    def lines(self) -> tuple[str, ...]:
        """Return the definitions, a line each."""
        done: list[str] = []
        order = sorted(
            self._types.classes, key=lambda each: (each.name not in ("Query", "Mutation"), each.name)
        )
        order.sort(key=lambda each: {"Query": 0, "Mutation": 1}.get(each.name, 2))
        shared = {each.name: self._shared(each) for each in order if each.members}
        for of in order:
            fields = [self._field(of, name, known) for name, known in of.fields.items()]
            if of.members:
                fields = shared[of.name]
            if of.members and not fields:
                done.append(f"union {of.name} = {' | '.join(each.name for each in of.members)}")
            elif fields:
                own = [name for name, common in shared.items() if common and set(common) <= set(fields)]
                own = [name for name in own if of in self._members(name)]
                above = f" implements {' & '.join(own)}" if own else ""
                kind = "interface" if of.members else "type"
                done += [f"{kind} {of.name}{above} {{", *(f"  {line}" for line in fields), "}"]
        if not any(of.name == "Query" and of.fields for of in order):
            done += ["type Query {", f"  _: {ANYTHING}", "}"]
        for name, members in sorted(self._inputs.items()):
            body = [f"  {member}: {text}" for member, text in members.items()]
            done += [f"input {name} {{", *body, "}"]
        return (*done, *self._scalars(done))

    def _members(self, name: str) -> list[Class]:
        return [member for each in self._types.classes if each.name == name for member in each.members]

    def _shared(self, of: Class) -> list[str]:
        """Return the fields that all members of a class of several types have alike, and that were asked of
        it."""
        lines = [
            {name: self._field(each, name, known) for name, known in each.fields.items()}
            for each in of.members
        ]
        return [
            line
            for name, line in lines[0].items()
            if name in of.shared and all(other.get(name) == line for other in lines)
        ]

    def _scalars(self, lines: Sequence[str]) -> list[str]:
        """Return definitions for the types that are named and nothing more is known of."""
        known = {
            line.split()[1] for line in lines if line.startswith(("type ", "input ", "union ", "interface "))
        } | set(STANDARD)
        named = {word for line in lines if line.startswith("  ") for word in _named(line)}
        return [f"scalar {name}" for name in sorted(named - known)]

    def _field(self, of: Class, name: str, known: Field) -> str:
        site = (of.name, name)
        arguments = self._of(site)
        taken = f"({', '.join(f'{each}: {text}' for each, text in arguments.items())})" if arguments else ""
        return f"{name}{taken}: {self._type(of, name, known)}"

    def _type(self, of: Class, name: str, known: Field) -> str:
        if (of.name, name) in self._fields_told:
            return self._fields_told[of.name, name]
        text = self._seen(of, name, known)
        return f"{text}!" if (of.name, name) in self._told.never_null else text

    def _seen(self, of: Class, name: str, known: Field) -> str:
        below = self._types.below(of, name)
        inner = below.name if below is not None else field_scalar(known, name == of.key)
        return f"[{inner}]" if known.listed else inner

    # --- arguments ---

    def _of(self, site: Site) -> dict[str, str]:
        members = self._arguments.of.get(site, {})
        done: dict[str, str] = {}
        for name in inputs(members, ()):
            done[name] = self._member(site, members, (name,))
        done.update({name: text for name, text in self._more(site, ()).items() if name not in done})
        return done

    def _member(self, site: Site, members: Mapping[Member, Argument], path: Member) -> str:
        known = members.get(path, Argument())
        below = inputs(members, path)
        if below or known.kinds["Object"]:
            name = self._input_name(site, known, path)
            mine = self._inputs.setdefault(name, {})
            for each in below:
                mine.setdefault(
                    each, self._told.members.get((name, each)) or self._member(site, members, (*path, each))
                )
            for each, text in self._more(site, path).items():
                mine.setdefault(each, self._told.members.get((name, each)) or text)
        else:
            like, is_key = self._like(site, path)
            name = scalar_of(known, like, is_key)
        return type_of(known, name, always=self._always(site, path, known))

    def _input_name(self, site: Site, known: Argument, path: Member) -> str:
        name = scalar_of(known, None, False)
        if name in (*STANDARD, ANYTHING, "Object"):
            return "".join(part[:1].upper() + part[1:] for part in (site[1], *path)) + "Input"
        return name

    def _always(self, site: Site, path: Member, known: Argument) -> bool:
        """Whether an argument is required: as an error said, or because it alone says which entity is
        meant."""
        if known.told is not None and known.told.endswith("!"):
            return True
        asked = self._arguments.asked[site]
        return (
            self._wanted.keys.get(site) == path
            and len(path) == 1
            and self._arguments.given[site, path[0]] >= asked
        )

    def _like(self, site: Site, path: Member) -> tuple[Field | None, bool]:
        """Return the field that an argument is about, and whether that is a key."""
        for each in self._wanted.conditions.get(site, ()):
            if each.argument == path and each.field:
                return self._find(each.field, site)
        if self._wanted.keys.get(site) == path:
            return None, True
        place = self._wanted.fields.get(site)
        if place is not None and path[:-1] == place[0] and path[-1] in place[1].fields:
            return place[1].fields[path[-1]], path[-1] == place[1].key
        return None, False

    def _find(self, name: str, site: Site) -> tuple[Field | None, bool]:
        owner = next((each for each in self._types.classes if each.name == site[0]), None)
        below = self._types.below(owner, site[1]) if owner is not None else None
        if below is None or name not in below.fields:
            return None, False
        return below.fields[name], name == below.key

    def _more(self, site: Site, above: Member) -> dict[str, str]:
        """Return the members that were not seen in a place, and that fit there."""
        done: dict[str, str] = {}
        if above:
            for each in self._wanted.conditions.get(site, ()):
                if each.argument[:-1] == above:
                    like, is_key = self._find(each.field, site)
                    inner = field_scalar(like, is_key) if like is not None else "String"
                    done[str(each.argument[-1])] = f"[{inner}]" if each.mark == "s" else inner
        place = self._wanted.fields.get(site)
        if place is not None and place[0] == above:
            for name in place[1].kept():
                if name != place[1].key and not place[1].fields[name].leads:
                    inner = field_scalar(place[1].fields[name], False)
                    done[name] = f"[{inner}]" if place[1].fields[name].listed else inner
        return done


def _named(line: str) -> Iterable[str]:
    """Yield the names of types in a line of definitions: what follows a colon."""
    for part in line.split(":")[1:]:
        name = part.strip().lstrip("[").split(",")[0].split(")")[0].strip("[]! ")
        if name.isidentifier():
            yield name
