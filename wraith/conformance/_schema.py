"""The published schemas of a check's JSON answers: ``check.schema.json`` and ``upstream.schema.json`` in
``docs/reference``."""

from __future__ import annotations

from pydantic import BaseModel, TypeAdapter

from wraith.canonical import JsonValue
from wraith.conformance._report import Generalization, Report, Upstream, Wire

SCHEMA = "wraith.check/2"
UPSTREAM_SCHEMA = "wraith.upstream/1"
MORE: dict[str, type[BaseModel]] = {"generalization": Generalization, "wire": Wire}
"""What stands beside the report where it was asked for."""


def check_schema() -> JsonValue:
    """Return the JSON Schema (2020-12) of what ``wraith check NAME --json`` prints."""
    return _document(SCHEMA, "wraith check NAME --json", Report, MORE)


def upstream_schema() -> JsonValue:
    """Return the JSON Schema (2020-12) of what ``wraith check NAME --upstream --json`` prints."""
    return _document(UPSTREAM_SCHEMA, "wraith check NAME --upstream --json", Upstream, {})


def _document(
    name: str, command: str, answer: type[BaseModel], beside: dict[str, type[BaseModel]]
) -> JsonValue:
    document: dict[str, JsonValue] = answer.model_json_schema(mode="serialization")
    known, properties, required = document["$defs"], document["properties"], document["required"]
    assert isinstance(known, dict), "Invariant: the report has parts"
    more: dict[str, JsonValue] = {}
    for part, model in beside.items():
        extra: dict[str, JsonValue] = TypeAdapter(model).json_schema(mode="serialization")
        parts = extra.pop("$defs", {})
        assert isinstance(parts, dict), "Invariant: definitions are named"
        known |= {**parts, model.__name__: extra}
        more[part] = {"$ref": f"#/$defs/{model.__name__}"}
    assert isinstance(properties, dict), "Invariant: the report has members"
    assert isinstance(required, list), "Invariant: the report has required members"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "description": f"What {command} prints.",
        "type": "object",
        "properties": {
            "schema": {"const": name},
            **properties,
            **more,
        },
        "required": ["schema", *required],
        "additionalProperties": False,
        "$defs": known,
    }
