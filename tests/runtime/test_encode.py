"""Bodies in the style of a service."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from tests.wir.strategies import styles, values
from wraith.canonical import JsonValue
from wraith.exchange import LineStyle
from wraith.paths import MISSING
from wraith.runtime import encode_styled
from wraith.runtime._encode import encoder
from wraith.wir import Style, Variant

DOCUMENT: JsonValue = {"b": [1, {"c": "<é/>"}], "a": {}, "n": 2.0}

STYLES: dict[str, tuple[Style | None, str]] = {
    "none": (None, '{"b":[1,{"c":"<é/>"}],"a":{},"n":2.0}'),
    "spaces": (Style(item=", ", key=": "), '{"b": [1, {"c": "<é/>"}], "a": {}, "n": 2.0}'),
    "ascii, sorted": (Style(ascii=True, sorted=True), '{"a":{},"b":[1,{"c":"<\\u00e9/>"}],"n":2.0}'),
    "escapes": (Style(escape="<>/"), '{"b":[1,{"c":"\\u003cé\\/\\u003e"}],"a":{},"n":2.0}'),
    "whole numbers, a final newline": (
        Style(whole=True, end="\n"),
        '{"b":[1,{"c":"<é/>"}],"a":{},"n":2}\n',
    ),
    "indented": (
        Style(indent="  ", key=": "),
        '{\n  "b": [\n    1,\n    {\n      "c": "<é/>"\n    }\n  ],\n  "a": {},\n  "n": 2.0\n}',
    ),
    "indented by tabs": (
        Style(indent="\t", key=": "),
        '{\n\t"b": [\n\t\t1,\n\t\t{\n\t\t\t"c": "<é/>"\n\t\t}\n\t],\n\t"a": {},\n\t"n": 2.0\n}',
    ),
}


@pytest.mark.parametrize(("style", "expected"), STYLES.values(), ids=STYLES)
def test_a_style_says_how_a_document_is_written(style: Style | None, expected: str) -> None:
    """Spaces, escapes, order and numbers are the service's own."""
    assert encode_styled(DOCUMENT, style).decode() == expected


def test_many_documents_have_the_style_of_each_and_of_their_lines() -> None:
    """Each is written as the service writes one, on a line that ends as its lines do."""
    lines = LineStyle("", "\r\n", "\r\n")
    encode = encoder(Variant(status=200, body_kind="ndjson", style=Style(key=": "), lines=lines))
    assert encode([{"a": 1}, 2]) == b'{"a": 1}\r\n2\r\n'
    assert encode([]) == encode(MISSING) == encode({"a": 1}) == b""


@given(values, styles)
def test_every_style_is_json(document: JsonValue, style: Style) -> None:
    """Whatever the style, clients read the same document."""
    assert json.loads(encode_styled(document, style)) == document
