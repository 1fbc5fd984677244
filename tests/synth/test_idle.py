"""Effects on what a model never stores are left out of it."""

from __future__ import annotations

import pytest

from wraith.synth._learn.idle import without_idle_effects
from wraith.wir import Delete, Effect, Entity, Fixture, Make, Model, Put, Ref, Route, SetField, Sweep, Variant

KEY = Ref(("request", "path", "id"))
ORDER = Put("orders", KEY, Ref(("response", "body")))


def model(*effects: Effect, **more: object) -> Model:
    route = Route(method="DELETE", path_pattern="/o/{id}", variants=(Variant(status=200, effects=effects),))
    return Model.model_validate({"entities": (), "routes": (route,), **more})


def left(found: Model) -> tuple[Effect, ...]:
    return found.routes[0].variants[0].effects


@pytest.mark.parametrize("idle", [Delete("lines", KEY), Sweep("lines", KEY)], ids=["delete", "sweep"])
def test_removing_what_nothing_stores_is_left_out(idle: Effect) -> None:
    """What else the variant does stays, in its order."""
    own = (ORDER, SetField("orders", KEY, ("at",), KEY))
    assert left(without_idle_effects(model(own[0], idle, own[1]))) == own


@pytest.mark.parametrize(
    ("effects", "more"),
    [
        ((Put("lines", KEY, KEY),), {}),
        ((Make("lines", KEY, {}),), {}),
        ((), {"entities": (Entity(name="lines", key="id"),)}),
        ((), {"fixtures": {"lines": (Fixture(key="1", value={}),)}}),
    ],
    ids=["put", "made", "declared", "fixture"],
)
def test_what_may_be_there_is_removed(effects: tuple[Effect, ...], more: dict[str, object]) -> None:
    """Stored by the model, declared by it, or there from the start: the model stays the same."""
    whole = model(*effects, Delete("lines", KEY), **more)
    assert without_idle_effects(whole) is whole
