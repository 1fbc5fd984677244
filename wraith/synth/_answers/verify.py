"""A template against all answers it is for, not only those that it was made from.

Hypotheses are made from a sample. What a template gets wrong on the other rows comes back into the sample, so
that what is rare is explained as well: a member that few answers have, a name that was changed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wraith.canonical import JsonValue
from wraith.paths import Found, get
from wraith.runtime import compile_template, hole_places
from wraith.synth._evidence.rows import Row, Values, equal
from wraith.wir import Hole

FREE = ("generated", "timestamp", "unexplained")
"""Classes of holes that nothing can be verified of: each row is given what it answered there."""


def wrong_rows(
    template: JsonValue, holes: Mapping[str, Hole], rows: Sequence[Row], values: Values
) -> list[int]:
    """Return the rows whose answer the template does not give."""
    render = compile_template(template, dict(holes))
    free = [(name, at) for name, at in hole_places(template) if holes[name].hole_class in FREE]
    wrong = []
    for i, (row, value) in enumerate(zip(rows, values, strict=True)):
        env = row.env
        env.values = {name: get(value, at) for name, at in free}
        made: Found = render(env)
        env.values = {}
        if not equal(made, value):
            wrong.append(i)
    return wrong
