"""The published schema of a check's JSON answer: ``docs/reference/check.schema.json``."""

from __future__ import annotations

from pydantic import BaseModel, TypeAdapter

from wraith.canonical import JsonValue
from wraith.conformance._report import Generalization, Report, Wire

SCHEMA = "wraith.check/2"
MORE: dict[str, type[BaseModel]] = {"generalization": Generalization, "wire": Wire}
"""What stands beside the report where it was asked for."""


def check_schema() -> JsonValue:
    """Return the JSON Schema (2020-12) of what ``wraith check NAME --json`` prints."""
    document: dict[str, JsonValue] = Report.model_json_schema(mode="serialization")
    known, properties, required = document["$defs"], document["properties"], document["required"]
    assert isinstance(known, dict), "Invariant: the report has parts"
    more: dict[str, JsonValue] = {}
    for name, model in MORE.items():
        extra: dict[str, JsonValue] = TypeAdapter(model).json_schema(mode="serialization")
        parts = extra.pop("$defs", {})
        assert isinstance(parts, dict), "Invariant: definitions are named"
        known |= {**parts, model.__name__: extra}
        more[name] = {"$ref": f"#/$defs/{model.__name__}"}
    assert isinstance(properties, dict), "Invariant: the report has members"
    assert isinstance(required, list), "Invariant: the report has required members"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "What wraith check NAME --json prints.",
        "type": "object",
        "properties": {
            "schema": {"const": SCHEMA},
            **properties,
            **more,
        },
        "required": ["schema", *required],
        "additionalProperties": False,
        "$defs": known,
    }
