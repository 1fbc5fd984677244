"""GraphQL endpoints of several layers at one path: one schema, which overlays only add to.

Types, fields, arguments, values of enums and members of unions are added; what the base has stays as it is. A
definition that says otherwise what the base says is a contradiction, and so is a route for a field that the
base's schema has: the base answers that one by itself. Source: GraphQL specification (October 2021), 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from wraith.exchange import Request, graphql_requests
from wraith.wir import ANYTHING, METHODS, GraphQL, Model, Route

Node: TypeAlias = Any
"""A node of the syntax tree of graphql-core."""

_ROOTS = {"Query": ("query", ""), "Mutation": ("mutation", "")}

_PARTS = ("fields", "values", "types")
"""Where definitions hold what may be added: members of objects and inputs, values of enums, types of
unions."""


def joined_endpoints(models: Sequence[Model]) -> tuple[GraphQL, ...]:
    """Return the endpoints of all models, those at one path as one, the first model's words before others."""
    found: dict[str, GraphQL] = {}
    for model in models:
        for endpoint in model.graphql:
            there = found.get(endpoint.path)
            found[endpoint.path] = endpoint if there is None else _joined(there, endpoint)
    return tuple(found[path] for path in sorted(found))


def added_fields(full: Model, base: Model) -> tuple[tuple[GraphQL, ...], tuple[Route, ...]]:
    """Return what a model has of GraphQL that a base lacks: endpoints, of one that both have the definitions
    that can be added; and the routes of fields that the base's schema does not have."""
    theirs = {endpoint.path: endpoint for endpoint in base.graphql}
    endpoints, routes = [], []
    for endpoint in full.graphql:
        there = theirs.get(endpoint.path)
        fresh = [
            route for route in field_routes(full, endpoint) if not (there and _is_field_of(there, route))
        ]
        if there is None:
            endpoints.append(endpoint)
        elif (lines := _additions(there, endpoint)) or fresh:
            bulk = {name: each for name, each in endpoint.bulk.items() if name not in there.bulk}
            endpoints.append(there.model_copy(update={"definitions": lines, "bulk": bulk}))
        routes += fresh
    return tuple(endpoints), tuple(routes)


def contradictions_of_fields(base: Model, over: Model) -> Iterator[tuple[str, str]]:
    """Yield where an overlay says of fields otherwise than a base: the place, and the reason."""
    theirs = {endpoint.path: endpoint for endpoint in base.graphql}
    known = {(route.method, route.path_pattern) for route in base.routes}
    for endpoint in over.graphql:
        if (there := theirs.get(endpoint.path)) is None:
            continue
        before = _by_name(there)
        for name, mine in _by_name(endpoint).items():
            if name in before:
                yield from ((f"{endpoint.path}: {place}", why) for place, why in _clashes(before[name], mine))
        for route in field_routes(over, endpoint):
            if (route.method, route.path_pattern) not in known and _is_field_of(there, route):
                yield route.name, "answers a field that is answered from what is stored"


class AskedFields:
    """Which fields requests ask for, as the names of the routes that answer them."""

    def __init__(self, model: Model) -> None:
        from graphql import build_schema

        self._schemas = {each.path: build_schema("\n".join(each.definitions)) for each in model.graphql}

    def of(self, request: Request) -> set[str]:
        """Return the names for one request; none where it asks no endpoint, or what is no document."""
        from graphql import GraphQLError, parse

        found: set[str] = set()
        if (schema := self._schemas.get(request.path)) is not None:
            for asked in graphql_requests(request) or ():
                with suppress(GraphQLError):
                    found |= _names_of(parse(asked.query), schema, request.path)
        return found


def _names_of(document: Node, schema: Node, path: str) -> set[str]:
    from graphql import FieldNode, TypeInfo, TypeInfoVisitor, Visitor, visit

    found: set[str] = set()
    types = TypeInfo(schema)

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            if (owner := types.get_parent_type()) is not None:
                method, below = _ROOTS.get(owner.name, ("field", f"{owner.name}/"))
                found.add(f"{method} {path}/{below}{node.name.value}")

    visit(document, TypeInfoVisitor(types, Fields()))
    return found


def field_routes(model: Model, endpoint: GraphQL) -> list[Route]:
    """Return the routes of a model that answer fields of an endpoint."""
    below = f"{endpoint.path}/"
    return [each for each in model.routes if each.method in METHODS and each.path_pattern.startswith(below)]


