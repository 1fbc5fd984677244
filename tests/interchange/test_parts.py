"""Headers, bodies, times and statuses in the spellings of foreign documents."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.interchange._parts import (
    NotUnderstood,
    body_of,
    decoded_body,
    headers_of,
    instant_ms,
    status_of,
    text_of,
)

NOON_MS = 1_741_089_600_000


@pytest.mark.parametrize(
    "value",
    [
        "2025-03-04T12:00:00Z",
        "2025-03-04T12:00:00.000000000Z",
        "2025-03-04T13:00:00+01:00",
        "2025-03-04T12:00:00",
        "2025-03-04 12:00:00",
        "Tue, 04 Mar 2025 12:00:00 GMT",
        "Tue, 04 Mar 2025 12:00:00 -0000",
        1_741_089_600,
        1_741_089_600.0,
        "1741089600",
        "1741089600.000",
        1_741_089_600_000,
        1_741_089_600_000_000,
        1_741_089_600_000_000_000,
    ],
    ids=repr,
)
def test_one_instant_in_many_spellings(value: JsonValue) -> None:
    """ISO 8601, the date of HTTP, and numbers of any unit since 1970 name the same millisecond."""
    assert instant_ms(value) == NOON_MS


@pytest.mark.parametrize(
    "value", [None, True, "", "yesterday", "2025-13-04T12:00:00Z", -1, 10**30, [], {}, "9" * 40], ids=repr
)
def test_what_is_no_time_has_none(value: JsonValue) -> None:
    """A value that names no instant is None, whatever it is."""
    assert instant_ms(value) is None


@given(st.text() | st.integers() | st.floats())
def test_no_time_raises(value: str | float) -> None:
    """Any text and any number is a time from 1970 on, or None."""
    found = instant_ms(value)
    assert found is None or found >= 0


def test_a_time_before_1970_is_1970() -> None:
    """Recordings have no time before there was one."""
    assert instant_ms("1960-01-01T00:00:00Z") == 0


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        pytest.param(None, (), id="none"),
        pytest.param({"A": "1", "B": ["2", "3"]}, (("A", "1"), ("B", "2"), ("B", "3")), id="object"),
        pytest.param([["A", "1"], ["A", "2"]], (("A", "1"), ("A", "2")), id="pairs"),
        pytest.param([{"name": "A", "value": "1"}], (("A", "1"),), id="objects"),
        pytest.param({"Content-Length": 12}, (("Content-Length", "12"),), id="a number"),
        pytest.param({"A": None, "B": []}, (), id="a name without a value"),
    ],
)
def test_headers_in_their_spellings(value: JsonValue, headers: object) -> None:
    """Headers keep their order and their duplicates, whatever they are written as."""
    assert headers_of(value, "request") == headers


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("A: 1", "neither an object nor a list"),
        ([["A"]], "no pair of name and value"),
        ({"A": {"b": 1}}, "the header A of the request is no text"),
        ({"A": [True]}, "the header A of the request is no text"),
    ],
    ids=str,
)
def test_headers_that_are_none(value: JsonValue, reason: str) -> None:
    """What is no header has no meaning, and says so."""
    with pytest.raises(NotUnderstood, match=reason):
        headers_of(value, "request")


@pytest.mark.parametrize("alphabet", [base64.b64encode, base64.urlsafe_b64encode], ids=["standard", "url"])
@given(body=st.binary())
def test_base64_of_either_alphabet_is_undone(alphabet: object, body: bytes) -> None:
    """Bytes come back from base64, padded or not, broken into lines or not."""
    assert callable(alphabet)
    packed = alphabet(body).decode()
    for text in (
        packed,
        packed.rstrip("="),
        "\n".join(packed[at : at + 5] for at in range(0, len(packed), 5)),
    ):
        mended: list[str] = []
        assert decoded_body(text, "response", mended) == body
        assert mended == []


def test_base64_that_is_text_is_taken_as_text() -> None:
    """A body that says base64 and is not keeps its characters, and that is told."""
    mended: list[str] = []
    assert decoded_body('{"é": 1}', "response", mended) == '{"é": 1}'.encode()
    assert mended == ["the body of the response says base64 and is text"]


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none(), min_size=1))
def test_a_parsed_document_is_written_as_json(document: dict[str, JsonValue]) -> None:
    """A body that a tool has parsed is JSON of the same document again, and that is told."""
    mended: list[str] = []
    assert json.loads(body_of(document, "request", mended)) == document
    assert len(mended) == 1


@pytest.mark.parametrize(
    "value", [None, "", "20", "OK", 99, 600, True, 200.0, "\N{FULLWIDTH DIGIT TWO}00"], ids=repr
)
def test_a_status_that_is_none(value: JsonValue) -> None:
    """A status is a number from 100 to 599, or its three digits."""
    with pytest.raises(NotUnderstood, match="status"):
        status_of(value)


@pytest.mark.parametrize("value", [204, "204"], ids=repr)
def test_a_status_in_its_spellings(value: JsonValue) -> None:
    """Digits are as good as the number."""
    assert status_of(value) == 204


@pytest.mark.parametrize(
    ("document", "reason"),
    [({}, "there is no method"), ({"method": ""}, "there is no method"), ({"method": 1}, "is no text")],
    ids=str,
)
def test_a_text_that_is_none(document: JsonValue, reason: str) -> None:
    """What must be text and is not is named in the reason."""
    with pytest.raises(NotUnderstood, match=reason):
        text_of(document, "method", "method")
