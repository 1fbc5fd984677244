"""An endpoint of GraphQL: parsed, validated and executed by the rules of the specification, over our state.

Fields of the root types, and those of objects that a route knows how to work out, are answered by routes; all
others are members of what these give. Source: GraphQL specification (October 2021), 5 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    ExecutionContext,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLLeafType,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    is_enum_type,
)

from wraith.canonical import JsonValue
from wraith.exchange import (
    GraphQLRequest,
    Headers,
    Request,
    Response,
    encode_json,
    graphql_requests,
    header,
    is_batch,
)
from wraith.paths import MISSING, Found, Path
from wraith.runtime._environment import Environment, Ids
from wraith.runtime._graphql_schema import Documents, read_schema
from wraith.runtime._state import State
from wraith.runtime._values import text_of
from wraith.wir import ErrorForm, GraphQL, Hole, Stage, Variant

FieldChoice = tuple[Variant | None, Found, bool]
"""The variant that answered, its document, and whether it was extrapolated."""
Answerer = Callable[[str, str, Environment], FieldChoice | None]
"""Answers a field: its route's method and path, and what it can see; None where no route is there."""

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")
MADE = ("generated", "timestamp")
"""Classes of holes that are not compared exactly."""


@dataclass(slots=True)
class _Asked:
    """One operation while it is executed."""

    request: Request
    state: State
    ids: Ids
    now_ms: int
    extrapolated: bool = False
    made: dict[Path, Hole] = field(default_factory=dict)
    """Where the answer holds what is not repeated."""


@dataclass(frozen=True, slots=True)
class _Source:
    """An object of the answer: its members, the template they came from, and what its fields may see."""

    members: Mapping[str, JsonValue]
    template: JsonValue = None
    holes: Mapping[str, Hole] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphQLAnswer:
    """The response, its document, and a variant that says which parts of it are not repeated."""

    response: Response
    document: JsonValue
    name: str
    variant: Variant
    extrapolated: bool


class _Execution(ExecutionContext):
    """Gives leaves as they are stored; an identifier is text on the wire whatever it is in the state."""

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: object) -> object:
        if is_enum_type(return_type):
            return return_type.serialize(result)
        if return_type.name in ("ID", "String") and isinstance(result, int | float):
            return text_of(result)
        return result


