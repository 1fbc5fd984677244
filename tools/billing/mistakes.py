"""Requests that the service refuses, each for its own reason."""

from __future__ import annotations

from billing import invent
from billing.shop import API_KEY, Shop


def wrong_parameters(shop: Shop) -> None:
    """Unknown names, wrong types, missing fields and references to nothing."""
    rng, v1 = shop.rng, shop.v1
    known = shop.do(v1.customers.create, **invent.person(rng))
    shop.attempt(v1.customers.create, **invent.person(rng), **{f"hat_{invent.word(rng, 3)}": "1"})
    shop.attempt(v1.customers.create, **{**invent.person(rng), "balance": invent.word(rng, 4)})
    shop.attempt(v1.customers.create, **{**invent.person(rng), "address": {"planet": invent.word(rng)}})
    shop.attempt(v1.customers.update, known.id, **{f"hat_{invent.word(rng, 3)}": "1"})
    shop.attempt(v1.tokens.create, card={**invent.card(rng), "number": f"{rng.randrange(10**6)}"})
    shop.attempt(v1.tokens.create, card={**invent.card(rng), "exp_month": rng.randint(13, 99)})
    shop.attempt(
        v1.charges.create, amount=invent.amount(rng), currency="eur", source=f"card_{invent.word(rng, 14)}"
    )
    shop.attempt(v1.charges.create, amount=invent.amount(rng), currency="eur", source=invent.word(rng))
    shop.attempt(v1.charges.create, amount=invent.word(rng, 4), currency="eur", customer=known.id)
    shop.attempt(v1.products.create, name="", description=invent.word(rng))
    shop.attempt(v1.products.create, name=invent.word(rng), type=invent.word(rng, 5))
    shop.attempt(v1.plans.create, **{**invent.plan(rng), "currency": ""})
    shop.attempt(v1.plans.create, **{**invent.plan(rng), "product": f"prod_{invent.word(rng, 14)}"})
    shop.attempt(
        v1.coupons.create, percent_off=rng.randint(1, 90), duration=invent.word(rng, 5), id=invent.word(rng)
    )
    shop.attempt(v1.refunds.create, charge=invent.word(rng), amount=invent.amount(rng))
    shop.attempt(v1.subscriptions.create, customer=invent.word(rng), items=[{"plan": invent.word(rng)}])
    shop.attempt(v1.invoices.create, customer=invent.word(rng))
    shop.attempt(
        v1.payment_intents.create, amount=invent.amount(rng), currency="eur", payment_method=invent.word(rng)
    )
    shop.attempt(
        v1.tax_rates.create, display_name=invent.word(rng), inclusive=invent.word(rng, 4), percentage=5
    )
    shop.attempt(v1.events.list, limit=invent.word(rng, 4))
    shop.attempt(v1.products.retrieve, f"prod_{invent.word(rng, 14)}")
    shop.attempt(v1.plans.retrieve, f"plan_{invent.word(rng, 14)}")
    shop.attempt(v1.invoices.retrieve, f"in_{invent.word(rng, 14)}")
    shop.do(v1.customers.retrieve, known.id)


def wrong_keys(shop: Shop) -> None:
    """The same requests with a key of the wrong kind, no key worth the name, and the right one."""
    rng = shop.rng
    product = shop.do(shop.v1.products.create, **invent.product(rng))
    known = shop.do(shop.v1.customers.create, **invent.person(rng))
    for key in (f"rk_{invent.word(rng, 12)}", "sk_", f"{invent.word(rng, 20)}"):
        v1 = shop.client(key).v1
        shop.attempt(v1.customers.retrieve, known.id)
        shop.attempt(v1.customers.create, **invent.person(rng))
        shop.attempt(v1.customers.update, known.id, name=invent.name(rng))
        shop.attempt(v1.products.list, limit=rng.randint(1, 5))
        shop.attempt(v1.products.delete, product.id)
    right = shop.client(API_KEY).v1
    shop.do(right.customers.retrieve, known.id)
    shop.do(right.products.retrieve, product.id)
    shop.do(right.products.delete, product.id)
    shop.do(right.customers.delete, known.id)
