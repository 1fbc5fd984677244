"""Whether anything refers to what a request addresses: what is referred to is not deleted, for one.

The question looks for an entity of another collection, or an element of a list in one, that holds the key.
"""

from __future__ import annotations

from collections.abc import Sequence

from wraith.canonical import JsonValue
from wraith.paths import Path, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._roles.roles import Role
from wraith.synth._world.observe import Observation
from wraith.wir import Atom, Call, Each, Equals, Exists, Literal, Query, Ref, Where

MAX_ROWS = 60
"""Observations in which references are looked for."""

MAX_ENTITIES = 200
"""Entities of a collection that are looked at in one observation, the latest first."""

FIRST = Literal(0)

SHORTEST = 3
"""Characters of a key that is looked for: a shorter one stands everywhere."""


def referring(rows: Sequence[Observation], role: Role) -> list[Atom]:
    """Return the questions whether some entity refers to the addressed one."""
    if role.key is None or role.collection is None:
        return []
    compute = compile_expr(role.key)
    found: dict[tuple[str, Path, Path], None] = {}
    for row in rows[:MAX_ROWS]:
        key = text_of(compute(row.env))
        if key is not None and len(key) >= SHORTEST:
            for name, stored in row.captured.whole.items():
                if name != role.collection.name:
                    latest = list(stored.values())[-MAX_ENTITIES:]
                    for document in row.captured.flats.holding(latest, (key,)):
                        for place in _places_of(key, document):
                            found.setdefault((name, *place))
    return [
        Exists(
            Call("element", (Query(name, (Where(field, "equals", role.key, False),), unwind=unwind), FIRST))
        )
        for name, unwind, field in sorted(found, key=str)
    ]


def parts(rows: Sequence[Observation], role: Role) -> list[Atom]:
    """Return the questions whether the addressed entity has the part that the path names: an element of one
    of its lists, by one of its fields."""
    names = [
        name for name in (rows[0].env.path if rows else ()) if Ref(("request", "path", name)) != role.key
    ]
    found: dict[tuple[str, str, str], None] = {}
    for row in rows[:MAX_ROWS]:
        document = row.env.entity if isinstance(row.env.entity, dict) else {}
        for member, value in document.items():
            first = value[0] if isinstance(value, list) and value else None
            for field, each in first.items() if isinstance(first, dict) else ():
                if isinstance(each, str | int) and not isinstance(each, bool):
                    for name in names:
                        found.setdefault((member, field, name))
    return [
        Equals(
            Call(
                "contains",
                (Each(Ref(("entity", member)), Ref(("item", field))), Ref(("request", "path", name))),
            ),
            True,
        )
        for member, field, name in sorted(found)
    ]


def _places_of(key: str, document: JsonValue) -> list[tuple[Path, Path]]:
    """Return where an entity holds a key: the list that it stands in, if any, and its field there."""
    found: list[tuple[Path, Path]] = []
    for path, value in leaves(document):
        if isinstance(value, str | int) and text_of(value) == key:
            at = next((i for i, step in enumerate(path) if isinstance(step, int)), None)
            if at is None:
                found.append(((), path))
            elif not any(isinstance(step, int) for step in path[at + 1 :]) and len(path) > at + 1:
                found.append((path[:at], (*path[:at], *path[at + 1 :])))
    return found
