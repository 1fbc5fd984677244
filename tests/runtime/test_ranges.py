"""Byte ranges of content."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.paths import MISSING
from wraith.runtime._ranges import byte_range, content_range

DATA = bytes(range(10))
RANGES: dict[str, tuple[JsonValue, object, object]] = {
    "a middle": ("bytes=2-4", DATA[2:5], "bytes 2-4/10"),
    "one byte": ("bytes=0-0", DATA[:1], "bytes 0-0/10"),
    "to the end": ("bytes=7-", DATA[7:], "bytes 7-9/10"),
    "the last": ("bytes=-3", DATA[-3:], "bytes 7-9/10"),
    "beyond the end": ("bytes=8-99", DATA[8:], "bytes 8-9/10"),
    "more than there is from the end": ("bytes=-99", DATA, "bytes 0-9/10"),
    "behind the end": ("bytes=10-", MISSING, "bytes */10"),
    "none from the end": ("bytes=-0", MISSING, "bytes */10"),
    "upside down": ("bytes=4-2", MISSING, MISSING),
    "two": ("bytes=0-1,3-4", MISSING, MISSING),
    "another unit": ("items=0-1", MISSING, MISSING),
    "no bounds": ("bytes=-", MISSING, MISSING),
    "no text": (5, MISSING, MISSING),
}


@pytest.mark.parametrize(("wanted", "part", "place"), RANGES.values(), ids=RANGES)
def test_a_range_cuts_bytes_and_says_where(wanted: JsonValue, part: object, place: object) -> None:
    """RFC 9110, section 14: bounds are inclusive, a suffix counts from the end."""
    content = b64encode(DATA).decode()
    made = byte_range(content, wanted)
    assert made == (b64encode(part).decode() if isinstance(part, bytes) else part)
    assert content_range(content, wanted) == place


@given(st.one_of(st.none(), st.integers(), st.text()), st.one_of(st.none(), st.text(), st.just("bytes=0-")))
def test_any_arguments_give_text_or_nothing(content: JsonValue, wanted: JsonValue) -> None:
    """Both functions are total."""
    for made in (byte_range(content, wanted), content_range(content, wanted)):
        assert made is MISSING or isinstance(made, str)
