"""Addresses of foreign files: host and target."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.interchange._address import Address, below, normal_host, read_address


@pytest.mark.parametrize(
    ("url", "scheme", "host", "target"),
    [
        pytest.param("https://api.example.com/v1/a?b=c", "https", "api.example.com", "/v1/a?b=c", id="whole"),
        pytest.param("https://api.example.com", "https", "api.example.com", "/", id="no-path"),
        pytest.param("https://api.example.com?a=1", "https", "api.example.com", "/?a=1", id="query-alone"),
        pytest.param("HTTPS://API.Example.com/A", "https", "api.example.com", "/A", id="case"),
        pytest.param("https://x:443/a", "https", "x", "/a", id="port-of-https"),
        pytest.param("http://x:80/a", "http", "x", "/a", id="port-of-http"),
        pytest.param("http://x:443/a", "http", "x:443", "/a", id="another-port"),
        pytest.param("http://[::1]:8080/a", "http", "[::1]:8080", "/a", id="ipv6"),
        pytest.param("//x/a", "", "x", "/a", id="no-scheme"),
        pytest.param("/a?b=http://y/", "", "", "/a?b=http://y/", id="from-the-path-on"),
        pytest.param("https://x/a#b?c", "https", "x", "/a", id="fragment"),
        pytest.param("https://x/a%2Fb%20c%zz", "https", "x", "/a%2Fb%20c%zz", id="escapes-kept"),
        pytest.param("https://x/a?q=[1]&r={}|^", "https", "x", "/a?q=[1]&r={}|^", id="odd-but-sendable"),
        pytest.param("*", "", "", "*", id="the-server-itself"),
        pytest.param("https://a.<key>.example/x", "https", "a.<key>.example", "/x", id="placeholder-in-host"),
    ],
)
def test_addresses_are_read(url: str, scheme: str, host: str, target: str) -> None:
    """Scheme and host are compared in one spelling; the target is what the client sent."""
    assert read_address(url) == Address(scheme, host, target)


@pytest.mark.parametrize(
    ("url", "target", "mended"),
    [
        pytest.param("https://x/a b", "/a%20b", "escaped", id="space"),
        pytest.param("https://x/caf\u00e9?q=\u65e5", "/caf%C3%A9?q=%E6%97%A5", "escaped", id="letters"),
        pytest.param("https://x/a\r\nb", "/a%0D%0Ab", "escaped", id="line-feed"),
        pytest.param("https://x/\ud800", "/%3F", "escaped", id="half-a-surrogate"),
        pytest.param("https://me:secret@x/a", "/a", "user", id="credentials"),
    ],
)
def test_what_cannot_be_sent_is_escaped_and_told(url: str, target: str, mended: str) -> None:
    """An address for the eyes of people becomes one that can stand in a request line; credentials go."""
    found = read_address(url)
    assert isinstance(found, Address)
    assert (found.host, found.target) == ("x", target)
    assert [mended in text for text in found.mended] == [True]


@pytest.mark.parametrize(
    "url", ["", "foo", "localhost:3000/x", "data:text/plain,x", "wss://x/y", "about:blank", "https://a b/"]
)
def test_what_is_no_address_has_a_reason(url: str) -> None:
    """Other schemes, and text that is no address, are told with the text."""
    assert str(read_address(url)).startswith(("the address is no HTTP one", "the address names no host"))


@given(st.text())
def test_any_text_is_an_address_or_none(url: str) -> None:
    """Whatever stands in a file, the target can be sent."""
    found = read_address(url)
    if isinstance(found, Address):
        assert found.target == "*" or found.target.startswith("/")
        assert found.target.isascii()
        assert " " not in found.target
        assert found.target.isprintable()


@pytest.mark.parametrize(
    ("prefix", "target", "seen"),
    [
        pytest.param("", "/a", "/a", id="no-prefix"),
        pytest.param("/v1", "/v1/a?b", "/a?b", id="below"),
        pytest.param("/v1", "/v1", "/", id="the-prefix-itself"),
        pytest.param("/v1", "/v1?a=1", "/?a=1", id="its-query"),
        pytest.param("/v1", "/v10/a", None, id="only-its-letters"),
        pytest.param("/v1", "/oauth", None, id="outside"),
        pytest.param("/v1", "*", "*", id="the-server-itself"),
    ],
)
def test_targets_are_those_that_the_proxy_would_see(prefix: str, target: str, seen: str | None) -> None:
    """The path of a base URL is put before targets when they are sent, so it is taken off here."""
    assert below(prefix, target) == seen


def test_hosts_are_compared_in_one_spelling() -> None:
    """Case and the scheme's own port make no difference."""
    assert normal_host("API.example.com:443", "https") == normal_host("api.example.com")
