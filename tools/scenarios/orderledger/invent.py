"""Invented customers, products and orders."""

from __future__ import annotations

import random
from collections.abc import Sequence

from recording.invent import KINDS, LAST, THINGS, Fields, mail, name, some, text, title, word

__all__ = [
    "CARRIERS",
    "KINDS",
    "LAST",
    "METHODS",
    "Fields",
    "basket",
    "business",
    "cancellation",
    "customer",
    "line",
    "name",
    "order",
    "payment",
    "person",
    "price",
    "product",
    "shipment",
    "title",
    "word",
]

CARRIERS = ("blue-post", "pigeon", "road-runner")
METHODS = ("card", "cash", "transfer")


def person(rng: random.Random) -> Fields:
    who = name(rng)
    born = f"{rng.randrange(1940, 2006)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return {
        "kind": "person",
        "name": who,
        "email": mail(rng, who),
        "birth_date": born,
        **some(rng, 0.4, phone=f"+1555{rng.randrange(10**7):07d}"),
    }


def business(rng: random.Random) -> Fields:
    who = f"{rng.choice(LAST)} {rng.choice(THINGS).capitalize()}s"
    return {
        "kind": "business",
        "name": who,
        "email": mail(rng, who),
        "vat_id": rng.choice(("DE", "FR", "NL", "AT")) + f"{rng.randrange(10**9):09d}",
        **some(rng, 0.4, phone=f"+1555{rng.randrange(10**7):07d}"),
    }


def customer(rng: random.Random) -> Fields:
    return rng.choice((person, business))(rng)


def product(rng: random.Random) -> Fields:
    kind, thing = rng.choice(KINDS), rng.choice(THINGS)
    return {
        "sku": f"{thing[:4].upper()}-{rng.randrange(100, 10**6)}",
        "name": f"{kind} {thing}".capitalize(),
        "price": price(rng),
        **some(rng, 0.4, description=f"{text(rng).capitalize()}, {rng.randrange(2, 90)} cm"),
    }


def price(rng: random.Random) -> int:
    return rng.randrange(45, 25_000)


def line(rng: random.Random, products: Sequence[str]) -> Fields:
    return {"product": rng.choice(products), "quantity": rng.choice((1, 1, 2, 3, rng.randint(4, 40)))}


def basket(rng: random.Random, products: Sequence[str], *, most: int = 4) -> list[Fields]:
    chosen = rng.sample(products, min(len(products), rng.randint(1, most)))
    return [line(rng, [one]) for one in chosen]


def order(rng: random.Random, customer: str, products: Sequence[str], *, most: int = 4) -> Fields:
    return {
        "customer": customer,
        "lines": basket(rng, products, most=most),
        **some(rng, 0.5, discount_percent=rng.randint(1, 50)),
    }


def payment(rng: random.Random, amount: int | None = None) -> Fields:
    return {
        "amount": amount or rng.randrange(100, 90_000),
        "method": rng.choice(METHODS),
        **some(rng, 0.4, reference=f"inv {word(rng, 6)}"),
    }


def shipment(rng: random.Random) -> Fields:
    """Return what an order is shipped with; of a note the service knows nothing, and ignores it."""
    return {"carrier": rng.choice(CARRIERS), **some(rng, 0.75, note=text(rng))}


def cancellation(rng: random.Random) -> Fields:
    return {"reason": text(rng)}
