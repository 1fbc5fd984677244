"""Hoverfly's simulations: which pairs stand for an exchange, in every version of their schema."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._hoverfly import looks_like, read
from wraith.interchange._source import Source

HERE = Path("simulation.json")
ANSWER: dict[str, JsonValue] = {
    "status": 200,
    "body": "ok",
    "encodedBody": False,
    "headers": {"A": ["1", "2"]},
}


def exact(value: JsonValue) -> list[JsonValue]:
    return [{"matcher": "exact", "value": value}]


ASKED: dict[str, JsonValue] = {
    "method": exact("GET"),
    "scheme": exact("https"),
    "destination": exact("api.example"),
    "path": exact("/things"),
}


def simulation(*pairs: JsonValue, version: str = "v5.2") -> Source:
    document = {"data": {"pairs": list(pairs)}, "meta": {"schemaVersion": version}}
    return Source(HERE, json.dumps(document).encode())


def pair(request: dict[str, JsonValue] | None = None, **answer: JsonValue) -> dict[str, JsonValue]:
    return {"request": {**ASKED, **(request or {})}, "response": {**ANSWER, **answer}}


def one(found: JsonValue) -> Item:
    (item,) = read(simulation(found))
    return item


def entry(found: JsonValue) -> Entry:
    item = one(found)
    assert isinstance(item, Entry), item
    return item


def test_a_captured_pair_is_an_exchange() -> None:
    """What the capture mode writes has one request and one answer."""
    captured = pair(
        {
            "method": exact("POST"),
            "query": {"dry": exact("1")},
            "headers": {"Accept": exact("*/*")},
            "body": [{"matcher": "json", "value": '{"a":1}'}],
        },
        fixedDelay=40,
    )
    assert entry(captured) == Entry(
        where="data.pairs[0]",
        method="POST",
        url="https://api.example/things?dry=1",
        request_headers=(("Accept", "*/*"),),
        request_body=b'{"a":1}',
        status=200,
        response_headers=(("A", "1"), ("A", "2")),
        response_body=b"ok",
        duration_ms=40,
    )


V1 = {
    "requestType": "recording",
    "method": "GET",
    "scheme": "http",
    "destination": "api.example",
    "path": "/a",
    "query": "b=1&b=2",
    "body": "",
    "headers": {"Accept": ["x"]},
}
V2 = {
    **{
        name: {"exactMatch": V1[name]}
        for name in ("method", "scheme", "destination", "path", "query", "body")
    },
    "headers": {"Accept": ["x"]},
}
V4 = {
    **V2,
    "query": {},
    "queriesWithMatchers": {"b": [{"exactMatch": "1"}]},
    "headers": {},
    "headersWithMatchers": {"Accept": [{"exactMatch": "x"}]},
}
V5 = {
    **{name: exact(V1[name]) for name in ("method", "scheme", "destination", "path", "body")},
    "query": {"b": [{"matcher": "array", "value": ["1", "2"]}]},
    "headers": {"Accept": exact("x")},
}


@pytest.mark.parametrize(
    ("version", "request_", "query"),
    [
        ("v1", V1, "b=1&b=2"),
        ("v2", V2, "b=1&b=2"),
        ("v3", V2, "b=1&b=2"),
        ("v4", V4, "b=1"),
        ("v5", V5, "b=1&b=2"),
    ],
    ids=["v1", "v2", "v3", "v4", "v5"],
)
def test_every_version_of_the_schema_is_read(version: str, request_: JsonValue, query: str) -> None:
    """The same request in the words of each version is the same entry."""
    (found,) = read(simulation({"request": request_, "response": ANSWER}, version=version))
    assert isinstance(found, Entry), found
    assert (found.method, found.url) == ("GET", f"http://api.example/a?{query}")
    assert found.request_headers == (("Accept", "x"),)


@pytest.mark.parametrize(
    ("matchers", "body"),
    [
        (exact("plain"), b"plain"),
        ([{"matcher": "JSON", "value": "{}"}], b"{}"),
        ([{"matcher": "xml", "value": "<a/>"}], b"<a/>"),
        ([{"matcher": "form", "value": {"a": exact("1 2"), "b": exact("3")}}], b"a=1+2&b=3"),
        ([{"matcher": "glob", "value": "*"}, {"matcher": "exact", "value": "x"}], b"x"),
        ([], b""),
        (None, b""),
    ],
    ids=str,
)
def test_bodies_that_leave_no_choice_are_the_request(matchers: JsonValue, body: bytes) -> None:
    """A body matched as one document is that document."""
    assert entry(pair({"body": matchers})).request_body == body


def test_a_pair_without_a_destination_has_a_path_only() -> None:
    """Where the simulation names no host, the address begins with its path."""
    assert entry(pair({"destination": None, "scheme": None})).url == "/things"


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(
            pair({"path": [{"matcher": "glob", "value": "/a/*"}]}), "the path is a pattern (glob)", id="path"
        ),
        pytest.param(pair({"path": None}), "it accepts any path", id="no path"),
        pytest.param(pair({"method": []}), "it accepts any method", id="no method"),
        pytest.param(
            pair({"destination": [{"matcher": "regex", "value": "."}]}),
            "the destination is a pattern (regex)",
            id="host",
        ),
        pytest.param(
            pair({"query": {"q": [{"matcher": "glob", "value": "*"}]}}),
            "the query parameter q is a pattern",
            id="query",
        ),
        pytest.param(
            pair({"query": {"globMatch": "*"}}), "the query is a pattern (globMatch)", id="whole query"
        ),
        pytest.param(
            pair({"body": [{"matcher": "jsonpath", "value": "$"}]}),
            "the body is a pattern (jsonpath)",
            id="body",
        ),
        pytest.param(
            pair({"body": [{"matcher": "form", "value": {"a": [{"matcher": "glob", "value": "*"}]}}]}),
            "a field of the form is a pattern",
            id="form",
        ),
        pytest.param(
            pair({"path": [{"value": "/a"}]}), "the path is matched in no way that is known", id="no matcher"
        ),
        pytest.param(pair({"requestType": "template"}), "its request is a template", id="template of v1"),
        pytest.param(pair(templated=True, body="{{ now }}"), "its answer is a template", id="templated"),
        pytest.param(pair(status=None), "there is no status", id="no status"),
        pytest.param({"request": ASKED}, "there is no response", id="no response"),
        pytest.param({"response": ANSWER}, "there is no request", id="no request"),
        pytest.param(
            pair(bodyFile="../x"), "its body is in the file ../x, outside of the folder for bodies", id="file"
        ),
    ],
)
def test_pairs_that_leave_a_choice_are_left_out(found: JsonValue, told: str) -> None:
    """A pair that accepts many requests, or makes its answer, is no exchange."""
    assert one(found) == LeftOut("data.pairs[0]", told)


def test_a_header_that_is_a_pattern_does_not_count() -> None:
    """A header matched by a pattern is left out of the request, and that is told."""
    found = entry(pair({"headers": {"Accept": [{"matcher": "glob", "value": "*json"}]}}))
    assert found.request_headers == ()
    assert found.mended == ("the header Accept of the request is a pattern, and is left out of it",)


@pytest.mark.parametrize(
    ("answer", "body", "mended"),
    [
        ({"body": base64.b64encode(b"\0\1").decode(), "encodedBody": True}, b"\0\1", 0),
        ({"body": "", "encodedBody": True}, b"", 0),
        ({"body": "{text}", "encodedBody": True}, b"{text}", 1),
        ({"body": {"a": 1}}, b'{"a":1}', 1),
        ({"body": None}, b"", 0),
        ({"body": "{{ now }}"}, b"{{ now }}", 0),
        ({"body": "plain", "templated": True}, b"plain", 0),
    ],
    ids=str,
)
def test_bodies_of_answers(answer: dict[str, JsonValue], body: bytes, mended: int) -> None:
    """A body is text, or base64 where ``encodedBody`` says so; what is put right is told."""
    found = entry(pair(**answer))
    assert found.response_body == body
    assert len(found.mended) == mended


def test_a_body_may_stand_in_a_file_beside_the_simulation(tmp_path: Path) -> None:
    """``bodyFile`` is looked for beside the simulation."""
    (tmp_path / "body.json").write_bytes(b"{}")
    source = simulation(pair(bodyFile="body.json"))
    (found,) = read(Source(tmp_path / "simulation.json", source.data))
    assert isinstance(found, Entry)
    assert found.response_body == b"{}"


@given(st.permutations(range(1, 6)))
def test_repeated_requests_are_in_the_order_of_their_sequence(order: list[int]) -> None:
    """The state of a sequence orders its pairs, in the places that they hold among the others."""
    pairs: list[JsonValue] = [pair({"requiresState": {"sequence:1": str(n)}}, status=200 + n) for n in order]
    pairs.insert(2, pair(status=404))
    found = [item.status for item in read(simulation(*pairs)) if isinstance(item, Entry)]
    assert found == [201, 202, 404, 203, 204, 205]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{}", "meta.schemaVersion is missing"),
        (b'{"data": {"pairs": []}, "meta": {"schemaVersion": "v6"}}', "schema 'v6', and v1 to v5 are known"),
        (b'{"data": {"pairs": {}}, "meta": {"schemaVersion": "v5"}}', "data.pairs is no list"),
        (b"[", "is not JSON"),
    ],
    ids=str,
)
def test_a_file_of_another_kind_is_refused(data: bytes, told: str) -> None:
    """What is no simulation, or one of a version to come, says so."""
    with pytest.raises(InputError, match=told):
        list(read(Source(HERE, data)))


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        pytest.param(simulation().data, True, id="empty"),
        pytest.param(simulation(*[pair()] * 500).data, True, id="meta far behind"),
        pytest.param(b'{"pairs": []}', False, id="no version"),
        pytest.param(b'{"log": {}}', False, id="HAR"),
        pytest.param(b"pairs: []", False, id="YAML"),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_simulations_are_known_by_pairs_and_version(data: bytes, answer: bool) -> None:
    """Pairs and a schema version make a simulation."""
    assert looks_like(Source(HERE, data)) is answer
