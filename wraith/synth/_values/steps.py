"""Stored numbers that an exchange moves by one step, such as a version that counts."""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import Found, Path
from wraith.runtime import compile_expr
from wraith.synth._evidence.rows import Row, Values, distinct_texts
from wraith.wir import Expr, Literal, Ref, Sum

DISTINCT = 2
"""Different numbers that one step must lead to."""


def step_source(rows: Sequence[Row], values: Values, envelope: Path | None, at: Path) -> Expr | None:
    """Return the stored number of the same place, moved by the one step that every answer shows, or None."""
    if envelope is None or at[: len(envelope)] != envelope:
        return None
    stored = Ref(("entity", *at[len(envelope) :]))
    compute = compile_expr(stored)
    steps = {_between(compute(row.env), value) for row, value in zip(rows, values, strict=True)}
    step = steps.pop() if len(steps) == 1 else None
    if not step or distinct_texts(values) < DISTINCT:
        return None
    return Sum((stored, Literal(step)))


def one_step(stored: Expr, old: Found, new: Found) -> Expr | None:
    """Return a stored number moved by one, None where that is not what happened: the one evidence of a step
    that a single entity can give."""
    return Sum((stored, Literal(1))) if _between(old, new) == 1 else None


def _between(old: Found, new: Found) -> int | None:
    """Return how far a whole number moved, None for what is none."""
    if isinstance(old, bool) or isinstance(new, bool) or not isinstance(old, int) or not isinstance(new, int):
        return None
    return new - old
