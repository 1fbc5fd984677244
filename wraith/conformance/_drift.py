"""Drift: a difference as something that is met again, in another run and on another machine.

The id is made of what the difference is: route, path, category and both values, identifiers in them apart,
which a service and a twin make anew in each recording. The type says what kind of
change it is, for those who decide whether to accept it.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import urlsplit

from wraith.canonical import JsonValue, compact
from wraith.conformance._differences import Difference
from wraith.paths import EACH, format_path, parse_path

TYPES = (
    "numeric_drift",
    "url_drift",
    "value_drift",
    "host_rewrite",
    "enum_expansion",
    "additive_optional_field",
    "field_removed",
    "status_code_shift",
    "type_change",
    "order_change",
)
_OF_CATEGORY = {
    "status_mismatch": "status_code_shift",
    "no_answer": "status_code_shift",
    "type_mismatch": "type_change",
    "missing_field": "field_removed",
    "extra_field": "additive_optional_field",
    "array_length_mismatch": "value_drift",
    "id_inconsistent": "value_drift",
}


OPAQUE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?<![A-Za-z0-9])(?=(?:[A-Za-z]*[0-9]){2})(?=(?:[0-9]*[A-Za-z]){2})[A-Za-z0-9]{8,}"
)
"""UUIDs, and runs of eight and more letters and digits with two of each: identifiers, no words or numbers."""


def drift_id(route: str, path: str, category: str, expected: JsonValue, actual: JsonValue) -> str:
    """Return the name of a drift: ``drift-`` and 16 hex digits. ``path`` is one that ``pattern`` returned."""
    told = compact([route, path, category, _lasting(expected), _lasting(actual)])
    return f"drift-{hashlib.sha256(told).hexdigest()[:16]}"


def _lasting(value: JsonValue) -> JsonValue:
    """Return a value with ``*`` for each identifier."""
    if isinstance(value, str):
        return OPAQUE.sub("*", value)
    if isinstance(value, list):
        return [_lasting(item) for item in value]
    if isinstance(value, dict):
        return {key: _lasting(item) for key, item in value.items()}
    return value


@lru_cache(maxsize=65_536)
def pattern(path: str) -> str:
    """Return the path with every position of a list as ``[*]``: the same field wherever it stands."""
    if "[" not in path:
        return path
    return format_path(tuple(EACH if isinstance(step, int) else step for step in parse_path(path)))


def drift_type(found: Difference) -> str:
    """Return what kind of change a difference is, one of ``TYPES``."""
    if found.category in _OF_CATEGORY:
        return _OF_CATEGORY[found.category]
    if found.enum:
        return "enum_expansion"
    expected, actual = found.expected, found.actual
    if found.category == "header_mismatch" and (expected is None or actual is None):
        return "field_removed" if actual is None else "additive_optional_field"
    if _is_number(expected) and _is_number(actual):
        return "numeric_drift"
    if isinstance(expected, list) and isinstance(actual, list):
        permuted = sorted(map(compact, expected)) == sorted(map(compact, actual))
        return "order_change" if permuted else "value_drift"
    if isinstance(expected, str) and isinstance(actual, str):
        return _of_texts(expected, actual)
    return "value_drift"


def _of_texts(expected: str, actual: str) -> str:
    try:
        one, other = urlsplit(expected), urlsplit(actual)
    except ValueError:  # an address with a broken host is no address
        return "value_drift"
    if one.scheme in ("http", "https") and other.scheme in ("http", "https"):
        return "host_rewrite" if one[2:] == other[2:] else "url_drift"
    paths = expected.startswith("/") and actual.startswith("/") and " " not in expected + actual
    return "url_drift" if paths else "value_drift"


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
