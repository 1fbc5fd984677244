"""What is learned of services that speak GraphQL: the smallest recordings that teach it, and a whole shop."""

from __future__ import annotations

from functools import cache

import pytest

from tests.synth.graphql.serving import PATH
from tests.synth.graphql.shop import SHOP
from tests.synth.graphql.small import answers, asked
from tests.synth.recordings import JSON, Recorded, exchange, recording
from wraith.canonical import JsonValue
from wraith.conformance import check
from wraith.exchange import Request, encode_json
from wraith.runtime import Twin
from wraith.synth import Learned, learn
from wraith.wir import FreshId, Lookup, Model, Query, Ref, Route, Where, dump_model, load_model, ref

NOTES: list[JsonValue] = [
    {"id": str(n), "text": text, "size": size}
    for n, (text, size) in enumerate((("one", 5), ("two", 9), ("three", 2)), 1)
]


@cache
def shop() -> Learned:
    return learn(SHOP.record(12, "training"))


def notes(*more: object) -> Model:
    """Return what is learned from a list of notes, and more."""
    steps = (asked("{ notes { id text size } }", {"data": {"notes": NOTES}}), *more)
    return learn(recording(steps)).model  # type: ignore[arg-type]  # exchanges


def route(model: Model, name: str) -> Route:
    return next(each for each in model.routes if each.name == name)


def source(model: Model, name: str) -> object:
    """Return the expression that a route answers with."""
    (hole,) = route(model, name).variants[0].holes.values()
    return hole.source


# --- a whole service ----------------------------------------------------------------------------------------


def test_a_shop_is_predicted_in_queries_that_were_never_recorded() -> None:
    """Clients that draw other selections, arguments and orders are answered as the shop answers them."""
    report = check(shop().model, SHOP.record(12, "others"))
    assert report.score_bp >= 9_500
    assert report.exchanges_total > 150


def test_the_recordings_are_replayed() -> None:
    """In-sample is at least as good as held-out."""
    assert check(shop().model, SHOP.record(12, "training"), runs=shop().evidence.runs).score_bp >= 9_800


def test_the_order_of_sessions_changes_no_byte() -> None:
    """A model is a function of the set of sessions."""
    assert dump_model(learn(SHOP.record(12, "training")[::-1]).model) == dump_model(shop().model)


def test_a_model_with_graphql_is_read_as_it_was_written() -> None:
    """Schema, errors and routes survive the file."""
    assert load_model(dump_model(shop().model)) == shop().model


def test_keys_are_made_and_quantities_are_worked_out() -> None:
    """The shop's mutations: a fresh key of the learned format, a difference, a removal."""
    added = route(shop().model, f"mutation {PATH}/addProduct").variants[0]
    assert any(isinstance(hole.source, FreshId) for hole in added.holes.values())
    before = '{ product(id: "prd_start1x") { stock } }'
    sale = 'mutation { sell(id: "prd_start1x", amount: 3) { stock } }'
    gone = 'mutation { dropProduct(id: "prd_start1x") { product { id } } }'
    found = answers(shop().model, before, sale, gone, before, path=PATH)
    assert found[0] == {"data": {"product": {"stock": 4}}}
    assert found[1] == {"data": {"sell": {"stock": 1}}}
    assert found[3] == {"data": {"product": None}}


def test_a_reference_that_no_field_tells_is_kept() -> None:
    """A product shows its maker and no key of it; the maker's products are found through what is kept."""
    model = shop().model
    assert source(model, f"field {PATH}/Product/maker") == Lookup("Maker", Ref(("entity", "maker")))
    assert source(model, f"field {PATH}/Maker/products") == Query(
        "Product", (Where(("maker",), "equals", Ref(("entity", "id")), False),)
    )


def test_refusals_have_the_status_and_the_members_of_the_service() -> None:
    """What does not parse and what is not valid is refused as the shop refuses it, with its extensions."""
    syntax, unknown = answers(shop().model, "{ products { id", "{ products { nothing } }", path=PATH)
    assert isinstance(syntax, dict)
    assert isinstance(unknown, dict)
    assert unknown == {
        "errors": [
            {
                "message": "Cannot query field 'nothing' on type 'Product'.",
                "locations": [{"line": 1, "column": 14}],
                "extensions": {"code": "BAD_REQUEST"},
            }
        ]
    }
    assert "data" not in syntax


