"""Quality: what the routes of a service teach each other."""

from __future__ import annotations

from tests.synth.recordings import Document, Step, exchange, model_of, route, session, source, variant
from tests.synth.test_reasons import Client
from wraith.canonical import JsonValue
from wraith.wir import Absent, Cast, Exists, First, Literal, Ref

CATS = ("ct_4Kd93mQz", "ct_9Lx27Pbv", "ct_6Hj35Vkd")
DOGS = ("dg_7Ry41Wns", "dg_2Tz58Xcm", "dg_8Bn64Lqp")
OWLS = ("ow_6Hj35Vkd", "ow_1Mw82Tgc", "ow_3Fs70Zkx")


def animal(collection: str, key: str, **sent: JsonValue) -> Step:
    """A creation; the service keeps the tags that are sent, and none where none are."""
    body: Document = {"name": f"n{key[-3:]}", **sent}
    answer: Document = {"tags": {}, **body, "id": key}
    return exchange("POST", f"/{collection}", json=body, status=201, answer=answer)


def read(collection: str, key: str) -> Step:
    answer: Document = {"tags": {}, "name": f"n{key[-3:]}", "id": key}
    return exchange("GET", f"/{collection}/{key}", answer=answer)


def missing(collection: str, key: str) -> Step:
    text = f"there is no {collection[:-1]} {key}"
    return exchange("GET", f"/{collection}/{key}", status=404, answer={"error": text})


def test_what_is_not_there_is_refused_as_elsewhere() -> None:
    """Two collections tell what is not there; the third, whose recordings only show what is, tells it so."""
    model = model_of(
        *(session(animal("cats", key), read("cats", key), missing("cats", f"{key}x")) for key in CATS),
        *(session(animal("dogs", key), read("dogs", key), missing("dogs", f"{key}x")) for key in DOGS),
        *(session(animal("owls", key), read("owls", key)) for key in OWLS),
    )
    assert Client(model).ask("GET", "/owls/ow_none1234") == (404, {"error": "there is no owl ow_none1234"})
    refusal = variant(model, "GET /owls/{owl_id}", 404)
    assert refusal.guards == (Absent(Ref(("entity",))),)


def test_one_route_alone_teaches_no_refusal() -> None:
    """What one collection says is not expected of another."""
    model = model_of(
        *(session(animal("cats", key), read("cats", key), missing("cats", f"{key}x")) for key in CATS),
        *(session(animal("owls", key), read("owls", key)) for key in OWLS),
    )
    assert [each.status for each in route(model, "GET /owls/{owl_id}").variants] == [200]


def test_what_is_there_is_read_although_only_refusals_were_recorded() -> None:
    """Reads of owls that are not there say nothing against reading one that is."""
    renamed: Document = {"tags": {}, "name": "n"}
    model = model_of(
        *(
            session(
                animal("owls", key),
                exchange("PATCH", f"/owls/{key}", json={"name": "n"}, answer={**renamed, "id": key}),
                missing("owls", f"{key}x"),
            )
            for key in OWLS
        )
    )
    client = Client(model)
    _, made = client.ask("POST", "/owls", json={"name": "Hedwig"})
    assert isinstance(made, dict)
    assert client.ask("GET", f"/owls/{made['id']}") == (200, made)
    assert Exists(Ref(("entity",))) in variant(model, "GET /owls/{owl_id}").guards


def test_a_member_is_kept_as_other_collections_keep_it() -> None:
    """Cats and dogs keep the tags that are sent; owls never were sent any, and keep them as well."""
    sent: list[JsonValue] = [{"a": "x1"}, {"b": "y2"}]
    model = model_of(
        *(
            session(
                *(animal(name, key, tags=tags) for key, tags in zip(keys[:2], sent, strict=True)),
                animal(name, keys[2]),
                read(name, keys[2]),
            )
            for name, keys in (("cats", CATS), ("dogs", DOGS))
        ),
        session(*(animal("owls", key) for key in OWLS), read("owls", OWLS[0])),
    )
    kept = First((Ref(("request", "body", "tags")), Literal({})))
    assert source(variant(model, "POST /owls", 201), "tags") == kept


