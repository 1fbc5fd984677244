"""GraphQL in a request: the document, the name of the operation and the variables, in a body or a query
string.

Source: GraphQL over HTTP, 5 (requests); batches are a convention of servers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wraith.canonical import JsonValue, parse
from wraith.exchange._bodies import decode_body, media_type
from wraith.exchange._form import parse_form
from wraith.exchange._message import Request, header

MAX_BATCH = 100
"""More operations than a client sends at once; a longer list is no batch."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One operation that is asked for."""

    query: str
    operation: str | None = None
    variables: dict[str, JsonValue] = field(default_factory=dict)


def graphql_requests(request: Request) -> tuple[GraphQLRequest, ...] | None:
    """Return what a request asks of GraphQL, more than one in a batch; None where it is no such request."""
    if request.method == "GET":
        return _one(_from_query(request.query)) if "query=" in request.query else None
    if request.method != "POST" or not request.body:
        return None
    kind = header(request.headers, "content-type")
    if media_type(kind) == "application/graphql":
        try:
            return (GraphQLRequest(request.body.decode("utf-8")),)
        except UnicodeDecodeError:
            return None
    if b"query" not in request.body:
        return None
    body = decode_body(kind, request.body)
    if body.kind != "json":
        return None
    if isinstance(body.document, list) and 0 < len(body.document) <= MAX_BATCH:
        made = [_read(each) for each in body.document]
        return tuple(each for each in made if each is not None) if None not in made else None
    return _one(body.document)


def is_batch(request: Request) -> bool:
    """Whether the body of a request is a list."""
    return request.body.lstrip()[:1] == b"["


def _one(document: JsonValue) -> tuple[GraphQLRequest, ...] | None:
    made = _read(document)
    return None if made is None else (made,)


def _read(document: JsonValue) -> GraphQLRequest | None:
    if not isinstance(document, dict):
        return None
    query, operation = document.get("query"), document.get("operationName")
    variables = document.get("variables")
    if not isinstance(query, str) or not isinstance(operation, str | None):
        return None
    if not isinstance(variables, dict | None):
        return None
    return GraphQLRequest(query, operation or None, variables or {})


def _from_query(query: str) -> dict[str, JsonValue]:
    try:
        document = parse_form(query)
        variables = document.get("variables")
        if isinstance(variables, str):
            document["variables"] = parse(variables.encode()) if variables else None
    except ValueError:  # not JSON, or more fields than any request has
        return {}
    return document
