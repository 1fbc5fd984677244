"""WireMock's stubs: which of them stand for an exchange, which for many, and in which order."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.interchange import import_files
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._source import Source
from wraith.interchange._wiremock import looks_like, read
from wraith.interchange._wiremock_folder import from_folder, source_of
from wraith.workspace import Project

HERE = Path("mappings.json")
SAMPLES = Path(__file__).parent / "samples"
ASKED: dict[str, JsonValue] = {"method": "GET", "url": "/things"}
JSON = "application/json"


def stub(
    request: dict[str, JsonValue] | None = None, response: JsonValue = None, **members: JsonValue
) -> dict[str, JsonValue]:
    return {"request": {**ASKED, **(request or {})}, "response": response or {"status": 200}, **members}


def items(*stubs: JsonValue, path: Path = HERE) -> list[Item]:
    return list(read(Source(path, json.dumps({"mappings": list(stubs)}).encode())))


def entry(found: dict[str, JsonValue], path: Path = HERE) -> Entry:
    (item,) = items(found, path=path)
    assert isinstance(item, Entry), item
    return item


def reason(found: dict[str, JsonValue]) -> str:
    (item,) = items(found)
    assert isinstance(item, LeftOut), item
    return item.reason


def test_a_recorded_stub_is_an_exchange() -> None:
    """What WireMock's recorder writes has one request and one answer."""
    recorded = stub(
        {
            "method": "POST",
            "url": "/v1/things?dry=1",
            "headers": {"Content-Type": {"equalTo": JSON}},
            "bodyPatterns": [{"equalToJson": '{"a":1}', "ignoreArrayOrder": True}],
        },
        {
            "status": 201,
            "headers": {"Set-Cookie": ["a=1", "b=2"]},
            "body": "made",
            "fixedDelayMilliseconds": 40,
        },
        name="things-make",
    )
    assert entry(recorded) == Entry(
        where="mappings[0] (things-make)",
        method="POST",
        url="/v1/things?dry=1",
        request_headers=(("Content-Type", JSON),),
        request_body=b'{"a":1}',
        status=201,
        response_headers=(("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        response_body=b"made",
        duration_ms=40,
    )


@pytest.mark.parametrize(
    ("request_", "url", "headers", "body"),
    [
        pytest.param({"url": None, "urlPath": "/a b"}, "/a b", (), b"", id="path"),
        pytest.param(
            {
                "queryParameters": {
                    "q": {"equalTo": "a b"},
                    "n": {"hasExactly": [{"equalTo": "1"}, {"equalTo": "2"}]},
                }
            },
            "/things?q=a%20b&n=1&n=2",
            (),
            b"",
            id="query",
        ),
        pytest.param({"queryParameters": {"q": {"absent": True}}}, "/things", (), b"", id="absent parameter"),
        pytest.param(
            {"host": {"equalTo": "api.example"}, "port": 8443, "scheme": "https"},
            "https://api.example:8443/things",
            (),
            b"",
            id="host",
        ),
        pytest.param(
            {"bodyPatterns": [{"equalToJson": {"a": 1}}]}, "/things", (), b'{"a":1}', id="JSON object"
        ),
        pytest.param({"bodyPatterns": [{"equalTo": "é"}]}, "/things", (), "é".encode(), id="text"),
        pytest.param({"bodyPatterns": [{"binaryEqualTo": "AAE="}]}, "/things", (), b"\0\1", id="bytes"),
        pytest.param(
            {"bodyPatterns": [{"matchesJsonPath": "$.a"}, {"equalToJson": "{}"}]},
            "/things",
            (),
            b"{}",
            id="one of two is a body",
        ),
        pytest.param(
            {"formParameters": {"a": {"equalTo": "1 2"}}},
            "/things",
            (("Content-Type", "application/x-www-form-urlencoded"),),
            b"a=1+2",
            id="form",
        ),
        pytest.param(
            {"basicAuthCredentials": {"username": "u", "password": "p"}},
            "/things",
            (("Authorization", "Basic dTpw"),),
            b"",
            id="basic authentication",
        ),
        pytest.param(
            {"cookies": {"a": {"equalTo": "1"}, "b": {"equalTo": "2"}}},
            "/things",
            (("Cookie", "a=1; b=2"),),
            b"",
            id="cookies",
        ),
    ],
)
def test_matchers_that_leave_no_choice_are_the_request(
    request_: dict[str, JsonValue], url: str, headers: object, body: bytes
) -> None:
    """Each way to ask for one value gives that value."""
    found = entry(stub(request_))
    assert (found.url, found.request_headers, found.request_body) == (url, headers, body)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(stub({"method": "ANY"}), "it accepts any method", id="any method"),
        pytest.param(stub({"urlPattern": "/a.*"}), "its URL is a pattern (urlPattern)", id="pattern"),
        pytest.param(
            stub({"urlPathTemplate": "/a/{b}"}), "its URL is a pattern (urlPathTemplate)", id="template"
        ),
        pytest.param(stub({"url": None}), "it names no URL", id="no address"),
        pytest.param(stub({"host": {"matches": ".*"}}), "its host is a pattern", id="host"),
        pytest.param(
            stub({"queryParameters": {"q": {"matches": "."}}}),
            "the query parameter q is a pattern",
            id="query",
        ),
        pytest.param(stub({"cookies": {"c": {"contains": "."}}}), "the cookie c is a pattern", id="cookie"),
        pytest.param(
            stub({"bodyPatterns": [{"contains": "a"}]}), "its body is a pattern (contains)", id="body"
        ),
        pytest.param(
            stub({"bodyPatterns": [{"equalToJson": '{"id": "${json-unit.any-string}"}'}]}),
            "its body is a pattern (with placeholders)",
            id="placeholder",
        ),
        pytest.param(
            stub({"multipartPatterns": [{}]}), "its request is matched by multipartPatterns", id="multipart"
        ),
        pytest.param(
            stub({"customMatcher": {"name": "m"}}), "its request is matched by customMatcher", id="custom"
        ),
        pytest.param(
            stub({}, {"body": "{{now}}", "transformers": ["response-template"]}),
            "its answer is a template",
            id="made",
        ),
        pytest.param(
            stub({}, {"body": "a", "transformers": ["mine"]}),
            "its answer is made by the transformer mine",
            id="maker",
        ),
        pytest.param(
            stub({}, {"bodyFileName": "{{request.path}}.json"}),
            "its answer is in a file whose name is a template",
            id="file by template",
        ),
        pytest.param(
            stub({}, {"bodyFileName": "none.json"}),
            "its body is in the file none.json, which cannot be read",
            id="no file",
        ),
        pytest.param(stub({}, {"fault": "EMPTY_RESPONSE"}), "its answer is a broken connection", id="fault"),
        pytest.param(
            stub({}, {"proxyBaseUrl": "https://api.example"}),
            "it passes the request on to another server",
            id="proxy",
        ),
        pytest.param(stub({}, {"status": "OK"}), "the status is not a number from 100 to 599", id="status"),
        pytest.param({"request": ASKED}, "there is no response", id="no response"),
        pytest.param({"response": {"status": 200}}, "there is no request", id="no request"),
    ],
)
def test_stubs_that_leave_a_choice_are_left_out(found: dict[str, JsonValue], told: str) -> None:
    """A stub that accepts many requests, or makes its answer, is no exchange."""
    assert reason(found) == told


