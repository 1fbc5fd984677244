"""The order of lists: of creation, by a field, or as a parameter says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Path, get, leaves
from wraith.runtime import DOWN, compile_expr, field_path, sort_fields, sort_key, text_of
from wraith.synth._evidence.list_cases import (
    Case,
    field_names,
    parameter_path,
    root_of,
    value_of,
    whole_parameters,
)
from wraith.synth._shared.priors import DIRECTIONS
from wraith.wir import Expr, Nulls, Ref

Order = tuple[tuple[Path, bool], ...]

TOLERATED = 0.1
"""The share of lists that may contradict an order: what an exchange changed elsewhere is seen late."""

MAX_ORDERS = 12
"""Orders that are tried; more fields agree only where lists are too short to tell."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """The parameter that names the fields to sort by, the one that says which way, and where nothing goes."""

    sort: Expr | None = None
    direction: Expr | None = None
    nulls: Nulls = "low"
    names: frozenset[str] = frozenset()


def learn_sorting(cases: Sequence[Case]) -> Sorting:
    """Return the parameters that lists are sorted by, where there are such."""
    fields = {name.lower() for name in field_names(cases)}
    sorts: list[str] = []
    direction: str | None = None
    for name in dict.fromkeys(name for case in cases for name in whole_parameters(case)):
        values = [case_s[name] for case in cases if name in (case_s := whole_parameters(case))]
        texts = [text for value in values if (text := text_of(value)) is not None]
        words = {word.strip().lower() for text in texts for word in text.split(",")}
        named = {each.lower() for value in values for each, _ in sort_fields(value)}
        if words and words <= DIRECTIONS:
            direction = name
        elif named and len(named & fields) * 2 > len(named):
            sorts.append(name)  # clients also ask for fields that are not there
    best: tuple[int, str, Nulls] | None = None
    for name in sorts:
        for nulls in get_args(Nulls):
            obeyed = _obeyed(cases, name, direction, nulls)
            if obeyed > (best[0] if best is not None else 0):
                best = (obeyed, name, nulls)
    root = root_of(cases)
    if best is None:
        if direction is None:
            return Sorting()
        turned = Ref(parameter_path(direction, root)) if _turns(cases, direction) else None
        return Sorting(direction=turned, names=frozenset((direction,)))
    used = Ref(parameter_path(direction, root)) if direction is not None else None
    names = frozenset((best[1], direction)) if direction is not None else frozenset((best[1],))
    return Sorting(Ref(parameter_path(best[1], root)), used, best[2], names)


def _turns(cases: Sequence[Case], direction: str) -> bool:
    """Whether lists that are asked for downwards show the latest first."""
    asked = [case for case in cases if (text_of(value_of(case, direction)) or "").lower() in DOWN]
    told = [case for case in asked if len(case.placed) > 1]
    return bool(told) and all(in_order(case, (((), True),), "low") for case in told)


def _obeyed(cases: Sequence[Case], sort: str, direction: str | None, nulls: Nulls) -> int:
    """Return how many lists of two or more obey a parameter of sorting, less those that do not."""
    obeyed = 0
    for case in cases:
        asked = whole_parameters(case).get(sort, MISSING)
        if asked is MISSING or len(case.placed) < 2:
            continue
        ways = text_of(value_of(case, direction)) if direction is not None else None
        order = tuple((_path(case, name), down) for name, down in sort_fields(asked, ways))
        obeyed += 1 if in_order(case, order, nulls) else -1
    return obeyed


def _path(case: Case, name: str) -> Path:
    return next((path for _, each in case.stored if (path := field_path(name, each)) is not None), (name,))


def learn_orders(cases: Sequence[Case], sorting: Sorting) -> list[Order]:
    """Return the orders that hardly any list contradicts: of creation, against it, or by a field."""
    asked = sorting.sort if sorting.sort is not None else sorting.direction
    compute = compile_expr(asked) if asked is not None else None
    unsorted = [case for case in cases if compute is None or compute(case.row.env) is MISSING]
    orders: list[Order] = [
        order for order in ((), (((), True),)) if _mostly_in_order(unsorted, order, sorting)
    ]
    fields: dict[Path, None] = {}
    for case in unsorted[:8]:
        for item in case.values[:3]:
            for path, value in leaves(item):
                if len(path) <= 2 and not isinstance(value, dict | list):
                    fields.setdefault(path)
    for field in fields:
        for descending in (True, False):
            for tie in ((), (((), True),)):
                order = ((field, descending), *tie)
                if _mostly_in_order(unsorted, order, sorting):
                    orders.append(order)
    return orders[:MAX_ORDERS] or [(), (((), True),)]


def _mostly_in_order(cases: Sequence[Case], order: Order, sorting: Sorting) -> bool:
    wrong = sum(not in_order(case, order, sorting.nulls) for case in cases)
    return wrong <= len(cases) * TOLERATED


def in_order(case: Case, order: Order, nulls: Nulls) -> bool:
    """Whether what was shown follows the order: only neighbours are compared, and only those that are
    stored."""
    return all(
        _precedes(one, other, order, nulls) for one, other in zip(case.placed, case.placed[1:], strict=False)
    )


def _precedes(one: tuple[int, JsonValue], other: tuple[int, JsonValue], order: Order, nulls: Nulls) -> bool:
    for path, descending in order:
        if path:
            low = nulls in (("low", "last") if descending else ("low", "first"))
            left, right = (sort_key(get(each[1], path), low=low) for each in (one, other))
            if left != right:
                return left > right if descending else left < right
        else:
            return one[0] > other[0] if descending else one[0] < other[0]
    return one[0] < other[0]
