"""The functions that a ``Call`` may name."""

from __future__ import annotations

import pytest

from wraith.canonical import JsonValue
from wraith.exchange import Request
from wraith.paths import MISSING, Found
from wraith.runtime import Environment, Ids, State, compile_expr
from wraith.runtime._functions import FUNCTIONS as IMPLEMENTED
from wraith.wir import FUNCTIONS, Call, Each, Equals, Expr, Literal, Sum, When, ref


def value_of(expr: Expr) -> Found:
    return compile_expr(expr)(Environment(Request("GET", "/"), {}, State(), Ids(""), 0))


def called(name: str, *arguments: JsonValue) -> Found:
    return value_of(Call(name, tuple(Literal(each) for each in arguments)))


def test_every_function_of_the_language_is_there() -> None:
    """The interpreter implements exactly the functions that the language names."""
    assert IMPLEMENTED.keys() == FUNCTIONS.keys()


CASES: list[tuple[str, list[JsonValue], Found]] = [
    ("lower", ["Ab"], "ab"),
    ("tally", [[{"k": "a"}, {"k": "b"}, {"k": "a"}], "k"], {"a": 2, "b": 1}),
    ("tally", [[{"k": ["a", "b"]}, {"k": ["b"]}, {}], "k"], {"a": 1, "b": 2}),
    ("tally", [[{"k": "a", "n": 2}, {"k": "a", "n": 3}], "k", "n"], {"a": 5}),
    ("tally", [[{"k": "a"}], "k", "", [{"k": "a"}, {"k": "b"}]], {"a": 1, "b": 0}),
    ("tally", ["a", "k"], MISSING),
    ("tally", [[], "not a ["], MISSING),
    ("groups", [[], "k"], []),
    (
        "groups",
        [[{"k": "b"}, {"k": "a"}, {"k": "a"}], "k", "count"],
        [
            {"value": "a", "count": 2, "items": [{"k": "a"}, {"k": "a"}]},
            {"value": "b", "count": 1, "items": [{"k": "b"}]},
        ],
    ),
    ("groups", [[{"k": 1}], "k", "size"], MISSING),
    ("upper", ["aß"], "ASS"),
    ("capitalize", ["new YORK"], "New york"),
    ("title", ["new york"], "New York"),
    ("trim", [" a "], "a"),
    ("slug", ["Hello, World 2!"], "hello-world-2"),
    ("slug", ["Hello World", "_"], "hello_world"),
    ("slice", ["abcdef", 1, 3], "bc"),
    ("slice", ["abcdef", -2], "ef"),
    ("slice", [[1, 2, 3], 0, -1], [1, 2]),
    ("split", ["a,b", ","], ["a", "b"]),
    ("split", ["ab", ""], MISSING),
    ("join", [["a", 1], "/"], "a/1"),
    ("join", [["a", {}], "/"], MISSING),
    ("replace", ["a-b-c", "-", "_"], "a_b_c"),
    ("pad", [7, 3, "0"], "007"),
    ("quote", ["a b/ü"], "a%20b%2F%C3%BC"),
    ("set_parameter", ["/a?x=%2C&page=1&y", "page", 2], "/a?x=%2C&page=2&y"),
    ("set_parameter", ["/a?page=1&page=3", "page", "b c"], "/a?page=b%20c"),
    ("set_parameter", ["http://h/a?x=1", "page", 2], "http://h/a?x=1&page=2"),
    ("set_parameter", ["/a", "page", 2], "/a?page=2"),
    ("set_parameter", ["/a", "page", None], MISSING),
    ("multiply", [3, 250], 750),
    ("multiply", [3, "x"], MISSING),
    ("multiply", [1e200, 1e200], MISSING),
    ("divide", [9, 3], 3),
    ("divide", [1, 4], 0.25),
    ("divide", [1, 0], MISSING),
    ("modulo", [7, 3], 1),
    ("round", [2.5], 3),
    ("round", [-2.5], -3),
    ("round", [2.675, 2], 2.68),
    ("round_even", [2.5], 2),
    ("floor", [2.9], 2),
    ("ceil", [2.1], 3),
    ("absolute", [-4], 4),
    ("is", [1, "number"], True),
    ("is", [1.5, "integer"], False),
    ("is", [True, "integer"], False),
    ("is", [1, "text"], MISSING),
    ("matches", [12, "[0-9]+"], True),
    ("matches", ["12x", "[0-9]+"], False),
    ("matches", [[], "[0-9]+"], MISSING),
    ("matches", ["a", "["], MISSING),
    ("repr", [{"a": ["x", None, True]}], "{'a': ['x', None, True]}"),
    ("same", [1, "1"], True),
    ("same", [None, "null"], False),
    ("same", [{"a": 1}, {"a": 1}], True),
    ("same", [[1], "1"], False),
    ("less", ["9", 10], True),
    ("less", [10, 9], False),
    ("less", ["2024-01-02", "2024-02-01"], True),
    ("less", ["a", 1], MISSING),
    ("contains", [["a", 1], "1"], True),
    ("contains", [["a"], "b"], False),
    ("contains", [{"a": 1}, "a"], True),
    ("contains", ["abc", "a"], MISSING),
    ("count", [[1, 2]], 2),
    ("count", [5], MISSING),
    ("total", [[1, 2.5]], 3.5),
    ("total", [[]], 0),
    ("minimum", [[3, 1]], 1),
    ("maximum", [3, 1, 7], 7),
    ("maximum", [[]], MISSING),
    ("average", [[1, 2]], 1.5),
    ("element", [[1, 2], -1], 2),
    ("element", [[1, 2], 2], MISSING),
    ("distinct", [[1, "1", 1]], [1, "1"]),
    ("sorted", [["b", 2, "a", None]], [None, 2, "a", "b"]),
    ("reversed", [[1, 2]], [2, 1]),
    ("concat", [[1], [2, 3]], [1, 2, 3]),
    ("only", [{"a": 1, "b": 2, "c": 3}, ["c", "a", "x"]], {"a": 1, "c": 3}),
    ("only", [[1], ["a"]], MISSING),
    ("without", [[1, 2, 1], 1], [2]),
    ("without", [{"a": 1, "b": 2}, "a"], {"b": 2}),
    ("keys", [{"b": 1, "a": 2}], ["b", "a"]),
    ("byte_length", ["aü"], 3),
    ("hex", [174], "ae"),
    ("base64", ["aü?"], "YcO8Pw=="),
    ("base64url", ["aü?"], "YcO8Pw"),
    ("from_base64", ["YcO8Pw"], "aü?"),
    ("from_base64", ["!"], MISSING),
    ("json", [{"a": [1]}], '{"a":[1]}'),
    ("from_json", ['{"a": [1]}'], {"a": [1]}),
    ("from_json", ["{"], MISSING),
    ("md5", ["a"], "0cc175b9c0f1b6a831c399e269772661"),
    ("sha1", ["a", "base64"], "hvfkN/qlp/zhXR3cuerq6jd2Z7g="),
    ("sha256", ["a"], "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
    ("crc32", ["a"], "e8b7be43"),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES, ids=lambda value: repr(value)[:40])
def test_a_function_gives(name: str, arguments: list[JsonValue], expected: Found) -> None:
    """A function gives the value of its table; an argument of the wrong kind, nothing."""
    assert called(name, *arguments) == expected


def test_each_sees_its_element_at_the_root_item() -> None:
    """``Each`` maps a list, and leaves out what is missing."""
    lines = Literal([{"price": 3, "quantity": 2}, {"price": 5}, {"price": 1, "quantity": 4}])
    amounts = Each(lines, Call("multiply", (ref("item.price"), ref("item.quantity"))))
    assert value_of(amounts) == [6, 4]
    assert value_of(Call("total", (amounts,))) == 10


def test_each_within_each_sees_the_inner_element() -> None:
    """After the inner list the outer element is there again."""
    rows = Literal([{"all": [1, 2], "n": 5}, {"all": [], "n": 7}])
    inner = Call("total", (Each(ref("item.all"), ref("item")),))
    assert value_of(Each(rows, Sum((inner, ref("item.n"))))) == [8, 7]


def test_when_takes_one_branch() -> None:
    """``When`` gives ``then`` where its atom is true, else ``otherwise``, else nothing."""
    yes, no = Equals(Literal(1), 1), Equals(Literal(1), 2)
    assert value_of(When(yes, Literal("a"), Literal("b"))) == "a"
    assert value_of(When(no, Literal("a"), Literal("b"))) == "b"
    assert value_of(When(no, Literal("a"))) is MISSING
