"""Fresh identifiers of a learned format, deterministic for a session's seed.

A pattern is literal text and character classes with a count: ``cus_[A-Za-z0-9]{14}``. It is the subset of regular
expressions that says "these many of these characters", so that the same text checks an identifier and makes one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache

from wraith.errors import InputError

_PART = re.compile(r"\[((?:[^\]\\]|\\.)+)\]\{(\d+)\}|\\(.)|([^\[\]{}\\])")


@lru_cache(maxsize=1024)
def _parts(pattern: str) -> tuple[tuple[str, int], ...]:
    parts: list[tuple[str, int]] = []
    at = 0
    while at < len(pattern):
        found = _PART.match(pattern, at)
        if found is None:
            raise InputError(f"not a pattern of identifiers: {pattern!r}, at offset {at}")
        if found[1] is not None:
            parts.append((_alphabet(found[1]), int(found[2])))
        else:
            parts.append((found[3] or found[4], 0))
        at = found.end()
    return tuple(parts)


def _alphabet(members: str) -> str:
    characters: list[str] = []
    at = 0
    while at < len(members):
        if members[at] == "\\":
            characters.append(members[at + 1])
            at += 2
        elif at + 2 < len(members) and members[at + 1] == "-":
            characters.extend(chr(code) for code in range(ord(members[at]), ord(members[at + 2]) + 1))
            at += 3
        else:
            characters.append(members[at])
            at += 1
    return "".join(dict.fromkeys(characters))


def id_maker(pattern: str) -> Callable[[str, int], str]:
    """Return the function from (seed, number of the identifier in the session) to an identifier."""
    parts = _parts(pattern)

    def make(seed: str, number: int) -> str:
        random = int.from_bytes(hashlib.blake2b(f"{seed}\0{number}\0{pattern}".encode(), digest_size=64).digest())
        made: list[str] = []
        drawn = 0
        for text, count in parts:
            if count == 0:
                made.append(text)
            for _ in range(count):
                if drawn and drawn % 48 == 0:  # 512 bits last for 48 draws of any alphabet up to 1000 characters
                    random = int.from_bytes(
                        hashlib.blake2b(f"{seed}\0{number}\0{drawn}".encode(), digest_size=64).digest()
                    )
                random, index = divmod(random, len(text))
                made.append(text[index])
                drawn += 1
        return "".join(made)

    return make
