"""What refusals speak of: ``order 17 is confirmed: only a draft can be changed``.

A refusal that names a field, or says the value that a stored one has, is most likely given because of it. So
a question about what is named is the more trusted one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wraith.paths import MISSING, leaves
from wraith.synth._exchanges.refusals import AROUND
from wraith.synth._world.observe import Observation
from wraith.wir import Atom, Call, Equals, Expr, Lookup, Query, Ref

LONGEST = 400
"""Characters of a reason; longer texts are documents."""

_WORD = re.compile(r"[A-Za-z_][\w-]+")


class Spoken:
    """The words that the refusals of a route use, beside those that every refusal has."""

    def __init__(self, rows: Sequence[Observation], succeeded: Sequence[bool]) -> None:
        self._words = {
            word for row, ok in zip(rows, succeeded, strict=True) if not ok for word in _words_of(row)
        }

    def about(self, atom: Atom) -> bool:
        """Whether a refusal names what a question is about: the field, or the value that it has to have."""
        if not self._words:
            return False
        if isinstance(atom, Equals) and isinstance(atom.value, str) and self._says(atom.value):
            return True
        return any(map(self._says, _names(atom.of)))

    def _says(self, name: str) -> bool:
        return name.lower() in self._words


def _words_of(row: Observation) -> Iterator[str]:
    document = row.document
    if document is MISSING or not isinstance(document, dict):
        return
    for path, leaf in leaves(document):
        yield from (name for step in path if (name := str(step).lower()) not in AROUND)
        if isinstance(leaf, str) and len(leaf) <= LONGEST:
            yield from (word.lower() for word in _WORD.findall(leaf))


def _names(expr: Expr) -> Iterator[str]:
    """Yield the names of the members that an expression looks at."""
    match expr:
        case Ref(("request", "body" | "query", *_, last)) | Ref(("entity", *_, last)):
            yield str(last)
        case Lookup(_, key, at):
            yield from (str(step) for step in at[-1:])
            if not at:
                yield from _names(key)
        case Call(_, of):
            for argument in of:
                yield from _names(argument)
        case Query():
            for condition in expr.where:
                yield from (str(step) for step in condition.field[-1:])
