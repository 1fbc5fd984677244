"""Labels: their keys are text, chosen by the client or made by the service."""

from __future__ import annotations

from recording import Service

from scenarios.posts import invent


def own_keys(press: Service) -> None:
    """Keys of the client's choosing: write, replace, list, remove; a key is used once."""
    rng = press.rng
    mine = [f"{kind}-{invent.word(rng, 4)}" for kind in rng.sample(invent.KINDS, 3)]
    for key in mine:
        press.post("/labels", invent.label(rng, id=key))
    press.post("/labels", invent.label(rng, id=mine[0]))
    press.get(f"/labels/{mine[0]}")
    press.put(f"/labels/{mine[0]}", {"text": invent.word(rng)})
    press.get(f"/labels/{mine[0]}")
    press.patch(f"/labels/{mine[1]}", {"id": "other", "text": invent.word(rng)})
    press.get("/labels", id=mine)
    press.get("/labels", _sort="text", id=mine[:2])
    press.delete(f"/labels/{mine[1]}")
    press.get(f"/labels/{mine[1]}")
    press.post("/labels", invent.label(rng, id=mine[1]))
    press.get(f"/labels/{mine[1]}")
    press.get(f"/labels/label-{rng.choice(invent.KINDS[:5])}")


def made_keys(press: Service) -> None:
    """Keys that the service makes, where the last one is no number."""
    rng = press.rng
    press.post("/labels", invent.label(rng, id=f"last-{invent.word(rng, 4)}"))
    made = [press.post("/labels", invent.label(rng))["id"] for _ in range(rng.randint(2, 4))]
    for key in made:
        press.get(f"/labels/{key}")
    press.patch(f"/labels/{made[0]}", {"weight": rng.randrange(100), "by": invent.word(rng, 4)})
    press.put(f"/labels/{made[1]}", invent.label(rng))
    press.get("/labels", id=made)
    press.get("/labels", weight_gte=rng.randint(2, 6), id=made)
    press.delete(f"/labels/{made[0]}")
    press.get(f"/labels/{made[0]}")
    press.delete(f"/labels/{made[0]}")
    press.get(f"/labels/{made[1]}")
