"""What all answers share, and yet is no constant.

Where recordings ask for one thing alone, or send the same each time, or all within one second, the answers
are alike in what they say of it. ``there is no customer cus_8f2k`` says which one was asked for; a member of
the value and the place that the request has it at says what was sent; and an instant that is the exchange's
own says when it was answered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Path, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._evidence.made import clock_source, looks_made
from wraith.synth._evidence.places import cost
from wraith.synth._evidence.rows import Row, equal, fit, typed
from wraith.synth._guards.context import Context
from wraith.wir import Clock, Expr, Literal, Ref, Text

SHORTEST = 4
"""Characters of a key that are not met in a text by chance."""

LONGEST = 200
"""Characters of what is looked for in a text; longer ones are documents."""

HOUR = 3_600

COARSE = "%Y-%m-%d"
"""A day is no instant: many a constant is the day of the recording."""


class Alike:
    """What the parts of some answers that all of them share could be, other than constants."""

    def __init__(self, rows: Sequence[Row], context: Context) -> None:
        self._rows = rows
        self._context = context
        self._envelope = context.envelope or ()

    def source(self, value: JsonValue, at: Path) -> Expr | None:
        """Return where a part comes from that all answers share, None where it is a constant, or has parts to
        look at."""
        if (other := self._said_elsewhere(value, at)) is not None:
            return other
        if value in (None, "", [], {}) or isinstance(value, bool):
            return None
        if isinstance(value, str):
            if value == self._caller:
                return Ref(("caller",))
            if (text := naming(value, self._particular)) is not None:
                return text
        elif isinstance(value, int):
            for text_of_it, expr in self._particular:
                if text_of_it == str(value):
                    return typed(expr, self._rows[0], value)
        return self._sent(value, at) or self._instant(value)

    def _said_elsewhere(self, value: JsonValue, at: Path) -> Expr | None:
        """Return what other routes say in this place, where that is the value here."""
        expr = self._context.elsewhere.get(at)
        if expr is None:
            return None
        for known, column in self._context.list_values:
            if known == expr:
                return expr if all(equal(value, each) for each in column) else None
        found = fit(expr, self._rows, [value] * len(self._rows))
        return expr if found is not None and found.whole else None

    @cached_property
    def _caller(self) -> str | None:
        """The identity of who asked, where only one ever did."""
        callers = {text_of(row.env.caller) for row in self._rows}
        return callers.pop() if len(callers) == 1 else None

    @cached_property
    def _particular(self) -> list[tuple[str, Expr]]:
        """What the requests address and send that is the same on all rows and too particular for a word, the
        longest first; of equals what is addressed."""
        first = self._rows[0].env
        places: dict[Path, str] = {("request", "path", name): value for name, value in first.path.items()}
        for root, document in (("body", first.body), ("query", first.query)):
            for path, leaf in leaves(document) if document is not MISSING else ():
                if isinstance(leaf, str) and path:
                    places["request", root, *path] = leaf
        found = [
            (value, Ref(path))
            for path, value in places.items()
            if SHORTEST <= len(value) <= LONGEST and looks_made(value) and self._is_always(Ref(path), value)
        ]
        return sorted(found, key=lambda each: (-len(each[0]), cost(each[1]), str(each[1])))

    def _is_always(self, expr: Expr, value: str) -> bool:
        compute = compile_expr(expr)
        return all(compute(row.env) == value for row in self._rows)

    def _sent(self, value: JsonValue, at: Path) -> Expr | None:
        """Return the part of every request that stands at the place of a part of the answer, and is it."""
        size = len(self._envelope)
        inner = at[size:] if at[:size] == self._envelope else at
        for path in dict.fromkeys((("request", "body", *inner), ("request", "query", *inner))):
            expr = typed(Ref(path), self._rows[0], value) if len(path) > 2 else None
            if expr is not None:
                found = fit(expr, self._rows, [value] * len(self._rows))
                if found is not None and found.whole:
                    return expr
        return None

    def _instant(self, value: JsonValue) -> Expr | None:
        if not isinstance(value, str | int | float):
            return None
        clock = clock_source(self._rows, [value] * len(self._rows))
        if not isinstance(clock, Clock) or clock.unit == COARSE:
            return None
        return (
            None if clock.offset_s % HOUR else clock
        )  # a time of its own lies whole hours away by chance only


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
