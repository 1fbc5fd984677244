"""Queries over the entities of a session: filter, order, page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime._conditions import Stored, field_path, filtered, filtered_by_name
from wraith.runtime._criteria import criteria_filter, json_in
from wraith.runtime._environment import Environment
from wraith.runtime._state import replaced
from wraith.runtime._values import integer_of, sort_key, text_of
from wraith.wir import Query

Compute: TypeAlias = Callable[[Environment], Found]


def compile_query(query: Query, compile_expr: Callable[[object], Compute]) -> Compute:
    """Return the function that runs a query: the list of what it finds, with ``page`` bound in the
    environment."""
    find = compile_search(query, compile_expr)
    window = compile_window(query, compile_expr)
    item = compile_expr(query.item) if query.item is not None else None

    def run(env: Environment) -> Found:
        found = find(env)
        place = window(env, [key for key, _ in found])
        shown = found[place.start : place.stop(len(found))]
        values = [value for _, value in shown]
        if item is not None:
            values = _projected(env, values, item)
        env.page = _bound(found, shown, place, query.first_page)  # last: an item may hold a query of its own
        return values

    return run


def compile_search(
    query: Query, compile_expr: Callable[[object], Compute]
) -> Callable[[Environment], Stored]:
    """Return the function that gives what a query finds, in order, before it is cut into pages."""
    where = tuple((each, compile_expr(each.value)) for each in query.where)
    sort, direction, under, item = (
        compile_expr(part) if part is not None else None
        for part in (query.sort, query.direction, query.under, query.item)
    )
    entity, filters = query.entity, query.filters
    criteria = tuple((compile_expr(each.value), criteria_filter(each)) for each in query.criteria)
    low_up, low_down = query.nulls in ("low", "first"), query.nulls in ("low", "last")

    def search(env: Environment) -> Stored:
        stored = env.state.all(entity)
        found = list(_unwound(stored, query.unwind) if query.unwind else stored.items())
        if under is not None:
            parent = text_of(under(env))
            prefix = f"{parent}/"
            found = [each for each in found if each[0].startswith(prefix)] if parent is not None else []
        for condition, value in where:
            wanted = value(env)
            if wanted is not MISSING:
                found = filtered(found, condition.op, condition.field, wanted, absent=condition.absent)
            elif not condition.when_given:
                found = []
        if filters is not None and env.query:
            found = filtered_by_name(found, filters, env, list(stored.values()))
        for spelled, meeting in criteria:
            if (said := spelled(env)) is not MISSING:
                found = meeting(found, said)
        for path, descending in reversed(query.order):
            if path:
                found = _by_field(found, path, descending, low_down if descending else low_up)
            elif descending:
                found.reverse()
        if sort is None and direction is not None and (text_of(direction(env)) or "").lower() in DOWN:
            found.reverse()
        if sort is not None and (asked := sort(env)) not in (MISSING, None, ""):
            if item is not None:  # what a request sorts by is what it is shown
                found = [(key, _over(value, _shown(env, value, item))) for key, value in found]
            directions = text_of(direction(env)) if direction is not None else None
            for name, descending in reversed(sort_fields(asked, directions)):
                found = _by_name(found, name, descending, low_down if descending else low_up)
        return found

    return search


# --- order --------------------------------------------------------------------------------------------------

DOWN = frozenset(("desc", "descending", "-1", "down", "reverse"))
"""Words for the descending direction: a convention of HTTP APIs."""

_WAYS = DOWN | {"asc", "ascending", "1", "up"}


def sort_fields(asked: Found, directions: str | None = None) -> list[tuple[str, bool]]:
    """Return the fields that a value names to sort by, each with whether it is descending: a text of names,
    an object of directions by field, ``{"size": -1}``, or a list of names and of objects that name a field
    and a direction."""
    if isinstance(asked, str):
        document = json_in(asked)
        return sort_names(asked, directions) if document is MISSING else sort_fields(document, directions)
    if isinstance(asked, list):
        found: list[tuple[str, bool]] = []
        for each in asked:
            if found and isinstance(each, str) and each.lower() in _WAYS:  # ["size", "DESC"]
                found[-1] = (found[-1][0], each.lower() in DOWN)
            else:
                found += sort_fields(each, directions)
        return found
    if not isinstance(asked, dict):
        return []
    texts = {key: _direction_in(value) for key, value in asked.items()}
    ways = {key: text in DOWN for key, text in texts.items() if text in _WAYS}
    named = [value for key, value in asked.items() if isinstance(value, str) and key not in ways]
    if named and len(named) + len(ways) == len(asked):  # nothing else is said of the one field
        return [(named[0], any(ways.values()))] if len(named) == 1 else []
    return list(ways.items())


def _direction_in(value: JsonValue) -> str:
    """Return the word that says which way, also from an object of nothing else: ``{"order": "desc"}``."""
    if isinstance(value, dict) and len(value) == 1:
        [value] = value.values()
    return (text_of(value) or "").lower()


def sort_names(names: str | None, directions: str | None) -> list[tuple[str, bool]]:
    """Return the fields that a request names to sort by, each with whether it is descending: by a dash before
    it, by ``desc`` behind it, or by the direction at its place."""
    if not names:
        return []
    ways = (directions or "").split(",")
    found: list[tuple[str, bool]] = []
    for position, each in enumerate(names.split(",")):
        name, way = each.strip(), ways[position].strip().lower() if position < len(ways) else ""
        for separator in (":", " ", "."):
            head, _, tail = name.rpartition(separator)
            if head and tail.lower() in _WAYS:
                name, way = head, tail.lower()
                break
        if position and name.lower() in _WAYS:  # "size,desc": the direction of the field before it
            found[-1] = (found[-1][0], name.lower() in DOWN)
            continue
        found.append((name.lstrip("+-"), name.startswith("-") or way in DOWN))
    return found


def _by_name(found: Stored, name: str, descending: bool, low: bool) -> Stored:
    path = next((path for _, each in found if (path := field_path(name, each)) is not None), None)
    return found if path is None else _by_field(found, path, descending, low)


def _by_field(found: Stored, path: Path, descending: bool, low: bool) -> Stored:
    """Order by a field; what is equal in it stays as it was."""
    return sorted(found, key=lambda each: sort_key(get(each[1], path), low=low), reverse=descending)


# --- pages --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that is shown: from where, and how many at most."""

    start: int
    size: int | None

    def stop(self, total: int) -> int:
        return total if self.size is None else max(self.start, self.start + self.size)


