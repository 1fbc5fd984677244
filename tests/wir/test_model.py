"""Models as documents: load after dump is identity, and what is broken is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from pydantic import ValidationError

from tests.wir.strategies import law, models
from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.wir import (
    Entity,
    Exists,
    Fixture,
    Hole,
    Literal,
    Model,
    Put,
    Route,
    Variant,
    dump_model,
    load_model,
    model_from_json,
    model_to_json,
    ref,
)


@law
@given(models)
def test_a_model_reads_back_as_itself(model: Model) -> None:
    """``load_model`` is the inverse of ``dump_model``."""
    assert load_model(dump_model(model)) == model


@law
@given(models)
def test_the_bytes_of_a_model_are_stable(model: Model) -> None:
    """What is written, read and written again is the same, byte for byte."""
    data = dump_model(model)
    assert dump_model(load_model(data)) == data
    assert dump_model(model_from_json(model_to_json(model))) == data


MODEL = Model(
    entities=(Entity(name="item", key=("id",)),),
    fixtures={"item": (Fixture(key="1", value={"id": 1, "big": 2**70}),)},
    routes=(
        Route(
            method="POST",
            path_pattern="/items",
            state_op="create",
            entity="item",
            key=ref("response.body.id"),
            variants=(
                Variant(
                    status=201,
                    guards=(Exists(ref("request.body")),),
                    headers=(("content-type", Literal("application/json")),),
                    body_template={"z": "$hole_1", "a": 1},
                    holes={"hole_1": Hole(hole_class="echoed", type="string", source=ref("request.body.z"))},
                    effects=(Put("item", ref("response.body.id"), ref("response.body")),),
                ),
            ),
        ),
    ),
)


def test_the_members_of_a_body_keep_their_order() -> None:
    """A service's order of members is part of its answers, so the model keeps it."""
    data = dump_model(MODEL)
    assert data.index(b'"z": "$hole_1"') < data.index(b'"a": 1')
    assert model_to_json(load_model(data)) == json.loads(data)


def test_a_hole_names_its_class_as_the_specification_does() -> None:
    """The member is called ``class``, which Python cannot."""
    [hole] = json.loads(dump_model(MODEL))["routes"][0]["variants"][0]["holes"].values()
    assert hole == {"class": "echoed", "type": "string", "source": {"path": "request.body.z"}}


def test_a_model_is_frozen() -> None:
    """Nothing edits a document in place."""
    with pytest.raises(ValidationError, match="frozen"):
        MODEL.routes[0].method = "GET"  # type: ignore[misc]  # what the test is about


def _route(**members: JsonValue) -> JsonValue:
    return {
        "format": "wraith.model/1",
        "routes": [{"method": "GET", "path_pattern": "/", "variants": [], **members}],
    }


def _variant(**members: JsonValue) -> JsonValue:
    return _route(variants=[{"status": 200, **members}])


BROKEN: dict[str, tuple[JsonValue, str]] = {
    "another format": (
        {"format": "wraith.model/9"},
        "format: expected 'wraith.model/1', found 'wraith.model/9'",
    ),
    "no object": ([], "(top)"),
    "an unknown key": ({"format": "wraith.model/1", "rutes": []}, "rutes: Extra inputs are not permitted"),
    "a key that is no expression": (_route(key="id"), "routes.0.key: Value error, not an expression: 'id'"),
    "an unknown operation": (_route(state_op="upsert"), "routes.0.state_op"),
    "a status that is none": (_variant(status=99), "routes.0.variants.0.status"),
    "a broken guard": (_variant(guards=[5]), "routes.0.variants.0.guards.0: Value error, not a guard: 5"),
    "a broken effect": (
        _variant(effects=[{"put": 1}]),
        "routes.0.variants.0.effects.0: Value error, not an effect",
    ),
    "a broken header": (
        _variant(headers=[["x", "y"]]),
        "routes.0.variants.0.headers.0.1: Value error, not an expression",
    ),
    "a broken hole": (
        _variant(holes={"h": {"class": "echoed", "type": "string", "source": {"path": "["}}}),
        "routes.0.variants.0.holes.h.source: Value error, not a 'path' expression",
    ),
    "an entity without a key": (
        {"format": "wraith.model/1", "entities": [{"name": "a", "key": 5}]},
        "entities.0.key: Value error, expected a path, found 5",
    ),
}


@pytest.mark.parametrize(("document", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_model_is_an_input_error_that_names_the_key(document: JsonValue, message: str) -> None:
    """The error says file, key and what was expected."""
    with pytest.raises(InputError) as caught:
        load_model(json.dumps(document).encode(), "model/symbols.json")
    assert caught.value.where == "model/symbols.json"
    assert message in caught.value.message
    assert caught.value.hint is not None


def test_bytes_that_are_no_json_are_an_input_error() -> None:
    """A torn file is named, with the place of the mistake."""
    with pytest.raises(InputError, match=r"model: not JSON: .*line 1 column"):
        load_model(b'{"format": ')


def test_a_model_nested_too_deeply_is_an_input_error() -> None:
    """Depth costs an error, not the interpreter's stack."""
    expr: JsonValue = {"literal": 1}
    for _ in range(300):
        expr = {"first": [expr]}
    with pytest.raises(InputError, match="nested too deeply"):
        load_model(json.dumps(_route(key=expr)).encode())


def test_a_route_is_named_by_method_and_pattern() -> None:
    """Messages name routes so."""
    assert MODEL.routes[0].name == "POST /items"
