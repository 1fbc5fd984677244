"""The report as a document: what is written is what is read, and is what the published schema says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.conformance.test_replay import LEARNED, OTHERS, SPEC, found
from tests.synth.services import record
from wraith.canonical import JsonValue, parse, pretty
from wraith.conformance import (
    Divergence,
    Report,
    RouteScore,
    Unsent,
    check,
    check_schema,
    check_upstream,
    generalization,
    upstream_schema,
)

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference"

counts = st.integers(0, 10**9)
names = st.text(max_size=12)
values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
divergences = st.builds(
    Divergence,
    route=names,
    session=names,
    exchange=counts,
    path=names,
    category=names,
    severity=st.sampled_from(["error", "warning", "info"]),
    expected=values,
    actual=values,
    accepted=st.booleans(),
)
routes = st.builds(
    RouteScore,
    route=names,
    score_bp=st.integers(0, 10_000),
    exact_bp=st.integers(0, 10_000),
    exchanges_total=counts,
    exchanges_passed=counts,
    compared_leaves=counts,
    suppressed_leaves=counts,
)
WHOLE = check(LEARNED.model, OTHERS, twin="items")


@given(st.lists(routes, max_size=3).map(tuple), st.lists(divergences, max_size=3).map(tuple), counts)
def test_a_report_is_read_back_as_it_was_written(
    routes: tuple[RouteScore, ...], divergences: tuple[Divergence, ...], count: int
) -> None:
    """JSON and back is the identity, types of values included."""
    report = WHOLE.model_copy(
        update={"routes": routes, "divergences": divergences, "exchanges_total": count, "verdict": "fail"}
    )
    assert Report.model_validate(parse(pretty(report.to_json()))) == report


def test_the_document_names_its_format_and_its_twin() -> None:
    """A reader can tell the version without guessing."""
    assert (_document()["format"], _document()["twin"]) == ("wraith.report/2", "items")


@pytest.mark.parametrize(
    "change",
    [
        {"score_bp": 10_001},
        {"score_bp": -1},
        {"score_bp": 98.5},
        {"more": 1},
        {"format": "wraith.report/1"},
        {"verdict": "maybe"},
    ],
    ids=["above", "below", "fraction", "unknown member", "other version", "other verdict"],
)
def test_what_is_no_report_is_refused(change: dict[str, JsonValue]) -> None:
    """The score is an integer from 0 to 10000, and nothing unknown is read over."""
    with pytest.raises(ValidationError):
        Report.model_validate({**_document(), **change})


def _document() -> dict[str, JsonValue]:
    document = WHOLE.to_json()
    assert isinstance(document, dict)
    return document


# --- the schema ---------------------------------------------------------------------------------------------


def test_the_published_schema_is_that_of_the_code() -> None:
    """``check.schema.json`` and ``upstream.schema.json`` are generated from the models."""
    assert (PUBLISHED / "check.schema.json").read_bytes() == pretty(check_schema(), sort=False)
    assert (PUBLISHED / "upstream.schema.json").read_bytes() == pretty(upstream_schema(), sort=False)


def test_a_report_validates_against_the_schema() -> None:
    """A pass, a failure with drift, and a hold-out are what the schema says."""
    passed = {"schema": "wraith.check/2", **_document()}
    report = check(LEARNED.model, record(SPEC, range(4))[:1])
    assert wrong(check_schema(), passed) == []
    failed = report.to_json()
    assert isinstance(failed, dict)
    held = generalization(OTHERS, 2).to_json()
    assert wrong(check_schema(), {"schema": "wraith.check/2", **failed, "generalization": held}) == []
    assert wrong(check_schema(), {**passed, "score_bp": 10_001}) == ["$.score_bp: above 10000"]
    assert wrong(check_schema(), {**passed, "more": 1}) == ["$: unknown more"]
    assert found(WHOLE) == []


def test_a_report_of_the_live_service_validates_against_its_schema() -> None:
    """Skipped writes and failures among it."""
    away = check_upstream(LEARNED.model, OTHERS, lambda *_: Unsent("failed", "away"), target="http://x")
    document = away.to_json()
    assert isinstance(document, dict)
    assert {each.kind for each in away.not_sent} == {"write_skipped", "failed", "not_replayable"}
    assert wrong(upstream_schema(), {"schema": "wraith.upstream/1", **document}) == []


def wrong(schema: JsonValue, value: JsonValue) -> list[str]:
    """Return what does not validate: the part of JSON Schema that our schemas use, and nothing else."""
    assert isinstance(schema, dict)
    return _wrong(schema, schema, value, "$")


TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
ABOUT = frozenset(("$schema", "title", "description", "default", "$defs"))
JUDGED = frozenset(
    ("type", "properties", "required", "additionalProperties", "$ref", "items", "enum", "const")
)
KNOWN = ABOUT | JUDGED | {"minimum", "maximum", "anyOf"}


def _wrong(root: dict[str, JsonValue], schema: JsonValue, value: JsonValue, at: str) -> list[str]:
    if schema is True or schema == {}:
        return []
    assert isinstance(schema, dict)
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix("#/$defs/")
        return _wrong(root, root["$defs"][name], value, at)  # type: ignore[call-overload, index]  # a definition
    if "anyOf" in schema:
        options = schema["anyOf"]
        assert isinstance(options, list)
        return [] if any(not _wrong(root, option, value, at) for option in options) else [f"{at}: none of"]
    found = []
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:  # type: ignore[operator]  # a list
        found.append(f"{at}: not one of")
    kind = schema.get("type")
    if isinstance(kind, str):
        boolean = isinstance(value, bool)
        if not isinstance(value, TYPES[kind]) or boolean != (kind == "boolean"):
            return [f"{at}: no {kind}"]
    if isinstance(value, int | float) and value > schema.get("maximum", value):  # type: ignore[operator]  # numbers
        found.append(f"{at}: above {schema['maximum']}")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        assert isinstance(properties, dict)
        found += [f"{at}: lacks {name}" for name in schema.get("required", []) if name not in value]  # type: ignore[union-attr]  # a list
        for name, item in value.items():
            if name in properties:
                found += _wrong(root, properties[name], item, f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{at}: unknown {name}")
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            found += _wrong(root, schema["items"], item, f"{at}[{number}]")
    return found
