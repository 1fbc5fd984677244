"""The smallest recordings of GraphQL, written by hand, and how to look at them."""

from __future__ import annotations

from tests.synth.recordings import JSON, START_MS, STEP_MS, Document, Step, exchange
from wraith.canonical import JsonValue, parse
from wraith.exchange import Request, encode_json, graphql_requests
from wraith.runtime import Twin
from wraith.synth._exchanges.seen import see
from wraith.synth._graphql.documents import Call, Documents, read_operation
from wraith.wir import Model


def asked(query: str, answer: JsonValue, variables: Document | None = None) -> Step:
    """Return the exchange of one operation."""
    document: Document = {"query": query} if variables is None else {"query": query, "variables": variables}
    return exchange("POST", "/graphql", json=document, answer=answer)


def calls_of(*steps: tuple[str, JsonValue]) -> list[Call]:
    """Return the calls of one session: each step is a query and the data that it is answered with."""
    documents = Documents()
    exchanges = [
        asked(query, {"data": data})(START_MS + number * STEP_MS)
        for number, (query, data) in enumerate(steps)
    ]
    done: list[Call] = []
    for seen in see(0, exchanges):
        (wanted,) = graphql_requests(seen.request) or ()
        operation = read_operation(seen, wanted, seen.document, documents)  # type: ignore[arg-type]  # there is one
        assert operation is not None
        done += operation.calls
    return done


def answers(model: Model, *queries: str, path: str = "/graphql") -> list[JsonValue]:
    """Return what a fresh twin answers to some queries, one after the other."""
    twin = Twin(model)
    session = twin.open_session()
    requests = [Request("POST", path, (JSON,), encode_json({"query": query})) for query in queries]
    return [parse(twin.respond(each, session, now_ms=0).response.body) for each in requests]
