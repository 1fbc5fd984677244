"""Placeholders that stand unquoted inside JSON."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from wraith.interchange._cassette_placeholders import quote_placeholders

WHOLE = [
    '{"a": "<b>"}',
    '{"a": "\\"<b>", "c": ["<d>"]}',
    "<a href=b>{c: <d>}</a>",
    "{a: <b>",
    '{"a": <b',
    '{"a": <b> <c>}',
    '{"a": "b": <c>}',
]


@pytest.mark.parametrize("text", WHOLE)
def test_what_is_whole_or_beyond_mending_stays_as_it_is(text: str) -> None:
    """Quotes are set only where they make JSON of what was none."""
    assert quote_placeholders(text.encode()) is None


SLOW: dict[str, Callable[[], str]] = {
    "quotes that never end": lambda: '{"a": <b>, "' + '\\"' * 200_000,
    "brackets that never end": lambda: '{"a": <b' + "<" * 200_000,
    "words without end": lambda: '{"a": <b>' + "<b>" * 200_000,
    "spaces without end": lambda: "{" + ":  " * 200_000 + " " * 200_000,
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_mending_takes_as_long_as_its_bytes(text: Callable[[], str]) -> None:
    """A body made to be slow costs no more than any other."""
    data = text().encode()
    started = time.perf_counter()
    quote_placeholders(data)
    assert time.perf_counter() - started < 3
