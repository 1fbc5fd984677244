"""Lint of GraphQL: fields that nothing answers or nobody can ask for, and placeholders of endpoints.

Fields are routes, and their variants are looked at as those of all routes are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from wraith.canonical import JsonValue
from wraith.wir._graphql import METHODS, GraphQL
from wraith.wir._lint_finding import LintFinding
from wraith.wir._model import Model

_BLOCK: Final = re.compile(r"(?:extend )?(?:type|interface) (\w+)|(schema)\b")
_FIELD: Final = re.compile(r"\s+(\w+)\s*(?:\(.*\))?\s*:\s*(\w+)?")


def lint_graphql(model: Model, is_placeholder: Callable[[str], bool]) -> Iterator[LintFinding]:
    """Yield what is wrong with the endpoints of a model, and with the routes of their fields."""
    routes = {(route.method, route.path_pattern) for route in model.routes if route.method in METHODS}
    askable: set[tuple[str, str]] = set()
    for endpoint in model.graphql:
        fields = _fields(endpoint.definitions)
        askable |= set(_askable(endpoint, fields))
        yield from _unanswered(endpoint, fields, routes)
        yield from _placeholders(endpoint, is_placeholder)
    for method, pattern in sorted(routes - askable):
        message = "the schema has no such field: nobody can ask for it"
        remedy = "put the field into the schema, or take the route out"
        yield LintFinding("unreachable-field", f"{method} {pattern}", message, remedy)


def _fields(definitions: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the fields of each type with the types that they give; ``schema`` names the root types."""
    found: dict[str, dict[str, str]] = {}
    inside = ""
    for line in definitions:
        if block := _BLOCK.match(line):
            inside = block[1] or block[2]
        elif line.startswith("}"):
            inside = ""
        elif inside and (field := _FIELD.match(line)):
            found.setdefault(inside, {})[field[1]] = field[2] or ""
    return found


def _root(fields: Mapping[str, Mapping[str, str]], operation: str) -> tuple[str, Mapping[str, str]]:
    """Return the name and the fields of the type that an operation begins with."""
    name = fields.get("schema", {}).get(operation, operation.capitalize())
    return name, fields.get(name, {})


def _askable(endpoint: GraphQL, fields: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the routes that the fields of a schema may have."""
    for operation in ("query", "mutation"):
        for name in _root(fields, operation)[1]:
            yield operation, f"{endpoint.path}/{name}"
    for kind, names in fields.items():
        for name in names:
            yield "field", f"{endpoint.path}/{kind}/{name}"
    for bulk in endpoint.bulk.values():  # done for each element, asked for alone or not
        for operation in ("query", "mutation"):
            yield operation, f"{endpoint.path}/{bulk.does}"


def _unanswered(
    endpoint: GraphQL, fields: Mapping[str, Mapping[str, str]], routes: set[tuple[str, str]]
) -> Iterator[LintFinding]:
    """Yield fields of root types that nothing answers: null, whoever asks."""
    for operation in ("query", "mutation"):
        root, names = _root(fields, operation)
        for name in names:
            bulk = endpoint.bulk.get(name)
            done = bulk.does if bulk is not None else name
            if (operation, f"{endpoint.path}/{done}") not in routes:
                message = f"no route answers {operation} {endpoint.path}/{done}: the field is always null"
                remedy = "record it, write its route by a patch, or take it out of the schema"
                yield LintFinding("hole-without-source", f"{endpoint.path}, {root}.{name}", message, remedy)


def _placeholders(endpoint: GraphQL, is_placeholder: Callable[[str], bool]) -> Iterator[LintFinding]:
    """Yield constants of an endpoint that stand in for something."""
    constants = {f"header {name}": value for name, value in endpoint.headers.items()}
    for stage, form in endpoint.errors.items():
        if form.message is not None:
            constants[f"errors.{stage}.message"] = form.message
        for name, value in form.constants.items():
            constants |= dict(_texts(value, f"errors.{stage}.{name}"))
    for place, text in constants.items():
        if is_placeholder(text):
            message = f"every client is answered {text!r:.60}, which stands in for something"
            remedy = "write what the service answers, by a patch"
            yield LintFinding("placeholder-constant", f"{endpoint.path}, {place}", message, remedy)


def _texts(value: JsonValue, at: str) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield at, value
        case dict():
            for name, part in value.items():
                yield from _texts(part, f"{at}.{name}")
        case list():
            for position, part in enumerate(value):
                yield from _texts(part, f"{at}[{position}]")
