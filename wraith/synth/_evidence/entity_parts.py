"""Lists that show a part of each entity: some of its members, under the names that they have there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, get
from wraith.runtime import compile_expr
from wraith.synth._evidence.rows import Row, Values, equal
from wraith.wir import Expr, Object, Query, Ref


def partly(query: Query, rows: Sequence[Row], values: Values) -> Query | None:
    """Return the query that shows of each entity what the elements of some lists have, each member under the
    name there; None where a member is not of the entity."""
    find = compile_expr(query)
    pairs: list[tuple[JsonValue, JsonValue]] = []
    for row, value in zip(rows, values, strict=True):
        entities = find(row.env)
        if not isinstance(entities, list) or not isinstance(value, list) or len(entities) != len(value):
            return None
        pairs += zip(value, entities, strict=True)
    item = _as_shown(pairs)
    return replace(query, item=item) if item is not None else None


def _as_shown(pairs: Sequence[tuple[JsonValue, JsonValue]]) -> Expr | None:
    """Return what is shown of each entity: one member, or an object of some under the names it has there;
    None where something shown is not of the entity."""
    shapes = {tuple(shown) if isinstance(shown, dict) else None for shown, _ in pairs}
    if len(shapes) != 1:
        return None
    names = shapes.pop()
    if names is None:
        own = _member(pairs, "")
        return Ref(("entity", own)) if own is not None else None
    members = [
        (name, _member([(get(shown, (name,)), entity) for shown, entity in pairs], name)) for name in names
    ]
    told = [(name, Ref(("entity", own))) for name, own in members if own is not None]
    return Object(tuple(told)) if len(told) == len(members) > 0 else None


def _member(pairs: Sequence[tuple[Found, JsonValue]], name: str) -> str | None:
    """Return the member of the entities that is always what is shown: that of the name, if it is one."""
    first = pairs[0][1]
    names = [name, *(first if isinstance(first, dict) else ())]
    return next(
        (
            each
            for each in names
            if all(shown is not MISSING and equal(shown, get(entity, (each,))) for shown, entity in pairs)
        ),
        None,
    )
