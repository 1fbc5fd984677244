"""Queries over the entities of a session: filter, order, page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime._environment import Environment
from wraith.runtime._state import replaced
from wraith.runtime._values import holds, integer_of, sort_key, text_of
from wraith.wir import QUERY_PARTS, Query, Where

Compute: TypeAlias = Callable[[Environment], Found]


def compile_query(query: Query, compile_expr: Callable[[object], Compute]) -> Compute:
    """Return the function that runs a query: the list of what it finds, with ``page`` bound in the
    environment."""
    where = tuple((each, compile_expr(each.value)) for each in query.where)
    parts = {name: compile_expr(part) for name in QUERY_PARTS if (part := getattr(query, name))}
    sort, direction, limit, offset, number, page_size, end, after, under, item = (
        parts.get(name) for name in QUERY_PARTS
    )
    entity = query.entity

    def run(env: Environment) -> Found:
        found = list(env.state.all(entity).items())
        if query.unwind:
            found = list(_unwound(found, query.unwind))
        if under is not None:
            parent = text_of(under(env))
            prefix = f"{parent}/"
            found = [each for each in found if each[0].startswith(prefix)] if parent is not None else []
        for condition, value in where:
            found = _filtered(found, condition, value(env))
        for path, descending in reversed(query.order):
            if path:
                found.sort(key=lambda each: sort_key(get(each[1], path)), reverse=descending)  # used at once
            elif descending:
                found.reverse()
        if item is not None and sort is not None:  # what a request sorts by is what it is shown
            found = [(key, _over(value, _shown(env, value, item))) for key, value in found]
        if sort is not None:
            found = _sorted(
                found, text_of(sort(env)), text_of(direction(env)) if direction is not None else None
            )
        size = integer_of(limit(env)) if limit else None
        start = integer_of(offset(env)) or 0 if offset else 0
        if number is not None and (asked := integer_of(number(env))) is not None:
            size = integer_of(page_size(env)) if size is None and page_size is not None else size
            start = (asked - 1) * size if size else start
        if end is not None and (stop := integer_of(end(env))) is not None:
            size = stop - start
        if after is not None:
            start = _position_after(found, text_of(after(env)), prefix if under is not None else "")
        start = max(start, 0)
        shown = found[start:] if size is None else found[start : start + max(size, 0)]
        values = [value for _, value in shown]
        if item is not None:
            values = _projected(env, values, item)
        env.page = {
            "total": len(found),
            "count": len(shown),
            "has_more": start + len(shown) < len(found),
            "last_key": shown[-1][0] if shown else None,
        }
        return values

    return run


def _unwound(found: list[tuple[str, JsonValue]], at: Path) -> Iterator[tuple[str, JsonValue]]:
    """Yield each entity once for each element of its list, with the element in the place of the list."""
    for key, document in found:
        elements = get(document, at)
        for element in elements if isinstance(elements, list) else ():
            yield key, replaced(document, at, element)


def _filtered(
    found: list[tuple[str, JsonValue]], condition: Where, wanted: Found
) -> list[tuple[str, JsonValue]]:
    if wanted is MISSING:
        return found if condition.when_given else []
    field, op = condition.field, condition.op
    return [each for each in found if holds(op, get(each[1], field), wanted)]


def _sorted(
    found: list[tuple[str, JsonValue]], names: str | None, directions: str | None
) -> list[tuple[str, JsonValue]]:
    """Order by the fields that a request names; what is equal in all of them stays as it was."""
    if not names:
        return found
    ways = (directions or "").split(",")
    for position, name in reversed(list(enumerate(names.split(",")))):
        descending = name.startswith("-") or (position < len(ways) and ways[position].lower() == "desc")
        path = (name.lstrip("+-"),)
        found = sorted(
            found, key=lambda each: sort_key(get(each[1], path)), reverse=descending
        )  # used at once
    return found


def _shown(env: Environment, value: JsonValue, item: Compute) -> Found:
    outer, env.entity = env.entity, value
    made = item(env)
    env.entity = outer
    return made


def _over(value: JsonValue, view: Found) -> JsonValue:
    return {**value, **view} if isinstance(value, dict) and isinstance(view, dict) else value


def _position_after(found: list[tuple[str, JsonValue]], key: str | None, prefix: str) -> int:
    if key is None:
        return 0
    return next((index + 1 for index, each in enumerate(found) if each[0] == prefix + key), 0)


def _projected(env: Environment, shown: list[JsonValue], item: Compute) -> list[JsonValue]:
    return [made for value in shown if (made := _shown(env, value, item)) is not MISSING]
