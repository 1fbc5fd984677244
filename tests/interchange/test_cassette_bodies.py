"""The bytes of a body, out of every way in which cassettes hold one."""

from __future__ import annotations

import base64

import pytest

from wraith.interchange._cassette_bodies import read_body
from wraith.interchange._yaml_tags import YamlValue


def body_of(body: YamlValue, content_type: str | None = None) -> tuple[bytes, tuple[str, ...]]:
    mended: list[str] = []
    return read_body(body, content_type, "response", mended), tuple(mended)


BODIES: dict[str, tuple[YamlValue, str | None, bytes]] = {
    "nothing": (None, None, b""),
    "text": ("é", None, "é".encode()),
    "a string": ({"string": "a"}, None, b"a"),
    "an empty string": ({"encoding": "UTF-8", "string": ""}, None, b""),
    "no string": ({"encoding": None, "string": None}, None, b""),
    "base64": ({"encoding": "ASCII-8BIT", "base64_string": "/wA="}, None, b"\xff\x00"),
    "base64 over lines": ({"base64_string": "/w\nA=\n"}, None, b"\xff\x00"),
    "base64 beside an empty string": ({"base64_string": "/wA=", "string": ""}, None, b"\xff\x00"),
    "empty base64 beside a string": ({"base64_string": "", "string": "a"}, None, b"a"),
    "text of another encoding": ({"encoding": "ISO-8859-1", "string": "é"}, None, b"\xe9"),
    "text of bytes": ({"encoding": "ASCII-8BIT", "string": "é"}, None, "é".encode()),
    "text of no encoding": ({"encoding": "base64", "string": "é"}, None, "é".encode()),
    "a number that was not quoted": ({"string": 12}, None, b"12"),
    "a boolean that was not quoted": ({"string": True}, None, b"true"),
    "an empty object of JSON": ({}, "application/json", b"{}"),
    "an empty object of nothing": ({}, None, b""),
}


@pytest.mark.parametrize(("body", "content_type", "expected"), BODIES.values(), ids=BODIES)
def test_a_body_is_the_bytes_that_it_stands_for(
    body: YamlValue, content_type: str | None, expected: bytes
) -> None:
    """However a body is wrapped, its bytes come out, and nothing had to be put right."""
    assert body_of(body, content_type) == (expected, ())


FORM = "application/x-www-form-urlencoded"
ANEW = "the body of the response was kept as a document; its bytes are written anew"
QUOTED = "the JSON of the response held placeholders without quotes; they are read as text"

DAMAGED: dict[str, tuple[YamlValue, str | None, bytes, str]] = {
    "a parsed object": ({"a": [1, None]}, "application/json", b'{"a":[1,null]}', ANEW),
    "a parsed list": (["a"], None, b'["a"]', ANEW),
    "a parsed string": ({"string": {"a": 1}}, None, b'{"a":1}', ANEW),
    "a parsed form": ({"a": "b c", "d": ["e", "f"]}, FORM, b"a=b+c&d=e&d=f", ANEW),
    "a document in a form": ({"a": 1}, FORM, b'{"a":1}', ANEW),
    "base64 that is not": (
        {"base64_string": "no <B64>!"},
        None,
        b"no <B64>!",
        "the body of the response says base64 and is text",
    ),
    "text that its encoding has not": (
        {"encoding": "ISO-8859-1", "string": "\u20ac"},
        None,
        "\u20ac".encode(),
        "the body of the response is no ISO-8859-1, and is written as UTF-8",
    ),
    "a placeholder": ('{"id":<APP_ID>,"a":[<B>]}', None, b'{"id":"<APP_ID>","a":["<B>"]}', QUOTED),
    "a placeholder with a space": ('{"id": <APP ID>}', None, b'{"id": "<APP ID>"}', QUOTED),
    "every one replaced": (
        '{"a": 2<ID>0, "b": -<ID><ID>.5, "c": "<ID>"}',
        None,
        b'{"a": "2<ID>0", "b": "-<ID><ID>.5", "c": "<ID>"}',
        QUOTED,
    ),
    "a placeholder in base64": (
        {"base64_string": base64.b64encode(b'{"id":<A>}').decode()},
        None,
        b'{"id":"<A>"}',
        QUOTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "content_type", "expected", "note"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_body_is_mended_and_told(
    body: YamlValue, content_type: str | None, expected: bytes, note: str
) -> None:
    """What can be read is read, and what was done about it is said."""
    assert body_of(body, content_type) == (expected, (note,))
