"""Quality: what is learned from four sessions predicts sessions that were never seen.

One row of the table is one property of services. Recordings of the same service with other values, other
optional members and another order of calls must be answered without one divergence.
"""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.synth.recordings import findings, replayed, route, source
from tests.synth.services import Field, Kind, Spec, Type, record
from wraith.canonical import JsonValue
from wraith.conformance import check
from wraith.synth import Learned, learn
from wraith.wir import Delete, FreshId, Literal, NextKey, Put, Query, Ref, StateOp

FIELDS = (
    Field("name", required=True),
    Field("size", "integer"),
    Field("tier", "choice", default="basic"),
    Field("live", "boolean", default=False),
)
ITEMS = (Kind("items", FIELDS),)
NESTED = (Kind("users"), Kind("notes", parent="users"))

SPECS: dict[str, Spec] = {
    "json": Spec(ITEMS),
    "form": Spec(ITEMS, form=True),
    "update merges by POST": Spec(ITEMS, update="merge"),
    "update merges by PATCH": Spec(ITEMS, update="patch"),
    "update replaces by PUT": Spec(ITEMS, update="replace"),
    "form update replaces by PUT": Spec(ITEMS, form=True, update="replace"),
    "deleted entities are gone": Spec(ITEMS, delete="removed"),
    "deleted entities are marked": Spec(ITEMS, delete="marked"),
    "keys are UUIDs": Spec(ITEMS, key="uuid"),
    "keys count up": Spec(ITEMS, key="number"),
    "keys come from the client, and may be taken": Spec(ITEMS, key="name"),
    "envelope": Spec(ITEMS, envelope="data"),
    "list without envelope": Spec(ITEMS, list_member=None),
    "list in another member": Spec(ITEMS, list_member="results"),
    "list reversed": Spec(ITEMS, order="reversed"),
    "list by a field": Spec(ITEMS, order="name"),
    "list with a short default page": Spec(ITEMS, page_size=3),
    "list without a default page in reach": Spec(ITEMS, page_size=50),
    "cursor": Spec(ITEMS, paging="cursor", counted="has_more"),
    "cursor, newest first": Spec(ITEMS, paging="cursor", counted="has_more", order="reversed"),
    "page number": Spec(ITEMS, paging="page", counted="total"),
    "offset": Spec(ITEMS, paging="offset", counted="total"),
    "filter": Spec(ITEMS, filtered=True, page_size=8),
    "filter and total": Spec(ITEMS, filtered=True, counted="total", page_size=8),
    "authorization": Spec(ITEMS, authorized=True),
    "time in ISO 8601": Spec(ITEMS, created="%Y-%m-%dT%H:%M:%SZ"),
    "no times": Spec(ITEMS, created=None),
    "two kinds": Spec((*ITEMS, Kind("users"))),
    "nested": Spec(NESTED),
    "a limit": Spec(ITEMS, least=50),
    "a limit, in forms": Spec(ITEMS, form=True, least=50),
    "a derived field": Spec(ITEMS, label=True),
    "a derived field, where updates replace": Spec(ITEMS, label=True, update="replace"),
}


@cache
def learned(name: str) -> Learned:
    """Return what is learned from four sessions with a service."""
    return learn(record(SPECS[name], range(4)))


@pytest.mark.parametrize("name", SPECS)
def test_what_was_recorded_is_replayed(name: str) -> None:
    """A clean recording is explained completely."""
    report = replayed(learned(name), record(SPECS[name], range(4)))
    assert (findings(report), report.score_bp) == ([], 10_000)


@pytest.mark.parametrize("name", SPECS)
def test_what_was_never_recorded_is_predicted(name: str) -> None:
    """Other sessions with the same service are answered as the service answers them."""
    report = check(learned(name).model, record(SPECS[name], range(100, 103)))
    assert (findings(report), report.score_bp) == ([], 10_000)


OPERATIONS: dict[str, dict[str, StateOp]] = {
    "json": {
        "POST /v1/items": "create",
        "GET /v1/items": "list",
        "GET /v1/items/{item_id}": "read",
        "POST /v1/items/{item_id}": "update",
        "DELETE /v1/items/{item_id}": "delete",
    },
    "update merges by PATCH": {"PATCH /v1/items/{item_id}": "update"},
    "update replaces by PUT": {"PUT /v1/items/{item_id}": "update"},
    "deleted entities are marked": {"DELETE /v1/items/{item_id}": "delete"},
    "nested": {"POST /v1/users/{user_id}/notes": "create", "GET /v1/users/{user_id}/notes": "list"},
}


@pytest.mark.parametrize(("name", "expected"), OPERATIONS.items(), ids=OPERATIONS)
def test_the_operation_of_a_route_is_said(name: str, expected: dict[str, StateOp]) -> None:
    """Each route says what it does to which entity."""
    assert {each: route(learned(name).model, each).state_op for each in expected} == expected


def test_effects_store_what_is_answered_and_remove_what_is_deleted() -> None:
    """Creating and updating put the representation, deleting takes it away, reading does nothing."""
    effects = {
        each.name: [type(effect) for effect in each.variants[0].effects]
        for each in learned("json").model.routes
    }
    assert effects == {
        "GET /v1/items": [],
        "POST /v1/items": [Put],
        "DELETE /v1/items/{item_id}": [Delete],
        "GET /v1/items/{item_id}": [],
        "POST /v1/items/{item_id}": [Put],
    }


def test_a_marked_entity_stays_in_state() -> None:
    """Where reads find a deleted entity still, deleting stores what it answered."""
    deleting = route(learned("deleted entities are marked").model, "DELETE /v1/items/{item_id}")
    assert [type(effect) for effect in deleting.variants[0].effects] == [Put]


