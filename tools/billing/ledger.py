"""The books: balance, transactions, events, payouts."""

from __future__ import annotations

from billing import invent
from billing.payments import charge, customer_with_card
from billing.shop import Shop


def books(shop: Shop) -> None:
    """Each charge and refund leaves a transaction, each new customer an event."""
    rng, transactions, events = shop.rng, shop.v1.balance_transactions, shop.v1.events
    shop.do(shop.v1.balance.retrieve)
    owner = customer_with_card(shop)
    made = []
    for _ in range(rng.randint(2, 3)):
        shop.step()
        made.append(charge(shop, owner, description=f"entry {invent.word(rng)}"))
    for one in made:
        shop.do(transactions.retrieve, one.balance_transaction)
    shop.step()
    back = shop.do(shop.v1.refunds.create, charge=made[0].id, amount=rng.randrange(10, 150))
    shop.do(transactions.retrieve, back.balance_transaction)
    shop.do(transactions.list, limit=len(made) + 1)
    shop.do(transactions.list, limit=2, starting_after=back.balance_transaction)
    shop.do(shop.v1.balance.retrieve)
    newcomers = shop.do(events.list, type="customer.created", created={"gte": owner.created}, limit=100)
    ours = next(event for event in newcomers.data if event.data.object.id == owner.id)
    shop.do(events.retrieve, ours.id)
    shop.do(events.list, type="customer.source.created", starting_after=ours.id, limit=rng.randint(1, 4))
    shop.do(events.list, type=f"nothing.{invent.word(rng, 5)}")
    shop.attempt(events.list, limit=-rng.randint(1, 50))
    shop.attempt(events.retrieve, f"evt_{invent.word(rng, 14)}")
    shop.attempt(transactions.retrieve, f"txn_{invent.word(rng, 14)}")


def payouts(shop: Shop) -> None:
    """Payouts are made, labelled and cancelled while they are pending."""
    rng, payouts = shop.rng, shop.v1.payouts
    made = [
        shop.do(
            payouts.create,
            amount=invent.amount(rng),
            currency="eur",
            **invent.some(rng, 0.6, description=f"week {invent.word(rng, 4)}"),
            **invent.some(rng, 0.5, metadata=invent.metadata(rng)),
            **invent.some(rng, 0.4, method=rng.choice(("standard", "instant"))),
            **invent.some(rng, 0.4, statement_descriptor=f"OUT {invent.word(rng, 5)}"),
        )
        for _ in range(rng.randint(4, 6))
    ]
    for one in made:
        shop.do(payouts.retrieve, one.id)
    shop.do(payouts.update, made[0].id, metadata=invent.metadata(rng))
    shop.do(payouts.cancel, made[1].id)
    shop.do(payouts.retrieve, made[1].id)
    shop.attempt(payouts.cancel, made[1].id)
    shop.walk(payouts.list, limit=2, starting_after=made[0].id)
    shop.attempt(payouts.create, amount=invent.amount(rng), currency=invent.word(rng, 3))
    shop.attempt(payouts.create, amount=-invent.amount(rng), currency="eur")
    shop.attempt(payouts.retrieve, f"po_{invent.word(rng, 14)}")
    shop.attempt(payouts.cancel, f"po_{invent.word(rng, 14)}")
