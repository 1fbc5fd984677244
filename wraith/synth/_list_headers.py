"""Headers of lists that say something of the page: learned from all lists of a service together.

How many there are, where the next page is: what such a header says refers to the page and to the request
alone, so that the lists of one route teach those of another.
"""

from __future__ import annotations

from collections.abc import Sequence

from wraith.synth._headers import Answer, header_names, header_source, header_values
from wraith.synth._links import Columns
from wraith.synth._rows import Row
from wraith.wir import Expr

MIN_VALUES = 3
"""Different values that a header about pages has at least; one with fewer may be about anything."""


def learn_list_headers(rows: Sequence[Row], page: Columns) -> dict[str, Expr]:
    """Return the headers that the page explains on all lists."""
    found: dict[str, Expr] = {}
    for name in sorted(header_names(rows)):
        values = header_values(rows, name)
        if len({str(value) for value in values}) >= MIN_VALUES:
            expr = header_source(name, rows, values, Answer(page=page))
            if expr is not None and "('page'," in repr(expr):
                found[name] = expr
    return found
