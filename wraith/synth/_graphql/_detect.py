"""Whether an exchange speaks GraphQL. Asked of every exchange, so it needs no library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wraith.exchange import graphql_requests, is_batch
from wraith.synth._seen import Seen

if TYPE_CHECKING:
    from wraith.synth._graphql._learn import GraphQLCorpus


def asks_graphql(seen: Seen) -> bool:
    """Whether a request is one of GraphQL in its form, whatever it was answered."""
    return seen.method == "POST" and graphql_requests(seen.request) is not None


def speaks_graphql(seen: Seen) -> bool:
    """Whether an exchange is one of GraphQL: by what is asked, and by the form of the answer."""
    if graphql_requests(seen.request) is None:
        return False
    document = seen.document
    if isinstance(document, list) and is_batch(seen.request) and document:
        document = document[0]
    return isinstance(document, dict) and bool({"data", "errors"} & document.keys())


def endpoints_of(sessions: Iterable[list[Seen]]) -> list[GraphQLCorpus]:
    """Return the endpoints of the sessions that speak GraphQL, by their path, each with its exchanges."""
    found: dict[str, GraphQLCorpus] = {}
    left: list[Seen] = []
    for session in sessions:
        for seen in session:
            if speaks_graphql(seen):
                _endpoint(found, seen.request.path).add(seen)
            elif asks_graphql(seen):
                left.append(seen)
    for seen in left:
        if seen.request.path in found:
            found[seen.request.path].leave(seen)
    return [found[path] for path in sorted(found)]


def _endpoint(found: dict[str, GraphQLCorpus], path: str) -> GraphQLCorpus:
    from wraith.synth._graphql._learn import GraphQLCorpus

    return found.setdefault(path, GraphQLCorpus(path))
