"""Payments from banks: sources of the kinds that send a customer to a bank and back."""

from __future__ import annotations

from billing import invent
from billing.shop import Resource

from checkout.shop import Checkout

KINDS = ("bancontact", "eps", "giropay", "ideal", "sofort")


def source(shop: Checkout) -> Resource:
    """Return a source of one of the kinds."""
    rng = shop.rng
    owner = {"name": invent.name(rng), "email": f"{invent.word(rng, 6)}@example.com"}
    return shop.do(shop.v1.sources.create, type=rng.choice(KINDS), currency="eur", owner=owner)


def sources(shop: Checkout) -> None:
    """Sources that are made and read again."""
    for made in [source(shop) for _ in range(3)]:
        shop.do(shop.v1.sources.retrieve, made.id)


def refused(shop: Checkout) -> None:
    """Kinds that nobody has heard of, sources without a currency, or that do not exist."""
    rng, sources = shop.rng, shop.v1.sources
    shop.attempt(sources.create, type=invent.word(rng, 7), currency="eur")
    shop.attempt(sources.create, type=rng.choice(KINDS))
    shop.attempt(sources.retrieve, f"src_{invent.word(rng, 14)}")
    shop.do(sources.retrieve, source(shop).id)
