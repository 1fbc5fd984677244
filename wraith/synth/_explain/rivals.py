"""What else could have filled a hole: the expressions that come closest to the one that was chosen.

Candidates come from where synthesis takes its own: the places index of a few observations, the constant seen
most often, the options of a chain one by one, a query without one of its parts. Each is judged on all
observations at hand, so that it can be seen what the chosen expression has over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wraith.paths import Found, Path
from wraith.synth._answers.parts import Part
from wraith.synth._evidence.judge import compile_judge
from wraith.synth._evidence.places import norm, rank
from wraith.synth._evidence.rows import Row, typed
from wraith.synth._routes.sampling import thinned
from wraith.synth._values.sources import most_common
from wraith.wir import QUERY_PARTS, Expr, First, Literal, Query, Ref

MAX_RIVALS = 3
"""As many as a person compares."""

PIVOTS = 8
"""Observations whose values propose rivals: a few more than synthesis tries, because rivals may be wrong."""

MAX_TRIED = 60
"""Candidates judged for one hole, simplest first: as many as synthesis tries."""


@dataclass(frozen=True, slots=True)
class Rival:
    """An expression that was not chosen, and how much it explains."""

    source: Expr
    explained: int
    total: int


def rivals(
    part: Part, rows: Sequence[Row], values: Sequence[Found], made: Sequence[Path]
) -> tuple[Rival, ...]:
    """Return the best rivals of what fills a part, best first. ``made`` are the places where the answer makes
    something, which its other parts may repeat."""
    name = str(part.path[-1]) if part.path else ""
    # by repr, because literals may hold lists and objects, which have no hash
    proposed = {repr(each): each for each in _proposed(part, rows, values, made)}
    proposed.pop(repr(part.source), None)
    found: list[Rival] = []
    for expr in sorted(proposed.values(), key=lambda each: rank(each, name))[:MAX_TRIED]:
        judge = compile_judge(expr)
        explained = sum(judge(row.env, value) for row, value in zip(rows, values, strict=True))
        if explained > (isinstance(expr, Literal) and len(rows) > 1):  # any value is once what it is
            found.append(Rival(expr, explained, len(rows)))
    found.sort(key=lambda each: (-each.explained, rank(each.source, name)))
    return tuple(found[:MAX_RIVALS])


def _proposed(
    part: Part, rows: Sequence[Row], values: Sequence[Found], made: Sequence[Path]
) -> Iterator[Expr]:
    if isinstance(part.source, First):
        yield from part.source.options
    if isinstance(part.source, Query):
        yield from _simpler(part.source)
    yield Literal(most_common(values))
    for path in made:
        if path != part.path:
            yield Ref(("response", "body", *path))
    telling = {key: at for at, value in enumerate(values) if (key := norm(value)) is not None}
    for at in thinned(list(telling.values()), PIVOTS):
        for expr in rows[at].index.get(norm(values[at])):
            if (candidate := typed(expr, rows[at], values[at])) is not None:
                yield candidate


def _simpler(query: Query) -> Iterator[Query]:
    """Yield the query without each of its parts: what it explains then is what the part is for."""
    if query.order:
        yield replace(query, order=())
    for at in range(len(query.where)):
        yield replace(query, where=(*query.where[:at], *query.where[at + 1 :]))
    for name in QUERY_PARTS:
        if getattr(query, name) is not None:
            without: dict[str, None] = {name: None}
            yield replace(query, **without)  # type: ignore[arg-type]  # only options are named
