"""Addresses of the upstream, turned into addresses of the proxy or the twin."""

from __future__ import annotations

import pytest

from wraith.asgi import Rewriter

PROXY = "127.0.0.1:8080"


@pytest.mark.parametrize(
    ("base_url", "address", "turned"),
    [
        ("http://shop.test", "http://shop.test/a?b=c#d", "http://127.0.0.1:8080/a?b=c#d"),
        ("http://shop.test", "http://shop.test", "http://127.0.0.1:8080"),
        ("http://shop.test", "http://SHOP.test:80/a", "http://127.0.0.1:8080/a"),
        ("http://shop.test", "//shop.test/a", "http://127.0.0.1:8080/a"),
        ("http://shop.test:3000", "http://shop.test:3000/%2Fa", "http://127.0.0.1:8080/%2Fa"),
        ("http://shop.test", "/a/b", "/a/b"),
        ("http://shop.test", "b?c", "b?c"),
        ("http://shop.test", "http://shop.test:81/a", "http://shop.test:81/a"),
        ("http://shop.test", "http://elsewhere.test/a", "http://elsewhere.test/a"),
        ("http://shop.test", "http://shop.test.evil.test/a", "http://shop.test.evil.test/a"),
        ("http://shop.test", "https://shop.test/a", "https://shop.test/a"),
        ("https://shop.test", "http://shop.test/a", "http://127.0.0.1:8080/a"),
        ("https://shop.test", "https://shop.test/a", "http://127.0.0.1:8080/a"),
        ("https://shop.test:8443", "http://shop.test/a", "http://shop.test/a"),
        ("https://shop.test/v1", "https://shop.test/v1/a", "http://127.0.0.1:8080/a"),
        ("https://shop.test/v1", "https://shop.test/v1", "http://127.0.0.1:8080"),
        ("https://shop.test/v1", "https://shop.test/v10/a", "https://shop.test/v10/a"),
        ("https://shop.test/v1", "/v1/a?b", "/a?b"),
        ("https://shop.test/v1", "/v1", "/"),
        ("https://shop.test/v1", "/other", "/other"),
        ("http://[::1]:3000", "http://[::1]:3000/a", "http://127.0.0.1:8080/a"),
        ("http://shop.test", "http://shop.test:port/a", "http://shop.test:port/a"),
        ("http://shop.test", "mailto:jane@shop.test", "mailto:jane@shop.test"),
        ("http://shop.test", "", ""),
    ],
)
def test_an_address_is_turned_where_it_points_at_the_upstream(
    base_url: str, address: str, turned: str
) -> None:
    """What points at the upstream, below its base path, leads through the proxy; the rest stays as it is."""
    assert Rewriter(base_url).address(address, PROXY) == turned


@pytest.mark.parametrize(
    ("name", "value", "turned"),
    [
        pytest.param("Location", "https://shop.test/a", "http://127.0.0.1:8080/a", id="location"),
        pytest.param(
            "content-location", "https://shop.test/a", "http://127.0.0.1:8080/a", id="content-location"
        ),
        pytest.param(
            "Link",
            '<https://shop.test/a?page=2>; rel="next", <https://other.test/>; rel=license',
            '<http://127.0.0.1:8080/a?page=2>; rel="next", <https://other.test/>; rel=license',
            id="link",
        ),
        pytest.param(
            "Set-Cookie", "a=1; Domain=shop.test; Path=/", "a=1; Path=/", id="domain-of-the-upstream"
        ),
        pytest.param(
            "Set-Cookie", "a=1; domain=.test; HttpOnly", "a=1; HttpOnly", id="domain-above-the-upstream"
        ),
        pytest.param(
            "Set-Cookie", "a=1; Domain=other.test", "a=1; Domain=other.test", id="domain-of-another"
        ),
        pytest.param("Set-Cookie", "a=1; Secure; Path=/", "a=1; Path=/", id="secure-over-http"),
        pytest.param("Set-Cookie", "a=Domain=shop.test", "a=Domain=shop.test", id="value-like-an-attribute"),
        pytest.param("X-Next", "https://shop.test/a", "https://shop.test/a", id="other-header"),
    ],
)
def test_headers_are_turned_for_the_client(name: str, value: str, turned: str) -> None:
    """Addresses in Location, Content-Location and Link lead to the proxy, cookies belong to it."""
    headers = (("Date", "today"), (name, value), ("Set-Cookie", "b=2"))
    expected = (("Date", "today"), (name, turned), ("Set-Cookie", "b=2"))
    assert Rewriter("https://shop.test").for_client(headers, PROXY) == expected


@pytest.mark.parametrize(
    ("address", "turned"),
    [
        ("https://shop.test/v1/a", "http://127.0.0.1:8080/@mine/a"),
        ("//shop.test/v1/a", "http://127.0.0.1:8080/@mine/a"),
        ("/v1/a?b", "/@mine/a?b"),
        ("/other", "/@mine/other"),
        ("b?c", "b?c"),
        ("https://elsewhere.test/v1/a", "https://elsewhere.test/v1/a"),
    ],
)
def test_an_address_of_ours_begins_with_the_path_of_a_session(address: str, turned: str) -> None:
    """Whether it has a host or not; one of elsewhere does not."""
    assert Rewriter("https://shop.test/v1").address(address, PROXY, "/@mine") == turned


def test_a_secure_cookie_of_an_http_upstream_stays_secure() -> None:
    """Where the proxy changes nothing about the transport, it changes nothing about the cookie."""
    headers = (("Set-Cookie", "a=1; Secure"),)
    assert Rewriter("http://shop.test").for_client(headers, PROXY) == headers
