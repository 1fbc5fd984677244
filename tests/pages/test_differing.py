"""The part of two texts that is not the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.pages._differing import parts

CASES = {
    "a number": ('"total": 41', '"total": 42', ('"total": ', "41", ""), ('"total": ', "42", "")),
    "a word": ("a red fox", "a blue fox", ("a ", "red", " fox"), ("a ", "blue", " fox")),
    "the end of a word": ("ab-xyz", "ab-xyw", ("ab-", "xyz", ""), ("ab-", "xyw", "")),
    "something more": ("a b", "a b c", ("a b", "", ""), ("a b", " c", "")),
    "everything": ("one", "two", ("", "one", ""), ("", "two", "")),
}


@pytest.mark.parametrize(("one", "other", "mine", "theirs"), CASES.values(), ids=CASES)
def test_whole_words_are_marked(
    one: str, other: str, mine: tuple[str, str, str], theirs: tuple[str, str, str]
) -> None:
    """From where a word begins to where one ends."""
    assert parts(one, other) == (mine, theirs)


@given(st.text("ab -", max_size=12), st.text("ab -", max_size=12))
def test_parts_make_the_text(one: str, other: str) -> None:
    """What stands before and behind is the same in both."""
    mine, theirs = parts(one, other)
    assert ("".join(mine), "".join(theirs)) == (one, other)
    assert (mine.before, mine.behind) == (theirs.before, theirs.behind)
