"""Requests, responses and their headers."""

from __future__ import annotations

import pytest

from wraith.exchange import Exchange, Headers, Request, Response, header

HEADERS: Headers = (("Content-Type", "a"), ("SET-COOKIE", "1"), ("set-cookie", "2"))


def test_the_first_header_of_a_name_counts_in_whatever_case() -> None:
    """Names are compared without case; of duplicates the first is returned."""
    assert header(HEADERS, "content-type") == "a"
    assert header(HEADERS, "set-cookie") == "1"
    assert header(HEADERS, "accept") is None


TARGETS = {
    "no query": ("/a/b", "/a/b", ""),
    "a query": ("/a?b=c", "/a", "b=c"),
    "an empty query": ("/a?", "/a", ""),
    "a question in the query": ("/a?b=c?d", "/a", "b=c?d"),
    "escapes as sent": ("/a%2Fb?c=%20", "/a%2Fb", "c=%20"),
    "the whole server": ("*", "*", ""),
}


@pytest.mark.parametrize(("target", "path", "query"), TARGETS.values(), ids=TARGETS)
def test_a_target_is_a_path_and_a_query(target: str, path: str, query: str) -> None:
    """Both are raw, as they were sent."""
    request = Request("GET", target)
    assert (request.path, request.query) == (path, query)


def test_messages_are_frozen_values() -> None:
    """Equal parts make equal messages, and nothing edits one in place."""
    exchange = Exchange(Request("GET", "/", HEADERS), Response(200, body=b"x"))
    assert exchange == Exchange(Request("GET", "/", HEADERS), Response(200, body=b"x"))
    assert len({exchange, Exchange(Request("GET", "/", HEADERS), Response(200, body=b"x"))}) == 1
    with pytest.raises(AttributeError):
        exchange.request.method = "POST"  # type: ignore[misc]  # what the test is about
