"""Services that speak GraphQL, in memory, and recordings of the clients that talk to them.

A service is a schema and a root object with the resolvers of its root types. Each session has one of its own;
``info.context`` is the time of the request, in milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Protocol

from graphql import GraphQLError, GraphQLSchema, graphql_sync

from tests.synth.recordings import HOUR_MS, JSON, START_MS, STEP_MS, Document, Recorded
from wraith.canonical import parse
from wraith.exchange import Exchange, Request, Response, encode_json

PATH = "/api/graphql"


class Asks(Protocol):
    """Sends one operation, and returns the data of the answer."""

    def __call__(self, query: str, variables: Document | None = None) -> Document: ...


@dataclass(frozen=True, slots=True)
class Service:
    """What is recorded: the schema, what opens a root object with nothing done yet, and a client."""

    schema: GraphQLSchema
    opened: Callable[[Random], object]
    visit: Callable[[Asks, Random], None]

    def answer(self, root: object, document: Document, now_ms: int) -> Response:
        """Return the response to one operation."""
        query, variables = document["query"], document.get("variables")
        assert isinstance(query, str)
        assert isinstance(variables, dict | None)
        done = graphql_sync(
            self.schema, query, root_value=root, variable_values=variables, context_value=now_ms
        )
        body: Document = {}
        if done.data is not None or not done.errors or done.errors[0].path:
            body["data"] = done.data
        if done.errors:
            body["errors"] = [_formatted(each) for each in done.errors]
        return Response(200 if "data" in body else 400, (JSON,), encode_json(body))

    def record(self, sessions: int, seed: str) -> list[Recorded]:
        """Return the recordings of clients that each talk to a service of their own."""
        return [self._session(number, Random(f"{seed} {number}")) for number in range(sessions)]

    def _session(self, number: int, rng: Random) -> Recorded:
        root = self.opened(Random(rng.random()))
        exchanges: list[Exchange] = []
        began = START_MS + number * HOUR_MS

        def ask(query: str, variables: Document | None = None) -> Document:
            document: Document = (
                {"query": query} if variables is None else {"query": query, "variables": variables}
            )
            now_ms = began + len(exchanges) * STEP_MS
            response = self.answer(root, document, now_ms)
            request = Request("POST", PATH, (JSON,), encode_json(document))
            exchanges.append(Exchange(request, response, now_ms, 5))
            return member(parse(response.body), "data") or {}

        self.visit(ask, rng)
        return Recorded(f"{number:03}", began, tuple(exchanges))


def member(document: object, *path: str) -> Document:
    """Return the object at a path below a document; empty where there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def _formatted(error: GraphQLError) -> Document:
    done: Document = {"message": error.message}
    if error.locations:
        done["locations"] = [{"line": each.line, "column": each.column} for each in error.locations]
    if error.path:
        done["path"] = list(error.path)
    return {**done, "extensions": error.extensions or {"code": "BAD_REQUEST"}}
