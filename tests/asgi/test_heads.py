"""Requests as recording and serving see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.asgi import Head, end_to_end, read_head
from wraith.exchange import Headers

if TYPE_CHECKING:
    from hypercorn.typing import HTTPScope

NAMES = st.sampled_from(
    ["Accept", "Connection", "Host", "Keep-Alive", "TE", "Upgrade", "X-A", "X-B", "x-wraith-session"]
)
HEADERS = st.lists(st.tuples(NAMES, st.sampled_from(["x-a", "close", "X-B, keep-alive", "1"]))).map(tuple)


def head_of(*headers: tuple[str, str], method: str = "GET", target: str = "/", version: str = "1.1") -> Head:
    path, _, query = target.partition("?")
    scope = {
        "method": method,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "http_version": version,
        "server": ("127.0.0.1", 8080),
        "state": {"wraith.target": target.encode()},
    }
    return read_head(cast("HTTPScope", scope))


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        pytest.param((("Accept", "a"), ("accept", "b")), (("Accept", "a"), ("accept", "b")), id="duplicates"),
        pytest.param((("Connection", "close"), ("X-A", "1")), (("X-A", "1"),), id="connection"),
        pytest.param(
            (("Connection", "x-a"), ("X-A", "1"), ("X-B", "1")), (("X-B", "1"),), id="named-by-connection"
        ),
        pytest.param(
            (("Connection", "Host"), ("Host", "a")), (("Host", "a"),), id="host-cannot-be-taken-away"
        ),
        pytest.param((("X-Wraith-Session", "a"), ("x-wraith-other", "b")), (), id="private"),
        pytest.param((("X-Wraithful", "1"),), (("X-Wraithful", "1"),), id="not-private"),
        pytest.param((("Transfer-Encoding", "chunked"), ("Content-Length", "3")), (), id="the-coding-wins"),
    ],
)
def test_only_end_to_end_headers_are_seen(headers: Headers, kept: Headers) -> None:
    """Hop-by-hop headers and our own are gone, the rest is as it came."""
    assert head_of(*headers).headers == kept


@given(HEADERS)
def test_end_to_end_is_a_subsequence_and_settled(headers: Headers) -> None:
    """Nothing is added, moved or changed, and a second pass finds nothing to drop."""
    kept = end_to_end(headers)
    rest = iter(headers)
    assert all(item in rest for item in kept)
    assert end_to_end(kept) == kept


@pytest.mark.parametrize(
    ("headers", "version", "has_body", "chunked"),
    [
        ((), "1.1", False, False),
        ((("Content-Length", "0"),), "1.1", False, False),
        ((("Content-Length", "3"),), "1.1", True, False),
        ((("Transfer-Encoding", "chunked"),), "1.1", True, True),
        ((), "2", True, False),
    ],
)
def test_a_body_is_expected_where_one_may_come(
    headers: Headers, version: str, has_body: bool, chunked: bool
) -> None:
    """HTTP/1.1 announces its bodies; HTTP/2 only ends them."""
    head = head_of(*headers, version=version)
    assert (head.has_body, head.chunked) == (has_body, chunked)


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        ("/a?b", "/a?b"),
        ("/a?", "/a?"),
        ("*", "*"),
        ("http://shop.test/a?b", "/a?b"),
        ("http://shop.test", "/"),
        ("http://shop.test?b", "/?b"),
        ("http://shop.test?b=/c", "/?b=/c"),
    ],
)
def test_targets_are_in_origin_form(target: str, seen: str) -> None:
    """Path and query as sent; scheme and authority of an absolute target are not part of them."""
    assert head_of(target=target).target == seen


@pytest.mark.parametrize(
    ("method", "headers", "upgrade"),
    [
        ("GET", (), ""),
        ("GET", (("Upgrade", "websocket"), ("Connection", "Upgrade")), "websocket"),
        ("GET", (("Upgrade", "h2c"), ("Connection", "Upgrade, HTTP2-Settings")), ""),
        ("CONNECT", (), "CONNECT"),
    ],
)
def test_upgrades_are_told_apart_from_requests(method: str, headers: Headers, upgrade: str) -> None:
    """A switch of protocols is named; h2c is an offer that may be left alone."""
    assert head_of(*headers, method=method).upgrade == upgrade


def test_a_client_without_a_host_header_knows_the_address_it_reached() -> None:
    """HTTP/1.0 clients can be led back as well."""
    assert head_of(version="1.0").host == "127.0.0.1:8080"
    assert head_of(("Host", "shop")).host == "shop"
