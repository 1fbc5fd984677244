"""Documents by what they have in one field: how many, how much, and which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.paths import MISSING, Found, get, parse_path
from wraith.runtime._values import integer_of, number_of, sort_key, text_of

Group = dict[str, JsonValue]

ORDERS: Final[dict[str, Callable[[list[Group]], list[Group]]]] = {
    "first": lambda groups: groups,
    "value": lambda groups: sorted(groups, key=lambda each: sort_key(each["value"])),
    "count": lambda groups: sorted(groups, key=lambda each: -(integer_of(each["count"]) or 0)),
    "count_value": lambda groups: sorted(
        groups, key=lambda each: (-(integer_of(each["count"]) or 0), sort_key(each["value"]))
    ),
}
"""How groups are ordered: as they were first met, by what they have in common, the largest first, and those
of one size by what they have in common."""


def tally(values: JsonValue, at: JsonValue, of: JsonValue = "", every: JsonValue = None) -> Found:
    """Return how many documents have each value of a field, or what their numbers at ``of`` come to; what the
    documents of ``every`` have besides counts nothing."""
    found = _grouped(values, at)
    more = _grouped(every, at) if every is not None else []
    if found is None or more is None or not isinstance(of, str):
        return MISSING
    done: dict[str, JsonValue] = {str(text_of(each["value"])): 0 for each in more}
    for each in found:
        counted = each["count"] if not of else _total(each["items"], of)
        done[str(text_of(each["value"]))] = counted
    return done


def groups(values: JsonValue, at: JsonValue, order: JsonValue = "first") -> Found:
    """Return the documents of a list by the value of a field: objects of ``value``, ``count``, ``items``."""
    found = _grouped(values, at)
    if found is None or not isinstance(order, str) or order not in ORDERS:
        return MISSING
    made: list[JsonValue] = [*ORDERS[order](found)]
    return made


def _grouped(values: JsonValue, at: JsonValue) -> list[Group] | None:
    """Return the groups as they are first met; where a document has a list there, it is in several."""
    if not isinstance(values, list) or not isinstance(at, str):
        return None
    try:
        path = parse_path(at)
    except InputError:
        return None
    found: dict[tuple[bool, str], tuple[JsonValue, list[JsonValue]]] = {}
    for document in values:
        part = get(document, path)
        for value in part if isinstance(part, list) else [part]:
            text = text_of(value)
            if text is not None and not isinstance(value, dict | list):
                found.setdefault((isinstance(value, str), text), (_plain(value), []))[1].append(document)
    return [{"value": value, "count": len(some), "items": some} for value, some in found.values()]


def _plain(value: Found) -> JsonValue:
    assert value is not MISSING  # Invariant: what has a text is there
    return value


def _total(items: JsonValue, of: str) -> JsonValue:
    try:
        path = parse_path(of)
    except InputError:
        return 0
    found: Sequence[Found] = [get(each, path) for each in items] if isinstance(items, list) else []
    return sum(
        number for each in found if not isinstance(each, str) and (number := number_of(each)) is not None
    )
