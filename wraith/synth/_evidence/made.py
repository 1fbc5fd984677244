"""What a service makes itself: fresh identifiers of one build, and the time.

Both need positive evidence: values that are new in each session and look it, instants near the exchange's.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from wraith.paths import MISSING, Found
from wraith.runtime import any_fraction, read_time, write_time
from wraith.synth._evidence.rows import Row, Values
from wraith.wir import Cast, Clock, Expr, FreshId

CLOCK_SLACK_MS = 2500
"""How far a service's clock may stand from the exchange: its second was cut off, and answering took a
while."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_UUID4_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]{1}[0-9a-f]{3}-[0-9a-f]{12}"
_ALPHABETS = (
    ("0-9", r"[0-9]*"),
    ("0-9a-f", r"[0-9a-f]*"),
    ("0-9A-F", r"[0-9A-F]*"),
    ("0-9a-z", r"[0-9a-z]*"),
    ("0-9A-Z", r"[0-9A-Z]*"),
    ("A-Za-z0-9", r"[A-Za-z0-9]*"),
)
_PIECES = re.compile(r"[A-Za-z0-9]+|[^A-Za-z0-9]")
MIN_FRESH = 6
"""Characters that vary in an identifier taken for random: fewer, and chance repeats them."""

LEAST_COUNTED = 1000
"""Smaller numbers are as often quantities as they are identifiers."""

MIN_NUMBERS = 3
"""Numbers that are all new before they are taken for random: two amounts differ by chance."""


def fresh_pattern(texts: Sequence[str]) -> str | None:
    """Return the pattern of identifiers that were all made fresh, or None where they do not look it.

    All are different, of one build: pieces between separators, each literal or random over one alphabet.
    """
    if len(set(texts)) < len(texts) or not texts:
        return None
    if all(_UUID4.fullmatch(text) for text in texts):
        return _UUID4_PATTERN
    if any(len(text) > 200 or " " in text for text in texts):
        return None
    if all(read_time(text) is not None and not text.isdigit() for text in texts):
        return None  # times that are not understood
    split = [_PIECES.findall(text) for text in texts]
    shape, count = Counter(len(pieces) for pieces in split).most_common(1)[0]
    if count < len(texts):
        return _one_piece(texts)
    pattern, random = [], 0
    for position in range(shape):
        column = [pieces[position] for pieces in split]
        if len(set(column)) == 1 and (len(texts) > 1 or not looks_made(column[0])):
            pattern.append("".join(f"\\{c}" if c in ".^$*+?()|[]{}\\" else c for c in column[0]))
            continue
        lengths = Counter(len(piece) for piece in column)
        length = lengths.most_common(1)[0][0]
        alphabet = next(
            (name for name, allowed in _ALPHABETS if all(re.fullmatch(allowed, piece) for piece in column)),
            None,
        )
        # some random pieces have no digit by chance
        random_looking = length < MIN_FRESH or sum(map(looks_made, column)) * 2 > len(column)
        if alphabet is None or max(lengths) - min(lengths) > 1 or not random_looking:
            return None
        pattern.append(f"[{alphabet}]{{{length}}}")
        random += length
    return "".join(pattern) if random >= MIN_FRESH else None


def fresh_number(values: Sequence[Found]) -> Expr | None:
    """Return what makes whole numbers that were drawn at random: long ones, each another, which nothing
    counts. Numbers that all read as instants are times that are not understood, not chance."""
    if all(read_time(value) is not None for value in values):
        return None
    texts = [str(value) for value in values if isinstance(value, int) and not isinstance(value, bool)]
    lengths = Counter(map(len, texts))
    if len(texts) < max(len(values), MIN_NUMBERS) or len(set(texts)) < len(texts):
        return None
    length = min(lengths, key=lambda each: (-lengths[each], each))
    if min(lengths) < MIN_FRESH or max(lengths) - min(lengths) > 1 or "-" in "".join(texts):
        return None
    return Cast(FreshId(f"[1-9]{{1}}[0-9]{{{length - 1}}}"), "integer")


