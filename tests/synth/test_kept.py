"""Quality: members that are out of sight in some states, and there again in others."""

from __future__ import annotations

from tests.synth.recordings import Document, Step, exchange, model_of, session
from tests.synth.test_reasons import Client
from wraith.wir import Model, Put

GIFTS = (("or_3kd8Qm2x", "with love"), ("or_9pLw41Zt", "get well"), ("or_5vBn72Hc", "well done"))


def wrapped(key: str, text: str) -> tuple[Step, ...]:
    """A session that unwraps a present and wraps it again, without saying its message again."""
    shown: Document = {"id": key, "gift": True, "message": text}
    plain: Document = {"id": key, "gift": False}
    return session(
        exchange("POST", "/orders", json={"gift": True, "message": text}, status=201, answer=shown),
        exchange("PATCH", f"/orders/{key}", json={"gift": False}, answer=plain),
        exchange("GET", f"/orders/{key}", answer=plain),
        exchange("PATCH", f"/orders/{key}", json={"gift": True}, answer=shown),
        exchange("GET", f"/orders/{key}", answer=shown),
    )


def test_a_member_out_of_sight_is_kept_until_it_is_shown_again() -> None:
    """What was sent last comes back when another member says that it is shown, and only then."""
    client = Client(model_of(*(wrapped(*each) for each in GIFTS)))
    status, made = client.ask("POST", "/orders", json={"gift": True, "message": "so long"})
    assert (status, isinstance(made, dict)) == (201, True)
    assert isinstance(made, dict)
    path, key = f"/orders/{made['id']}", made["id"]
    assert client.ask("PATCH", path, json={"gift": False}) == (200, {"id": key, "gift": False})
    assert client.ask("GET", path) == (200, {"id": key, "gift": False})
    again = {"id": key, "gift": True, "message": "so long"}
    assert client.ask("PATCH", path, json={"gift": True}) == (200, again)
    assert client.ask("GET", path) == (200, again)


def test_a_member_that_is_sent_again_is_not_kept() -> None:
    """Where each request brings the member that is shown, nothing is kept beside the entity."""

    def sent(key: str, text: str) -> tuple[Step, ...]:
        shown: Document = {"id": key, "gift": True, "message": text}
        again = exchange("PATCH", f"/orders/{key}", json={"gift": True, "message": text}, answer=shown)
        return tuple(again if number == 3 else step for number, step in enumerate(wrapped(key, text)))

    assert _kept(model_of(*(wrapped(*each) for each in GIFTS)))
    assert not _kept(model_of(*(sent(*each) for each in GIFTS)))


def _kept(model: Model) -> bool:
    return any(
        isinstance(effect, Put) and effect.entity == "orders.kept"
        for route in model.routes
        for variant in route.variants
        for effect in variant.effects
    )
