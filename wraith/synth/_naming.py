"""Constants that name what was addressed: answers of which all that were recorded spoke of one thing.

``there is no customer cus_8f2k`` says which one was asked for. Where the recordings ask for one alone, the
text is the same in all of them, and yet no constant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wraith.synth._made import looks_made
from wraith.synth._rows import Row
from wraith.wir import Expr, Literal, Ref, Text

SHORTEST = 4
"""Characters of a key that are not met in a text by chance."""


def addressed(rows: Sequence[Row]) -> list[tuple[str, Expr]]:
    """Return the parameters of the path that are the same on all rows and too particular for a word, the
    longest first."""
    first = rows[0].env.path
    found = [
        (value, Ref(("request", "path", name)))
        for name, value in first.items()
        if len(value) >= SHORTEST
        and looks_made(value)
        and all(row.env.path.get(name) == value for row in rows)
    ]
    return sorted(found, key=lambda each: (-len(each[0]), str(each[1])))


def naming(text: str, path: Sequence[tuple[str, Expr]]) -> Expr | None:
    """Return the text with what it names of the path, None where it names nothing."""
    for value, expr in path:
        cut = re.split(rf"(?<!\w){re.escape(value)}(?!\w)", text)
        if len(cut) > 1:
            pieces: list[Expr] = []
            for position, piece in enumerate(cut):
                pieces += [expr] if position else []
                pieces += [Literal(piece)] if piece else []
            return expr if pieces == [expr] else Text(tuple(pieces))
    return None
