"""Identifiers that answers make: fresh ones of one build, and keys that count up.

They are found first, so that other parts of an answer may refer to them.
"""

from __future__ import annotations

from collections.abc import Sequence

from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._evidence.finds import is_stored
from wraith.synth._evidence.made import counted_up, made_source, may_be_made
from wraith.synth._evidence.rows import Row, Values, as_json, distinct_texts
from wraith.synth._guards.context import Context
from wraith.synth._shared.priors import PRIOR_KEYS
from wraith.synth._values.counted import numbered_source, sequence_source
from wraith.synth._values.digests import digest_of_place
from wraith.synth._values.sources import from_places, named_place
from wraith.synth._world.filed import norm
from wraith.wir import Cast, Expr, First, Literal, Ref

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
            if source is not None and digest_of_place(self._rows, column) is None:
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
        if not is_key and self._is_second_key(path, column):
            return counted_up(column)
        if len(column) == 1 and not is_key:
            return self._once(column)
        if is_key and self._context.sequence and all(isinstance(value, int) for value in column):
            return sequence_source(self._rows, self._context.sequence, column)
        if not is_key and not may_be_made(column):
            return None
        made = [norm(value) not in row.index for row, value in zip(self._rows, column, strict=True)]
        if is_key and self._context.sequence is not None and all(made):
            counted = numbered_source(self._rows, self._context.sequence, column)
            if counted is not None:
                return counted
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

    def _is_second_key(self, path: Path, column: list[Found]) -> bool:
        """Whether numbers stand where keys do, in what is made, although it is addressed by another."""
        own = self._context.key_path
        return (
            own is not None
            and (self._context.envelope, path[-1]) == (path[:-1], PRIOR_KEYS[0])
            and not any(norm(value) in row.index for row, value in zip(self._rows, column, strict=True))
        )

    def _once(self, column: list[Found]) -> Expr | None:
        """Return what makes the one value of a column, where it was told for the first time in the making of
        an entity, or in a refusal."""
        [row], [value] = self._rows, column
        new = isinstance(value, str) and value in row.observation.seen.news
        makes = self._context.key_path is not None or not row.observation.seen.ok
        return (
            made_source(self._rows, column, is_key=True) if new and makes and value not in row.index else None
        )


def _longest(column: list[Found]) -> int:
    return max(len(str(value)) for value in column)


def _parts_of(value: Found) -> list[str]:
    """Return the segments of a text with several, those that are no plain words."""
    segments = value.split("/") if isinstance(value, str) else []
    return [each for each in segments if not each.isalpha()] if len(segments) > 1 else []
