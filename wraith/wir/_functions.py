"""The functions that a ``Call`` may name, with how many arguments each takes (least, most).

Pure and total: an argument that does not fit gives ``MISSING``. ``runtime/_functions.py`` says what each
does.
"""

from __future__ import annotations

from typing import Final

MANY: Final = 16
"""As many terms as any sum or product of a request has."""

FUNCTIONS: Final[dict[str, tuple[int, int]]] = {
    # text
    "lower": (1, 1),
    "upper": (1, 1),
    "capitalize": (1, 1),
    "title": (1, 1),
    "trim": (1, 1),
    "slug": (1, 2),
    "slice": (2, 3),
    "split": (2, 2),
    "join": (2, 2),
    "replace": (3, 3),
    "pad": (3, 3),
    "quote": (1, 1),
    "set_parameter": (3, 3),
    "below": (2, 2),
    # arithmetic
    "multiply": (2, MANY),
    "divide": (2, 2),
    "modulo": (2, 2),
    "round": (1, 2),
    "round_even": (1, 2),
    "floor": (1, 1),
    "ceil": (1, 1),
    "absolute": (1, 1),
    # times
    "later": (2, 3),
    # lists
    "count": (1, 1),
    "total": (1, 1),
    "minimum": (1, MANY),
    "maximum": (1, MANY),
    "average": (1, 1),
    "element": (2, 2),
    "distinct": (1, 1),
    "sorted": (1, 1),
    "reversed": (1, 1),
    "concat": (1, MANY),
    "pairs": (2, 2),
    "without": (2, 2),
    "only": (2, 2),
    "keys": (1, 1),
    "tally": (2, 4),
    "groups": (2, 3),
    # comparisons
    "is": (2, 2),
    "matches": (2, 2),
    "same": (2, 2),
    "less": (2, 2),
    "contains": (2, 2),
    # bytes and encodings
    "byte_length": (1, 2),
    "hex": (1, 1),
    "base64": (1, 1),
    "from_base64": (1, 1),
    "base64url": (1, 1),
    "json": (1, 1),
    "repr": (1, 1),
    "from_json": (1, 2),
    "byte_range": (2, 2),
    "content_range": (2, 2),
    "md5": (1, 3),
    "sha1": (1, 3),
    "sha256": (1, 3),
    "crc32": (1, 2),
}
