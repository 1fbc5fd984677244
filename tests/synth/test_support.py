"""Support: what a variant was seen with, in the language of guards."""

from __future__ import annotations

import json

from tests.overlay.layers import Sessions
from wraith.exchange import Exchange, Request, Response
from wraith.synth import learn
from wraith.wir import AtLeast, Atom, Below, Equals, Exists, Matches, OneOfSet, Variant, ref

JSON = (("content-type", "application/json"),)


def sent(path: str, *bodies: dict[str, object], status: int = 200) -> list[Exchange]:
    """Return exchanges that are answered alike, whatever is sent."""
    return [
        Exchange(
            Request("POST", path, JSON, json.dumps(body).encode()),
            Response(status, JSON, b'{"said": "done"}'),
            started_at_ms=1_700_000_000_000 + number,
        )
        for number, body in enumerate(bodies)
    ]


def learned(*exchanges: Exchange) -> Variant:
    """Return the one variant that is learned of the exchanges."""
    [route] = learn([Sessions("s1", exchanges)]).model.routes
    [variant] = route.variants
    return variant


def about(variant: Variant, name: str) -> list[Atom]:
    return [atom for atom in variant.support if atom.of == ref(f"request.body.{name}")]


def test_numbers_have_a_range() -> None:
    """From the least to the most that was seen, both in it."""
    variant = learned(*sent("/a", *({"amount": amount} for amount in (12, 7, 40, 33))))
    assert about(variant, "amount") == [
        AtLeast(ref("request.body.amount"), 7),
        Below(ref("request.body.amount"), 41),
    ]


def test_words_of_a_choice_are_a_set() -> None:
    """Few texts, each more than once, are what a field may say; one text is that text."""
    bodies = [{"unit": unit, "kind": "plain"} for unit in ("kg", "lb", "kg", "lb")]
    variant = learned(*sent("/a", *bodies))
    assert about(variant, "unit") == [OneOfSet(ref("request.body.unit"), ("kg", "lb"))]
    assert about(variant, "kind") == [Equals(ref("request.body.kind"), "plain")]


def test_texts_of_one_shape_have_a_format() -> None:
    """Where they are no choice, what they look like is said."""
    variant = learned(*sent("/a", *({"day": f"2026-0{month}-11"} for month in range(1, 6))))
    assert about(variant, "day") == [Matches(ref("request.body.day"), r"[0-9]+\-[0-9]+\-[0-9]+")]


def test_what_may_be_absent_is_not_described() -> None:
    """An atom about a member that is sometimes left out would be false where it is."""
    bodies: list[dict[str, object]] = [{"a": 1, "b": 2}, {"a": 2}, {"a": 5, "b": 9}]
    assert about(learned(*sent("/a", *bodies)), "b") == []


def test_a_few_observations_say_no_range() -> None:
    """Two numbers are what happened to come."""
    assert about(learned(*sent("/a", {"amount": 3}, {"amount": 8})), "amount") == []


def test_support_is_no_guard() -> None:
    """It chooses no answer: what was never seen is extrapolated by the guards."""
    variant = learned(*sent("/a", *({"amount": amount} for amount in (1, 2, 3))))
    assert variant.guards == ()
    assert Exists(ref("request.body.amount")) not in variant.guards