KEYS = {
    "json": FreshId("it_[A-Za-z0-9]{12}"),
    "keys are UUIDs": FreshId("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]{1}[0-9a-f]{3}-[0-9a-f]{12}"),
    "keys count up": NextKey("items"),
    "keys come from the client, and may be taken": Ref(("request", "body", "name")),
}


@pytest.mark.parametrize(("name", "expected"), KEYS.items(), ids=KEYS)
def test_the_key_of_what_is_created_comes_from(name: str, expected: object) -> None:
    """Made in the learned format, counted up from what is present, or brought by the client."""
    [created] = [each for each in route(learned(name).model, "POST /v1/items").variants if each.status == 201]
    assert source(created, "name" if "client" in name else "id") == expected


def query(name: str, path: str = "data", of: str = "GET /v1/items") -> Query:
    """Return the query of the list that a route answers with."""
    [listing] = [each for each in route(learned(name).model, of).variants if each.status == 200]
    found = source(listing, path)
    assert isinstance(found, Query)
    return found


def test_a_list_is_a_query_in_the_order_of_creation() -> None:
    """No order is written where members stand as they were created, and the fullest page is the default."""
    assert query("json").order == ()
    assert query("json").where == ()


def test_a_list_against_the_order_of_creation_says_so() -> None:
    """An empty path with ``descending`` is the order of creation reversed."""
    assert query("list reversed").order == (((), True),)


def test_a_list_by_a_field_says_so() -> None:
    """A list that every recording shows in the order of one field is ordered by that field."""
    assert query("list by a field").order[0] == (("name",), False)


def test_a_filter_is_a_condition_on_the_field_of_that_name() -> None:
    """A parameter that keeps what it shows, and drops something, is a filter by equality."""
    [where] = query("filter").where
    assert (where.field, where.op, where.value) == (("tier",), "equals", Ref(("request", "query", "tier")))


def test_paging_is_learned_by_the_names_of_parameters() -> None:
    """Cursor, page number and offset each fill their own part of the query."""
    assert query("cursor").after == Ref(("request", "query", "starting_after"))
    assert query("page number").page == Ref(("request", "query", "page"))
    assert query("offset").offset == Ref(("request", "query", "offset"))


def test_what_stands_beside_a_list_comes_from_its_query() -> None:
    """``has_more`` and ``total`` are what the query bound."""
    [listing] = route(learned("cursor").model, "GET /v1/items").variants
    assert source(listing, "has_more") == Ref(("page", "has_more"))
    [listing] = route(learned("offset").model, "GET /v1/items").variants
    assert source(listing, "total") == Ref(("page", "total"))


def test_entities_below_a_parent_are_kept_apart() -> None:
    """The key of a nested entity is the chain of its parents, and lists show one parent's."""
    assert query("nested", of="GET /v1/users/{user_id}/notes").under == Ref(("request", "path", "user_id"))


def test_a_refusal_is_a_literal_where_it_never_changes() -> None:
    """An error that says the same each time has no hole."""
    [refused] = [
        each for each in route(learned("json").model, "POST /v1/items").variants if each.status == 400
    ]
    assert source(refused, "error.message") == Literal("name is required")


# --- services that nobody thought of ------------------------------------------------------------------------

TYPED: dict[Type, JsonValue] = {"text": "none", "integer": 0, "boolean": False, "choice": "basic"}
"""Defaults of services that read forms. A form brings text, and a member that holds no typed value yet (null,
or another kind of thing) tells no type: what an update makes of the text would be a guess."""


def fields(*, form: bool) -> st.SearchStrategy[Field]:
    return st.builds(
        lambda name, kind, default: Field(name, kind, default=TYPED[kind] if form else default),
        st.sampled_from(["title", "note", "amount", "color", "grade"]),
        st.sampled_from(list(TYPED)),
        st.sampled_from([None, "none"]),
    )


def kinds(*, form: bool) -> st.SearchStrategy[tuple[Kind, ...]]:
    more = st.lists(fields(form=form), min_size=1, max_size=4, unique_by=lambda field: field.name)
    return st.lists(
        st.builds(
            lambda word, some: Kind(word, (Field("name", required=True), *some)),
            st.sampled_from(["books", "users", "orders"]),
            more,
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda kind: kind.word,
    ).map(tuple)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Services of one to three kinds of entities."""
    form = draw(st.booleans())
    return Spec(
        draw(kinds(form=form)),
        key=draw(st.sampled_from(["token", "uuid", "number", "name"])),
        form=form,
        update=draw(st.sampled_from(["merge", "patch", "replace"])),
        delete=draw(st.sampled_from(["removed", "marked"])),
        envelope=draw(st.sampled_from([None, "data", "item"])),
        list_member=draw(st.sampled_from([None, "data", "results"])),
        order=draw(st.sampled_from(["created", "reversed"])),
        paging=draw(st.sampled_from(["limit", "cursor", "page", "offset"])),
        page_size=draw(st.integers(3, 9)),
        filtered=draw(st.booleans()),
        counted=draw(st.sampled_from([None, "has_more", "total"])),
        created=draw(st.sampled_from([None, "epoch_s", "%Y-%m-%dT%H:%M:%SZ"])),
        authorized=draw(st.booleans()),
        least=draw(st.sampled_from([None, 50])),
    )


@given(specs())
@settings(max_examples=40, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
def test_any_service_of_these_kinds_is_learned(spec: Spec) -> None:
    """Whatever the service is like, four sessions are enough to answer two others without a divergence.

    Failing examples are not shrunk: it takes minutes, and what matters stands in the first divergence.
    """
    report = check(learn(record(spec, range(4))).model, record(spec, range(100, 102)))
    assert (findings(report), report.score_bp) == ([], 10_000)
