"""Times in the formats that services use: read for learning, written for answering."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:([T ])(\d\d:\d\d)(?:(:\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d| UTC| GMT| [+-]\d\d:?\d\d)?)?\Z",
    re.ASCII,
)
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)\Z", re.ASCII)
_FRACTION = re.compile(r"\.?%([1-9]?)N")
_HTTP = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

EARLIEST_S, LATEST_S = 10**9, 4 * 10**9
"""September 2001 to October 2096: where a number may be taken for seconds since 1970."""


def read_time(value: object) -> tuple[str, int] | None:
    """Return (unit, milliseconds since 1970) of what reads as a time, else None. The unit is one that
    ``write_time`` knows."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        if EARLIEST_S <= value < LATEST_S:
            return "epoch_s", value * 1000
        if EARLIEST_S * 1000 <= value < LATEST_S * 1000:
            return "epoch_ms", value
        return None
    if isinstance(value, float):
        return ("epoch_float", round(value * 1000)) if EARLIEST_S <= value < LATEST_S else None
    return _read_text(value) if isinstance(value, str) and 10 <= len(value) <= 40 else None


@lru_cache(maxsize=4096)
def _read_text(text: str) -> tuple[str, int] | None:
    try:
        if found := _ISO.match(text):
            date, separator, minutes, seconds, fraction, zone = found.groups()
            if separator is None:
                at = datetime.fromisoformat(date).replace(tzinfo=UTC)
                return "%Y-%m-%d", round(at.timestamp() * 1000)
            at = datetime.fromisoformat(f"{date}T{minutes}{seconds or ':00'}").replace(tzinfo=UTC)
            part = "" if not fraction else {3: ".%L", 6: ".%f"}.get(len(fraction), f".%{len(fraction)}N")
            unit = f"%Y-%m-%d{separator}%H:%M{':%S' if seconds else ''}{part}{zone or ''}"
            at_ms = round(at.timestamp() * 1000) + (int(fraction[:3].ljust(3, "0")) if fraction else 0)
            return unit, at_ms - zone_ms(unit)
        if _HTTP.match(text):
            return "http", round(parsedate_to_datetime(text).timestamp() * 1000)
    except ValueError:
        return None
    if text.isascii() and text.isdigit() and (found_number := read_time(int(text))):
        return f"text_{found_number[0]}", found_number[1]
    return None


def zone_ms(unit: str) -> int:
    """Return how far the zone that a unit ends with is ahead of UTC."""
    found = _ZONE.search(unit) if "%H" in unit else None
    if found is None:
        return 0
    minutes = int(found[2]) * 60 + int(found[3])
    return minutes * (60_000 if found[1] == "+" else -60_000)


def any_fraction(unit: str) -> str:
    """Return the unit that writes as many digits of the second as there are: RFC 3339 as Go writes it."""
    plain = re.sub(r"\.%(?:L|f|[1-9]N)", "", unit)
    return plain.replace("%S", "%S%N", 1)


def _with_fraction(unit: str, at: datetime) -> str:
    digits = f"{at.microsecond:06d}000"

    def written(found: re.Match[str]) -> str:
        if found[1]:
            return "." + digits[: int(found[1])]
        return f".{digits.rstrip('0')}" if at.microsecond else ""

    return _FRACTION.sub(written, unit)


def write_time(unit: str, at_ms: int) -> str | int | float:
    """Return the instant in the unit. Raises ValueError for a unit that is not one, OverflowError for an
    instant outside the years 1 to 9999. ``%L`` is milliseconds, ``%3N`` so many digits of the second, ``%N``
    the point and as many as are not zero.

    ``read_time`` gives unit and instant back; ``test_an_instant_reads_back_from_each_unit``.
    """
    match unit:
        case "epoch_s":
            return at_ms // 1000
        case "epoch_ms":
            return at_ms
        case "epoch_float":
            return at_ms / 1000
        case "text_epoch_s":
            return str(at_ms // 1000)
        case "text_epoch_ms":
            return str(at_ms)
    at = _EPOCH + timedelta(milliseconds=at_ms + zone_ms(unit))
    if unit == "http":
        return format_datetime(at, usegmt=True)
    if "%" not in unit:
        raise ValueError(f"not a unit of time: {unit!r}")
    if at.year < 1000:  # the C library leaves out the zeros
        unit = unit.replace("%Y", f"{at.year:04d}")
    if "N" in unit:
        unit = _with_fraction(unit, at)
    return at.strftime(unit.replace("%L", f"{at.microsecond // 1000:03d}"))
