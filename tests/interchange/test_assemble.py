"""From entries to exchanges, as recording would have written them."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.exchange import Headers, Truncated, header
from wraith.interchange._assemble import TOO_LONG, Assembled, Assembler
from wraith.interchange._entry import Entry, LeftOut

LIMIT = 10_000
TEXT = b'{"id": "cus_1", "name": "\xc3\xa9"}'
PLAIN = Entry(where="entries[0]", method="GET", url="https://x/a", status=200, started_at_ms=5)


def assembled(entry: Entry, limit: int = LIMIT) -> Assembled:
    found = Assembler(limit).assemble(entry)
    assert isinstance(found, Assembled), found
    return found


def answer(body: bytes, *headers: tuple[str, str]) -> Assembled:
    return assembled(replace(PLAIN, response_headers=headers, response_body=body))


@pytest.mark.parametrize(
    ("headers", "body", "kept", "expected", "mended"),
    [
        pytest.param(
            [("Content-Encoding", "gzip"), ("Content-Length", "9"), ("X", "y")],
            gzip.compress(TEXT),
            TEXT,
            [("Content-Length", str(len(TEXT))), ("X", "y")],
            "the gzip in the body is undone",
            id="gzip",
        ),
        pytest.param(
            [("content-encoding", "deflate")],
            zlib.compress(TEXT),
            TEXT,
            [],
            "the deflate in the body is undone",
            id="deflate",
        ),
        pytest.param(
            [("Content-Encoding", "gzip"), ("Content-Length", "9")],
            TEXT,
            TEXT,
            [("Content-Length", str(len(TEXT)))],
            "the body says gzip and is plain",
            id="plain-that-says-gzip",
        ),
        pytest.param(
            [("Content-Encoding", "gzip")],
            b"\x89PNG\x00",
            b"\x89PNG\x00",
            [],
            "the body says gzip and is plain",
            id="bytes-that-say-gzip",
        ),
        pytest.param(
            [("Content-Encoding", "br")],
            TEXT,
            TEXT,
            [],
            "the body says br and is plain",
            id="plain-that-says-brotli",
        ),
        pytest.param(
            [("Content-Encoding", "gzip")],
            gzip.compress(TEXT)[:20],
            gzip.compress(TEXT)[:20],
            [("Content-Encoding", "gzip")],
            "the gzip in the body cannot be undone, and is kept",
            id="gzip-cut-short",
        ),
        pytest.param(
            [("Content-Encoding", "aws-chunked")],
            TEXT,
            TEXT,
            [("Content-Encoding", "aws-chunked")],
            "the aws-chunked in the body cannot be undone, and is kept",
            id="unknown-coding",
        ),
        pytest.param(
            [("Content-Type", "application/json"), ("Content-Length", "9")],
            gzip.compress(TEXT),
            TEXT,
            [("Content-Type", "application/json"), ("Content-Length", str(len(TEXT)))],
            "the gzip in the body, which no header names, is undone",
            id="gzip-without-header",
        ),
        pytest.param(
            [("Content-Type", "application/gzip")],
            gzip.compress(TEXT, mtime=0),
            gzip.compress(TEXT, mtime=0),
            [("Content-Type", "application/gzip")],
            None,
            id="a-file-in-gzip",
        ),
        pytest.param([("Content-Encoding", "identity")], TEXT, TEXT, [], None, id="identity"),
        pytest.param(
            [("Content-Encoding", "gzip"), ("Content-Length", "9")], b"", b"", [], None, id="no-body"
        ),
        pytest.param(
            [("Content-Length", "9")],
            TEXT,
            TEXT,
            [("Content-Length", str(len(TEXT)))],
            "Content-Length is not the length of the body: it is set right",
            id="wrong-length",
        ),
        pytest.param(
            [("Transfer-Encoding", "chunked"), ("Connection", "close, x-hop"), ("X-Hop", "1"), ("A", "b")],
            TEXT,
            TEXT,
            [("A", "b")],
            None,
            id="next-hop",
        ),
        pytest.param(
            [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")],
            TEXT,
            TEXT,
            [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")],
            None,
            id="twice",
        ),
    ],
)
def test_answers_have_the_form_of_recordings(
    headers: list[tuple[str, str]],
    body: bytes,
    kept: bytes,
    expected: list[tuple[str, str]],
    mended: str | None,
) -> None:
    """Codings are undone as on recording, headers say what the body is, and what was put right is told."""
    found = answer(body, *headers)
    assert found.exchange.response.body == kept
    assert list(found.exchange.response.headers) == expected
    assert found.mended == (() if mended is None else (mended,))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param(
            [(":authority", "X.example"), (":method", "GET"), (":path", "/a"), ("accept", "*/*")],
            [("Host", "X.example"), ("accept", "*/*")],
            id="pseudo-headers",
        ),
        pytest.param([("host", "x")], [("host", "x")], id="host-kept"),
        pytest.param([("A", "b")], [("Host", "x"), ("A", "b")], id="host-added"),
        pytest.param(
            [("Host", "x"), ("Proxy-Connection", "keep-alive"), ("TE", "trailers")],
            [("Host", "x")],
            id="next-hop",
        ),
        pytest.param([("Host", "x"), ("A", "\u65e5")], [("Host", "x"), ("A", "\xe6\x97\xa5")], id="unicode"),
    ],
)
def test_requests_have_the_form_of_recordings(headers: Headers, expected: list[tuple[str, str]]) -> None:
    """Pseudo headers become what they stand for, and each request has a Host."""
    found = assembled(replace(PLAIN, request_headers=tuple(headers)))
    assert list(found.exchange.request.headers) == expected
    assert found.mended == ()


@pytest.mark.parametrize(
    ("headers", "kept", "mended"),
    [
        pytest.param([("bad name", "x")], [], "a header whose name is none is left out", id="name"),
        pytest.param(
            [("A", "x\r\nB: y")],
            [("A", "x B: y")],
            "control characters in a header are replaced by spaces",
            id="lines",
        ),
    ],
)
def test_headers_that_cannot_be_are_mended(
    headers: Headers, kept: list[tuple[str, str]], mended: str
) -> None:
    """A header that no wire carries is left out, or made one that it could."""
    found = answer(b"", *headers)
    assert (list(found.exchange.response.headers), found.mended) == (kept, (mended,))


def test_the_body_of_a_request_stays_in_its_coding() -> None:
    """Recording keeps requests as they were sent; only a header that lies goes."""
    coded = replace(
        PLAIN,
        method="POST",
        request_headers=(("Host", "x"), ("Content-Encoding", "gzip")),
        request_body=b"\x1f\x8bx",
    )
    assert assembled(coded).exchange.request.headers == coded.request_headers
    lying = assembled(replace(coded, request_body=b"{}"))
    assert lying.exchange.request.headers == (("Host", "x"),)
    assert lying.mended == ("the body of the request says gzip and is plain",)


def test_a_chunked_request_has_no_length() -> None:
    """The coding wins over a length, as when the proxy reads it."""
    headers = (("Host", "x"), ("Transfer-Encoding", "chunked"), ("Content-Length", "7"))
    found = assembled(replace(PLAIN, method="POST", request_headers=headers, request_body=b"{}"))
    assert found.exchange.request.headers == (("Host", "x"),)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"method": "CONNECT", "url": "x:443"}, "CONNECT opens a tunnel", id="connect"),
        pytest.param(
            {"method": "OPTIONS", "request_headers": (("Access-Control-Request-Method", "PUT"),)},
            "a CORS preflight",
            id="preflight",
        ),
        pytest.param({"method": "GE T"}, "the method is none: 'GE T'", id="method"),
        pytest.param({"method": ""}, "the method is none: ''", id="no-method"),
        pytest.param({"url": "chrome-extension://x/y"}, "the address is no HTTP one", id="address"),
        pytest.param({"status": 0}, "0 is not the status of an answer", id="no-status"),
        pytest.param({"status": 101}, "101 is not the status of an answer", id="another-protocol"),
        pytest.param({"status": 999}, "999 is not the status of an answer", id="no-such-status"),
    ],
)
def test_what_is_no_exchange_is_left_out(change: dict[str, object], reason: str) -> None:
    """Noise and what cannot be understood is named by its place and a reason."""
    found = Assembler(LIMIT).assemble(replace(PLAIN, **change))
    assert isinstance(found, LeftOut)
    assert found.where == "entries[0]"
    assert found.reason.startswith(reason)


def test_options_without_preflight_is_an_exchange() -> None:
    """A client may ask for options itself."""
    assert assembled(replace(PLAIN, method="options")).exchange.request.method == "OPTIONS"


@pytest.mark.parametrize(
    ("url", "headers", "host"),
    [
        pytest.param("https://X:443/a", (("Host", "y"),), "x", id="address-first"),
        pytest.param("/a", ((":authority", "Y"), ("Host", "z")), "y", id="then-authority"),
        pytest.param("/a", (("host", "Z:8080"),), "z:8080", id="then-host"),
        pytest.param("/a", (), "", id="none"),
    ],
)
def test_the_host_is_the_one_that_is_named(url: str, headers: Headers, host: str) -> None:
    """The address names the host, else the request does, else nobody."""
    assert assembled(replace(PLAIN, url=url, request_headers=headers)).host == host


DATE = ("Date", "Thu, 01 Jan 1970 00:00:07 GMT")


def test_missing_times_come_from_where_they_can() -> None:
    """The file's time, else that of the Date header, else that of the exchange before in the session, else
    0."""
    assembler = Assembler(LIMIT)
    entries = [
        replace(PLAIN, group="a", started_at_ms=None),
        replace(PLAIN, group="a", started_at_ms=5),
        replace(PLAIN, group="a", started_at_ms=None, response_headers=(DATE,)),
        replace(PLAIN, group="a", started_at_ms=None),
        replace(PLAIN, group="b", started_at_ms=None),
        replace(PLAIN, group="a", started_at_ms=10**18, response_headers=(("Date", "yesterday"),)),
    ]
    found = [assembler.assemble(entry) for entry in entries]
    times = [(each.exchange.started_at_ms, len(each.mended)) for each in found if isinstance(each, Assembled)]
    assert times == [(0, 1), (5, 0), (7000, 1), (7000, 1), (0, 1), (7000, 1)]


def test_long_bodies_are_kept_as_recording_keeps_them() -> None:
    """Above the limit there is a digest and a size."""
    body = b"x" * 101
    entry = replace(PLAIN, method="POST", request_body=body, response_body=body)
    found = assembled(entry, limit=100)
    left = Truncated("sha256:" + hashlib.sha256(body).hexdigest(), 101)
    assert (found.exchange.request.body, found.exchange.request.truncated) == (b"", left)
    assert (found.exchange.response.body, found.exchange.response.truncated) == (b"", left)
    assert set(found.mended) == {TOO_LONG}


def test_what_is_left_of_a_long_body_stays() -> None:
    """A format that can say so gives back what was recorded."""
    left = Truncated("sha256:" + "0" * 64, 5)
    found = assembled(replace(PLAIN, request_truncated=left, response_truncated=left))
    assert (found.exchange.request.truncated, found.exchange.response.truncated) == (left, left)


NAMES = st.sampled_from(
    [
        "Host",
        "Content-Encoding",
        "content-length",
        "Content-Type",
        "Transfer-Encoding",
        "Connection",
        "X-A",
        ":path",
    ]
)
VALUES = st.sampled_from(
    ["gzip", "br", "deflate, gzip", "identity", "7", "0", "close", "application/json", "x-a"]
)
HEADERS = st.lists(st.tuples(NAMES, VALUES | st.text(max_size=5)), max_size=6).map(tuple)
BODIES = (
    st.binary(max_size=20)
    | st.sampled_from([TEXT, b"{}"])
    | st.sampled_from([TEXT, b"\xff\xfe", b""]).map(lambda body: gzip.compress(body, mtime=0))
    | st.just(gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0))
)


@given(
    st.builds(
        Entry,
        where=st.just("entries[0]"),
        method=st.sampled_from(["get", "POST", "OPTIONS", "HEAD"]),
        url=st.sampled_from(["https://x/a?b", "/a b", "https://x:8443/%41#f", "*"]),
        request_headers=HEADERS,
        request_body=BODIES,
        status=st.sampled_from([200, 204, 304, 500]),
        response_headers=HEADERS,
        response_body=BODIES,
        started_at_ms=st.none() | st.integers(0, 10**12),
        duration_ms=st.integers(-1, 10),
    )
)
def test_what_was_assembled_stays_as_it_is(entry: Entry) -> None:
    """Law: an exchange in the form of recordings is assembled to itself, and nothing is put right in it."""
    found = Assembler(LIMIT).assemble(entry)
    if isinstance(found, LeftOut):
        return
    exchange = found.exchange
    again = assembled(
        Entry(
            where="entries[0]",
            method=exchange.request.method,
            url=exchange.request.target,
            request_headers=exchange.request.headers,
            request_body=exchange.request.body,
            status=exchange.response.status,
            response_headers=exchange.response.headers,
            response_body=exchange.response.body,
            started_at_ms=exchange.started_at_ms,
            duration_ms=exchange.duration_ms,
        )
    )
    assert again.exchange == exchange
    kept_codings = header(exchange.response.headers, "content-encoding") is not None
    assert again.mended == () or kept_codings
