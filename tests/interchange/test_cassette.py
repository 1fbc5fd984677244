"""One interaction of a cassette: its parts in every spelling, and what is left out."""

from __future__ import annotations

from typing import cast

import pytest

from wraith.interchange._cassette import read_interaction
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._yaml_tags import YamlValue

FORM = "application/x-www-form-urlencoded"
ANEW = "the body of the {} was kept as a document; its bytes are written anew"


def one(interaction: object) -> Item:
    return read_interaction(cast(YamlValue, interaction), "interactions[0]")


def answered(response: object, **request: object) -> Item:
    return one({"request": {"method": "GET", "uri": "https://a.test/b", **request}, "response": response})


def test_a_document_may_stand_in_place_of_its_body() -> None:
    """Serializers that parse JSON for their readers leave no body, only the document."""
    entry = answered(
        {"status": {"code": 200}, "headers": {"content-type": "application/json"}, "parsed_body": "a"},
        headers={"content-type": "application/json"},
        parsed_body={},
    )
    assert isinstance(entry, Entry)
    assert (entry.request_body, entry.response_body) == (b"{}", b'"a"')
    assert entry.mended == (ANEW.format("request"), ANEW.format("response"))


def test_a_form_of_which_only_the_fields_were_kept_is_written_anew() -> None:
    """go-vcr keeps the fields of the query among them; those were no part of the body."""
    entry = answered(
        {"code": 200, "status": "200 OK", "body": ""},
        uri="https://a.test/?q=1",
        method="POST",
        body="",
        headers={"Content-Type": [FORM]},
        form={"q": ["1"], "a b": ["c", "d"]},
    )
    assert isinstance(entry, Entry)
    assert entry.request_body == b"a+b=c&a+b=d"
    assert entry.mended == (ANEW.format("request"),)


STATUSES: dict[str, dict[str, object]] = {
    "with a code": {"status": {"code": 204, "message": "No Content"}},
    "with a code as text": {"status": {"code": "204", "message": None}},
    "a line beside its code": {"status": "204 No Content", "code": 204},
    "a line alone": {"status": "204 No Content"},
    "a number": {"status": 204},
    "of httpx in early vcrpy": {"status_code": 204, "http_version": "HTTP/1.1", "content": ""},
}


@pytest.mark.parametrize("response", STATUSES.values(), ids=STATUSES)
def test_a_status_is_a_number_wherever_it_stands(response: dict[str, object]) -> None:
    """The dialects name it differently, and no two of them mean different things by one name."""
    entry = answered(response)
    assert isinstance(entry, Entry)
    assert entry.status == 204


def test_the_content_of_httpx_in_early_vcrpy_is_the_body() -> None:
    """It was written under that name until vcrpy 6."""
    entry = answered({"status_code": 200, "content": "a", "headers": {"a": "b"}})
    assert isinstance(entry, Entry)
    assert (entry.response_body, entry.response_headers) == (b"a", (("a", "b"),))


HEADERS: dict[str, tuple[object, tuple[tuple[str, str], ...]]] = {
    "none": (None, ()),
    "lists": ({"A": ["b", "c"]}, (("A", "b"), ("A", "c"))),
    "texts": ({"A": "b"}, (("A", "b"),)),
    "an empty list": ({"A": []}, ()),
    "null": ({"A": [None]}, ()),
    "pairs": ([["A", "b"], ["A", "c"]], (("A", "b"), ("A", "c"))),
    "names and values": ([{"name": "A", "value": "b"}], (("A", "b"),)),
    "objects of one": ([{"A": ["b"]}], (("A", "b"),)),
    "numbers and booleans": ({"A": [1, 1.5, True]}, (("A", "1"), ("A", "1.5"), ("A", "true"))),
}


@pytest.mark.parametrize(("headers", "expected"), HEADERS.values(), ids=HEADERS)
def test_headers_are_read_in_every_form(headers: object, expected: tuple[tuple[str, str], ...]) -> None:
    """Lists, texts and pairs mean the same headers, and their order is kept."""
    entry = answered({"status": {"code": 200}, "headers": headers}, headers=headers)
    assert isinstance(entry, Entry)
    assert (entry.request_headers, entry.response_headers) == (expected, expected)


REQUEST: dict[str, object] = {"method": "GET", "uri": "https://a.test/"}
RESPONSE: dict[str, object] = {"status": {"code": 200}}

