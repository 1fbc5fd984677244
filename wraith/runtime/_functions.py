"""What the functions of ``Call`` do: pure, total, and bounded in what they make.

A function takes values that are there and returns one, or ``MISSING`` where an argument is not of its kind.
``wir/_functions.py`` is the list of their names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import quote, unquote_plus

from wraith.canonical import JsonValue, parse
from wraith.errors import InputError
from wraith.exchange import encode_json
from wraith.paths import MISSING, Found, get, parse_path
from wraith.runtime._bulk import below, pairs
from wraith.runtime._calendar import later
from wraith.runtime._grouping import groups, tally
from wraith.runtime._ranges import byte_range, content_range
from wraith.runtime._values import TYPES, integer_of, is_type, number_of, sort_key, text_of

MAX_MADE: Final = 1 << 20
"""Characters or elements that one call may make: more than any document of a service."""

Function: TypeAlias = Callable[..., Found]


def apply(function: Function, arguments: Sequence[Found]) -> Found:
    """Return the function's value, ``MISSING`` where an argument is missing."""
    return MISSING if MISSING in arguments else function(*arguments)


# --- text ---------------------------------------------------------------------------------------------------


def _textual(make: Callable[[str], JsonValue]) -> Function:
    def function(value: JsonValue) -> Found:
        text = text_of(value)
        return MISSING if text is None else make(text)

    return function


def _slug(value: JsonValue, separator: JsonValue = "-") -> Found:
    text, between = text_of(value), text_of(separator)
    if text is None or between is None:
        return MISSING
    return between.join(re.findall(r"[a-z0-9]+", text.lower()))


def _slice(value: JsonValue, start: JsonValue, end: JsonValue = None) -> Found:
    whole: str | list[JsonValue] | None = value if isinstance(value, list) else text_of(value)
    first, last = integer_of(start), integer_of(end)
    if whole is None or first is None or (end is not None and last is None):
        return MISSING
    return whole[first:last]


def _split(value: JsonValue, separator: JsonValue) -> Found:
    text, between = text_of(value), text_of(separator)
    return MISSING if text is None or not between else list(text.split(between))


def _join(value: JsonValue, separator: JsonValue) -> Found:
    between = text_of(separator)
    if not isinstance(value, list) or between is None:
        return MISSING
    texts = [text_of(each) for each in value]
    if None in texts or len(texts) * len(between) > MAX_MADE:
        return MISSING
    return between.join(str(text) for text in texts)


def _replace(value: JsonValue, old: JsonValue, new: JsonValue) -> Found:
    text, before, after = text_of(value), text_of(old), text_of(new)
    if text is None or not before or after is None or len(text) * (len(after) + 1) > MAX_MADE:
        return MISSING
    return text.replace(before, after)


def _pad(value: JsonValue, width: JsonValue, fill: JsonValue) -> Found:
    text, size, character = text_of(value), integer_of(width), text_of(fill)
    if text is None or size is None or character is None or len(character) != 1 or size > 1000:
        return MISSING
    return text.rjust(size, character)


def _set_parameter(value: JsonValue, name: JsonValue, wanted: JsonValue) -> Found:
    """Return an address with one parameter of its query changed, at its place or behind the others; the rest
    stays as it is written."""
    address, key, text = text_of(value), text_of(name), text_of(wanted)
    if address is None or key is None or text is None:
        return MISSING
    path, _, query = address.partition("?")
    pair, done, placed = f"{key}={quote(text, safe=_UNQUOTED)}", [], False
    for part in query.split("&") if query else ():
        same = unquote_plus(part.partition("=")[0]) == key
        if not same or not placed:
            done.append(pair if same else part)
        placed |= same
    return f"{path}?{'&'.join(done if placed else [*done, pair])}"


_UNQUOTED: Final = "-._~:,"
"""Characters that addresses of pages are written with, besides letters and digits."""


# --- arithmetic ---------------------------------------------------------------------------------------------

_LARGEST: Final = 1e300


def _numbers(values: Sequence[JsonValue]) -> list[float] | None:
    """Return the numbers, integers where they are, or None where one is no finite number."""
    numbers: list[float] = []
    for value in values:
        whole = integer_of(value)
        number = whole if whole is not None else number_of(value)
        if number is None or abs(number) > _LARGEST:
            return None
        numbers.append(number)
    return numbers


