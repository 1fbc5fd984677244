"""Requests that the service refuses, each for its own reason."""

from __future__ import annotations

import json

from recording import Service

from scenarios.orderledger import invent
from scenarios.orderledger import shop as steps
from scenarios.orderledger.invent import word


def fields(shop: Service) -> None:
    """Missing, mistyped and out-of-range fields, one or several at once."""
    rng = shop.rng
    (owner,), goods = steps.customers(shop, 1, invent.person), steps.products(shop, 1)
    people: tuple[object, ...] = (
        {},
        {"kind": word(rng, 5), "name": invent.name(rng)},
        {**invent.person(rng), "email": word(rng)},
        {**invent.person(rng), "birth_date": f"{rng.randint(1, 28)}.5.19{rng.randint(40, 99)}"},
        {**invent.business(rng), "vat_id": word(rng, 9)},
        {**invent.business(rng), "name": rng.randrange(1000), "phone": ""},
        {"kind": "person", "email": f"{word(rng)}@example.com"},
    )
    for body in people:
        shop.post("/customers", body)
    things: tuple[object, ...] = (
        {"name": invent.title(rng)},
        {**invent.product(rng), "price": rng.choice((0, -rng.randrange(1, 900)))},
        {**invent.product(rng), "price": f"{invent.price(rng)}"},
        {**invent.product(rng), "sku": word(rng)},
    )
    for body in things:
        shop.post("/products", body)
    orders: tuple[object, ...] = (
        {"lines": []},
        {"customer": f"cus_{word(rng, 12)}"},
        {"customer": owner, "lines": [{"product": f"prd_{word(rng, 12)}", "quantity": rng.randint(1, 90)}]},
        {"customer": owner, "lines": [{"product": goods[0]}, {"quantity": 0}]},
        {"customer": owner, "lines": word(rng)},
        {"customer": owner, "discount_percent": rng.randint(51, 99)},
        {"customer": owner, "gift": "yes", "gift_message": ""},
    )
    for body in orders:
        shop.post("/orders", body)
    shop.patch(f"/customers/{owner}", {"email": word(rng)})
    shop.patch(f"/products/{goods[0]}", {"price": rng.random()})
    shop.post(f"/customers/{owner}/payments", {"amount": 0, "method": word(rng, 5)})
    shop.post(f"/customers/{owner}/payments", {"method": "cash", "reference": word(rng)})
    number = steps.order(shop, owner, goods)["id"]
    shop.patch(f"/orders/{number}", {"discount_percent": rng.randint(51, 99)})
    shop.post(f"/orders/{number}/ship", {"carrier": word(rng, 6)})
    shop.post(f"/orders/{number}/ship")
    shop.post(f"/orders/{number}/lines", {"quantity": word(rng, 3)})


def conflicts(shop: Service) -> None:
    """What must be unique, and what is still referred to."""
    rng = shop.rng
    taken = invent.customer(rng)
    first, second = shop.post("/customers", taken)["id"], steps.customers(shop, 1)[0]
    shop.post("/customers", {**invent.customer(rng), "email": taken["email"]})
    shop.patch(f"/customers/{second}", {"email": taken["email"]})
    shop.patch(f"/customers/{first}", {"email": taken["email"]})
    shop.patch(f"/customers/{first}", {"email": f"{word(rng)}@example.com"})
    shop.patch(f"/customers/{second}", {"email": taken["email"]})
    sold, unsold = invent.product(rng), invent.product(rng)
    goods = [shop.post("/products", one)["id"] for one in (sold, unsold)]
    shop.post("/products", {**invent.product(rng), "sku": sold["sku"]})
    shop.patch(f"/products/{goods[1]}", {"sku": sold["sku"]})
    number = steps.order(shop, first, goods[:1])["id"]
    shop.delete(f"/products/{goods[0]}")
    shop.delete(f"/customers/{first}")
    shop.delete(f"/products/{goods[1]}")
    shop.delete(f"/customers/{second}")
    shop.delete(f"/orders/{number}")
    shop.delete(f"/products/{goods[0]}")
    shop.delete(f"/customers/{first}")
    shop.get(f"/customers/{first}")


def requests(shop: Service) -> None:
    """Bodies that are no JSON, paths that lead nowhere, methods and parameters that are not known."""
    rng = shop.rng
    known = steps.customers(shop, 1)[0]
    as_json = {"content-type": "application/json"}
    broken = json.dumps(invent.customer(rng))[: rng.randint(5, 30)]
    shop.send("POST", "/customers", content=broken, headers=as_json)
    shop.send("POST", "/orders", content=word(rng), headers=as_json)
    shop.send("PATCH", f"/customers/{known}", content="", headers=as_json)
    shop.post("/products", [invent.product(rng)])
    shop.get(f"/{word(rng)}")
    shop.get(f"/customers/{known}/{word(rng, 5)}")
    shop.get("/orders/first")
    shop.get(f"/orders/{rng.randrange(50_000, 90_000)}")
    shop.post(f"/orders/{rng.randrange(50_000, 90_000)}/lines", {"quantity": rng.randint(1, 9)})
    shop.put(f"/customers/{known}", invent.customer(rng))
    shop.delete("/customers")
    shop.delete("/ledger")
    shop.get(f"/orders/{rng.randrange(1001, 1020)}/confirm")
    shop.get("/orders", status=word(rng, 5))
    shop.get("/orders", page=0)
    shop.get("/products", per_page=rng.randint(51, 99))
    shop.get("/products", per_page="all", sort=word(rng, 4))
    shop.get("/products", min_price=word(rng, 3))
    shop.get("/customers", kind="robot", page="two")
    shop.send("HEAD", f"/customers/{known}")
    shop.send("HEAD", f"/products/prd_{word(rng, 12)}")
    shop.send("OPTIONS", "/customers")
    shop.get("/health")
