"""Pages, event streams and other texts: literal runs with gaps that have sources."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from tests.synth.recordings import (
    FORM,
    JSON,
    Recorded,
    Step,
    findings,
    recording,
    replayed,
    session,
    source,
    variant,
)
from wraith.conformance import check
from wraith.exchange import Exchange, Request, Response, encode_json
from wraith.runtime import write_time
from wraith.synth import learn
from wraith.wir import Clock, Expr, FreshId, Literal, Text, ref

WORDS = "amber birch cedar delta ember flint gable hazel iris jade".split()  # noqa: SIM905  # readable
HEX = "0123456789abcdef"

Write = Callable[[Random, int], str]
"""The text of an answer: what it is asked for comes from the random source, what it says of now from the
time."""

PAGE = """<!DOCTYPE html>
<html><head><title>Welcome {name}</title></head>
<body class="page"><h1>Hello, {name}!</h1>
<p>We sent a mail to <a href="mailto:{email}">{email}</a> at {http}.</p>
<input type="hidden" name="csrf" value="{token}"/>
<footer>{iso} - page {number} of 500 - &copy; Acme</footer></body></html>
"""
STREAM = """data: {{"id":"chat-{token}","delta":"You said: "}}

data: {{"delta":"{name}"}}

data: [DONE]

"""
PLAIN = "{name} <{email}> has number {number}\r\n"
KINDS = {
    "a page": (PAGE, "text/html; charset=utf-8"),
    "a page of another charset": (PAGE.replace("&copy;", "©"), "text/html; charset=iso-8859-1"),
    "an event stream": (STREAM, "text/event-stream"),
    "a line of text": (PLAIN, "text/plain"),
}


def _step(random: Random, text: str, content_type: str) -> Step:
    name = " ".join(random.choices(WORDS, k=random.randint(1, 3)))
    email, number = f"{random.choice(WORDS)}{random.randint(1, 999)}@x.example", random.randint(1, 500)
    token = "".join(random.choices(HEX, k=24))
    body = encode_json({"name": name, "email": email, "number": number})

    def at(now_ms: int) -> Exchange:
        answer = text.format(
            name=name,
            email=email,
            number=number,
            token=token,
            http=write_time("http", now_ms),
            iso=write_time("%Y-%m-%dT%H:%M:%SZ", now_ms),
        ).encode("latin-1")
        response = Response(200, (("content-type", content_type),), answer)
        return Exchange(Request("POST", "/say", (JSON,), body), response, now_ms, 5)

    return at


def _corpus(seed: int, sessions: int, text: str, content_type: str) -> list[Recorded]:
    random = Random(seed)
    return recording(
        *[session(*[_step(random, text, content_type) for _ in range(3)]) for _ in range(sessions)]
    )


@pytest.mark.parametrize(("text", "content_type"), KINDS.values(), ids=KINDS)
def test_a_text_is_predicted(text: str, content_type: str) -> None:
    """What is echoed, made fresh or the time stands in its place; all else is literal."""
    learned = learn(_corpus(1, 4, text, content_type))
    assert findings(replayed(learned, _corpus(1, 4, text, content_type))) == []
    assert findings(check(learned.model, _corpus(99, 3, text, content_type))) == []


def test_each_gap_has_the_simplest_source() -> None:
    """Echoes by path, an address whole, times by their unit, and fresh only what nothing explains."""
    learned = learn(_corpus(1, 4, *KINDS["a page"]))
    made = source(variant(learned.model, "POST /say"), "")
    assert isinstance(made, Text)
    gaps: list[Expr] = [part for part in made.parts if not isinstance(part, Literal)]
    name, email = ref("request.body.name"), ref("request.body.email")
    assert gaps[:4] == [name, name, email, email]
    assert gaps[4] == Clock("http")
    assert isinstance(gaps[5], FreshId)
    assert gaps[6] == Clock("%Y-%m-%dT%H:%M:%SZ")


def test_a_replayed_text_with_something_fresh_in_it_has_to_be_right_elsewhere() -> None:
    """A token in a page excuses the token, not the page."""
    learned = learn(_corpus(1, 4, *KINDS["an event stream"]))
    wrong = _corpus(99, 1, STREAM.replace("You said", "You wrote"), "text/event-stream")
    assert len(findings(check(learned.model, wrong))) == 3


def test_texts_that_share_nothing_are_no_runs() -> None:
    """A few signs in common are no pattern."""
    random = Random(3)
    texts = [" ".join(random.choices(WORDS, k=9)) + "." for _ in range(6)]

    def said(text: str) -> Step:
        response = Response(200, (("content-type", "text/plain"),), text.encode())
        return lambda now_ms: Exchange(Request("POST", "/say", (FORM,), b"a=1"), response, now_ms, 5)

    learned = learn(recording(session(*map(said, texts))))
    hole = variant(learned.model, "POST /say").holes["hole_1"]
    assert hole.hole_class == "unexplained"
