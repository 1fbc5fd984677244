"""Alphabets: which characters a secret is made of, and how digests are spelled in them.

A digest byte becomes the character at its remainder. That favours some characters slightly, which the number
of check characters makes up for: it is counted from the most likely character.
"""

from __future__ import annotations

import math
import string
from dataclasses import dataclass, field
from typing import Final

CHECK_BITS: Final = 40
"""Of 2**40 secrets (about 10**12), one is taken for a token by chance, and then stays in clear."""

PAYLOAD_BITS: Final = 20
"""What tells tokens apart where the length can just be kept: among 100 short secrets of one twin, two share a
token with a chance of 1 in 200. Less would merge secrets in practice, more would lengthen more of them."""

ROOMY_BITS: Final = 40
"""What tells tokens apart where the length could not be kept anyway."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Characters, and how many of them hold a check and a payload."""

    name: str
    characters: str
    members: frozenset[str] = field(init=False)
    table: bytes = field(init=False)
    check_size: int = field(init=False)
    least_size: int = field(init=False)
    """With fewer slots than this the token becomes longer than the secret,"""
    roomy_size: int = field(init=False)
    """namely this long."""

    def __post_init__(self) -> None:
        size = len(self.characters)
        bits = 8 - math.log2(math.ceil(256 / size))
        put = object.__setattr__
        put(self, "members", frozenset(self.characters))
        put(self, "table", (self.characters * 26)[:256].encode())
        put(self, "check_size", math.ceil(CHECK_BITS / bits))
        put(self, "least_size", self.check_size + math.ceil(PAYLOAD_BITS / bits))
        put(self, "roomy_size", self.check_size + math.ceil(ROOMY_BITS / bits))

    def spell(self, digest: bytes) -> str:
        """Return one character for each byte of the digest."""
        return digest.translate(self.table).decode()


_LOWER, _UPPER, _DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits

DIGITS: Final = Alphabet("digits", _DIGITS)
BASE62: Final = Alphabet("base62", _DIGITS + _UPPER + _LOWER)

ALPHABETS: Final = (
    DIGITS,
    Alphabet("hex", _DIGITS + "abcdef"),
    Alphabet("HEX", _DIGITS + "ABCDEF"),
    Alphabet("lower", _LOWER),
    Alphabet("UPPER", _UPPER),
    Alphabet("base36", _DIGITS + _LOWER),
    Alphabet("BASE36", _DIGITS + _UPPER),
    Alphabet("letters", _UPPER + _LOWER),
    BASE62,
)
"""Smallest first: a secret has the first alphabet that holds it."""


def alphabet_of(characters: str) -> Alphabet:
    """Return the smallest alphabet that holds the characters; base62 where none does."""
    members = frozenset(characters)
    return next((alphabet for alphabet in ALPHABETS if members and members <= alphabet.members), BASE62)
