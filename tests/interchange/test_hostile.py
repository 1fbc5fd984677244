"""Readers of JSON against documents that nobody would write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.interchange import _hoverfly, _jsonl, _wiremock
from wraith.interchange._entry import Entry, LeftOut, Reader
from wraith.interchange._source import Source

_WORDS = """
method url urlPath status body headers request response matcher value path destination scheme query data host
port exactMatch equalTo equalToJson bodyPatterns queryParameters hasExactly cookies basicAuthCredentials
absent priority insertionIndex scenarioName requiredScenarioState newScenarioState transformers jsonBody
base64Body bodyFileName formParameters requiresState encodedBody templated fixedDelay form
fixedDelayMilliseconds session seq req_headers req_body resp_body resp_body_b64 recorded_at duration_ms
sequence:1
"""
NAMES = st.sampled_from(_WORDS.split())
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "GET", "/a", "exact", "glob", "2025-03-04", "{{", "\0", "é", "..", "Started", "1"])
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)
OBJECTS = st.dictionaries(NAMES, DOCUMENTS, max_size=8)
STUBS = st.fixed_dictionaries({"request": OBJECTS, "response": OBJECTS}, optional={"priority": DOCUMENTS})
ASKED: dict[str, JsonValue] = {"method": "GET", "url": "/a", "path": "/a"}


def mappings(stubs: list[dict[str, JsonValue]]) -> bytes:
    return json.dumps({"mappings": stubs}).encode()


def simulation(pairs: list[dict[str, JsonValue]]) -> bytes:
    return json.dumps({"data": {"pairs": pairs}, "meta": {"schemaVersion": "v5"}}).encode()


def lines(stubs: list[dict[str, JsonValue]]) -> bytes:
    return "\n".join(
        json.dumps({**ASKED, "status": 200, **_members(stub["request"])}) for stub in stubs
    ).encode()


def _members(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


@pytest.mark.parametrize(
    ("read", "written"),
    [(_wiremock.read, mappings), (_hoverfly.read, simulation), (_jsonl.read, lines)],
    ids=["wiremock", "hoverfly", "jsonl"],
)
@given(found=st.lists(STUBS, max_size=4), complete=st.booleans())
def test_any_document_is_entries_and_reasons(
    read: Reader,
    written: Callable[[list[dict[str, JsonValue]]], bytes],
    found: list[dict[str, JsonValue]],
    complete: bool,
) -> None:
    """Whatever the members hold, each item is an entry or is left out with a reason."""
    if complete:
        found = [
            {
                **stub,
                "request": {**_members(stub["request"]), **ASKED},
                "response": {**_members(stub["response"]), "status": 200},
            }
            for stub in found
        ]
    items = list(read(Source(Path("recording.json"), written(found))))
    assert len(items) == len(found)
    for item in items:
        assert isinstance(item, LeftOut) or (
            isinstance(item, Entry) and isinstance(item.request_body + item.response_body, bytes)
        )
        if isinstance(item, Entry):
            parts = [item.method, item.url, item.group, *item.mended]
            parts += [text for pair in item.request_headers + item.response_headers for text in pair]
            assert all(type(part) is str for part in parts)
            assert type(item.status) is int
            assert type(item.duration_ms) is int


@given(document=DOCUMENTS)
@pytest.mark.parametrize("reader", [_wiremock, _hoverfly], ids=["wiremock", "hoverfly"])
def test_any_json_is_read_or_refused(reader: object, document: JsonValue) -> None:
    """A document of any shape is read, or is an InputError."""
    source = Source(Path("recording.json"), json.dumps(document).encode())
    try:
        list(reader.read(source))  # type: ignore[attr-defined] # a module of a reader
    except InputError:
        return
