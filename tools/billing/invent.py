"""Invented data: people who do not exist, at example.com, with card numbers that are published for tests."""

from __future__ import annotations

import random
import string
from typing import TypeAlias

Params: TypeAlias = dict[str, object]

VISA = "4242424242424242"
VISA_DEBIT = "4000056655665556"
MASTERCARD = "5555555555554444"
DECLINED = "4000000000000002"
"""Refused when it is attached to a customer."""
DECLINED_LATER = "4000000000000341"
"""Attached without complaint, refused when charged."""
NEEDS_CONSENT = "4000002500003155"
"""Payments wait for the holder to authenticate."""

_FIRST = ("Aldric", "Brisa", "Corin", "Delphia", "Eskil", "Fenna", "Gwydion", "Halcyon", "Ione", "Jorun")
_LAST = (
    "Ashgrove",
    "Birkwell",
    "Calder",
    "Dunmore",
    "Ellery",
    "Farrow",
    "Greaves",
    "Hollin",
    "Inskip",
    "Jarrow",
)
_GOODS = ("Lantern", "Anvil", "Compass", "Kettle", "Loom", "Sextant", "Trellis", "Urn", "Vane", "Whisk")
_TOWNS = (("Bergen", "NO"), ("Ghent", "BE"), ("Coimbra", "PT"), ("Tartu", "EE"), ("Graz", "AT"))
CURRENCIES = ("eur", "usd", "gbp", "nok")


def some(rng: random.Random, chance: float, **fields: object) -> Params:
    """Return the fields, or nothing: optional fields are sometimes absent."""
    return dict(fields) if rng.random() < chance else {}


def word(rng: random.Random, length: int = 8) -> str:
    """Return lower-case letters and digits that no other session is likely to use."""
    return "".join(rng.choices(string.ascii_lowercase + string.digits, k=length))


def amount(rng: random.Random) -> int:
    """Return an amount in cents."""
    return rng.randrange(150, 90_000)


def metadata(rng: random.Random) -> Params:
    """Return one to three labels."""
    keys = rng.sample(("order_ref", "campaign", "tier", "shelf", "agent"), rng.randint(1, 3))
    return {key: word(rng, rng.randint(3, 9)) for key in keys}


def address(rng: random.Random) -> Params:
    city, country = rng.choice(_TOWNS)
    return {
        "city": city,
        "country": country,
        "line1": f"{rng.randrange(1, 400)} {rng.choice(_GOODS)} Lane",
        **some(rng, 0.3, line2=f"Floor {rng.randrange(1, 9)}"),
        **some(rng, 0.8, postal_code=f"{rng.randrange(1000, 9999)}"),
    }


def name(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def person(rng: random.Random) -> Params:
    """Return what a customer may be created with; every field but the address for mail may be absent."""
    who = name(rng)
    return {
        "email": f"{who.split()[0].lower()}.{word(rng, 5)}@example.com",
        **some(rng, 0.75, name=who),
        **some(rng, 0.4, phone=f"+1555{rng.randrange(10**7):07d}"),
        **some(
            rng, 0.4, description=f"Met at the {rng.choice(_GOODS).lower()} fair {rng.randrange(1990, 2030)}"
        ),
        **some(rng, 0.4, address=address(rng)),
        **some(rng, 0.5, metadata=metadata(rng)),
        **some(rng, 0.2, preferred_locales=rng.sample(("en", "fr", "pt", "nb"), rng.randint(1, 2))),
        **some(rng, 0.2, balance=rng.randrange(-2_000, 2_000)),
    }


def card(rng: random.Random, number: str = VISA) -> Params:
    """Return the four fields of a card, with an invented date and check digits."""
    return {
        "number": number,
        "exp_month": rng.randint(1, 12),
        "exp_year": rng.randint(2031, 2045),
        "cvc": f"{rng.randrange(1000):03d}",
    }


def card_with_holder(rng: random.Random, number: str = VISA) -> Params:
    return {
        **card(rng, number),
        **some(rng, 0.6, name=name(rng)),
        **some(rng, 0.4, address_city=rng.choice(_TOWNS)[0], address_zip=f"{rng.randrange(10_000):04d}"),
    }


def any_good_number(rng: random.Random) -> str:
    return rng.choice((VISA, VISA_DEBIT, MASTERCARD))


def product(rng: random.Random) -> Params:
    thing = rng.choice(_GOODS)
    return {
        "name": f"{thing} {word(rng, 4)}",
        **some(rng, 0.5, description=f"A {thing.lower()} with {rng.randrange(2, 40)} parts"),
        **some(rng, 0.4, statement_descriptor=f"{thing.upper()} {rng.randrange(100)}"),
        **some(rng, 0.4, metadata=metadata(rng)),
        **some(rng, 0.3, active=rng.random() < 0.5),
        **some(rng, 0.3, url=f"https://shop.example.com/{word(rng, 6)}"),
    }


def plan(rng: random.Random, product_id: str | None = None) -> Params:
    return {
        "amount": amount(rng),
        "currency": rng.choice(CURRENCIES),
        "interval": rng.choice(("day", "week", "month", "year")),
        "product": product_id if product_id else {"name": f"{rng.choice(_GOODS)} club {word(rng, 4)}"},
        **some(rng, 0.3, interval_count=rng.randint(2, 6)),
        **some(rng, 0.5, nickname=f"{rng.choice(_GOODS).lower()}-{word(rng, 3)}"),
        **some(rng, 0.3, trial_period_days=rng.randint(3, 60)),
        **some(rng, 0.3, metadata=metadata(rng)),
    }


def tiers(rng: random.Random) -> list[Params]:
    """Return price steps that end with one that has no upper end."""
    first = rng.randint(5, 20)
    return [
        {"up_to": first, "unit_amount": rng.randint(80, 120), "flat_amount": rng.randint(0, 50)},
        {"up_to": first * 3, "unit_amount": rng.randint(50, 79), "flat_amount": 0},
        {"up_to": "inf", "unit_amount": rng.randint(10, 49), "flat_amount": 0},
    ]
