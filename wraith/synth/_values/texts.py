"""Texts made of one other text: cut, trimmed, in another case, as a slug; and how long a text is.

A function of one place is simpler than a text put together, and explains nothing unless it gives two
different values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from wraith.paths import MISSING, Found
from wraith.runtime import compile_expr, text_of
from wraith.synth._evidence.places import norm, rank
from wraith.synth._evidence.rows import Row, Values, fit
from wraith.synth._values.digests import Subject, digest_source, looks_made
from wraith.wir import Call, Expr, Literal, Lookup, Ref, Text

MAX_PLACES = 40
"""Texts of an exchange that are looked at, simplest first."""

SHORTEST_SLICE = 2
"""Characters of a cut text; one character is met everywhere."""

DISTINCT = 2
"""Different texts that a function must give."""

ENOUGH_LENGTHS = 4
"""Numbers that must all be the length of a text: small numbers agree with much."""

WHOLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lower", ()),
    ("upper", ()),
    ("trim", ()),
    ("capitalize", ()),
    ("title", ()),
    ("slug", ()),
    ("slug", ("_",)),
)
"""Functions of a whole text, with their further arguments."""


def function_source(rows: Sequence[Row], values: Values) -> Expr | None:
    """Return the function of one text that gives every value, or None."""
    if not _are_texts(values):
        return None

    def telling(i: int) -> tuple[bool, int, int]:
        return norm(values[i]) not in rows[i].index, len(str(values[i])), -i

    longest = max(range(len(rows)), key=telling)  # where nothing is cut off, a place gives it whole
    target = str(values[longest])
    for place in _texts(rows[longest], target):
        for candidate in _functions(place, rows[longest], target):
            found = fit(candidate, rows, values)
            if found is not None and found.whole:
                return candidate
    return None


def part_function_source(
    rows: Sequence[Row], answers: Values, values: Values, parts: Iterable[tuple[Expr, Sequence[Found]]]
) -> Expr | None:
    """Return the function of another text in the same answer that gives every value, or None."""
    if not _are_texts(values):
        return None
    longest = max(range(len(rows)), key=lambda i: (len(str(values[i])), -i))
    target = str(values[longest])
    candidates = (
        candidate
        for place, column in parts
        if isinstance(column[longest], str) and _plain(target) in _plain(str(column[longest]))
        for candidate in _functions(place, rows[longest], target)
    )
    fits = (each for each in candidates if (found := fit(each, rows, values)) is not None and found.whole)
    with _answering(rows, answers):
        return next(fits, None)


@contextmanager
def _answering(rows: Sequence[Row], answers: Values) -> Iterator[None]:
    """Let rows see the answers while the block runs; then they see what they saw before."""
    before = [row.env.response for row in rows]
    for row, answer in zip(rows, answers, strict=True):
        row.env.response = answer
    yield
    for row, seen in zip(rows, before, strict=True):
        row.env.response = seen


def part_measure_source(
    rows: Sequence[Row], answers: Values, values: Values, parts: Iterable[tuple[Expr, Sequence[Found]]]
) -> Expr | None:
    """Return how many characters, elements or members another part of the same answer has, or the digest of a
    text in it, or None."""
    numbers = all(isinstance(value, int) and not isinstance(value, bool) for value in values)
    texts = [value for value in values if isinstance(value, str) and looks_made(value)]
    if len(set(map(str, values))) < DISTINCT or not (numbers or len(texts) == len(values)):
        return None
    if numbers:
        for place, column in parts:
            if len(values) >= ENOUGH_LENGTHS and list(map(_size, column)) == list(values):
                return Call("count", (place,))
        return None
    subjects = [Subject(place) for place, column in parts if all(isinstance(each, str) for each in column)]
    with _answering(rows, answers):
        found = digest_source(texts, [row.env for row in rows], subjects)
    return found.parts[0] if isinstance(found, Text) and len(found.parts) == 1 else found


def _size(value: Found) -> int | None:
    return len(value) if isinstance(value, str | list | dict) else None


def _are_texts(values: Values) -> bool:
    return (
        all(isinstance(value, str) and value for value in values) and len(set(map(str, values))) >= DISTINCT
    )


def length_source(rows: Sequence[Row], values: Values) -> Expr | None:
    """Return the number of characters of one text that is sent or stored, or None."""
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return None
    if len(set(map(str, values))) < DISTINCT or len(values) < ENOUGH_LENGTHS:
        return None
    places = [
        expr
        for key in rows[0].index
        if isinstance(key, str) and len(key) == values[0]
        for expr in rows[0].index.get(key)
        if isinstance(expr, Ref | Lookup)
    ]
    for place in sorted(places, key=rank)[:MAX_PLACES]:
        candidate = Call("count", (place,))
        found = fit(candidate, rows, values)
        if found is not None and found.whole:
            return candidate
    return None


def _texts(row: Row, target: str) -> list[Expr]:
    """Return the places whose text may give the target: those that hold its letters in some case, or a
    slug of it."""
    plain = _plain(target)
    found: list[Expr] = [
        expr
        for key in row.index
        if isinstance(key, str) and key != target and plain and plain in _plain(key)
        for expr in row.index.get(key)
        if isinstance(expr, Ref | Lookup)
    ]
    return sorted(found, key=rank)[:MAX_PLACES]


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _functions(place: Expr, row: Row, target: str) -> Iterator[Expr]:
    value = compile_expr(place)(row.env)
    text = text_of(value) if value is not MISSING else None
    if text is None:
        return
    for name, more in WHOLE:
        yield Call(name, (place, *(Literal(each) for each in more)))
    size = len(target)
    if SHORTEST_SLICE <= size < len(text):
        if text.startswith(target):
            yield Call("slice", (place, Literal(0), Literal(size)))
        if text.endswith(target):
            yield Call("slice", (place, Literal(-size)))
        at = text.find(target)
        if at > 0:
            yield Call("slice", (place, Literal(at), Literal(at + size)))
