"""Tokens: what stands in the place of a secret, and how one is recognised without the key.

A token is the secret with its letters and digits replaced. What stays is the prefix that says what kind of
secret it is, the last four digits of a card number, and the marks ``- _ . ~ + / = :`` where they stood. The
replaced characters, *slots*, spell first a payload (HMAC-SHA256 of the whole secret) and last a check: a
digest, without key, of all the rest of the token. So anybody can tell a token from a secret, scrubbing twice
changes nothing, and nobody without the key can tell which secret a token stands for.

The check needs 40 bits. A secret too short for them and a payload gets a longer token.

Laws: ``tests/scrub/test_token.py``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import lru_cache

from wraith.scrub._alphabet import ALPHABETS, DIGITS, Alphabet, alphabet_of
from wraith.scrub._cards import card_digits, is_card
from wraith.scrub._prefixes import known_prefix

MARKS = "-_.~+/=:"
_SLOT = re.compile(r"[A-Za-z0-9]")
_NO_SLOT = re.compile(r"[^A-Za-z0-9]+")
_TOKEN = re.compile(r"[A-Za-z0-9\-_.~+/=:]+")
SHORTEST = min(alphabet.least_size for alphabet in ALPHABETS)
_CARD_PREFIX, _CARD_SUFFIX = 6, 4
"""What truncated card numbers may show, by PCI DSS; issuers and receipts are told by it."""


def make_token(key: bytes, secret: str) -> str:
    """Return the token of the secret: a function of key and secret alone, wherever it was found."""
    digits = card_digits(secret)
    if is_card(digits):
        secret = digits  # one card, one token, however it is printed
    prefix, middle, suffix = _parts(secret)
    shape = [character if character in MARKS else None for character in middle]
    alphabet = alphabet_of(_NO_SLOT.sub("", middle) if middle.isascii() else "")
    if any(mark is None and not _SLOT.match(c) for c, mark in zip(middle, shape, strict=True)):
        alphabet = alphabet_of("")  # what is no letter, digit or mark has no alphabet to keep
    slots = shape.count(None)
    if slots < alphabet.least_size:
        shape += [None] * (alphabet.roomy_size - slots)
        slots = alphabet.roomy_size
    payload = _payload(key, secret, alphabet, slots - alphabet.check_size)
    draft = _fill(prefix, shape, payload + "0" * alphabet.check_size, suffix)
    slot_text = _NO_SLOT.sub("", draft)
    end = len(slot_text) - len(suffix)
    check = _check(alphabet, _form(draft), slot_text[: end - alphabet.check_size], suffix)
    return _fill(prefix, shape, payload + check, suffix)


@lru_cache(maxsize=65536)
def is_token(text: str) -> bool:
    """Tell whether the whole text is a token, under whichever key. Wrong about one text in 10**11."""
    return looks_like_token(text)


def looks_like_token(text: str) -> bool:
    """As ``is_token``, without remembering the answer: for trying the parts of a text."""
    if len(text) < SHORTEST or not _TOKEN.fullmatch(text):
        return False
    slots, form = _NO_SLOT.sub("", text), _form(text)
    for alphabet in ALPHABETS:
        likely = alphabet.members.issuperset(slots[-alphabet.check_size :])
        if likely and _ends_in_check(alphabet, form, slots, 0):
            return True
    return slots.isdigit() and _ends_in_check(DIGITS, form, slots, _CARD_SUFFIX)


def _ends_in_check(alphabet: Alphabet, form: str, slots: str, suffix_size: int) -> bool:
    end = len(slots) - suffix_size
    start = end - alphabet.check_size
    if start < 1:
        return False
    return slots[start:end] == _check(alphabet, form, slots[:start], slots[end:])


def _parts(secret: str) -> tuple[str, str, str]:
    """Return what stays in front, what is replaced, and what stays behind."""
    if is_card(secret):
        return secret[:_CARD_PREFIX], secret[_CARD_PREFIX:-_CARD_SUFFIX], secret[-_CARD_SUFFIX:]
    prefix = known_prefix(secret)
    return prefix, secret[len(prefix) :], ""


def _payload(key: bytes, secret: str, alphabet: Alphabet, size: int) -> str:
    mac = hmac.digest(key, secret.encode("utf-8", "surrogatepass"), "sha256")
    text = alphabet.spell(hashlib.shake_256(mac).digest(size))
    # a digit token may stand as a JSON number, which does not begin with 0
    return "1" + text[1:] if text[:1] == "0" and alphabet is DIGITS else text


def _form(text: str) -> str:
    """Return the text with every slot blanked: where its marks are, and how long it is."""
    return _SLOT.sub("x", text)


def _check(alphabet: Alphabet, form: str, payload: str, suffix: str) -> str:
    """Return the check of a token with that form."""
    content = "\0".join((alphabet.name, form, payload, suffix))
    digest = hashlib.blake2b(content.encode(), digest_size=16, person=b"wraith.token/1").digest()
    return alphabet.spell(digest)[: alphabet.check_size]


def _fill(prefix: str, shape: list[str | None], slots: str, suffix: str) -> str:
    following = iter(slots)
    return prefix + "".join([next(following) if mark is None else mark for mark in shape]) + suffix
