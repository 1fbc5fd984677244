"""The order ledger, from outside: what it computes, shows, allows and refuses."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

Ask = Callable[..., tuple[int, Any]]

PERSON = {"kind": "person", "name": "Ione Calder", "email": "ione@example.com", "birth_date": "1988-02-29"}
BUSINESS = {"kind": "business", "name": "Loom & Urn", "email": "post@example.org", "vat_id": "DE123456789"}
LAMP = {"sku": "LAMP-10", "name": "Lamp", "price": 1999}
VASE = {"sku": "VASE-20", "name": "Vase", "price": 350, "description": "blue"}


def created(ask: Ask, path: str, body: dict[str, Any]) -> Any:
    status, answer = ask("POST", path, body)
    assert status == 201, answer
    return answer


def order_of(ask: Ask, *lines: tuple[str, int], customer: str = "", **more: Any) -> Any:
    owner = customer or created(ask, "/customers", PERSON)["id"]
    listed = [{"product": product, "quantity": quantity} for product, quantity in lines]
    return created(ask, "/orders", {"customer": owner, "lines": listed, **more})


def test_totals_of_an_order_are_computed(ask: Ask) -> None:
    """Lines add up; discount and tax are rounded half up, the tax on what the discount leaves."""
    lamp, vase = created(ask, "/products", LAMP), created(ask, "/products", VASE)
    order = order_of(ask, (lamp["id"], 3), (vase["id"], 1), discount_percent=15)
    assert [line["amount"] for line in order["lines"]] == [5997, 350]
    assert (order["subtotal"], order["discount"], order["tax"], order["total"]) == (6347, 952, 1025, 6420)


def test_orders_name_what_they_refer_to(ask: Ask) -> None:
    """Names and list prices are today's; the unit price is that of the day of the order."""
    lamp, owner = created(ask, "/products", LAMP), created(ask, "/customers", PERSON)
    order = order_of(ask, (lamp["id"], 2), customer=owner["id"])
    ask("PATCH", f"/products/{lamp['id']}", {"name": "Lantern", "price": 2500})
    ask("PATCH", f"/customers/{owner['id']}", {"name": "Ione Farrow"})
    _, later = ask("GET", f"/orders/{order['id']}")
    assert later["customer"] == {"id": owner["id"], "name": "Ione Farrow"}
    assert later["lines"][0]["product"] == {"id": lamp["id"], "name": "Lantern", "price": 2500}
    assert (later["lines"][0]["unit_price"], later["total"]) == (1999, order["total"])


def test_shapes_follow_kind_and_state(ask: Ask) -> None:
    """Persons have a birth date, businesses a VAT id; gifts a message; what was shipped, tracking."""
    person, business = created(ask, "/customers", PERSON), created(ask, "/customers", BUSINESS)
    assert "birth_date" in person
    assert "vat_id" not in person
    assert "vat_id" in business
    assert "birth_date" not in business
    lamp = created(ask, "/products", LAMP)["id"]
    plain = order_of(ask, (lamp, 1), customer=person["id"], gift_message="not a gift")
    gift = order_of(ask, (lamp, 1), customer=person["id"], gift=True, gift_message="yours")
    assert "gift_message" not in plain
    assert gift["gift_message"] == "yours"
    ask("POST", f"/orders/{gift['id']}/confirm")
    _, shipped = ask("POST", f"/orders/{gift['id']}/ship", {"carrier": "pigeon"})
    assert shipped["tracking"].keys() == {"carrier", "number", "shipped_at"}
    _, delivered = ask("POST", f"/orders/{gift['id']}/deliver")
    assert delivered["tracking"] == shipped["tracking"]
    assert "delivered_at" in delivered
    _, cancelled = ask("POST", f"/orders/{plain['id']}/cancel", {"reason": "late"})
    assert cancelled["cancel_reason"] == "late"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ([], {"confirm", "cancel"}),
        (["confirm"], {"ship", "cancel"}),
        (["confirm", "ship"], {"deliver"}),
        (["confirm", "ship", "deliver"], set()),
        (["cancel"], set()),
    ],
    ids=["draft", "confirmed", "shipped", "delivered", "cancelled"],
)
def test_only_some_actions_are_allowed_in_a_state(ask: Ask, path: list[str], allowed: set[str]) -> None:
    """Other actions are conflicts that name the state, and change nothing."""
    lamp = created(ask, "/products", LAMP)["id"]
    owner = created(ask, "/customers", PERSON)["id"]
    for action in ("confirm", "ship", "deliver", "cancel"):
        order = order_of(ask, (lamp, 1), customer=owner)
        for step in [*path, action]:
            status, answer = ask("POST", f"/orders/{order['id']}/{step}", {"carrier": "pigeon"})
        _, after = ask("GET", f"/orders/{order['id']}")
        if action in allowed:
            assert (status, answer) == (200, after)
        else:
            message = f"order {order['id']} is {after['status']}: cannot {action}"
            assert (status, answer["error"]["message"]) == (409, message)


