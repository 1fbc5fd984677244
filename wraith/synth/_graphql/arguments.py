"""Types of arguments: what variables in their place are declared with, which literals stand there, and what
errors said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wraith.synth._graphql.documents import ROOTS, Call, Hint, Object, Value
from wraith.synth._graphql.errors import Told
from wraith.synth._graphql.types import Class, Field, Types
from wraith.wir import ANYTHING

Site = tuple[str, str]
"""The name of a type, and of a field of it."""
Member = tuple[str, ...]
"""The name of an argument, and of members below it."""

STANDARD = ("Int", "Float", "String", "Boolean", "ID")


@dataclass(slots=True)
class Argument:
    """What was seen of one argument, or of a member of one."""

    declared: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    told: str | None = None


@dataclass(slots=True)
class Arguments:
    """The arguments of each field, with how often the field was asked for."""

    of: dict[Site, dict[Member, Argument]] = field(default_factory=lambda: defaultdict(dict))
    asked: Counter[Site] = field(default_factory=Counter)
    given: Counter[tuple[Site, str]] = field(default_factory=Counter)


def read_arguments(calls: Iterable[Call], types: Types, told: Told) -> Arguments:
    """Return what all calls that were answered say of arguments, and what errors say."""
    found = Arguments()
    for call in calls:
        site = (ROOTS[call.kind], call.name)
        _take(found, site, call.hints)
        _nested(found, call.value, types.at.get(site), types)
    for (position, path), text in told.arguments.items():
        owner = types.at.get(position[:-1])
        own = position[0] if len(position) == 2 else owner.name if owner is not None else None
        if own is not None and path:
            found.of[own, position[-1]].setdefault(path, Argument()).told = text
    return found


def _nested(found: Arguments, value: Value, of: Class | None, types: Types) -> None:
    if isinstance(value, list):
        for each in value[:3]:  # every object of a list was asked for alike
            _nested(found, each, of, types)
    elif isinstance(value, Object) and (of := types.concrete(of, value)) is not None:
        for sight in value.sights:
            if sight.hints or sight.arguments:
                _take(found, (of.name, sight.name), sight.hints)
            _nested(found, sight.value, types.below(of, sight.name), types)


def _take(found: Arguments, site: Site, hints: Iterable[Hint]) -> None:
    found.asked[site] += 1
    own = found.of[site]
    for hint in hints:
        known = own.setdefault(hint.path, Argument())
        (known.declared if hint.declared else known.kinds)[hint.kind] += 1
    for name in dict.fromkeys(hint.path[0] for hint in hints):
        found.given[site, name] += 1


def scalar_of(known: Argument, like: Field | None, is_key: bool) -> str:
    """Return the type of an argument, as schemas write it, without what makes it a list or required."""
    declared = [each.strip("[]!") for each in known.declared]
    if known.told is not None:
        return known.told.strip("[]!")
    if declared:
        return min(declared, key=lambda each: (-known.declared[each], each))
    kinds = known.kinds.keys() - {"Null", "List"}
    own = field_scalar(like, is_key) if like is not None else None
    if own == "ID" and kinds <= {"Int", "String"}:
        return "ID"
    if own == "Float" and kinds <= {"Int", "Float"}:
        return "Float"
    if kinds == {"Int", "String"} or (is_key and kinds <= {"Int", "String"} and kinds):
        return "ID"
    if kinds == {"Int", "Float"}:
        return "Float"
    return next(iter(kinds)) if len(kinds) == 1 and kinds <= set(STANDARD) else ANYTHING


def field_scalar(known: Field, is_key: bool) -> str:
    """Return the type of a field with plain values, by what they were."""
    kinds = known.scalars.keys()
    if not kinds:
        return "String" if known.nulls else ANYTHING
    if kinds == {"String"}:
        return "ID" if known.counted or is_key else "String"
    if kinds == {"Int", "Float"}:
        return "Float"
    return next(iter(kinds)) if len(kinds) == 1 else ANYTHING


def type_of(known: Argument, name: str, *, always: bool) -> str:
    """Return the whole type of an argument whose named type is known."""
    if known.told is not None and known.told.strip("[]!") == name and known.told != name:
        return known.told
    if known.declared:
        loosest = min(known.declared, key=lambda each: (each.endswith("!"), -known.declared[each], each))
        text = loosest.rstrip("!")
    else:
        text = f"[{name}]" if known.kinds["List"] else name
    return f"{text}!" if always else text


def inputs(members: Mapping[Member, Argument], above: Member) -> list[str]:
    """Return the names of members directly below an argument."""
    return list(
        dict.fromkeys(
            path[len(above)] for path in members if len(path) > len(above) and path[: len(above)] == above
        )
    )
