"""Quality: parts of an answer that are kept in some cases and made anew in others, and identifiers that only
some answers make."""

from __future__ import annotations

from tests.synth.recordings import Document, Step, exchange, model_of, session, source, variant
from wraith.wir import Exists, First, FreshId, Literal, When, ref

KEYS = ("le_k3Jd82mQ", "le_9xPq27Lb", "le_Zr41wTn6", "le_b8Vc5Hs0")
SEALS = ("se_Q7my3Ke2xw1", "se_4fGu9Da1pq2", "se_Wd6zR1pXab3", "se_m2Xc8Lv0df4")
NEWER = ("se_u8Bn4Ty6gh5", "se_c1Zq7Rw9jk6", "se_n5Hf0Sp3lm7", "se_y9Ld2Mj4vb8")
ROOMS = ("attic", "cellar", "garage", "annex")
NOTES = ("quiet", "no pets", "late", "keys")

MADE = "se_[A-Za-z0-9]{11}"


def moved(number: int, *, anew: bool) -> tuple[Step, ...]:
    """A lease that gets a note, then another room, and perhaps another seal with it."""
    key, room = KEYS[number], ROOMS[number]
    first: Document = {"id": key, "room": "hall", "note": None, "seal": SEALS[number]}
    noted: Document = {**first, "note": NOTES[number]}
    seal = NEWER[number] if anew else SEALS[number]
    return session(
        exchange("POST", "/rentals", json={"room": "hall"}, answer=first),
        exchange("PATCH", f"/rentals/{key}", json={"note": NOTES[number]}, answer=noted),
        exchange(
            "PATCH", f"/rentals/{key}", json={"room": room}, answer={**noted, "room": room, "seal": seal}
        ),
    )


def test_an_identifier_is_made_anew_in_some_cases() -> None:
    """A change of the room makes a new seal, another change keeps it."""
    model = model_of(*(moved(number, anew=True) for number in range(4)))
    kept, made = ref("entity.seal"), FreshId(MADE)
    found = source(variant(model, "PATCH /rentals/{rental_id}"), "seal")
    assert found in (
        When(Exists(ref("request.body.note")), kept, made),
        When(Exists(ref("request.body.room")), made, kept),
    )


def test_what_is_always_kept_is_stored() -> None:
    """Where no change makes a new seal, there is no condition."""
    model = model_of(*(moved(number, anew=False) for number in range(4)))
    assert "FreshId(" not in repr(variant(model, "PATCH /rentals/{rental_id}"))


def opened(number: int, trial: bool) -> tuple[Step, ...]:
    """A lease is opened; one on trial has no bill, and its line does not say one."""
    bill = SEALS[number].replace("se_", "bi_")
    sent: Document = {"room": ROOMS[number], "trial": True} if trial else {"room": ROOMS[number]}
    line: Document = {"room": ROOMS[number]} if trial else {"bill": bill, "room": ROOMS[number]}
    key = KEYS[number] if trial else KEYS[number].replace("le_", "le_x")
    answer: Document = {"id": key[:11], "line": line, "latest_bill": None if trial else bill}
    return session(exchange("POST", "/rentals", json=sent, answer=answer))


def test_an_identifier_that_some_answers_make_has_one_place() -> None:
    """Two parts that hold the same identifier, where there is one, do not make one each."""
    cases = [(0, True), (1, False), (2, True), (3, False), (1, True), (2, False)]
    found = variant(model_of(*(opened(*case) for case in cases)), "POST /rentals")
    assert source(found, "latest_bill") == First((ref("response.body.line.bill"), Literal(None)))
    assert repr(found.holes).count("FreshId(") == 2  # its own key is the other
