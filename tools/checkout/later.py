"""What the provider's twin learns later: payouts that fail, the history of the balance.

No overlay is recorded from these: the newer base that the tests keep is.
"""

from __future__ import annotations

from billing import invent

from checkout.shop import Checkout


def failing(shop: Checkout) -> None:
    """Payouts that the bank could not process, beside those that it could."""
    rng, payouts = shop.rng, shop.v1.payouts
    for status in ("failed", "paid", "failed"):
        made = shop.do(payouts.create, amount=invent.amount(rng), currency="eur", status=status)
        shop.do(payouts.retrieve, made.id)


def history(shop: Checkout) -> None:
    """The balance's history, which is that of its transactions."""
    rng = shop.rng
    shop.get("/v1/balance/history", limit=str(rng.randint(1, 4)))
    shop.get("/v1/balance/history", type=invent.word(rng, 5))
