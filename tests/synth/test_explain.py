"""``explain``: what explains how much, counted on every exchange, its rivals, and what disagrees."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.synth.recordings import Recorded, Step, exchange, model_of, recording, session
from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.exchange import Exchange, Request, Response, Truncated
from wraith.paths import MISSING, parse_path
from wraith.runtime import Environment, Ids, State
from wraith.synth import Explanation, PartExplanation, explain, explain_exchange, find_route, learn
from wraith.synth._evidence.judge import compile_judge
from wraith.wir import (
    Call,
    Case,
    Cast,
    Clock,
    Equals,
    Expr,
    First,
    Fixture,
    FreshId,
    Given,
    Hole,
    Literal,
    Model,
    NextKey,
    Query,
    Ref,
    Route,
    Text,
    Variant,
    When,
    ref,
    show_expr,
)

IDS = ("a9Kd2Lq0Zx", "b7Wm4Rt8Yc", "c3Pv6Ns1Ug", "d5Hj0Xe2Qb", "e1Bn8Gf3Ki", "f6Tz5Dw7Ml")


def _made(number: int, name: str, **more: JsonValue) -> Callable[[int], JsonValue]:
    return lambda now_ms: {
        "id": f"it_{IDS[number]}",
        "object": "thing",
        "name": name,
        "made": now_ms // 1000,
        **more,
    }


def _shop(*, odd: int = -1) -> list[Recorded]:
    """Six sessions that each make an item and read it; that number answers another name than it was given."""
    sessions: list[tuple[Step, ...]] = []
    for number, color in enumerate(("red", "blue", "green", "red", "blue", "green")):
        name = "something else" if number == odd else f"Item {number}"
        answer = _made(number, name, color=color)
        stamp: list[JsonValue] = []

        def kept(now_ms: int, answer: object = answer, stamp: list[JsonValue] = stamp) -> JsonValue:
            stamp[:] = stamp or [answer(now_ms)]  # type: ignore[operator]
            return stamp[0]

        sessions.append(
            session(
                exchange(
                    "POST",
                    "/v1/items",
                    json={"name": f"Item {number}", "color": color, "note": number, "draft": True},
                    status=201,
                    answer=kept,
                    answer_headers=(("location", f"/v1/items/it_{IDS[number]}"),),
                ),
                exchange("GET", f"/v1/items/it_{IDS[number]}", answer=kept),
                exchange("GET", "/v1/items/it_none", status=404, answer={"error": "not found"}),
            )
        )
    return recording(*sessions)


SHOP = _shop()
MODEL = learn(SHOP).model


def part(found: Explanation, path: str, *, variant: int = 0) -> PartExplanation:
    """Return the part of a body at a path."""
    [only] = [
        each for each in found.variants[variant].parts if each.name is None and each.path == parse_path(path)
    ]
    return only


def header_part(found: Explanation, name: str) -> PartExplanation:
    """Return the part that is a header."""
    [only] = [each for each in found.variants[0].parts if each.name == name]
    return only


def test_each_hole_says_how_many_values_it_explains() -> None:
    """A hole is judged on every exchange of its route: echoes and state exactly, what is made by its kind."""
    found = explain(SHOP, MODEL, "POST /v1/items")
    assert (found.exchanges, found.sessions, found.right, found.wrong) == (6, 6, 6, ())
    [only] = found.variants
    assert (only.chosen, only.sessions, only.extrapolated, only.right) == (6, 6, 0, 6)
    for path, source, hole_class in (
        ("name", "request.body.name", "echoed"),
        ("id", "fresh id it_[A-Za-z0-9]{10}", "generated"),
        ("made", "now (epoch_s)", "timestamp"),
        ("object", '"thing"', "constant"),
    ):
        each = part(found, path)
        assert (show_expr(each.source), each.hole_class) == (source, hole_class)
        assert (each.explained, each.total, each.disagreements) == (6, 6, ())
    assert part(found, "name").distinct == 6
    assert part(found, "color").distinct == 3


def test_headers_are_judged_like_other_parts() -> None:
    """A header says how many recorded values its expression gives; media types count without parameters."""
    found = explain(SHOP, MODEL, "POST /v1/items")
    for name in ("location", "content-type"):
        each = header_part(found, name)
        assert (each.explained, each.total) == (6, 6)
    assert show_expr(header_part(found, "location").source) == 'text "/v1/items/{response.body.id}"'


def test_rivals_are_the_next_best_expressions() -> None:
    """What else gives some of the values is listed, best first, without the expression itself."""
    found = explain(SHOP, MODEL, "GET /v1/items/{item_id}")
    variant = next(each for each in found.variants if each.variant.status == 200)
    [whole] = [each for each in variant.parts if each.hole is not None]
    assert show_expr(whole.source) == "entity"
    assert [(show_expr(each.source), each.explained, each.total) for each in whole.rivals] == [
        ("items[request.path.item_id]", 6, 6)
    ]


def test_the_options_of_a_chain_are_rivals_of_the_chain() -> None:
    """A default earns its place by what the request alone does not explain."""
    sizes = (3, None, 5, None, 7, None)
    steps = [
        session(
            exchange("GET", f"/v1/search?q=a{f'&size={size}' if size else ''}", answer={"size": size or 10})
        )
        for size in sizes
    ]
    corpus = recording(*steps)
    found = explain(corpus, learn(corpus).model, "GET /v1/search")
    [size] = [each for variant in found.variants for each in variant.parts if each.path == ("size",)]
    assert show_expr(size.source) == "integer(request.query.size) or 10"
    assert {("10", 3), ("integer(request.query.size)", 3)} <= {
        (show_expr(each.source), each.explained) for each in size.rivals
    }


def test_the_exchanges_that_disagree_are_named() -> None:
    """A value that another session recorded otherwise is listed with the place, expected and computed."""
    found = explain(_shop(odd=4), MODEL, "POST /v1/items")
    name = part(found, "name")
    assert (name.explained, name.total, name.agrees) == (5, 6, False)
    [only] = name.disagreements
    assert (only.session, only.exchange) == ("s04", 1)
    assert (only.recorded, only.computed) == ("something else", "Item 4")


def test_what_nothing_explains_says_how_much_the_best_does() -> None:
    """An unexplained hole has a count like any other, and no rival does better than its guess."""
    words = ("oak", "elm", "ash", "oak")
    corpus = recording(
        *(session(exchange("GET", f"/v1/odd?n={n}", answer={"word": w})) for n, w in enumerate(words))
    )
    word = part(explain(corpus, learn(corpus).model, "GET /v1/odd"), "word")
    assert (word.is_unexplained, word.explained, word.total, word.distinct) == (True, 2, 4, 3)
    assert all(rival.explained <= 2 for rival in word.rivals)


def test_members_that_no_part_gives_are_parts_that_nothing_fills() -> None:
    """What a recorded answer has beyond the template is counted against it, with its values."""
    extra = recording(
        session(
            exchange(
                "POST",
                "/v1/items",
                json={"name": "x", "color": "red", "note": 1, "draft": True},
                status=201,
                answer=_made(0, "x", color="red", weight=5),
            )
        )
    )
    weight = part(explain(extra, MODEL, "POST /v1/items"), "weight")
    assert (show_expr(weight.source), weight.explained, weight.total) == ("nothing", 0, 1)
    assert (weight.disagreements[0].recorded, weight.disagreements[0].computed) == (5, MISSING)


def test_a_variant_of_another_status_is_a_wrong_choice() -> None:
    """Where the guards choose a variant with another status than was recorded, the exchange is named."""
    denied = recording(
        session(exchange("GET", "/v1/items/it_none", status=410, answer={"error": "gone"})), prefix="d"
    )
    found = explain([*SHOP, *denied], MODEL, "GET /v1/items/{item_id}")
    assert (found.exchanges, found.right) == (13, 12)
    [wrong] = found.wrong
    assert (wrong.session, wrong.exchange, wrong.recorded) == ("d00", 1, 410)
    assert wrong.variant is not None
    assert found.route.variants[wrong.variant].status == 404


def test_the_model_that_is_given_is_the_one_explained() -> None:
    """An edit of the model shows in what is explained: the corpus says what was recorded, nothing else."""
    [made] = [each for each in MODEL.routes if each.name == "POST /v1/items"]
    hole = next(
        name for name, each in made.variants[0].holes.items() if each.source == ref("request.body.name")
    )
    holes = {
        **made.variants[0].holes,
        hole: Hole(hole_class="echoed", type="string", source=ref("request.body.color")),
    }
    edited = made.model_copy(update={"variants": (made.variants[0].model_copy(update={"holes": holes}),)})
    others = tuple(each for each in MODEL.routes if each.name != made.name)
    found = explain(SHOP, MODEL.model_copy(update={"routes": (*others, edited)}), made.name)
    name = part(found, "name")
    assert (show_expr(name.source), name.explained, name.total) == ("request.body.color", 0, 6)
    assert show_expr(name.rivals[0].source) == "request.body.name"


def test_fixtures_of_the_model_are_there_from_the_start() -> None:
    """What a patch says was there answers the reads of it."""
    fixture = Fixture(key="it_none", value={"id": "it_none"})
    found = explain(
        SHOP, MODEL.model_copy(update={"fixtures": {"items": (fixture,)}}), "GET /v1/items/{item_id}"
    )
    assert found.right == 6


def test_a_part_of_a_query_is_worth_what_is_lost_without_it() -> None:
    """The rivals of a list are the query without each of its parts."""
    items: list[JsonValue] = [{"id": f"it_{each}", "n": n} for n, each in enumerate(IDS)]
    make = [exchange("POST", "/v1/items", json={"n": each["n"]}, answer=each) for each in items]  # type: ignore[index,call-overload]
    lists = [
        exchange("GET", f"/v1/items?limit={limit}", answer={"items": items[:limit]}) for limit in (1, 2, 3, 6)
    ]
    read = [
        exchange("GET", f"/v1/items/it_{each}", answer=item) for each, item in zip(IDS, items, strict=True)
    ]
    corpus = recording(session(*make, *read, *lists))
    query = Query("items", order=(((), False),), limit=ref("request.query.limit"))
    hole = Hole(hole_class="derived", type="array", source=query)
    variant = Variant(status=200, body_template={"items": "$hole_1"}, holes={"hole_1": hole})
    route = Route(method="GET", path_pattern="/v1/items", variants=(variant,))
    listed = part(explain(corpus, Model(routes=(route,)), route.name), "items")
    assert (listed.explained, listed.total) == (4, 4)
    assert [(show_expr(each.source), each.explained) for each in listed.rivals] == [
        ("items, limit request.query.limit", 4),
        ("items oldest first", 1),
    ]


def test_a_route_without_recordings_is_explained_without_evidence() -> None:
    """A route that a patch added is shown, and nothing is counted."""
    added = Route(
        method="GET", path_pattern="/v1/new", variants=(Variant(status=200, body_template={"a": 1}),)
    )
    found = explain(SHOP, MODEL.model_copy(update={"routes": (*MODEL.routes, added)}), "GET /v1/new")
    assert (found.exchanges, found.variants[0].chosen) == (0, 0)
    assert [each.total for each in found.variants[0].parts] == [0, 0]


def test_the_order_of_sessions_changes_nothing() -> None:
    """An explanation depends on the recordings, not on the order in which they are given."""
    assert explain(SHOP[::-1], MODEL, "POST /v1/items") == explain(SHOP, MODEL, "POST /v1/items")


def test_what_is_said_to_unknown_paths_is_explained_as_a_route() -> None:
    """Answers to paths that no route has are a program like any other."""
    unknown = Variant(status=404, body_template={"error": "no such page"})
    lost = recording(
        session(exchange("GET", "/nowhere/at/all", status=404, answer={"error": "no such page"}))
    )
    found = explain(lost, MODEL.model_copy(update={"unknown": (unknown,)}), "* unknown")
    assert (found.exchanges, found.right) == (1, 1)
    assert all(each.agrees for each in found.variants[0].parts)


# --- names of routes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["GET /v1/items/{item_id}", "GET /v1/items/it_1", "get /v1/items/it_1?x=1", "HEAD /v1/items/it_1"],
)
def test_a_route_is_found_by_pattern_and_by_path(name: str) -> None:
    """A route has the name in the model, and every path that it answers."""
    assert find_route(MODEL, name).name == "GET /v1/items/{item_id}"


@pytest.mark.parametrize("name", ["GET /v1/itmes", "PATCH /v1/items", "/v1/items", ""])
def test_what_is_no_route_is_answered_with_near_ones(name: str) -> None:
    """An unknown name is the user's mistake, and near routes are named."""
    with pytest.raises(InputError) as caught:
        find_route(MODEL, name)
    assert repr(name) in caught.value.message
    if name:
        assert "/v1/items" in caught.value.message.partition("near: ")[2]


