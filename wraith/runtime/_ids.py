"""Fresh identifiers of a learned format, deterministic for a session's seed.

A pattern is literal text and character classes with a count: ``cus_[A-Za-z0-9]{14}``. It is the subset of
regular expressions that says "these many of these characters", so that the same text checks an identifier and
makes one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache

from wraith.errors import InputError

_PART = re.compile(
    r"\[(?!\^)((?:[^\]\[\\]|\\[^A-Za-z0-9])+)\]\{([0-9]{1,4})\}|\\([^A-Za-z0-9])|([^\[\]{}\\])", re.DOTALL
)
_RANGE = re.compile(r"\\?+(.)-\\?+(.)|\\?+(.)", re.DOTALL)

DRAWS = 48
"""So many characters come out of 512 bits, whatever the alphabet (up to 1000 characters)."""


@lru_cache(maxsize=1024)
def _parts(pattern: str) -> tuple[tuple[str, int], ...]:
    """Return each alphabet with its count; literal text is an alphabet of one character, once."""
    parts: list[tuple[str, int]] = []
    at = 0
    while at < len(pattern):
        found = _PART.match(pattern, at)
        alphabet = "" if found is None else _alphabet(found[1]) if found[1] else found[3] or found[4]
        if found is None or not alphabet:
            raise InputError(
                f"not a pattern of identifiers: {pattern!r}, at offset {at}",
                hint="write literal text and classes with counts, like cus_[A-Za-z0-9]{14}",
            )
        parts.append((alphabet, int(found[2] or 1)))
        at = found.end()
    return tuple(parts)


def _alphabet(members: str) -> str:
    """Return the characters of a class, each once; none where a range runs backwards."""
    characters: dict[str, None] = {}
    for first, last, single in _RANGE.findall(members):
        if single:
            characters[single] = None
        elif first > last:
            return ""
        else:
            characters.update(dict.fromkeys(map(chr, range(ord(first), ord(last) + 1))))
    return "".join(characters)


def id_maker(pattern: str) -> Callable[[str, int], str]:
    """Return the function from (seed, number of the identifier in the session) to an identifier.

    What it makes matches the pattern; ``test_an_identifier_matches_its_own_pattern``. Raises InputError for
    what is not a pattern of identifiers.
    """
    parts = _parts(pattern)

    def make(seed: str, number: int) -> str:
        random = _bits(seed, number, pattern)
        made: list[str] = []
        for alphabet, count in parts:
            size = len(alphabet)
            for _ in range(count):
                if len(made) % DRAWS == DRAWS - 1:
                    random = _bits(seed, number, pattern, len(made))
                if size == 1:
                    made.append(alphabet)
                else:
                    random, index = divmod(random, size)
                    made.append(alphabet[index])
        return "".join(made)

    return make


def _bits(*origin: str | int) -> int:
    text = "\0".join(map(str, origin))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=64).digest())
