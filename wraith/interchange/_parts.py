"""The parts of an exchange as documents hold them: headers, bodies, times, statuses.

Formats agree on what there is and differ in how it is spelled, some from file to file; so each part is taken
in every spelling that has one meaning. What has none raises NotUnderstood, and its entry is left out.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from wraith.canonical import JsonValue
from wraith.exchange import Headers, encode_json

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND: Final = 100_000_000_000
"""Seconds until the year 5138; numbers beyond count milliseconds, then micro-, then nanoseconds."""
_NUMBER: Final = re.compile(r"\d{1,19}(?:\.\d{1,9})?")


class NotUnderstood(ValueError):
    """An entry, or a part of it, has no meaning. The text is the reason, as a clause."""


def member(document: JsonValue, name: str) -> JsonValue:
    """Return a member of an object; None where it is missing, or where there is no object."""
    return document.get(name) if isinstance(document, dict) else None


def text_of(document: JsonValue, name: str, what: str) -> str:
    """Return a member that must be text, and not empty. ``what`` names it in the reason."""
    value = member(document, name)
    if value is None or value == "":
        raise NotUnderstood(f"there is no {what}")
    if not isinstance(value, str):
        raise NotUnderstood(f"the {what} is no text")
    return value


def status_of(value: JsonValue) -> int:
    """Return a status, a number or its digits."""
    if value is None:
        raise NotUnderstood("there is no status")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 3:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 599:
        raise NotUnderstood("the status is not a number from 100 to 599")
    return value


def headers_of(value: JsonValue, whose: str) -> Headers:
    """Return headers from an object (name to a text, or to a list of texts), or from a list of pairs."""
    if value is None:
        return ()
    if isinstance(value, dict):
        pairs = [(name, each) for name, given in value.items() for each in _several(given)]
    elif isinstance(value, list):
        pairs = [_pair(item, whose) for item in value]
    else:
        raise NotUnderstood(f"the headers of the {whose} are neither an object nor a list")
    return tuple((name, _header_text(name, each, whose)) for name, each in pairs if each is not None)


def body_of(value: JsonValue, whose: str, mended: list[str]) -> bytes:
    """Return a body given as text; a parsed document is written as JSON, and that is told in ``mended``."""
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode("utf-8")
    mended.append(f"the body of the {whose} was a parsed document, and is written as JSON")
    return encode_json(value)


def decoded_body(value: JsonValue, whose: str, mended: list[str]) -> bytes:
    """Return a body given as base64, of either alphabet, padded or not; other text is taken as it stands."""
    if not isinstance(value, str):
        return body_of(value, whose, mended)
    packed = "".join(value.split()).rstrip("=")
    try:
        return base64.b64decode(
            packed.replace("-", "+").replace("_", "/") + "=" * (-len(packed) % 4), validate=True
        )
    except (binascii.Error, ValueError):  # the latter for text beyond ASCII
        mended.append(f"the body of the {whose} says base64 and is text")
        return value.encode("utf-8")


def instant_ms(value: JsonValue) -> int | None:
    """Return a time as milliseconds since 1970: ISO 8601 (UTC where it names no zone), a number since 1970 in
    any unit, the date of HTTP. None for what is no time."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    moment = _parsed(value.strip()) if isinstance(value, str) else None
    if moment is None:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, (zoned - _EPOCH) // timedelta(milliseconds=1))


def milliseconds(value: JsonValue) -> int:
    """Return how long something took, whole; 0 for what is no duration."""
    return int(value) if isinstance(value, int | float) and 0 < value < _LAST_SECOND else 0


def _from_number(value: float) -> int | None:
    if not 0 <= value < _LAST_SECOND * 10**9:
        return None
    milliseconds = value * 1000
    while milliseconds >= _LAST_SECOND * 1000:
        milliseconds /= 1000
    return int(milliseconds)


def _parsed(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return parse(text)
        except (ValueError, OverflowError):
            continue
    return None


def _several(given: JsonValue) -> list[JsonValue]:
    return given if isinstance(given, list) else [given]


def _pair(item: JsonValue, whose: str) -> tuple[str, JsonValue]:
    match item:
        case [str(name), value] | {"name": str(name), "value": value}:
            return name, value
    raise NotUnderstood(f"a header of the {whose} is no pair of name and value")


def _header_text(name: str, value: JsonValue, whose: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise NotUnderstood(f"the header {name} of the {whose} is no text")
    return str(value)
