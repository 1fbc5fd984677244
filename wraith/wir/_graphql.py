"""What a model knows of a GraphQL endpoint: its schema, and how it says what is wrong.

The values come from routes: ``query /graphql/allPosts``, ``mutation /graphql/createPost`` and
``field /graphql/Post/User`` stand among the model's routes, with the arguments as their request's body and
the object that a nested field belongs to as ``entity``. Their methods are the words of GraphQL in small
letters, which no HTTP request has (RFC 9110, 9.1: methods are case-sensitive).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic import JsonValue as Json

METHODS = frozenset({"query", "mutation", "field"})
"""Methods of routes that answer fields of GraphQL, not requests of HTTP."""

ANYTHING = "Anything"
"""The scalar of arguments and fields whose type nothing told: takes and gives every value."""

Stage: TypeAlias = Literal["syntax", "operation", "subscription", "validation", "variables", "execution"]
"""How far a request came: parsed, its operation found, valid, its variables taken over, or executed."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ErrorForm(_Part):
    """How an endpoint answers a request that comes no further than a stage.

    ``members`` are those of each error in their order, of which ``message``, ``locations`` and ``path`` are
    worked out and the others constant; ``message`` replaces the text where the endpoint has one of its own.
    ``data``: whether ``"data": null`` stands beside the errors.
    """

    status: int = Field(ge=100, le=599)
    members: tuple[str, ...] = ("message", "locations", "path")
    constants: dict[str, Json] = {}
    message: str | None = None
    data: bool = False


class Media(_Part):
    """How an endpoint answers those who accept another media type; ``refused`` is the status of what comes to
    no execution, None where that is as ever."""

    media_type: str
    refused: int | None = None


class Bulk(_Part):
    """A field that does for each element of an argument what another field does for one."""

    of: str
    """The name of the argument."""
    does: str
    """The name of the field."""


class GraphQL(_Part):
    """One endpoint. ``schema`` is in the schema definition language of GraphQL, a line each."""

    path: str
    methods: tuple[str, ...] = ("POST",)
    definitions: tuple[str, ...] = Field(alias="schema")
    media_type: str = "application/json"
    accepted: dict[str, Media] = {}
    """By the value of ``accept``, where the answer is of another type."""
    left: dict[str, tuple[str | None, ...]] = {}
    """Values of headers with which a request is left to the routes of HTTP; None where there is no header."""
    headers: dict[str, str] = {}
    batches: bool = False
    """Whether a list of operations is answered with a list."""
    errors_first: bool = False
    """Whether ``errors`` stand before ``data``."""
    errors: dict[Stage, ErrorForm] = {}
    quote: str = '"'
    """What names stand between in the texts of errors: servers of one family write ``"``, of another
    ``'``."""
    bulk: dict[str, Bulk] = {}
