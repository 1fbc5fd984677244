"""Quality: many operations behind one path, and bodies that only look it."""

from __future__ import annotations

import pytest

from tests.synth.recordings import JSON, Step, exchange, model_of, names, session
from wraith.canonical import JsonValue
from wraith.exchange import Headers
from wraith.wir import Ref

KEYS = (("k4Tq81", "ann"), ("kM20zd", "bob"), ("k77pLx", "cat"))


def asked(how: str, operation: str, body: dict[str, JsonValue], answer: JsonValue) -> Step:
    """An operation is asked for in a header, in the body, or in the query."""
    headers: Headers = (("x-amz-target", f"Store_2020.{operation}"),) if how == "header" else ()
    named = {"method": operation, **body} if how == "body" else body
    target = f"/?Action={operation}" if how == "query" else "/"
    return exchange("POST", target, json=named, headers=headers, answer=answer)


@pytest.mark.parametrize(
    ("how", "of", "prefix"),
    [
        ("header", Ref(("request", "header", "x-amz-target")), "Store_2020."),
        ("body", Ref(("request", "body", "method")), ""),
        ("query", Ref(("request", "query", "Action")), ""),
    ],
)
def test_operations_are_routes(how: str, of: Ref, prefix: str) -> None:
    """The part of the request that names the operation selects the route."""
    model = model_of(
        *(
            session(
                asked(how, "CreateUser", {"Name": name}, {"User": {"Id": key, "Name": name}}),
                asked(how, "GetUser", {"UserId": key}, {"User": {"Id": key, "Name": name}}),
                asked(how, "DeleteUser", {"UserId": key}, {}),
            )
            for key, name in KEYS
        )
    )
    assert [(each.path, each.of) for each in model.selectors] == [("/", of)]
    assert {f"POST //#{prefix}CreateUser", f"POST //#{prefix}GetUser"} <= names(model)


def test_what_things_are_is_no_operation() -> None:
    """A member that says what kind of thing is made does not part the route that makes it."""
    model = model_of(
        *(
            session(
                *(
                    exchange(
                        "POST",
                        "/shapes",
                        headers=(JSON,),
                        json={"type": kind, size: 2},
                        answer={"id": f"{key}{kind}"},
                    )
                    for kind, size in (("circle", "radius"), ("square", "side"))
                )
            )
            for key in ("a81Kq", "b72Lp", "c63Mo", "d54Nn")
        )
    )
    assert model.selectors == ()
    assert names(model) == {"POST /shapes"}
