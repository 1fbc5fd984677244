"""Environments: the request, decoded once and on demand."""

from __future__ import annotations

import pytest

from wraith.exchange import Headers, Request
from wraith.paths import MISSING
from wraith.runtime import Environment, Ids, State


def environment(target: str = "/", headers: Headers = (), body: bytes = b"") -> Environment:
    return Environment(Request("POST", target, headers, body), {}, State(), Ids(""), 0)


def test_header_names_are_lower_case_and_the_first_value_counts() -> None:
    """As HTTP has it: names without case."""
    env = environment(headers=(("X-A", "1"), ("x-a", "2")))
    assert env.headers == {"x-a": "1"}


KINDS: dict[str, tuple[str, bytes, str, object]] = {
    "nothing": ("application/json", b"", "empty", MISSING),
    "JSON": ("application/json", b'{"a": 1}', "json", {"a": 1}),
    "JSON null": ("application/json", b"null", "json", None),
    "XML": ("text/xml", b"<a><b>1</b></a>", "xml", {"a": {"b": "1"}}),
    "a form": ("application/x-www-form-urlencoded", b"a[b]=1", "form", {"a": {"b": "1"}}),
    "text": ("text/plain", b"hello", "text", "hello"),
    "bytes": ("image/png", b"\x89", "binary", "iQ=="),
    "a lie": ("application/json", b"\xff", "binary", "/w=="),
}


@pytest.mark.parametrize(("content_type", "body", "kind", "document"), KINDS.values(), ids=KINDS)
def test_the_body_and_its_kind(content_type: str, body: bytes, kind: str, document: object) -> None:
    """Null is a document, bytes are base64, nothing is missing."""
    env = environment(headers=(("Content-Type", content_type),), body=body)
    assert env.body == document
    assert env.body_kind == kind


def test_a_body_is_decoded_once() -> None:
    """Every look sees the same document."""
    env = environment(headers=(("Content-Type", "application/json"),), body=b"[1]")
    assert env.body is env.body


def test_the_query_is_a_document() -> None:
    """Brackets nest in it as in a form."""
    assert environment("/?a[b]=1&c=2").query == {"a": {"b": "1"}, "c": "2"}
    assert environment("/").query == {}