# --- one exchange -------------------------------------------------------------------------------------------


def test_one_exchange_shows_guards_values_and_differences() -> None:
    """The chosen variant has its guards true; each hole has its value beside the recorded one."""
    found = explain_exchange(_shop(odd=4), MODEL, "s04", 1)
    assert (found.route.name, found.chosen, found.extrapolated) == ("POST /v1/items", 0, False)
    differ = [each for each in found.parts if not each.agrees]
    assert [(each.path, each.recorded, each.computed) for each in differ] == [
        (("name",), "something else", "Item 4")
    ]


def test_one_exchange_sees_what_earlier_answers_left() -> None:
    """A read is answered from what the session's create stored; its guards say so."""
    found = explain_exchange(SHOP, MODEL, "s02", 2)
    assert found.key == f"it_{IDS[2]}"
    assert isinstance(found.stored, dict)
    assert found.chosen is not None
    chosen = found.variants[found.chosen]
    assert all(each.holds for each in (*chosen.guards, *chosen.support))
    assert all(not all(guard.holds for guard in each.guards) for each in found.variants if each is not chosen)
    assert all(each.agrees for each in found.parts)


def test_one_exchange_does_not_see_its_own_effects() -> None:
    """The state is that before the answer: what the exchange itself stores is not there yet."""
    there = Hole(hole_class="derived", type="integer", source=Call("count", (Query("items"),)))
    routes = [
        Route(
            method=method,
            path_pattern=pattern,
            variants=(Variant(status=status, body_template={"n": "$hole_1"}, holes={"hole_1": there}),),
        )
        for method, pattern, status in (("POST", "/v1/items", 201), ("GET", "/v1/items/{item_id}", 200))
    ]
    for index, before in ((1, 0), (2, 1)):
        found = explain_exchange(SHOP, Model(routes=tuple(routes)), "s03", index)
        [count] = [each.computed for each in found.parts if each.path == ("n",)]
        assert count == before


