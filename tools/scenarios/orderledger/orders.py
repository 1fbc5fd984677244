"""Orders: what they hold, and what they refer to."""

from __future__ import annotations

from recording import Service

from scenarios.orderledger import invent
from scenarios.orderledger import shop as steps


def baskets(shop: Service) -> None:
    """Lines, discounts and taxes add up in many ways."""
    rng = shop.rng
    owners, goods = steps.customers(shop, 2), steps.products(shop, 4)
    for _ in range(rng.randint(8, 10)):
        order = steps.order(shop, rng.choice(owners), goods)
        if rng.random() < 0.5:
            shop.get(f"/orders/{order['id']}")
    twice = [invent.line(rng, goods[:1]), invent.line(rng, goods[:1])]
    shop.post("/orders", {"customer": owners[0], "lines": twice, "discount_percent": 0})
    empty = shop.post("/orders", {"customer": owners[1]})
    shop.get(f"/orders/{empty['id']}")


def drafts(shop: Service) -> None:
    """Lines come and go, terms change, and after confirming nothing does."""
    rng = shop.rng
    (owner,), goods = steps.customers(shop, 1), steps.products(shop, 3)
    number = shop.post("/orders", {"customer": owner})["id"]
    path = f"/orders/{number}"
    steps.act(shop, number, "confirm")
    for _ in range(rng.randint(3, 5)):
        answer = shop.post(f"{path}/lines", invent.line(rng, goods))
    removed = rng.choice(answer["lines"])["number"]
    shop.delete(f"{path}/lines/{removed}")
    shop.delete(f"{path}/lines/{removed}")
    shop.patch(path, {"discount_percent": rng.randint(5, 45)})
    shop.get(path)
    shop.patch(path, {"discount_percent": 0})
    shop.post(f"{path}/lines", {"product": f"prd_{invent.word(rng, 12)}", "quantity": 1})
    shop.post(f"{path}/lines", {"product": goods[0], "quantity": rng.randint(1001, 9999)})
    shop.post(f"{path}/lines", invent.line(rng, goods))
    steps.act(shop, number, "confirm")
    shop.patch(path, {"discount_percent": rng.randint(5, 45)})
    shop.post(f"{path}/lines", invent.line(rng, goods))
    shop.delete(f"{path}/lines/{answer['lines'][-1]['number']}")
    shop.delete(path)
    shop.get(path)
    gone = steps.order(shop, owner, goods)["id"]
    shop.delete(f"/orders/{gone}")
    shop.get(f"/orders/{gone}")
    shop.delete(f"/orders/{gone}")


def gifts(shop: Service) -> None:
    """Gifts have a message; orders that are none have not, whatever was sent."""
    rng = shop.rng
    (owner,), goods = steps.customers(shop, 1), steps.products(shop, 2)
    plain = steps.order(shop, owner, goods)["id"]
    for message in (invent.title(rng), invent.title(rng)):
        gift = {**invent.order(rng, owner, goods), "gift": True, "gift_message": message}
        number = shop.post("/orders", gift)["id"]
        shop.get(f"/orders/{number}")
    shop.patch(f"/orders/{number}", {"gift_message": invent.title(rng)})
    shop.patch(f"/orders/{number}", {"gift": False})
    shop.get(f"/orders/{number}")
    shop.patch(f"/orders/{number}", {"gift": True})
    shop.patch(f"/orders/{plain}", {"gift": True})
    shop.patch(f"/orders/{plain}", {"gift": True, "gift_message": invent.title(rng)})
    shop.post("/orders", {**invent.order(rng, owner, goods), "gift": True})
    shop.post("/orders", {**invent.order(rng, owner, goods), "gift_message": invent.title(rng)})
    steps.act(shop, number, "confirm", "ship", "deliver")
    steps.act(shop, plain, "confirm")
    shop.get(f"/orders/{plain}")
    shop.get("/orders", customer=owner)


def lists(shop: Service) -> None:
    """Lists by status and customer, sorted and in pages, over orders of this session and of others."""
    rng = shop.rng
    owners, goods = steps.customers(shop, 2), steps.products(shop, 3)
    for at in range(rng.randint(6, 8)):
        number = steps.order(shop, owners[at % 2], goods, most=2)["id"]
        way = rng.choice(((), ("confirm",), ("confirm", "ship"), ("cancel",)))
        steps.act(shop, number, *way)
    for owner in owners:
        shop.get("/orders", customer=owner)
        shop.get("/orders", customer=owner, sort=rng.choice(("total", "-total")))
        shop.get("/orders", customer=owner, status=rng.choice(("draft", "confirmed", "cancelled")))
    for page in (1, 2, 3):
        shop.get("/orders", customer=owners[0], sort="-id", per_page=2, page=page)
    shop.get("/orders", status=rng.choice(("shipped", "delivered")), sort="-total", per_page=3)
    shop.get("/orders", sort="-total", per_page=2)
    shop.get("/orders", sort="total", per_page=3, page=2)
    shop.get("/orders", status="cancelled", per_page=2)
    shop.get("/orders", customer=f"cus_{invent.word(rng, 12)}")


def references(shop: Service) -> None:
    """Orders show today's names and the price of their day; what they refer to cannot be deleted."""
    rng = shop.rng
    owners, goods = steps.customers(shop, 2), steps.products(shop, 3)
    before = steps.order(shop, owners[0], goods[:2])["id"]
    shop.patch(f"/products/{goods[0]}", {"name": invent.title(rng), "price": invent.price(rng)})
    shop.patch(f"/customers/{owners[0]}", {"name": invent.name(rng)})
    shop.get(f"/orders/{before}")
    after = steps.order(shop, owners[0], goods[:2])["id"]
    shop.patch(f"/products/{goods[1]}", {"price": invent.price(rng)})
    shop.get(f"/orders/{after}")
    shop.post(f"/orders/{after}/lines", invent.line(rng, goods[1:2]))
    steps.act(shop, after, "confirm", "ship")
    for key in goods:
        shop.get(f"/products/{key}")
        shop.delete(f"/products/{key}")
    for key in owners:
        shop.delete(f"/customers/{key}")
    steps.act(shop, before, "cancel")
    shop.delete(f"/customers/{owners[0]}")
    shop.delete(f"/products/{goods[1]}")
    shop.get(f"/orders/{after}")
