"""Values as the language sees them: what they are as text and as numbers, casts, merges, comparisons."""

from __future__ import annotations

import re
from math import isfinite

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found


def text_of(value: Found) -> str | None:
    """Return a scalar as the text that stands for it in a path, a query or a form; None for anything else."""
    kind = type(value)  # JSON values are exactly of their types
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is int or kind is float:
        return str(value)
    return "true" if value is True else "false" if value is False else None


def integer_of(value: Found) -> int | None:
    """Return the integer in a value or its text, else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    return None


def number_of(value: Found) -> float | None:
    """Return the finite number in a value or its text, else None."""
    kind = type(value)
    if kind is int or kind is float:
        return value  # type: ignore[return-value]
    if not isinstance(value, str) or value[:1].isalpha():  # nan and inf are no numbers either
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    # what Python reads as a number and nobody writes: 1_000, digits of other scripts, nan, inf
    return number if isfinite(number) and value.isascii() and "_" not in value else None


def sort_key(value: Found, *, low: bool = True) -> tuple[int, float, str]:
    """A total order over JSON scalars: false and true, numbers, text, the rest; missing and null are less
    than any, or more than any where not ``low``."""
    if value is MISSING or value is None:
        return (0 if low else 5, 0, "")
    if isinstance(value, bool):
        return (1, value, "")
    if isinstance(value, int | float):
        return (2, value, "")
    return (3, 0, value) if isinstance(value, str) else (4, 0, "")


def cast(value: Found, to: str) -> Found:
    """Return the value as the type, ``MISSING`` where it cannot be. Null stays null; lists are cast element
    by element, as forms hold them; an object is no scalar, and ``scalar`` alone goes into its members."""
    if value is None or value is MISSING:
        return value
    if isinstance(value, list):
        return [done for item in value if (done := cast(item, to)) is not MISSING]
    if isinstance(value, dict):
        if to != "scalar":
            return MISSING
        return {key: done for key, item in value.items() if (done := cast(item, to)) is not MISSING}
    match to:
        case "integer":
            found = integer_of(value)
            return MISSING if found is None else found
        case "number":
            whole, number = integer_of(value), number_of(value)
            return MISSING if number is None else (number if whole is None else whole)
        case "boolean":
            if isinstance(value, bool):
                return value
            return {"true": True, "false": False}.get(str(value).lower(), MISSING)
        case "string":
            text = text_of(value)
            return MISSING if text is None else text
    return _scalar(value)


_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
"""RFC 8259, 6: a postal code like 01234 is no number."""


def _scalar(value: Found) -> Found:
    """Read text as JSON would, where it is a number, true, false or null; other text stays text."""
    if not isinstance(value, str):
        return value
    if value in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[value]
    if not _JSON_NUMBER.fullmatch(value):
        return value
    whole, number = integer_of(value), number_of(value)
    return whole if whole is not None else number if number is not None else value


def merged(base: Found, over: Found, deep: bool, typed: bool) -> Found:
    """Return the members of ``over`` over those of ``base``; see ``Merge``."""
    if not isinstance(over, dict):
        return base if over is MISSING else over
    done: dict[str, JsonValue] = dict(base) if isinstance(base, dict) else {}
    for key, value in over.items():
        present = done.get(key, MISSING)
        if deep and value is None:
            done.pop(key, None)
        elif deep and isinstance(value, dict):
            done[key] = merged(present if isinstance(present, dict) else {}, value, deep, typed)  # type: ignore[assignment]
        else:
            done[key] = _typed_like(present, value) if typed else value
    return done


def _typed_like(present: Found, value: JsonValue) -> JsonValue:
    """Text takes the type of what it replaces, where it reads as one."""
    if not isinstance(value, str):
        return value
    to = "boolean" if isinstance(present, bool) else "number" if isinstance(present, int | float) else None
    done = cast(value, to) if to else value
    return value if done is MISSING else done


TYPES: dict[str, type | tuple[type, ...]] = {
    "null": type(None),
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "string": str,
    "array": list,
    "object": dict,
}
"""The JSON types by name; see ``is_type``."""


def is_type(value: Found, name: str) -> bool:
    """Whether a value has the JSON type; a boolean is no number."""
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def same(value: Found, wanted: JsonValue) -> bool:
    """Equality that tells true from 1."""
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
