"""Objects that are mostly another one: what was stored or sent, with a few members over it (``$spread``)."""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import compile_expr
from wraith.synth._context import Context
from wraith.synth._places import rank
from wraith.synth._rows import Row, Values, constant, equal, parts
from wraith.wir import Expr, Merge, Ref

SPREAD_SHARE = 0.6
"""An object is written as another one with changes where at most this share of its members changes."""


def base_of(
    rows: Sequence[Row], values: Values, keys: Sequence[str], at: Path, context: Context
) -> tuple[Expr, list[str]] | None:
    """Return the object that explains most members, with the members that it does not, or None."""
    best: tuple[tuple[int, tuple[float, str]], Expr, list[str]] | None = None
    dull = sum(constant(parts(values, key)) is not MISSING for key in keys)
    for expr in _candidates(context, at):
        compute = compile_expr(expr)
        made = [compute(row.env) for row in rows]
        if not all(isinstance(value, dict) or value is MISSING for value in made) or all(
            v is MISSING for v in made
        ):
            continue  # where there is no base object, its members are missing
        every = list(
            dict.fromkeys([*keys, *(key for value in made if isinstance(value, dict) for key in value)])
        )
        changed = [
            key
            for key in every
            if not all(equal(get(a, (key,)), get(b, (key,))) for a, b in zip(values, made, strict=True))
        ]
        changed += [key for key in context.of_state(at) if key in every and key not in changed]
        brought = {key for value in made if isinstance(value, dict) for key in value}
        few = len(changed) > SPREAD_SHARE * len(every) and not _takes_all(brought, changed, made)
        if few or len(every) - len(changed) < 1:
            continue
        order = (len(changed), rank(expr))
        if best is None or order < best[0]:
            best = (order, expr, changed)
    if best is None or (best[0][0] >= len(keys) - dull and dull == len(keys)):
        return None
    return best[1], best[2]


def _takes_all(brought: set[str], changed: list[str], made: list[Found]) -> bool:
    """Whether an object is taken over as it is, whatever it held: now one set of members, now another."""
    shapes = {tuple(value) for value in made if isinstance(value, dict)}
    return len(shapes) > 1 and brought.isdisjoint(changed)


def _candidates(context: Context, at: Path) -> list[Expr]:
    envelope = context.envelope
    inner = at[len(envelope) :] if envelope is not None and at[: len(envelope)] == envelope else None
    stored = [Ref(("entity", *inner))] if inner is not None else []
    if context.element:
        stored.append(Ref(("item", *at)))
    sent = [Ref(("request", "body", *at))]
    if inner is not None and inner != at:
        sent.append(Ref(("request", "body", *inner)))
    if at and context.envelope == at:
        sent.append(Ref(("request", "body")))
    merges = [
        Merge(old, new, deep=deep, typed=context.form)
        for old in stored
        for new in sent
        for deep in (False, True)
    ]
    return [*stored, *sent, *merges]
