"""What the errors of an endpoint tell: how it says them, and what they say of the schema.

The texts are those of the reference implementation of GraphQL, which most servers share; what they say of
types is read from them by their form. Source: graphql-js, ``src/validation/rules``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graphql import (
    FieldNode,
    GraphQLError,
    InlineFragmentNode,
    Node,
    OperationType,
    SelectionSetNode,
    ValueNode,
    get_location,
    parse,
)

from wraith.canonical import JsonValue
from wraith.paths import MISSING
from wraith.synth._graphql.documents import ROOTS, Operation
from wraith.synth._graphql.types import Position
from wraith.wir import ErrorForm, Stage

_Q = "[\"']"
_TOLD: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(text.replace("Q", f"{_Q}([^\"']+){_Q}")))
    for kind, text in (
        ("owner", r"Cannot query field Q on type Q\."),
        ("owner of argument", rf"Unknown argument Q on field {_Q}([^\"'.]+)\.[^\"']+{_Q}\."),
        ("argument", "Field Q argument Q of type Q is required"),
        ("field", "Field Q of type Q must have a selection of subfields"),
        ("field", "Field Q must not have a selection since type Q has no subfields"),
        ("value", "Variable Q of type Q used in position expecting type Q"),
        ("scalar", r"^(\w+) cannot represent"),
        ("never null", r"Cannot return null for non-nullable field (\w+)\.(\w+)\."),
        ("member", rf"Field {_Q}(\w+)\.(\w+){_Q} of required type Q was not provided"),
    )
)


@dataclass(slots=True)
class Told:
    """What errors said of the schema, in its own notation of types."""

    owners: dict[Position, str] = field(default_factory=dict)
    fields: dict[Position, str] = field(default_factory=dict)
    arguments: dict[tuple[Position, tuple[str, ...]], str] = field(default_factory=dict)
    """By the position of the field, and the argument with the members below it."""
    members: dict[tuple[str, str], str] = field(default_factory=dict)
    """Types of members of input objects."""
    never_null: set[tuple[str, str]] = field(default_factory=set)
    """Fields of types that may not be null."""


def is_of_the_schema(error: JsonValue) -> bool:
    """Whether an error of execution is one that the schema makes, whatever answers the field."""
    return isinstance(error, dict) and _NEVER_NULL.match(str(error.get("message"))) is not None


_NEVER_NULL = re.compile(r"Cannot return null for non-nullable field ")


def read_told(operations: Iterable[Operation]) -> Told:
    """Return what the errors of all operations say of the schema."""
    told = Told()
    for operation in operations:
        if operation.answer.get("data", MISSING) is None:
            told.never_null |= {(ROOTS[call.kind], call.name) for call in operation.calls if call.error}
        if operation.errors and operation.document is not None:
            places = dict(_places(operation))
            for error in operation.errors:
                _read(error, places, told)
    return told


Place = tuple[Position, tuple[str, ...]]


def _read(error: dict[str, JsonValue], places: dict[tuple[int, int], Place], told: Told) -> None:
    message = error.get("message")
    found = [places[at] for at in _locations(error) if at in places]
    if not isinstance(message, str):
        return
    for kind, pattern in _TOLD:
        match = pattern.search(message)
        if match is None:
            continue
        if kind == "never null":
            told.never_null.add((match[1], match[2]))
            return
        if kind == "member":
            told.members[match[1], match[2]] = match[3]
        if not found:
            return
        position, argument = found[-1]
        if kind == "owner" or kind == "owner of argument":
            owner = position[:-1]
            if len(owner) > 1:
                told.owners[owner] = match[2]
        elif kind == "argument":
            told.arguments[position, (match[2],)] = match[3]
        elif kind == "field":
            told.fields[position] = match[2]
            if "must have" in match[0]:
                told.owners[position] = match[2].strip("[]!")
        elif kind == "value":
            told.arguments[position, argument] = match[3]
        elif kind == "scalar" and argument:
            told.arguments.setdefault((position, argument), match[1])
        return


def _locations(error: dict[str, JsonValue]) -> Iterator[tuple[int, int]]:
    found = error.get("locations")
    for each in found if isinstance(found, list) else ():
        match each:
            case {"line": int(line), "column": int(column)}:
                yield line, column


def _places(operation: Operation) -> Iterator[tuple[tuple[int, int], Place]]:
    """Yield where fields, arguments and values stand in the text, with what they are."""
    node = operation.operation
    if node is None or node.operation.value not in ROOTS:
        return
    yield from _walk(node.selection_set, (ROOTS[node.operation.value],))


def _walk(selections: SelectionSetNode, at: Position) -> Iterator[tuple[tuple[int, int], Place]]:
    for each in selections.selections:
        match each:
            case FieldNode():
                position = (*at, each.name.value)
                yield _at(each), (position, ())
                for argument in each.arguments:
                    path = (argument.name.value,)
                    yield _at(argument), (position, path)
                    yield from _values(argument.value, position, path)
                if each.selection_set is not None:
                    yield _at(each.selection_set), (position, ())
                    yield from _walk(each.selection_set, position)
            case InlineFragmentNode():
                yield from _walk(each.selection_set, at)


def _values(
    node: ValueNode, position: Position, path: tuple[str, ...]
) -> Iterator[tuple[tuple[int, int], Place]]:
    yield _at(node), (position, path)
    for each in getattr(node, "fields", ()):
        yield from _values(each.value, position, (*path, each.name.value))


def _at(node: Node) -> tuple[int, int]:
    assert node.loc is not None  # Invariant: nodes of a parsed text know where they stand
    found = get_location(node.loc.source, node.loc.start)
    return found.line, found.column


# --- forms --------------------------------------------------------------------------------------------------


def stage_of(operation: Operation) -> Stage:
    """Return how far an operation with errors came."""
    if operation.document is None:
        return "syntax"
    if operation.operation is None:
        return "operation"
    if operation.operation.operation is OperationType.SUBSCRIPTION:
        return "subscription"
    if any("path" in each for each in operation.errors) or isinstance(operation.answer.get("data"), dict):
        return "execution"
    texts = [str(each.get("message", "")) for each in operation.errors]
    told = re.compile(
        rf"^Variable {_Q}\$\w+{_Q} (?:got invalid value|of required type|of non-null type|has invalid)"
    )
    return "variables" if all(told.search(text) for text in texts) else "validation"


def learn_forms(operations: Iterable[Operation]) -> dict[Stage, ErrorForm]:
    """Return how an endpoint says its errors, by the stage at which they come."""
    by_stage: dict[Stage, list[Operation]] = defaultdict(list)
    for operation in operations:
        if operation.errors:
            by_stage[stage_of(operation)].append(operation)
    return {stage: _form(stage, some) for stage, some in sorted(by_stage.items())}


def _form(stage: Stage, some: list[Operation]) -> ErrorForm:
    errors = [error for operation in some for error in operation.errors]
    members = tuple(dict.fromkeys(name for error in errors for name in error))
    statuses = Counter(operation.seen.status for operation in some)
    constants: dict[str, JsonValue] = {}
    for name in members:
        values = [error.get(name) for error in errors]
        if name not in ("message", "locations", "path") and all(value == values[0] for value in values):
            constants[name] = values[0]
    return ErrorForm(
        status=min(statuses, key=lambda each: (-statuses[each], each)),
        members=members,
        constants=constants if stage != "execution" else {},
        message=_own_message(stage, some),
        data=stage != "execution" and all("data" in operation.answer for operation in some),
    )


def _own_message(stage: Stage, some: list[Operation]) -> str | None:
    """Return the text of an endpoint that says the same of every request, where others say why."""
    texts = {str(error.get("message", "")) for operation in some for error in operation.errors}
    if len(texts) != 1:
        return None
    text = texts.pop()
    if stage == "subscription":
        return text
    if stage == "operation":
        return (
            text if not text.startswith(("Must provide operation name", "Unknown operation named")) else None
        )
    if stage == "syntax":
        return (
            text
            if all(_syntax(operation.asked.query) != text.replace("'", '"') for operation in some)
            else None
        )
    return None


def _syntax(query: str) -> str:
    try:
        parse(query)
    except GraphQLError as error:
        return error.message.replace("'", '"')
    except RecursionError:
        return ""
    return ""


def quote_of(operations: Iterable[Operation]) -> str:
    """Return the quotation mark that stands around names in errors."""
    marks: Counter[str] = Counter()
    for operation in operations:
        for error in operation.errors:
            found = re.search(
                r"(?:field|type|argument|Field|Variable|Unexpected|Unknown \w+) ([\"'])",
                str(error.get("message")),
            )
            if found is not None:
                marks[found[1]] += 1
    return "'" if marks["'"] > marks['"'] else '"'
