"""The handlers of ``twins/orderledger``: what no recorded client has asked for, as the shop answers it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wraith.build import steps
from wraith.canonical import JsonValue
from wraith.lua import lua_handlers, read_scripts
from wraith.paths import MISSING, Found
from wraith.runtime import Draft, Invocation, Reply, State
from wraith.workspace import Project

TWIN = Path(__file__).resolve().parent.parent.parent / "twins" / "orderledger"
HANDLERS = (
    *("add_line", "cancel_order", "confirm_order", "create_order"),
    *("delete_order", "get_order", "get_statistics"),
)
LINE = {"number": 4, "product": {"id": "p1"}, "quantity": 2, "unit_price": 999, "amount": 1998}


def order(status: str = "draft", **more: JsonValue) -> JsonValue:
    whole: dict[str, JsonValue] = {"id": 1001, "status": status, "customer": {"id": "c1", "name": "Ann"}}
    terms = {"lines": [LINE], "discount_percent": 10, "gift": False, "total": 2140}
    return {**whole, **terms, **more}


def ask(name: str, stored: JsonValue = MISSING, body: Found = MISSING) -> tuple[int | None, JsonValue, State]:
    """Return what a handler emits for order 1001, and the state that it leaves."""
    state = State({"customers": [("c1", {"id": "c1", "name": "Anna"})]})
    state.put("products", "p1", {"id": "p1", "name": "Lamp", "price": 1200})
    if stored is not MISSING:
        state.put("orders", "1001", stored)
    draft = Draft(state)
    parameters = {"order_id": "1001", "customer_id": "c1"}
    given = Invocation("POST", "/", {}, {}, body, parameters, draft, 1_700_000_000_000, "seed")
    reply = lua_handlers(read_scripts(TWIN / "lua")).run(name, given)
    assert isinstance(reply, Reply), reply
    draft.keep()
    return reply.status, json.loads(reply.body) if reply.body else None, state


def refused(answer: JsonValue) -> JsonValue:
    assert isinstance(answer, dict)
    error = answer["error"]
    assert isinstance(error, dict)
    return error.get("fields") or error["message"]


@pytest.mark.parametrize("status", ["confirmed", "shipped", "delivered", "cancelled"])
def test_only_a_draft_can_be_deleted(status: str) -> None:
    """In each state; the recordings show one."""
    code, answer, _ = ask("delete_order", order(status))
    assert (code, refused(answer)) == (409, f"order 1001 is {status}: only a draft can be deleted")


def test_the_model_deletes_a_draft() -> None:
    """The handler leaves what is allowed, and what there is not, to the model."""
    assert ask("delete_order", order())[:2] == (None, None)
    assert ask("delete_order")[:2] == (None, None)


WRONG = {
    "third-line": (
        {"customer": "c1", "lines": [{"product": "p1", "quantity": 1}] * 2 + [{"product": "x"}]},
        {"lines[2].product": "there is no product x", "lines[2].quantity": "is required"},
    ),
    "no-line": ({"customer": "c1", "lines": ["p1"]}, {"lines[0]": "must be an object"}),
    "lines-that-are-none": ({"customer": "c1", "lines": {}}, {"lines": "must be a list"}),
    "customer": ({"customer": "c2"}, {"customer": "there is no customer c2"}),
    "name-without-end": ({"customer": "ü" * 21}, {"customer": "must be text of 1 to 20 characters"}),
    "fraction": (
        {"customer": "c1", "discount_percent": 2.0},
        {"discount_percent": "must be a whole number from 0 to 50"},
    ),
    "gift": ({"customer": "c1", "gift": True}, {"gift_message": "is required for a gift"}),
}


@pytest.mark.parametrize(("body", "fields"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_an_order_is_said_of_each_field(body: Found, fields: JsonValue) -> None:
    """Of every line, by the rules of the shop."""
    code, answer, _ = ask("create_order", body=body)
    assert (code, refused(answer)) == (422, fields)


@pytest.mark.parametrize("body", [MISSING, [], "text", {"customer": "c1", "lines": []}])
def test_the_model_makes_an_order(body: Found) -> None:
    """And says what is wrong with a body that is no object."""
    assert ask("create_order", body=body)[:2] == (None, None)


def test_a_line_more_changes_what_an_order_comes_to() -> None:
    """Half a cent is rounded up; names and prices are those of today, what was agreed stays."""
    code, answer, state = ask("add_line", order(), {"product": "p1", "quantity": 3})
    product = {"id": "p1", "name": "Lamp", "price": 1200}
    lines = [
        {**LINE, "product": product},
        {"number": 5, "product": product, "quantity": 3, "unit_price": 1200, "amount": 3600},
    ]
    totals = {"subtotal": 5598, "discount": 560, "tax": 957, "total": 5995}
    assert (code, answer) == (201, {**order(customer={"id": "c1", "name": "Anna"}, lines=lines), **totals})
    assert state.get("orders", "1001") == answer


@pytest.mark.parametrize(
    ("handler", "status", "then"),
    [
        ("confirm_order", "draft", "confirmed"),
        ("cancel_order", "draft", "cancelled"),
        ("cancel_order", "confirmed", "cancelled"),
        ("confirm_order", "confirmed", None),
        ("cancel_order", "shipped", None),
        ("cancel_order", "delivered", None),
    ],
)
def test_states_lead_where_they_may(handler: str, status: str, then: str | None) -> None:
    """What is not allowed is refused, and changes nothing."""
    code, answer, state = ask(handler, order(status), {"reason": "late"})
    stored = state.get("orders", "1001")
    assert isinstance(stored, dict)
    if then is None:
        action = handler.removesuffix("_order")
        assert (code, refused(answer)) == (409, f"order 1001 is {status}: cannot {action}")
        assert stored["status"] == status
    else:
        assert stored["status"] == then
        assert stored.get("cancel_reason") == ("late" if then == "cancelled" else None)


def test_an_order_without_lines_cannot_be_confirmed() -> None:
    """There is nothing to send."""
    code, answer, _ = ask("confirm_order", order(lines=[]))
    assert (code, refused(answer)) == (409, "order 1001 has no lines: cannot confirm")


def test_statistics_are_of_what_is_owed_for() -> None:
    """Drafts and cancelled orders do not count; of nothing there is no average."""
    nothing = {"orders": 0, "spent": 0, "average": None, "largest": None, "paid": 0, "balance": 0}
    customer = {"customer": {"id": "c1", "name": "Anna"}}
    assert ask("get_statistics", order())[1] == {**customer, **nothing}
    one = {"orders": 1, "spent": 2140, "average": 2140, "largest": 2140, "paid": 0, "balance": 2140}
    assert ask("get_statistics", order("shipped"))[1] == {**customer, **one}


@pytest.fixture(scope="module")
def score(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, JsonValue]]:
    """What learns a copy of the twin, once, and checks it."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(TWIN, folder / "twins" / "orderledger", ignore=shutil.ignore_patterns("build", "reports"))
    workspace = Project(folder).twin("orderledger")
    steps.synth(workspace)

    def check(*, handlers: bool) -> dict[str, JsonValue]:
        found = steps.measure(workspace, handlers=handlers).to_json()
        assert isinstance(found, dict)
        return found

    return check


@pytest.mark.parametrize("handlers", [False, True], ids=["without", "with"])
def test_the_check_of_the_twin_finds_nothing(score, handlers: bool) -> None:
    """The model knows all that was recorded, and a handler knows no less; none of them fails."""
    report = score(handlers=handlers)
    assert (report["divergences_total"], report["score_bp"]) == (0, 10_000)
    assert [each["name"] for each in report["handlers"]] == ([*HANDLERS] if handlers else [])
    assert all(each["failed"] == 0 < each["asked"] for each in report["handlers"])