def test_a_header_that_is_a_pattern_does_not_count() -> None:
    """A header matched by a pattern is left out of the request, and that is told."""
    found = entry(stub({"headers": {"Accept": {"contains": "json"}, "X-No": {"absent": True}}}))
    assert found.request_headers == ()
    assert found.mended == ("the header Accept of the request is a pattern, and is left out of it",)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ({"jsonBody": {"a": None}}, b'{"a":null}'),
        ({"jsonBody": None}, b"null"),
        ({"base64Body": base64.b64encode(b"\0\1").decode()}, b"\0\1"),
        ({"body": "{{not a template}}"}, b"{{not a template}}"),
        ({"body": "plain", "transformers": ["response-template"]}, b"plain"),
        ({}, b""),
    ],
    ids=str,
)
def test_bodies_in_their_spellings(answer: dict[str, JsonValue], body: bytes) -> None:
    """A body is text, a document or base64; without a status the answer is 200."""
    found = entry(stub({}, answer or {"headers": {}}))
    assert (found.status, found.response_body) == (200, body)


def test_bodies_in_files_stand_beside_the_mappings(tmp_path: Path) -> None:
    """``bodyFileName`` is looked for in ``__files`` beside the nearest folder that has it."""
    (tmp_path / "__files" / "a").mkdir(parents=True)
    (tmp_path / "__files" / "a" / "b.json").write_bytes(b"{}")
    found = stub({}, {"bodyFileName": "a/b.json"})
    assert entry(found, path=tmp_path / "mappings" / "deep" / "one.json").response_body == b"{}"