def _arithmetic(make: Callable[..., float | None]) -> Function:
    def function(*values: JsonValue) -> Found:
        numbers = _numbers(values)
        made = make(*numbers) if numbers is not None else None
        return made if made is not None and abs(made) < _LARGEST else MISSING

    return function


def _multiply(*factors: float) -> float | None:
    product: float = 1
    for factor in factors:
        product *= factor
        if abs(product) > _LARGEST:
            return None
    return product


def _divide(dividend: float, divisor: float) -> float | None:
    if not divisor:
        return None
    if isinstance(dividend, int) and isinstance(divisor, int) and dividend % divisor == 0:
        return dividend // divisor
    return dividend / divisor if abs(divisor) > 1e-300 else None


def _round(number: float, digits: float = 0) -> float:
    """Half away from zero, as people and most languages round; a whole result is an integer."""
    scale = 10 ** min(max(int(digits), 0), 12)
    scaled = abs(number) * scale
    # the nearest double of 2.675 lies below it; what prints as a half is meant as one
    whole = math.floor(scaled + 0.5 + scaled * 1e-15)
    made = math.copysign(whole / scale, number)
    return int(made) if scale == 1 else made


def _round_even(number: float, digits: float = 0) -> float:
    """Half to even (IEEE 754), as Python and some databases round."""
    places = min(max(int(digits), 0), 12)
    return round(number, places) if places else round(number)


def _modulo(dividend: float, divisor: float) -> float | None:
    return dividend % divisor if divisor else None


# --- lists --------------------------------------------------------------------------------------------------


def _count(value: JsonValue) -> Found:
    return len(value) if isinstance(value, list | dict | str) else MISSING


def _of_list(make: Callable[[list[float]], float | None]) -> Function:
    def function(*values: JsonValue) -> Found:
        terms = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
        numbers = _numbers(terms)
        made = make(numbers) if numbers is not None else None
        return made if made is not None and abs(made) < _LARGEST else MISSING

    return function


def _total(value: JsonValue) -> Found:
    numbers = _numbers(value) if isinstance(value, list) else None
    return MISSING if numbers is None else sum(numbers)


def _average(numbers: list[float]) -> float | None:
    return _divide(sum(numbers), len(numbers)) if numbers else None


def _element(value: JsonValue, position: JsonValue) -> Found:
    at = integer_of(position)
    if not isinstance(value, list) or at is None or not -len(value) <= at < len(value):
        return MISSING
    return value[at]


def _distinct(value: JsonValue) -> Found:
    if not isinstance(value, list):
        return MISSING
    done: list[JsonValue] = []
    seen: set[bytes] = set()
    for each in value:
        key = encode_json(each)
        if key not in seen:
            seen.add(key)
            done.append(each)
    return done


def _concat(*values: JsonValue) -> Found:
    done: list[JsonValue] = []
    for value in values:
        if not isinstance(value, list):
            return MISSING
        done += value
    return done


def _only(value: JsonValue, names: JsonValue) -> Found:
    """Return the object with these members, in its own order."""
    if not isinstance(value, dict) or not isinstance(names, list):
        return MISSING
    kept = {name for name in names if isinstance(name, str)}
    return {key: each for key, each in value.items() if key in kept}


def _without(value: JsonValue, removed: JsonValue) -> Found:
    """Return the list without an element, or the object without a member."""
    if isinstance(value, dict):
        names = removed if isinstance(removed, list) else [removed]
        return {key: each for key, each in value.items() if key not in names}
    if not isinstance(value, list):
        return MISSING
    gone = removed if isinstance(removed, list) else [removed]
    return [each for each in value if each not in gone]


# --- comparisons --------------------------------------------------------------------------------------------


def _is(value: JsonValue, name: JsonValue) -> Found:
    """Whether a value has the JSON type of that name."""
    return is_type(value, name) if isinstance(name, str) and name in TYPES else MISSING


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text)
    except re.error:
        return None


def _matches(value: JsonValue, pattern: JsonValue) -> Found:
    """Whether a scalar's text matches the whole pattern."""
    text, wanted = text_of(value), _pattern(pattern) if isinstance(pattern, str) else None
    return MISSING if text is None or wanted is None else wanted.fullmatch(text) is not None


def _same(value: JsonValue, other: JsonValue) -> bool:
    """Whether two values are equal, or read the same as text, as a number does in a path or a header."""
    if isinstance(value, dict | list) or isinstance(other, dict | list):
        return value == other
    return text_of(value) == text_of(other)


