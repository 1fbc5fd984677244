"""Shapes of generated values: what of an identifier is the service's doing, and not chance."""

from __future__ import annotations

import re

from wraith.paths import Found

_PREFIX = re.compile(r"[a-z]{2,}_(?=[A-Za-z0-9])")
_LITERAL = re.compile(r"[^\[\\{(]+")
STRETCH = 2
"""Identifiers of one kind differ in length by less than this factor."""
CERTAIN = 12
"""Digits alone are no accident from this length on: of random hex digits, fewer than one in 250 are so."""


def literal_of(pattern: str) -> str:
    """Return the text that every identifier of a format begins with."""
    found = _LITERAL.match(pattern)
    return found[0] if found else ""


def same_shape(recorded: Found, replayed: Found, pattern: str | None = None) -> bool:
    """Whether two generated values are of one type and shape. ``pattern`` is the format that was learned."""
    if isinstance(recorded, str) and isinstance(replayed, str):
        if recorded == replayed:
            return True
        if pattern is not None:
            if not recorded.startswith(literal_of(pattern)):
                return False
        elif (one := _PREFIX.match(recorded)) and (other := _PREFIX.match(replayed)) and one[0] != other[0]:
            return False
        return _alike(recorded, replayed)
    if isinstance(recorded, bool) or isinstance(replayed, bool):
        return isinstance(recorded, bool) and isinstance(replayed, bool)
    if isinstance(recorded, int | float) and isinstance(replayed, int | float):
        return True
    return type(recorded) is type(replayed)


def _alike(one: str, other: str) -> bool:
    if not one or not other or max(len(one), len(other)) > STRETCH * min(len(one), len(other)):
        return False
    long = min(len(one), len(other)) >= CERTAIN
    return not long or one.isdigit() == other.isdigit()


_MADE = re.compile(r"(?:[a-z]+_)*(?=[A-Za-z0-9\-]*(?:[0-9]|[a-z][A-Z]))(?=[0-9\-]*[A-Za-z])[A-Za-z0-9\-]{8,}")


def are_made_alike(one: str, other: str) -> bool:
    """Whether two texts look like identifiers that one service made: of one length and one prefix, without a
    meaning. Words are none, nor are numbers."""
    same = len(one) == len(other) and same_shape(one, other)
    return same and _MADE.fullmatch(one) is not None and _MADE.fullmatch(other) is not None
