"""Payment methods, and the intents that payments and set-ups are made with."""

from __future__ import annotations

from billing import invent
from billing.shop import Resource, Shop


def method(shop: Shop, number: str = invent.VISA, owner: Resource | None = None) -> Resource:
    """Return a payment method, attached if it has an owner."""
    rng = shop.rng
    details = invent.some(rng, 0.5, billing_details={"name": invent.name(rng)})
    made = shop.do(shop.v1.payment_methods.create, type="card", card=invent.card(rng, number), **details)
    return shop.do(shop.v1.payment_methods.attach, made.id, customer=owner.id) if owner else made


def methods(shop: Shop) -> None:
    """Attached, listed, chosen as default, detached, refused."""
    rng, methods, customers = shop.rng, shop.v1.payment_methods, shop.v1.customers
    owner = shop.do(customers.create, **invent.person(rng))
    made = [method(shop, invent.any_good_number(rng), owner) for _ in range(rng.randint(2, 4))]
    loose = method(shop)
    shop.do(methods.retrieve, loose.id)
    shop.do(methods.list, customer=owner.id, type="card")
    shop.walk(methods.list, customer=owner.id, type="card", limit=1)
    shop.do(customers.update, owner.id, invoice_settings={"default_payment_method": made[0].id})
    shop.do(customers.retrieve, owner.id)
    shop.do(methods.update, made[0].id, metadata=invent.metadata(rng))
    shop.do(methods.detach, made[1].id)
    shop.do(methods.retrieve, made[1].id)
    shop.do(methods.list, customer=owner.id, type="card")
    refused = method(shop, invent.DECLINED)
    shop.attempt(methods.attach, refused.id, customer=owner.id)
    shop.attempt(methods.attach, loose.id, customer=f"cus_{invent.word(rng, 14)}")
    shop.attempt(methods.attach, f"pm_{invent.word(rng, 14)}", customer=owner.id)
    shop.attempt(methods.create, type="card", card={**invent.card(rng), "cvc": f"{rng.randrange(100)}"})
    shop.attempt(
        methods.create, type="card", card={**invent.card(rng), "exp_year": rng.randrange(2001, 2018)}
    )
    shop.attempt(methods.list, customer=owner.id)
    shop.attempt(methods.retrieve, f"pm_{invent.word(rng, 14)}")


def payments(shop: Shop) -> None:
    """Payment intents: confirmed at once or later, captured, cancelled, refused, waiting for consent."""
    rng, intents = shop.rng, shop.v1.payment_intents
    owner = shop.do(shop.v1.customers.create, **invent.person(rng))
    good = method(shop, invent.any_good_number(rng), owner)

    def intent(**more: object) -> Resource:
        base: invent.Params = {"amount": invent.amount(rng), "currency": rng.choice(invent.CURRENCIES)}
        return shop.do(intents.create, **base, **invent.some(rng, 0.3, metadata=invent.metadata(rng)), **more)

    at_once = intent(customer=owner.id, payment_method=good.id, confirm=True)
    later = intent(customer=owner.id, payment_method=good.id)
    held = intent(customer=owner.id, payment_method=good.id, capture_method="manual")
    empty = intent()
    for one in (at_once, later, empty):
        shop.do(intents.retrieve, one.id)
    shop.do(intents.confirm, later.id)
    shop.do(intents.retrieve, later.id)
    shop.attempt(intents.confirm, later.id)
    shop.do(intents.confirm, held.id)
    shop.do(intents.capture, held.id)
    shop.do(intents.retrieve, held.id)
    shop.attempt(intents.confirm, empty.id)
    shop.do(intents.cancel, empty.id)
    shop.do(intents.retrieve, empty.id)
    shop.attempt(intents.cancel, at_once.id)
    shop.do(shop.v1.charges.list, customer=owner.id)
    shop.do(shop.v1.refunds.create, payment_intent=at_once.id)
    shop.do(intents.retrieve, at_once.id)
    asks = method(shop, invent.NEEDS_CONSENT, owner)
    waiting = intent(customer=owner.id, payment_method=asks.id, confirm=True)
    shop.do(intents.cancel, waiting.id)
    refused = method(shop, invent.DECLINED_LATER, owner)
    shop.attempt(
        intents.create,
        amount=invent.amount(rng),
        currency="eur",
        payment_method=refused.id,
        customer=owner.id,
        confirm=True,
    )
    shop.attempt(intents.create, amount=-invent.amount(rng), currency="eur")
    shop.attempt(intents.retrieve, f"pi_{invent.word(rng, 14)}")


def setups(shop: Shop) -> None:
    """Setup intents: confirmed with a method, cancelled, refused."""
    rng, setups = shop.rng, shop.v1.setup_intents
    owner = shop.do(shop.v1.customers.create, **invent.person(rng))
    made = [
        shop.do(
            setups.create,
            metadata=invent.metadata(rng),
            **invent.some(rng, 0.6, customer=owner.id),
            **invent.some(rng, 0.5, usage=rng.choice(("on_session", "off_session"))),
        )
        for _ in range(4)
    ]
    for one in made:
        shop.do(setups.retrieve, one.id)
    good = method(shop, invent.any_good_number(rng))
    shop.do(setups.confirm, made[0].id, payment_method=good.id)
    shop.do(setups.retrieve, made[0].id)
    shop.do(setups.confirm, made[1].id, payment_method=method(shop, invent.NEEDS_CONSENT).id)
    shop.do(setups.retrieve, made[1].id)
    shop.do(setups.cancel, made[2].id)
    shop.do(setups.retrieve, made[2].id)
    shop.attempt(setups.confirm, made[3].id, payment_method=method(shop, invent.DECLINED).id)
    shop.do(setups.retrieve, made[3].id)
    shop.attempt(setups.create, usage=invent.word(rng, 6))
    shop.attempt(setups.confirm, f"seti_{invent.word(rng, 14)}", payment_method=good.id)
    shop.attempt(setups.retrieve, f"seti_{invent.word(rng, 14)}")