def compile_window(
    query: Query, compile_expr: Callable[[object], Compute]
) -> Callable[[Environment, Sequence[str]], Window]:
    """Return the function that says which part of the found keys a request is shown."""
    limit, offset, number, page_size, end, after, under = (
        compile_expr(part) if (part := getattr(query, name)) is not None else None
        for name in ("limit", "offset", "page", "page_size", "end", "after", "under")
    )

    def window(env: Environment, keys: Sequence[str]) -> Window:
        size = integer_of(limit(env)) if limit else None
        start = (integer_of(offset(env)) or 0) if offset else 0
        if number is not None and (asked := integer_of(number(env))) is not None:
            size = integer_of(page_size(env)) if size is None and page_size is not None else size
            start = (asked - query.first_page) * size if size else start
        if end is not None and (stop := integer_of(end(env))) is not None:
            size = stop - start
        if after is not None:
            prefix = f"{text_of(under(env))}/" if under is not None else ""
            start = _position_after(keys, text_of(after(env)), prefix)
        return Window(max(start, 0), size)

    return window


def _position_after(keys: Sequence[str], key: str | None, prefix: str) -> int:
    if key is None:
        return 0
    return next((index + 1 for index, each in enumerate(keys) if each in (prefix + key, key)), 0)


def token_of(key: str) -> str:
    """Return the text without a meaning to clients that stands for the place behind an entity;
    ``from_base64`` reads it."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _bound(found: Stored, shown: Stored, place: Window, first_page: int) -> dict[str, JsonValue]:
    """Return what a query says of its page to the rest of the answer. What does not apply, such as the number
    of the next page on the last one, is not there."""
    total, start, size = len(found), place.start, place.size
    page: dict[str, JsonValue] = {
        "total": total,
        "count": len(shown),
        "start": start,
        "has_more": start + len(shown) < total,
        "has_previous": start > 0,
        "first_key": shown[0][0] if shown else None,
        "last_key": shown[-1][0] if shown else None,
    }
    if page["has_more"] and shown:
        page["next_token"] = token_of(shown[-1][0])
    if size is None or size <= 0:
        return {**page, "pages": 1, "number": first_page, "last_number": first_page}
    pages = -(-total // size)
    number = start // size + first_page
    page |= {"size": size, "pages": pages, "number": number, "last_number": pages - 1 + first_page}
    page["last_start"] = max(pages - 1, 0) * size
    if page["has_more"]:
        page |= {"next_number": number + 1, "next_start": start + size}
    if start > 0:
        page |= {"previous_number": number - 1, "previous_start": max(start - size, 0)}
    return page


def _projected(env: Environment, shown: list[JsonValue], item: Compute) -> list[JsonValue]:
    return [made for value in shown if (made := _shown(env, value, item)) is not MISSING]


def _shown(env: Environment, value: JsonValue, item: Compute) -> Found:
    outer, env.entity = env.entity, value
    made = item(env)
    env.entity = outer
    return made


def _over(value: JsonValue, view: Found) -> JsonValue:
    return {**value, **view} if isinstance(value, dict) and isinstance(view, dict) else value


def _unwound(stored: Mapping[str, JsonValue], at: Path) -> Iterator[tuple[str, JsonValue]]:
    """Yield each entity once for each element of its list, with the element in the place of the list."""
    for key, document in stored.items():
        elements = get(document, at)
        for element in elements if isinstance(elements, list) else ():
            yield key, replaced(document, at, element)