INCOMPLETE: dict[str, tuple[object, str]] = {
    "no mapping": ("a", "there is no request"),
    "nothing": (None, "there is no request"),
    "no request": ({"response": RESPONSE}, "there is no request"),
    "no response": ({"request": REQUEST, "response": None}, "there is no response"),
    "no address": ({"request": {"method": "GET"}, "response": RESPONSE}, "there is no URL"),
    "an empty address": ({"request": {**REQUEST, "uri": " "}, "response": RESPONSE}, "there is no URL"),
    "an address that is none": (
        {"request": {**REQUEST, "uri": [1]}, "response": RESPONSE},
        "there is no URL",
    ),
    "a method that is none": (
        {"request": {**REQUEST, "method": "a b"}, "response": RESPONSE},
        "the method is no word",
    ),
    "no status": ({"request": REQUEST, "response": {}}, "there is no status"),
    "a status without a code": (
        {"request": REQUEST, "response": {"status": {"code": None}}},
        "there is no status",
    ),
    "a status that is none": (
        {"request": REQUEST, "response": {"status": {"code": "2<ID>0"}}},
        "the status is not a number from 100 to 599",
    ),
    "the status of an answer that never came": (
        {"request": REQUEST, "response": {"status": "", "code": 0}},
        "the status is not a number from 100 to 599",
    ),
    "headers that are none": (
        {"request": {**REQUEST, "headers": "a"}, "response": RESPONSE},
        "the headers of the request are neither an object nor a list",
    ),
    "a header that is none": (
        {"request": {**REQUEST, "headers": ["a"]}, "response": RESPONSE},
        "a header of the request is no pair of name and value",
    ),
    "an object as a header": (
        {"request": {**REQUEST, "headers": {"a": {"b": "c"}}}, "response": RESPONSE},
        "a header is neither a text nor a list of texts",
    ),
}


@pytest.mark.parametrize(("interaction", "reason"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_what_is_incomplete_is_left_out_with_its_reason(interaction: object, reason: str) -> None:
    """An interaction that cannot be understood is not guessed, and its place is told."""
    assert one(interaction) == LeftOut("interactions[0]", reason)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("get", "GET"), (":post", "POST"), ("", "GET"), (None, "GET"), ("Purge", "PURGE")],
)
def test_methods_are_words_in_capitals(method: str | None, expected: str) -> None:
    """Ruby writes symbols, go-vcr nothing for GET."""
    entry = answered({"status": 200}, method=method)
    assert isinstance(entry, Entry)
    assert entry.method == expected


DURATIONS = {
    "": 0, "0s": 0, "1.5s": 1500, "98.765432ms": 98, "950us": 0, "1500\u00b5s": 1, "1500\u03bcs": 1,
    "1h2m3.004s": 3723004, "1m": 60000, "soon": 0, "1s!": 0,
}  # fmt: skip


@pytest.mark.parametrize(("duration", "expected"), [*DURATIONS.items(), (2_500_000, 2), (-1, 0), (None, 0)])
def test_durations_are_read_as_go_writes_them(duration: object, expected: int) -> None:
    """Text with units, or nanoseconds; what is neither counts as not told."""
    entry = answered({"status": 200, "duration": duration})
    assert isinstance(entry, Entry)
    assert entry.duration_ms == expected


TIMES: dict[str, tuple[object, int | None]] = {
    "none": (None, None),
    "of HTTP": ("Sat, 25 Jul 2015 14:42:08 GMT", 1437835328000),
    "of ISO 8601": ("2015-07-25T14:42:08.5Z", 1437835328500),
}


@pytest.mark.parametrize(("recorded_at", "expected"), TIMES.values(), ids=TIMES)
def test_times_are_those_of_the_recorder(recorded_at: object, expected: int | None) -> None:
    """Both ways in which recorders write them are read."""
    entry = one({"request": REQUEST, "response": RESPONSE, "recorded_at": recorded_at})
    assert isinstance(entry, Entry)
    assert (entry.started_at_ms, entry.mended) == (expected, ())


def test_a_time_that_is_none_is_told() -> None:
    """A filter that replaces digits spoils times as well."""
    entry = one({"request": REQUEST, "response": RESPONSE, "recorded_at": "Sat, <ID>0 Jul 20<ID>5"})
    assert isinstance(entry, Entry)
    assert entry.started_at_ms is None
    assert entry.mended == ("recorded_at is no time that is understood, and counts as missing",)
