"""Quality: what is inferred about methods that recordings lack."""

from __future__ import annotations

from tests.synth.recordings import Step, exchange, model_of, names, session

KEYS = {
    "cats": ("ct_4Kd93mQz", "ct_9Lx27Pbv"),
    "dogs": ("dg_7Ry41Wns", "dg_2Tz58Xcm"),
    "owls": ("ow_6Hj35Vkd",),
}


def life(collection: str, key: str, *, removed: bool = True) -> list[Step]:
    body = {"id": key, "name": f"n{key[-3:]}"}
    steps = [
        exchange("POST", f"/{collection}", json={"name": body["name"]}, status=201, answer=body),
        exchange("GET", f"/{collection}/{key}", answer=body),
    ]
    return [*steps, exchange("DELETE", f"/{collection}/{key}", status=204)] if removed else steps


def test_a_method_that_two_collections_share_is_expected_of_the_third() -> None:
    """DELETE removes an owl as it removes cats and dogs, and says that it extrapolates."""
    model = model_of(
        *(session(*life(name, key)) for name in ("cats", "dogs") for key in KEYS[name]),
        session(*life("owls", KEYS["owls"][0], removed=False)),
    )
    [route] = [route for route in model.routes if route.name == "DELETE /owls/{owl_id}"]
    [variant] = route.variants
    assert variant.status == 204
    assert [type(effect).__name__ for effect in variant.effects] == ["Delete"]
    assert variant.effects[0].entity == "owls"


def test_one_collection_is_no_habit() -> None:
    """What a single collection does is not expected of others."""
    model = model_of(
        *(session(*life("cats", key)) for key in KEYS["cats"]),
        session(*life("owls", KEYS["owls"][0], removed=False)),
    )
    assert "DELETE /owls/{owl_id}" not in names(model)


def test_a_read_answers_what_a_write_answered() -> None:
    """Where nothing was ever read back, the representation that PUT answered is what GET answers."""
    model = model_of(
        *(
            session(
                exchange(
                    "POST",
                    "/v1/notes",
                    json={"text": text},
                    status=201,
                    answer={"note": {"id": key, "text": text}},
                ),
                exchange(
                    "PUT", f"/v1/notes/{key}", json={"text": more}, answer={"note": {"id": key, "text": more}}
                ),
            )
            for key, text, more in (("nt_4Kd93mQz", "tea", "milk"), ("nt_9Lx27Pbv", "rye", "oats"))
        )
    )
    [route] = [route for route in model.routes if route.name == "GET /v1/notes/{note_id}"]
    assert route.variants[0].body_template == {"note": "$hole_1"}
