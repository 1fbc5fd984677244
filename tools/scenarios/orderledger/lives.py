"""The states of an order: the way through, and the ways that are closed."""

from __future__ import annotations

from recording import Service

from scenarios.orderledger import invent
from scenarios.orderledger import shop as steps

ACTIONS = ("confirm", "ship", "deliver", "cancel")


def whole(shop: Service) -> None:
    """From draft to delivered, read at each step."""
    rng = shop.rng
    owners, goods = steps.customers(shop, 2), steps.products(shop, 2)
    for _ in range(3):
        number = steps.order(shop, rng.choice(owners), goods)["id"]
        for action in ("confirm", "ship", "deliver"):
            steps.act(shop, number, action)
            if rng.random() < 0.7:
                shop.get(f"/orders/{number}")
        shop.get(f"/products/{goods[0]}")


def detours(shop: Service) -> None:
    """Every action in every state."""
    rng = shop.rng
    (owner,), goods = steps.customers(shop, 1), steps.products(shop, 2)
    ways = [(), ("confirm",), ("confirm", "ship"), ("confirm", "ship", "deliver"), ("cancel",)]
    allowed = [{"confirm", "cancel"}, {"ship", "cancel"}, {"deliver"}, set(), set()]
    for way, open_ways in zip(ways, allowed, strict=True):
        number = steps.order(shop, owner, goods)["id"]
        steps.act(shop, number, *way)
        closed = [action for action in ACTIONS if action not in open_ways]
        rng.shuffle(closed)
        steps.act(shop, number, *closed)
        shop.get(f"/orders/{number}")
    for action in rng.sample(ACTIONS, 2):
        steps.act(shop, rng.randrange(50_000, 90_000), action)


def cancellations(shop: Service) -> None:
    """Drafts and confirmed orders are cancelled, with and without a reason; what was sold is not any more."""
    rng = shop.rng
    (owner,), goods = steps.customers(shop, 1), steps.products(shop, 1)
    for confirmed in (False, True, True, False):
        number = steps.order(shop, owner, goods)["id"]
        if confirmed:
            steps.act(shop, number, "confirm")
            shop.get(f"/products/{goods[0]}")
        body = invent.cancellation(rng) if rng.random() < 0.5 else None
        shop.post(f"/orders/{number}/cancel", body)
        shop.get(f"/products/{goods[0]}")
        shop.get(f"/orders/{number}")
    shop.post(f"/orders/{number}/cancel", invent.cancellation(rng))
    shop.get(f"/customers/{owner}/statistics")
