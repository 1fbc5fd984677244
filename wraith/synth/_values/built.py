"""Texts and bytes that no place gives whole: encodings, runs with gaps, parts of what is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wraith.paths import MISSING, Found, Path
from wraith.runtime import text_of
from wraith.synth._evidence.encoded import encoded_source
from wraith.synth._evidence.made import clock_source, fresh_pattern
from wraith.synth._evidence.ranges import part_source
from wraith.synth._evidence.rows import Row, Values, constant
from wraith.synth._values.runs import runs_source
from wraith.synth._values.sources import from_places, hole_class, most_common
from wraith.wir import Expr, FreshId, Hole, HoleClass, Literal


def built_text(
    rows: Sequence[Row],
    values: Values,
    at: Path,
    made: Sequence[tuple[Expr, Sequence[Found]]],
    case: Callable[[Values], Expr | None],
) -> Hole | None:
    """Return the hole of a text that is an encoding, or has runs and gaps, None where it is neither.

    ``made`` are further expressions with their values by row: other parts of the answer; ``case`` finds a
    learned map.
    """
    encoded = encoded_source(rows, values, str(at[-1]) if at else "", from_places)
    if encoded is not None:
        return Hole(hole_class="derived", type="string", source=encoded)

    def gap(column: list[str]) -> Expr | None:
        return _gap(rows, column, made, case)

    def fresh_gap(column: list[str]) -> Expr | None:
        return _fresh_gap(rows, column)

    runs = runs_source(values, (gap, fresh_gap), lambda column: Literal(most_common(column)))
    if runs is None or (at and not runs.whole):
        return None
    kind: HoleClass = "unexplained"  # a whole body that is mostly right is better than one by heart
    if runs.whole:
        kind = "generated" if hole_class(runs.source) == "generated" else "derived"
    return Hole(hole_class=kind, type="string", source=runs.source)


def _gap(
    rows: Sequence[Row],
    column: list[str],
    made: Sequence[tuple[Expr, Sequence[Found]]],
    case: Callable[[Values], Expr | None],
) -> Expr | None:
    """Return what gives a part of texts."""
    values: list[Found] = list(column)
    if "" in column or constant(values) is not MISSING:
        return None
    for expr, others in made:
        if all(text_of(one) == other for one, other in zip(others, column, strict=True)):
            return expr
    return from_places(rows, values, "") or clock_source(rows, values) or case(values)


def _fresh_gap(rows: Sequence[Row], column: list[str]) -> Expr | None:
    """Return what makes a part of texts fresh."""
    if any(value in row.index for row, value in zip(rows, column, strict=True)):
        return None
    pattern = fresh_pattern(column)
    return FreshId(pattern) if pattern is not None else None


def built_bytes(rows: Sequence[Row], values: Values) -> Hole | None:
    """Return the hole of answers that are bytes, None where they are always the same. They are looked for as
    a whole: parts of base64 that stand elsewhere mean nothing."""
    if constant(values) is not MISSING:
        return None
    source = part_source(rows, values) or from_places(rows, values, "")
    kind = hole_class(source) if source is not None else "unexplained"
    return Hole(hole_class=kind, type="string", source=source or Literal(most_common(values)))