def test_one_exchange_with_another_status_has_no_parts() -> None:
    """Where the chosen variant has another status, there is nothing to compare it with."""
    denied = recording(session(exchange("GET", "/v1/items/it_none", status=410, answer={})), prefix="d")
    found = explain_exchange([*SHOP, *denied], MODEL, "d00", 1)
    assert (found.recorded_status, found.parts) == (410, ())


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (("s09", 1), "there is no exchange s09/1"),
        (("s00", 9), "there is no exchange s00/9"),
        (("s00", 0), "there is no exchange s00/0"),
        (("cut", 1), "cut/1 was cut off"),
        (("new", 1), "no route of the model matches new/1: GET /v2"),
    ],
)
def test_what_is_not_there_is_said(where: tuple[str, int], says: str) -> None:
    """An exchange that does not exist, was cut off or reaches no route is the user's mistake."""
    big = Exchange(Request("GET", "/v1/me"), Response(200, (), b"", Truncated("0" * 64, 10**9)), 0, 5)
    new = Exchange(Request("GET", "/v2"), Response(200), 0, 5)
    corpus = [*SHOP, Recorded("cut", 0, (big,)), Recorded("new", 1, (new,))]
    with pytest.raises(InputError, match=says):
        explain_exchange(corpus, MODEL, *where)


