"""Stores: what clients put is what they get, byte by byte, whole or in part."""

from __future__ import annotations

from random import Random

from tests.synth.recordings import Recorded, Step, findings, model_of, recording, replayed, session, variant
from wraith.config import Diff
from wraith.conformance import check
from wraith.exchange import Exchange, Headers, Request, Response
from wraith.synth import learn
from wraith.synth._evidence.ranges import PART, PLACE
from wraith.wir import Make, Ref, ref

TEXT = ("content-type", "text/plain")


def step(method: str, target: str, sent: bytes, headers: Headers, response: Response) -> Step:
    return lambda now_ms: Exchange(Request(method, target, headers, sent), response, now_ms, 5)


def put(name: str, content: bytes, content_type: str) -> Step:
    return step("PUT", f"/files/{name}", content, (("content-type", content_type),), Response(201))


def got(name: str, content: bytes, content_type: str) -> Step:
    answer = Response(200, (("content-type", content_type),), content)
    return step("GET", f"/files/{name}", b"", (), answer)


def refused(name: str) -> Step:
    answer = Response(404, (TEXT,), f"no such file: {name}".encode())
    return step("GET", f"/files/{name}", b"", (), answer)


def _content(random: Random) -> tuple[bytes, str]:
    kind = random.choice(["image/png", "text/plain", "application/json"])
    if kind == "image/png":
        return random.randbytes(random.randint(20, 60)), kind
    text = f"{random.random()}"
    return (f'{{"a": {text}}}' if kind == "application/json" else f"line {text}\n").encode(), kind


def _parts(random: Random, name: str) -> list[Step]:
    """Return a file with a part of it that is asked for, and one that there is not."""
    size = random.randint(30, 60)
    data = random.randbytes(size)
    start, end = random.randint(1, 9), random.randint(10, 20)
    wanted, part, place = random.choice(
        [
            (f"bytes={start}-{end}", data[start : end + 1], f"{start}-{end}"),
            (f"bytes={start}-", data[start:], f"{start}-{size - 1}"),
            (f"bytes=-{end}", data[-end:], f"{size - end}-{size - 1}"),
        ]
    )
    found = Response(206, (("content-type", "image/png"), ("content-range", f"bytes {place}/{size}")), part)
    nowhere = Response(416, (("content-range", f"bytes */{size}"),))
    return [
        put(name, data, "image/png"),
        step("GET", f"/files/{name}", b"", (("range", wanted),), found),
        step("GET", f"/files/{name}", b"", (("range", "bytes=90-"),), nowhere),
    ]


def _session(random: Random, *, parts: bool) -> list[Step]:
    steps: list[Step] = []
    names = [f"f{random.randint(100, 99999)}.bin" for _ in range(4)]
    for name in names:
        content = _content(random)
        steps += [put(name, *content), got(name, *content)]
    if parts:
        steps += _parts(random, f"part{random.randint(100, 99999)}")
    steps += [
        refused(f"n{random.randint(100, 99999)}"),
        step("DELETE", f"/files/{names[0]}", b"", (), Response(204)),
        refused(names[0]),
    ]
    return steps


def _corpus(seed: int, sessions: int, *, parts: bool = True) -> list[Recorded]:
    random = Random(seed)
    return recording(*[_session(random, parts=parts) for _ in range(sessions)])


def test_a_store_is_predicted_with_parts_of_its_files() -> None:
    """Files of any kind, ranges that there are and are not, files that are gone: none of them was seen."""
    learned = learn(_corpus(1, 4))
    assert findings(replayed(learned, _corpus(1, 4))) == []
    assert findings(check(learned.model, _corpus(99, 3), diff=Diff(compare_headers=("content-range",)))) == []


def test_what_is_put_is_kept_as_bytes_with_its_type() -> None:
    """The content comes from the request, because no answer to a write shows it."""
    model = learn(_corpus(1, 4, parts=False)).model
    [effect] = variant(model, "PUT /files/{file_id}", 201).effects
    assert isinstance(effect, Make)
    assert dict(effect.holes) == {
        "hole_1": ref("request.raw"),
        "hole_2": Ref(("request", "header", "content-type")),
    }
    read = variant(model, "GET /files/{file_id}")
    assert read.holes["hole_1"].source == ref("entity.content")
    assert dict(read.headers)["content-type"] == ref("entity.content_type")


def test_a_part_is_cut_from_what_is_kept() -> None:
    """206 and 416 follow from the header and the content, and say so in theirs."""
    model = learn(_corpus(1, 4)).model
    part = variant(model, "GET /files/{file_id}", 206)
    assert part.holes["hole_1"].source == PART
    assert dict(part.headers)["content-range"] == PLACE
    assert dict(variant(model, "GET /files/{file_id}", 416).headers)["content-range"] == PLACE


def test_one_content_that_comes_back_is_no_store() -> None:
    """A constant of the service may equal what one client sent."""
    same = [put("a1b2c3", b"ok", "text/plain"), got("a1b2c3", b"ok", "text/plain")]
    model = model_of(session(*same, *same), session(*same))
    assert variant(model, "GET /files/{file_id}").body_template == "ok"


def test_a_document_that_comes_back_in_other_bytes_is_kept_as_a_document() -> None:
    """A service that parses what it is given and writes it anew keeps no bytes."""

    def kept(name: str, number: int) -> list[Step]:
        sent = b'{ "a" : %d }' % number
        return [
            put(name, sent, "application/json"),
            got(name, b'{"a":%d}' % number, "application/json"),
        ]

    model = model_of(session(*kept("a1b2c3", 5), *kept("d4e5f6", 6)), session(*kept("g7h8i9", 7)))
    read = variant(model, "GET /files/{file_id}")
    assert read.holes["hole_1"].source == ref("entity.content")
    assert read.body_kind == "json"


def test_a_file_that_was_there_from_the_start_is_a_fixture() -> None:
    """What is read and was never written was there before the recording."""
    steps = _session(Random(3), parts=False)
    model = model_of(session(got("r3adm3", b"hello", "text/plain"), *steps))
    assert [each.key for each in model.fixtures["files"]] == ["r3adm3"]
    assert model.fixtures["files"][0].value == {"content": "aGVsbG8=", "content_type": "text/plain"}
