"""HAR 1.2 as browsers, proxies and Polly.JS write it."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._har import looks_like, read
from wraith.interchange._source import Source

TEXT = '{"id": "cus_1"}'


def entry(**changes: JsonValue) -> dict[str, JsonValue]:
    """An entry as browsers write it, with parts of request and response replaced."""
    document: dict[str, JsonValue] = {
        "startedDateTime": "2024-07-30T16:11:10.690Z",
        "time": 277.4,
        "request": {
            "method": "GET",
            "url": "https://api.example.com/a",
            "headers": [{"name": "Accept", "value": "*/*"}],
        },
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"size": len(TEXT), "mimeType": "application/json", "text": TEXT},
        },
    }
    for name, change in changes.items():
        part = document[name] if name in ("request", "response") else None
        document[name] = {**part, **change} if isinstance(part, dict) and isinstance(change, dict) else change
    return document


def items(*entries: JsonValue, **log: JsonValue) -> list[Item]:
    data = json.dumps({"log": {"version": "1.2", "entries": list(entries), **log}}).encode()
    return list(read(Source(Path("a.har"), data)))


def only(document: JsonValue) -> Entry:
    (item,) = items(document)
    assert isinstance(item, Entry), item
    return item


def content(text: JsonValue, **more: JsonValue) -> dict[str, JsonValue]:
    return {"content": {"mimeType": "application/json", "text": text, **more}}


def test_an_entry_is_read_whole() -> None:
    """Every part of an exchange stands where the specification says."""
    post = {"method": "POST", "postData": {"mimeType": "application/json", "text": '{"a":1}'}}
    found = only(entry(request=post))
    assert found.where == "log.entries[0]"
    assert (found.method, found.url, found.status) == ("POST", "https://api.example.com/a", 200)
    assert found.request_headers == (("Accept", "*/*"), ("Content-Type", "application/json"))
    assert (found.request_body, found.response_body) == (b'{"a":1}', TEXT.encode())
    assert found.response_headers == (("Content-Type", "application/json"),)
    assert (found.started_at_ms, found.duration_ms) == (1722355870690, 277)
    assert found.mended == ("the Content-Type header is missing: the mimeType of the body is taken",)


GZIP = gzip.compress(TEXT.encode(), mtime=0)
CODED = {
    "headers": [{"name": "Content-Encoding", "value": "gzip"}, {"name": "Content-Type", "value": "text/html"}]
}


@pytest.mark.parametrize(
    ("response", "body", "mended"),
    [
        pytest.param(
            content(base64.b64encode(b"\xff\0").decode(), encoding="base64"), b"\xff\0", (), id="base64"
        ),
        pytest.param(
            content(TEXT, encoding="base64"),
            TEXT.encode(),
            ("a body says base64 and is text",),
            id="no-base64",
        ),
        pytest.param(
            content("true", encoding="base64", size=4),
            b"true",
            ("a body says base64 and is text",),
            id="json-of-base64",
        ),
        pytest.param(content("true", encoding="base64", size=3), b"\xb6\xbb\x9e", (), id="base64-of-json"),
        pytest.param(
            {**CODED, **content(json.dumps([GZIP[:9].hex(), GZIP[9:].hex()]), encoding="base64")},
            GZIP,
            (),
            id="hex-chunks",
        ),
        pytest.param(
            {**CODED, **content(json.dumps([base64.b64encode(GZIP).decode()]), encoding="base64")},
            GZIP,
            (),
            id="base64-chunks",
        ),
        pytest.param(content(json.dumps([GZIP.hex()]), _isBinary=True), GZIP, (), id="chunks-of-old-polly"),
        pytest.param(content(b"\xff\0".hex(), _isBinary=True), b"\xff\0", (), id="hex-of-old-polly"),
        pytest.param(content('["1f8b"]'), b'["1f8b"]', (), id="a-list-that-is-the-body"),
        pytest.param(content(None, size=0), b"", (), id="no-text"),
        pytest.param(
            content(None, size=7),
            b"",
            ("the body is not in the file: it is empty",),
            id="text-that-was-not-kept",
        ),
        pytest.param({"status": 304, **content(None, size=7)}, b"", (), id="not-modified"),
        pytest.param({"content": None}, b"", (), id="no-content"),
        pytest.param(
            content({"id": 1}),
            b'{"id":1}',
            ("the body of the response was a parsed document, and is written as JSON",),
            id="parsed",
        ),
        pytest.param(content("\u20ac"), "\u20ac".encode(), (), id="utf-8"),
        pytest.param(
            {
                "headers": [{"name": "content-type", "value": 'text/html; charset="ISO-8859-1"'}],
                **content("\u00e9"),
            },
            b"\xe9",
            (),
            id="charset",
        ),
        pytest.param(
            {
                "headers": [{"name": "content-type", "value": "text/html; charset=latin1"}],
                **content("\u65e5"),
            },
            "\u65e5".encode(),
            (),
            id="charset-too-small",
        ),
    ],
)
def test_bodies_of_answers(response: JsonValue, body: bytes, mended: tuple[str, ...]) -> None:
    """Bodies are text or bytes in base64, in chunks where Polly.JS kept their coding; a lie is told."""
    found = only(entry(response=response))
    assert (found.response_body, found.mended) == (body, mended)


@pytest.mark.parametrize(
    ("post", "body", "mended"),
    [
        pytest.param(None, b"", 0, id="none"),
        pytest.param({"mimeType": "", "text": "a=b"}, b"a=b", 0, id="text"),
        pytest.param({"mimeType": "", "text": "/wA=", "encoding": "base64"}, b"\xff\0", 0, id="base64"),
        pytest.param(
            {"mimeType": "", "params": [{"name": "a b", "value": "c&d"}, {"name": "e"}]},
            b"a+b=c%26d&e=",
            1,
            id="form",
        ),
        pytest.param({"mimeType": "", "params": []}, b"", 0, id="empty-form"),
        pytest.param(
            {"mimeType": "multipart/form-data; boundary=x", "params": [{"name": "f"}]}, b"", 1, id="files"
        ),
    ],
)
def test_bodies_of_requests(post: JsonValue, body: bytes, mended: int) -> None:
    """A form that is kept in parts only is put together; one with files cannot be."""
    found = only(entry(request={"method": "POST", "postData": post}))
    assert (found.request_body, len(found.mended)) == (body, mended)


def test_headers_as_tools_write_them() -> None:
    """Numbers are text, null is no header, and the lines of one header are as many headers."""
    headers: JsonValue = [
        {"name": "content-length", "value": 15},
        {"name": "x-none", "value": None},
        {"name": "set-cookie", "value": "a=1\nb=2"},
    ]
    found = only(entry(response={"headers": headers}))
    assert found.response_headers[:3] == (
        ("content-length", "15"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    )


def test_cookies_without_headers_become_headers() -> None:
    """Browsers leave the headers of cookies out and list the cookies."""
    cookies: JsonValue = [
        {"name": "a", "value": "1", "path": "/", "httpOnly": True},
        {"name": "b", "value": "2"},
    ]
    found = only(entry(request={"cookies": cookies}, response={"cookies": cookies}))
    assert ("Cookie", "a=1; b=2") in found.request_headers
    assert ("Set-Cookie", "a=1; path=/; httpOnly") in found.response_headers
    assert ("Set-Cookie", "b=2") in found.response_headers
    assert len(found.mended) == 2


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param("x", "there is no request", id="no-object"),
        pytest.param({}, "there is no request", id="nothing"),
        pytest.param(entry(request={"url": None}), "there is no address", id="no-address"),
        pytest.param(entry(request={"method": 1}), "the method is no text", id="no-method"),
        pytest.param(entry(response=None), "there is no response", id="no-response"),
        pytest.param(
            entry(response={"status": 0, "_error": "net::ERR_ABORTED"}),
            "there is no response: net::ERR_ABORTED",
            id="aborted",
        ),
        pytest.param(entry(_fromCache="disk"), "the answer came from the browser's cache", id="cached"),
        pytest.param(
            entry(response={"headers": "x"}),
            "the headers of the response are neither an object nor a list",
            id="headers",
        ),
    ],
)
def test_what_is_no_exchange_is_left_out(document: JsonValue, reason: str) -> None:
    """An entry that cannot be understood is named, and the others are read."""
    assert items(document, entry())[0] == LeftOut("log.entries[0]", reason)
    assert isinstance(items(document, entry())[1], Entry)


def test_entries_are_read_in_the_order_of_time() -> None:
    """The specification leaves sorting to readers; places stay those of the file."""
    late, early = (
        entry(startedDateTime="2024-01-02T00:00:00Z"),
        entry(startedDateTime="2024-01-01T00:00:00+01:00"),
    )
    assert [item.where for item in items(late, early)] == ["log.entries[1]", "log.entries[0]"]
    unknown = entry(startedDateTime="soon")
    assert [item.where for item in items(late, unknown, early)] == [f"log.entries[{n}]" for n in range(3)]


def test_pages_of_browsers_are_no_sessions() -> None:
    """A conversation goes on over many pages; only pages that say so are sessions."""
    pages: JsonValue = [{"id": "page_1"}, {"id": "page_2", "_session": "s-2", "_tags": ["smoke", {}, "a/b"]}]
    found = items(entry(pageref="page_1"), entry(pageref="page_2"), entry(), pages=pages)
    assert [(item.group, item.tags) for item in found if isinstance(item, Entry)] == [
        ("", ()),
        ("s-2", ("smoke",)),
        ("", ()),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "is not JSON", id="empty"),
        pytest.param(b'{"log": {"entries": [', "is not JSON", id="cut-short"),
        pytest.param(b"[]", "no list log.entries", id="list"),
        pytest.param(b'{"log": {"entries": {}}}', "no list log.entries", id="entries"),
        pytest.param(b"[" * 100_000, "is not JSON|deeper", id="deep"),
        pytest.param(b'{"log": {"entries": ' + b"[" * 250 + b"]" * 250 + b"}}", "deeper", id="too-deep"),
        pytest.param(b'{"log": {"entries": ["\xff"]}}', "UTF-8", id="no-text"),
    ],
)
def test_files_that_are_no_har_are_refused(data: bytes, message: str) -> None:
    """The error names the file."""
    with pytest.raises(InputError, match=message) as error:
        list(read(Source(Path("a.har"), data)))
    assert str(error.value.where).startswith("a.har")


@pytest.mark.parametrize(
    ("name", "data", "is_har"),
    [
        pytest.param("a.har", b"anything", True, id="name"),
        pytest.param("a.json", b'\xef\xbb\xbf {"log" : {"pages": [], "entries": []}}', True, id="content"),
        pytest.param("a.json", b'{"entries": "\\"log\\": {"}', False, id="inside-a-text"),
        pytest.param("a.yaml", b'log: {"log": {"entries": 1}}', False, id="yaml"),
        pytest.param("a.json", b"", False, id="empty"),
    ],
)
def test_har_is_known_by_name_or_content(name: str, data: bytes, is_har: bool) -> None:
    """A file is HAR by its name, or by what stands outermost in it."""
    assert looks_like(Source(Path(name), data)) is is_har
