"""From values to the text of a page."""

from __future__ import annotations

import pytest

from wraith.pages._render import count, heat, percent, share_text, visible


@pytest.mark.parametrize(
    ("bp", "expected"),
    [(0, "0 %"), (9847, "98.47 %"), (9999, "99.99 %"), (10_000, "100 %"), (7810, "78.1 %")],
)
def test_basis_points_are_percent(bp: int, expected: str) -> None:
    """None is rounded away."""
    assert percent(bp) == expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, "-"), (0, 9, "0 %"), (1, 1000, "1 %"), (999, 1000, "99 %"), (3, 3, "100 %")],
)
def test_less_than_all_is_not_all(part: int, whole: int, expected: str) -> None:
    """Of a share without decimals; and some is not nothing."""
    assert share_text(part, whole) == expected


def test_only_all_is_green() -> None:
    """The last colour is for what is right without exception."""
    assert [heat(bp) for bp in (0, 999, 5000, 9999, 10_000)] == ["h0", "h0", "h5", "h9", "h10"]


def test_what_cannot_be_seen_is_seen() -> None:
    """By its number; lines and tabs stay."""
    assert visible("a\tb\n\x00\u202e\ud800é") == "a\tb\n\\u0000\\u202e\\ud800é"


def test_numbers_have_nouns() -> None:
    """One is singular."""
    assert (count(1, "leaf", "leaves"), count(1240, "exchange")) == ("1 leaf", "1,240 exchanges")
