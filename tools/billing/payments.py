"""Charges on cards: taken at once, held and captured, refused, given back."""

from __future__ import annotations

from billing import invent
from billing.shop import Resource, Shop


def customer_with_card(shop: Shop, number: str = invent.VISA) -> Resource:
    """Return a customer who has one card, added by a token."""
    owner = shop.do(shop.v1.customers.create, **invent.person(shop.rng))
    token = shop.do(shop.v1.tokens.create, card=invent.card_with_holder(shop.rng, number))
    shop.do(shop.v1.customers.payment_sources.create, owner.id, source=token.id)
    return owner


def charge(shop: Shop, owner: Resource, **more: object) -> Resource:
    """Return a charge on a customer's card."""
    rng = shop.rng
    asked: invent.Params = {
        "amount": invent.amount(rng),
        "currency": rng.choice(invent.CURRENCIES),
        "customer": owner.id,
        **invent.some(rng, 0.5, description=f"order {invent.word(rng)}"),
        **invent.some(rng, 0.3, metadata=invent.metadata(rng)),
        **invent.some(rng, 0.3, statement_descriptor=f"SHOP {invent.word(rng, 5).upper()}"),
    }
    return shop.do(shop.v1.charges.create, **{**asked, **more})


def charges(shop: Shop) -> None:
    """Charges of two customers, read back, labelled and listed; and a card that is refused."""
    rng, charges = shop.rng, shop.v1.charges
    first, second = customer_with_card(shop), customer_with_card(shop, invent.any_good_number(rng))
    made = [charge(shop, first) for _ in range(rng.randint(3, 5))]
    made.append(charge(shop, second))
    for one in made:
        shop.do(charges.retrieve, one.id)
    shop.do(charges.update, made[0].id, metadata=invent.metadata(rng))
    shop.do(charges.update, made[1].id, description=f"changed {invent.word(rng)}")
    shop.do(charges.retrieve, made[0].id)
    shop.do(charges.list, customer=first.id)
    shop.walk(charges.list, customer=first.id, limit=2)
    shop.do(charges.list, customer=second.id, limit=1)
    unlucky = customer_with_card(shop, invent.DECLINED_LATER)
    shop.attempt(charges.create, amount=invent.amount(rng), currency="eur", customer=unlucky.id)
    bare = shop.do(shop.v1.customers.create, **invent.person(rng))
    shop.attempt(charges.create, amount=invent.amount(rng), currency="usd", customer=bare.id)
    shop.attempt(
        charges.create, amount=invent.amount(rng), currency="usd", customer=f"cus_{invent.word(rng, 14)}"
    )
    shop.attempt(charges.create, amount=-invent.amount(rng), currency="usd", customer=first.id)
    shop.attempt(charges.create, amount=invent.amount(rng), customer=first.id)
    shop.attempt(charges.retrieve, f"ch_{invent.word(rng, 14)}")
    shop.do(charges.list, customer=bare.id)


def holds(shop: Shop) -> None:
    """Charges that are held, then captured in full, in part, twice or too much."""
    rng, charges = shop.rng, shop.v1.charges
    owner = customer_with_card(shop, invent.any_good_number(rng))
    whole, part, greedy, left = (
        charge(shop, owner, capture=False, amount=rng.randrange(5_000, 90_000)) for _ in range(4)
    )
    shop.do(charges.retrieve, whole.id)
    shop.do(charges.capture, whole.id)
    shop.do(charges.retrieve, whole.id)
    shop.attempt(charges.capture, whole.id)
    shop.do(charges.capture, part.id, amount=rng.randrange(100, 4_999))
    shop.do(charges.retrieve, part.id)
    shop.attempt(charges.capture, greedy.id, amount=greedy.amount + rng.randint(1, 500))
    shop.do(charges.retrieve, greedy.id)
    shop.do(charges.capture, greedy.id, amount=greedy.amount)
    taken = charge(shop, owner)
    shop.attempt(charges.capture, taken.id)
    shop.attempt(charges.capture, f"ch_{invent.word(rng, 14)}")
    shop.do(charges.retrieve, left.id)
    shop.do(charges.list, customer=owner.id)
    shop.do(shop.v1.refunds.list, charge=part.id)
    shop.do(charges.update, left.id, metadata=invent.metadata(rng))
    shop.do(charges.capture, left.id)
    shop.do(charges.retrieve, left.id)


def refunds(shop: Shop) -> None:
    """Refunds in full and in parts; the charge shows what was given back."""
    rng, refunds, charges = shop.rng, shop.v1.refunds, shop.v1.charges
    owner = customer_with_card(shop)
    whole, parts, kept = (charge(shop, owner, amount=rng.randrange(5_000, 90_000)) for _ in range(3))
    full = shop.do(refunds.create, charge=whole.id)
    shop.do(charges.retrieve, whole.id)
    shop.do(refunds.retrieve, full.id)
    some = []
    for _ in range(rng.randint(2, 3)):
        shop.step()
        given = invent.some(rng, 0.5, metadata=invent.metadata(rng))
        some.append(shop.do(refunds.create, charge=parts.id, amount=rng.randrange(100, 1_600), **given))
        shop.do(charges.retrieve, parts.id)
    shop.do(refunds.list, charge=parts.id)
    shop.walk(refunds.list, charge=parts.id, limit=1)
    shop.do(refunds.list, charge=whole.id)
    shop.do(refunds.list, charge=kept.id)
    shop.do(refunds.update, some[0].id, metadata=invent.metadata(rng))
    shop.do(refunds.retrieve, some[0].id)
    shop.do(charges.list, customer=owner.id, limit=3)
    shop.attempt(refunds.create, charge=f"ch_{invent.word(rng, 14)}")
    shop.attempt(refunds.create, amount=invent.amount(rng))
    shop.attempt(refunds.create, charge=kept.id, amount=-invent.amount(rng))
    shop.attempt(refunds.retrieve, f"re_{invent.word(rng, 14)}")
    shop.do(charges.retrieve, kept.id)
