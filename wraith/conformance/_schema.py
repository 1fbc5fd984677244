"""The published schema of a check's JSON answer: ``docs/reference/check.schema.json``."""

from __future__ import annotations

from pydantic import TypeAdapter

from wraith.canonical import JsonValue
from wraith.conformance._report import Generalization, Report

SCHEMA = "wraith.check/2"


def check_schema() -> JsonValue:
    """Return the JSON Schema (2020-12) of what ``wraith check NAME --json`` prints."""
    document: dict[str, JsonValue] = Report.model_json_schema(mode="serialization")
    extra: dict[str, JsonValue] = TypeAdapter(Generalization).json_schema(mode="serialization")
    parts = extra.pop("$defs", {})
    known, properties, required = document["$defs"], document["properties"], document["required"]
    assert isinstance(known, dict), "Invariant: the report has parts"
    assert isinstance(parts, dict), "Invariant: definitions are named"
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
            "generalization": {"$ref": "#/$defs/Generalization"},
        },
        "required": ["schema", *required],
        "additionalProperties": False,
        "$defs": {**known, **parts, "Generalization": extra},
    }
