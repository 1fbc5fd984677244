"""Identifiers that answers make: fresh ones of one build, and keys that count up.

They are found first, so that other parts of an answer may refer to them.
"""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_expr, integer_of, text_of
from wraith.synth._context import Context
from wraith.synth._digests import fingerprint_source
from wraith.synth._filed import norm
from wraith.synth._finds import is_stored
from wraith.synth._made import clock_source, fresh_number, made_source, may_be_made
from wraith.synth._rows import Row, Values, as_json, distinct_texts
from wraith.synth._sources import from_places, named_place
from wraith.wir import Cast, Expr, First, Literal, NextKey, Ref

MIN_GROWING = 3
"""Keys that were each greater than all before, so that they are taken for numbers which the service gives."""

MIN_IDENTIFIER = 8
"""Characters of an identifier in an address that is no coincidence."""


class Fresh:
    """What the answers of some rows make: ``sources`` by the place in the answer, the key first, and the
    ``columns`` of values that other parts may refer to."""

    def __init__(self, rows: Sequence[Row], values: Values, context: Context) -> None:
        self._rows = rows
        self._values = values
        self._context = context
        self.sources: dict[Path, Expr] = {}
        self.columns: list[tuple[Expr, list[Found]]] = list(context.list_values)
        self._find()

    def _find(self) -> None:
        columns: dict[Path, list[Found]] = {}
        first = self._values[0]
        if first is MISSING:
            return
        for path, _ in leaves(as_json(first)):
            column = [get(value, path) for value in self._values]
            if all(isinstance(value, str | int) and not isinstance(value, bool) for value in column):
                columns[path] = column
        key = self._context.key_path
        known: dict[tuple[object, ...], Path] = {}
        for path in sorted(
            columns,
            key=lambda each: (
                each != key,
                _longest(columns[each]),
                len(each),
                str(each),
            ),
        ):
            column = columns[path]
            same = tuple(norm(value) for value in column)
            if same in known or self._tells_made(column) or (path != key and self._tells_stored(column)):
                continue
            source = self._fresh_source(path, column)
            if source is not None and fingerprint_source(self._rows, column) is None:
                known[same] = path
                self.sources[path] = source
                if not self._context.element:
                    self.columns.append((Ref((*self._context.own, *path)), column))

    def _tells_made(self, column: list[Found]) -> bool:
        """Whether every value holds an identifier that the answer made elsewhere: then it is built from that
        one."""
        return any(
            all(
                isinstance(value, str) and (text := text_of(part)) is not None and text in value
                for value, part in zip(column, made, strict=True)
            )
            for _, made in self.columns
            if distinct_texts(made) > 1
        )

    def _tells_stored(self, column: list[Found]) -> bool:
        """Whether every value is the key of something, or holds an identifier that is known already: an
        address is built, not made."""
        pairs = list(zip(self._rows, column, strict=True))
        return all(is_stored(row.observation, value) for row, value in pairs) or all(
            any(len(part) >= MIN_IDENTIFIER and part in row.index for part in _parts_of(value))
            for row, value in pairs
        )

    def _fresh_source(self, path: Path, column: list[Found]) -> Expr | None:
        """Return what makes the values of a column, perhaps only where the request does not bring one."""
        is_key = path == self._context.key_path
        if is_key and self._context.sequence and all(isinstance(value, int) for value in column):
            return self._sequence_source(self._context.sequence, column)
        if not is_key and not may_be_made(column):
            return None
        made = [norm(value) not in row.index for row, value in zip(self._rows, column, strict=True)]
        if all(made):
            return made_source(self._rows, column, is_key)
        if not any(made):
            return None
        given = [i for i, fresh in enumerate(made) if not fresh]
        rest = [i for i, fresh in enumerate(made) if fresh]
        source = made_source([self._rows[i] for i in rest], [column[i] for i in rest], is_key)
        if source is None:
            return None
        some, values, name = [self._rows[i] for i in given], [column[i] for i in given], str(path[-1])
        brought = from_places(some, values, name)
        if brought is None or isinstance(brought, Literal):  # one value proves no more than its name
            brought = named_place(some, values, name)
        if brought is None:
            return None
        for candidate in (brought, Cast(brought, "string")):
            compute = compile_expr(candidate)
            if all(compute(self._rows[i].env) is MISSING for i in rest):
                return First((candidate, source))
        return None

    def _sequence_source(self, collection: str, column: list[Found]) -> Expr | None:
        """Return the counter of keys. Most rows must agree, not all: what a cascade removed is seen late."""
        counted = [row.observation.captured for row in self._rows]
        starts = {value for each, value in zip(counted, column, strict=True) if each.next_ever == 1}
        start = starts.pop() if len(starts) == 1 else self._least_key(collection, column)
        assert isinstance(start, int)  # Invariant: callers pass integers
        hits = {
            ever: sum(
                each.next_key(collection, ever=ever, start=start) == value
                for each, value in zip(counted, column, strict=True)
            )
            for ever in (False, True)
        }
        ever = hits[True] > hits[False]
        if hits[ever] * 3 >= len(column) * 2:
            return NextKey(collection, ever, start=start)
        grown = all(
            isinstance(value, int) and value >= each.next_ever
            for value, each in zip(column, counted, strict=True)
        )
        told = sum(each.next_ever > 1 for each in counted)  # the first of a world is greater than nothing
        drawn = fresh_number(column) if not grown or told < MIN_GROWING else None
        if drawn is None and grown and len(column) >= MIN_GROWING:
            return NextKey(collection, ever=True, gaps=True, start=start)
        return drawn if drawn is None or clock_source(self._rows, column) is None else None

    def _least_key(self, collection: str, column: list[Found]) -> int:
        """Return the least number that a collection was seen to have for a key, or 1: nothing tells better
        what it began with, where it was never seen empty."""
        stored = (key for row in self._rows for key in row.observation.captured.all(collection))
        known = [number for key in stored if (number := integer_of(key)) is not None and number > 0]
        return min([*known, *(value for value in column if isinstance(value, int))], default=1)


def _longest(column: list[Found]) -> int:
    return max(len(str(value)) for value in column)


def _parts_of(value: Found) -> list[str]:
    """Return the segments of a text with several, those that are no plain words."""
    segments = value.split("/") if isinstance(value, str) else []
    return [each for each in segments if not each.isalpha()] if len(segments) > 1 else []
