"""Customers: their records, their lists, their cards and their tax numbers."""

from __future__ import annotations

from billing import invent
from billing.shop import Shop


def records(shop: Shop) -> None:
    """Create, read, update, delete; and all of that again once it is gone."""
    rng, customers = shop.rng, shop.v1.customers
    made = [shop.do(customers.create, **invent.person(rng)) for _ in range(rng.randint(3, 5))]
    for customer in made:
        shop.do(customers.retrieve, customer.id)
    changed = rng.choice(made)
    shop.do(customers.update, changed.id, name=invent.name(rng))
    shop.do(customers.update, changed.id, metadata=invent.metadata(rng))
    shop.do(
        customers.update,
        changed.id,
        address=invent.address(rng),
        **invent.some(rng, 0.5, description=invent.word(rng)),
    )
    shop.do(customers.retrieve, changed.id)
    for gone in rng.sample(made, 2):
        shop.do(customers.delete, gone.id)
        shop.attempt(customers.retrieve, gone.id)
        shop.attempt(customers.delete, gone.id)
        shop.attempt(customers.update, gone.id, email=f"{invent.word(rng)}@example.com")
    shop.attempt(customers.retrieve, f"cus_{invent.word(rng, 14)}")
    for customer in made:
        shop.attempt(customers.retrieve, customer.id)


def pages(shop: Shop) -> None:
    """Lists with limits and cursors, and filters that find one, none or nothing sensible."""
    rng, customers = shop.rng, shop.v1.customers
    made = [shop.do(customers.create, **invent.person(rng)) for _ in range(rng.randint(6, 9))]
    shop.walk(customers.list, limit=rng.randint(2, 4), starting_after=made[0].id)
    shop.walk(customers.list, limit=rng.randint(2, 3), starting_after=made[2].id)
    shop.do(customers.list, limit=rng.randint(1, 3))
    shop.do(customers.list)
    for customer in rng.sample(made, 2):
        shop.do(customers.list, email=customer.email)
    shop.do(customers.list, email=f"{invent.word(rng)}@example.com")
    shop.do(customers.list, starting_after=made[-1].id)
    shop.do(customers.delete, made[1].id)
    shop.do(customers.list, limit=5, starting_after=made[0].id)
    shop.attempt(customers.list, limit=0)
    shop.attempt(customers.list, limit=invent.word(rng, 3))
    shop.attempt(customers.list, **{f"by_{invent.word(rng, 4)}": "1"})


def cards(shop: Shop) -> None:
    """Tokens become cards of a customer; the default follows what is added and removed."""
    rng, customers, tokens = shop.rng, shop.v1.customers, shop.v1.tokens
    sources = customers.payment_sources
    owner = shop.do(customers.create, **invent.person(rng))
    shop.do(sources.list, owner.id)
    kept = []
    for _ in range(rng.randint(2, 3)):
        token = shop.do(tokens.create, card=invent.card_with_holder(rng, invent.any_good_number(rng)))
        shop.do(tokens.retrieve, token.id)
        kept.append(shop.do(sources.create, owner.id, source=token.id))
    declined = shop.do(tokens.create, card=invent.card_with_holder(rng, invent.DECLINED))
    shop.attempt(sources.create, owner.id, source=declined.id)
    shop.do(sources.list, owner.id, object="card")
    shop.do(sources.update, owner.id, kept[-1].id, name=invent.name(rng))
    shop.do(
        sources.update, owner.id, kept[-1].id, address_city="Tartu", address_zip=f"{rng.randrange(10**5):05d}"
    )
    shop.do(sources.retrieve, owner.id, kept[-1].id)
    shop.do(customers.retrieve, owner.id)
    shop.do(sources.delete, owner.id, kept[0].id)
    shop.do(customers.retrieve, owner.id)
    shop.attempt(sources.retrieve, owner.id, kept[0].id)
    shop.attempt(sources.delete, owner.id, kept[0].id)
    shop.attempt(sources.create, owner.id, source=f"tok_{invent.word(rng, 14)}")
    shop.attempt(tokens.retrieve, f"tok_{invent.word(rng, 14)}")
    other = shop.do(customers.create, **invent.person(rng))
    shop.attempt(sources.retrieve, other.id, kept[-1].id)
    bank = shop.do(
        shop.v1.sources.create,
        type="sepa_debit",
        currency="eur",
        sepa_debit={"iban": f"DE{rng.randrange(10**20):020d}"},
        **invent.some(rng, 0.5, owner={"name": invent.name(rng)}),
    )
    shop.do(sources.create, other.id, source=bank.id)
    shop.do(customers.retrieve, other.id)


def tax_numbers(shop: Shop) -> None:
    """Tax numbers below a customer: a nested collection."""
    rng, customers = shop.rng, shop.v1.customers
    numbers = customers.tax_ids
    vat = {"type": "eu_vat", "value": f"BE0{rng.randrange(10**9):09d}"}
    owner = shop.do(customers.create, **invent.person(rng), tax_id_data=[vat])
    plain = shop.do(customers.create, **invent.person(rng))
    kinds = {"eu_vat": f"AT{rng.randrange(10**9):09d}", "au_abn": f"{rng.randrange(10**11):011d}"}
    added = [shop.do(numbers.create, owner.id, type=kind, value=value) for kind, value in kinds.items()]
    spanish = shop.do(numbers.create, plain.id, type="es_cif", value=f"A{rng.randrange(10**8):08d}")
    shop.attempt(numbers.create, plain.id, type="es_cif", value=f"A{rng.randrange(10**5):05d}")
    shop.attempt(
        numbers.create, plain.id, type=f"x_{invent.word(rng, 3)}", value=f"{rng.randrange(10**11):011d}"
    )
    shop.do(numbers.list, owner.id)
    shop.do(numbers.list, plain.id)
    for number in added:
        shop.do(numbers.retrieve, owner.id, number.id)
    shop.attempt(numbers.retrieve, owner.id, spanish.id)
    shop.do(numbers.delete, owner.id, added[0].id)
    shop.attempt(numbers.retrieve, owner.id, added[0].id)
    shop.attempt(numbers.delete, owner.id, added[0].id)
    shop.do(numbers.list, owner.id)
    shop.do(customers.retrieve, owner.id)
    shop.do(customers.retrieve, plain.id)
    shop.attempt(
        numbers.create, f"cus_{invent.word(rng, 14)}", type="eu_vat", value=f"PT{rng.randrange(10**10):010d}"
    )
