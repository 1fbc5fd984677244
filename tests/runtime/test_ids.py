"""Fresh identifiers: of the learned format, deterministic, all different."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.errors import InputError
from wraith.runtime._ids import id_maker

_literals = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6).map(
    re.escape
)
_members = st.sampled_from(["a-z", "A-Z", "0-9", "a-f", "_", "\\-", ".", "é-ü", "\\]", "\\\\", "+", "xyz"])
_classes = st.builds(
    lambda members, count: f"[{''.join(members)}]{{{count}}}",
    st.lists(_members, min_size=1, max_size=3, unique=True),
    st.integers(0, 70),
)
patterns = st.lists(_literals | _classes, max_size=4).map("".join)
seeds = st.text(st.characters(codec="utf-8"), max_size=8)


@given(patterns, seeds, st.integers(1, 10**6))
def test_an_identifier_matches_its_own_pattern(pattern: str, seed: str, number: int) -> None:
    """The text that makes an identifier also checks it, as a regular expression."""
    assert re.fullmatch(pattern, id_maker(pattern)(seed, number))


@given(patterns, seeds, st.integers(1, 10**6))
def test_an_identifier_is_decided_by_seed_and_number(pattern: str, seed: str, number: int) -> None:
    """Asked again, also of another maker, the same identifier comes out."""
    assert id_maker(pattern)(seed, number) == id_maker(str(pattern))(seed, number)


@pytest.mark.parametrize("alphabet", ["a-z0-9", "A-Za-z0-9", "A-Za-z0-9_\\-"])
@pytest.mark.parametrize("seed", ["", "default", "é"])
def test_five_thousand_identifiers_of_eight_characters_do_not_collide(alphabet: str, seed: str) -> None:
    """With 36 characters or more, that many of a session are all different."""
    make = id_maker(f"id_[{alphabet}]{{8}}")
    assert len({make(seed, number) for number in range(5000)}) == 5000


def test_another_seed_or_pattern_gives_other_identifiers() -> None:
    """Sessions and collections do not share identifiers by chance."""
    made = {id_maker(f"{name}[a-z]{{12}}")(seed, 1)[1:] for name in "abc" for seed in "xyz"}
    assert len(made) == 9


def test_long_identifiers_do_not_repeat_themselves() -> None:
    """New randomness is drawn before the old is used up."""
    made = id_maker("[0-9a-f]{1000}")("seed", 1)
    chunks = [made[at : at + 40] for at in range(0, 1000, 40)]
    assert len(set(chunks)) == len(chunks)
    assert all(made.count(character) > 20 for character in "0123456789abcdef")


EXACT = {
    "literal text": ("cus_x", "cus_x"),
    "nothing": ("", ""),
    "one of one": ("[a]{3}", "aaa"),
    "none of some": ("x[a-z]{0}y", "xy"),
    "escapes": (r"\[\]\{\}\\", r"[]{}\\"[:-1]),
    "an escape in a class": (r"[\-]{2}[\]]{1}", "--]"),
}


@pytest.mark.parametrize(("pattern", "expected"), EXACT.values(), ids=EXACT)
def test_what_leaves_no_choice_is_made_exactly(pattern: str, expected: str) -> None:
    """Literal text and classes of one character come out as they stand."""
    assert id_maker(pattern)("seed", 1) == expected


BROKEN = {
    "a class without a count": "[a-z]",
    "a class that stays open": "[a-z",
    "an empty class": "[]{3}",
    "a negated class": "[^a]{3}",
    "a range backwards": "[z-a]{3}",
    "a class of digits by name": r"[\d]{3}",
    "digits by name": r"\d",
    "a count that stays open": "[a-z]{3",
    "a count alone": "a{3}",
    "a count of no use": "[a-z]{99999}",
}


@pytest.mark.parametrize("pattern", BROKEN.values(), ids=BROKEN)
def test_what_is_no_pattern_of_identifiers_is_refused(pattern: str) -> None:
    """Regular expressions that say more than "these many of these characters" are an input error."""
    with pytest.raises(InputError, match="not a pattern of identifiers"):
        id_maker(pattern)