def test_statistics_and_ledger_add_up(ask: Ask) -> None:
    """Only what is confirmed, shipped or delivered is owed; products know how many were sold."""
    vase, owner = created(ask, "/products", VASE)["id"], created(ask, "/customers", PERSON)["id"]
    _, nothing = ask("GET", f"/customers/{owner}/statistics")
    assert (nothing["orders"], nothing["average"], nothing["largest"], nothing["balance"]) == (
        0,
        None,
        None,
        0,
    )
    totals = []
    confirmed, shipped, draft, cancelled = ["confirm"], ["confirm", "ship"], [], ["confirm", "cancel"]
    for quantity, steps in ((1, confirmed), (4, shipped), (9, draft), (7, cancelled)):
        order = order_of(ask, (vase, quantity), customer=owner)
        totals.append(order["total"])
        for step in steps:
            ask("POST", f"/orders/{order['id']}/{step}", {"carrier": "pigeon"})
    created(ask, f"/customers/{owner}/payments", {"amount": 1000, "method": "card"})
    _, statistics = ask("GET", f"/customers/{owner}/statistics")
    assert totals == [417, 1666, 3749, 2916]
    assert statistics == {
        "customer": {"id": owner, "name": "Ione Calder"},
        "orders": 2,
        "spent": 2083,
        "average": 1042,
        "largest": 1666,
        "paid": 1000,
        "balance": 1083,
    }
    _, ledger = ask("GET", "/ledger")
    assert (ledger["orders"], ledger["revenue"], ledger["balance"]) == (4, 2083, 1083)
    assert ledger["by_status"]["draft"] == {"count": 1, "total": 3749}
    assert ledger["by_status"]["delivered"] == {"count": 0, "total": 0}
    assert ask("GET", f"/products/{vase}")[1]["sold"] == 5


def test_what_is_referred_to_cannot_be_deleted(ask: Ask) -> None:
    """Products and customers of an order stay until the draft is deleted; then they can go."""
    lamp, owner = created(ask, "/products", LAMP)["id"], created(ask, "/customers", PERSON)["id"]
    order = order_of(ask, (lamp, 1), customer=owner)["id"]
    for path in (f"/products/{lamp}", f"/customers/{owner}"):
        assert ask("DELETE", path)[0] == 409
    assert ask("DELETE", f"/orders/{order}")[0] == 204
    for path in (f"/products/{lamp}", f"/customers/{owner}"):
        assert ask("DELETE", path) == (204, None)
        assert ask("GET", path)[0] == 404


