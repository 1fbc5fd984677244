"""Values inside encoded texts: JSON in strings, base64 in fields."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from tests.synth.recordings import exchange, model_of, session, source, variant
from wraith.canonical import JsonValue
from wraith.exchange import encode_json
from wraith.wir import Call, Expr, Literal, ref

NAMES = ("amber", "birch wood", "cedar", "delta one", "ember")
BODY = ref("request.body.data")


def _json(value: JsonValue) -> str:
    return encode_json(value).decode()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


Make = Callable[[str, int], JsonValue]
LEARNED: dict[str, tuple[Make, Make, Expr]] = {
    "a part of JSON in a string": (
        lambda name, n: _json({"a": {"name": name}, "n": n}),
        lambda name, n: name,
        Call("from_json", (BODY, Literal("a.name"))),
    ),
    "JSON in a string, taken apart": (
        lambda name, n: _json([name, n]),
        lambda name, n: [name, n],
        Call("from_json", (BODY,)),
    ),
    "text in base64": (
        lambda name, n: _base64(f"{name} {n}"),
        lambda name, n: f"{name} {n}",
        Call("from_base64", (BODY,)),
    ),
    "a part of JSON in base64": (
        lambda name, n: _base64(_json({"name": name, "n": n})),
        lambda name, n: name,
        Call("from_json", (Call("from_base64", (BODY,)), Literal("name"))),
    ),
    "a document made a string": (
        lambda name, n: {"name": name, "n": n},
        lambda name, n: _json({"name": name, "n": n}),
        Call("json", (BODY,)),
    ),
    "a text put into base64": (
        lambda name, n: f"{name} {n}",
        lambda name, n: _base64(f"{name} {n}"),
        Call("base64", (BODY,)),
    ),
    "a document put into base64": (
        lambda name, n: {"name": name, "n": n},
        lambda name, n: _base64(_json({"name": name, "n": n})),
        Call("base64", (Call("json", (BODY,)),)),
    ),
}


@pytest.mark.parametrize(("sent", "answered", "expected"), LEARNED.values(), ids=LEARNED)
def test_values_are_found_inside_encoded_texts(sent: Make, answered: Make, expected: Expr) -> None:
    """What stands in a string of JSON or in base64 is a place like any other, both ways."""
    steps = [
        exchange("POST", "/say", json={"data": sent(name, n)}, answer={"said": answered(name, n)})
        for n, name in enumerate(NAMES, 5)
    ]
    assert source(variant(model_of(session(*steps)), "POST /say"), "said") == expected


def test_a_word_is_no_base64() -> None:
    """Short words of letters decode by chance, and say nothing."""
    steps = [
        exchange("POST", "/say", json={"data": word}, answer={"said": said})
        for word, said in (("abcdefgh", "x1"), ("ijklmnop", "y2"), ("qrstuvwx", "z3"))
    ]
    made = variant(model_of(session(*steps)), "POST /say")
    assert made.holes["hole_1"].hole_class in ("unexplained", "enum")
