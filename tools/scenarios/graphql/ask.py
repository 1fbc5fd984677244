"""Asking: a query is sent as a client sends it, and made of fields that a client might want."""

from __future__ import annotations

import random
import re
from typing import Any

from recording import Answer, Service

PATH = "/graphql"
FIELDS = {
    "User": ("id", "name", "email", "age"),
    "Post": ("id", "title", "body", "views", "rating", "published", "user_id", "tags"),
    "Comment": ("id", "post_id", "user_id", "body", "written"),
}
PARENTS = {"Post": ("User",), "Comment": ("User", "Post")}
CHILDREN = {"User": {"Posts": "Post", "Comments": "Comment"}, "Post": {"Comments": "Comment"}}

_GAP = re.compile(r"<(\w+)([+*]?)>")


def ask(
    blog: Service,
    query: str,
    variables: dict[str, Any] | None = None,
    operation: str | None = None,
    **values: object,
) -> Answer:
    """Fill a query and send it; return its data, or None where there is none."""
    body: dict[str, Any] = {"query": fill(blog.rng, query, **values)}
    if variables is not None:
        body["variables"] = variables
    if operation is not None:
        body["operationName"] = operation
    answer = blog.post(PATH, body)
    return answer.get("data") if isinstance(answer, dict) else None


def fill(rng: random.Random, query: str, **values: object) -> str:
    """Return the query with its gaps filled: ``<key>`` by the value of that name, others by fields of a type.

    ``<Post>`` becomes some fields of posts in some order, ``<Post+>`` also those of what it belongs to,
    ``<Post*>`` also those of one kind of what belongs to it.
    """

    def filling(gap: re.Match[str]) -> str:
        name, more = gap.groups()
        return str(values[name]) if name in values else _fields(rng, name) + _further(rng, name, more)

    return _GAP.sub(filling, query)


def _fields(rng: random.Random, kind: str) -> str:
    fields = FIELDS[kind]
    return " ".join(rng.sample(fields, rng.randint(2, len(fields))))


def _further(rng: random.Random, kind: str, more: str) -> str:
    if more == "+":
        return "".join(f" {parent} {{ {_fields(rng, parent)} }}" for parent in PARENTS[kind])
    if more == "*":
        name, child = rng.choice(sorted(CHILDREN[kind].items()))
        return f" {name} {{ {_fields(rng, child)} }}"
    return ""
