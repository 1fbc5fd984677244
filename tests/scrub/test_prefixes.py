"""Vendor key shapes: found where they stand alone, never inside a word."""

from __future__ import annotations

import random
import string

import pytest

from wraith.scrub._prefixes import MAYBE_VENDOR_KEY, VENDOR_KEY, VENDOR_KEYS, known_prefix
from wraith.scrub._token import make_token

REST = {"AKIA": string.ascii_uppercase, "ASIA": string.ascii_uppercase, "dapi": "0123456789abcdef"}


def key_of(prefix: str) -> str:
    """Return a key of that vendor, as long as any of theirs."""
    letters = random.Random(prefix).choices(REST.get(prefix, string.ascii_letters + string.digits), k=80)
    return prefix + "".join(letters[:40]) + (("." + "".join(letters[40:])) if prefix == "SG." else "")


@pytest.mark.parametrize("prefix", VENDOR_KEYS)
def test_every_vendor_key_is_found_and_keeps_its_prefix(prefix: str) -> None:
    """A key is found in a text, by the fast search as well, and its token begins as it does."""
    key = key_of(prefix)
    for text in (key, f"use {key}, now", f'{{"k":"{key}"}}', f"a\\n{key}", f"k%3D{key}"):
        assert MAYBE_VENDOR_KEY.search(text.encode())
        found = VENDOR_KEY.search(text)
        assert found is not None
        assert found[0] == key
    assert known_prefix(key) == prefix
    assert make_token(b"k", key).startswith(prefix)


@pytest.mark.parametrize("prefix", VENDOR_KEYS)
def test_a_key_inside_a_word_is_none(prefix: str) -> None:
    """Letters before the prefix, or too little behind it, make it another word."""
    assert not VENDOR_KEY.search("x" + key_of(prefix))
    assert not VENDOR_KEY.search(prefix + "abc")


@pytest.mark.parametrize(
    "text",
    [
        "cus_NffrFeUfNV2Hib", "tok_1N3T00LkdIwHu7ixt44h1F8k", "pk_live_51HxAbCdEfGhIjKlMnOp",
        "sk-fading-circle", "eyJpZCI6MTJ9",
    ],
)  # fmt: skip
def test_public_ids_are_no_keys(text: str) -> None:
    """Ids, publishable keys, style names and cursors have no key's shape."""
    assert not VENDOR_KEY.search(text)


def test_private_keys_are_found_whole() -> None:
    """A PEM private key is found from its first line to its last."""
    pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\nabc=\n-----END RSA PRIVATE KEY-----"
    found = VENDOR_KEY.search(f"x\n{pem}\ny")
    assert found is not None
    assert found[0] == pem