def _less(value: JsonValue, other: JsonValue) -> Found:
    """Whether one number, or what reads as one, is less than another; texts are compared as texts, which
    orders dates of one format."""
    left, right = number_of(value), number_of(other)
    if left is not None and right is not None:
        return left < right
    if isinstance(value, str) and isinstance(other, str) and left is None and right is None:
        return value < other
    return MISSING


def _contains(value: JsonValue, wanted: JsonValue) -> Found:
    """Whether a list holds an element, or an object a member."""
    if isinstance(value, dict):
        return isinstance(wanted, str) and wanted in value
    return any(_same(each, wanted) for each in value) if isinstance(value, list) else MISSING


# --- bytes and encodings ------------------------------------------------------------------------------------


def _bytes(value: JsonValue, kind: JsonValue = "text") -> bytes | None:
    """Return text as its bytes in UTF-8, where a lone surrogate has none; or the bytes that it stands for
    where it is ``base64``."""
    text = text_of(value)
    if text is None or kind != "base64":
        return None if text is None else text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _encoded(make: Callable[[bytes], JsonValue]) -> Function:
    def function(value: JsonValue, kind: JsonValue = "text") -> Found:
        data = _bytes(value, kind)
        return MISSING if data is None else make(data)

    return function


def _from_base64(text: str) -> Found:
    try:
        plain = text.rstrip("=").replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return MISSING


def _digest(algorithm: str) -> Function:
    """Hex, or ``base64`` where the second argument says so (with its padding)."""

    def function(value: JsonValue, encoding: JsonValue = "hex", kind: JsonValue = "text") -> Found:
        data = _bytes(value, kind)
        if data is None:
            return MISSING
        made = hashlib.new(algorithm, data, usedforsecurity=False).digest()
        return base64.b64encode(made).decode() if encoding == "base64" else made.hex()

    return function


def _from_json(value: JsonValue, at: JsonValue = "") -> Found:
    """Return the document in a text, or the part of it at a path."""
    if not isinstance(value, str) or not isinstance(at, str):
        return MISSING
    try:
        return get(parse(value.encode()), parse_path(at))
    except (ValueError, RecursionError, InputError):
        return MISSING


FUNCTIONS: Final[dict[str, Function]] = {
    "lower": _textual(str.lower),
    "upper": _textual(str.upper),
    "capitalize": _textual(str.capitalize),
    "title": _textual(str.title),
    "trim": _textual(str.strip),
    "slug": _slug,
    "slice": _slice,
    "split": _split,
    "join": _join,
    "replace": _replace,
    "pad": _pad,
    "quote": _textual(lambda text: quote(text, safe="")),
    "set_parameter": _set_parameter,
    "below": below,
    "multiply": _arithmetic(_multiply),
    "divide": _arithmetic(_divide),
    "modulo": _arithmetic(_modulo),
    "round": _arithmetic(_round),
    "round_even": _arithmetic(_round_even),
    "floor": _arithmetic(math.floor),
    "ceil": _arithmetic(math.ceil),
    "absolute": _arithmetic(abs),
    "later": later,
    "count": _count,
    "total": _total,
    "minimum": _of_list(lambda numbers: min(numbers, default=None)),
    "maximum": _of_list(lambda numbers: max(numbers, default=None)),
    "average": _of_list(_average),
    "element": _element,
    "distinct": _distinct,
    "sorted": lambda value: sorted(value, key=sort_key) if isinstance(value, list) else MISSING,
    "reversed": lambda value: value[::-1] if isinstance(value, list) else MISSING,
    "concat": _concat,
    "pairs": pairs,
    "without": _without,
    "only": _only,
    "keys": lambda value: list(value) if isinstance(value, dict) else MISSING,
    "tally": tally,
    "groups": groups,
    "is": _is,
    "matches": _matches,
    "same": _same,
    "less": _less,
    "contains": _contains,
    "byte_length": _encoded(len),
    "hex": lambda value: MISSING if (number := integer_of(value)) is None else format(number, "x"),
    "base64": _encoded(lambda data: base64.b64encode(data).decode()),
    "from_base64": lambda value: _from_base64(value) if isinstance(value, str) else MISSING,
    "base64url": _encoded(lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")),
    "json": lambda value: encode_json(value).decode(),
    "repr": repr,  # JSON values nest no deeper than the interpreter recurses; see MAX_DEPTH
    "from_json": _from_json,
    "byte_range": byte_range,
    "content_range": content_range,
    "md5": _digest("md5"),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "crc32": _encoded(lambda data: format(zlib.crc32(data), "08x")),
}
