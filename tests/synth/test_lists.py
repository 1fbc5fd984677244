"""Quality: what lists show, told by lists written by hand. Services are in ``test_services``."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.synth.recordings import (
    Document,
    Step,
    exchange,
    model_of,
    recording,
    replayed,
    session,
    source,
    variant,
)
from wraith.canonical import JsonValue
from wraith.synth import learn
from wraith.wir import Literal, Query, Ref, Where

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


def test_a_number_beside_a_list_that_equals_its_length_is_no_id() -> None:
    """A total is what the query counted, although some key may be the same number."""
    sessions = [
        session(
            *(
                exchange("POST", "/v1/cups", json={"n": number * 7}, answer={"id": number, "n": number * 7})
                for number in range(1, total + 1)
            ),
            exchange("GET", "/v1/cups/1", answer={"id": 1, "n": 7}),
            exchange(
                "GET",
                "/v1/cups",
                answer={
                    "cups": [{"id": n, "n": n * 7} for n in range(1, total + 1)],
                    "total": total,
                    "version": 2,
                },
            ),
        )
        for total in (2, 3, 5)
    ]
    listing = variant(model_of(*sessions), "GET /v1/cups")
    assert source(listing, "total") in (Ref(("page", "total")), Ref(("page", "count")))
    assert source(listing, "version") == Literal(2)
