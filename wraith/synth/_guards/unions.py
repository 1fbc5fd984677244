"""Refusals that are one kind of answer, although no two of them have the same members.

A service that says of each field what is wrong with it has as many answers as there are sets of fields. They
are one answer, in which each member appears under a condition of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from wraith.canonical import JsonValue
from wraith.synth._evidence.rows import Row
from wraith.wir import Atom, Hole, KeysBeyond, Object, When

ENOUGH = 3
"""Sets of members that make a union worth trying: with two, a guard tells them apart as well."""

Label = tuple[int, ...]
"""The numbers of the rows with one answer."""


def united(labels: Sequence[Label], rows: Sequence[Row]) -> list[list[Label]]:
    """Return the labels, those that may be one answer together: first the union, then its parts. A label
    that stands alone is a list of its own."""
    families: dict[tuple[object, ...], list[Label]] = defaultdict(list)
    for label in labels:
        families[_family(rows[label[0]], label)].append(label)
    done: list[list[Label]] = []
    for family in families.values():
        members = {names_in(rows[number].observation.document) for label in family for number in label}
        if len(family) >= ENOUGH and len(members) >= ENOUGH:
            done.append([tuple(sorted(number for label in family for number in label)), *family])
        else:
            done += [[label] for label in family]
    return done


def _family(row: Row, label: Label) -> tuple[object, ...]:
    """Return what answers have in common that may be one: status and outer members."""
    document = row.observation.document
    if row.observation.seen.ok or not isinstance(document, dict):
        return ("alone", label)
    return (row.observation.seen.status, row.observation.seen.kind, _outer(document, 2))


def _outer(value: JsonValue, depth: int) -> object:
    """Return the names of the members of the outer objects."""
    if not isinstance(value, dict) or depth == 0:
        return "."
    return tuple((name, _outer(value[name], depth - 1)) for name in sorted(value))


def names_in(value: object) -> object:
    """Return the names of all members of objects in a document, without what they hold."""
    if isinstance(value, dict):
        return tuple((name, names_in(value[name])) for name in sorted(value))
    return ()


def complaint(template: JsonValue, holes: Mapping[str, Hole]) -> Atom | None:
    """Return the question whether there is anything to say in the part of a refusal whose members appear each
    under a condition of its own: where there is nothing, the request is not refused so."""
    if not isinstance(template, dict):
        return None
    members = [
        (name, holes[node[1:]].source)
        for name, node in template.items()
        if isinstance(node, str) and node.startswith("$") and node[1:] in holes
    ]
    if len(members) == len(template) and members and all(isinstance(expr, When) for _, expr in members):
        return KeysBeyond(Object(tuple(members)), ())
    for node in template.values():
        if (inner := complaint(node, holes)) is not None:
            return inner
    return None
