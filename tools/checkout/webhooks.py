"""Endpoints that are told of events: registered, replaced, refused."""

from __future__ import annotations

import random

from billing import invent

from checkout.shop import Checkout

EVENTS = (
    "charge.succeeded",
    "charge.failed",
    "payment_intent.succeeded",
    "payout.created",
    "customer.created",
)


def endpoint(rng: random.Random) -> dict[str, object]:
    """Return an endpoint on a port that nothing listens on: what is announced is told to nobody."""
    events = rng.sample(EVENTS, rng.randint(1, 3))
    chosen = {f"events[{number}]": event for number, event in enumerate(events)}
    return {
        "url": f"http://127.0.0.1:9/{invent.word(rng, 6)}",
        "secret": f"whsec_{invent.word(rng, 24)}",
        **invent.some(rng, 0.6, **chosen),
    }


def endpoints(shop: Checkout) -> None:
    """Several endpoints, one of which is registered again."""
    rng = shop.rng
    names = [f"hook-{invent.word(rng, 5)}" for _ in range(3)]
    for name in names:
        shop.register(name, **endpoint(rng))
    shop.register(rng.choice(names), **endpoint(rng))


def refused(shop: Checkout) -> None:
    """Without an address or a secret there is no endpoint."""
    rng = shop.rng
    for left_out in ("url", "secret"):
        fields = {name: value for name, value in endpoint(rng).items() if name != left_out}
        shop.register(f"hook-{invent.word(rng, 5)}", **fields)
    shop.register(f"hook-{invent.word(rng, 5)}", **endpoint(rng))