def counted_up(values: Sequence[Found]) -> Expr | None:
    """Return what makes whole numbers that only ever rose, in the order of time, with gaps that other things
    took: drawn like them, because what took the gaps is out of sight."""
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    rising = all(one < other for one, other in itertools.pairwise(numbers))
    if not numbers or len(numbers) < len(values) or not rising or numbers[0] < LEAST_COUNTED:
        return None
    return Cast(FreshId(f"[1-9]{{1}}[0-9]{{{len(str(numbers[-1])) - 1}}}"), "integer")


def _one_piece(texts: Sequence[str]) -> str | None:
    """Return the pattern of identifiers whose alphabet includes the separators, as URL-safe base64 does."""
    length = len(texts[0])
    alike = all(len(text) == length and re.fullmatch(r"[A-Za-z0-9_-]+", text) for text in texts)
    if not alike or length < MIN_FRESH or sum(map(looks_made, texts)) * 2 < len(texts):
        return None
    return f"[A-Za-z0-9_\\-]{{{length}}}"


def looks_made(piece: str) -> bool:
    """Whether a piece is no word: it has a digit, or capitals amid small letters."""
    return any(c.isdigit() for c in piece) or bool(re.search(r"[a-z][A-Z]", piece)) or len(piece) >= 20


def clock_source(rows: Sequence[Row], values: Values) -> Expr | None:
    """Return the clock that gives times near each exchange's own, perhaps moved by one fixed time, or
    None."""
    units: set[str] = set()
    shifts: list[int] = []
    for row, value in zip(rows, values, strict=True):
        found = read_time(value) if value is not MISSING else None
        if found is None:
            return None
        units.add(found[0])
        shifts.append(found[1] - row.env.now_ms)
    if len(units) > 1:  # a fraction without its zeros has another length each time
        units = {any_fraction(unit) for unit in units if "%S" in unit}
    if len(units) != 1:
        return None
    [unit] = units
    coarse = _grain_ms(unit)
    low, high = min(shifts), max(shifts)
    if high - low > 2 * CLOCK_SLACK_MS + coarse:
        return None
    if low > -CLOCK_SLACK_MS - coarse and high < CLOCK_SLACK_MS:
        return Clock(unit)
    middle = (low + high) // 2
    for grain_s in (86_400, 3_600, 60):
        offset_s = round(middle / (grain_s * 1000)) * grain_s
        if offset_s and all(abs(shift - offset_s * 1000) <= CLOCK_SLACK_MS for shift in shifts):
            # the unit must be one that can be written
            write_time(unit, offset_s * 1000 if offset_s > 0 else 0)
            return Clock(unit, offset_s)
    return None


def _grain_ms(unit: str) -> int:
    """Return how much of the time a unit leaves out, beyond its second."""
    return 86_400_000 if unit == "%Y-%m-%d" else 60_000 if "%S" not in unit and "%M" in unit else 0


def is_near(clock: Clock, value: Found, now_ms: int) -> bool:
    """Whether a value is a time as the clock writes it, near the one that it shows at that instant."""
    read = read_time(value)
    if read is None or _form(read[0]) != _form(clock.unit):
        return False
    shift = read[1] - clock.offset_s * 1000 - now_ms
    return -CLOCK_SLACK_MS - _grain_ms(clock.unit) < shift < CLOCK_SLACK_MS


def _form(unit: str) -> str:
    return any_fraction(unit) if "%S" in unit else unit


def may_be_made(column: Values) -> bool:
    """Whether some values of a column may be identifiers that were made, by their looks alone."""
    long = {value for value in column if isinstance(value, str) and len(value) >= MIN_FRESH}
    return sum(" " not in value for value in long) > 1


def made_source(rows: Sequence[Row], column: Values, is_key: bool) -> Expr | None:
    """Return what makes identifiers of the values, or None where they do not look it."""
    if not all(isinstance(value, str) for value in column) or (len(column) < 2 and not is_key):
        return None
    if clock_source(rows, column) is not None:
        return None
    pattern = fresh_pattern([str(value) for value in column])
    return FreshId(pattern) if pattern is not None else None
