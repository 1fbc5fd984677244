"""What may be personal data, or a secret without a name, by its looks: for people to judge, not to replace.

Scrubbing replaces keys, card numbers and what has a telling name. These say what might be left, and how
surely. Addresses of reserved domains (RFC 2606) and networks (RFC 5737, RFC 1918), and the stand-ins of
scrubbing, are nobody's.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from wraith.scrub._token import is_token

Confidence: TypeAlias = Literal["high", "medium", "low"]

_RESERVED: Final = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net)|example|test|invalid|localhost)$", re.IGNORECASE
)
_LEAST_BITS: Final = 4.2
"""Bits per character of a text that chance made: words and paths have fewer."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a text may hold: the kind, how sure that is, the value, and where it stands (offset)."""

    kind: str
    confidence: Confidence
    value: str
    at: int

    @property
    def shown(self) -> str:
        """Enough of the value to find it, too little to use it."""
        return self.value[: min(4, len(self.value) // 3)] + "…"


_Kind: TypeAlias = tuple[str, Confidence, re.Pattern[str], Callable[[str], bool]]


def suspicions(text: str) -> Iterator[Suspicion]:
    """Yield what in a text may be a secret or personal data, each kind in the order of the text."""
    for kind, confidence, pattern, confirm in _KINDS:
        for found in pattern.finditer(text):
            if confirm(found[0]) and not is_token(found[0]):
                yield Suspicion(kind, confidence, found[0], found.start())


def _is_whole_iban(text: str) -> bool:
    """ISO 13616: the check is 1 modulo 97, letters counting from 10."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _is_somebodys(address: str) -> bool:
    return _RESERVED.search(address.rpartition("@")[2]) is None


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _is_by_chance(text: str) -> bool:
    if not (any(map(str.isdigit, text)) and any(map(str.isupper, text)) and any(map(str.islower, text))):
        return False
    counts = Counter(text)
    bits = -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
    return bits >= _LEAST_BITS


def _always(_: str) -> bool:
    return True


_KINDS: Final[tuple[_Kind, ...]] = (
    (
        "IBAN",
        "high",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"),
        _is_whole_iban,
    ),
    (
        "social security number",
        "medium",
        re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"),
        _always,
    ),
    (
        "e-mail address",
        "medium",
        re.compile(r"\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"),
        _is_somebodys,
    ),
    ("telephone number", "low", re.compile(r"(?<![\w+])\+[1-9]\d{0,2}[ -]?(?:\d[ -]?){6,11}\d\b"), _always),
    ("internet address", "low", re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"), _is_public),
    (
        "text made by chance",
        "low",
        re.compile(r"(?<![A-Za-z0-9+_-])[A-Za-z0-9+_-]{32,256}(?![A-Za-z0-9+_-])"),
        _is_by_chance,
    ),
)
