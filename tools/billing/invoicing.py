"""What comes again: subscriptions, invoice items, invoices, tax rates."""

from __future__ import annotations

from billing import invent
from billing.payments import customer_with_card
from billing.shop import Resource, Shop


def simple_plan(shop: Shop, **more: object) -> Resource:
    """Return a plan without a trial, so that subscribing to it makes an invoice."""
    asked = invent.plan(shop.rng)
    asked.pop("trial_period_days", None)
    return shop.do(shop.v1.plans.create, **{**asked, **more})


def subscriptions(shop: Shop) -> None:
    """Subscriptions with quantities and trials, changed, cancelled, listed by state."""
    rng, subscriptions = shop.rng, shop.v1.subscriptions
    owner = customer_with_card(shop, invent.any_good_number(rng))
    small = simple_plan(shop, amount=rng.randrange(500, 2_000), interval="month", currency="eur")
    large = simple_plan(shop, amount=rng.randrange(2_001, 9_000), interval="month", currency="eur")
    paid = shop.do(subscriptions.create, customer=owner.id, items=[{"plan": small.id}])
    labels = invent.some(rng, 0.6, metadata=invent.metadata(rng))
    several = shop.do(
        subscriptions.create,
        customer=owner.id,
        items=[{"plan": large.id, "quantity": rng.randint(2, 9)}],
        **labels,
    )
    trial = shop.do(
        subscriptions.create,
        customer=owner.id,
        items=[{"plan": small.id}],
        trial_period_days=rng.randint(7, 60),
    )
    for one in (paid, several, trial):
        shop.do(subscriptions.retrieve, one.id)
    shop.do(shop.v1.customers.retrieve, owner.id)
    shop.do(shop.v1.invoices.retrieve, paid.latest_invoice)
    shop.do(subscriptions.update, paid.id, metadata=invent.metadata(rng))
    shop.do(subscriptions.update, several.id, cancel_at_period_end=True)
    shop.do(subscriptions.retrieve, several.id)
    shop.do(subscriptions.list, customer=owner.id)
    shop.walk(subscriptions.list, customer=owner.id, limit=2)
    shop.do(subscriptions.cancel, paid.id)
    shop.do(subscriptions.retrieve, paid.id)
    shop.do(subscriptions.list, customer=owner.id, status="canceled")
    shop.do(subscriptions.list, customer=owner.id, status="all", limit=5)
    shop.do(subscriptions.list, customer=owner.id)
    shop.attempt(subscriptions.create, customer=owner.id, items=[{"plan": f"plan_{invent.word(rng, 14)}"}])
    shop.attempt(subscriptions.create, customer=f"cus_{invent.word(rng, 14)}", items=[{"plan": small.id}])
    shop.attempt(subscriptions.list, customer=owner.id, status=invent.word(rng, 6))
    shop.attempt(subscriptions.retrieve, f"sub_{invent.word(rng, 14)}")
    shop.attempt(subscriptions.cancel, f"sub_{invent.word(rng, 14)}")


def item(shop: Shop, owner: Resource, **more: object) -> Resource:
    """Return a pending item of a customer's next invoice."""
    rng = shop.rng
    asked: invent.Params = {
        "customer": owner.id,
        "amount": invent.amount(rng),
        "currency": "eur",
        **invent.some(rng, 0.7, description=f"{rng.randint(1, 12)} hours, {invent.word(rng)}"),
        **invent.some(rng, 0.3, metadata=invent.metadata(rng)),
    }
    return shop.do(shop.v1.invoice_items.create, **{**asked, **more})


