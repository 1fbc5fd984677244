"""GraphQL, learned: exchanges taken apart into fields, types gathered, each field learned as a route.

``learn`` is imported where a corpus speaks GraphQL: only that needs the library.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wraith.synth._exchanges.graphql import asks_graphql, speaks_graphql
from wraith.synth._exchanges.seen import Seen

if TYPE_CHECKING:
    from wraith.synth._graphql.learn import GraphQLCorpus

__all__ = ["endpoints_of"]


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
    from wraith.synth._graphql.learn import GraphQLCorpus

    return found.setdefault(path, GraphQLCorpus(path))
