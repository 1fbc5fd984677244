"""What one exchange asked of GraphQL, field by field, and what each field answered.

Aliases, fragments, variables, defaults and directives are resolved here, so that all that follows sees fields
by their names with their arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_operation_ast,
    parse,
    print_ast,
    value_from_ast_untyped,
)

from wraith.canonical import JsonValue
from wraith.exchange import GraphQLRequest
from wraith.paths import MISSING, Found, Path
from wraith.synth._exchanges.seen import Seen

MAX_TOKENS = 15_000
MAX_SELECTED = 20_000
"""Fields of one answer that are looked at; more is an export, and teaches nothing new."""

ROOTS = {"query": "Query", "mutation": "Mutation"}


@dataclass(slots=True)
class Object:
    """An object of an answer: what was selected of it, and the names of types that it is known by."""

    sights: list[Sight] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    """Its own name where it was asked for, else the types of the fragments that its fields are of."""
    under: set[str] = field(default_factory=set)
    """The types of the fragments that its fields are of."""
    offered: set[str] = field(default_factory=set)
    """The types of the fragments that it was asked for with, whether it is of them or not."""
    key: str | None = None
    """Its key, where that was not selected and the rest tells it."""


Value: TypeAlias = "Found | Object | list[Value]"


@dataclass(frozen=True, slots=True)
class Hint:
    """What a document says of the type of an argument, or of a member below it: the type that a variable in
    its place is declared with, or the kind of a literal."""

    path: tuple[str, ...]
    kind: str
    declared: bool


@dataclass(slots=True)
class Sight:
    """One field of an object: its arguments and its value."""

    name: str
    arguments: dict[str, JsonValue]
    value: Value
    hints: tuple[Hint, ...] = ()
    bare: bool = True
    """It was asked for outside fragments on a type."""


@dataclass(slots=True)
class Call:
    """One field of a root type: what it was given, and its value or its error."""

    seen: Seen
    kind: str
    """``query`` or ``mutation``."""
    name: str
    arguments: dict[str, JsonValue]
    value: Value
    error: JsonValue = None
    hints: tuple[Hint, ...] = ()


@dataclass(slots=True)
class Operation:
    """One operation of an exchange: its document, what its fields were called with, and the answer to it."""

    seen: Seen
    asked: GraphQLRequest
    document: DocumentNode | None
    operation: OperationDefinitionNode | None
    answer: Mapping[str, JsonValue]
    calls: list[Call] = field(default_factory=list)

    @property
    def errors(self) -> list[dict[str, JsonValue]]:
        found = self.answer.get("errors")
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


class Documents:
    """Parsed documents by their text: clients send the same few again and again."""

    def __init__(self) -> None:
        self._kept: dict[str, DocumentNode | None] = {}

    def parse(self, text: str) -> DocumentNode | None:
        """Return the document, None where the text is none."""
        if text not in self._kept:
            try:
                self._kept[text] = parse(text, max_tokens=MAX_TOKENS)
            except (GraphQLError, RecursionError):
                self._kept[text] = None
        return self._kept[text]


def read_operation(
    seen: Seen, asked: GraphQLRequest, answer: JsonValue, documents: Documents
) -> Operation | None:
    """Return the operation with its calls, None where the answer is none of GraphQL."""
    if not isinstance(answer, dict) or not ({"data", "errors"} & answer.keys()):
        return None
    document = documents.parse(asked.query)
    operation = get_operation_ast(document, asked.operation) if document is not None else None
    found = Operation(seen, asked, document, operation, answer)
    data = answer.get("data")
    if document is None or operation is None or operation.operation.value not in ROOTS:
        return found
    broken = {
        str(path[0]): each for each in found.errors if isinstance(path := each.get("path"), list) and path
    }
    if isinstance(data, dict) or (data is None and broken):  # null below a field that may not be: all is null
        reader = _Reader(document, operation, _variables(operation, asked.variables))
        kind, given = operation.operation.value, data if isinstance(data, dict) else dict.fromkeys(broken)
        for key, node, _ in reader.fields(operation.selection_set):
            if key in given and not node.name.value.startswith("__"):
                value = reader.value(node, given[key])
                arguments = reader.arguments(node)
                error = broken.get(key) if given[key] is None else None
                hints = reader.hints(node)
                found.calls.append(Call(seen, kind, node.name.value, arguments, value, error, hints))
    return found


def _variables(operation: OperationDefinitionNode, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    done = dict(given)
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name not in done and definition.default_value is not None:
            done[name] = value_from_ast_untyped(definition.default_value)
    return done


class _Reader:
    def __init__(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, JsonValue]
    ) -> None:
        self._variables = variables
        self._declared = {
            each.variable.name.value: print_ast(each.type) for each in operation.variable_definitions or ()
        }
        self._hints: dict[int, tuple[Hint, ...]] = {}
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._types: dict[int, frozenset[str]] = {}
        self._left = MAX_SELECTED

    def arguments(self, node: FieldNode | DirectiveNode) -> dict[str, JsonValue]:
        """Return the arguments that were given; a variable without a value gives none."""
        done: dict[str, JsonValue] = {}
        for each in node.arguments:
            if each.value.kind == "variable" and each.value.name.value not in self._variables:  # type: ignore[attr-defined]  # a variable has a name
                continue
            done[each.name.value] = value_from_ast_untyped(each.value, self._variables)
        return done

    def hints(self, node: FieldNode) -> tuple[Hint, ...]:
        """Return what the document says of the types of a field's arguments."""
        if not node.arguments:
            return ()
        if id(node) not in self._hints:
            found = [hint for each in node.arguments for hint in self._told((each.name.value,), each.value)]
            self._hints[id(node)] = tuple(found)
        return self._hints[id(node)]

    def _told(self, path: tuple[str, ...], node: ValueNode) -> Iterator[Hint]:
        match node:
            case VariableNode(name=name):
                if name.value in self._declared:
                    yield Hint(path, self._declared[name.value], True)
                if name.value in self._variables:
                    yield from _kinds(path, self._variables[name.value])
            case ObjectValueNode(fields=members):
                yield Hint(path, "Object", False)
                for each in members:
                    yield from self._told((*path, each.name.value), each.value)
            case ListValueNode(values=values):
                yield Hint(path, "List", False)
                for item in values:
                    yield from self._told(path, item)
            case _:
                yield Hint(path, node.kind.removesuffix("_value").capitalize(), False)

    def fields(
        self, selections: SelectionSetNode, on: tuple[str, ...] = (), depth: int = 0
    ) -> Iterator[tuple[str, FieldNode, tuple[str, ...]]]:
        """Yield the fields of a selection with their key in the answer, and the types that they are under."""
        for each in selections.selections:
            if not self._included(each.directives) or depth > 32:
                continue
            match each:
                case FieldNode():
                    yield (each.alias or each.name).value, each, on
                case InlineFragmentNode():
                    under = each.type_condition
                    inner = (*on, under.name.value) if under is not None else on
                    yield from self.fields(each.selection_set, inner, depth + 1)
                case FragmentSpreadNode():
                    fragment = self._fragments.get(each.name.value)
                    if fragment is not None:
                        name = fragment.type_condition.name.value
                        yield from self.fields(fragment.selection_set, (*on, name), depth + 1)

    def _included(self, directives: tuple[DirectiveNode, ...]) -> bool:
        for each in directives:
            condition = self.arguments(each).get("if")
            if (each.name.value == "skip" and condition is True) or (
                each.name.value == "include" and condition is False
            ):
                return False
        return True

    def value(self, node: FieldNode, found: JsonValue) -> Value:
        """Return the value of a field as what was selected of it."""
        if node.selection_set is None or found is None:
            return found
        if isinstance(found, list):
            return [self.value(node, each) for each in found]
        if not isinstance(found, dict):
            return found
        return self._object([node.selection_set], found)

    def _object(self, selections: list[SelectionSetNode], found: dict[str, JsonValue]) -> Object:
        done = Object()
        merged: dict[str, list[FieldNode]] = {}
        under: dict[str, tuple[str, ...]] = {}
        for selection in selections:
            done.offered |= self._offered(selection)
            for key, node, on in self.fields(selection):
                if key in found:
                    merged.setdefault(key, []).append(node)
                    under.setdefault(key, on)
        for key, nodes in merged.items():
            self._left -= 1
            if self._left < 0:
                break
            name, value = nodes[0].name.value, found[key]
            done.under.update(under[key])
            if name == "__typename":
                done.types = {str(value)}
                continue
            made = self._merged(nodes, value)
            arguments, hints = self.arguments(nodes[0]), self.hints(nodes[0])
            done.sights.append(Sight(name, arguments, made, hints, not under[key]))
        done.types = done.types or set(done.under)
        return done

    def _offered(self, selections: SelectionSetNode) -> frozenset[str]:
        """Return the types of the fragments of a selection."""
        if id(selections) not in self._types:
            fragments = [
                self._fragments.get(each.name.value) if isinstance(each, FragmentSpreadNode) else each
                for each in selections.selections
            ]
            found: frozenset[str] = frozenset()
            for each in fragments:
                if isinstance(each, InlineFragmentNode | FragmentDefinitionNode) and each.type_condition:
                    found |= {each.type_condition.name.value}
            self._types[id(selections)] = found
        return self._types[id(selections)]

    def _merged(self, nodes: list[FieldNode], value: JsonValue) -> Value:
        below = [each.selection_set for each in nodes if each.selection_set is not None]
        if not below or value is None:
            return value
        if isinstance(value, list):
            return [self._merged(nodes, each) for each in value]
        return self._object(below, value) if isinstance(value, dict) else value


