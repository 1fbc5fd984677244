"""Parts of stored bytes that a client asks for with ``Range`` (RFC 9110, section 14)."""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import MISSING, Found
from wraith.runtime import compile_expr
from wraith.synth._evidence.rows import Row, Values, equal
from wraith.wir import Call, Expr, Ref

_CONTENT, _RANGE = Ref(("entity", "content")), Ref(("request", "header", "range"))
PART = Call("byte_range", (_CONTENT, _RANGE))
PLACE = Call("content_range", (_CONTENT, _RANGE))


def part_source(rows: Sequence[Row], values: Values) -> Expr | None:
    """Return the part of stored content that was asked for, where it is every value."""
    column = _column(PART, rows)
    return PART if all(map(equal, column, values)) else None


def range_parts(rows: Sequence[Row]) -> list[tuple[Expr, list[Found]]]:
    """Return what a header may say of such a part, with its values, where every row asks for one."""
    column = _column(PLACE, rows)
    return [] if MISSING in column else [(PLACE, column)]


def _column(expr: Expr, rows: Sequence[Row]) -> list[Found]:
    compute = compile_expr(expr)
    return [compute(row.env) for row in rows]
