"""What refusals say of themselves: ``status must be one of draft, sent``, ``page must be from 1 to 100``.

A service that names the values it allows gives its reason, and with it more values than were ever sent. So
these are the questions of which the least evidence is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wraith.paths import MISSING, Path, get, leaves
from wraith.runtime import text_of
from wraith.synth._world.observe import Observation
from wraith.wir import Atom, Below, Call, Equals, Expr, Literal, Ref

MAX_ALLOWED = 40
"""Values that a refusal lists; more are prose."""

LONGEST = 400
"""Characters of a reason."""

_ONE_OF = re.compile(r"\b(?:one of|either|any of|allowed values are|choices are)\b:?\s*(.+)", re.IGNORECASE)
_WORD = re.compile(r"[\w.+/-]+")
_BETWEEN = re.compile(r"\b(?:from|between)\s+(-?\d{1,15})\s+(?:to|and)\s+(-?\d{1,15})\b", re.IGNORECASE)


def stated(rows: Sequence[Observation], succeeded: Sequence[bool]) -> list[Atom]:
    """Return the questions that refusals name: whether a value is given and is none of those allowed."""
    found: dict[Atom, None] = {}
    for row, ok in zip(rows, succeeded, strict=True):
        document = row.document
        if ok or not isinstance(document, dict):
            continue
        for path, leaf in leaves(document):
            if isinstance(leaf, str) and len(leaf) <= LONGEST:
                for expr, value in _spoken_of(row, path, leaf):
                    found.update(dict.fromkeys(_refusals(expr, value, leaf)))
    return list(found)


def _spoken_of(row: Observation, path: Path, reason: str) -> Iterator[tuple[Expr, str]]:
    """Yield the parts of the request that a reason is about, with their values: it stands under their name,
    or says it."""
    words = {*_WORD.findall(reason), *(str(step) for step in path)}
    for root, document in (("query", row.env.query), ("body", row.env.body)):
        for name in document if isinstance(document, dict) else ():
            value = get(document, (name,))
            text = text_of(value) if value is not MISSING else None
            if name in words and text is not None:
                yield Ref(("request", root, name)), text


def _refusals(expr: Expr, value: str, reason: str) -> Iterator[Atom]:
    if (listed := _ONE_OF.search(reason)) is not None:
        allowed = _allowed(listed[1])
        if 2 <= len(allowed) <= MAX_ALLOWED and value not in allowed:
            pattern = "|".join(map(re.escape, allowed))
            yield Equals(Call("matches", (expr, Literal(pattern))), False)
    for least, most in _BETWEEN.findall(reason):
        yield Below(expr, float(least))
        yield Equals(Call("less", (Literal(int(most)), expr)), True)


def _allowed(listed: str) -> list[str]:
    """Return the words of a list in a sentence, none where something else stands there."""
    parts = re.split(r"\s*,\s*(?:or\s+|and\s+)?|\s+or\s+|\s+and\s+|\s*\|\s*", listed.strip().rstrip(".!)]}"))
    words = [part.strip("'\"`[]{}() ") for part in parts]
    return words if all(_WORD.fullmatch(word) for word in words) else []
