"""Bodies of many JSON documents: a list of them, and the same bytes again."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.exchange import Body, decode_body, encode_json, encode_lines, line_style_of
from wraith.exchange._lines import MAX_LINES, LineStyle, is_lines

ND, JSON = "application/x-ndjson", "application/json"
TWO: list[JsonValue] = [{"a": 1}, {"b": None}]

BODIES: dict[str, tuple[str | None, bytes, Body]] = {
    "two lines": (ND, b'{"a":1}\n{"b":null}\n', Body("ndjson", TWO)),
    "no final newline": (ND, b'{"a":1}\n{"b":null}', Body("ndjson", TWO)),
    "CRLF": ("application/jsonlines", b'{"a":1}\r\n{"b":null}\r\n', Body("ndjson", TWO)),
    "empty lines": ("application/jsonl; charset=utf-8", b'\n{"a":1}\n\n{"b":null}\n\n', Body("ndjson", TWO)),
    "one line": (ND, b'{"a":1}\n', Body("ndjson", [{"a": 1}])),
    "any values": (ND, b'1\n"x"\nnull\n[2]\n', Body("ndjson", [1, "x", None, [2]])),
    "records": ("application/json-seq", b'\x1e{"a":1}\n\x1e{"b":\n null}\n', Body("ndjson", TWO)),
    "nothing": (ND, b"", Body("ndjson", [])),
    "a vendor's type": ("application/vnd.x+x-ndjson", b"1\n", Body("ndjson", [1])),
    "sent as JSON": (JSON, b'{"a":1}\n{"b":null}\n', Body("ndjson", TWO)),
    "sent as text": ("text/plain", b'{"a":1}\n{"b":null}', Body("ndjson", TWO)),
    "sent as a form": ("application/x-www-form-urlencoded", b'{"a":1}\n{"b":null}', Body("ndjson", TWO)),
    "sent without a type": (None, b'{"a":1}\n{"b":null}', Body("ndjson", TWO)),
    "one document, indented": (ND, b'{\n "a": 1\n}', Body("json", {"a": 1})),
    "one document sent as JSON": (JSON, b'{"a":1}\n', Body("json", {"a": 1})),
    "a line that is no JSON": (ND, b'{"a":1}\n{"b":', Body("text", '{"a":1}\n{"b":')),
    "a line of two documents": (ND, b'{"a":1}\n1,2\n', Body("text", '{"a":1}\n1,2\n')),
    "text among objects": ("text/plain", b'{"a":1}\nhello', Body("text", '{"a":1}\nhello')),
    "numbers sent as text": ("text/plain", b"1\n2\n", Body("text", "1\n2\n")),
    "lists sent as JSON": (JSON, b"[1]\n[2]", Body("text", "[1]\n[2]")),
    "a lone newline": (ND, b"\n", Body("text", "\n")),
    "a lone record mark": ("application/json-seq", b"\x1e", Body("text", "\x1e")),
    "a big integer": (ND, b"123456789012345678901234\n", Body("ndjson", [123456789012345678901234])),
}


@pytest.mark.parametrize(("content_type", "body", "expected"), BODIES.values(), ids=BODIES)
def test_documents_that_follow_one_another_are_a_list(
    content_type: str | None, body: bytes, expected: Body
) -> None:
    """Where each line is a document, by the type or by what is there; else the body is what it was."""
    assert decode_body(content_type, body) == expected


def test_more_documents_than_any_body_has_are_text() -> None:
    """A body of countless short lines is not made into countless values."""
    assert decode_body(ND, b"1\n" * (MAX_LINES + 1)).kind == "text"


def test_documents_nested_too_deeply_are_text() -> None:
    """Depth is bounded as in a single document."""
    assert decode_body(ND, b"[" * 200 + b"]" * 200 + b"\n1\n").kind == "text"


STYLES = {
    "newlines": LineStyle(),
    "no final newline": LineStyle(end=""),
    "CRLF": LineStyle("", "\r\n", "\r\n"),
    "an empty line between": LineStyle("", "\n\n", "\n"),
    "records": LineStyle("\x1e", "\n\x1e", "\n"),
}

documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@given(some=st.lists(documents, min_size=2, max_size=4))
def test_a_body_has_the_same_bytes_again(style: LineStyle, some: list[JsonValue]) -> None:
    """What is read off a body of several documents writes it as it was."""
    body = encode_lines(some, encode_json, style)
    assert line_style_of(body) == style
    assert decode_body("application/json-seq", body) == Body("ndjson", some)


def test_a_body_of_one_line_tells_how_it_ends() -> None:
    """What would stand between two documents is taken from the end of the one."""
    assert line_style_of(b"{}\r\n") == LineStyle("", "\r\n", "\r\n")
    assert line_style_of(b"\x1e{}\n") == LineStyle("\x1e", "\n\x1e", "\n")
    assert line_style_of(b"{}") == LineStyle("", "\n", "")


def test_no_documents_are_no_bytes() -> None:
    """An export of nothing is empty, whatever its style."""
    assert encode_lines([], orjson.dumps, LineStyle("\x1e", "\n\x1e", "\n")) == b""


@pytest.mark.parametrize("media", [JSON, "text/plain", "application/ld+json", ""])
def test_types_of_one_document_do_not_say_lines(media: str) -> None:
    """What says nothing of many is one document first."""
    assert not is_lines(media)
