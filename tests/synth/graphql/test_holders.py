"""Who asks: credentials that one mutation hands out, and what is asked and changed with them."""

from __future__ import annotations

from functools import cache

import pytest

from tests.synth.recordings import JSON, Step, exchange, model_of, session
from wraith.canonical import JsonValue, parse
from wraith.exchange import Headers, Request, encode_json
from wraith.runtime import Session as TwinSession
from wraith.runtime import Twin
from wraith.wir import Model

NAMES = ("ada", "bob", "cyd", "dee")


def key(name: str) -> str:
    return f"mbr_{name}4Kd93"


def token(name: str) -> str:
    return f"tok_{name}7Hq52Xv"


def step(query: str, answer: JsonValue, name: str | None = None, scheme: str = "Bearer ") -> Step:
    headers: Headers = (("authorization", f"{scheme}{token(name)}"),) if name is not None else ()
    return exchange("POST", "/graphql", json={"query": query}, headers=headers, answer={"data": answer})


def visit(name: str, *, scheme: str) -> tuple[Step, ...]:
    """Sign in, ask who that is, take another name, and write a post."""
    member: dict[str, JsonValue] = {"id": key(name), "mail": f"{name}@club.test", "nick": None}
    named = {**member, "nick": f"{name}-x"}
    post: JsonValue = {"id": f"pst_{name}2Lm81", "text": f"by {name}", "author": {"mail": member["mail"]}}
    return session(
        step(
            f'mutation {{ enter(mail: "{name}@club.test") {{ token member {{ id mail nick }} }} }}',
            {"enter": {"token": token(name), "member": member}},
        ),
        step("{ me { id mail nick } }", {"me": member}, name, scheme),
        step(
            f'mutation {{ rename(nick: "{name}-x") {{ id nick }} }}',
            {"rename": {"id": key(name), "nick": f"{name}-x"}},
            name,
            scheme,
        ),
        step("{ me { id mail nick } }", {"me": named}, name, scheme),
        step(
            f'mutation {{ write(text: "by {name}") {{ id text author {{ mail }} }} }}',
            {"write": post},
            name,
            scheme,
        ),
        step("{ me { nick } }", {"me": None}),
    )


@cache
def club(scheme: str) -> Model:
    return model_of(*(visit(name, scheme=scheme) for name in NAMES))


def ask(twin: Twin, state: TwinSession, query: str, credential: str | None = None) -> JsonValue:
    headers: Headers = (JSON,) if credential is None else (JSON, ("authorization", credential))
    request = Request("POST", "/graphql", headers, encode_json({"query": query}))
    answer = parse(twin.respond(request, state, now_ms=0).response.body)
    assert isinstance(answer, dict)
    return answer["data"]


def enter(twin: Twin, state: TwinSession, mail: str) -> str:
    data = ask(twin, state, f'mutation {{ enter(mail: "{mail}") {{ token }} }}')
    assert isinstance(data, dict)
    assert isinstance(data["enter"], dict)
    return str(data["enter"]["token"])


@pytest.mark.parametrize("scheme", ["Bearer ", ""])
def test_a_credential_stands_for_who_got_it(scheme: str) -> None:
    """Behind the name of a scheme or bare, it tells whom a query is about; without one there is nobody."""
    twin = Twin(club(scheme))
    state = twin.open_session()
    one, other = (enter(twin, state, mail) for mail in ("eve@club.test", "fay@club.test"))
    assert ask(twin, state, "{ me { mail } }", scheme + one) == {"me": {"mail": "eve@club.test"}}
    assert ask(twin, state, "{ me { mail } }", scheme + other) == {"me": {"mail": "fay@club.test"}}
    assert ask(twin, state, "{ me { mail } }") == {"me": None}


def test_a_mutation_without_a_key_may_be_about_who_asks() -> None:
    """It changes that one, and makes none."""
    twin = Twin(club("Bearer "))
    state = twin.open_session()
    one, other = (f"Bearer {enter(twin, state, mail)}" for mail in ("eve@club.test", "fay@club.test"))
    ask(twin, state, 'mutation { rename(nick: "evening") { nick } }', one)
    assert ask(twin, state, "{ me { nick } }", one) == {"me": {"nick": "evening"}}
    assert ask(twin, state, "{ me { nick } }", other) == {"me": {"nick": None}}


def test_what_is_made_refers_to_who_made_it() -> None:
    """A reference that no argument tells is that to who asks."""
    twin = Twin(club("Bearer "))
    state = twin.open_session()
    one = f"Bearer {enter(twin, state, 'eve@club.test')}"
    made = ask(twin, state, 'mutation { write(text: "hm") { text author { mail } } }', one)
    assert made == {"write": {"text": "hm", "author": {"mail": "eve@club.test"}}}


def test_a_text_that_nobody_sends_back_is_no_credential() -> None:
    """Without a request that carries it, a text in an answer says nothing of who asks."""
    quiet = model_of(*(visit(name, scheme="Bearer ")[:1] for name in NAMES))
    assert "credentials" not in {each.name for each in quiet.entities}
