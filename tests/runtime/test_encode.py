"""Bodies in the style of a service."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from tests.wir.strategies import styles, values
from wraith.canonical import JsonValue
from wraith.runtime import encode_styled
from wraith.wir import Style

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


@given(values, styles)
def test_every_style_is_json(document: JsonValue, style: Style) -> None:
    """Whatever the style, clients read the same document."""
    assert json.loads(encode_styled(document, style)) == document
