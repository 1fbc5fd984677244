"""Action results as messages of the Remote Execution API."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.cache import ActionResult, Output, dump_result, load_result, seal, unseal

DIGEST = "ab" * 32

outputs = st.builds(
    Output,
    path=st.text(min_size=1, max_size=20),
    digest=st.text("0123456789abcdef", min_size=64, max_size=64),
    size=st.integers(0, 2**62),
    executable=st.booleans(),
)
results = st.builds(ActionResult, st.lists(outputs, max_size=4).map(tuple), st.text(max_size=30))


@given(results)
def test_a_result_is_read_as_it_was_written(result: ActionResult) -> None:
    """Paths, digests, sizes, modes and the text."""
    assert load_result(dump_result(result)) == result


@given(results, st.data())
def test_a_damaged_message_is_an_error_or_another_result(result: ActionResult, data: st.DataObject) -> None:
    """It never raises anything else, and never loops."""
    message = bytearray(dump_result(result))
    if message:
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        load_result(bytes(message))


@given(st.binary(max_size=60))
def test_any_bytes_are_an_error_or_a_result(data: bytes) -> None:
    """What a server sends is not trusted to be a message."""
    with contextlib.suppress(ValueError):
        load_result(data)


def test_the_bytes_are_those_of_the_protocol() -> None:
    """One output, by hand: field 2 with path (1), digest (2: hash, size) and mode (4); 5 with the text."""
    result = ActionResult((Output("a", DIGEST, 3, executable=True),), "ok")
    digest = b"\x0a\x40" + DIGEST.encode() + b"\x10\x03"
    output = b"\x0a\x01a" + b"\x12" + bytes([len(digest)]) + digest + b"\x20\x01"
    assert dump_result(result) == b"\x12" + bytes([len(output)]) + output + b"\x2a\x02ok"


def test_unknown_fields_are_passed_over() -> None:
    """Other clients say more: an exit code, a fixed-width number, metadata."""
    known = dump_result(ActionResult((), "ok"))
    assert load_result(b"\x20\x00" + b"\x4d\x01\x02\x03\x04" + b"\x4a\x02hi" + known).summary == "ok"


@pytest.mark.parametrize(
    "message", [b"\x12", b"\x12\x05ab", b"\x13", b"\xff" * 11, b"\x10\x01", b"\x12\x03\x0a\x01a"], ids=repr
)
def test_a_message_that_is_none_is_an_error(message: bytes) -> None:
    """One that ends inside a field, has no such wire type, or names no digest."""
    with pytest.raises(ValueError, match=r"field|number|wire type|digest"):
        load_result(message)


@given(results, st.data())
def test_a_sealed_message_is_whole_and_of_its_action(result: ActionResult, data: st.DataObject) -> None:
    """Cut short, edited or kept for another action it is an error; to the protocol it is a message as any
    other."""
    message = dump_result(result)
    sealed = seal(message, "a")
    assert unseal(sealed, "a") == message
    assert load_result(sealed) == result
    cut = data.draw(st.integers(0, len(sealed) - 1))
    edited = bytearray(sealed)
    edited[cut] ^= data.draw(st.integers(1, 255))
    for damaged, key in ((sealed[:cut], "a"), (bytes(edited), "a"), (sealed, "b"), (b"", "a")):
        with pytest.raises(ValueError, match="kept for this action"):
            unseal(damaged, key)
