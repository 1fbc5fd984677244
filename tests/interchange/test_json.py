"""JSON of unknown origin."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.errors import InputError
from wraith.interchange import _json
from wraith.interchange._json import is_json, load_json, parse_json
from wraith.interchange._source import MAX_DEPTH, Source

HERE = Path("recording.json")

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(DOCUMENTS)
def test_what_the_standard_library_writes_is_read_as_it_was(document: object) -> None:
    """A document is read with every value that it holds, integers of any size included."""
    assert load_json(Source(HERE, json.dumps(document).encode())) == document


@given(st.binary(max_size=60))
def test_any_bytes_are_a_document_or_refused(data: bytes) -> None:
    """Bytes are JSON or an InputError, nothing else."""
    with contextlib.suppress(InputError):
        parse_json(data, HERE)


def test_a_byte_order_mark_is_passed_over() -> None:
    """UTF-8 may begin with a mark, as editors of one system write it."""
    assert parse_json(b'\xef\xbb\xbf{"a": 1}', HERE) == {"a": 1}


@pytest.mark.parametrize(
    ("data", "where", "message"),
    [
        pytest.param(b"", ":1:1", "is not JSON", id="empty"),
        pytest.param(b'{"a": 1,\n "b": }', ":2:7", "is not JSON", id="no value"),
        pytest.param(b'{"a": NaN}', ":1:7", "is not JSON", id="NaN"),
        pytest.param(b'{"a":\n"\xff"}', ":2:2", "is not UTF-8", id="no UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), "", "is UTF-16 text", id="UTF-16"),
        pytest.param('{"a": 1}'.encode("utf-32"), "", "is UTF-32 text", id="UTF-32"),
        pytest.param(b'["\\ud800"]', ":1:3", "is not JSON", id="half a character"),
        pytest.param(b"[" * 1_000_000, ":1:1026", "is not JSON: depth", id="a million levels"),
        pytest.param(b"[" * 20_000 + b"1" * 30 + b"]" * 20_000, ":1:1026", "depth", id="deep, large integer"),
        pytest.param(b"[" * 201 + b"]" * 201, "", f"deeper than {MAX_DEPTH}", id="one level too many"),
        pytest.param(b"9" * 5_000, "", "digits", id="an integer of thousands of digits"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(data: bytes, where: str, message: str) -> None:
    """The error names the file, the line and the column, where the parser knows them."""
    with pytest.raises(InputError, match=message) as raised:
        parse_json(data, HERE)
    assert raised.value.where == f"{HERE}{where}"


def test_as_many_levels_as_are_allowed_are_read() -> None:
    """The limit of depth is inclusive."""
    parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, HERE)


def test_more_values_than_memory_can_hold_are_refused_before_they_are_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file of nothing but structure costs many times its bytes: values are counted first."""
    monkeypatch.setattr(_json, "MAX_VALUES", 1_000)
    with pytest.raises(InputError, match="more than 1,000 values"):
        parse_json(b"[" + b"{}," * 1_000 + b"{}]", HERE)


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b' \n{"a": 1}', True),
        (b"[", True),
        (b"\xef\xbb\xbf{", True),
        (b"", False),
        (b"---\nx: {}", False),
        (b'"a"', False),
    ],
)
def test_json_is_known_by_its_first_character(data: bytes, answer: bool) -> None:
    """An object or an array begins with its bracket."""
    assert is_json(data) is answer
