"""Quality: what lists show, told by lists written by hand. Services are in ``test_services``."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.synth.recordings import (
    Document,
    Step,
    exchange,
    findings,
    model_of,
    recording,
    replayed,
    session,
    source,
    variant,
)
from wraith.canonical import JsonValue
from wraith.synth import learn
from wraith.wir import Call, Exists, Literal, Mark, Query, Ref, When, Where

WORDS = ("oak", "elm", "ash", "fir", "yew", "box")
SIZES = (30, 70, 10, 50, 90, 20)


def query(*parameters: tuple[str, object]) -> str:
    return "/v1/trees?" + urlencode(parameters) if parameters else "/v1/trees"


def trees(session_number: int) -> list[Document]:
    """Return the trees of a session: other sizes in each, and keys in the order of creation."""
    return [
        {
            "id": f"tr_{session_number}{index}k3Jd82",
            "word": word,
            "size": size + session_number,
            "tall": size > 40,
        }
        for index, (word, size) in enumerate(zip(WORDS, SIZES, strict=True))
    ]


def forest(*lists: tuple[str, list[int]]) -> list[tuple[Step, ...]]:
    """Return three sessions that plant six trees each and ask for lists; a list shows trees by position."""
    return [
        session(
            *(
                exchange("POST", "/v1/trees", json={k: v for k, v in tree.items() if k != "id"}, answer=tree)
                for tree in some
            ),
            exchange("GET", f"/v1/trees/{some[0]['id']}", answer=some[0]),
            *(
                exchange("GET", target, answer=listed([some[at] for at in positions]))
                for target, positions in lists
            ),
        )
        for some in (trees(0), trees(3), trees(6))
    ]


def listed(items: list[Document]) -> JsonValue:
    return {"items": [*items]}


def learned_query(*lists: tuple[str, list[int]]) -> Query:
    found = source(variant(model_of(*forest(*lists)), "GET /v1/trees"), "items")
    assert isinstance(found, Query)
    return found


def asked(name: str) -> Ref:
    return Ref(("request", "query", name))


ALL = (query(), [0, 1, 2, 3, 4, 5])


def test_insertion_order_is_no_order() -> None:
    """A list in the order of creation carries no order, no condition and no limit."""
    assert learned_query(ALL) == Query("trees")


def test_reversed_is_the_order_of_creation_descending() -> None:
    """The empty path stands for the order of creation."""
    assert learned_query((query(), [5, 4, 3, 2, 1, 0])).order == (((), True),)


@pytest.mark.parametrize(
    ("positions", "descending"),
    [([2, 5, 0, 3, 1, 4], False), ([4, 1, 3, 0, 5, 2], True)],
    ids=["ascending", "descending"],
)
def test_a_field_orders_the_list(positions: list[int], descending: bool) -> None:
    """Where every list is in the order of one field, that is its order."""
    assert learned_query((query(), positions)).order[0] == (("size",), descending)


def test_a_parameter_names_the_field_to_sort_by() -> None:
    """A parameter whose values are names of fields says what to sort by."""
    found = learned_query(
        ALL, (query(("sort", "size")), [2, 5, 0, 3, 1, 4]), (query(("sort", "word")), [2, 5, 1, 3, 0, 4])
    )
    assert found.sort == asked("sort")


CONDITIONS: dict[str, tuple[list[tuple[str, list[int]]], Where]] = {
    "equality with a text": (
        [(query(("word", "elm")), [1]), (query(("word", "yew")), [4]), (query(("word", "fir")), [3])],
        Where(("word",), "equals", asked("word")),
    ),
    "equality with a boolean": (
        [(query(("tall", "true")), [1, 3, 4]), (query(("tall", "false")), [0, 2, 5])],
        Where(("tall",), "equals", asked("tall")),
    ),
    "at least": (
        [(query(("size_gte", "60")), [1, 4]), (query(("size_gte", "25")), [0, 1, 3, 4])],
        Where(("size",), "at_least", asked("size_gte")),
    ),
    "at most": (
        [(query(("size_lte", "28")), [2, 5]), (query(("size_lte", "77")), [0, 1, 2, 3, 5])],
        Where(("size",), "at_most", asked("size_lte")),
    ),
}


@pytest.mark.parametrize(("lists", "expected"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_parameter_filters(lists: list[tuple[str, list[int]]], expected: Where) -> None:
    """A condition holds for everything shown and for something that is not."""
    assert learned_query(ALL, *lists).where == (expected,)


def test_an_operator_may_lead_the_value() -> None:
    """``size=gte:60`` compares as the word before the value says, and on any field."""
    found = learned_query(
        ALL,
        (query(("size", "gte:60")), [1, 4]),
        (query(("size", "lt:28")), [2, 5]),
        (query(("word", "elm")), [1]),
    ).filters
    assert found is not None
    assert {Mark("", "", "at_least", lead="gte:"), Mark("", "", "below", lead="lt:")} <= {*found.marks}


def test_a_value_with_a_colon_in_it_is_a_value() -> None:
    """What leaves nothing out as an operator is none."""
    assert learned_query(ALL, (query(("word", "in:elm")), [0, 1, 2, 3, 4, 5])).filters is None


OPEN: dict[str, tuple[list[tuple[str, list[int]]], str, list[int]]] = {
    "equality seen on two fields": (
        [
            (query(("word", "elm")), [1]),
            (query(("word", "yew")), [4]),
            (query(("tall", "true")), [1, 3, 4]),
            (query(("tall", "false")), [0, 2, 5]),
        ],
        query(("size", "50")),
        [3],
    ),
    "an operator seen on one field, where equality works on any": (
        [
            (query(("word", "elm")), [1]),
            (query(("tall", "true")), [1, 3, 4]),
            (query(("size_gte", "60")), [1, 4]),
            (query(("size_gte", "28")), [0, 1, 3, 4]),
        ],
        query(("word_gte", "fir")),
        [0, 3, 4],
    ),
    "alternatives": (
        [
            (query(("word", "elm"), ("word", "box")), [1, 5]),
            (query(("tall", "true")), [1, 3, 4]),
        ],
        query(("size", "70"), ("size", "10")),
        [1, 2],
    ),
    "a word for every value": (
        [
            (query(("word", "elm")), [1]),
            (query(("tall", "true")), [1, 3, 4]),
            (query(("word", "all")), [0, 1, 2, 3, 4, 5]),
        ],
        query(("word", "all"), ("tall", "false")),
        [0, 2, 5],
    ),
    "operators together": (
        [
            (query(("word_ne", "elm")), [0, 2, 3, 4, 5]),
            (query(("tall_ne", "true")), [0, 2, 5]),
            (query(("size_lte", "60")), [0, 2, 3, 5]),
            (query(("tall", "true")), [1, 3, 4]),
            (query(("word", "fir")), [3]),
        ],
        query(("size_lte", "60"), ("word_ne", "ash"), ("tall", "false")),
        [0, 5],
    ),
    "a parameter that names no field is ignored": (
        [(query(("word", "elm")), [1]), (query(("tall", "true")), [1, 3, 4])],
        query(("colour", "red"), ("word", "oak")),
        [0],
    ),
}


@pytest.mark.parametrize(("lists", "target", "expected"), OPEN.values(), ids=OPEN)
def test_operators_compose(lists: list[tuple[str, list[int]]], target: str, expected: list[int]) -> None:
    """Only operators that were seen, on fields and in combinations that were not."""
    corpus = recording(*forest(ALL, *lists))
    learned = learn(corpus)
    assert replayed(learned, corpus).exact_bp == 10_000
    unseen = recording(*forest(ALL, (target, expected)), prefix="u")
    report = replayed(learned, unseen[:1])
    assert findings(report) == []


def test_an_operator_seen_on_one_field_is_a_condition_on_that() -> None:
    """One field proves no rule for all of them."""
    found = learned_query(ALL, (query(("word", "elm")), [1]), (query(("word", "yew")), [4]))
    assert found.filters is None
    assert found.where == (Where(("word",), "equals", asked("word")),)


def test_a_field_that_does_not_filter_is_left_out() -> None:
    """Equality works on two fields; a third is asked for, and the service ignores it."""
    found = learned_query(
        ALL,
        (query(("word", "elm")), [1]),
        (query(("tall", "true")), [1, 3, 4]),
        (query(("size", "71")), [0, 1, 2, 3, 4, 5]),
        (query(("size", "9")), [0, 1, 2, 3, 4, 5]),
    )
    assert found.filters is not None
    assert "size" in found.filters.without


def test_a_mark_in_brackets() -> None:
    """``filter[word]`` is the field *word* with a mark around it."""
    found = learned_query(
        ALL,
        (query(("filter[word]", "elm")), [1]),
        (query(("filter[tall]", "true")), [1, 3, 4]),
        (query(("filter[word]", "box")), [5]),
    )
    assert found.filters is not None
    assert found.filters.marks == (Mark("filter[", "]", "equals"),)


NULLS: dict[str, tuple[list[int], list[int]]] = {
    "low": ([1, 0, 2], [2, 0, 1]),
    "high": ([0, 2, 1], [1, 2, 0]),
    "last": ([0, 2, 1], [2, 0, 1]),
    "first": ([1, 0, 2], [1, 2, 0]),
}


@pytest.mark.parametrize(("nulls", "orders"), NULLS.items(), ids=NULLS)
def test_where_nothing_is_sorted(nulls: str, orders: tuple[list[int], list[int]]) -> None:
    """A missing value is less or more than any other, or always first or last."""
    up, down = orders
    sessions = []
    for start in range(3):
        some: list[Document] = [
            {"id": f"tr_{start}{at}k3Jd82", "size": size}
            if size is not None
            else {"id": f"tr_{start}{at}k3Jd82"}
            for at, size in enumerate((3 + start, None, 9 + start))
        ]
        sessions.append(
            session(
                *(exchange("POST", "/v1/trees", json={**each, "id": None}, answer=each) for each in some),
                exchange("GET", f"/v1/trees/{some[0]['id']}", answer=some[0]),
                exchange("GET", query(("sort", "size")), answer=listed([some[at] for at in up])),
                exchange("GET", query(("sort", "-size")), answer=listed([some[at] for at in down])),
                exchange("GET", query(("sort", "id")), answer=listed(some)),
            )
        )
    found = source(variant(model_of(*sessions), "GET /v1/trees"), "items")
    assert isinstance(found, Query)
    assert found.nulls == nulls


PAGES: dict[str, tuple[list[tuple[str, list[int]]], dict[str, Ref]]] = {
    "limit": ([(query(("limit", 2)), [0, 1]), (query(("limit", 3)), [0, 1, 2])], {"limit": asked("limit")}),
    "limit and offset": (
        [(query(("limit", 2), ("offset", 1)), [1, 2]), (query(("limit", 3), ("offset", 2)), [2, 3, 4])],
        {"limit": asked("limit"), "offset": asked("offset")},
    ),
    "page and size": (
        [(query(("page", 2), ("per_page", 2)), [2, 3]), (query(("page", 3), ("per_page", 1)), [2])],
        {"limit": asked("per_page"), "page": asked("page")},
    ),
}


@pytest.mark.parametrize(("lists", "expected"), PAGES.values(), ids=PAGES)
def test_parameters_choose_the_page(lists: list[tuple[str, list[int]]], expected: dict[str, Ref]) -> None:
    """Parameters with the names of paging are used where lists agree with their effect."""
    found = learned_query(ALL, *lists)
    parts = {name: getattr(found, name) for name in expected}
    assert {name: getattr(part, "options", (part,))[0] for name, part in parts.items()} == expected


WAYS: dict[str, tuple[list[tuple[str, list[int]]], list[tuple[str, list[int]]]]] = {
    "a page alone has the default size": (
        [
            (query(("page", 1)), [0, 1]),
            (query(("page", 2)), [2, 3]),
            (query(("page", 2), ("limit", 4)), [4, 5]),
        ],
        [(query(("page", 3)), [4, 5]), (query(("page", 3), ("limit", 1)), [2])],
    ),
    "pages from nought": (
        [(query(("page", 0), ("limit", 2)), [0, 1]), (query(("page", 1), ("limit", 2)), [2, 3])],
        [(query(("page", 2), ("limit", 2)), [4, 5])],
    ),
    "a beginning that counts only with an end": (
        [
            (query(("_start", 3)), [0, 1, 2, 3, 4, 5]),
            (query(("_start", 1), ("_end", 3)), [1, 2]),
            (query(("_start", 2), ("_limit", 2)), [2, 3]),
        ],
        [(query(("_start", 5)), [0, 1, 2, 3, 4, 5]), (query(("_start", 4), ("_end", 9)), [4, 5])],
    ),
    "no limit at all where it is none": (
        [
            (query(("limit", 0)), [0, 1, 2, 3, 4, 5]),
            (query(("limit", 2)), [0, 1]),
            (query(("limit", 5)), [0, 1, 2, 3, 4]),
        ],
        [(query(("limit", 3)), [0, 1, 2]), (query(("limit", 0)), [0, 1, 2, 3, 4, 5])],
    ),
    "a greatest size": (
        [
            (query(("limit", 2)), [0, 1]),
            (query(("limit", 100)), [0, 1, 2, 3]),
            (query(("limit", 5)), [0, 1, 2, 3]),
        ],
        [(query(("limit", 3)), [0, 1, 2]), (query(("limit", 50)), [0, 1, 2, 3])],
    ),
}


@pytest.mark.parametrize(("seen", "unseen"), WAYS.values(), ids=WAYS)
def test_ways_of_paging(seen: list[tuple[str, list[int]]], unseen: list[tuple[str, list[int]]]) -> None:
    """What is seen by its effect holds for other numbers."""
    learned = learn(recording(*forest(ALL, *seen)))
    report = replayed(learned, recording(*forest(ALL, *unseen), prefix="u")[:1])
    assert findings(report) == []


def test_only_the_named_fields_are_shown() -> None:
    """A parameter names fields; the key is always there."""
    sessions = []
    for some in (trees(0), trees(3), trees(6)):
        cut = [{"id": each["id"], "word": each["word"]} for each in some]
        sessions.append(
            session(
                *(exchange("POST", "/v1/trees", json={"word": each["word"]}, answer=each) for each in some),
                exchange("GET", f"/v1/trees/{some[0]['id']}", answer=some[0]),
                exchange("GET", query(), answer=listed(some)),
                exchange("GET", query(("fields", "word")), answer=listed([*cut])),
            )
        )
    found = source(variant(model_of(*sessions), "GET /v1/trees"), "items")
    assert isinstance(found, Query)
    names = Call("concat", (Call("split", (asked("fields"), Literal(","))), Literal(["id"])))
    entity = Ref(("entity",))
    assert found.item == When(Exists(asked("fields")), Call("only", (entity, names)), entity)


def test_what_one_list_teaches_holds_for_another() -> None:
    """A service reads its parameters in one way: no page was ever asked for on the other route."""
    sessions = []
    for some in (trees(0), trees(3), trees(6)):
        keys = [f"/v1/trees/{each['id']}" for each in some]
        sessions.append(
            session(
                *(exchange("POST", "/v1/trees", json={"word": each["word"]}, answer=each) for each in some),
                *(exchange("POST", "/v1/moss", json={"word": each["word"]}, answer=each) for each in some),
                exchange("GET", keys[0], answer=some[0]),
                exchange("GET", keys[0].replace("trees", "moss"), answer=some[0]),
                exchange("GET", query(("limit", 2), ("page", 2)), answer=listed(some[2:4])),
                exchange("GET", query(("limit", 4), ("page", 2)), answer=listed(some[4:])),
                exchange("GET", "/v1/moss", answer=listed(some)),
            )
        )
    found = source(variant(model_of(*sessions), "GET /v1/moss"), "items")
    assert isinstance(found, Query)
    assert (found.limit, found.page) == (asked("limit"), asked("page"))


def test_a_cursor_is_the_key_after_which_the_page_starts() -> None:
    """A cursor that names an entity is looked for among the keys of the list."""
    sessions = [
        session(
            *(exchange("POST", "/v1/trees", json={"word": tree["word"]}, answer=tree) for tree in some),
            exchange("GET", f"/v1/trees/{some[0]['id']}", answer=some[0]),
            exchange("GET", query(("limit", 2)), answer=listed(some[:2])),
            exchange("GET", query(("limit", 2), ("starting_after", some[1]["id"])), answer=listed(some[2:4])),
            exchange("GET", query(("limit", 2), ("starting_after", some[3]["id"])), answer=listed(some[4:])),
        )
        for some in (trees(0), trees(3), trees(6))
    ]
    found = source(variant(model_of(*sessions), "GET /v1/trees"), "items")
    assert isinstance(found, Query)
    assert found.after == asked("starting_after")


def test_an_empty_list_is_a_list() -> None:
    """Before anything is created the list is empty, and the same query says so."""
    sessions = [
        session(
            exchange("GET", "/v1/trees", answer=listed([])),
            exchange("POST", "/v1/trees", json={k: v for k, v in tree.items() if k != "id"}, answer=tree),
            exchange("GET", f"/v1/trees/{tree['id']}", answer=tree),
            exchange("GET", "/v1/trees", answer=listed([tree])),
        )
        for tree in (trees(0)[0], trees(3)[0], trees(6)[0])
    ]
    corpus = recording(*sessions)
    learned = learn(corpus)
    assert replayed(learned, corpus).exact_bp == 10_000
    assert isinstance(source(variant(learned.model, "GET /v1/trees"), "items"), Query)


def test_a_parameter_that_changes_nothing_is_no_condition() -> None:
    """A parameter that happens to equal a field of everything shown, and drops nothing, filters nothing."""
    found = learned_query((query(("tall", "either")), [0, 1, 2, 3, 4, 5]), ALL)
    assert found.where == ()
