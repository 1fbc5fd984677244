"""Recordings as HAR, and back: nothing is lost that HAR can hold."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Request, Response, Truncated
from wraith.interchange._assemble import Assembled, Assembler
from wraith.interchange._entry import Entry
from wraith.interchange._har import read
from wraith.interchange._har_writer import har_entry
from wraith.interchange._source import Source

BASE = "https://api.example.com/v1"
LEFT = Truncated("sha256:" + "0a" * 32, 12_345)


def there_and_back(exchange: Exchange) -> Exchange:
    """The exchange after it was written as HAR and read again."""
    document = {"log": {"entries": [har_entry(exchange, BASE, "s")]}}
    (entry,) = read(Source(Path("a.har"), json.dumps(document).encode()))
    assert isinstance(entry, Entry)
    assert entry.mended == ()
    found = Assembler(10_000).assemble(entry)
    assert isinstance(found, Assembled)
    assert found.host == "api.example.com"
    request = found.exchange.request
    target = request.target.removeprefix("/v1")
    return Exchange(
        Request(request.method, target, request.headers, request.body, request.truncated),
        found.exchange.response,
        found.exchange.started_at_ms,
        found.exchange.duration_ms,
    )


def recorded(request: Request, response: Response) -> Exchange:
    return Exchange(request, response, 1_700_000_000_123, 45)


HOST = ("Host", "api.example.com")


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        pytest.param(Request("GET", "/a?b=%20c&b=", (HOST,)), Response(204), id="empty"),
        pytest.param(
            Request("POST", "/a", (HOST, ("Cookie", "a=1"), ("X", "1"), ("x", "2")), b'{"a": 1}'),
            Response(201, (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"{}"),
            id="headers-twice",
        ),
        pytest.param(
            Request("PUT", "/a", (HOST,), b"\xff\0"),
            Response(200, (("Content-Type", "image/png"),), b"\x89PNG\0"),
            id="bytes",
        ),
        pytest.param(
            Request("PUT", "/a", (HOST, ("Content-Type", "text/plain; charset=latin1")), b"\xe9"),
            Response(200, (("Content-Type", "text/html; charset=iso-8859-1"),), b"\xc3\xa9"),
            id="charset",
        ),
        pytest.param(
            Request("PUT", "/a", (HOST, ("Content-Type", "application/json")), b"\xd7m\xf8"),
            Response(200, (("Content-Type", "application/json"),), b"\xd7m\xf8"),
            id="base64-that-is-json",
        ),
        pytest.param(
            Request("PUT", "/a", (HOST, ("Content-Encoding", "gzip")), gzip.compress(b"{}", mtime=0)),
            Response(200, (("Content-Encoding", "gzip"),), gzip.compress(b"{}", mtime=0)[:15]),
            id="codings-that-were-kept",
        ),
        pytest.param(
            Request("PUT", "/a", (HOST, ("Content-Encoding", "gzip")), b"\x1f\x8b[1]"),
            Response(200, (("Content-Encoding", "compress"),), b'["1f8b"]'),
            id="a-list-that-looks-like-chunks",
        ),
        pytest.param(
            Request("PUT", "/a", (HOST, ("Content-Length", "12345")), b"", LEFT),
            Response(200, (("Content-Length", "12345"), ("Content-Type", "text/csv")), b"", LEFT),
            id="too-long",
        ),
        pytest.param(
            Request("GET", "/a", (HOST, ("X", "\xe9\xff"))), Response(599, (("Y", ""),), b"x"), id="latin-1"
        ),
    ],
)
def test_exchanges_survive(request_: Request, response: Response) -> None:
    """What recordings hold comes back from HAR as it was."""
    exchange = recorded(request_, response)
    assert there_and_back(exchange) == exchange


TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=6)
NAMES = st.sampled_from(
    ["Content-Type", "Content-Encoding", "Content-Length", "Cookie", "Location", "X-A", "x-a"]
)
TYPES = st.sampled_from(
    [
        "application/json",
        "text/plain; charset=iso-8859-1",
        "text/html; charset=windows-1252",
        "x-www-form-urlencoded",
        "gzip",
    ]
)
HEADERS = st.lists(st.tuples(NAMES, TYPES | TEXT), max_size=5).map(tuple)
BODIES = (
    st.binary(max_size=12)
    | st.text(max_size=8).map(str.encode)
    | st.sampled_from([b"true", b"1234", b'["1f"]'])
)


@given(
    st.builds(
        Entry,
        where=st.just("entries[0]"),
        method=st.sampled_from(["GET", "POST", "OPTIONS", "M-SEARCH"]),
        url=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=9).map(
            lambda rest: "https://api.example.com/v1/" + rest.replace("#", "")
        ),
        request_headers=HEADERS,
        request_body=BODIES,
        status=st.integers(200, 599),
        response_headers=HEADERS,
        response_body=BODIES,
        started_at_ms=st.integers(0, 10**13),
        duration_ms=st.integers(0, 10**6),
    )
)
def test_har_loses_nothing_of_what_recordings_hold(entry: Entry) -> None:
    """Law: recordings, written as HAR and imported, are what they were."""
    found = Assembler(10_000).assemble(entry)
    assert isinstance(found, Assembled)
    assert there_and_back(found.exchange) == found.exchange


def test_bytes_in_a_target_are_escaped() -> None:
    """An address holds no raw bytes: those of a target are escaped, and no others."""
    exchange = recorded(Request("GET", "/caf\xe9%2F?a=[b]", (HOST,)), Response(200))
    assert there_and_back(exchange).request.target == "/caf%E9%2F?a=[b]"


def test_an_entry_has_what_the_specification_demands() -> None:
    """Every member that HAR 1.2 demands is there, and sizes are those of the bodies."""
    request = Request("POST", "/a?b=c%20d", (HOST, ("Content-Type", "application/json")), b"{}")
    entry = har_entry(recorded(request, Response(302, (("Location", "/b"),), b"\xe2\x82\xac")), BASE, "s")
    assert entry == {
        "pageref": "s",
        "startedDateTime": "2023-11-14T22:13:20.123Z",
        "time": 45,
        "request": {
            "method": "POST",
            "url": "https://api.example.com/v1/a?b=c%20d",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [
                {"name": "Host", "value": "api.example.com"},
                {"name": "Content-Type", "value": "application/json"},
            ],
            "queryString": [{"name": "b", "value": "c d"}],
            "headersSize": -1,
            "bodySize": 2,
            "postData": {"mimeType": "application/json", "params": [], "text": "{}"},
        },
        "response": {
            "status": 302,
            "statusText": "Found",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": "Location", "value": "/b"}],
            "content": {"size": 3, "mimeType": "", "text": "\u20ac"},
            "redirectURL": "/b",
            "headersSize": -1,
            "bodySize": 3,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 45, "receive": 0},
    }


def test_what_is_left_of_a_long_body_is_said_in_words() -> None:
    """People and other tools read a comment; wraith reads the member beside it."""
    entry = har_entry(recorded(Request("GET", "/a"), Response(200, (), b"", LEFT)), BASE, "s")
    assert isinstance(entry, dict)
    response: JsonValue = entry["response"]
    assert isinstance(response, dict)
    content = response["content"]
    assert isinstance(content, dict)
    assert "text" not in content
    assert content["size"] == 12_345
    assert content["comment"] == f"a body of 12345 bytes, too long to be recorded: {LEFT.sha256}"
