"""Patterns as languages: a text that all of them allow, or the proof that there is none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.wir import common_text

_atoms = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\d", r"\-", "[a-c0-9]", "ab", "(?:a|bc)", "(b|)"])
_parts = st.builds(
    lambda atom, times: atom + times, _atoms, st.sampled_from(["", "*", "+", "?", "{2}", "{1,3}"])
)
_grouped = st.builds(lambda part: f"(?:{part})", _parts)
patterns = st.lists(_grouped | _atoms, min_size=1, max_size=3).map("".join) | st.builds(
    lambda one, other: f"{one}|{other}", _grouped, _grouped
)
texts = st.text(alphabet="abc0-é\n", max_size=6)


@given(patterns, patterns, texts)
def test_what_has_no_text_in_common_has_none(one: str, other: str, text: str) -> None:
    """Where two patterns are said to share nothing, no text matches both."""
    if common_text((one, other)) is False:
        assert not (re.fullmatch(one, text) and re.fullmatch(other, text))


@given(patterns, patterns, texts)
def test_what_is_within_another_is_within_it(one: str, other: str, text: str) -> None:
    """Where nothing matches one and not the other, every text of the one is a text of the other."""
    if common_text((one,), (other,)) is False and re.fullmatch(one, text):
        assert re.fullmatch(other, text)


@given(patterns, patterns)
def test_the_text_that_is_found_is_one(one: str, other: str) -> None:
    """A text that is found matches what it should, and not what it should not."""
    found = common_text((one, other))
    assert not isinstance(found, str) or (re.fullmatch(one, found) and re.fullmatch(other, found))
    found = common_text((one,), (other,))
    assert not isinstance(found, str) or (re.fullmatch(one, found) and not re.fullmatch(other, found))


FOUND: list[tuple[tuple[str, ...], tuple[str, ...], str | bool | None]] = [
    (("cus_[A-Za-z0-9]{14}", "pi_[A-Za-z0-9]{14}"), (), False),
    (("[0-9]{4}-[0-9]{2}", "[0-9]+"), (), False),
    (("[a-z]{2,4}",), ("[a-z]{3}",), "aa"),
    (("[a-z]{3}",), ("[a-z]+",), False),
    (("a|b", "b|c"), (), "b"),
    (("(?=a)a", "b"), (), None),
    ((r"\d",), ("[0-9]",), None),
    (("[0-9]",), (r"\d",), None),
    (("(", "a"), (), None),
    (("a{1000}{1000}", "b"), (), None),
    (("(?:a|b){400}c{400}(?:a|b){400}c{900}", "[abc]*"), (), None),
]


@pytest.mark.parametrize(("matches", "refused", "found"), FOUND)
def test_what_is_found(matches: tuple[str, ...], refused: tuple[str, ...], found: object) -> None:
    """A shortest text, the proof that there is none, or that it cannot be said."""
    assert common_text(matches, refused) == found
