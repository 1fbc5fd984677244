"""Canonical JSON: one value, one sequence of bytes, and no digit lost."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue, compact, is_nested_beyond, parse, pretty, sha256

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values: st.SearchStrategy[JsonValue] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def exact(value: JsonValue) -> object:
    """The value with the type of each scalar, for 1, 1.0 and true are equal."""
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    return [exact(item) for item in value] if isinstance(value, list) else (type(value), value)


def shuffled(value: JsonValue) -> JsonValue:
    """The same value with its members in the opposite order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(values)
def test_parse_undoes_compact(value: JsonValue) -> None:
    """Reading what was written gives the value, integers of any size and types included."""
    assert exact(parse(compact(value))) == exact(value)


@given(values)
def test_parse_undoes_pretty(value: JsonValue) -> None:
    """The form of files holds the same value, sorted or not."""
    assert exact(parse(pretty(value))) == exact(value)
    assert exact(parse(pretty(value, sort=False))) == exact(value)


@given(values)
def test_compact_does_not_depend_on_the_order_of_members(value: JsonValue) -> None:
    """Equal documents have equal bytes, and so equal digests."""
    assert compact(shuffled(value)) == compact(value)
    assert pretty(shuffled(value)) == pretty(value)


@given(st.integers(18, 25), st.integers(-3, 3), st.booleans())
def test_no_digit_of_an_integer_is_lost(power: int, away: int, negative: bool) -> None:
    """Around the limits of 64 bits, where parsers turn to floats, integers stay integers."""
    for near in (10**power, 2**63, 2**64):
        number = (-1 if negative else 1) * (near + away)
        assert exact(parse(b'{"n": [%d]}' % number)) == exact({"n": [number]})


FORMS: dict[str, tuple[JsonValue, bytes, bytes]] = {
    "sorted keys": ({"b": 1, "a": 2}, b'{"a":2,"b":1}', b'{\n  "a": 2,\n  "b": 1\n}\n'),
    "keys by code point": (
        {"é": 1, "z": 2, "😀": 3, "\uffff": 4},
        '{"z":2,"é":1,"\uffff":4,"😀":3}'.encode(),
        b"",
    ),
    "big integers among the rest": ({"b": 2**70, "a": "é"}, '{"a":"é","b":%d}'.encode() % 2**70, b""),
    "text as itself": ("é\n", '"é\\n"'.encode(), '"é\\n"\n'.encode()),
    "empty": ([], b"[]", b"[]\n"),
}


@pytest.mark.parametrize(("value", "line", "file"), FORMS.values(), ids=FORMS)
def test_the_canonical_form(value: JsonValue, line: bytes, file: bytes) -> None:
    """The bytes that people pin are these."""
    assert compact(value) == line
    if file:
        assert pretty(value) == file


def test_an_unsorted_file_keeps_the_order_of_members() -> None:
    """Where the order carries meaning it stays, beside integers of any size too."""
    assert pretty({"b": 1, "a": 2}, sort=False) == b'{\n  "b": 1,\n  "a": 2\n}\n'
    assert parse(pretty({"b": 2**70, "a": 2}, sort=False)) == {"b": 2**70, "a": 2}


BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "text": b"hello",
    "torn": b'{"a": [1',
    "not a number": b"[NaN]",
    "not a number, beside a big integer": b"[NaN, 123456789012345678901234]",
    "infinity": b"[1e999]",
    "infinity, beside a big integer": b"[1e999, 123456789012345678901234]",
    "half a surrogate": b'["\\ud800"]',
    "half a surrogate, beside a big integer": b'["\\ud800", 123456789012345678901234]',
    "not UTF-8": b'["\xff"]',
    "UTF-16": '{"n": 123456789012345678901234}'.encode("utf-16"),
    "leading zeros": b"[000000000000000000000000]",
    "a number of more digits than Python reads": b"[" + b"9" * 5000 + b"]",
    "nested without end": b"[" * 100_000,
    "nested without end, beside a big integer": b"[123456789012345678901234," * 5000,
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_not_json_is_a_value_error(data: bytes) -> None:
    """The one exception that callers need to know."""
    with pytest.raises(ValueError, match=r".+"):
        parse(data)


@given(st.binary(max_size=40))
def test_parse_raises_nothing_but_a_value_error(data: bytes) -> None:
    """Whatever the bytes are, they are JSON or they are not."""
    try:
        value = parse(data)
    except ValueError:
        return
    assert exact(parse(compact(value))) == exact(value)


def test_of_duplicate_keys_the_last_counts() -> None:
    """As every parser of the stack does, with big integers and without."""
    assert parse(b'{"a": 1, "a": 2}') == {"a": 2}
    assert parse(b'{"a": 1, "a": 123456789012345678901234}') == {"a": 123456789012345678901234}


def test_digits_in_texts_and_fractions_are_no_big_integers() -> None:
    """Long runs of digits elsewhere change nothing."""
    value = parse(b'{"12345678901234567890123": "x 12345678901234567890123", "f": 0.12345678901234567890123}')
    assert value == {"12345678901234567890123": "x 12345678901234567890123", "f": 0.12345678901234568}
    assert math.isclose(parse(b"12345678901234567890123.5"), 1.2345678901234568e22)  # type: ignore[arg-type]  # a number


NESTED: dict[str, tuple[JsonValue, int, bool]] = {
    "a scalar": (1, 0, False),
    "a list, no level": ([], 0, True),
    "a list, one level": ([1], 1, False),
    "a list in an object": ({"a": [1]}, 1, True),
    "within": ({"a": [{"b": 1}], "c": 2}, 3, False),
    "beyond, in one branch": ([1, [2, [3, [4]]], {}], 3, True),
}


@pytest.mark.parametrize(("value", "levels", "expected"), NESTED.values(), ids=NESTED)
def test_the_depth_of_a_document(value: JsonValue, levels: int, expected: bool) -> None:
    """Objects and arrays count, whatever stands in them."""
    assert is_nested_beyond(value, levels) is expected


def test_a_digest_says_its_function() -> None:
    """What people pin names SHA-256."""
    assert sha256(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