def _is_field_of(endpoint: GraphQL, route: Route) -> bool:
    """Whether the schema of an endpoint has the field that a route answers."""
    name = route.path_pattern.removeprefix(f"{endpoint.path}/")
    owner, _, member = name.rpartition("/")
    kind = owner or route.method.title()
    node = _by_name(endpoint).get(kind)
    return node is not None and member in _parts(node)


def _joined(base: GraphQL, over: GraphQL) -> GraphQL:
    added = _added_nodes(base, over)
    definitions = base.definitions
    if added:
        whole = {**_by_name(base), **{name: node for name, (node, _) in added.items()}}
        definitions = _printed(whole.values())
    return base.model_copy(
        update={
            "definitions": definitions,
            "bulk": {**over.bulk, **base.bulk},
            "errors": {**over.errors, **base.errors},
            "accepted": {**over.accepted, **base.accepted},
        }
    )


def _additions(base: GraphQL, over: GraphQL) -> tuple[str, ...]:
    """Return the definitions that an endpoint adds to another one, and nothing that stands there already."""
    return _printed(new for _, new in _added_nodes(base, over).values())


def _added_nodes(base: GraphQL, over: GraphQL) -> dict[str, tuple[Node, Node]]:
    """Return by name the definitions that grow or are new: as they are then, and what is new of them."""
    there = _by_name(base)
    found: dict[str, tuple[Node, Node]] = {}
    for name, mine in _by_name(over).items():
        if name not in there:
            found[name] = (mine, mine)
        elif there[name].kind == mine.kind and (pair := _grown(there[name], mine)) is not None:
            found[name] = pair
    return found


def _grown(base: Node, over: Node) -> tuple[Node, Node] | None:
    """Return a definition with what another one of its name adds, and the additions alone; None without
    any."""
    for part in _PARTS:
        if not hasattr(base, part):
            continue
        known, mine = _parts(base), _parts(over)
        new = [_optional(node) for name, node in mine.items() if name not in known]
        wider = {
            name: wide
            for name, node in mine.items()
            if name in known and (wide := _with_arguments(known[name], node)) is not None
        }
        if not new and not wider:
            return None
        whole = [wider.get(name, node) for name, node in known.items()] + new
        return _with(base, part, whole), _with(base, part, [*wider.values(), *new])
    return None


def _with_arguments(base: Node, over: Node) -> Node | None:
    """Return a field with the arguments that another one of its name adds, None without any."""
    if not getattr(over, "arguments", None):
        return None
    known = {node.name.value for node in base.arguments}
    new = [_optional(node) for node in over.arguments if node.name.value not in known]
    return _with(base, "arguments", [*base.arguments, *new]) if new else None


def _optional(node: Node) -> Node:
    """Return an argument or a member of an input that need not be given: nobody gave it before."""
    required = node.kind == "input_value_definition" and node.type.kind == "non_null_type"
    return _with(node, "type", node.type.type) if required else node


def _clashes(base: Node, over: Node) -> Iterator[tuple[str, str]]:
    name = base.name.value
    if base.kind != over.kind:
        yield name, "is another kind of definition"
        return
    known = _parts(base)
    for member, node in _parts(over).items():
        if member not in known or not hasattr(node, "type"):
            continue
        mine, theirs = _named_type(node.type), _named_type(known[member].type)
        if mine != theirs and ANYTHING not in (mine.strip("[]"), theirs.strip("[]")):
            yield f"{name}.{member}", f"is {mine}, and there it is {theirs}"


def _named_type(node: Node) -> str:
    """Return a type without what it says of null, which recordings tell by what they happen to hold."""
    if node.kind == "named_type":
        return str(node.name.value)
    inner = _named_type(node.type)
    return f"[{inner}]" if node.kind == "list_type" else inner


def _parts(node: Node) -> dict[str, Node]:
    found: Iterable[Node] = next((each for part in _PARTS if (each := getattr(node, part, None))), ())
    return {each.name.value: each for each in found}


def _by_name(endpoint: GraphQL) -> Mapping[str, Node]:
    from graphql import parse

    text = "\n".join(endpoint.definitions)
    return {node.name.value: node for node in parse(text, no_location=True).definitions} if text else {}  # type: ignore[attr-defined]  # types


def _with(node: Node, part: str, value: object) -> Node:
    from copy import copy

    made = copy(node)
    setattr(made, part, tuple(value) if isinstance(value, list) else value)
    return made


def _printed(nodes: Iterable[Node]) -> tuple[str, ...]:
    from graphql import print_ast

    return tuple(line for node in nodes for line in print_ast(node).split("\n") if line)
