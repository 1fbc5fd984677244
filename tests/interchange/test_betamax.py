"""Betamax cassettes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wraith.errors import InputError
from wraith.interchange import _betamax
from wraith.interchange._entry import Entry, LeftOut
from wraith.interchange._source import Source

CASSETTE = {
    "http_interactions": [
        {
            "request": {
                "body": {"encoding": "utf-8", "string": '{"a": "é"}'},
                "headers": {"Accept": "*/*", "Content-Type": ["application/json"]},
                "method": "POST",
                "uri": "https://a.test/b",
            },
            "response": {
                "body": {"encoding": "utf-8", "base64_string": "H4sIAA==", "string": ""},
                "headers": {"Content-Encoding": "gzip", "Link": ["c", "d"]},
                "status": {"code": 201, "message": "Created"},
                "url": "https://a.test/b",
            },
            "recorded_at": "2018-01-01T12:57:08",
        },
        {
            "request": {"body": "a=b", "headers": {}, "method": "PUT", "uri": "https://a.test/c"},
            "response": {
                "body": {"encoding": "ISO-8859-1", "string": "é"},
                "headers": {},
                "status_code": 200,
                "url": "https://a.test/c",
            },
        },
        {"request": {"method": "GET"}, "response": {}},
    ],
    "recorded_with": "betamax/0.9.0",
}

ENTRIES = [
    Entry(
        where="http_interactions[0]",
        method="POST",
        url="https://a.test/b",
        request_headers=(("Accept", "*/*"), ("Content-Type", "application/json")),
        request_body='{"a": "é"}'.encode(),
        status=201,
        response_headers=(("Content-Encoding", "gzip"), ("Link", "c"), ("Link", "d")),
        response_body=b"\x1f\x8b\x08\x00",
        started_at_ms=1514811428000,
    ),
    Entry(
        where="http_interactions[1]",
        method="PUT",
        url="https://a.test/c",
        request_body=b"a=b",
        status=200,
        response_body=b"\xe9",
    ),
    LeftOut("http_interactions[2]", "there is no URL"),
]


def source(text: str) -> Source:
    return Source(Path("a.json"), text.encode())


@pytest.mark.parametrize("indent", [None, 2])
def test_interactions_are_read_in_their_order(indent: int | None) -> None:
    """Bodies as text, as base64 and in their encoding; headers as texts and lists; times in UTC."""
    cassette = source(json.dumps(CASSETTE, indent=indent))
    assert _betamax.looks_like(cassette)
    assert list(_betamax.read(cassette)) == ENTRIES


LOOKS = {
    "named at the end": (
        '{"http_interactions": [' + " " * 100_000 + '], "recorded_with": "betamax/1"}',
        True,
    ),
    "named at the beginning": ('{"recorded_with": "betamax/1", "a": "' + "b" * 100_000 + '"}', True),
    "written by another": ('{"http_interactions": [], "recorded_with": "VCR 6.0.0"}', False),
    "YAML": ("recorded_with: betamax/1", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize(("text", "expected"), LOOKS.values(), ids=LOOKS)
def test_a_cassette_is_known_by_its_writer(text: str, expected: bool) -> None:
    """Betamax names itself in every file; its form is otherwise that of Ruby VCR."""
    assert _betamax.looks_like(source(text)) is expected


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', "[" * 1000])
def test_what_is_no_cassette_is_refused(text: str) -> None:
    """The error names the file."""
    with pytest.raises(InputError) as caught:
        list(_betamax.read(source(text)))
    assert (caught.value.where or "").startswith("a.json")
