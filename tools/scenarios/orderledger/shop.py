"""Steps that many scenarios begin with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recording import Answer, Service

from scenarios.orderledger import invent


def customers(shop: Service, number: int, kind: Callable[..., invent.Fields] = invent.customer) -> list[str]:
    """Create customers; return their ids."""
    return [shop.post("/customers", kind(shop.rng))["id"] for _ in range(number)]


def products(shop: Service, number: int) -> list[str]:
    """Create products; return their ids."""
    return [shop.post("/products", invent.product(shop.rng))["id"] for _ in range(number)]


def order(shop: Service, customer: str, goods: Sequence[str], *, most: int = 4) -> Answer:
    """Create an order; return it."""
    made = shop.post("/orders", invent.order(shop.rng, customer, goods, most=most))
    assert made["status"] == "draft"
    return made


def act(shop: Service, number: int, *actions: str) -> Answer:
    """Take an order through some actions; return the last answer."""
    answer = None
    for action in actions:
        answer = shop.post(f"/orders/{number}/{action}", _body(shop, action))
    return answer


def _body(shop: Service, action: str) -> object:
    if action == "ship":
        return invent.shipment(shop.rng)
    return invent.cancellation(shop.rng) if action == "cancel" and shop.rng.random() < 0.6 else None
