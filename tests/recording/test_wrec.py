"""WREC files: what goes in comes out, and damage is noticed."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.errors import InputError
from wraith.exchange import Exchange, Headers, Request, Response, Truncated
from wraith.recording import decode_exchange, encode_exchange

latin = st.text(st.characters(max_codepoint=255), max_size=12)
headers: st.SearchStrategy[Headers] = st.lists(st.tuples(latin, latin), max_size=4).map(tuple)
integers = st.integers(min_value=0, max_value=2**53)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)
truncations = st.none() | st.builds(Truncated, sha256=digests, size_bytes=integers)
bodies = st.binary(max_size=40)

requests = st.builds(Request, method=latin, target=latin, headers=headers, body=bodies, truncated=truncations)
responses = st.builds(
    Response, status=st.integers(100, 599), headers=headers, body=bodies, truncated=truncations
)
exchanges = st.builds(
    Exchange,
    request=requests,
    response=responses,
    started_at_ms=integers,
    duration_ms=integers,
    tags=st.lists(st.text(st.characters(codec="utf-8"), max_size=6), max_size=3).map(tuple),
)

EXAMPLE = Exchange(
    Request("POST", "/v1/things?a=%20", (("Host", "x"), ("Host", "y")), b"\x00\xff"),
    Response(201, (("content-type", "text/plain"),), b"hello\n"),
    started_at_ms=1_700_000_000_000,
    duration_ms=12,
    tags=("a",),
)


@given(exchanges)
def test_decode_inverts_encode(exchange: Exchange) -> None:
    """An exchange of any content is the same after a trip through its file."""
    assert decode_exchange(encode_exchange(exchange), "x.wrec") == exchange


@given(exchanges, st.data())
def test_any_flipped_bit_is_refused(exchange: Exchange, data: st.DataObject) -> None:
    """A file in which any one bit differs is an InputError that names it."""
    whole = bytearray(encode_exchange(exchange))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(InputError) as caught:
        decode_exchange(bytes(whole), "000001.wrec")
    assert caught.value.where == "000001.wrec"
    assert "offset" in caught.value.message
    assert caught.value.hint


@given(exchanges, st.data())
def test_any_truncation_is_refused(exchange: Exchange, data: st.DataObject) -> None:
    """A file that ends early is an InputError, wherever it ends."""
    whole = encode_exchange(exchange)
    with pytest.raises(InputError):
        decode_exchange(whole[: data.draw(st.integers(0, len(whole) - 1))], "x.wrec")


def test_every_byte_of_one_file_counts() -> None:
    """Of one file, every single byte is flipped in every bit, and no flip goes unnoticed."""
    whole = encode_exchange(EXAMPLE)
    for at in range(len(whole)):
        for bit in range(8):
            broken = bytearray(whole)
            broken[at] ^= 1 << bit
            with pytest.raises(InputError):
                decode_exchange(bytes(broken), "x.wrec")


def test_the_file_is_as_documented() -> None:
    """The first line tells lengths and digest; head and bodies follow, the bodies as they are."""
    first, _, rest = encode_exchange(EXAMPLE).partition(b"\n")
    magic, head, request, response, digest = first.split(b" ")
    assert magic == b"WREC/1"
    assert rest[int(head) :] == b"\x00\xffhello\n"
    assert (int(request), int(response)) == (2, 6)
    assert digest.decode() == hashlib.sha256(rest).hexdigest()[:32]


def test_a_newer_format_says_to_upgrade() -> None:
    """A file of a format from the future is refused with the way out, never guessed at."""
    with pytest.raises(InputError, match="WREC format 2") as caught:
        decode_exchange(encode_exchange(EXAMPLE).replace(b"WREC/1", b"WREC/2"), "x.wrec")
    assert "upgrade" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"[]", "a head as encode_exchange writes it"),
        (b"{}", "no key 'request'"),
        (b"{", "a head as encode_exchange writes it"),
        (b'{"request": 1}', "expected an object"),
        (b'{"request":{"method":1},"response":{}}', "expected text"),
    ],
    ids=["a list", "no keys", "no JSON", "no object", "no text"],
)
def test_a_head_of_another_shape_is_refused(head: bytes, message: str) -> None:
    """A file whose digest is right and whose head is not ours is an InputError, not a crash."""
    digest = hashlib.sha256(head).hexdigest()[:32]
    with pytest.raises(InputError, match=message):
        decode_exchange(b"WREC/1 %d 0 0 %s\n%s" % (len(head), digest.encode(), head), "x.wrec")
