"""Calendar arithmetic over instants in the units that services use."""

from __future__ import annotations

import pytest

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found
from wraith.runtime import later, span_of


@pytest.mark.parametrize(
    ("instant", "word", "count", "expected"),
    [
        (1_700_000_000, "week", 1, 1_700_604_800),
        (1_700_000_000, "Months", 1, 1_702_592_000),
        (1_700_000_000_000, "daily", 2, 1_700_172_800_000),
        ("2024-01-31", "month", 1, "2024-02-29"),
        ("2024-02-29T10:00:00Z", "annually", 1, "2025-02-28T10:00:00Z"),
        ("2024-03-31T10:00:00.500Z", "quarter", -1, "2023-12-31T10:00:00.500Z"),
        ("2024-01-31", "fortnight", 1, MISSING),
        ("soon", "month", 1, MISSING),
        ("2024-01-31", "year", 9000, MISSING),
        ("2024-01-31", "year", "many", MISSING),
    ],
)
def test_an_instant_so_much_later(instant: JsonValue, word: str, count: JsonValue, expected: Found) -> None:
    """The unit stays; a month ends on the last day of a shorter one; what cannot be is missing."""
    assert later(instant, word, count) == expected


@pytest.mark.parametrize("word", ["", "s", "monthlies", 7, None, ["day"]])
def test_other_words_are_no_units(word: object) -> None:
    """Only words of the calendar have a length."""
    assert span_of(word) is None