@pytest.mark.parametrize(
    "name", ["../secret", "a/../../secret", "/../secret", "a\0b", "a" * 5_000, "way-out", "."], ids=repr
)
def test_bodies_outside_of_the_folder_are_not_read(name: str, tmp_path: Path) -> None:
    """No name leads out of ``__files``: not by dots, not by links."""
    (tmp_path / "__files").mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "__files" / "way-out").symlink_to(tmp_path / "secret")
    (item,) = items(stub({}, {"bodyFileName": name}), path=tmp_path / "mappings.json")
    assert isinstance(item, LeftOut)


def test_scenarios_are_in_the_order_of_their_states() -> None:
    """A stub that needs a state stands behind the one that leads to it, whatever their order in the file."""
    states = ["Started", "two", "three"]
    stubs = [
        stub(
            {}, {"status": 200 + n}, scenarioName="s", requiredScenarioState=state, newScenarioState=following
        )
        for n, (state, following) in enumerate(zip(states, [*states[1:], None], strict=True))
    ]
    other = stub({"url": "/other"})
    found = items(stubs[2], other, stubs[0], stubs[1])
    assert [item.status for item in found if isinstance(item, Entry)] == [200, 200, 201, 202]
    assert [item.where for item in found] == ["mappings[2]", "mappings[1]", "mappings[3]", "mappings[0]"]


def test_stubs_are_in_the_order_in_which_they_were_added() -> None:
    """``insertionIndex`` orders what no scenario orders."""
    found = items(*(stub({"url": f"/{n}"}, insertionIndex=n) for n in (3, 1, 2)))
    assert [item.url for item in found if isinstance(item, Entry)] == ["/1", "/2", "/3"]


@pytest.mark.parametrize(
    ("first", "second", "answering"),
    [
        ({}, {}, "mappings[1]"),
        ({"priority": 1}, {}, "mappings[0]"),
        ({"priority": 9}, {"priority": 2}, "mappings[1]"),
        ({"insertionIndex": 8}, {"insertionIndex": 2}, "mappings[0]"),
    ],
    ids=str,
)
def test_of_two_stubs_for_one_request_the_one_that_answers_stays(
    first: dict[str, JsonValue], second: dict[str, JsonValue], answering: str
) -> None:
    """The lower priority answers, then the one that was added last; the other is left out, and says why."""
    found = items(stub(**first), stub({}, {"status": 404}, **second))
    (left,) = (item for item in found if isinstance(item, LeftOut))
    (kept,) = (item for item in found if isinstance(item, Entry))
    assert kept.where == answering
    assert left.reason == f"{answering} answers the same request, and goes before it"


