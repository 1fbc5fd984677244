"""Identifiers that end with a number which counts: ``INV-0042``, ``core_7``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wraith.paths import Found

_NUMBERED = re.compile(r"(.*?)([^0-9A-Za-z]*)([0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class Numbered:
    """What identifiers consist of: a word, what stands between, and a number, filled up to ``width`` digits; 0
    where it is not filled up."""

    words: tuple[str, ...]
    between: str
    numbers: tuple[int, ...]
    width: int


def numbered(column: Sequence[Found]) -> Numbered | None:
    """Return the parts of texts that all end with a number behind a word, None where they do not."""
    cut = [_NUMBERED.fullmatch(value) for value in column if isinstance(value, str)]
    found = [each for each in cut if each is not None]
    if len(found) < len(column) or len({each[2] for each in found}) != 1:
        return None
    digits = [each[3] for each in found]
    filled = any(text.startswith("0") and len(text) > 1 for text in digits)
    if filled and len({len(text) for text in digits}) > 1:
        return None
    if not any(each[1] + each[2] for each in found):
        return None
    words = tuple(each[1] for each in found)
    return Numbered(words, found[0][2], tuple(map(int, digits)), len(digits[0]) if filled else 0)
