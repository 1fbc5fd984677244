"""Quality: what is said of what is written: its length and digest, who asks, the version that is there."""

from __future__ import annotations

from hashlib import sha256

from tests.synth.recordings import Document, Step, exchange, model_of, route, session, source, variant
from tests.synth.test_reasons import Client, as_user
from wraith.canonical import JsonValue
from wraith.wir import Call, Effect, Put, Ref

KEYS = ("nt_4Kd93mQz", "nt_9Lx27Pbv", "nt_6Hj35Vkd", "nt_1Mw82Tgc", "nt_3Fs70Zkx", "nt_8Bn64Lqp")
TEXTS: tuple[str | None, ...] = ("amber", "red birch", None, "elm", "oak tree", None)


def noted(number: int) -> tuple[Step, ...]:
    """A note with a default text is made; the answer says how long it is, and its digest."""
    sent = TEXTS[number]
    text = sent if sent is not None else "-"
    body: Document = {"text": sent} if sent is not None else {}
    answer: Document = {
        "id": KEYS[number],
        "text": text,
        "size": len(text),
        "sha256": sha256(text.encode()).hexdigest(),
    }
    return session(exchange("POST", "/notes", json=body, status=201, answer=answer))


def test_length_and_digest_are_of_what_is_stored() -> None:
    """What the answer says of a text that may be a default is said of the text in the answer."""
    model = model_of(*map(noted, range(6)))
    made = variant(model, "POST /notes", 201)
    assert source(made, "size") == Call("count", (Ref(("response", "body", "text")),))
    for text in ("hazel", "-"):
        _, answer = Client(model).ask("POST", "/notes", json={"text": text})
        assert isinstance(answer, dict)
        assert (answer["size"], answer["sha256"]) == (len(text), sha256(text.encode()).hexdigest())


def flag(number: int, on: bool) -> tuple[Step, ...]:
    """A flag is made, evaluated for somebody, and read."""
    key, colors = KEYS[number], [f"red{number}", f"blue{number}"]
    made: Document = {"id": key, "on": on, "colors": [*colors], "note": "n"}
    told: Document = {"id": key, "value": colors[0 if on else 1], "why": "ON" if on else "OFF"}
    return session(
        exchange("POST", "/flags", json={"on": on, "colors": [*colors]}, status=201, answer=made),
        exchange("POST", f"/flags/{key}/evaluate", json={"user": "u1"}, answer=told),
        exchange("GET", f"/flags/{key}", answer=made),
    )


def test_what_is_said_about_an_entity_is_not_stored() -> None:
    """An answer that has members of its own and lacks those of the representation is no representation."""
    model = model_of(*(flag(number, number % 2 == 0) for number in range(6)))
    effects: list[Effect] = [
        effect for each in route(model, "POST /flags/{flag_id}/evaluate").variants for effect in each.effects
    ]
    assert not [effect for effect in effects if isinstance(effect, Put)]
    client = Client(model)
    colors: JsonValue = ["x", "y"]
    _, made = client.ask("POST", "/flags", json={"on": False, "colors": colors})
    assert isinstance(made, dict)
    _, told = client.ask("POST", f"/flags/{made['id']}/evaluate", json={"user": "u1"})
    assert told == {"id": made["id"], "value": "y", "why": "OFF"}
    assert client.ask("GET", f"/flags/{made['id']}") == (200, made)


def stale(number: int) -> tuple[Step, ...]:
    """A page is written some times, and then with the version before."""
    key, last = KEYS[number], number + 2

    def put(version: int, match: int, *, status: int = 200) -> Step:
        answer: Document = (
            {"id": key, "version": version} if status == 200 else {"error": "stale", "now": version}
        )
        return exchange("PUT", f"/pages/{key}", json={"match": match}, status=status, answer=answer)

    return session(
        exchange("POST", "/pages", json={}, status=201, answer={"id": key, "version": 1}),
        *(put(version, version - 1) for version in range(2, last + 1)),
        put(last, last - 1, status=409),
    )


def test_a_refusal_tells_the_version_that_is_stored() -> None:
    """Refusals that differ in a number which is always the stored one are one refusal."""
    model = model_of(*(stale(number) for number in range(4)))
    assert source(variant(model, "PUT /pages/{page_id}", 409), "now") == Ref(("entity", "version"))


def test_what_an_address_answers_to_each_is_no_state() -> None:
    """Where who asks with another credential is told something else, nothing is kept of an answer."""
    users = {"tk_8Qm2Vx71LpZ0": "ann", "tk_Za93Kd0WqRt5": "ben"}
    model = model_of(
        *(
            session(
                *(
                    exchange("GET", "/whoami", headers=as_user(token), answer={"name": name, "n": 1})
                    for token, name in users.items()
                )
            )
            for _ in range(3)
        )
    )
    client = Client(model)
    for token, name in (*users.items(), *users.items()):
        assert client.ask("GET", "/whoami", headers=as_user(token))[1] == {"name": name, "n": 1}
    assert not model.fixtures
