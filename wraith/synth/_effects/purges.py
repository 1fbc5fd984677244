"""Removing many at once: a DELETE of a collection, or of what a filter finds in it.

It removes what the list of the collection would show for the same parameters, without its pages. Where the
answer lists what was removed, each element is made from the entity that it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import compile_expr, text_of
from wraith.synth._evidence.made import clock_source
from wraith.synth._evidence.rows import Row, equal
from wraith.synth._lists.lists import parent_prefix
from wraith.synth._roles.roles import Role
from wraith.synth._world.observe import Observation
from wraith.wir import Expr, Literal, Object, Query, Ref

PAGING = ("sort", "direction", "limit", "offset", "page", "page_size", "end", "after", "item")


def learn_purge(
    observations: Sequence[Observation], role: Role, listing: Query | None
) -> tuple[Query, dict[Path, Expr]] | None:
    """Return what a route removes, and the expression for the list of it in its answers."""
    if role.collection is None:
        return None
    name = role.collection.name
    base = Query(name, under=parent_prefix(role))
    if listing is not None:
        unpaged = dict.fromkeys(PAGING)
        base = replace(listing, under=base.under, **unpaged)  # type: ignore[arg-type]  # optional parts
    rows = [Row(each) for each in observations if each.seen.ok]
    if role.purged is None or not rows:
        return replace(base, order=()), {}
    found = max(
        (replace(base, order=order) for order in _orders(base)),
        key=lambda query: _explained(query, rows, role),
    )
    return found, {role.purged: replace(found, item=_item(found, rows, role))}


def _orders(base: Query) -> list[tuple[tuple[Path, bool], ...]]:
    return list(dict.fromkeys([(), (((), True),), base.order]))


def _explained(query: Query, rows: Sequence[Row], role: Role) -> int:
    """Return how many answers list just what the query finds."""
    assert role.collection is not None  # Invariant: learn_purge has looked
    compute = compile_expr(query)
    hits = 0
    for row in rows:
        made = compute(row.env)
        keys = [text_of(get(each, role.collection.key)) for each in made] if isinstance(made, list) else None
        hits += keys == [text_of(get(each, role.collection.key)) for each in _listed(row, role)]
    return hits


def _listed(row: Row, role: Role) -> list[JsonValue]:
    assert role.purged is not None  # Invariant: callers have looked
    items = get(row.observation.document, role.purged)
    return items if isinstance(items, list) else []


def _item(query: Query, rows: Sequence[Row], role: Role) -> Expr | None:
    """Return what the answers show of each entity: members of it, constants, the time."""
    pairs: list[tuple[Row, JsonValue, JsonValue]] = []
    assert role.collection is not None  # Invariant: learn_purge has looked
    key, compute = role.collection.key, compile_expr(query)
    for row in rows:
        found = compute(row.env)
        stored = {text_of(get(each, key)): each for each in found} if isinstance(found, list) else {}
        pairs += [
            (row, stored[text_of(get(item, key))], item)
            for item in _listed(row, role)
            if text_of(get(item, key)) in stored
        ]
    if not pairs or all(equal(before, item) for _, before, item in pairs):
        return None
    names = dict.fromkeys(name for _, _, item in pairs if isinstance(item, dict) for name in item)
    return Object(tuple((name, _member(name, pairs)) for name in names))


def _member(name: str, pairs: Sequence[tuple[Row, JsonValue, JsonValue]]) -> Expr:
    values: list[Found] = [get(item, (name,)) for _, _, item in pairs]
    own = Ref(("entity", name))
    if all(equal(get(before, (name,)), value) for (_, before, _), value in zip(pairs, values, strict=True)):
        return own
    if all(value is not MISSING and equal(value, values[0]) for value in values):
        return Literal(get_json(values[0]))
    return clock_source([row for row, _, _ in pairs], values) or own


def get_json(value: Found) -> JsonValue:
    assert value is not MISSING  # Invariant: the caller has looked
    return value