def test_drafts_can_be_changed(ask: Ask) -> None:
    """Lines come and go and terms change while an order is a draft, and not later."""
    lamp = created(ask, "/products", LAMP)["id"]
    order = order_of(ask)["id"]
    assert ask("POST", f"/orders/{order}/confirm")[0] == 409
    for quantity in (2, 5):
        ask("POST", f"/orders/{order}/lines", {"product": lamp, "quantity": quantity})
    _, answer = ask("DELETE", f"/orders/{order}/lines/1")
    assert [(line["number"], line["quantity"]) for line in answer["lines"]] == [(2, 5)]
    _, answer = ask("PATCH", f"/orders/{order}", {"discount_percent": 10})
    assert (answer["subtotal"], answer["discount"]) == (9995, 1000)
    ask("POST", f"/orders/{order}/confirm")
    for method, path, body in (
        ("PATCH", "", {"discount_percent": 5}),
        ("POST", "/lines", {"product": lamp, "quantity": 1}),
        ("DELETE", "/lines/2", None),
        ("DELETE", "", None),
    ):
        status, answer = ask(method, f"/orders/{order}{path}", body)
        assert (status, f"order {order} is confirmed" in answer["error"]["message"]) == (409, True)


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("/customers", {**PERSON, "kind": "robot"}, {"kind"}),
        ("/customers", {"kind": "business", "name": ""}, {"name", "email", "vat_id"}),
        ("/customers", {**PERSON, "birth_date": "1988-2-29"}, {"birth_date"}),
        ("/products", {**LAMP, "price": True, "sku": "lamp"}, {"price", "sku"}),
        ("/orders", {"customer": "cus_0"}, {"customer"}),
        ("/orders", {"lines": [{"product": "prd_0"}, 3], "gift": True}, {
            "customer", "lines[0].product", "lines[0].quantity", "lines[1]", "gift_message"}),
        ("/orders", {"customer": "cus_0", "discount_percent": 51}, {"customer", "discount_percent"}),
    ],
)  # fmt: skip
def test_fields_that_are_not_valid_are_named(ask: Ask, path: str, body: object, fields: set[str]) -> None:
    """The answer is 422 and says what each field must be."""
    status, answer = ask("POST", path, body)
    assert (status, set(answer["error"]["fields"])) == (422, fields)


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    [
        ("POST", "/customers", b"{", 400),
        ("POST", "/customers", b"", 400),
        ("POST", "/customers", b"[1]", 400),
        ("GET", "/orders/1001", b"", 404),
        ("GET", "/orders/first", b"", 404),
        ("GET", "/nothing", b"", 404),
        ("PUT", "/customers", b"", 405),
        ("GET", "/orders?status=lost", b"", 422),
        ("GET", "/products?per_page=51", b"", 422),
        ("GET", "/customers?page=two", b"", 422),
    ],
)
def test_refusals_have_one_shape(ask: Ask, method: str, path: str, data: bytes, status: int) -> None:
    """Each has a code and a message."""
    answered, answer = ask(method, path, data=data)
    assert (answered, answer["error"].keys() >= {"code", "message"}) == (status, True)


def test_what_must_be_unique_is(ask: Ask) -> None:
    """A second customer with the same email and a second product with the same sku are conflicts."""
    created(ask, "/customers", PERSON)
    created(ask, "/products", LAMP)
    other = created(ask, "/products", VASE)["id"]
    assert ask("POST", "/customers", {**BUSINESS, "email": PERSON["email"]})[0] == 409
    assert ask("POST", "/products", LAMP)[0] == 409
    assert ask("PATCH", f"/products/{other}", {"sku": LAMP["sku"]})[0] == 409
    assert ask("PATCH", f"/products/{other}", {"sku": VASE["sku"]})[0] == 200


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["C", "a lamp", "B"]),
        ("?sort=price", ["B", "C", "a lamp"]),
        ("?sort=-price&per_page=2", ["a lamp", "C"]),
        ("?sort=-price&per_page=2&page=2", ["B"]),
        ("?page=2", []),
        ("?search=LAM", ["a lamp"]),
        ("?min_price=20&max_price=25", ["C"]),
    ],
)
def test_lists_are_filtered_sorted_and_cut(ask: Ask, query: str, names: list[str]) -> None:
    """Unsorted, the oldest come first; the total counts all that the filters leave."""
    for number, (name, price) in enumerate((("C", 20), ("a lamp", 30), ("B", 10))):
        created(ask, "/products", {"sku": f"THING-{number}0", "name": name, "price": price})
    _, answer = ask("GET", f"/products{query}")
    assert [item["name"] for item in answer["items"]] == names
    if "per_page" in query:
        assert (answer["pages"], answer["total"]) == (2, 3)


def test_the_command_serves_on_loopback_and_ids_come_from_the_seed() -> None:
    """Two runs with one seed give the same ids."""
    script = Path(__file__).resolve().parent / "orderledger.py"
    ids = []
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen([sys.executable, str(script), "--port", str(port), "--seed", "3"])
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
                wait_for(http)
                answer = http.post("/customers", json=PERSON)
            assert answer.headers["location"] == f"/customers/{answer.json()['id']}"
            ids.append(answer.json()["id"])
        finally:
            process.terminate()
            assert process.wait(timeout=10) == 0
    assert ids[0] == ids[1]


def wait_for(http: httpx.Client) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if http.get("/health").json() == {"status": "ok"}:
                return
        except httpx.TransportError:
            continue
    raise AssertionError("the service did not start")