class Endpoint:
    """One endpoint, compiled. Raises InputError where its schema is none."""

    def __init__(self, endpoint: GraphQL, answer: Answerer) -> None:
        self.endpoint = endpoint
        self._schema = read_schema(endpoint)
        self._documents = Documents(self._schema)
        self._answer = answer

    def asked(self, request: Request) -> tuple[GraphQLRequest, ...] | None:
        """Return the operations that a request asks of this endpoint, None where it asks for none."""
        if request.path != self.endpoint.path or request.method not in self.endpoint.methods:
            return None
        for name, values in self.endpoint.left.items():
            if header(request.headers, name) in values:
                return None
        found = graphql_requests(request)
        return None if found is None or (is_batch(request) and not self.endpoint.batches) else found

    def respond(
        self, asked: tuple[GraphQLRequest, ...], request: Request, state: State, ids: Ids, now_ms: int
    ) -> GraphQLAnswer:
        """Return the answer to a request."""
        done = [self._one(each, _Asked(request, state, ids, now_ms)) for each in asked]
        status, document, name, made, extrapolated = done[0]
        if is_batch(request):
            document = [each[1] for each in done]
            made = {
                (number, *path): hole for number, each in enumerate(done) for path, hole in each[3].items()
            }
            name, extrapolated = "batch", any(each[4] for each in done)
        media = self.endpoint.accepted.get(header(request.headers, "accept") or "")
        kind = self.endpoint.media_type if media is None else media.media_type
        if media is not None and media.refused is not None and _is_refusal(document):
            status = media.refused
        content: Headers = (("content-type", kind), *self.endpoint.headers.items())
        holes = {f"hole_{number}": hole for number, hole in enumerate(made.values(), 1)}
        template: JsonValue = None
        for number, path in enumerate(made, 1):
            template = _marked(template, path, f"$hole_{number}")
        variant = Variant(status=status, body_template=template, holes=holes)
        return GraphQLAnswer(
            Response(status, content, encode_json(document)), document, name, variant, extrapolated
        )

    def _one(self, asked: GraphQLRequest, at: _Asked) -> tuple[int, JsonValue, str, dict[Path, Hole], bool]:
        checked = self._documents.check(asked.query)
        document = checked.document
        if "subscription" in self.endpoint.errors and document is not None:
            operation = get_operation_ast(document, asked.operation)
            if operation is not None and operation.operation is OperationType.SUBSCRIPTION:
                return self._refused("subscription", (GraphQLError("Subscriptions are not supported"),))
        if document is None or checked.stage is not None:
            stage = checked.stage or "syntax"
            return self._refused(stage, checked.errors)
        operation = get_operation_ast(document, asked.operation)
        if operation is None:
            return self._refused("operation", (GraphQLError(_no_operation(asked.operation)),))
        try:
            result = self._execute(document, asked, at)
        except RecursionError:  # deeper than the interpreter goes
            return self._refused("validation", (GraphQLError("nested too deeply"),))
        name = _name(operation)
        if result.data is None and result.errors and all(error.path is None for error in result.errors):
            return self._refused("variables", tuple(result.errors), name)
        return self._executed(result, name, at)

    def _execute(self, document: DocumentNode, asked: GraphQLRequest, at: _Asked) -> ExecutionResult:
        return execute_sync(
            self._schema,
            document,
            context_value=at,
            variable_values=dict(asked.variables),
            operation_name=asked.operation,
            field_resolver=self._resolve,
            type_resolver=lambda value, *_: _typename(value),
            execution_context_class=_Execution,
        )

    def _executed(
        self, result: ExecutionResult, name: str, at: _Asked
    ) -> tuple[int, JsonValue, str, dict[Path, Hole], bool]:
        data: dict[str, JsonValue] = {"data": result.data}
        made: dict[Path, Hole] = {("data", *path): hole for path, hole in at.made.items()}
        if not result.errors:
            return 200, data, name, made, at.extrapolated
        form = self._form("execution")
        errors: dict[str, JsonValue] = {"errors": [self._error(each, form) for each in result.errors]}
        document = {**errors, **data} if self.endpoint.errors_first else {**data, **errors}
        return form.status, document, name, made, at.extrapolated

    def _refused(
        self, stage: Stage, errors: tuple[GraphQLError, ...], name: str = ""
    ) -> tuple[int, JsonValue, str, dict[Path, Hole], bool]:
        form = self._form(stage)
        document: dict[str, JsonValue] = {"errors": [self._error(each, form) for each in errors]}
        if form.data:
            null: dict[str, JsonValue] = {"data": None}
            document = {**document, **null} if self.endpoint.errors_first else {**null, **document}
        return form.status, document, name or stage, {}, stage not in self.endpoint.errors

    def _form(self, stage: Stage) -> ErrorForm:
        """Return how a stage's errors are said: as those of the nearest stage that was seen."""
        for near in (stage, *_NEAREST[stage]):
            if near in self.endpoint.errors:
                return self.endpoint.errors[near]
        return ErrorForm(status=200 if stage == "execution" else 400)

    def _error(self, error: GraphQLError, form: ErrorForm) -> JsonValue:
        text = form.message if form.message is not None else self._quoted(error.message)
        known: dict[str, JsonValue] = {"message": text}
        if error.locations:
            known["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
        if error.path is not None:
            known["path"] = list(error.path)
        if error.extensions:
            known.update(error.extensions)
        done: dict[str, JsonValue] = {}
        for name in form.members:
            if name in known:
                done[name] = known.pop(name)
            elif name in form.constants:
                done[name] = form.constants[name]
        return {**done, **{k: v for k, v in known.items() if k not in ("message", "locations", "path")}}

    def _quoted(self, message: str) -> str:
        return _QUOTED.sub(r'"\1"', message) if self.endpoint.quote == '"' else message

    # --- fields ---

    def _resolve(self, source: object, info: GraphQLResolveInfo, **arguments: JsonValue) -> object:
        at: _Asked = info.context
        name = info.field_name
        if source is None:
            value = self._root(info.parent_type, name, arguments, at, info)
        else:
            assert isinstance(source, _Source)  # Invariant: we made it
            value = self._member(source, info.parent_type.name, name, arguments, at, info)
        return value

    def _root(
        self, parent: object, name: str, arguments: dict[str, JsonValue], at: _Asked, info: GraphQLResolveInfo
    ) -> object:
        method = "mutation" if parent is self._schema.mutation_type else "query"
        bulk = self.endpoint.bulk.get(name)
        if bulk is None:
            return self._call(method, name, arguments, at, info)
        elements = arguments.get(bulk.of)
        if not isinstance(elements, list):
            return None
        rest = {key: value for key, value in arguments.items() if key != bulk.of}
        return [
            self._call(method, bulk.does, {**rest, **each}, at, info, number)
            for number, each in enumerate(elements)
            if isinstance(each, dict)
        ]

    def _call(
        self,
        method: str,
        name: str,
        arguments: dict[str, JsonValue],
        at: _Asked,
        info: GraphQLResolveInfo,
        number: int | None = None,
    ) -> object:
        env = Environment(at.request, {}, at.state, at.ids, at.now_ms)
        env.take_body(arguments)
        found = self._answer(method, f"{self.endpoint.path}/{name}", env)
        if found is None:
            return None
        variant, value, extrapolated = found
        at.extrapolated = at.extrapolated or extrapolated
        if variant is None or value is MISSING:
            return None
        if variant.status >= 400:
            raise _said(value)
        path = tuple(info.path.as_list()) if number is None else (*info.path.as_list(), number)
        return _given(value, variant.body_template, variant.holes, at, path)

    def _member(
        self,
        source: _Source,
        kind: str,
        name: str,
        arguments: dict[str, JsonValue],
        at: _Asked,
        info: GraphQLResolveInfo,
    ) -> object:
        env = Environment(at.request, {}, at.state, at.ids, at.now_ms)
        env.take_body(arguments)
        env.entity = dict(source.members)
        found = self._answer("field", f"{self.endpoint.path}/{kind}/{name}", env)
        path: Path = tuple(info.path.as_list())
        if found is None:
            template = source.template.get(name) if isinstance(source.template, dict) else None
            return _given(source.members.get(name), template, source.holes, at, path)
        variant, value, extrapolated = found
        at.extrapolated = at.extrapolated or extrapolated
        if variant is None or value is MISSING:
            return None
        if variant.status >= 400:
            raise _said(value)
        return _given(value, variant.body_template, variant.holes, at, path)


_NEAREST: dict[Stage, tuple[Stage, ...]] = {
    "syntax": ("validation",),
    "operation": ("validation", "syntax"),
    "validation": ("syntax", "variables"),
    "variables": ("validation", "syntax"),
    "subscription": (),
    "execution": (),
}
"""Stages whose errors look alike most often, for one that was never seen."""


def _given(value: Found, template: JsonValue, holes: Mapping[str, Hole], at: _Asked, path: Path) -> object:
    """Return a value as the executor wants it, and note where it is made afresh."""
    if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
        hole = holes.get(template[1:])
        if hole is not None and hole.hole_class in MADE and not isinstance(value, dict | list):
            at.made[path] = hole
        template = None
    if isinstance(value, dict):
        return _Source(value, template, holes)
    if isinstance(value, list):
        parts = (
            template if isinstance(template, list) and len(template) == len(value) else [None] * len(value)
        )
        return [
            _given(item, part, holes, at, (*path, number))
            for number, (item, part) in enumerate(zip(value, parts, strict=True))
        ]
    return None if value is MISSING else value


def _said(value: Found) -> GraphQLError:
    """Return the error that a route answers: a message, and what else stands beside it."""
    members = dict(value) if isinstance(value, dict) else {}
    message = members.pop("message", "")
    return GraphQLError(str(message), extensions=members)


def _is_refusal(document: JsonValue) -> bool:
    """Whether an answer tells errors, and no data."""
    return isinstance(document, dict) and "errors" in document and document.get("data") is None


def _typename(value: object) -> str | None:
    found = value.members.get("__typename") if isinstance(value, _Source) else None
    return found if isinstance(found, str) else None


def _no_operation(name: str | None) -> str:
    if name is not None:
        return f"Unknown operation named '{name}'."
    return "Must provide operation name if query contains multiple operations."


def _name(operation: OperationDefinitionNode) -> str:
    fields = [each.name.value for each in operation.selection_set.selections if isinstance(each, FieldNode)]
    return " ".join([operation.operation.value, *dict.fromkeys(fields)])


def _marked(template: JsonValue, path: Path, mark: str) -> JsonValue:
    """Return the template with a hole at a path; what is beside it stays open, and is compared exactly."""
    if not path:
        return mark
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(template) if isinstance(template, list) else []
        items += [None] * (step + 1 - len(items))
        items[step] = _marked(items[step], rest, mark)
        return items
    assert isinstance(step, str)  # Invariant: paths of answers are names and positions
    members = dict(template) if isinstance(template, dict) else {}
    return {**members, step: _marked(members.get(step), rest, mark)}
