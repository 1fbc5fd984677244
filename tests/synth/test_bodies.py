"""Bodies of other kinds than JSON and forms, and documents that are strange, are learned from like any."""

from __future__ import annotations

import pytest

from tests.synth.recordings import (
    Step,
    exchange,
    findings,
    model_of,
    recording,
    replayed,
    session,
    source,
    variant,
)
from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Request, Response, encode_json
from wraith.synth import learn
from wraith.wir import Cast, ref

MULTIPART = ("content-type", "multipart/form-data; boundary=X")


def _upload(name: str, title: str, content: bytes) -> Step:
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/png\r\n'
    body = (
        f'--X\r\nContent-Disposition: form-data; name="title"\r\n\r\n{title}\r\n--X\r\n{head}\r\n'.encode()
        + content
        + b"\r\n--X--\r\n"
    )
    answer: JsonValue = {"title": title, "name": name, "bytes": len(content)}
    response = Response(200, (("content-type", "application/json"),), encode_json(answer))
    return lambda now_ms: Exchange(Request("POST", "/upload", (MULTIPART,), body), response, now_ms, 5)


def test_parts_of_an_upload_are_echoed() -> None:
    """Fields, and what files are called and how large they are, are places like any other."""
    steps = [
        _upload("amber.png", "Some gem", b"\x89\x00" * 9),
        _upload("birch.png", "A tree", b"\xff\x01" * 23 + b"\x80"),
        _upload("cedar.png", "Another tree", b"\xfe" * 77),
    ]
    learned = variant(model_of(session(*steps)), "POST /upload")
    assert source(learned, "title") == ref("request.body.title")
    assert source(learned, "name") == ref("request.body.file.filename")
    assert source(learned, "bytes") == ref("request.body.file.size")


def _nested(levels: int, inner: JsonValue) -> JsonValue:
    for _ in range(levels):
        inner = [inner]
    return inner


@pytest.mark.parametrize("levels", [90, 150, 900])
def test_documents_nested_deeply_are_learned_and_checked(levels: int) -> None:
    """What goes deeper than is looked into is text, and still answered as it was."""
    deep = _nested(levels, "x")
    corpus = recording(
        session(
            exchange("GET", "/deep", answer=deep), exchange("POST", "/deep", json=deep, answer={"ok": True})
        )
    )
    assert findings(replayed(learn(corpus), corpus)) == []


TOP: dict[str, list[JsonValue]] = {
    "lists": [["a", "b"], ["a", "b"]],
    "texts": ["up", "up"],
    "numbers": [5, 5],
    "null": [None, None],
    "truths": [False, False],
}


@pytest.mark.parametrize("answers", TOP.values(), ids=TOP)
def test_answers_that_are_no_objects_are_learned(answers: list[JsonValue]) -> None:
    """JSON has lists and scalars at its top as well."""

    def step(answer: JsonValue) -> Step:
        response = Response(200, (("content-type", "application/json"),), encode_json(answer))
        return lambda now_ms: Exchange(Request("GET", "/top"), response, now_ms, 5)

    corpus = recording(session(*map(step, answers)))
    assert findings(replayed(learn(corpus), corpus)) == []


def test_a_number_that_is_sent_as_a_body_is_echoed() -> None:
    """A body that is a scalar is a place like any other."""
    steps = [exchange("POST", "/twice", json=n, answer={"given": str(n)}) for n in (31, 57, 89)]
    assert source(variant(model_of(session(*steps)), "POST /twice"), "given") == Cast(
        ref("request.body"), "string"
    )