@given(st.lists(st.integers(0, 5), unique=True), st.lists(st.sampled_from("abc"), max_size=6))
def test_no_stub_is_lost(indices: list[int], states: list[str]) -> None:
    """Every stub is an exchange, or is left out by name."""
    stubs = [stub({"url": f"/{n}"}, insertionIndex=n) for n in indices]
    stubs += [
        stub({}, scenarioName="s", requiredScenarioState=state, newScenarioState=state * 2)
        for state in states
    ]
    assert sorted(item.where for item in items(*stubs)) == sorted(f"mappings[{n}]" for n in range(len(stubs)))


def test_a_file_may_hold_one_stub() -> None:
    """A mapping without a list around it is read like one in a list."""
    (item,) = read(Source(HERE, json.dumps(stub()).encode()))
    assert item.where == "the mapping"


@pytest.mark.parametrize("data", [b"[]", b'{"a": 1}', b"{", b'"x"'], ids=str)
def test_a_file_of_another_kind_is_refused(data: bytes) -> None:
    """What holds no stub is no file of WireMock."""
    with pytest.raises(InputError):
        list(read(Source(HERE, data)))


def test_a_folder_is_read_as_one_file(tmp_path: Path) -> None:
    """The stubs of a folder, one to a file, are one session; bodies are found beside them."""
    (tmp_path / "mappings" / "deep").mkdir(parents=True)
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "b.txt").write_bytes(b"there")
    one = stub({"url": "/1"}, {"bodyFileName": "b.txt"}, insertionIndex=2)
    (tmp_path / "mappings" / "a.json").write_text(json.dumps(one))
    many = {"mappings": [stub({"url": "/2"}, insertionIndex=1), stub({"url": "/3"}, insertionIndex=3)]}
    (tmp_path / "mappings" / "deep" / "b.json").write_text(json.dumps(many))
    for folder in (tmp_path, tmp_path / "mappings"):
        source = from_folder(folder)
        assert source is not None
        assert looks_like(source)
        found = [item for item in read(source) if isinstance(item, Entry)]
        assert [(item.url, item.response_body) for item in found] == [
            ("/2", b""),
            ("/1", b"there"),
            ("/3", b""),
        ]


def test_a_folder_is_imported_as_one_session(tmp_path: Path) -> None:
    """The import takes a folder like a file; what it imported it knows again."""
    workspace = Project.find(tmp_path).twin("library")
    for added in (2, 0):
        found = import_files(
            workspace, [SAMPLES / "wiremock"], base_url="https://api.library.example", environ={}
        )
        assert (found.sessions, found.exchanges) == (added // 2, added)
        assert found.files[0].left_out == ()


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """A folder that WireMock did not write is no recording."""
    with pytest.raises(InputError, match="is a folder"):
        source_of(tmp_path)


def test_another_folder_is_none(tmp_path: Path) -> None:
    """A folder without ``mappings`` is no folder of WireMock."""
    assert from_folder(tmp_path) is None


@pytest.mark.parametrize(
    ("document", "answer"),
    [
        pytest.param({"mappings": [stub()]}, True, id="list"),
        pytest.param({"meta": {"total": 1}, "mappings": [stub()]}, True, id="list behind meta"),
        pytest.param(stub(), True, id="one"),
        pytest.param({"log": {"entries": []}}, False, id="HAR"),
        pytest.param({"http_interactions": []}, False, id="VCR"),
        pytest.param({"data": {"pairs": []}}, False, id="Hoverfly"),
        pytest.param([1], False, id="array"),
    ],
)
def test_mappings_are_known_by_their_members(document: JsonValue, answer: bool) -> None:
    """A list of ``mappings``, or one object with ``request`` and ``response``."""
    assert looks_like(Source(HERE, json.dumps(document).encode())) is answer


@given(st.binary(max_size=50))
def test_looking_never_raises(data: bytes) -> None:
    """Any bytes are mappings or not."""
    assert looks_like(Source(HERE, b"{" + data)) in (True, False)