# --- small recordings ---------------------------------------------------------------------------------------


def test_the_answer_has_what_is_selected_in_the_order_of_the_query() -> None:
    """Aliases, fragments, directives and the name of the type: of shapes that were never recorded."""
    model = notes(asked("{ notes { __typename } }", {"data": {"notes": [{"__typename": "Note"}] * 3}}))
    (found,) = answers(
        model, "{ all: notes { size ...T id @skip(if: true) } } fragment T on Note { __typename what: text }"
    )
    assert isinstance(found, dict)
    assert encode_json(found).startswith(
        b'{"data":{"all":[{"size":5,"__typename":"Note","what":"one"},{"size":9,'
    )


def test_parts_that_different_queries_show_are_one_entity() -> None:
    """An entity is known by all that was shown of it."""
    one = asked('{ note(id: "2") { text } }', {"data": {"note": {"text": "two"}}})
    two = asked(
        '{ note(id: "2") { id size colour } }', {"data": {"note": {"id": "2", "size": 9, "colour": "red"}}}
    )
    three = asked('{ note(id: "1") { id text } }', {"data": {"note": {"id": "1", "text": "one"}}})
    model = notes(one, two, three)
    assert source(model, "query /graphql/note") == Lookup("Note", ref("request.body.id"))
    assert answers(model, '{ note(id: "2") { colour text size } }') == [
        {"data": {"note": {"colour": "red", "text": "two", "size": 9}}}
    ]


def test_a_filter_of_one_field_is_known_of_the_others() -> None:
    """``size_gt`` teaches what ``_gt`` means below that argument."""
    steps = [
        asked(
            f"{{ notes(filter: {{ size_gt: {n} }}) {{ id }} }}",
            {"data": {"notes": [{"id": k} for k in keys]}},
        )
        for n, keys in ((4, "12"), (5, "2"), (1, "123"), (8, "2"))
    ]
    found = answers(notes(*steps), '{ notes(filter: { text_gt: "one" }) { id } }')
    assert found == [{"data": {"notes": [{"id": "2"}, {"id": "3"}]}}]


def test_a_mutation_sets_what_its_answer_does_not_show() -> None:
    """Arguments with the names of fields are kept whatever was selected; keys count on."""
    steps = [
        asked(
            f'mutation {{ addNote(text: "{text}", size: {size}) {{ {shown} }} }}',
            {"data": {"addNote": {name: made[name] for name in shown.split()}}},
        )
        for n, (text, size, shown) in enumerate(
            (("four", 7, "id text"), ("five", 3, "id size"), ("six", 8, "text id size"))
        )
        for made in [{"id": str(4 + n), "text": text, "size": size}]
    ]
    model = notes(*steps)
    done = answers(model, 'mutation { addNote(size: 12, text: "new") { id } }', "{ notes { id text size } }")
    assert done[0] == {"data": {"addNote": {"id": "4"}}}
    assert done[1] == {"data": {"notes": [*NOTES, {"id": "4", "text": "new", "size": 12}]}}


def test_json_that_only_has_a_query_is_not_graphql() -> None:
    """A search by POST with a member ``query`` stays a route of HTTP."""
    steps = [
        exchange("POST", "/search", json={"query": word}, answer={"hits": [word]}) for word in ("a", "b", "c")
    ]
    model = learn(recording(steps)).model
    assert model.graphql == ()
    assert [each.name for each in model.routes] == ["POST /search"]


def test_what_is_malformed_is_answered_by_the_routes_of_http() -> None:
    """A body without a query is no operation: its refusal is learned like any other answer."""
    empty = exchange(
        "POST", "/graphql", json={}, status=400, answer={"errors": [{"message": "Missing query"}]}
    )
    model = notes(empty)
    twin = Twin(model)
    response = twin.respond(
        Request("POST", "/graphql", (JSON,), b"{}"), twin.open_session(), now_ms=0
    ).response
    assert (response.status, response.body) == (400, b'{"errors":[{"message":"Missing query"}]}')


@pytest.mark.parametrize("seed", ["a", "b"])
def test_other_shops_are_learned_as_well(seed: str) -> None:
    """The score is no luck of one seed."""
    corpus: list[Recorded] = SHOP.record(10, seed)
    assert check(learn(corpus).model, SHOP.record(6, f"{seed} held out")).score_bp >= 9_300