# --- judging by kind ----------------------------------------------------------------------------------------

NOW_MS = 1_700_000_000_000
NOW_S = NOW_MS // 1000
A = ref("request.query.a")


@pytest.mark.parametrize(
    ("expr", "value", "agrees"),
    [
        (FreshId("id_[a-z]{4}"), "id_abcd", True),
        (FreshId("id_[a-z]{4}"), "id_ABCD", False),
        (FreshId("id_[a-z]{4}"), 5, False),
        (Clock("epoch_s"), NOW_S + 1, True),
        (Clock("epoch_s"), NOW_S + 60, False),
        (Clock("epoch_s", 86_400), NOW_S + 86_400, True),
        (Clock("epoch_s"), "2023-11-14T22:13:20Z", False),
        (Clock("%Y-%m-%dT%H:%M:%SZ"), "2023-11-14T22:13:20Z", True),
        (Clock("%Y-%m-%d"), "2023-11-14", True),
        (Clock("%Y-%m-%d"), "2023-11-12", False),
        (NextKey("items", ever=True, gaps=True), 8, True),
        (NextKey("items", ever=True, gaps=True), 7, False),
        (NextKey("items"), 8, True),
        (NextKey("items"), 9, False),
        (First((A, FreshId("[0-9]{4}"))), "x", True),
        (First((A, FreshId("[0-9]{4}"))), "1234", False),
        (First((ref("request.query.b"), FreshId("[0-9]{4}"))), "1234", True),
        (First((Given(Literal(None)), Clock("epoch_s"))), NOW_S, True),
        (First((ref("request.query.b"), Cast(FreshId("[0-9]{4}"), "string"))), "1234", True),
        (First((ref("request.query.b"), Text((ref("request.query.b"), FreshId("x"))))), MISSING, True),
        (Text((A, Literal(".-"), FreshId("[0-9]{4}"))), "x.-1234", True),
        (Text((A, Literal(".-"), FreshId("[0-9]{4}"))), "x,-1234", False),
        (Text((A, Clock("epoch_s"))), f"x{NOW_S}", True),
        (When(Equals(A, "x"), Clock("epoch_s")), NOW_S, True),
        (When(Equals(A, "y"), Clock("epoch_s")), NOW_S, False),
        (When(Equals(A, "y"), Clock("epoch_s")), MISSING, True),
        (Case(A, (), FreshId("[0-9]{4}")), "anything", True),
        (Case(A, (), FreshId("[0-9]{4}")), 5, False),
        (A, "x", True),
        (A, "y", False),
    ],
    ids=lambda each: show_expr(each) if hasattr(each, "__dataclass_fields__") else repr(each),
)
def test_what_is_made_anew_is_judged_by_kind(expr: Expr, value: JsonValue, agrees: bool) -> None:
    """Identifiers by pattern, times by form and nearness, growing keys by size; everything else exactly."""
    state = State({"items": [("7", {})]})
    env = Environment(Request("GET", "/?a=x"), {}, state, Ids("s"), NOW_MS)
    assert compile_judge(expr)(env, value) is agrees


