"""Multipart bodies as documents: fields, files, and bytes as they came."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.exchange import Body, decode_body
from wraith.exchange._multipart import NotMultipart, parse_multipart

TYPE = "multipart/form-data; boundary=X"
PNG = b"\x89P\nNG\r\r\n\x00\xff"


def part(disposition: str, content: bytes, *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in (f"Content-Disposition: form-data; {disposition}", *headers))
    return b"--X\r\n" + lines.encode() + b"\r\n" + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--X--\r\n"


CASES: dict[str, tuple[bytes, JsonValue]] = {
    "a field": (body(part('name="a"', b"1")), {"a": "1"}),
    "an empty field": (body(part('name="a"', b"")), {"a": ""}),
    "a name that repeats": (body(part('name="a"', b"1"), part('name="a"', b"2")), {"a": ["1", "2"]}),
    "names with brackets": (
        body(part('name="a[b]"', b"1"), part('name="a[c]"', b"2")),
        {"a": {"b": "1", "c": "2"}},
    ),
    "lines in a field": (body(part('name="a"', b"1\r\n2")), {"a": "1\r\n2"}),
    "a field of a charset": (
        body(part('name="a"', b"\xe9", "Content-Type: text/plain; charset=latin-1")),
        {"a": "é"},
    ),
    "a file of text": (
        body(part('name="f"; filename="n.txt"', b"hi\n", "Content-Type: text/plain")),
        {"f": {"filename": "n.txt", "content_type": "text/plain", "content": "hi\n", "size": 3}},
    ),
    "a file of bytes": (
        body(part('name="f"; filename="p.png"', PNG, "Content-Type: image/png")),
        {
            "f": {
                "filename": "p.png",
                "content_type": "image/png",
                "content": b64encode(PNG).decode(),
                "size": len(PNG),
            }
        },
    ),
    "parts without names": (
        b"--X\r\nContent-Type: application/json\r\n\r\n{}\r\n--X--",
        {"parts": [{"content_type": "application/json", "content": "{}", "size": 2}]},
    ),
}


@pytest.mark.parametrize(("sent", "document"), CASES.values(), ids=CASES)
def test_parts_are_fields(sent: bytes, document: JsonValue) -> None:
    """Values are text, files say what they are, and bytes that are no text are base64."""
    assert decode_body(TYPE, sent) == Body("multipart", document)


WRONG = {
    "none": "multipart/form-data",
    "another": TYPE + "Y",
    "one that is none": "multipart/mixed; boundary=\x00",
}


@pytest.mark.parametrize("content_type", WRONG.values(), ids=WRONG)
def test_a_body_without_its_boundary_has_no_parts(content_type: str) -> None:
    """What cannot be taken apart stays bytes."""
    with pytest.raises(NotMultipart):
        parse_multipart(content_type, body(part('name="a"', b"1")))


@given(st.binary(max_size=60).filter(lambda data: b"--X" not in data))
def test_a_file_keeps_its_bytes(data: bytes) -> None:
    """Line ends, nulls and all."""
    parsed = parse_multipart(TYPE, body(part('name="f"; filename="x"', data, "Content-Type: image/png")))
    file = parsed["f"]
    assert isinstance(file, dict)
    assert file["size"] == len(data)
    assert file["content"] in (b64encode(data).decode(), data.decode("utf-8", "replace"))
