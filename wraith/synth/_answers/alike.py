"""What all answers share, and yet is no constant.

Where recordings ask for one thing alone, or send the same each time, or all within one second, the answers
are alike in what they say of it. ``there is no customer cus_8f2k`` says which one was asked for; a member of
the value and the place that the request has it at says what was sent; and an instant that is the exchange's
own says when it was answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, leaves
from wraith.runtime import compile_expr, text_of
from wraith.synth._evidence.made import clock_source, looks_made
from wraith.synth._evidence.places import cost
from wraith.synth._evidence.rows import Row, equal, fit, typed
from wraith.synth._guards.context import Context
from wraith.wir import Clock, Expr, Literal, Ref, Text

MIN_IDENTIFIER = 8
"""Characters of an identifier that is not met in a text by chance."""

SHORTEST = 4
"""Characters of a key that are not met in a text by chance."""

LONGEST = 200
"""Characters of what is looked for in a text; longer ones are documents."""

HOUR = 3_600

COARSE = "%Y-%m-%d"
"""A day is no instant: many a constant is the day of the recording."""


class Alike:
    """What the parts of some answers that all of them share could be, other than constants."""

    def __init__(
        self, rows: Sequence[Row], context: Context, columns: Sequence[tuple[Expr, Sequence[Found]]] = ()
    ) -> None:
        self._rows = rows
        self._columns = columns
        """Parts of the answers that others may refer to, with their values."""
        self._context = context
        self._envelope = context.envelope or ()

    @cached_property
    def is_of_one(self) -> bool:
        """Whether all answers show what is stored of one entity, and the same of it: then a constant can
        hardly be told from what it holds."""
        first = self._rows[0].env.entity
        return (
            self._context.addressed
            and isinstance(first, dict)
            and all(equal(row.env.entity, first) for row in self._rows)
        )

    @cached_property
    def is_blind(self) -> bool:
        """Whether what was stored before is not known of any row."""
        return all(row.observation.blind for row in self._rows)

    def stored(self, at: Path) -> Expr | None:
        """Return what is stored of the entity in the place of a part of the answer, None where the part is
        none of the representation."""
        size = len(self._envelope)
        return Ref(("entity", *at[size:])) if at[:size] == self._envelope else None

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
            if (text := naming(value, self._told)) is not None:
                return text
        elif isinstance(value, int):
            for text_of_it, expr in self._particular:
                if text_of_it == str(value):
                    return typed(expr, self._rows[0], value)
        return self._sent(value, at) or self._addressed(value) or self._instant(value)

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
    def _told(self) -> list[tuple[str, Expr]]:
        """What an answer that is all there is may name: what its request does, and the identifiers that it
        tells elsewhere."""
        told = [
            (text, expr)
            for expr, column in self._columns
            if isinstance(expr, Ref) and expr.path[:1] == self._context.own[:1]
            if (text := text_of(column[0])) is not None and MIN_IDENTIFIER <= len(text) <= LONGEST
            if looks_made(text)
        ]
        known = {text for text, _ in self._particular}
        made = [each for each in told if each[0] not in known] if len(self._rows) == 1 else []
        return sorted([*self._particular, *made], key=lambda each: -len(each[0]))

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

    def _addressed(self, value: JsonValue) -> Expr | None:
        """Return the parameter of the path that a text is, whatever it looks like."""
        if not isinstance(value, str) or len(value) < SHORTEST:
            return None
        names = (name for name, text in self._rows[0].env.path.items() if text == value)
        return next(
            (ref for name in names if self._is_always(ref := Ref(("request", "path", name)), value)), None
        )

    def _instant(self, value: JsonValue) -> Expr | None:
        if not isinstance(value, str | int | float):
            return None
        clock = clock_source(self._rows, [value] * len(self._rows))
        if not isinstance(clock, Clock) or clock.unit == COARSE:
            return None
        return (
            None if clock.offset_s % HOUR else clock
        )  # a time of its own lies whole hours away by chance only


def naming(text: str, known: Sequence[tuple[str, Expr]]) -> Expr | None:
    """Return the text with what it names of what is known, None where it names nothing."""
    pieces = [*_named(text, known)]
    if all(isinstance(piece, Literal) for piece in pieces):
        return None
    return pieces[0] if len(pieces) == 1 else Text(tuple(pieces))


def _named(text: str, known: Sequence[tuple[str, Expr]]) -> Iterator[Expr]:
    """Yield the pieces of a text, cut at the values that are known; the first of them before the others."""
    for place, (value, expr) in enumerate(known):
        cut = re.split(rf"(?<!\w){re.escape(value)}(?!\w)", text)
        if len(cut) > 1:
            for position, piece in enumerate(cut):
                yield from [expr] if position else []
                yield from _named(piece, known[place + 1 :]) if piece else ()
            return
    if text:
        yield Literal(text)
