"""VCR cassettes: every dialect, and every kind of damage that real ones have."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wraith.errors import InputError
from wraith.interchange import _betamax, _vcr
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._source import Source

Document: TypeAlias = dict[str, object]


def items(text: str | bytes, name: str = "a.yml") -> list[Item]:
    data = text.encode() if isinstance(text, str) else text
    return list(_vcr.read(Source(Path(name), data)))


def outcome(text: str | bytes, name: str = "a.yml") -> tuple[InputError | None, list[Item]]:
    try:
        return None, items(text, name)
    except InputError as error:
        return error, []


def entries(text: str | bytes, name: str = "a.yml") -> list[Entry]:
    found = items(text, name)
    assert [item for item in found if isinstance(item, LeftOut)] == []
    return [item for item in found if isinstance(item, Entry)]


RUBY = """\
---
http_interactions:
- request:
    method: post
    uri: https://a.test/b?c=1
    body:
      encoding: UTF-8
      string: d=é
    headers:
      Accept:
      - "*/*"
      X-On:
      - 'on'
  response:
    status:
      code: 201
      message: Created
    headers:
      Set-Cookie:
      - e=1
      - f=2
      Date:
      - Sat, 25 Jul 2015 14:42:08 GMT
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        H4sI/w==
    http_version:
  recorded_at: Sat, 25 Jul 2015 14:42:08 GMT
recorded_with: VCR 6.2.0
"""

VCRPY = """\
interactions:
- request:
    body: '{"a": "b
      c"}'
    headers:
      User-Agent: [python]
      X-Date:
      - !!binary |
        MjAyMg==
    method: PUT
    uri: https://a.test/b
  response:
    body: {string: !!binary "AP8="}
    headers:
      content-type: text/plain
    status: {code: 200, message: OK}
version: 1
"""

GO = """\
---
version: 2
interactions:
  - id: 0
    request:
      proto: HTTP/1.1
      proto_major: 1
      proto_minor: 1
      content_length: 3
      host: a.test
      body: b=c
      form:
        b:
          - c
      headers:
        Content-Type:
          - application/x-www-form-urlencoded
      url: https://a.test/d
      method: POST
    response:
      proto: HTTP/2.0
      uncompressed: true
      body: '{"e":1}'
      headers:
        Date:
          - Thu, 02 Mar 2023 16:24:02 GMT
      status: 200 OK
      code: 200
      duration: 1.2345678s
"""

RUBY_1 = """\
---
- !ruby/struct:VCR::HTTPInteraction
  request: !ruby/struct:VCR::Request
    method: :get
    uri: http://a.test:80/
    body:
    headers:
  response: !ruby/struct:VCR::Response
    status: !ruby/struct:VCR::ResponseStatus
      code: 404
      message: Not Found
    headers:
      content-length:
      - "3"
    body: |
      no
    http_version: "1.1"
