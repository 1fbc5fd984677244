"""Which requests ask for operations of GraphQL, and which only look so."""

from __future__ import annotations

import pytest

from wraith.exchange import GraphQLRequest, Headers, Request, graphql_requests, is_batch

JSON: Headers = (("Content-Type", "application/json"),)

ASKED: dict[str, tuple[Request, tuple[GraphQLRequest, ...] | None]] = {
    "a query": (Request("POST", "/g", JSON, b'{"query":"{ a }"}'), (GraphQLRequest("{ a }"),)),
    "with all members": (
        Request("POST", "/g", JSON, b'{"query":"{ a }","operationName":"A","variables":{"b":1}}'),
        (GraphQLRequest("{ a }", "A", {"b": 1}),),
    ),
    "members that are null": (
        Request("POST", "/g", JSON, b'{"query":"{ a }","operationName":null,"variables":null}'),
        (GraphQLRequest("{ a }"),),
    ),
    "a document alone": (
        Request("POST", "/g", (("content-type", "application/graphql"),), b"{ a }"),
        (GraphQLRequest("{ a }"),),
    ),
    "in the query string": (
        Request("GET", "/g?query=%7B%20a%20%7D&variables=%7B%22b%22%3A1%7D"),
        (GraphQLRequest("{ a }", None, {"b": 1}),),
    ),
    "a batch": (
        Request("POST", "/g", JSON, b'[{"query":"{ a }"},{"query":"{ b }"}]'),
        (GraphQLRequest("{ a }"), GraphQLRequest("{ b }")),
    ),
    "no query": (Request("POST", "/g", JSON, b"{}"), None),
    "a query that is no text": (Request("POST", "/g", JSON, b'{"query":{"match":"a"}}'), None),
    "variables that are no object": (Request("POST", "/g", JSON, b'{"query":"{ a }","variables":"b"}'), None),
    "an operation that is no text": (
        Request("POST", "/g", JSON, b'{"query":"{ a }","operationName":1}'),
        None,
    ),
    "broken JSON": (Request("POST", "/g", JSON, b'{"query":'), None),
    "a batch with something else": (Request("POST", "/g", JSON, b'[{"query":"{ a }"},1]'), None),
    "variables that are no JSON": (Request("GET", "/g?query=a&variables=%7B"), None),
    "no body": (Request("POST", "/g", JSON), None),
    "another method": (Request("PUT", "/g", JSON, b'{"query":"{ a }"}'), None),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_request_asks_for_operations_or_does_not(name: str) -> None:
    """A document as text, variables as an object: nothing else is an operation."""
    request, expected = ASKED[name]
    assert graphql_requests(request) == expected


def test_a_list_is_a_batch() -> None:
    """Also where it holds one operation."""
    assert is_batch(Request("POST", "/g", JSON, b' [{"query":"{ a }"}]'))
    assert not is_batch(Request("POST", "/g", JSON, b'{"query":"{ a }"}'))
