"""Handlers in the place of the model, whatever runs them."""

from __future__ import annotations

from wraith.exchange import Request
from wraith.runtime import Failure, Handlers, Invocation, Reply, Twin
from wraith.wir import Model, Route, Variant

NOW_MS = 1_700_000_000_000


def model(**hooks: str) -> Model:
    """Orders, of which each can be created, listed, read and confirmed."""
    routes = [
        ("POST", "/orders", "create"),
        ("GET", "/orders", "list"),
        ("GET", "/orders/{order_id}", "read"),
        ("PATCH", "/orders/{order_id}", "update"),
        ("DELETE", "/orders/{order_id}", "delete"),
        ("POST", "/orders/{order_id}/confirm", "action"),
    ]
    return Model(
        entities=(),
        routes=tuple(
            Route(
                method=method,
                path_pattern=pattern,
                state_op=operation,
                entity="orders",
                variants=(Variant(status=200, body_template="model", lua_hook=hooks.get(operation)),),
            )
            for method, pattern, operation in routes
        ),
    )


def answer(  # type: ignore[no-untyped-def]
    reply: Reply | Failure, *, write: bool = False, falls_back: bool = True, **hooks: str
):
    """Answer one request by a twin whose handler comes to this, and return the session's state as well."""

    def run(name: str, given: Invocation) -> Reply | Failure:
        if write:
            given.state.put("orders", "1", {"by": name})
            given.advance(5_000)
            given.written_bytes += 7
        return reply

    handlers = Handlers(frozenset({"create_order", "special"}), run, falls_back)
    twin = Twin(model(**hooks), handlers=handlers)
    session = twin.open_session()
    made = twin.respond(Request("POST", "/orders", (), b""), session, now_ms=NOW_MS)
    return made, session


def test_a_handler_answers_in_the_place_of_the_model() -> None:
    """What it leaves out, the status here, is the variant's."""
    made, session = answer(Reply(None, (("content-type", "application/json"),), b'{"a":1}'), write=True)
    assert (made.response.status, made.response.body, made.document) == (200, b'{"a":1}', {"a": 1})
    assert (made.handler, made.failure) == ("create_order", None)
    assert session.state.get("orders", "1") == {"by": "create_order"}
    assert session.ahead_ms == 5_000
    assert made.written_bytes == 7


def test_where_a_handler_fails_the_model_answers() -> None:
    """And nothing of what it did is left."""
    made, session = answer(Failure("it broke"), write=True)
    assert made.response.body == b'"model"'
    assert (made.handler, made.failure) == ("create_order", "it broke")
    assert not session.state.all("orders")
    assert (session.ahead_ms, made.written_bytes) == (0, 0)


def test_where_handlers_do_not_fall_back_a_failure_is_the_answer() -> None:
    """The model's variant is not even rendered, so that its effects do not happen."""
    made, session = answer(Failure("it broke"), write=True, falls_back=False)
    assert (made.response.status, made.by, made.failure) == (500, "handler", "it broke")
    assert made.variant is None
    assert not session.state.all("orders")


def test_a_handler_that_emits_nothing_leaves_the_answer_to_the_model() -> None:
    """What it wrote is kept."""
    made, session = answer(Reply(), write=True)
    assert (made.response.body, made.handler) == (b'"model"', "create_order")
    assert session.state.get("orders", "1") == {"by": "create_order"}


def test_a_hook_comes_before_a_name() -> None:
    """The variant says who answers."""
    assert answer(Reply(201), create="special")[0].handler == "special"


def test_a_hook_without_its_handler_is_a_failure() -> None:
    """The model answers, and the answer says why."""
    made, _ = answer(Reply(201), create="gone")
    assert (made.response.body, made.failure) == (b'"model"', "there is no handler gone")


def test_without_handlers_hooks_are_passed_over() -> None:
    """The engine learns and explains without them."""
    twin = Twin(model(create="special"))
    made = twin.respond(Request("POST", "/orders", (), b""), twin.open_session(), now_ms=NOW_MS)
    assert (made.response.body, made.handler) == (b'"model"', None)