"""

DIALECTS: dict[str, tuple[str, Entry]] = {
    "Ruby VCR": (
        RUBY,
        Entry(
            where="http_interactions[0], line 3",
            method="POST",
            url="https://a.test/b?c=1",
            request_headers=(("Accept", "*/*"), ("X-On", "on")),
            request_body="d=é".encode(),
            status=201,
            response_headers=(
                ("Set-Cookie", "e=1"),
                ("Set-Cookie", "f=2"),
                ("Date", "Sat, 25 Jul 2015 14:42:08 GMT"),
            ),
            response_body=b"\x1f\x8b\x08\xff",
            started_at_ms=1437835328000,
        ),
    ),
    "vcrpy": (
        VCRPY,
        Entry(
            where="interactions[0], line 2",
            method="PUT",
            url="https://a.test/b",
            request_headers=(("User-Agent", "python"), ("X-Date", "2022")),
            request_body=b'{"a": "b c"}',
            status=200,
            response_headers=(("content-type", "text/plain"),),
            response_body=b"\x00\xff",
        ),
    ),
    "go-vcr": (
        GO,
        Entry(
            where="interactions[0], line 4",
            method="POST",
            url="https://a.test/d",
            request_headers=(("Content-Type", "application/x-www-form-urlencoded"),),
            request_body=b"b=c",
            status=200,
            response_headers=(("Date", "Thu, 02 Mar 2023 16:24:02 GMT"),),
            response_body=b'{"e":1}',
            duration_ms=1234,
        ),
    ),
    "Ruby VCR 1": (
        RUBY_1,
        Entry(
            where="[0], line 2",
            method="GET",
            url="http://a.test:80/",
            status=404,
            response_headers=(("content-length", "3"),),
            response_body=b"no\n",
        ),
    ),
}


@pytest.mark.parametrize(("text", "expected"), DIALECTS.values(), ids=DIALECTS)
def test_each_dialect_says_the_same(text: str, expected: Entry) -> None:
    """Nobody has to tell which tool wrote a cassette, and none of its exchanges are lost."""
    assert _vcr.looks_like(Source(Path("a"), text.encode()))
    assert entries(text) == [expected]


@pytest.mark.parametrize("text", [RUBY, VCRPY, GO], ids=["Ruby VCR", "vcrpy", "go-vcr"])
def test_a_cassette_that_is_cut_ends_before_it_or_is_refused(text: str) -> None:
    """Wherever a file ends, it is refused with its place, or says what an interaction is missing."""
    for end in range(len(text)):
        refused, found = outcome(text[:end])
        assert len(found) <= 1
        assert refused is None or (refused.where or "").startswith("a.yml")


def test_streams_that_python_pickled_are_their_bytes() -> None:
    """vcrpy writes files and iterators as objects; only their bytes are read."""
    stream = "!!python/object/new:_io.BytesIO\n      state: !!python/tuple [!!binary /wA=, 0, null]\n"
    text = f"interactions:\n- request:\n    method: PUT\n    uri: https://a.test/\n    body: {stream}"
    (entry,) = entries(
        text + "  response:\n    status: {code: 200}\n    body:\n    - !!binary YQ==\n    - !!binary Yg==\n"
    )
    assert (entry.request_body, entry.response_body) == (b"\xff\x00", b"ab")


REQUEST: Document = {"method": "GET", "uri": "https://a.test/"}
RESPONSE: Document = {"status": {"code": 200}}


def test_what_is_left_out_does_not_spoil_the_others() -> None:
    """An interaction that cannot be understood is told in its place."""
    whole = {"request": REQUEST, "response": RESPONSE}
    found = items(yaml.safe_dump({"interactions": [whole, {"request": REQUEST}, whole]}))
    assert [type(item) for item in found] == [Entry, LeftOut, Entry]
    assert found[1] == LeftOut("interactions[1], line 9", "there is no response")


def test_what_reading_put_right_is_told_with_the_entry() -> None:
    """A key that repeats, and binary that is not: the notes name their lines."""
    text = VCRPY.replace("MjAyMg==", "not base64").replace("method: PUT", "method: GET\n    method: PUT")
    (entry,) = entries(text)
    assert entry.request_headers[1] == ("X-Date", "not base64\n")
    assert entry.mended == (
        "line 8 says binary and is not base64; it is taken as text",
        "line 11 names 'method' again, and the last value holds",
    )


def test_a_file_of_json_with_bare_placeholders_is_read() -> None:
    """A filter that runs over the file itself leaves them behind; the first entry tells of it."""
    text = (
        '{"http_interactions": ['
        + ", ".join(
            [json.dumps({"request": REQUEST, "response": {"status": {"code": 200}, "body": {"string": 12}}})]
            * 2
        ).replace("12", "<ID>2")
        + "]}"
    )
    first, second = entries(text, "a.json")
    assert (first.response_body, second.response_body) == (b"<ID>2", b"<ID>2")
    assert first.mended == ("the file held placeholders without quotes; they are read as text",)
    assert second.mended == ()


NO_CASSETTES: dict[str, tuple[str, str, str]] = {
    "nothing": ("", "a.yml", "holds no interactions"),
    "text": ("a", "a.yml", "holds no interactions"),
    "another document": ("a: b", "a.yml", "holds no interactions"),
    "another document of JSON": ('{"a": 1}', "a.json", "holds no interactions"),
    "a list of JSON": ("[1]", "a.json", "holds no interactions"),
    "broken JSON": ('{"interactions": [}', "a.json", "is not JSON"),
    "an object of Python": ("interactions:\n- !!python/object:a.B {}\n", "a.yml", "!!python/object:a.B"),
}


@pytest.mark.parametrize(("text", "name", "message"), NO_CASSETTES.values(), ids=NO_CASSETTES)
def test_a_file_that_is_no_cassette_is_refused(text: str, name: str, message: str) -> None:
    """The error names the file and says what is wrong with it."""
    with pytest.raises(InputError, match=message) as caught:
        items(text, name)
    assert (caught.value.where or "").startswith(name)


@pytest.mark.parametrize("text", ["interactions: []", "interactions:", '{"interactions": []}'])
def test_a_cassette_may_hold_nothing(text: str) -> None:
    """An empty cassette is a cassette."""
    assert items(text) == []


def test_json_is_yaml_where_the_file_says_so() -> None:
    """A file that is named as YAML is read as that, in whatever style it is written."""
    text = json.dumps({"interactions": [{"request": REQUEST, "response": RESPONSE}]})
    assert entries(text, "a.yaml")[0].where == "interactions[0], line 1"
    assert entries(text, "a.json")[0].where == "interactions[0]"


LOOKS: dict[str, tuple[str, bool]] = {
    "YAML": ("---\nhttp_interactions:\n- request:", True),
    "YAML with a version first": ("version: 2\ninteractions:\n    - id: 0", True),
    "quoted": ('"interactions": []', True),
    "JSON": ('{"interactions": [', True),
    "JSON with spaces": ('\n {\n "http_interactions" :\n [', True),
    "with a byte order mark": ("\ufeffinteractions:\n", True),
    "Betamax": ('{"http_interactions": [], "recorded_with": "betamax/0.9"}', False),
    "interactions within": ("a:\n  interactions:\n", False),
    "another document": ('{"log": {"entries": []}}', False),
    "a body about cassettes": ('{"text": "{\\"interactions\\": 1}"}', False),
    "nothing": ("", False),
}


@pytest.mark.parametrize(("text", "expected"), LOOKS.values(), ids=LOOKS)
def test_a_cassette_is_known_by_its_interactions(text: str, expected: bool) -> None:
    """The name of the file plays no part."""
    assert _vcr.looks_like(Source(Path("a"), text.encode())) is expected


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
WORDS = st.text("abcXYZ-", min_size=1, max_size=8).filter(lambda name: name.strip("-") != "")
HEADER = st.tuples(WORDS, st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8))
BYTES = st.binary(max_size=30) | TEXT.map(str.encode)

EXCHANGES = st.lists(
    st.builds(
        Entry,
        where=st.just(""),
        method=st.sampled_from(["GET", "POST", "PATCH", "M-SEARCH"]),
        url=st.sampled_from(["https://a.test/", "http://a.test:8080/b?c=%20d", "https://a.test/yes?on=1"]),
        request_headers=st.lists(HEADER, max_size=3, unique_by=lambda pair: pair[0]).map(tuple),
        request_body=BYTES,
        status=st.integers(100, 599),
        response_headers=st.lists(HEADER, max_size=3, unique_by=lambda pair: pair[0]).map(tuple),
        response_body=BYTES,
    ),
    max_size=4,
)  # fmt: skip


def is_text(body: bytes) -> bool:
    try:
        return body.decode().isprintable()
    except UnicodeDecodeError:
        return False


def text_or_bytes(body: bytes) -> object:
    return body.decode() if is_text(body) else body


def enveloped(body: bytes) -> Document:
    if is_text(body):
        return {"encoding": "UTF-8", "string": body.decode()}
    return {"encoding": "ASCII-8BIT", "base64_string": base64.encodebytes(body).decode()}


def as_vcrpy(entry: Entry) -> Document:
    return {
        "request": {
            "method": entry.method,
            "uri": entry.url,
            "headers": {name: [value] for name, value in entry.request_headers},
            "body": text_or_bytes(entry.request_body) or None,
        },
        "response": {
            "status": {"code": entry.status, "message": "x"},
            "headers": {name: [value] for name, value in entry.response_headers},
            "body": {"string": text_or_bytes(entry.response_body)},
        },
    }


def as_ruby(entry: Entry) -> Document:
    return {
        "request": {
            "method": entry.method.lower(),
            "uri": entry.url,
            "headers": {name: [value] for name, value in entry.request_headers},
            "body": enveloped(entry.request_body),
        },
        "response": {
            "status": {"code": entry.status, "message": ""},
            "headers": {name: [value] for name, value in entry.response_headers},
            "body": enveloped(entry.response_body),
            "http_version": None,
        },
        "recorded_at": None,
    }


def as_go(entry: Entry) -> Document:
    return {
        "id": 0,
        "request": {
            "method": entry.method,
            "url": entry.url,
            "headers": {name: [value] for name, value in entry.request_headers},
            "body": text_or_bytes(entry.request_body) or "",
            "form": {},
        },
        "response": {
            "code": entry.status,
            "status": f"{entry.status} x",
            "headers": {name: [value] for name, value in entry.response_headers},
            "body": text_or_bytes(entry.response_body) or "",
            "duration": "0s",
        },
    }


def in_yaml(document: Document) -> bytes:
    return yaml.safe_dump(document, encoding="utf-8", allow_unicode=True, sort_keys=False)


WRITERS: dict[str, Callable[[list[Entry]], tuple[str, bytes]]] = {
    "vcrpy": lambda all_: ("a.yaml", in_yaml({"interactions": [*map(as_vcrpy, all_)], "version": 1})),
    "Ruby VCR": lambda all_: ("a.yml", in_yaml({"http_interactions": [*map(as_ruby, all_)]})),
    "Ruby VCR in JSON": lambda all_: (
        "a.json",
        json.dumps({"http_interactions": [*map(as_ruby, all_)], "recorded_with": "VCR 6"}).encode(),
    ),
    "go-vcr": lambda all_: ("a.yaml", in_yaml({"version": 2, "interactions": [*map(as_go, all_)]})),
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
@given(exchanges=EXCHANGES)
def test_what_a_dialect_writes_is_read_back(
    writer: Callable[[list[Entry]], tuple[str, bytes]], exchanges: list[Entry]
) -> None:
    """Exchanges come out of every dialect as they went in."""
    name, data = writer(exchanges)
    expected = [
        (e.method, e.url, e.request_headers, e.request_body, e.status, e.response_headers, e.response_body)
        for e in exchanges
    ]
    found = [
        (e.method, e.url, e.request_headers, e.request_body, e.status, e.response_headers, e.response_body)
        for e in entries(data, name)
    ]
    assert found == expected


WRITTEN = ["200 OK", "GET", "https://a.test/", "http://[", "1s", "2015-07-25", "99 Jul 2015", "<A>"]
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | NUMBERS | TEXT | st.sampled_from(WRITTEN)
PARTS = "request response status code method uri url body headers form content parsed_body duration"
NAMES = st.sampled_from(f"{PARTS} string base64_string encoding content-type recorded_at".split(" "))
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5)
)
MESSAGES = st.dictionaries(NAMES, ANYTHING, max_size=6)
INTERACTIONS = ANYTHING | st.fixed_dictionaries(
    {"request": MESSAGES | ANYTHING, "response": MESSAGES | ANYTHING}, optional={"recorded_at": ANYTHING}
)


@given(st.lists(INTERACTIONS, max_size=3))
def test_whatever_an_interaction_holds_it_is_read_or_left_out(interactions: list[object]) -> None:
    """No shape of an interaction breaks the import of the others; YAML and JSON read it alike."""
    from_json = items(json.dumps({"interactions": interactions}), "a.json")
    from_yaml = items(yaml.safe_dump({"interactions": interactions}), "a.yaml")
    assert len(from_json) == len(from_yaml) == len(interactions)
    assert [type(item) for item in from_json] == [type(item) for item in from_yaml]


@given(st.text('{}[]":,<>\\ab1 \n', max_size=60) | st.binary(max_size=60))
def test_whatever_a_file_holds_it_is_read_or_refused(noise: str | bytes) -> None:
    """There is one error for what cannot be read, and asking what a file is never raises."""
    data = noise if isinstance(noise, bytes) else noise.encode()
    begun = [("a.json", b""), ("a.json", b'{"interactions": ['), ("a.yml", b"interactions:\n")]
    for name, before in begun:
        source = Source(Path(name), before + data)
        assert not (_vcr.looks_like(source) and _betamax.looks_like(source))
        refused, _ = outcome(source.data, name)
        assert refused is None or (refused.where or "").startswith(name)
