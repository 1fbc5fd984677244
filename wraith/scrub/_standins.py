"""What takes the place of a secret: one function per action of a rule, and how their results are recognised.

A token (``_token``) is unlike anything; a mask keeps the length alone, ``[redacted]`` nothing. A pseudonym
reads like what it stands for: an address stays an address, a name stays words. Its letters are pairs of consonant
and vowel that spell, as tokens do, a payload and then a check, so that it is known again without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

from wraith.scrub._token import is_token, looks_like_token, make_token

REDACTED: Final = "[redacted]"

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aeio"  # 4 and 2 bits
_PAYLOAD_PAIRS, _CHECK_PAIRS = 6, 7  # 36 and 42 bits
_PAIRS = _PAYLOAD_PAIRS + _CHECK_PAIRS
_PAIR = f"[{_CONSONANTS}][{_VOWELS}]"
_WORDS = re.compile(
    rf"(?<![A-Za-z])(?:{_PAIR})+(?: (?:{_PAIR})+)*(?![A-Za-z])(?:@example\.com)?", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TOKEN_RUN = re.compile(r"[A-Za-z0-9\-_.~+/=:]+")
_DOMAIN = "@example.com"
_MOST_TRIED = 4096
"""Parts of one run of characters that are tried for a token; a longer run is cut at its marks only."""


def mask(secret: str) -> str:
    """Return as many stars as the secret has characters."""
    return "*" * len(secret)


def pseudonymize(key: bytes, secret: str) -> str:
    """Return a readable stand-in of the same kind: an address, as many words, else a token."""
    if _ADDRESS.fullmatch(secret):
        return _spoken(key, secret) + _DOMAIN
    if not any(character.isalpha() for character in secret) or any(map(str.isdigit, secret)):
        return make_token(key, secret)
    words = secret.split()[: _PAIRS // 2]
    cuts = [2 * (_PAIRS * position // len(words)) for position in range(len(words) + 1)]
    letters = _spoken(key, secret)
    parts = [letters[start:end] for start, end in pairwise(cuts)]
    return " ".join(
        part.title() if word[:1].isupper() else part for word, part in zip(words, parts, strict=True)
    )


@lru_cache(maxsize=65536)
def is_standin(text: str) -> bool:
    """Tell whether the whole text is the result of one of the actions."""
    return text == REDACTED or (text != "" and not text.strip("*")) or is_token(text) or _is_pseudonym(text)


def standin_around(text: str, start: int, end: int) -> bool:
    """Tell whether that part of the text lies within a stand-in."""
    return (
        any(a <= start and end <= b for a, b in _spans(text))
        or not text[start:end].strip("*")
        or _token_around(text, start, end)
    )


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(re.escape(REDACTED), text):
        yield found.span()
    for found in _WORDS.finditer(text):
        if len(found[0]) >= 2 * _PAIRS and _is_pseudonym(found[0]):
            yield found.span()


def _token_around(text: str, start: int, end: int) -> bool:
    """Try the run of token characters around the part: whole, then from mark to mark, then everywhere."""
    run = next((r for r in _TOKEN_RUN.finditer(text) if r.start() <= start and end <= r.end()), None)
    if run is None:
        return False
    left, right = run.span()
    starts, ends = list(range(left, start + 1)), list(range(end, right + 1))
    if len(starts) * len(ends) > _MOST_TRIED:
        starts = [at for at in starts if at == left or not text[at - 1].isalnum()]
        ends = [at for at in ends if at == right or not text[at].isalnum()]
    return any(looks_like_token(text[a:b]) for a in starts for b in reversed(ends))


def _spoken(key: bytes, secret: str) -> str:
    mac = hmac.digest(key, secret.encode("utf-8", "surrogatepass"), "sha256")
    payload = _pairs(mac[:_PAYLOAD_PAIRS])
    return payload + _spoken_check(payload)


def _spoken_check(payload: str) -> str:
    digest = hashlib.blake2b(payload.encode(), digest_size=16, person=b"wraith.spoken/1").digest()
    return _pairs(digest[:_CHECK_PAIRS])


def _pairs(digest: bytes) -> str:
    return "".join([_CONSONANTS[byte & 15] + _VOWELS[byte >> 4 & 3] for byte in digest])


def _is_pseudonym(text: str) -> bool:
    letters = text.removesuffix(_DOMAIN).replace(" ", "").lower()
    if len(letters) != 2 * _PAIRS:
        return False
    cut = 2 * _PAYLOAD_PAIRS
    return letters[cut:] == _spoken_check(letters[:cut])
