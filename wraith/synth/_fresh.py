"""What answers make: identifiers that are new in each, to which other parts may refer."""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._context import Context
from wraith.synth._made import clock_source, fresh_pattern
from wraith.synth._places import norm
from wraith.synth._rows import Row, Values, as_json, distinct_texts
from wraith.synth._sources import from_places
from wraith.wir import Cast, Expr, First, FreshId, Literal, NextKey, Ref

MIN_GROWING = 3
"""Keys that were each greater than all before, so that they are taken for numbers which the service gives."""


class Fresh:
    """The identifiers that the answers of one variant make."""

    def __init__(self, rows: Sequence[Row], context: Context) -> None:
        self._rows = rows
        self._context = context
        self.sources: dict[Path, Expr] = {}
        """What makes a part of the answers, by its place."""
        self.columns: list[tuple[Expr, list[Found]]] = list(context.list_values)
        """What other parts may be built from, with its values on the rows."""

    def find(self, values: Values) -> None:
        """Find the identifiers that answers make; the key first."""
        columns: dict[Path, list[Found]] = {}
        first = values[0]
        if first is MISSING:
            return
        for path, _ in leaves(as_json(first)):
            column = [get(value, path) for value in values]
            if all(isinstance(value, str | int) and not isinstance(value, bool) for value in column):
                columns[path] = column
        key = self._context.key_path
        known: dict[tuple[object, ...], Path] = {}
        for path in sorted(
            columns, key=lambda each: (each != key, _length(columns[each]), len(each), str(each))
        ):
            column = columns[path]
            same = tuple(norm(value) for value in column)
            if same in known or self._tells_made(column):
                continue
            source = self._fresh_source(path, column)
            if source is not None:
                known[same] = path
                self.sources[path] = source
                if not self._context.element:
                    self.columns.append((Ref(("response", "body", *path)), column))

    def _tells_made(self, column: Values) -> bool:
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

    def _fresh_source(self, path: Path, column: list[Found]) -> Expr | None:
        """Return what makes the values of a column, perhaps only where the request does not bring one."""
        is_key = path == self._context.key_path
        if is_key and self._context.sequence and all(isinstance(value, int) for value in column):
            return self._sequence_source(self._context.sequence, column)
        made = [norm(value) not in row.index for row, value in zip(self._rows, column, strict=True)]
        if all(made):
            return _made_source(self._rows, column, is_key)
        if not any(made):
            return None
        given = [i for i, fresh in enumerate(made) if not fresh]
        rest = [i for i, fresh in enumerate(made) if fresh]
        source = _made_source([self._rows[i] for i in rest], [column[i] for i in rest], is_key)
        if source is None:
            return None
        brought = from_places([self._rows[i] for i in given], [column[i] for i in given], str(path[-1]))
        if brought is None or isinstance(brought, Literal):
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
        start = starts.pop() if len(starts) == 1 else 1
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
        if len(column) >= MIN_GROWING and all(
            isinstance(value, int) and value >= each.next_ever
            for value, each in zip(column, counted, strict=True)
        ):
            return NextKey(collection, ever=True, gaps=True, start=start)
        return None


def _made_source(rows: Sequence[Row], column: Values, is_key: bool) -> Expr | None:
    if not all(isinstance(value, str) for value in column) or (len(column) < 2 and not is_key):
        return None
    if clock_source(rows, column) is not None:
        return None
    pattern = fresh_pattern([str(value) for value in column])
    return FreshId(pattern) if pattern is not None else None


def _length(column: list[Found]) -> int:
    return max(len(str(value)) for value in column)
