"""Support: what a variant was seen with, in the language of guards.

Guards say when a variant applies, and are as wide as the tree that told the variants apart. Support is as
narrow as what was seen: which members, of what types, from which sets and ranges, in which format, for the
request and for the stored documents that it addresses. It chooses no answer of this twin, whose guards do;
it tells which answers rest on evidence, and so where an overlay has room.

Only what every observation has is described: an atom about a member that may be absent would be false where
it is. A lone observation has no range: it says what it was, and that is an accident.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found
from wraith.runtime import compile_atom, number_of
from wraith.synth._evidence.rows import Row
from wraith.synth._guards.features import MAX_CATEGORIES, Homes, homes_of, shape_of, values_of
from wraith.synth._guards.relations import documents
from wraith.synth._roles.roles import Role
from wraith.synth._world.observe import Observation
from wraith.wir import (
    Absent,
    AtLeast,
    Atom,
    Below,
    Equals,
    Exists,
    Expr,
    IsType,
    JsonType,
    KeysWithin,
    Matches,
    OneOfSet,
    Ref,
)

MAX_SUPPORT: Final = 32
"""Atoms of one variant, those about the request first: each costs a look at every request."""

LEAST: Final = 3
"""Observations from which on a set, a range or a format is more than what happened to come."""


def support_of(rows: Sequence[Row], guards: Sequence[Atom], role: Role) -> tuple[Atom, ...]:
    """Return what those rows have in common that the guards let in: others have the same answer for another
    reason. All of them, where the guards let none in."""
    tests = [compile_atom(atom) for atom in guards]
    rows = [row for row in rows if all(test(row.env) for test in tests)] or rows
    atoms = [*_members(rows)]
    observations = [row.observation for row in rows]
    stored = documents(observations, role)
    if role.key is not None:
        there = {row.env.entity is not MISSING for row in rows}
        if len(there) == 1:
            atoms.append((Exists if there.pop() else Absent)(Ref(("entity",))))
    atoms += _words(rows, role)
    if len(rows) >= LEAST:
        homes = homes_of(observations)
        for expr, values in values_of(observations, stored, role):
            if len(atoms) >= MAX_SUPPORT:
                break
            if not (isinstance(expr, Ref) and expr.path[:2] == ("request", "header")):
                atoms += _about(
                    expr, values, homes, observations
                )  # a header that matters is asked for by guards
    return tuple(atoms[:MAX_SUPPORT])


def _words(rows: Sequence[Row], role: Role) -> Iterator[Atom]:
    """Yield which texts stood in the path, where they are few and the route addresses nothing by them: what
    is said to some unknown paths is no evidence about all others."""
    if role.key is not None:
        return
    for name in sorted({name for row in rows for name in row.env.path}):
        texts = sorted({row.env.path[name] for row in rows if name in row.env.path})
        if len(texts) <= MAX_CATEGORIES:
            yield OneOfSet(Ref(("request", "path", name)), tuple(texts))


def _members(rows: Sequence[Row]) -> Iterator[Atom]:
    """Yield which members body and query had, and how the body decoded."""
    for path, found in (
        (("request", "body"), [row.env.body for row in rows]),
        (("request", "query"), [row.env.query or MISSING for row in rows]),
    ):
        keys = {key for document in found if isinstance(document, dict) for key in document}
        yield KeysWithin(Ref(path), tuple(sorted(keys)))
    kinds = {row.env.body_kind for row in rows}
    if len(kinds) == 1:
        yield Equals(Ref(("request", "body_kind")), kinds.pop())


def _about(expr: Expr, values: list[Found], homes: Homes, rows: Sequence[Observation]) -> Iterator[Atom]:
    """Yield what every value at a place is, where there always is one."""
    there = [value for value in values if value is not MISSING]
    if len(there) < len(values) or any(isinstance(value, dict | list) for value in there):
        return
    sent = isinstance(expr, Ref) and expr.path[0] == "request"
    texts = Counter([value for value in there if isinstance(value, str)])
    if any(text in homes for text in texts):  # which entity it is is no choice
        return
    numbers = [number for value in there if (number := number_of(value)) is not None]
    first = repr(there[0])  # no route was seen without a request
    if all(repr(value) == first for value in there):
        if sent:
            yield Equals(expr, there[0])
    elif texts.total() == len(there) and _is_choice(texts):
        yield OneOfSet(expr, tuple(sorted(texts)))
    elif not isinstance(expr, Ref) or not sent:
        return  # of what is stored only the choices matter: its numbers and names are data
    elif len(numbers) == len(there):
        yield from _range(expr, numbers)
    elif texts.total() == len(there):
        shapes = {shape_of(text) for text in texts}
        if len(shapes) == 1 and (shape := shapes.pop()) is not None:
            yield Matches(expr, shape)
        elif {row.env.body_kind for row in rows} <= {"json", "ndjson"} and expr.path[1] == "body":
            yield IsType(expr, "string")  # in a path, a query and a form everything is text
    else:
        kinds = {_type(value) for value in there}
        if len(kinds) == 1:
            yield IsType(expr, kinds.pop())


def _is_choice(texts: Counter[str]) -> bool:
    """Whether texts are the words of a choice: few, and each more than once."""
    return len(texts) <= MAX_CATEGORIES and min(texts.values()) > 1


def _range(expr: Expr, numbers: list[float]) -> Iterator[Atom]:
    least, most = min(numbers), max(numbers)
    yield AtLeast(expr, least)
    above = most + 1 if isinstance(most, int) or most.is_integer() else math.nextafter(most, math.inf)
    if above > most:  # beyond 2**53 a float has no such neighbour
        yield Below(expr, above)


def _type(value: JsonValue) -> JsonType:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
    return "string"
