"""Masks, redactions and pseudonyms: recognised again, wherever they stand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.scrub._standins import is_standin, mask, pseudonymize, standin_at
from wraith.scrub._token import make_token

KEY = b"a key"


@given(st.text(min_size=1, max_size=40))
def test_every_stand_in_is_recognised(secret: str) -> None:
    """Whatever the secret and the action, the result is known to be a stand-in."""
    for standin in (mask(secret), pseudonymize(KEY, secret), make_token(KEY, secret), "[redacted]"):
        assert is_standin(standin)


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.strip("*") != "" and text != "[redacted]"))
def test_nothing_else_is(text: str) -> None:
    """An ordinary text is no stand-in."""
    assert not is_standin(text)


@pytest.mark.parametrize(
    ("secret", "pattern"),
    [
        ("jane.doe@corp.org", r"[a-z]{26}@example\.com"),
        ("Jane Doe", r"[A-Z][a-z]+ [A-Z][a-z]+"),
        ("anna maria von trapp", r"[a-z]+ [a-z]+ [a-z]+ [a-z]+"),
        ("Zoë", r"[A-Z][a-z]{25}"),
        ("+1 555 123 4567", r"[A-Za-z0-9+]+"),
        ("XY-1234567890123456", r"[A-Z0-9]{2}-[A-Z0-9]{16}"),
    ],
    ids=["address", "name", "four words", "one word", "phone", "number with letters"],
)
def test_a_pseudonym_is_of_the_same_kind(secret: str, pattern: str) -> None:
    """An address stays an address, words as many words with their capitals; anything else is a token."""
    standin = pseudonymize(KEY, secret)
    assert re.fullmatch(pattern, standin)
    assert standin == pseudonymize(KEY, secret)
    assert standin != pseudonymize(b"another", secret)


@pytest.mark.parametrize(
    "standin",
    [
        make_token(KEY, "hunter2"),
        make_token(KEY, "550e8400-e29b-41d4-a716-446655440000"),
        pseudonymize(KEY, "jane@corp.org"),
        pseudonymize(KEY, "Jane Doe"),
        "[redacted]",
    ],
    ids=["token", "token with marks", "address", "name", "redacted"],
)
def test_a_part_of_a_stand_in_leads_to_all_of_it(standin: str) -> None:
    """What a pattern finds inside a stand-in, between other text, is seen to be a part of it."""
    text = f"a: {standin}, b"
    assert standin_at(text, 5, 7, "between marks") == (3, 3 + len(standin))
    assert standin_at(text, 0, 1, "between marks") is None


def test_a_token_is_found_inside_a_longer_word() -> None:
    """Where a pattern cut a secret out of a word its token has no marks around it, and is still found."""
    token = make_token(KEY, "123")
    text = f"abc{token}def"
    assert standin_at(text, 5, 8, "anywhere") == (3, 3 + len(token))
    assert standin_at(text, 5, 8, "between marks") is None
