"""A day in the shop: a little of everything, in no order that a test would choose."""

from __future__ import annotations

from recording import Service

from scenarios.orderledger import invent
from scenarios.orderledger import shop as steps
from scenarios.orderledger.lives import ACTIONS


def busy(shop: Service) -> None:
    """Order, ship, pay and look things up in turn."""
    rng = shop.rng
    owners, goods = steps.customers(shop, 2), steps.products(shop, 3)
    numbers = [steps.order(shop, rng.choice(owners), goods)["id"]]
    for _ in range(rng.randint(22, 28)):
        number, owner = rng.choice(numbers), rng.choice(owners)
        match rng.randrange(9):
            case 0 | 1:
                numbers.append(steps.order(shop, owner, goods)["id"])
            case 2 | 3 | 4:
                steps.act(shop, number, rng.choice(ACTIONS))
            case 5:
                shop.post(f"/orders/{number}/lines", invent.line(rng, goods))
            case 6:
                shop.post(f"/customers/{owner}/payments", invent.payment(rng))
                shop.get(f"/customers/{owner}/statistics")
            case 7:
                shop.get(f"/orders/{number}")
                shop.get(f"/products/{rng.choice(goods)}")
            case _:
                shop.get("/orders", customer=owner, sort=rng.choice(("id", "-total")))
    shop.get("/ledger")
