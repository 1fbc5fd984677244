"""What a checkout meets: cards that are declined for other reasons, amounts of nothing."""

from __future__ import annotations

from billing import invent
from billing.intents import method

from checkout import banks, webhooks
from checkout.shop import Checkout

NO_FUNDS = "4000000000009995"
LOST = "4000000000009987"
EXPIRED = "4000000000000069"
"""Published test numbers: each is refused when it is attached to a customer, for the reason of its name."""


def declined(shop: Checkout) -> None:
    """Cards that are refused, between others that are not."""
    rng, methods = shop.rng, shop.v1.payment_methods
    owner = shop.do(shop.v1.customers.create, **invent.person(rng))
    numbers = [NO_FUNDS, LOST, EXPIRED, invent.VISA]
    rng.shuffle(numbers)
    for number in numbers:
        card = method(shop, number)
        shop.attempt(methods.attach, card.id, customer=owner.id)
        shop.do(methods.retrieve, card.id)
    shop.do(methods.list, customer=owner.id, type="card")


def amounts(shop: Checkout) -> None:
    """Payouts of nothing are refused, small ones are not."""
    rng, payouts = shop.rng, shop.v1.payouts
    for _ in range(2):
        shop.attempt(payouts.create, amount=0, currency="eur", **invent.some(rng, 0.5, description="rest"))
    made = shop.do(payouts.create, amount=invent.amount(rng), currency="eur")
    shop.do(payouts.retrieve, made.id)


def announced(shop: Checkout) -> None:
    """A shop that is told of its payments."""
    rng = shop.rng
    shop.register(f"hook-{invent.word(rng, 5)}", **webhooks.endpoint(rng))
    owner = shop.do(shop.v1.customers.create, **invent.person(rng))
    banks.source(shop)
    card = method(shop, NO_FUNDS)
    shop.attempt(shop.v1.payment_methods.attach, card.id, customer=owner.id)
    shop.attempt(shop.v1.payouts.create, amount=0, currency="eur")
