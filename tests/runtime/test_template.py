"""Templates: bodies with gaps, of which no trace reaches the wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runtime.strategies import environments
from tests.wir.strategies import HOLES, escaped, expressions, law, templates, values
from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.exchange import Request
from wraith.paths import MISSING, Found
from wraith.runtime import Environment, Ids, State
from wraith.runtime._template import compile_template
from wraith.wir import Expr, First, FreshId, Hole, Literal, Query, Ref, Text, ref

NONE = First(())


def render(template: JsonValue, env: Environment | None = None, **sources: Expr) -> Found:
    env = env or Environment(Request("GET", "/"), {}, State({"t": [("1", {}), ("2", {})]}), Ids("seed"), 0)
    holes = {
        name: Hole(hole_class="derived", type="string", source=source) for name, source in sources.items()
    }
    return compile_template(template, holes)(env)


@given(values)
def test_an_escaped_document_renders_as_itself(document: JsonValue) -> None:
    """Text that begins with a dollar is written with a second one."""
    assert render(escaped(document)) == document


plain = values.filter(lambda document: "$" not in repr(document))
unescaped = templates.filter(lambda template: "$$" not in repr(template))


@law
@given(unescaped, plain, plain)
def test_no_hole_or_spread_reaches_the_output(template: JsonValue, one: JsonValue, other: JsonValue) -> None:
    """Placeholders never leave the twin, whether they are filled or missing."""
    fillings: list[tuple[Expr, Expr]] = [(Literal(one), Literal(other)), (NONE, NONE)]
    for filling in fillings:
        rendered = repr(render(template, None, **dict(zip(HOLES, filling, strict=True))))
        assert "$hole" not in rendered
        assert "$spread" not in rendered


@law
@given(templates, st.tuples(expressions, expressions), environments())
def test_every_template_renders(template: JsonValue, sources: tuple[Expr, Expr], env: Environment) -> None:
    """Rendering is total, also where holes refer to the answer that they are part of."""
    render(template, env, **dict(zip(HOLES, sources, strict=True)))


RENDERED: dict[str, tuple[JsonValue, dict[str, Expr], Found]] = {
    "no gap": ({"a": [1, None]}, {}, {"a": [1, None]}),
    "empty parts": ({"a": {}, "b": []}, {}, {"a": {}, "b": []}),
    "the whole body": ("$h", {"h": Literal([1])}, [1]),
    "nothing for the whole body": ("$h", {"h": NONE}, MISSING),
    "a member": ({"a": "$h"}, {"h": Literal(None)}, {"a": None}),
    "a missing member is left out": ({"a": "$h", "b": 1}, {"h": NONE}, {"b": 1}),
    "a missing element is dropped": (["$h", 1], {"h": NONE}, [1]),
    "an escaped dollar": (["$$5", "$$", "$$$h", "a$h"], {"h": Literal(1)}, ["$5", "$", "$$h", "a$h"]),
    "a value with a dollar is no gap": ("$h", {"h": Literal("$x")}, "$x"),
    "a spread": ({"$spread": "$h", "a": 1}, {"h": Literal({"a": 0, "b": 2})}, {"a": 1, "b": 2}),
    "a spread keeps the order of what it spreads": (
        {"a": 1, "$spread": "$h"},
        {"h": Literal({"b": 2})},
        {"b": 2, "a": 1},
    ),
    "a spread of nothing": ({"$spread": "$h", "a": 1}, {"h": NONE}, {"a": 1}),
    "a spread of no object": ({"$spread": "$h", "a": 1}, {"h": Literal([1])}, {"a": 1}),
    "a missing member over a spread": (
        {"$spread": "$h", "a": "$n"},
        {"h": Literal({"a": 0, "b": 2}), "n": NONE},
        {"b": 2},
    ),
    "another part of the answer": (
        {"a": "$h", "b": "$g"},
        {"h": ref("response.body.b"), "g": Literal(1)},
        {"a": 1, "b": 1},
    ),
    "below another gap": (
        {"a": "$h", "b": "$g"},
        {"h": ref("response.body.b.c[0]"), "g": Literal({"c": [5]})},
        {"a": 5, "b": {"c": [5]}},
    ),
    "below a spread": (
        {"$spread": "$g", "a": "$h"},
        {"h": ref("response.body.b"), "g": Literal({"b": 5})},
        {"b": 5, "a": 5},
    ),
    "the literal next to it": (
        {"a": "$h", "b": [{"c": 7}]},
        {"h": ref("response.body.b[0].c")},
        {"a": 7, "b": [{"c": 7}]},
    ),
    "an escaped part": ({"a": "$h", "b": "$$x"}, {"h": ref("response.body.b")}, {"a": "$x", "b": "$x"}),
    "a hole that needs itself": ({"a": "$h"}, {"h": ref("response.body.a")}, {}),
    "a hole that needs the whole": (
        {"a": "$h", "b": 1},
        {"h": ref("response.body")},
        {"a": {"b": 1}, "b": 1},
    ),
    "holes that need each other": (
        {"a": "$h", "b": "$g"},
        {"h": ref("response.body.b"), "g": ref("response.body.a")},
        {},
    ),
    "a cycle with a way out": (
        {"a": "$h"},
        {"h": First((ref("response.body.a"), Literal(1)))},
        {"a": 1},
    ),
    "the page of a later list": (
        {"total": "$n", "data": "$list"},
        {"n": Ref(("page", "total")), "list": Query("t")},
        {"total": 2, "data": [{}, {}]},
    ),
}


@pytest.mark.parametrize(("template", "sources", "expected"), RENDERED.values(), ids=RENDERED)
def test_what_a_template_renders(template: JsonValue, sources: dict[str, Expr], expected: Found) -> None:
    """Gaps are filled; what is missing leaves no trace; cycles end in nothing, not in recursion."""
    rendered = render(template, None, **sources)
    assert rendered == expected
    if isinstance(rendered, dict) and isinstance(expected, dict):
        assert list(rendered) == list(expected)


def test_a_hole_is_filled_once() -> None:
    """A fresh identifier is the same wherever the template refers to it."""
    rendered = render(
        {"id": "$h", "again": "$h", "url": "$u"},
        h=FreshId("[a-z]{8}"),
        u=Text((Literal("/"), ref("response.body.id"))),
    )
    assert isinstance(rendered, dict)
    assert rendered["id"] == rendered["again"]
    assert rendered["url"] == f"/{rendered['id']}"


def test_a_template_is_rendered_anew_each_time() -> None:
    """Nothing of one answer stays for the next."""
    template = compile_template(
        {"id": "$h"}, {"h": Hole(hole_class="generated", type="string", source=FreshId("[a-z]{8}"))}
    )
    ids, state = Ids("seed"), State()
    made = [template(Environment(Request("GET", "/"), {}, state, ids, 0)) for _ in range(3)]
    assert len({repr(each) for each in made}) == 3


@pytest.mark.parametrize("template", ["$h", {"a": ["$h"]}, {"$spread": "$h"}, "$"], ids=repr)
def test_a_template_that_names_an_unknown_hole_is_refused(template: JsonValue) -> None:
    """A placeholder that nothing fills is the model's mistake, found before the first request."""
    with pytest.raises(InputError, match="there is no such hole"):
        compile_template(template, {})
