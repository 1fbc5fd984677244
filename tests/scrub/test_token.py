"""Tokens: laws of length, alphabet, prefix and recognition."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wraith.scrub._alphabet import ALPHABETS, CHECK_BITS, PAYLOAD_BITS, alphabet_of
from wraith.scrub._prefixes import known_prefix
from wraith.scrub._token import MARKS, is_token, make_token

KEY = b"a key"

alphabets = st.sampled_from(ALPHABETS)
plain_secrets = alphabets.flatmap(lambda alphabet: st.text(alphabet.characters, min_size=1, max_size=60))
marked_secrets = st.text(string.ascii_letters + string.digits + MARKS, min_size=1, max_size=60)
any_secrets = st.text(min_size=1, max_size=60)


@given(any_secrets)
def test_every_token_is_recognised(secret: str) -> None:
    """Whatever the secret, its token is known to be one, and without the key."""
    assert is_token(make_token(KEY, secret))


@given(any_secrets)
def test_no_secret_is_a_token(secret: str) -> None:
    """What nobody made a token of is not recognised as one."""
    assert not is_token(secret)


@given(any_secrets)
def test_a_token_is_a_function_of_key_and_secret(secret: str) -> None:
    """Same key and secret, same token; another key, another token."""
    assert make_token(KEY, secret) == make_token(KEY, secret)
    assert make_token(KEY, secret) != make_token(b"another key", secret)


@given(any_secrets, any_secrets)
def test_different_secrets_have_different_tokens(one: str, other: str) -> None:
    """Two secrets do not share a token."""
    assume(one != other)
    assert make_token(KEY, one) != make_token(KEY, other)


@given(plain_secrets)
def test_a_token_keeps_the_alphabet(secret: str) -> None:
    """Digits stay digits, hex stays hex, lower case stays lower case."""
    assume(not known_prefix(secret))  # what is nothing but a prefix has no alphabet to keep
    assert set(make_token(KEY, secret)) <= alphabet_of(secret).members


@given(marked_secrets)
def test_a_token_keeps_the_length_where_it_can(secret: str) -> None:
    """Where payload and check fit, length and marks are the secret's; else the token is longer."""
    slots = re.sub(r"[^A-Za-z0-9]", "", secret)
    token = make_token(KEY, secret)
    if len(slots) >= alphabet_of(slots).least_size and not secret.startswith(("4", "5", "eyJ")):
        assert len(token) == len(secret)
        assert [c for c in token if c in MARKS] == [c for c in secret if c in MARKS]
    else:
        assert len(token) >= len(secret)


@pytest.mark.parametrize("alphabet", ALPHABETS, ids=lambda alphabet: alphabet.name)
def test_the_check_of_every_alphabet_has_40_bits(alphabet) -> None:  # type: ignore[no-untyped-def]
    """Even the most likely check of an alphabet is met by chance once in 2**40 times."""
    likeliest = max(alphabet.table.count(byte) for byte in set(alphabet.table)) / 256
    assert likeliest**alphabet.check_size <= 2.0**-CHECK_BITS
    assert likeliest ** (alphabet.least_size - alphabet.check_size) <= 2.0**-PAYLOAD_BITS


@pytest.mark.parametrize(
    ("secret", "pattern"),
    [
        ("sk_test_4eC39HqLyjWDarjtT1zdp7dc", r"sk_test_[A-Za-z0-9]{24}"),
        ("sk_test_12345", r"sk_test_\d{26}"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", r"ghp_[A-Za-z0-9]{36}"),
        ("AKIAIOSFODNN7EXAMPLE", r"AKIA[A-Z0-9]{16}"),
        ("550e8400-e29b-41d4-a716-446655440000", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("0123456789abcdef", r"[0-9a-f]{16}"),
        ("hunter2", r"[a-z0-9]{16}"),
        ("pa$$ word", r"[A-Za-z0-9]{16}"),
        ("pi_3Nk1_secret_abcdefghABCDEFGH12345678", r"pi_3Nk1_secret_[A-Za-z0-9]{24}"),
        ("4539 1488 0343 6467", r"453914\d{26}6467"),
        (
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            r"eyJhbGciOiJIUzI1NiJ9\.[A-Za-z0-9]{27}\.[\w-]{43}",
        ),
        ("c2VjcmV0IHNlY3JldCBzZWNyZXQ=", r"[A-Za-z0-9]{27}="),
    ],
    ids=[
        "vendor key", "short vendor key", "another vendor's", "upper case", "uuid", "hex", "password",
        "punctuation", "secret of an id", "card as printed", "jwt", "base64",
    ],
)  # fmt: skip
def test_a_token_looks_like_its_secret(secret: str, pattern: str) -> None:
    """Prefix, alphabet, marks and where possible the length are the secret's; the rest is not."""
    token = make_token(KEY, secret)
    assert re.fullmatch(pattern, token)
    assert secret not in token


def test_a_card_has_one_token_however_it_is_printed() -> None:
    """Spaces and dashes between the digits of a card number make no difference."""
    tokens = [
        make_token(KEY, text) for text in ("4539148803436467", "4539 1488 0343 6467", "4539-1488-0343-6467")
    ]
    assert len(set(tokens)) == 1


def test_a_digit_token_is_a_json_number() -> None:
    """Tokens of digits do not begin with 0, which no JSON number does."""
    assert not any(make_token(KEY, str(number)).startswith("0") for number in range(1000, 1400))
