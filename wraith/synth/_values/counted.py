"""Keys that a service counts: numbers, and words with a number at their end (``INV-0042``, ``core_7``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wraith.paths import Found
from wraith.runtime import integer_of
from wraith.synth._evidence.made import clock_source, fresh_number
from wraith.synth._evidence.rows import Row, Values
from wraith.synth._values.sources import from_places
from wraith.synth._values.texts import function_source
from wraith.wir import Call, Cast, Expr, Literal, NextKey, Text

MIN_GROWING = 3
"""Keys that were each greater than all before, so that they are taken for numbers which the service gives."""

MAX_DIGITS = 8
"""Digits of a text that is nothing but a counted number; longer ones are drawn at random, or instants."""

_NUMBERED = re.compile(r"(.*?)([^0-9A-Za-z]*)([0-9]{1,12})")


def sequence_source(rows: Sequence[Row], collection: str, column: Values) -> Expr | None:
    """Return the counter of keys that are whole numbers. Most rows must agree, not all: what a cascade
    removed is seen late."""
    counted = [row.observation.captured for row in rows]
    starts = {value for each, value in zip(counted, column, strict=True) if each.next_ever == 1}
    start = starts.pop() if len(starts) == 1 else _least_key(rows, collection, column)
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
    return drawn if drawn is None or clock_source(rows, column) is None else None


def _least_key(rows: Sequence[Row], collection: str, column: Values) -> int:
    """Return the least number that a collection was seen to have for a key, or 1: nothing tells better what
    it began with, where it was never seen empty."""
    stored = (key for row in rows for key in row.observation.captured.all(collection))
    known = [number for key in stored if (number := integer_of(key)) is not None and number > 0]
    return min([*known, *(value for value in column if isinstance(value, int))], default=1)


def numbered_source(rows: Sequence[Row], collection: str, column: Values) -> Expr | None:
    """Return the text with the counter of keys at its end, None where the keys are not of that kind."""
    cut = _cut(column)
    if cut is None:
        return None
    counted = sequence_source(rows, collection, list(cut.numbers))
    if not isinstance(counted, NextKey) or counted.gaps:
        return None
    if not any(cut.words) and not cut.between and not cut.width:
        return Cast(counted, "string")
    words = list(cut.words)
    word = from_places(rows, words, "") or function_source(rows, words)
    number = Call("pad", (counted, Literal(cut.width), Literal("0"))) if cut.width else counted
    parts = (word, Literal(cut.between), number) if word is not None else ()
    return Text(tuple(part for part in parts if part != Literal(""))) if parts else None


@dataclass(frozen=True, slots=True)
class _Cut:
    """What keys consist of: a word, what stands between, and a number, filled up to ``width`` digits; 0 where
    it is not filled up."""

    words: tuple[str, ...]
    between: str
    numbers: tuple[int, ...]
    width: int


def _cut(column: Sequence[Found]) -> _Cut | None:
    """Return the parts of texts that all end with a number behind a word, None where they do not."""
    cut = [_NUMBERED.fullmatch(value) for value in column if isinstance(value, str)]
    found = [each for each in cut if each is not None]
    if len(found) < len(column) or len({each[2] for each in found}) != 1:
        return None
    digits = [each[3] for each in found]
    filled = any(text.startswith("0") and len(text) > 1 for text in digits)
    if filled and len({len(text) for text in digits}) > 1:
        return None
    if not any(each[1] + each[2] for each in found) and any(len(text) >= MAX_DIGITS for text in digits):
        return None
    words = tuple(each[1] for each in found)
    return _Cut(words, found[0][2], tuple(map(int, digits)), len(digits[0]) if filled else 0)