def _kinds(path: tuple[str, ...], value: JsonValue) -> Iterator[Hint]:
    """Yield the kinds of a variable's value, as literals would say them."""
    if isinstance(value, dict):
        yield Hint(path, "Object", False)
        for name, each in value.items():
            yield from _kinds((*path, name), each)
    elif isinstance(value, list):
        yield Hint(path, "List", False)
        for each in value:
            yield from _kinds(path, each)
    else:
        names = {bool: "Boolean", int: "Int", float: "Float", str: "String"}
        yield Hint(path, names.get(type(value), "Null"), False)


def objects(value: Value) -> Iterator[Object]:
    """Yield the objects that a value is or lists."""
    if isinstance(value, Object):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


def plain(value: Value) -> Found:
    """Return a value as JSON, by the names of fields; fields with arguments are left out."""
    if isinstance(value, Object):
        return {
            each.name: done
            for each in value.sights
            if not each.arguments and (done := plain(each.value)) is not MISSING
        }
    if isinstance(value, list):
        return [done for each in value if (done := plain(each)) is not MISSING]
    return value


def leaves_of(value: JsonValue, at: Path = ()) -> Iterator[tuple[Path, JsonValue]]:
    """Yield the values in arguments by their path; a list is one value."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves_of(each, (*at, name))
    else:
        yield at, value


def below(value: Value, path: Path) -> Value:
    """Return what stands at a path of fields below an object, MISSING where it was not selected."""
    for name in path:
        if not isinstance(value, Object):
            return MISSING
        value = next((each.value for each in value.sights if each.name == name), MISSING)
    return value
