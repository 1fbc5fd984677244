"""Card numbers: what counts as one, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.scrub._cards import CARD, MAYBE_CARD, TEST_NUMBERS, card_digits, is_card, maybe_card


@pytest.mark.parametrize("number", sorted(TEST_NUMBERS))
def test_published_numbers_are_card_numbers(number: str) -> None:
    """Every published number is one that would be found if it were not published."""
    assert is_card(number)
    assert MAYBE_CARD.search(number.encode())


@pytest.mark.parametrize(
    "number",
    [
        "4539148803436467", "5425233430109903", "2223000048400011",
        "371449635398431", "6011514433546201", "3530111333300000",
    ],
    ids=["visa", "mastercard", "mastercard 2", "amex", "discover", "jcb"],
)  # fmt: skip
def test_numbers_of_each_network_are_found(number: str) -> None:
    """A number with a right check digit is found alone, in text, and printed in groups."""
    printed = " ".join((number[:4], number[4:10], number[10:])) if len(number) == 15 else " ".join(
        number[at : at + 4] for at in range(0, 16, 4)
    )  # fmt: skip
    for text in (
        number,
        f"card={number};",
        f'"{number}"',
        f"pay {printed}, please.",
        printed.replace(" ", "-"),
    ):
        found = CARD.search(text)
        assert found is not None
        assert card_digits(found[0]) == number
        assert is_card(number)


@pytest.mark.parametrize(
    "text",
    [
        "4539148803436468",
        "1700000000000",
        "1795240512123",
        "4539148803436",
        "1795240512123456",
        "20261121055512",
        "ord_4539148803436467",
        "a4539148803436467",
        "4539148803436467-1",
        "0.4539148803436467",
        "4539148803436467.25",
        "45391488034364670000",
        "+4539148803436467",
        "4539 1488 03436467",
        "9539148803436460",
    ],
    ids=[
        "wrong check digit", "milliseconds", "milliseconds now", "13 digits", "microseconds", "compact date",
        "id", "end of a word", "part of an id", "fraction", "decimal", "longer number", "phone", "odd groups",
        "no network",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_card_number_is_none(text: str) -> None:
    """Times, ids, decimals, phone numbers and numbers of no network are left alone."""
    assert not [found for found in CARD.finditer(text) if is_card(card_digits(found[0]))]


@given(st.text(alphabet="0123456 -x", max_size=40))
def test_the_shape_of_digits_hides_no_card(text: str) -> None:
    """Looking for the shape of a number first finds what the pattern alone finds."""
    assert maybe_card(text.encode()) is (MAYBE_CARD.search(text.encode()) is not None)
