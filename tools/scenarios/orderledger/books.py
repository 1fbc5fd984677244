"""What the service adds up: per customer, per product, over all."""

from __future__ import annotations

from recording import Service

from scenarios.orderledger import invent
from scenarios.orderledger import shop as steps

WAYS = (
    ("confirm",),
    ("confirm", "ship"),
    ("confirm", "ship", "deliver"),
    ("cancel",),
    ("confirm", "cancel"),
    (),
)


def statistics(shop: Service) -> None:
    """A customer's figures after each of many orders."""
    rng = shop.rng
    owners, goods = steps.customers(shop, 2), steps.products(shop, 3)
    for owner in owners:
        shop.get(f"/customers/{owner}/statistics")
    for _ in range(rng.randint(5, 6)):
        owner = rng.choice(owners)
        steps.act(shop, steps.order(shop, owner, goods)["id"], *rng.choice(WAYS))
        shop.get(f"/customers/{owner}/statistics")
    shop.post(f"/customers/{owners[0]}/payments", invent.payment(rng))
    for owner in owners:
        shop.get(f"/customers/{owner}/statistics")


def ledger(shop: Service) -> None:
    """The ledger follows each change of any order."""
    rng = shop.rng
    (owner,), goods = steps.customers(shop, 1), steps.products(shop, 2)
    shop.get("/ledger")
    for way in rng.sample(WAYS, 3):
        number = steps.order(shop, owner, goods)["id"]
        shop.get("/ledger")
        for action in way:
            steps.act(shop, number, action)
            shop.get("/ledger")
    shop.post(f"/customers/{owner}/payments", invent.payment(rng))
    shop.get("/ledger")
    gone = steps.order(shop, owner, goods)["id"]
    shop.delete(f"/orders/{gone}")
    shop.get("/ledger")


def bestsellers(shop: Service) -> None:
    """Products know how many of them were sold."""
    rng = shop.rng
    (owner,), goods = steps.customers(shop, 1), steps.products(shop, 3)
    for way in rng.sample(WAYS, 4):
        number = steps.order(shop, owner, goods, most=3)["id"]
        steps.act(shop, number, *way)
        shop.get(f"/products/{rng.choice(goods)}")
    for key in goods:
        shop.get(f"/products/{key}")
    shop.get("/products", sort="-sold", per_page=rng.randint(3, 5))
    shop.patch(f"/products/{goods[0]}", {"price": invent.price(rng)})
