"""Times: read for learning, written for answering."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.runtime import any_fraction, read_time, write_time

RESOLUTION_MS = {
    "epoch_s": 1000,
    "epoch_ms": 1,
    "epoch_float": 1,
    "text_epoch_s": 1000,
    "text_epoch_ms": 1,
    "http": 1000,
    "%Y-%m-%d": 86_400_000,
    **{
        f"%Y-%m-%d{separator}%H:%M{rest}{zone}": resolution
        for separator, (rest, resolution), zone in product(
            "T ",
            [("", 60_000), (":%S", 1000), (":%S.%L", 1), (":%S.%f", 1), (":%S.%1N", 100), (":%S.%7N", 1)],
            ["", "Z", "+00:00", "+0000", "+05:30", "-0800", " UTC"],
        )
    },
}
"""Every unit that is learned, and how finely it tells the time."""


@given(st.sampled_from(list(RESOLUTION_MS)), st.integers(10**12, 4 * 10**12 - 1))
def test_an_instant_reads_back_from_each_unit(unit: str, at_ms: int) -> None:
    """``read_time`` gives unit and instant back, as finely as the unit tells it."""
    resolution = RESOLUTION_MS[unit]
    assert read_time(write_time(unit, at_ms)) == (unit, at_ms // resolution * resolution)


@given(
    st.sampled_from([unit for unit in RESOLUTION_MS if "%" in unit]),
    st.integers(-62_135_510_400, 253_402_214_399),  # a day inside the calendar, for the zones
)
def test_a_calendar_reads_back_in_any_year(unit: str, at_s: int) -> None:
    """Dates have four digits of year from 1 to 9999."""
    at_ms, resolution = at_s * 1000, RESOLUTION_MS[unit]
    assert read_time(write_time(unit, at_ms)) == (unit, at_ms // resolution * resolution)


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()))
def test_reading_is_total(value: object) -> None:
    """Whatever the value is, it reads as a time or it does not; its unit can be written."""
    if (found := read_time(value)) is not None:
        write_time(*found)


TIMES: dict[str, tuple[object, tuple[str, int] | None]] = {
    "seconds": (1_700_000_000, ("epoch_s", 1_700_000_000_000)),
    "milliseconds": (1_700_000_000_123, ("epoch_ms", 1_700_000_000_123)),
    "seconds with a fraction": (1_700_000_000.5, ("epoch_float", 1_700_000_000_500)),
    "seconds as text": ("1700000000", ("text_epoch_s", 1_700_000_000_000)),
    "a date": ("2023-11-14", ("%Y-%m-%d", 1_699_920_000_000)),
    "RFC 3339": ("2023-11-14T22:13:20Z", ("%Y-%m-%dT%H:%M:%SZ", 1_700_000_000_000)),
    "RFC 3339 with milliseconds": ("2023-11-14T22:13:20.123Z", ("%Y-%m-%dT%H:%M:%S.%LZ", 1_700_000_000_123)),
    "a header": ("Tue, 14 Nov 2023 22:13:20 GMT", ("http", 1_700_000_000_000)),
    "too small a number": (999_999_999, None),
    "a number between seconds and milliseconds": (4 * 10**9, None),
    "true": (True, None),
    "not a number": (float("nan"), None),
    "a day that is none": ("2023-02-30", None),
    "another zone": ("2023-11-14T22:13:20+01:00", ("%Y-%m-%dT%H:%M:%S+01:00", 1_699_996_400_000)),
    "behind UTC": ("2023-11-14T22:13:20-0530", ("%Y-%m-%dT%H:%M:%S-0530", 1_700_019_800_000)),
    "five digits": ("2023-11-14T22:13:20.06667Z", ("%Y-%m-%dT%H:%M:%S.%5NZ", 1_700_000_000_066)),
    "nine digits": ("2023-11-14T22:13:20.066671234Z", ("%Y-%m-%dT%H:%M:%S.%9NZ", 1_700_000_000_066)),
    "a zone by name": ("2023-11-14 22:13:20 UTC", ("%Y-%m-%d %H:%M:%S UTC", 1_700_000_000_000)),
    "superscripts": ("²" * 10, None),
    "digits of another script": ("٢٢٢٢-٢٢-٢٢", None),
    "a fraction in another script": ("2023-11-14T22:13:20.٢٣٤Z", None),
    "a header of no day": ("Tue, 99 Nov 2023 22:13:20 GMT", None),
    "an identifier": ("cus_1700000000", None),
}


@pytest.mark.parametrize(("value", "expected"), TIMES.values(), ids=TIMES)
def test_what_reads_as_a_time(value: object, expected: tuple[str, int] | None) -> None:
    """The formats of services, and what only looks like one."""
    assert read_time(value) == expected


def test_a_unit_that_is_none_is_a_value_error() -> None:
    """A text without a directive is no format."""
    with pytest.raises(ValueError, match="not a unit of time: 'week'"):
        write_time("week", 0)


@pytest.mark.parametrize("at_ms", [10**15, -(10**15), 10**30])
def test_an_instant_outside_the_calendar_is_an_overflow(at_ms: int) -> None:
    """Years go from 1 to 9999; numbers go on."""
    with pytest.raises(OverflowError):
        write_time("http", at_ms)
    assert write_time("epoch_ms", at_ms) == at_ms


@pytest.mark.parametrize(
    ("at_ms", "written"),
    [
        (1_700_000_000_000, "2023-11-14T22:13:20Z"),
        (1_700_000_000_500, "2023-11-14T22:13:20.5Z"),
        (1_700_000_000_067, "2023-11-14T22:13:20.067Z"),
    ],
)
def test_a_fraction_may_be_written_without_its_zeros(at_ms: int, written: str) -> None:
    """``any_fraction`` gives the unit of services that write as many digits as there are."""
    assert write_time(any_fraction("%Y-%m-%dT%H:%M:%S.%3NZ"), at_ms) == written
    assert any_fraction("%Y-%m-%dT%H:%M:%SZ") == any_fraction("%Y-%m-%dT%H:%M:%S.%LZ")
