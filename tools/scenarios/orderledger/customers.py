"""Customers: their records, their lists, their accounts."""

from __future__ import annotations

from recording import Service

from scenarios.orderledger import invent
from scenarios.orderledger import shop as steps


def records(shop: Service) -> None:
    """Create, read, change, delete; and all of that again once they are gone."""
    rng = shop.rng
    made = steps.customers(shop, 2, invent.person) + steps.customers(shop, 2, invent.business)
    for key in made:
        shop.get(f"/customers/{key}")
    changed = rng.choice(made)
    shop.patch(f"/customers/{changed}", {"name": invent.name(rng)})
    shop.patch(f"/customers/{changed}", {"phone": f"+1555{rng.randrange(10**7):07d}"})
    shop.patch(f"/customers/{made[0]}", {"birth_date": f"19{rng.randint(40, 99)}-05-{rng.randint(10, 30)}"})
    shop.patch(f"/customers/{made[2]}", {"vat_id": f"BE{rng.randrange(10**10):010d}"})
    shop.get(f"/customers/{changed}")
    for key in rng.sample(made, 2):
        shop.delete(f"/customers/{key}")
        shop.get(f"/customers/{key}")
        shop.delete(f"/customers/{key}")
        shop.patch(f"/customers/{key}", {"name": invent.name(rng)})
    shop.get(f"/customers/cus_{invent.word(rng, 12)}")
    for key in made:
        shop.get(f"/customers/{key}")


def lists(shop: Service) -> None:
    """Filters, sorting and pages, over customers of this session and of others."""
    rng = shop.rng
    mark = invent.word(rng, 5)
    for _ in range(rng.randint(5, 7)):
        body = invent.customer(rng)
        shop.post("/customers", {**body, "name": f"{body['name']} {mark}"})
    shop.get("/customers", search=mark)
    shop.get("/customers", search=mark.upper(), sort="name")
    shop.get("/customers", search=mark, sort="-email")
    shop.get("/customers", search=mark, kind="person")
    shop.get("/customers", search=mark, kind="business", sort="-name")
    for page in (1, 2, 3, 4):
        shop.get("/customers", search=mark, per_page=rng.randint(2, 3), page=page)
    first = shop.get("/customers")
    for page in range(2, first["pages"] + 2):
        shop.get("/customers", page=page)
    shop.get("/customers", kind="business", per_page=4)
    shop.get("/customers", search=rng.choice(invent.LAST).lower(), per_page=5)
    shop.get("/customers", sort="email", per_page=rng.randint(3, 6), page=2)
    shop.get("/customers", search=invent.word(rng))


def accounts(shop: Service) -> None:
    """Payments add up to what was paid; the balance is what is left to pay."""
    rng = shop.rng
    key, other = steps.customers(shop, 2)
    goods = steps.products(shop, 2)
    shop.get(f"/customers/{key}/payments")
    for _ in range(rng.randint(4, 6)):
        shop.post(f"/customers/{key}/payments", invent.payment(rng))
        shop.get(f"/customers/{key}/statistics")
    order = steps.order(shop, key, goods)
    steps.act(shop, order["id"], "confirm")
    shop.get(f"/customers/{key}/statistics")
    shop.post(f"/customers/{key}/payments", invent.payment(rng, order["total"]))
    shop.get(f"/customers/{key}/statistics")
    shop.get(f"/customers/{key}/payments")
    shop.get(f"/customers/{key}/payments", method=rng.choice(invent.METHODS))
    shop.get(f"/customers/{key}/payments", sort="-amount", per_page=rng.randint(2, 3))
    shop.get(f"/customers/{key}/payments", sort="amount", per_page=2, page=2)
    shop.get(f"/customers/{other}/payments")
    shop.get(f"/customers/{other}/statistics")
    shop.delete(f"/customers/{key}")
    shop.post(f"/customers/{other}/payments", invent.payment(rng))
    shop.delete(f"/customers/{other}")
    shop.get(f"/customers/cus_{invent.word(rng, 12)}/payments")
    shop.post(f"/customers/cus_{invent.word(rng, 12)}/payments", invent.payment(rng))
