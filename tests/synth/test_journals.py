"""Quality: entries of a journal, which are made with what they write down."""

from __future__ import annotations

from tests.synth.recordings import (
    Document,
    Step,
    exchange,
    findings,
    model_of,
    recording,
    replayed,
    route,
    session,
)
from wraith.canonical import JsonValue
from wraith.synth import learn
from wraith.wir import Exists, FreshId, Make, Model, When, ref

BOXES = ("bx_k3Jd82mQ", "bx_9xPq27Lb", "bx_Zr41wTn6", "bx_b8Vc5Hs0", "bx_Q7my3Ke2", "bx_4fGu9Da1")
ENTRIES = ("en_Wd6zR1pX", "en_m2Xc8Lv0", "en_u8Bn4Ty6", "en_c1Zq7Rw9", "en_n5Hf0Sp3", "en_y9Ld2Mj4")
NAMES = ("ant", "bee", "cow", "dog", "eel", "fox")


def box(number: int) -> Document:
    return {"id": BOXES[number], "name": NAMES[number]}


def entry(number: int) -> Document:
    return {"id": ENTRIES[number], "kind": "box-made", "about": box(number)}


def written_down(first: int, *, last: int | None = None) -> tuple[Step, ...]:
    """Two boxes are made; then the journal is read."""
    numbers = range(first, first + 2)
    entries: list[JsonValue] = [entry(number) for number in numbers][slice(last)]
    return session(
        *(exchange("POST", "/boxes", json={"name": NAMES[number]}, answer=box(number)) for number in numbers),
        exchange("GET", "/entries", answer={"items": entries, "total": len(entries)}),
        exchange("GET", f"/entries/{ENTRIES[first]}", answer=entry(first)),
    )


def making(model: Model, name: str = "POST /boxes") -> list[Make]:
    """Return what a route makes beside its answer."""
    return [each for each in route(model, name).variants[0].effects if isinstance(each, Make)]


def test_an_entry_is_made_with_what_it_is_about() -> None:
    """Each box that is made is written down: the entry has a fresh key and holds the box."""
    [effect] = making(model_of(written_down(0), written_down(2), written_down(4)))
    assert effect.entity == "entries"
    assert effect.key == ref("made.id")
    assert isinstance(effect.template, dict)
    holes = dict(effect.holes)
    assert effect.template["kind"] == "box-made"
    assert holes[str(effect.template["about"])[1:]] == ref("response.body")
    assert holes[str(effect.template["id"])[1:]] == FreshId("en_[A-Za-z0-9]{8}")


def test_a_journal_of_other_traffic_is_right() -> None:
    """What was learned from some sessions predicts the journal of others; its keys are mapped where they are
    first met."""
    learned = learn(recording(written_down(0), written_down(2)))
    assert findings(replayed(learned, recording(written_down(4)))) == []


def sealed(number: int, *, marked: bool) -> Step:
    sent: Document = {"box": BOXES[number], "mark": NAMES[number]} if marked else {"box": BOXES[number]}
    return exchange(
        "POST", "/seals", json=sent, answer={"id": f"se_{ENTRIES[number][3:]}", "box": BOXES[number]}
    )


def test_an_entry_may_need_what_it_is_made_of() -> None:
    """A seal without a mark is not written down: between two entries there is none of it."""

    def marks(first: int) -> tuple[Step, ...]:
        entries: list[JsonValue] = [
            {"id": ENTRIES[number], "seal": f"se_{ENTRIES[number][3:]}", "mark": NAMES[number]}
            for number in (first, first + 2)
        ]
        return session(
            *(sealed(first + each, marked=each != 1) for each in range(3)),
            exchange("GET", "/entries", answer={"items": entries}),
            exchange("GET", f"/entries/{ENTRIES[first]}", answer=entries[0]),
        )

    [effect] = making(model_of(marks(0), marks(3)), "POST /seals")
    assert effect.key == When(Exists(ref("request.body.mark")), ref("made.id"))


def test_what_was_there_before_is_no_journal() -> None:
    """Entities that hold nothing of what was written are not made by it."""

    def shown(first: int) -> tuple[Step, ...]:
        entries: list[JsonValue] = [
            {"id": each, "kind": "old", "about": {"id": "bx_before1"}} for each in ENTRIES
        ]
        return session(
            exchange("POST", "/boxes", json={"name": NAMES[first]}, answer=box(first)),
            exchange("GET", "/entries", answer={"items": entries}),
            exchange("GET", f"/entries/{ENTRIES[0]}", answer=entries[0]),
        )

    assert making(model_of(shown(0), shown(1), shown(2))) == []


def test_a_key_that_an_answer_tells_is_not_made_fresh() -> None:
    """Where the write tells the key of the entry, the entry is made under that key."""

    def told(first: int) -> tuple[Step, ...]:
        return session(
            exchange(
                "POST",
                "/boxes",
                json={"name": NAMES[first]},
                answer={**box(first), "entry": ENTRIES[first]},
            ),
            exchange(
                "GET", f"/entries/{ENTRIES[first]}", answer={"id": ENTRIES[first], "name": NAMES[first]}
            ),
            exchange("GET", "/entries", answer={"items": [{"id": ENTRIES[first], "name": NAMES[first]}]}),
        )

    [effect] = making(model_of(told(0), told(1), told(2)))
    assert effect.key == ref("response.body.entry")
