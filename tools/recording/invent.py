"""Invented data that all recording scripts may use: nobody who exists, nothing that stands elsewhere."""

from __future__ import annotations

import random
import string
from typing import TypeAlias

Fields: TypeAlias = dict[str, object]

FIRST = ("Aino", "Bram", "Ciska", "Dario", "Elif", "Fabio", "Greta", "Hanno", "Ilse", "Jorge", "Kaia", "Lev")
LAST = ("Amsel", "Brook", "Castell", "Dahl", "Eklund", "Ferro", "Gruber", "Holm", "Iversen", "Jansen")
THINGS = ("anchor", "basket", "candle", "drum", "easel", "flute", "goblet", "hammock", "inkwell", "jug")
KINDS = ("amber", "brass", "copper", "dark", "folding", "glass", "heavy", "light", "oak", "plain", "round")
WORDS = (*THINGS, *KINDS, "river", "storm", "harvest", "journey", "kitchen", "letter", "market", "winter")


def some(rng: random.Random, chance: float, **fields: object) -> Fields:
    """Return the fields, or nothing: optional fields are sometimes absent."""
    return dict(fields) if rng.random() < chance else {}


def word(rng: random.Random, length: int = 8) -> str:
    """Return lower-case letters and digits that no other session is likely to use."""
    return "".join(rng.choices(string.ascii_lowercase + string.digits, k=length))


def text(rng: random.Random, least: int = 2, most: int = 5) -> str:
    """Return a few words."""
    return " ".join(rng.sample(WORDS, rng.randint(least, most)))


def title(rng: random.Random) -> str:
    return text(rng).capitalize()


def name(rng: random.Random) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def mail(rng: random.Random, who: str) -> str:
    return f"{who.split()[0].lower()}.{word(rng, 5)}@example.com"
