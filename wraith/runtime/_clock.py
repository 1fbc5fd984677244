"""Times in the formats that services use: read for learning, written for answering."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:([T ])(\d\d:\d\d)(:\d\d)?(?:\.(\d{3}|\d{6}))?(Z|\+00:00|\+0000)?)?\Z", re.ASCII
)
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
            part = "" if not fraction else ".%L" if len(fraction) == 3 else ".%f"
            unit = f"%Y-%m-%d{separator}%H:%M{':%S' if seconds else ''}{part}{zone or ''}"
            return unit, round(at.timestamp() * 1000) + (int(fraction[:3]) if fraction else 0)
        if _HTTP.match(text):
            return "http", round(parsedate_to_datetime(text).timestamp() * 1000)
    except ValueError:
        return None
    if text.isascii() and text.isdigit() and (found_number := read_time(int(text))):
        return f"text_{found_number[0]}", found_number[1]
    return None


def write_time(unit: str, at_ms: int) -> str | int | float:
    """Return the instant in the unit. Raises ValueError for a unit that is not one, OverflowError for an
    instant outside the years 1 to 9999.

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
    at = _EPOCH + timedelta(milliseconds=at_ms)
    if unit == "http":
        return format_datetime(at, usegmt=True)
    if "%" not in unit:
        raise ValueError(f"not a unit of time: {unit!r}")
    if at.year < 1000:  # the C library leaves out the zeros
        unit = unit.replace("%Y", f"{at.year:04d}")
    return at.strftime(unit.replace("%L", f"{at.microsecond // 1000:03d}"))
