"""GraphQL in overlays: fields and types are added to an endpoint, and nothing of it is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.overlay.layers import Sessions, V, answer, overlay, root, route
from wraith.canonical import JsonValue, compact, parse
from wraith.exchange import Exchange, Request, Response
from wraith.overlay import Delta, Layer, compose, delta, selected
from wraith.overlay._fields import AskedFields
from wraith.runtime import Twin
from wraith.synth import learn
from wraith.wir import Exists, GraphQL, Model, Route

JSON = ("content-type", "application/json")
NOTES: list[JsonValue] = [{"id": str(n), "text": text} for n, text in enumerate(("one", "two"), 1)]
TAGS: list[JsonValue] = [{"id": "t1", "label": "red"}, {"id": "t2", "label": "blue"}]


def session(name: str, *asked: tuple[str, JsonValue]) -> Sessions:
    """Return a session of queries and the data of their answers."""
    return Sessions(
        name,
        [
            Exchange(
                Request("POST", "/graphql", (JSON,), compact({"query": query})),
                Response(200, (JSON,), compact({"data": data})),
                started_at_ms=1_700_000_000_000,
            )
            for query, data in asked
        ],
    )


ALL_NOTES = ("{ notes { id text } }", {"notes": NOTES})
ALL_TAGS = ("{ tags { id label } }", {"tags": TAGS})
BASE = learn([session(f"b{number}", ALL_NOTES, ("{ count }", {"count": 2})) for number in range(2)]).model


def subtracted(*asked: tuple[str, JsonValue]) -> Delta:
    corpus = [session(f"o{number}", *asked) for number in range(2)]
    learned = learn(corpus)
    return delta("over", learned.model, learned.evidence, BASE, corpus, pins=["base@sha256:0"])


def layered(model: Model) -> tuple[Layer, Layer]:
    below = replace(root(), model=BASE)
    return below, replace(overlay(base=below), model=model)


def says(model: Model, query: str) -> JsonValue:
    twin = Twin(model)
    request = Request("POST", "/graphql", (JSON,), compact({"query": query}))
    return parse(twin.respond(request, twin.open_session(), now_ms=0).response.body)


def test_a_new_field_is_added() -> None:
    """What the base answers is covered; the overlay holds the new field, its type, and nothing that the base
    has; the composite answers both in one request, as each was recorded."""
    found = subtracted(ALL_NOTES, ALL_TAGS)
    assert (found.report.covered_by_base, found.report.new_route, found.report.unreplayable) == (2, 2, 0)
    assert [each.name for each in found.model.routes] == ["query /graphql/tags"]
    [endpoint] = found.model.graphql
    assert "notes" not in "\n".join(endpoint.definitions)
    below, over = layered(found.model)
    composition = compose(below, [over], name="both")
    assert composition.report.verdict == "composed"
    both = says(selected(composition, over), "{ count notes { text } tags { label } }")
    assert both == {
        "data": {
            "count": 2,
            "notes": [{"text": "one"}, {"text": "two"}],
            "tags": [{"label": "red"}, {"label": "blue"}],
        }
    }


def test_a_field_that_the_base_answers_otherwise_is_left_to_it() -> None:
    """Another answer to a field of the base is not taken over, and the report says why."""
    found = subtracted(("{ count }", {"count": 7}))
    assert found.report.unreplayable == 2
    assert {each.reason for part in found.report.routes for each in part.reasons} == {"graphql"}
    assert found.model.routes == ()


def endpoint(*definitions: str) -> GraphQL:
    return GraphQL(path="/graphql", schema=definitions)


def with_fields(layer: Layer, *definitions: str, routes: tuple[Route, ...] = ()) -> Layer:
    return replace(layer, model=Model(routes=routes, graphql=(endpoint(*definitions),)))


SCHEMA = ("type Query {", "  item(id: ID!): Item", "}", "type Item {", "  id: ID", "  size: Int", "}")
ADDED = {
    "a field": ("type Item {\n  name: String\n}", "size: Int\n  name: String"),
    "a type": ("type Box {\n  id: ID\n}", "type Box {\n  id: ID\n}"),
    "an argument that need not be given": (
        "type Query {\n  item(id: ID!, at: Int!): Item\n}",
        "item(id: ID!, at: Int): Item",
    ),
    "what is there already": ("type Item {\n  id: ID!\n  size: Int\n}", "\n".join(SCHEMA)),
}


@pytest.mark.parametrize(("text", "then"), ADDED.values(), ids=ADDED)
def test_schemas_grow(text: str, then: str) -> None:
    """What an overlay adds stands behind what is there, which keeps its bytes."""
    below = with_fields(root(), *SCHEMA)
    over = with_fields(overlay(base=below), *text.split("\n"))
    composition = compose(below, [over], name="both")
    assert composition.report.policy == ()
    [joined] = composition.model.graphql
    assert then in "\n".join(joined.definitions)
    Twin(composition.model)


REFUSED = {
    "another type": (("type Item {", "  size: String", "}"), (), "Item.size: is String, and there it is Int"),
    "a list": (("type Item {", "  size: [Int]", "}"), (), "Item.size: is [Int], and there it is Int"),
    "another kind": (("input Item {", "  size: Int", "}"), (), "Item: is another kind of definition"),
    "a field that the base answers": (
        (),
        (route("field /graphql/Item/size", answer()),),
        "answers a field that is answered from what is stored",
    ),
}


@pytest.mark.parametrize(("definitions", "routes", "told"), REFUSED.values(), ids=REFUSED)
def test_contradictions_are_findings(
    definitions: tuple[str, ...], routes: tuple[Route, ...], told: str
) -> None:
    """A schema that says otherwise, and a route in the place of a stored member, are refused by policy."""
    below = with_fields(root(), *SCHEMA)
    over = with_fields(overlay(base=below), *definitions, routes=routes)
    report = compose(below, [over], name="both").report
    assert report.verdict == "refused"
    assert any(told in f"{each.path}: {each.reason}" for each in report.policy)


def test_variants_of_one_field_are_held_apart() -> None:
    """A field is a route: what an overlay adds to one of the base must be disjoint there as well."""
    field = route("query /graphql/item", answer())
    below = with_fields(root(), *SCHEMA, routes=(field,))
    over = with_fields(
        overlay(base=below), routes=(route("query /graphql/item", answer(Exists(V), says="mine")),)
    )
    report = compose(below, [over], name="both").report
    assert (report.verdict, report.overlaps_total) == ("conflict", 1)


def test_fields_that_were_asked_for_are_backed() -> None:
    """An exchange backs the routes of all fields that it asked for, at the root and below."""
    below = with_fields(root(), *SCHEMA, routes=(route("query /graphql/item", answer()),))
    added = ("type Item {", "  maker: Maker", "}", "type Maker {", "  name: String", "}")
    over = with_fields(overlay(base=below), *added, routes=(route("field /graphql/Item/maker", answer()),))
    asked = AskedFields(compose(below, [over], name="both").model)
    query = compact({"query": "{ one: item(id: 1) { size maker { name } } }"})
    assert asked.of(Request("POST", "/graphql", (JSON,), query)) >= {
        "query /graphql/item",
        "field /graphql/Item/maker",
    }
    assert asked.of(Request("POST", "/graphql", (JSON,), compact({"query": "{"}))) == set()
    assert asked.of(Request("GET", "/items")) == set()
