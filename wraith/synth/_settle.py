"""Parts that no place explains: worked out from the rest of the answer, from what is stored, or by cases.

What is explained may explain more, so arithmetic is tried again after each find; searches that look at other
things than the answer are made once for each part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from wraith.paths import MISSING, Found, Path, get
from wraith.synth._aggregates import Aggregates
from wraith.synth._arithmetic import Arithmetic, Part
from wraith.synth._conditions import conditional_source, counted_text
from wraith.synth._context import Context
from wraith.synth._made import clock_source
from wraith.synth._rows import Row, Values, constant, plain_number
from wraith.synth._sources import from_places, named_place, text_source
from wraith.wir import Call, Expr, Literal, Ref

MAX_PART_DEPTH = 3
"""How deep in an answer the numbers stand that others are worked out from."""

ENOUGH = 3
"""Equal values that are taken for a constant, where a place of the same name has them as well."""


@dataclass(frozen=True, slots=True)
class Open:
    """A part of the answers that no place explains: its hole, where it stands, its values."""

    hole: str
    at: Path
    values: Values


class Settling:
    """Explains what the places leave open in the answers of one variant."""

    def __init__(self, rows: Sequence[Row], wholes: Values, context: Context) -> None:
        self._rows = rows
        self._wholes = wholes
        self._context = context
        self._vain: set[str] = set()
        """The holes for which all but other parts of the answer was searched in vain."""

    @cached_property
    def _aggregates(self) -> Aggregates:
        return Aggregates(self._rows)

    @cached_property
    def _arithmetic(self) -> Arithmetic:
        return Arithmetic(self._rows)

    def settle(self, still: Sequence[Open]) -> Iterator[tuple[Open, Expr]]:
        """Yield the parts that can be explained after all, each with its expression."""
        left = list(still)
        found = True
        while found and left:
            found = False
            parts, counts = list(self._parts(left)), None
            for each in list(left):
                if counts is None:
                    counts = list(self._counts(left))
                source = self._source(each, parts, counts)
                if source is not None:
                    found, counts = True, None
                    left.remove(each)
                    yield each, source
                self._vain.add(each.hole)

    def _source(self, each: Open, parts: Sequence[Part], counts: Sequence[Part]) -> Expr | None:
        anew = each.hole not in self._vain
        return (
            (self._context.law(self._rows, self._wholes, each.values, each.at) if anew else None)
            or self._arithmetic.source(each.values, parts)
            or (self._aggregates.source(each.values, each.at) if anew else None)
            or counted_text(each.values, counts)
            or (self._conditional(each) if anew else None)
        )

    def _parts(self, still: Sequence[Open]) -> Iterator[Part]:
        """Yield the numbers and lists of the answers that are explained, with their values on the rows."""
        yield from self._context.list_values
        if self._context.element:
            return
        closed = [each.at for each in still]
        for path in _numbers_and_lists(self._wholes):
            if not any(path == at[: len(path)] or at == path[: len(at)] for at in closed):
                yield Ref(("response", "body", *path)), [get(value, path) for value in self._wholes]

    def _counts(self, still: Sequence[Open]) -> Iterator[Part]:
        """Yield how many members the explained objects of the answers have, where that differs."""
        if self._context.element:
            return
        for path in _objects(self._wholes):
            if not any(each.at[: len(path)] == path for each in still):
                column = [get(value, path) for value in self._wholes]
                counts: list[Found] = [len(value) if isinstance(value, dict) else 0 for value in column]
                if constant(counts) is MISSING:
                    yield Call("count", (Ref(("response", "body", *path)),)), counts

    def _conditional(self, each: Open) -> Expr | None:
        if self._context.questions is None:
            return None
        name = str(each.at[-1]) if each.at else ""

        def search(rows: Sequence[Row], values: Values) -> Expr | None:
            if not rows:
                return None
            found = from_places(rows, values, name)
            if isinstance(found, Literal) and len(rows) < ENOUGH:
                found = named_place(rows, values, name) or found
            if found is None and len(rows) > 1:
                found = clock_source(rows, values) or text_source(rows, values, ())
            return found

        return conditional_source(
            self._rows, each.values, self._context.questions(), self._context.others, search
        )


def _numbers_and_lists(values: Values, at: Path = ()) -> Iterator[Path]:
    """Yield the paths at which some answer holds a number, or a list."""
    names: dict[str, None] = {}
    for value in values:
        for name in value if isinstance(value, dict) else ():
            names.setdefault(name)
    for name in names:
        column = [get(value, (name,)) for value in values]
        if any(isinstance(value, list) or plain_number(value) is not None for value in column):
            yield (*at, name)
        elif len(at) < MAX_PART_DEPTH:
            yield from _numbers_and_lists(column, (*at, name))


def _objects(values: Values, at: Path = ()) -> Iterator[Path]:
    """Yield the paths at which answers hold objects."""
    names: dict[str, None] = {}
    for value in values:
        for name, member in value.items() if isinstance(value, dict) else ():
            if isinstance(member, dict):
                names.setdefault(name)
    for name in names:
        yield (*at, name)
        if len(at) < MAX_PART_DEPTH:
            yield from _objects([get(value, (name,)) for value in values], (*at, name))
