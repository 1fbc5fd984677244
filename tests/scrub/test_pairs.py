"""Targets, forms and cookies: values between marks, untouched where nothing changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.paths import EACH, parse_path
from wraith.scrub._pairs import (
    covers,
    rewrite_cookies,
    rewrite_pairs,
    rewrite_path,
    rewrite_set_cookie,
    steps_of,
)

raw = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)


@given(raw)
def test_what_does_not_change_stays_byte_for_byte(text: str) -> None:
    """However oddly a query, path or cookie is written, leaving its values leaves it."""
    assert rewrite_pairs(text, lambda name, occurrence, value: value) == text
    assert rewrite_path(text, lambda value: value) == text
    assert rewrite_cookies(text, lambda name, value: value) == text
    assert rewrite_set_cookie(text, lambda name, value: value) == text


def test_only_the_changed_pair_is_written_anew() -> None:
    """A changed value is escaped, its neighbours keep their own spelling."""
    done = rewrite_pairs("a=%7e&b=x+y&&c", lambda name, _, value: "p q/r" if name == "b" else value)
    assert done == "a=%7e&b=p%20q%2Fr&&c"


def test_names_and_values_come_decoded() -> None:
    """Escapes and plus signs are undone before a value is seen; a name that repeats is counted."""
    seen: list[tuple[str, int, str]] = []

    def look(name: str, occurrence: int, value: str) -> str:
        seen.append((name, occurrence, value))
        return value

    rewrite_pairs("a%5Bb%5D=1+2&x=1&x=2&y=", look)
    assert seen == [("a[b]", -1, "1 2"), ("x", 0, "1"), ("x", 1, "2")]


@pytest.mark.parametrize(
    ("rule", "name", "occurrence", "covered"),
    [
        ("card.number", "card[number]", -1, True),
        ("card", "card[number]", -1, True),
        ("card.number", "number", -1, False),
        ("card.number.x", "card[number]", -1, False),
        ("items[*].price", "items[0][price]", -1, True),
        ("items[1].price", "items[0][price]", -1, False),
        ("tags[*]", "tags[]", -1, True),
        ("x[1]", "x", 1, True),
        ("x[1]", "x", 0, False),
    ],
)
def test_paths_cover_form_fields(rule: str, name: str, occurrence: int, covered: bool) -> None:
    """A path names a form field as it names a JSON value, and covers what is below it."""
    assert covers(parse_path(rule), steps_of(name, occurrence)) is covered


def test_brackets_without_a_number_are_every_element() -> None:
    """``a[]`` stands for each element of a list."""
    assert steps_of("a[]", -1) == ("a", EACH)