def test_a_pattern_that_is_no_regular_expression_judges_nothing() -> None:
    """Text that stands for itself in a pattern of identifiers may be an operator elsewhere."""
    env = Environment(Request("GET", "/"), {}, State(), Ids("s"), NOW_MS)
    assert compile_judge(FreshId("*[a-z]{4}"))(env, "*abcd")


def test_bodies_of_other_kinds_are_told_apart() -> None:
    """A body that is no document disagrees about its kind, and its parts are not judged."""
    corpus = recording(session(exchange("GET", "/v1/word", answer="plain")))
    model = model_of(session(exchange("GET", "/v1/word", answer={"word": "plain"})))
    found = explain(corpus, model, "GET /v1/word")
    kind, *others = found.variants[0].parts
    assert (kind.name, kind.explained, kind.disagreements[0].recorded) == ("(body kind)", 0, "text")
    assert [each.total for each in others if each.name is None] == [0]


def test_bytes_are_judged_as_they_are_kept() -> None:
    """A binary body is one constant, the base64 of its bytes."""
    data = Exchange(
        Request("GET", "/v1/logo"), Response(200, (("content-type", "image/png"),), b"\x89PNG\x00"), NOW_MS, 5
    )
    corpus = [Recorded("s", NOW_MS, (data,))]
    found = explain(corpus, learn(corpus).model, "GET /v1/logo")
    assert all(each.agrees and each.total == 1 for each in found.variants[0].parts)


def test_a_spread_is_judged_by_the_members_that_are_left_to_it() -> None:
    """The members beside a spread are parts of their own; the spread explains the others."""
    variant = Variant(
        status=200,
        body_template={"$spread": "$hole_1", "seen": True},
        holes={"hole_1": Hole(hole_class="echoed", type="object", source=Ref(("request", "body")))},
    )
    model = Model(routes=(Route(method="POST", path_pattern="/v1/echo", variants=(variant,)),))
    corpus = recording(
        session(exchange("POST", "/v1/echo", json={"a": 1, "seen": False}, answer={"a": 1, "seen": True})),
        session(exchange("POST", "/v1/echo", json={"a": 1}, answer={"a": 2, "seen": True})),
    )
    found = explain(corpus, model, "POST /v1/echo")
    base = next(each for each in found.variants[0].parts if each.is_base)
    assert (base.explained, base.total) == (1, 2)
    assert (base.disagreements[0].recorded, base.disagreements[0].computed) == ({"a": 2}, {"a": 1})
    assert part(found, "seen").explained == 2
