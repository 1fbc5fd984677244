"""Conditions of parameters whose names are no fields: a parent in the path, another name, a moment; and of
who asks.

The field is told by the values: one that everything shown agrees in, and that something stored does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_expr, field_path, holds
from wraith.synth._evidence.list_cases import Case, parameter_names, parameter_path, root_of
from wraith.synth._evidence.rows import kind
from wraith.synth._lists.filters import WRONG, word_of
from wraith.synth._shared.priors import PAGING, SINCE_WORDS, UNTIL_WORDS
from wraith.wir import Cast, Query, Ref, Where, WhereOp

ENOUGH = 2
"""Lists of nothing, and of something, where one condition says which is which."""


FOREIGN = 2
"""What a name is to another that has nothing to do with it."""

CALLER = "caller"

MAX_TYPED = 300
"""Entities whose fields are looked at for what types they have, the latest."""


def other_filters(cases: Sequence[Case], meant: frozenset[str]) -> list[Where]:
    """Return a condition for each further parameter of path or query, and for who asks, that keeps everything
    shown, and would drop something that is stored."""
    paths = dict.fromkeys(name for case in cases for name in case.row.env.path)
    names = [name for name in parameter_names(cases) if name not in meant | PAGING]
    found: list[Where] = []
    for ref in (
        *(Ref(("request", "path", each)) for each in paths),
        *(Ref(parameter_path(each, root_of(cases))) for each in names),
        Ref((CALLER,)),
    ):
        compute = compile_expr(ref)
        given = [(case, value) for case in cases if (value := compute(case.row.env)) is not MISSING]
        for op in _meanings(str(ref.path[-1])):
            path = _field_of(ref, given, op)
            if path is not None:
                found.append(Where(path, op, ref))
                break
    return found


def _meanings(name: str) -> tuple[WhereOp, ...]:
    """Return what a parameter may mean that names no field: equality, or a side of a moment."""
    word = word_of(name)
    if word in SINCE_WORDS:
        return ("above", "at_least")
    return ("below", "at_most") if word in UNTIL_WORDS else ("equals", "contains")


def _field_of(ref: Ref, given: Sequence[tuple[Case, Found]], op: WhereOp) -> Path | None:
    name, nested = str(ref.path[-1]), ref.path[:2] == ("request", "path")
    fields: dict[Path, None] = {}
    for case, _ in given[:8]:
        for _, document in case.stored[:20]:
            for path, _ in leaves(document):
                if op == "contains" and isinstance(path[-1] if path else None, int):
                    path = path[:-1]  # the list
                elif op == "contains":
                    continue
                elif any(isinstance(step, int) for step in path):
                    continue  # the element at a place says nothing of the list
                if len(path) <= 3:
                    fields.setdefault(path)
    if op == "contains" and name != CALLER:
        fields = {path: None for path in fields if _unlike(path, name) < FOREIGN}
    ranked = sorted(fields, key=lambda path: (_unlike(path, name), len(path), str(path)))
    scores = {path: score for path in ranked if (score := _score(path, given, op, nested)) is not None}
    return max(scores, key=lambda path: scores[path], default=None)


def _unlike(path: Path, name: str) -> int:
    last = str(path[-1]) if path else ""
    if last == name:
        return 0
    return (
        1
        if last.lower().strip("_s") in name.lower() or name.lower().removesuffix("_id") == last.lower()
        else FOREIGN
    )


def _score(path: Path, given: Sequence[tuple[Case, Found]], op: WhereOp, nested: bool) -> int | None:
    """Return how many lists show just what meets a condition; None where it does not hold for what is shown,
    or tells nothing. What stands below a parent in the path belongs to it, as long as nothing else was seen.
    """
    told = wrong = exact = kept_out = 0
    for case, wanted in given:
        kept = {key for key, each in case.stored if holds(op, get(each, path), wanted)}
        shown = {key for key, _ in case.stored} & {*case.shown}
        if not shown <= kept or (not shown and kept):
            wrong += 1
            continue
        told += bool(shown) and len(kept) < len(case.stored)  # an empty list agrees with any condition
        kept_out += bool(case.stored) and not kept
        told += bool(shown) and nested
        exact += shown == kept
    every = exact == len(given) and min(kept_out, exact - kept_out) >= ENOUGH
    told += every  # all or nothing, always as the condition says
    return exact if told > 0 and wrong * WRONG <= len(given) else None


def stricter(query: Query, cases: Sequence[Case]) -> Iterator[Query]:
    """Yield the query with one parameter compared by type: what a service reads as a truth is not the text of
    one, which it may have stored as it came."""
    for name in parameter_names(cases):
        kinds: Counter[str] = Counter()
        for case in cases:
            for _, document in case.stored[-MAX_TYPED:]:
                path = field_path(name, document)
                kinds[kind(get(document, path)) if path is not None else ""] += 1
        if kinds["boolean"] and kinds["string"]:
            typed = Where(
                tuple(name.split(".")), "is", Cast(Ref(parameter_path(name, root_of(cases))), "boolean")
            )
            others = tuple(each for each in query.where if each.field != typed.field)
            filters = query.filters
            if filters is not None:
                filters = replace(filters, without=tuple(sorted({*filters.without, name})))
            yield replace(query, where=(*others, typed), filters=filters)
