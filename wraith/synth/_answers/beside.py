"""Parts of an answer that speak of a list in the same answer: how long it is, and what its first or last
element says (the default, the latest).

Where the list is empty, what repeats an element is null or missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.synth._evidence.rows import Values, distinct_texts, equal
from wraith.wir import Call, Each, Expr, First, Given, Literal, Ref

MAX_DEPTH = 2
"""How deep in an element the part stands."""

TELLING = 2
"""Different values that the part must have had: one may be met by chance."""


def count_source(values: Values, at: Path, parts: Sequence[tuple[Expr, Sequence[Found]]]) -> Expr | None:
    """Return the length of the list that stands beside a number, in the same object, where that gives every
    value, or None. ``parts`` are the explained parts of the answers, with their values, and ``at`` is where
    the number stands as they are said."""
    if distinct_texts(values) < TELLING or not all(type(value) is int for value in values):
        return None
    for part, column in parts:
        beside = isinstance(part, Ref) and part.path[:-1] == at[:-1]
        if beside and all(
            isinstance(some, list) and len(some) == value for some, value in zip(column, values, strict=True)
        ):
            return Call("count", (part,))
    return None


def element_source(values: Values, parts: Sequence[tuple[Expr, Sequence[Found]]]) -> Expr | None:
    """Return the part of the first or last element of a list that gives every value, or None. ``parts`` are
    the explained parts of the answers, with their values."""
    there = [i for i, value in enumerate(values) if value is not MISSING and value is not None]
    if not there or distinct_texts(values[i] for i in there) < TELLING:
        return None
    for part, column in parts:
        if isinstance(part, Ref) and all(isinstance(column[i], list) and column[i] for i in there):
            for position in (0, -1):
                for path in _places(values[there[0]], _element(column[there[0]], position)):
                    found = [get(_element(some, position), path) for some in column]
                    made = _told(values, found, _expression(part, position, path))
                    if made is not None:
                        return made
    return None


def _element(some: Found, position: int) -> Found:
    return some[position] if isinstance(some, list) and some else MISSING


def _places(value: Found, element: Found) -> Iterator[Path]:
    if isinstance(element, dict):
        for path, part in leaves(element):
            if len(path) <= MAX_DEPTH and equal(part, value):
                yield path


def _expression(part: Ref, position: int, path: Path) -> Expr:
    if position == 0:
        return Ref((*part.path, 0, *path))
    return Call("element", (Each(part, Ref(("item", *path))), Literal(position)))


def _told(values: Values, found: Sequence[Found], expr: Expr) -> Expr | None:
    """Return the expression for the values, where what is found gives them, and null or nothing the rest."""
    pairs = list(zip(values, found, strict=True))
    if all(equal(value, other) for value, other in pairs):
        return expr
    if all(equal(value, other) or (value is None and other is MISSING) for value, other in pairs):
        return First((expr, Literal(None)))
    return None


def as_made(values: Values, made: Sequence[tuple[Expr, Sequence[Found]]]) -> Expr | None:
    """Return the part that holds the same identifiers, where nothing or null may stand for none."""
    for part, column in made:
        pairs = list(zip(values, column, strict=True))
        if any(value != other for value, other in pairs if other is not MISSING and other is not None):
            continue
        others = [pair for pair in pairs if pair[1] is MISSING or pair[1] is None]
        if all(value is other for value, other in others):
            return part
        if all(value is MISSING for value, _ in others):
            return Given(part)
        if all(value is None for value, _ in others):
            return First((part, Literal(None)))
    return None
