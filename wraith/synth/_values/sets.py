"""Lists of what an entity has, each once: one request adds an element unless it is there, another removes
it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wraith.canonical import JsonValue
from wraith.paths import Found
from wraith.runtime import compile_expr
from wraith.synth._evidence.places import norm, rank
from wraith.synth._evidence.rows import Row, Values, equal, fit
from wraith.synth._values.sources import from_places
from wraith.wir import Append, Call, Equals, Expr, First, Literal, Lookup, Ref, When

ENOUGH = 2
"""Lists that changed: one may be a coincidence."""

MAX_LISTS = 6
"""Lists of an exchange that are looked at, simplest first."""


def set_source(rows: Sequence[Row], values: Values, name: str) -> Expr | None:
    """Return the list of a place with an element added unless it is there, or removed, that gives every
    list."""
    if not all(isinstance(value, list) for value in values):
        return None
    for stored in _places(rows, name):
        compute = compile_expr(stored)
        found = changed_set(rows, [compute(row.env) for row in rows], values, stored)
        if found is not None:
            return found
    return None


def changed_set(rows: Sequence[Row], before: Sequence[Found], after: Values, stored: Expr) -> Expr | None:
    """Return what makes of one list the other on every row, where ``stored`` gives the first."""
    lists = [each if isinstance(each, list) else [] for each in before]
    changed = [i for i, (old, new) in enumerate(zip(lists, after, strict=True)) if not equal(old, new)]
    grown = [i for i in changed if _grew(lists[i], after[i])]
    if len(changed) < ENOUGH or len(grown) not in (0, len(changed)):
        return None
    base: Expr = First((stored, Literal([])))
    if grown:
        some = [rows[i] for i in grown]
        item = from_places(some, [_last(after[i]) for i in grown], "")
        if item is None or isinstance(item, Literal):
            return None
        there = Equals(Call("contains", (base, item)), True)
        return _right(When(there, base, Append(base, item)), rows, after)
    for item in _removed(rows[changed[0]], lists[changed[0]], after[changed[0]]):
        found = _right(Call("without", (base, item)), rows, after)
        if found is not None:
            return found
    return None


def _places(rows: Sequence[Row], name: str) -> list[Expr]:
    """Return the places of lists in what is stored, those of the name first."""
    found: dict[Expr, None] = {}
    for row in rows:
        for key, exprs in row.index.items():
            if isinstance(key, tuple) and key[0] == "[":
                for expr in exprs:
                    if isinstance(expr, Lookup) or (isinstance(expr, Ref) and expr.path[0] == "entity"):
                        found.setdefault(expr)
    return sorted(found, key=lambda expr: rank(expr, name))[:MAX_LISTS]


def _grew(old: Sequence[JsonValue], new: Found) -> bool:
    return isinstance(new, list) and len(new) == len(old) + 1 and equal(new[:-1], list(old))


def _last(value: Found) -> JsonValue:
    assert isinstance(value, list)  # Invariant: what grew is a list
    return value[-1]


def _removed(row: Row, old: Sequence[JsonValue], new: Found) -> Iterator[Expr]:
    """Yield the places that hold an element which one list has, and the other lacks."""
    left = new if isinstance(new, list) else []
    for element in old:
        if not any(equal(element, each) for each in left):
            yield from sorted(row.index.get(norm(element)), key=rank)


def _right(expr: Expr, rows: Sequence[Row], values: Values) -> Expr | None:
    found = fit(expr, rows, values)
    return expr if found is not None and found.whole else None