def invoices(shop: Shop) -> None:
    """Pending items gather on an invoice, which is previewed, drawn up, paid or thrown away."""
    rng, invoices, items = shop.rng, shop.v1.invoices, shop.v1.invoice_items
    owner = customer_with_card(shop)
    pending = []
    for _ in range(rng.randint(2, 3)):
        pending.append(item(shop, owner))
        shop.step()
    shop.attempt(invoices.create, customer=owner.id, description=f"too early, {invent.word(rng)}")
    monthly = simple_plan(shop, interval="month", currency="eur")
    trial = rng.randint(5, 90)
    held = shop.do(
        shop.v1.subscriptions.create, customer=owner.id, items=[{"plan": monthly.id}], trial_period_days=trial
    )
    shop.do(items.list, customer=owner.id)
    shop.do(items.retrieve, pending[0].id)
    shop.do(items.update, pending[0].id, description=f"changed {invent.word(rng)}")
    drawn = shop.do(invoices.create, customer=owner.id, **invent.some(rng, 0.5, description=invent.word(rng)))
    shop.do(items.list, customer=owner.id)
    shop.do(invoices.retrieve, drawn.id)
    shop.do(invoices.line_items.list, drawn.id)
    shop.do(invoices.pay, drawn.id)
    shop.do(invoices.retrieve, drawn.id)
    shop.attempt(invoices.pay, drawn.id)
    shop.attempt(invoices.delete, drawn.id)
    shop.do(invoices.create_preview, customer=owner.id, subscription=held.id)
    shop.step()
    dropped = item(shop, owner)
    shop.do(items.delete, dropped.id)
    shop.attempt(items.retrieve, dropped.id)
    item(shop, owner)
    draft = shop.do(invoices.create, customer=owner.id, metadata=invent.metadata(rng))
    shop.do(invoices.list, customer=owner.id)
    shop.do(invoices.list, customer=owner.id, limit=1)
    shop.do(invoices.delete, draft.id)
    shop.attempt(invoices.retrieve, draft.id)
    shop.do(invoices.list, customer=owner.id)
    shop.attempt(invoices.create, customer=f"cus_{invent.word(rng, 14)}")
    shop.attempt(items.create, customer=owner.id, amount=invent.word(rng, 5), currency="eur")


def taxed(shop: Shop) -> None:
    """Tax rates, on items and on a subscription: the totals follow."""
    rng, rates = shop.rng, shop.v1.tax_rates
    asked = [
        {
            "display_name": f"VAT {invent.word(rng, 4)}",
            "inclusive": inclusive,
            "percentage": rng.choice((5, 7.5, 10, 19, 21, 25)),
            **invent.some(rng, 0.5, jurisdiction=rng.choice(("NO", "BE", "PT", "EE", "AT"))),
            **invent.some(rng, 0.5, description=f"since {rng.randrange(1990, 2030)}"),
        }
        for inclusive in (False, True, False)
    ]
    made = [shop.do(rates.create, **one) for one in asked]
    for rate in made:
        shop.do(rates.retrieve, rate.id)
    shop.do(rates.update, made[2].id, metadata=invent.metadata(rng))
    shop.walk(rates.list, limit=2, starting_after=made[0].id)
    shop.attempt(
        rates.create, display_name=invent.word(rng), inclusive=False, percentage=rng.randint(101, 500)
    )
    owner = customer_with_card(shop)
    plan = simple_plan(shop, amount=rng.randrange(10, 90) * 100, currency="eur")
    held = shop.do(
        shop.v1.subscriptions.create,
        customer=owner.id,
        items=[{"plan": plan.id}],
        default_tax_rates=[made[0].id],
    )
    shop.do(shop.v1.subscriptions.retrieve, held.id)
    shop.do(shop.v1.invoices.retrieve, held.latest_invoice)
    item(shop, owner, amount=rng.randrange(10, 900) * 100, tax_rates=[made[2].id])
    drawn = shop.do(shop.v1.invoices.create, customer=owner.id)
    shop.do(shop.v1.invoices.line_items.list, drawn.id)
    shop.do(shop.v1.invoices.pay, drawn.id)
    shop.attempt(rates.retrieve, f"txr_{invent.word(rng, 14)}")
