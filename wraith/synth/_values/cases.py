"""Learned maps: a value for each of a few cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path
from wraith.runtime import Environment, compile_expr, integer_of, read_time, text_of
from wraith.synth._evidence.places import norm, rank
from wraith.synth._evidence.rows import Row, Values, as_json, equal
from wraith.synth._world.index import Root
from wraith.wir import Case, Expr, Literal, Lookup, Ref, Sum

MAX_CASES = 12
"""The largest learned map; more entries are data."""

MAX_CASE_TEXT = 40
"""Longer values of a map are data as well."""

Switches: TypeAlias = Sequence[tuple[Expr, Sequence[str | None]]]
"""Places with what stands there, as text."""


def case_source(rows: Sequence[Row], values: Values, few: Switches) -> Expr | None:
    """Return the learned map from one of a few switches to the value, or None.

    A map earns its place by repetition: twice as many rows as entries, or each entry seen twice.
    """
    if not all(map(_may_be_case, values)):
        return None
    answers = {norm(value) or str(value) for value in values}
    if not 2 <= len(answers) <= MAX_CASES:
        return None
    best: tuple[tuple[int, tuple[float, str]], Expr] | None = None
    for expr, texts in few:
        table: dict[str, Found] = {}
        seen: Counter[str] = Counter()
        for text, value in zip(texts, values, strict=True):
            if text is None or not equal(table.setdefault(text, value), value):
                break
            seen[text] += 1
        else:
            enough = min(seen.values()) >= 2 or len(rows) >= 3 * len(table)
            if MAX_CASES >= len(table) >= 2 and enough and _met_again(compile_expr(expr), rows):
                cases = tuple(
                    sorted((text, as_json(value)) for text, value in table.items() if value is not MISSING)
                )
                candidate = _step(expr, cases) or Case(expr, cases)
                order = (len(table), rank(expr))
                if best is None or order < best[0]:
                    best = (order, candidate)
    return best[1] if best else None


def _may_be_case(value: Found) -> bool:
    """Whether a value is short enough for one of a few: a scalar, or a list of scalars."""
    if isinstance(value, list):
        return not any(isinstance(each, dict | list) for each in value) and len(str(value)) <= MAX_CASE_TEXT
    return not isinstance(value, dict) and len(str(value)) <= MAX_CASE_TEXT


def _step(expr: Expr, cases: Sequence[tuple[str, JsonValue]]) -> Expr | None:
    """Return the sum that a map from whole numbers to whole numbers comes to, None where it comes to none."""
    steps = {
        value - number
        for text, value in cases
        if (number := integer_of(text)) is not None and isinstance(value, int) and not isinstance(value, bool)
    }
    if len(steps) != 1 or any(
        integer_of(text) is None or not isinstance(value, int) for text, value in cases
    ):
        return None
    [step] = steps
    return Sum((expr, Literal(step))) if step in (1, -1) or (step and len(cases) > 2) else None


def _met_again(compute: Callable[[Environment], Found], rows: Sequence[Row]) -> bool:
    """Whether most cases are met in more than one session: what only one session has is data."""
    sessions: dict[object, set[int]] = defaultdict(set)
    for row in rows:
        sessions[norm(compute(row.env))].add(row.observation.seen.session)
    if len(set().union(*sessions.values())) == 1:
        return True
    return sum(len(each) == 1 for each in sessions.values()) * 2 <= len(sessions)


def switches(rows: Sequence[Row]) -> Switches:
    """Return the places with few different short values: what could be a switch, each with what stands there
    in every row."""
    found: list[tuple[Expr, list[str | None]]] = []
    for expr in _few_valued(rows):
        compute = compile_expr(expr)
        column = [compute(row.env) for row in rows]
        found.append((expr, ["null" if value is None else text_of(value) for value in column]))
    return found


def _few_valued(rows: Sequence[Row]) -> list[Expr]:
    """Return the places with few different short values. Times are none: two things of one second are no case
    of anything."""
    columns: dict[Expr, set[object]] = {}
    inside: dict[Root, dict[Path, set[object]]] = {}
    for row in rows:
        for key, exprs in row.index.own():
            if isinstance(key, str) and len(key) <= MAX_CASE_TEXT and not _is_instant(key):
                for expr in exprs:
                    if isinstance(expr, Ref | Lookup):
                        columns.setdefault(expr, set()).add(key)
        for root, by_key in row.index.documents():
            found = inside.setdefault(root, defaultdict(set))
            for key, paths in by_key.items():
                if isinstance(key, str) and len(key) <= MAX_CASE_TEXT and not _is_instant(key):
                    for path in paths:
                        found[path].add(key)
    for root, by_path in inside.items():
        for path, keys in by_path.items():
            if 2 <= len(keys) <= MAX_CASES or root.at(path) in columns:
                columns.setdefault(root.at(path), set()).update(keys)
    return sorted((expr for expr, keys in columns.items() if 2 <= len(keys) <= MAX_CASES), key=rank)[:40]


@lru_cache(maxsize=20_000)
def _is_instant(text: str) -> bool:
    """Whether a text is a time: two things of one second are no case of anything."""
    return read_time(text) is not None
