"""The schema of an endpoint, and how far a document comes against it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    GraphQLBoolean,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    VariablesInAllowedPositionRule,
    build_schema,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule

from wraith.errors import InputError
from wraith.wir import ANYTHING, GraphQL, Stage

MAX_TOKENS = 15_000
"""More than any client's document has; the default limit of Apollo's router."""

MAX_CACHED = 256
"""Documents that are kept parsed: clients send the same few again and again."""


class _Positions(VariablesInAllowedPositionRule):
    """The rule of the specification, except where nothing told what type a position has."""

    def report_error(self, error: GraphQLError) -> None:
        if f"expecting type '{ANYTHING}" not in error.message:
            super().report_error(error)


_RULES: tuple[type[ASTValidationRule], ...] = tuple(
    _Positions if rule is VariablesInAllowedPositionRule else rule for rule in specified_rules
)


def read_schema(endpoint: GraphQL) -> GraphQLSchema:
    """Return the schema. Raises InputError where it is none."""
    try:
        schema = build_schema("\n".join(endpoint.definitions))
        return GraphQLSchema(
            schema.query_type, schema.mutation_type, types=[*schema.type_map.values(), *_STANDARD]
        )
    except (GraphQLError, TypeError) as error:
        raise InputError(
            f"no schema: {error}", where=f"graphql {endpoint.path}", hint="mend it, or learn the model again"
        ) from error


_STANDARD = (GraphQLInt, GraphQLFloat, GraphQLString, GraphQLBoolean, GraphQLID)
"""Types that every schema has, whether it uses them or not: variables may be declared with them."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A document, or the stage that it did not pass and why."""

    document: DocumentNode | None
    stage: Stage | None = None
    errors: tuple[GraphQLError, ...] = ()


class Documents:
    """Parses and validates documents against one schema; those that were seen lately are kept."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._kept: OrderedDict[str, Checked] = OrderedDict()

    def check(self, text: str) -> Checked:
        """Return the document in a text, or what is wrong with it."""
        found = self._kept.pop(text, None)
        if found is None:
            found = self._check(text)
            if len(self._kept) >= MAX_CACHED:
                self._kept.popitem(last=False)
        self._kept[text] = found
        return found

    def _check(self, text: str) -> Checked:
        try:
            document = parse(text, max_tokens=MAX_TOKENS)
            errors = validate(self._schema, document, _RULES)
        except GraphQLError as error:
            return Checked(None, "syntax", (error,))
        except RecursionError:
            return Checked(None, "syntax", (GraphQLError("Syntax Error: nested too deeply."),))
        return Checked(document, "validation" if errors else None, tuple(errors))
