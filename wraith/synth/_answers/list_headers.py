"""Headers of lists that say something of the page: learned from all lists of a service together.

How many there are, where the next page is: what such a header says refers to the page and to the request
alone, so that the lists of one route teach those of another.
"""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import MISSING, Found
from wraith.runtime import text_of
from wraith.synth._answers.headers import Answer, header_names, header_source, header_values
from wraith.synth._answers.links import Columns
from wraith.synth._answers.presence import MAX_WRONG, by_parameters
from wraith.synth._evidence.rows import Row
from wraith.wir import Cast, Expr

MIN_VALUES = 3
"""Different values that a header about pages has at least; one with fewer may be about anything."""


def learn_list_headers(rows: Sequence[Row], page: Columns) -> dict[str, Expr]:
    """Return the headers that the page explains on all lists."""
    found: dict[str, Expr] = {}
    for name in sorted(header_names(rows)):
        values = header_values(rows, name)
        if len({str(value) for value in values}) >= MIN_VALUES:
            expr = header_source(name, rows, values, Answer(page=page)) or _mostly(rows, values, page)
            if expr is not None and "('page'," in repr(expr):
                found[name] = expr
    return found


def _mostly(rows: Sequence[Row], values: Sequence[Found], page: Columns) -> Expr | None:
    """Return what the page says in most lists: a total counts what no recording shows."""
    there = [value is not MISSING for value in values]
    gate = by_parameters(rows, there)
    wrong = sum(there) // MAX_WRONG + 1
    best: Expr | None = None
    for expr, column in page:
        missed = sum(
            flag and text_of(each) != value for each, value, flag in zip(column, values, there, strict=True)
        )
        if missed < wrong:
            best, wrong = Cast(expr, "string"), missed
    if best is None or (gate is None and not all(there)):
        return None
    return best if gate is None else gate(best)
