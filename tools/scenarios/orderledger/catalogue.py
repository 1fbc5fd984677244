"""Products: their records, and searches among them."""

from __future__ import annotations

from recording import Service

from scenarios.orderledger import invent
from scenarios.orderledger import shop as steps


def goods(shop: Service) -> None:
    """Create, read, change the price, delete; the sku stays unique."""
    rng = shop.rng
    first = invent.product(rng)
    made = [shop.post("/products", first)["id"], *steps.products(shop, rng.randint(2, 4))]
    for key in made:
        shop.get(f"/products/{key}")
    shop.patch(f"/products/{made[0]}", {"price": invent.price(rng)})
    shop.patch(f"/products/{made[1]}", {"description": invent.title(rng)})
    shop.patch(f"/products/{made[1]}", {"name": invent.title(rng), "price": invent.price(rng)})
    shop.patch(f"/products/{made[0]}", {})
    shop.get(f"/products/{made[1]}")
    shop.post("/products", {**invent.product(rng), "sku": first["sku"]})
    shop.patch(f"/products/{made[1]}", {"sku": first["sku"]})
    shop.delete(f"/products/{made[0]}")
    shop.get(f"/products/{made[0]}")
    shop.post("/products", {**invent.product(rng), "sku": first["sku"]})
    shop.delete(f"/products/{made[0]}")
    shop.patch(f"/products/{made[0]}", {"price": invent.price(rng)})
    shop.get(f"/products/prd_{invent.word(rng, 12)}")


def searches(shop: Service) -> None:
    """Lists by part of the name and by price, sorted and in pages."""
    rng = shop.rng
    mark = invent.word(rng, 4)
    for _ in range(rng.randint(6, 8)):
        body = invent.product(rng)
        shop.post("/products", {**body, "name": f"{body['name']} {mark}"})
    low = rng.randrange(2_000, 9_000)
    shop.get("/products", search=mark)
    shop.get("/products", search=mark, sort="price")
    shop.get("/products", search=mark, sort="-name")
    shop.get("/products", search=mark, min_price=low)
    shop.get("/products", search=mark, max_price=low)
    shop.get("/products", search=mark, min_price=low, max_price=low + 8_000, sort="-price")
    for page in (1, 2, 3):
        shop.get("/products", search=mark, sort="price", per_page=3, page=page)
    shop.get("/products", min_price=20_000, per_page=5)
    shop.get("/products", search=rng.choice(invent.KINDS), sort="-price", per_page=4)
    shop.get("/products", sort="-sold", per_page=3)
    shop.get("/products")
    shop.get("/products", page=rng.randint(30, 90))
