"""Calendar arithmetic: an instant so many days, weeks, months or years later, in the unit that it came in."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Final

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found
from wraith.runtime._clock import read_time, write_time
from wraith.runtime._values import integer_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SPANS: Final = {
    "second": (1, 0),
    "minute": (60, 0),
    "hour": (3_600, 0),
    "day": (86_400, 0),
    "week": (604_800, 0),
    "month": (0, 1),
    "quarter": (0, 3),
    "year": (0, 12),
}
"""Seconds and months of each unit."""

_OTHER_WORDS: Final = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annual": "year",
    "annually": "year",
}


def span_of(word: object) -> tuple[int, int] | None:
    """Return the seconds and the months that a word of the calendar stands for (``day``, ``Weeks``,
    ``monthly``), None for another word."""
    if not isinstance(word, str):
        return None
    plain = word.lower()
    plain = _OTHER_WORDS.get(plain, plain)
    return _SPANS.get(plain) or _SPANS.get(plain.removesuffix("s"))


def later(value: JsonValue, word: JsonValue, count: JsonValue = 1) -> Found:
    """Return the instant that many units of the calendar later, or earlier where the count is negative. A
    month later is the same day, or the last of a shorter month."""
    read, span, times = read_time(value), span_of(word), integer_of(count)
    if read is None or span is None or times is None:
        return MISSING
    unit, at_ms = read
    try:
        at = _in_months(_EPOCH + timedelta(milliseconds=at_ms), span[1] * times)
        at += timedelta(seconds=span[0] * times)
        return write_time(unit, round((at - _EPOCH) / timedelta(milliseconds=1)))
    except (OverflowError, ValueError):  # outside the years 1 to 9999
        return MISSING


def _in_months(at: datetime, months: int) -> datetime:
    years, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if not 1 <= years <= 9999:
        raise OverflowError(years)
    return at.replace(year=years, month=month + 1, day=min(at.day, monthrange(years, month + 1)[1]))
