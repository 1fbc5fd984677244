"""What takes the place of a secret: one function per action of a rule, and how their results are recognised.

A token (``_token``) is unlike anything; a mask keeps the length alone, ``[redacted]`` nothing. A pseudonym
reads like what it stands for: an address stays an address, a name stays words. Its letters are pairs of
consonant and vowel that spell, as tokens do, a payload and then a check: it is known without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import string
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import Final, Literal, TypeAlias

from wraith.scrub._token import MARKS, SHORTEST, is_token, looks_like_token, make_token

REDACTED: Final = "[redacted]"

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aeio"  # 4 and 2 bits
_PAYLOAD_PAIRS, _CHECK_PAIRS = 6, 7  # 36 and 42 bits
_PAIRS = _PAYLOAD_PAIRS + _CHECK_PAIRS
_PAIR = f"[{_CONSONANTS}][{_VOWELS}]"
_WORDS = re.compile(
    rf"(?<![A-Za-z])(?:{_PAIR})+(?: (?:{_PAIR})+)*(?![A-Za-z])(?:@example\.com)?", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DOMAIN = "@example.com"
_TOKEN_CHARACTERS = string.ascii_letters + string.digits + MARKS
_MARK = re.compile(f"[{re.escape(MARKS)}]")
_LONGEST_WORDS = 2 * _PAIRS + _PAIRS // 2 + len(_DOMAIN)
_FAR, _MOST_MARKS, _NEAR = 2048, 8, 40
"""How far around a part of a text a token is looked for. The time that a hostile text can cost is bounded by
the square of the last two; _NEAR is beyond the length of any token that is longer than its secret."""


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


Search: TypeAlias = Literal["from here", "between marks", "anywhere"]
"""Where a token may begin and end around a part of a text: a vendor key begins its token, a card number may
be one group of a token with marks, and a pattern may have cut its secret out of the middle of a word."""


def standin_at(text: str, start: int, end: int, search: Search) -> tuple[int, int] | None:
    """Return where a stand-in is that overlaps that part of the text, None where there is none."""
    if not text[start:end].strip("*"):
        return start, end
    offset = max(0, start - _LONGEST_WORDS)
    for a, b in _spans(text[offset : end + _LONGEST_WORDS]):
        if offset + a < end and start < offset + b:
            return offset + a, offset + b
    before, after = text[max(0, start - _FAR) : start], text[end : end + _FAR]
    left = start - len(before) + len(before.rstrip(_TOKEN_CHARACTERS))
    right = end + len(after) - len(after.lstrip(_TOKEN_CHARACTERS))
    ends = [mark.start() for mark in islice(_MARK.finditer(text, start + 1, right), _MOST_MARKS)] + [right]
    starts = [start]
    if search != "from here":
        starts = [left, *[mark.end() for mark in _MARK.finditer(text, left, end)][-_MOST_MARKS:]]
    found = _first_token(text, starts, ends)
    if found is None and search == "anywhere":
        starts = list(range(max(left, start - _NEAR), min(end, start + _NEAR)))
        ends = list(range(min(right, end + _NEAR), max(start, end - _NEAR), -1))
        found = _first_token(text, starts, ends)
    return found


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(re.escape(REDACTED), text):
        yield found.span()
    for found in _WORDS.finditer(text):
        if len(found[0]) >= 2 * _PAIRS and _is_pseudonym(found[0]):
            yield found.span()


def _first_token(text: str, starts: Sequence[int], ends: Sequence[int]) -> tuple[int, int] | None:
    for a in starts:
        for b in ends:
            if b - a >= SHORTEST and looks_like_token(text[a:b]):
                return a, b
    return None


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
