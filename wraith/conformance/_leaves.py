"""What the comparison asks of two leaves, whatever they stand for."""

from __future__ import annotations

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found
from wraith.runtime import read_time
from wraith.wir import Hole


def is_count(value: Found) -> bool:
    """Whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def are_numbers(one: Found, other: Found) -> bool:
    """Whether two values are whole numbers, or both are texts of digits."""
    if isinstance(one, str) and isinstance(other, str):
        return one.isdecimal() and other.isdecimal()
    return is_count(one) and is_count(other)


def are_texts(one: Found, other: Found) -> bool:
    """Whether two values are texts."""
    return isinstance(one, str) and isinstance(other, str)


def are_times(hole: Hole, *values: Found) -> bool:
    """Whether a hole is filled with times in some cases, and these are such."""
    there = all(value is not MISSING and read_time(value) is not None for value in values)
    return hole.hole_class == "timestamp" and there


def same_type(one: Found, other: Found) -> bool:
    """Whether two values are of one JSON type; all numbers are of one."""
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return (numbers and isinstance(one, bool) == isinstance(other, bool)) or type(one) is type(other)


def as_json(value: Found) -> JsonValue:
    """Return a value as reports write it: null where there is none."""
    return None if value is MISSING else value
