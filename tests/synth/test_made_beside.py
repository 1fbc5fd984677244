"""Quality: entities that a write makes beside its answer, which tells their key."""

from __future__ import annotations

from tests.synth.recordings import (
    Document,
    Step,
    exchange,
    findings,
    recording,
    replayed,
    route,
    session,
    source,
    variant,
)
from wraith.canonical import JsonValue
from wraith.synth import learn
from wraith.wir import Absent, Each, First, FreshId, Given, Literal, Lookup, Make, Model, When, ref

RENTALS = ("re_k3Jd82mQ", "re_9xPq27Lb", "re_Zr41wTn6", "re_b8Vc5Hs0")
BILLS = ("bi_Q7my3Ke2", "bi_4fGu9Da1", "bi_Wd6zR1pX", "bi_m2Xc8Lv0")
SLIPS = ("sl_u8Bn4Ty6", "sl_c1Zq7Rw9", "sl_n5Hf0Sp3", "sl_y9Ld2Mj4")
RENTS = (170, 240, 395, 510)


def rent(number: int) -> Step:
    sent: Document = {"rent": RENTS[number]}
    answer: Document = {"id": RENTALS[number], "rent": RENTS[number], "bill": BILLS[number]}
    return exchange("POST", "/rentals", json=sent, answer=answer)


def bill(number: int) -> Document:
    """A bill asks for the rent and a tenth of it, and has a slip of its own, which its address names."""
    tax = RENTS[number] // 10
    slip: Document = {"id": SLIPS[number], "path": f"/slips/{SLIPS[number]}"}
    return {
        "id": BILLS[number],
        "rental": RENTALS[number],
        "tax": tax,
        "total": RENTS[number] + tax,
        "slip": slip,
        "path": f"/bills/{BILLS[number]}",
    }


def shown(number: int) -> tuple[Step, ...]:
    """The bill is shown."""
    items: list[JsonValue] = [bill(number)]
    return (
        exchange("GET", f"/bills/{BILLS[number]}", answer=bill(number)),
        exchange("GET", "/bills?limit=1", answer={"items": items}),
    )


def made(model: Model) -> dict[str, object]:
    """Return what the bill is made of: the expression or the value of each part, by its place."""
    [effect] = [each for each in route(model, "POST /rentals").variants[0].effects if isinstance(each, Make)]
    holes = dict(effect.holes)
    found: dict[str, object] = {}

    def look(node: JsonValue, at: str) -> None:
        if isinstance(node, dict):
            for name, member in node.items():
                look(member, f"{at}.{name}" if at else name)
        else:
            found[at] = holes.get(str(node)[1:], node)

    look(effect.template, "")
    return found


def test_a_document_made_beside_sees_its_own_parts() -> None:
    """What is worked out from the document's own parts says so, and what the answer tells is the answer's."""
    corpus = recording(*((rent(number), *shown(number)) for number in range(4)))
    learned = learn(corpus)
    parts = made(learned.model)
    assert parts["id"] == ref("response.body.bill")
    assert parts["slip.id"] == FreshId("sl_[A-Za-z0-9]{8}")
    assert "made" in repr(parts["slip.path"])
    assert "FreshId(" not in repr(parts["path"])
    assert findings(replayed(learned, corpus)) == []


def test_it_may_be_met_in_a_later_session() -> None:
    """A bill is made when the rental is, although only the next session of the run shows it."""
    sessions: list[tuple[Step, ...]] = []
    for number in range(4):
        known: Document = {"id": RENTALS[number], "rent": RENTS[number], "bill": BILLS[number]}
        sessions += [
            (rent(number),),
            (exchange("GET", f"/rentals/{RENTALS[number]}", answer=known), *shown(number)),
        ]
    learned = learn(recording(*sessions))
    assert made(learned.model)["rental"] == ref("response.body.id")


TAXES = ("tx_k3Jd82mQ", "tx_9xPq27Lb", "tx_Zr41wTn6")
RATES = (10, 20, 25)


def taxed(number: int, chosen: list[int]) -> tuple[Step, ...]:
    """A bill lists the rates that are asked for; where none is, it has an empty list."""
    rates: list[Document] = [{"id": TAXES[at], "rate": RATES[at]} for at in range(3)]
    sent: Document = {"taxes": [TAXES[at] for at in chosen]} if chosen else {"taxes": None}
    lines: list[JsonValue] = [{"tax": TAXES[at], "rate": RATES[at]} for at in chosen]
    return session(
        *(exchange("POST", "/taxes", json={"rate": each["rate"]}, answer=each) for each in rates),
        exchange("GET", f"/taxes/{TAXES[0]}", answer=rates[0]),
        exchange("POST", "/bills", json=sent, answer={"id": BILLS[number], "lines": lines}),
    )


def test_a_list_is_made_from_what_may_be_null() -> None:
    """Each element says what it refers to, not what stands at a fixed place; null makes an empty list."""
    learned = learn(recording(taxed(0, [0]), taxed(1, []), taxed(2, [2]), taxed(3, [1])))
    found = source(variant(learned.model, "POST /bills"), "lines")
    assert isinstance(found, Each)
    assert found.of == First((Given(ref("request.body.taxes")), Literal([])))
    assert Lookup("taxes", ref("item"), ("rate",)) in dict(getattr(found.item, "members", ())).values()


def wheels(number: int) -> tuple[Step, ...]:
    """A wheel brings a new hub, or has one that is there."""
    hub: Document = {"id": f"hu_{RENTALS[number][3:]}", "name": f"hub {number}"}
    first: Document = {"id": f"wh_{BILLS[number][3:]}", "hub": hub["id"]}
    second: Document = {"id": f"wh_{SLIPS[number][3:]}", "hub": hub["id"]}
    return session(
        exchange("POST", "/wheels", json={"hub_name": hub["name"]}, answer=first),
        exchange("GET", f"/hubs/{hub['id']}", answer=hub),
        exchange("POST", "/wheels", json={"hub": hub["id"]}, answer=second),
        exchange("GET", f"/hubs/{hub['id']}", answer=hub),
    )


def test_nothing_is_made_under_a_key_that_is_taken() -> None:
    """A write that refers to what is there leaves it as it is."""
    corpus = recording(*map(wheels, range(4)))
    learned = learn(corpus)
    hub = ref("response.body.hub")
    keys = [
        each.key
        for made in route(learned.model, "POST /wheels").variants
        for each in made.effects
        if isinstance(each, Make)
    ]
    assert set(keys) == {When(Absent(Lookup("hubs", hub)), hub)}
    assert findings(replayed(learned, corpus)) == []
