"""The JSON form of effects."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.wir.strategies import effects, law
from wraith.canonical import JsonValue, parse, pretty
from wraith.errors import InputError
from wraith.wir import Delete, Effect, Literal, Make, Put, SetField, ref
from wraith.wir._effects import effect_from_json, effect_to_json


@law
@given(effects)
def test_an_effect_reads_back_as_itself(effect: Effect) -> None:
    """``effect_from_json`` is the inverse of ``effect_to_json``, also through the bytes of a model."""
    assert effect_from_json(effect_to_json(effect)) == effect
    assert effect_from_json(parse(pretty(effect_to_json(effect), sort=False))) == effect


ID = ref("response.body.id")
FORMS: dict[str, tuple[Effect, JsonValue]] = {
    "put": (
        Put("customer", ID, ref("response.body")),
        {"put": "customer", "key": {"path": "response.body.id"}, "value": {"path": "response.body"}},
    ),
    "delete": (Delete("customer", ID), {"delete": "customer", "key": {"path": "response.body.id"}}),
    "make": (
        Make("entry", ID, {"a": "$x"}, (("x", Literal(1)),)),
        {
            "make": "entry",
            "key": {"path": "response.body.id"},
            "template": {"a": "$x"},
            "holes": {"x": {"literal": 1}},
        },
    ),
    "set": (
        SetField("charge", ID, ("refunds", 0), Literal(True)),
        {
            "set": "charge",
            "key": {"path": "response.body.id"},
            "at": "refunds[0]",
            "value": {"literal": True},
        },
    ),
}


@pytest.mark.parametrize(("effect", "form"), FORMS.values(), ids=FORMS)
def test_the_form_of_an_effect(effect: Effect, form: JsonValue) -> None:
    """Each kind of effect has this form."""
    assert effect_to_json(effect) == form
    assert effect_from_json(form) == effect


REFUSED: dict[str, tuple[JsonValue, str]] = {
    "no object": ("put", "not an effect"),
    "no key": ({"put": "a", "value": {"literal": 1}}, "not an effect"),
    "an entity that is a number": ({"delete": 1, "key": {"literal": 1}}, "not an effect"),
    "a key that is no expression": ({"delete": "a", "key": "id"}, "not an expression"),
    "a place that is no path": (
        {"set": "a", "key": {"literal": 1}, "at": "[", "value": {"literal": 1}},
        "not a path",
    ),
}


@pytest.mark.parametrize(("form", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_effect_is_refused(form: JsonValue, message: str) -> None:
    """An input error says what was expected."""
    with pytest.raises(InputError, match=message):
        effect_from_json(form)
