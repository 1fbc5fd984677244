"""Body codecs: a document where the body holds one, whatever its content type claims."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue, parse
from wraith.exchange import Body, decode_body, encode_json, media_type

MEDIA = {
    "none": (None, ""),
    "empty": ("", ""),
    "bare": ("application/json", "application/json"),
    "upper case": ("Application/JSON", "application/json"),
    "with a charset": ("text/html; charset=utf-8", "text/html"),
    "with spaces": (" text/plain ;charset=x", "text/plain"),
}


@pytest.mark.parametrize(("content_type", "expected"), MEDIA.values(), ids=MEDIA)
def test_the_media_type_is_bare_and_lower_case(content_type: str | None, expected: str) -> None:
    """Parameters and case say nothing about the codec."""
    assert media_type(content_type) == expected


JSON, FORM = "application/json", "application/x-www-form-urlencoded"
BODIES: dict[str, tuple[str | None, bytes, Body]] = {
    "nothing": (JSON, b"", Body("empty")),
    "JSON": (JSON, b'{"a": [1]}', Body("json", {"a": [1]})),
    "JSON with a charset": ("application/json; charset=utf-8", b"[1]", Body("json", [1])),
    "a vendor's JSON": ("application/vnd.api+json", b"[1]", Body("json", [1])),
    "JSON null": (JSON, b"null", Body("json", None)),
    "a big integer": (JSON, b"123456789012345678901234", Body("json", 123456789012345678901234)),
    "a form": (FORM, b"a[b]=1&c=%C3%A9", Body("form", {"a": {"b": "1"}, "c": "é"})),
    "text": ("text/plain", b"hello", Body("text", "hello")),
    "XML": ("application/xml", b"<a/>", Body("xml", {"a": ""})),
    "no type, JSON": (None, b'{"a": 1}', Body("json", {"a": 1})),
    "no type, text": (None, b"hello", Body("text", "hello")),
    "no type, digits": (None, b"123", Body("text", "123")),
    "text that is JSON": ("text/plain", b"[1]", Body("json", [1])),
    "text that begins like JSON": ("text/plain", b"[1", Body("text", "[1")),
    "HTML that begins like JSON": ("text/html", b"[1]", Body("text", "[1]")),
    "HTML that is a JSON object": ("text/html", b'{"a": 1}', Body("json", {"a": 1})),
    "text of a charset": ("text/plain; charset=iso-8859-1", b"\xe9", Body("text", "é")),
    "a form of a charset": (
        FORM + "; charset=iso-8859-1",
        b"a=%C3%A9&b=\xe9",
        Body("form", {"a": "é", "b": "é"}),
    ),
    "a vendor's XML": ("application/atom+xml", b"<a>1</a>", Body("xml", {"a": "1"})),
    "XML under another type": ("text/html", b"<?xml version='1.0'?><a/>", Body("xml", {"a": ""})),
    "XML of a charset": ("text/xml; charset=iso-8859-1", b"<a>\xe9</a>", Body("xml", {"a": "é"})),
    "XML that says its charset": (
        "text/xml",
        b"<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>",
        Body("xml", {"a": "€"}),
    ),
    "a form that is a JSON object": (FORM, b'{"a": 1}', Body("json", {"a": 1})),
    "a form that is XML": (FORM, b"<?xml version='1.0'?><a/>", Body("xml", {"a": ""})),
    "no type, XML": (None, b"<a>1</a>", Body("xml", {"a": "1"})),
    "no type, HTML": (None, b"<p>1<br>", Body("text", "<p>1<br>")),
    "an image": ("image/png", b"\x89PNG", Body("binary", "iVBORw==")),
    "an image that is text": ("image/png", b"hello", Body("binary", "aGVsbG8=")),
}


@pytest.mark.parametrize(("content_type", "body", "expected"), BODIES.values(), ids=BODIES)
def test_the_document_in_a_body(content_type: str | None, body: bytes, expected: Body) -> None:
    """The content type chooses the codec."""
    assert decode_body(content_type, body) == expected


LIES: dict[str, tuple[str | None, bytes, Body]] = {
    "JSON that is text": (JSON, b"hello", Body("text", "hello")),
    "JSON that is torn": (JSON, b'{"a": ', Body("text", '{"a": ')),
    "JSON that is bytes": (JSON, b"\xff\xfe", Body("binary", "//4=")),
    "JSON with a null byte": (JSON, b'"\0', Body("binary", "IgA=")),
    "JSON that is not a number": (JSON, b"NaN", Body("text", "NaN")),
    "JSON with half a surrogate": (JSON, b'"\\ud800"', Body("text", '"\\ud800"')),
    "JSON of a byte order mark": (JSON, b"\xef\xbb\xbf{}", Body("text", "\ufeff{}")),
    "JSON nested without end": (JSON, b"[" * 5000, Body("text", "[" * 5000)),
    "XML that is torn": ("text/xml", b"<a>", Body("text", "<a>")),
    "XML with a document type": ("text/xml", b"<!DOCTYPE a><a/>", Body("text", "<!DOCTYPE a><a/>")),
    "XML nested too deeply": (
        "text/xml",
        b"<a>" * 101 + b"</a>" * 101,
        Body("text", "<a>" * 101 + "</a>" * 101),
    ),
    "JSON nested too deeply": (JSON, b"[" * 101 + b"]" * 101, Body("text", "[" * 101 + "]" * 101)),
    "parts without a boundary": ("multipart/form-data", b"--x", Body("binary", "LS14")),
    "a charset that is none": ("text/plain; charset=klingon", b"a", Body("text", "a")),
    "a form that is bytes": (FORM, b"\xff=1", Body("binary", "/z0x")),
    "a form of too many fields": (
        FORM,
        b"a=1&" * 20_000,
        Body("binary", b64encode(b"a=1&" * 20_000).decode()),
    ),
    "text that is bytes": ("text/plain", b"\xff", Body("binary", "/w==")),
    "text with a null byte": ("text/plain", b"a\0b", Body("binary", "YQBi")),
    "no type, bytes": (None, b"\xff\0", Body("binary", "/wA=")),
}


@pytest.mark.parametrize(("content_type", "body", "expected"), LIES.values(), ids=LIES)
def test_a_body_that_lies_about_its_content_type_stays_text_or_bytes(
    content_type: str | None, body: bytes, expected: Body
) -> None:
    """What does not parse is no error and no document."""
    assert decode_body(content_type, body) == expected


@given(st.sampled_from([JSON, FORM, "text/plain", "image/png", None]), st.binary())
def test_every_body_decodes(content_type: str | None, body: bytes) -> None:
    """Decoding is total, and only nothing is empty."""
    decoded = decode_body(content_type, body)
    assert (decoded.kind == "empty") == (not body)


DOCUMENTS: dict[str, JsonValue] = {
    "members in their order": {"b": 1, "a": 2},
    "a big integer among members in their order": {"b": 2**70, "a": "é"},
    "deep": [[[[]]]],
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_an_encoded_document_reads_back_in_its_order(document: JsonValue) -> None:
    """A body keeps the order of members, with integers of any size."""
    decoded = parse(encode_json(document))
    assert decoded == document
    if isinstance(document, dict) and isinstance(decoded, dict):
        assert list(decoded) == list(document)


def test_a_document_of_orjsons_depth_and_beyond_is_encoded() -> None:
    """254 levels is where orjson stops, and no answer."""
    deep: JsonValue = 1
    for _ in range(400):
        deep = [deep]
    assert encode_json(deep) == b"[" * 400 + b"1" + b"]" * 400
