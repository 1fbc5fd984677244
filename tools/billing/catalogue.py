"""What is sold: products, plans with prices, coupons."""

from __future__ import annotations

from billing import invent
from billing.shop import Shop


def goods(shop: Shop) -> None:
    """Products, some under ids that the client chose."""
    rng, products = shop.rng, shop.v1.products
    made = [shop.do(products.create, **invent.product(rng)) for _ in range(rng.randint(3, 5))]
    own_id = f"item-{invent.word(rng)}"
    made.append(shop.do(products.create, id=own_id, **invent.product(rng)))
    shop.attempt(products.create, id=own_id, **invent.product(rng))
    for product in made:
        shop.do(products.retrieve, product.id)
    some = rng.choice(made)
    shop.do(products.update, some.id, name=f"Renamed {invent.word(rng)}")
    shop.do(products.update, own_id, description=f"Lot {invent.word(rng)}", metadata=invent.metadata(rng))
    shop.do(products.retrieve, some.id)
    shop.do(products.retrieve, own_id)
    shop.walk(products.list, limit=2, starting_after=made[0].id)
    shop.do(products.list, limit=rng.randint(1, 4))
    shop.do(products.delete, made[1].id)
    shop.attempt(products.retrieve, made[1].id)
    shop.attempt(products.delete, made[1].id)
    shop.attempt(products.create, description=f"without a name, {invent.word(rng)}")
    shop.attempt(products.update, made[2].id, **{f"size_{invent.word(rng, 3)}": "12"})


def plans(shop: Shop) -> None:
    """Plans of one product: per unit and in tiers, listed by product and by whether they are active."""
    rng, products, plans = shop.rng, shop.v1.products, shop.v1.plans
    product = shop.do(products.create, **{**invent.product(rng), "active": True})
    made = [shop.do(plans.create, **invent.plan(rng, product.id)) for _ in range(rng.randint(3, 4))]
    own_id = f"tiered-{invent.word(rng)}"
    steps = {
        "billing_scheme": "tiered",
        "tiers_mode": rng.choice(("volume", "graduated")),
        "tiers": invent.tiers(rng),
    }
    shop.do(
        plans.create,
        id=own_id,
        product=product.id,
        currency="eur",
        interval="month",
        nickname=invent.word(rng),
        **steps,
    )
    shop.attempt(plans.create, id=own_id, **invent.plan(rng, product.id))
    implied = shop.do(plans.create, **invent.plan(rng))
    shop.do(products.retrieve, implied.product)
    for plan in (*made, implied):
        shop.do(plans.retrieve, plan.id)
    shop.do(plans.list, product=product.id)
    shop.walk(plans.list, product=product.id, limit=2)
    shop.do(plans.update, made[0].id, active=False, nickname=invent.word(rng))
    shop.do(plans.retrieve, made[0].id)
    shop.do(plans.update, made[1].id, metadata=invent.metadata(rng))
    shop.do(plans.retrieve, made[1].id)
    shop.do(plans.delete, made[2].id)
    shop.attempt(plans.retrieve, made[2].id)
    shop.attempt(plans.delete, made[2].id)
    shop.do(plans.list, product=product.id, limit=10)
    shop.attempt(plans.create, **{**invent.plan(rng, product.id), "amount": -rng.randint(1, 99)})
    shop.attempt(plans.create, **{**invent.plan(rng, product.id), "interval": f"each-{invent.word(rng, 4)}"})
    shop.attempt(plans.create, **invent.plan(rng, f"prod_{invent.word(rng, 14)}"))


def coupons(shop: Shop) -> None:
    """Coupons, whose ids the client always chooses: percentages and amounts, once or for months."""
    rng, coupons = shop.rng, shop.v1.coupons
    stem = invent.word(rng, 5).upper()
    kinds: tuple[invent.Params, ...] = (
        {"percent_off": rng.randint(5, 60), "duration": "once"},
        {
            "percent_off": rng.randint(5, 60),
            "duration": "forever",
            **invent.some(rng, 0.5, metadata=invent.metadata(rng)),
        },
        {"amount_off": invent.amount(rng), "currency": rng.choice(invent.CURRENCIES), "duration": "once"},
        {
            "percent_off": rng.randint(5, 60),
            "duration": "repeating",
            "duration_in_months": rng.randint(1, 18),
        },
    )
    made = [shop.do(coupons.create, id=f"{stem}-{place}", **kind) for place, kind in enumerate(kinds)]
    shop.attempt(coupons.create, id=made[0].id, percent_off=rng.randint(5, 60), duration="once")
    for coupon in made:
        shop.do(coupons.retrieve, coupon.id)
    shop.do(coupons.update, made[1].id, metadata=invent.metadata(rng))
    shop.do(coupons.retrieve, made[1].id)
    shop.walk(coupons.list, limit=2, starting_after=made[0].id)
    shop.do(coupons.delete, made[0].id)
    shop.attempt(coupons.retrieve, made[0].id)
    shop.attempt(coupons.delete, made[0].id)
    shop.attempt(coupons.create, id=f"{stem}-X", duration="once")
    shop.attempt(coupons.create, id=f"{stem}-Y", percent_off=rng.randint(101, 900), duration="once")
    shop.attempt(coupons.create, id=f"{stem}-Z", amount_off=invent.amount(rng), duration="once")
    shop.attempt(coupons.create, id=f"{stem}-W", percent_off=rng.randint(5, 60), duration="repeating")
    shop.attempt(coupons.retrieve, f"{stem}-NONE")
    shop.do(coupons.create, id=made[0].id, percent_off=rng.randint(5, 60), duration="forever")
    shop.do(coupons.retrieve, made[0].id)
