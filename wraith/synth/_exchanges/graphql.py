"""Whether an exchange speaks GraphQL. Asked of every exchange, so it needs no library."""

from __future__ import annotations

from wraith.exchange import graphql_requests, is_batch
from wraith.synth._exchanges.seen import Seen


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
