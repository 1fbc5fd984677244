"""What a handler sees and does."""

from __future__ import annotations

import json

import pytest

from wraith.lua import Limits
from wraith.runtime import Failure, Reply, State

ANSWERS = {
    "method-and-path": ("emit.json({req.method, req.path})", ["POST", "/orders/7"]),
    "headers-in-lower-case": ("emit.json(req.headers['x-shop'])", "Köln"),
    "query": ("emit.json(req.query.page)", "2"),
    "parameters-of-the-path": ("emit.json(req.params.order_id)", "7"),
    "body": ("emit.json(req.body.items[2].price)", 2.5),
    "null-is-a-value": ("emit.json({req.body.none == json.null, req.body.absent == nil})", [True, True]),
    "clock": ("clock.advance() clock.advance(60) emit.json(clock.now())", 1_700_000_061),
    "counter": ("state.counter('n') emit.json(state.counter('n'))", 2),
    "put-and-get": ("state.put('orders', 5, {a = 1}) emit.json(state.get('orders', '5'))", {"a": 1}),
    "get-of-nothing": ("emit.json({state.get('orders', 'x') == nil})", [True]),
    "delete": (
        "state.put('o', 1, {}) emit.json({state.delete('o', 1), state.delete('o', 1)})",
        [True, False],
    ),
    "list-and-count": (
        "state.put('o', 1, {n = 1}) state.put('o', 2, {n = 2})emit.json({state.count('o'), state.list('o')})",
        [2, [{"n": 1}, {"n": 2}]],
    ),
    "query-by-field": (
        "state.put('o', 1, {of = {id = 'a'}}) state.put('o', 2, {of = {id = 'b'}})"
        "emit.json(state.query('o', 'of.id', 'b'))",
        [{"of": {"id": "b"}}],
    ),
    "json-both-ways": ("emit.json(json.decode(json.encode({a = {1, 2}, b = 'ü'})))", {"a": [1, 2], "b": "ü"}),
    "patterns": ("emit.json({('k=v'):match('(%w)=(%w)')})", ["k", "v"]),
    "returned-function": ("return function(r) emit.json(r.method) end", "POST"),
}
BODY = {"items": [{"price": 1}, {"price": 2.5}], "none": None}


@pytest.mark.parametrize(("source", "answer"), ANSWERS.values(), ids=ANSWERS.keys())
def test_a_handler_answers_from_what_it_is_given(run, source: str, answer: object) -> None:
    """Each part of the documented interface, by an answer that shows it."""
    reply = run(source, BODY)
    assert isinstance(reply, Reply), reply
    assert json.loads(reply.body or b"") == answer


FORMS = {
    "empty-table-is-a-list": ("{}", "[]"),
    "empty-object-by-name": ("json.object()", "{}"),
    "emptied-object-stays-one": (
        "(function() local o = json.decode('{\"a\":1}') o.a = nil return o end)()",
        "{}",
    ),
    "empty-list-stays-one": ("json.decode('[]')", "[]"),
    "nil-in-a-list-is-null": ("{1, nil, 3}", "[1,null,3]"),
    "null": ("json.null", "null"),
    "integer": ("3", "3"),
    "float-keeps-its-point": ("3.0", "3.0"),
    "shortest-float": ("0.1", "0.1"),
    "float-of-17-digits": ("0.1 + 0.2", "0.30000000000000004"),
    "members-in-order-of-names": ("{b = 1, a = 2}", '{"a":2,"b":1}'),
    "numbers-as-names": ("{x = 1, [2] = 2}", '{"2":2,"x":1}'),
    "escapes": (r"'\"\\\n\1'", r'"\"\\\n\u0001"'),
}


@pytest.mark.parametrize(("value", "text"), FORMS.values(), ids=FORMS.keys())
def test_each_lua_value_has_one_json_form(run, value: str, text: str) -> None:
    """The table of the reference."""
    reply = run(f"emit.json({value})")
    assert isinstance(reply, Reply), reply
    assert reply.body == text.encode()


def test_bodies_are_any_bytes(run) -> None:
    """Bytes pass through unharmed; what is no text is called so."""
    reply = run("emit.body(string.char(0, 255, 10))")
    assert reply.body == b"\x00\xff\n"
    assert reply.headers == (("content-type", "application/octet-stream"),)


def test_a_header_of_the_handler_comes_before_ours(run) -> None:
    """HTML is said by its header."""
    reply = run("emit.status(418) emit.header('Content-Type', 'text/html') emit.body('<p>ü')")
    assert reply == Reply(418, (("Content-Type", "text/html"),), "<p>ü".encode())


def test_an_error_has_code_and_message(run) -> None:
    """``emit.error`` is status and body at once."""
    reply = run("emit.error(409, 'taken', 'the name is taken')")
    assert reply.status == 409
    assert json.loads(reply.body) == {"error": {"code": "taken", "message": "the name is taken"}}


def test_a_handler_that_emits_nothing_leaves_the_answer_to_the_model(run) -> None:
    """It may have written something all the same."""
    assert run("state.counter('seen')").empty


def test_libraries_are_shared_and_loaded_once(run) -> None:
    """A library may import another; one that imports itself is an error."""
    libraries = {
        "a": "return {b = wraith.import('b')}",
        "b": "return {n = state.counter('b')}",
        "c": "return wraith.import('c')",
    }
    reply = run("emit.json({wraith.import('a').b.n, wraith.import('b').n})", libraries=libraries)
    assert reply.body == b"[1,1]"
    assert "imports itself" in run("wraith.import('c')", libraries=libraries).reason


def test_a_library_named_json_takes_the_place_of_ours(run) -> None:
    """Its functions are those of the global ``json``."""
    own = "return {encode = function() return 'mine' end}"
    assert run("emit.body(json.encode({}))", libraries={"json": own}).body == b"mine"


def test_state_is_that_of_the_session(run, invocation) -> None:
    """What the model stored is seen; what is kept is seen by the model."""
    state = State({"orders": [("7", {"total": 3})]})
    given = invocation(state=state)
    assert run(
        "local o = state.get('orders', req.params.order_id) o.total = o.total + 1 "
        "state.put('orders', '7', o)",
        given=given,
    ).empty
    assert state.get("orders", "7") == {"total": 3}
    given.state.keep()
    assert state.get("orders", "7") == {"total": 4}


def test_integers_beyond_64_bits_become_floats(run) -> None:
    """Lua has no others."""
    assert run("emit.json(req.body.n)", {"n": 2**70}).body == b"1.1805916207174113e+21"


def test_a_limit_can_be_raised(run) -> None:
    """The limits are those of the caller."""
    busy = "for i = 1, 200000 do end emit.json(1)"
    assert isinstance(run(busy), Failure)
    assert isinstance(run(busy, limits=Limits(instructions=10**6)), Reply)