def test_a_member_that_one_collection_keeps_is_a_constant_elsewhere() -> None:
    """One collection is no habit of the service."""
    model = model_of(
        session(animal("cats", CATS[0], tags={"a": "x1"}), animal("cats", CATS[1]), read("cats", CATS[1])),
        session(*(animal("owls", key) for key in OWLS), read("owls", OWLS[0])),
    )
    assert variant(model, "POST /owls", 201).body_template["tags"] == {}  # type: ignore[call-overload,index]


def page(collection: str, keys: tuple[str, ...], number: int | None) -> Step:
    target = f"/{collection}" if number is None else f"/{collection}?page={number}&size=1"
    at = (number or 1) - 1
    shown = keys[:2] if number is None else keys[at : at + 1]
    items: list[JsonValue] = [{"id": key, "name": f"n{key[-3:]}"} for key in shown]
    return exchange("GET", target, answer={"items": items, "page": at + 1})


def test_lists_say_beside_their_items_what_other_lists_say_there() -> None:
    """A list that was only asked for its first page says the page that is asked for, as another does."""
    steps = [
        exchange("POST", f"/{name}", json={"name": f"n{key[-3:]}"}, status=201, answer=answer)
        for name, keys in (("cats", CATS), ("owls", OWLS))
        for key in keys[:2]
        for answer in [{"id": key, "name": f"n{key[-3:]}"}]
    ]
    model = model_of(
        session(
            *steps, *(page("cats", CATS[:2], n) for n in (None, 1, 2, 1, 2)), page("owls", OWLS[:2], None)
        )
    )
    assert source(variant(model, "GET /owls"), "page") == First(
        (Cast(Ref(("request", "query", "page")), "integer"), Literal(1))
    )


def test_what_all_answers_share_may_be_what_was_sent() -> None:
    """The same value at the same place of every request and answer is said again, not known."""
    steps = [
        exchange("POST", "/owls", json={"name": f"n{at}", "unit": "cm"}, status=201, answer=answer)
        for at, key in enumerate(OWLS)
        for answer in [{"id": key, "name": f"n{at}", "unit": "cm", "kind": "owl"}]
    ]
    made = variant(model_of(session(*steps)), "POST /owls", 201)
    assert source(made, "kind") == Literal("owl")
    assert made.body_template == {"$spread": "$hole_1", "id": "$hole_2", "kind": "owl"} or (
        source(made, "unit") == Ref(("request", "body", "unit"))
    )


def test_a_time_that_one_second_shared_is_the_clock() -> None:
    """What one session made within a second has one time, and it is that of the exchange."""
    steps = [
        exchange("POST", "/owls", json={"name": f"n{at}"}, status=201, answer=answer)
        for at, key in enumerate(OWLS[:1])
        for answer in [lambda ms, key=key, at=at: {"id": key, "name": f"n{at}", "made": ms // 1000}]
    ]
    made = source(variant(model_of(session(*steps)), "POST /owls", 201), "made")
    assert type(made).__name__ == "Clock"


def test_a_read_teaches_the_writes_of_its_collection_what_is_not_there() -> None:
    """What a read says of an owl that is not there, every route that addresses owls says; one that may create
    what it addresses does not, and nor does another collection."""
    renamed = [
        exchange("PATCH", f"/owls/{key}", json={"name": "n"}, answer={"tags": {}, "name": "n", "id": key})
        for key in OWLS
    ]
    filed = [
        exchange("PUT", f"/owls/{key}", json={"name": "n"}, answer={"tags": {}, "name": "n", "id": key})
        for key in OWLS
    ]
    model = model_of(
        *(
            session(animal("owls", key), read("owls", key), one, other, missing("owls", f"{key}x"))
            for key, one, other in zip(OWLS, renamed, filed, strict=True)
        ),
        *(session(animal("cats", key), read("cats", key)) for key in CATS),
    )
    refusal = variant(model, "PATCH /owls/{owl_id}", 404)
    assert refusal.guards == (Absent(Ref(("entity",))),)
    assert Client(model).ask("PATCH", "/owls/ow_none1234", json={})[1] == {
        "error": "there is no owl ow_none1234"
    }
    for name in ("PUT /owls/{owl_id}", "GET /cats/{cat_id}"):
        assert [each.status for each in route(model, name).variants] == [200]
