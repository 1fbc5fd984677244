"""Quality: addresses that answer about what a query names, and such as have a state of their own."""

from __future__ import annotations

from tests.synth.recordings import Document, Step, exchange, model_of, route, session, source, variant
from wraith.wir import Lookup, Sum, ref

BOXES = ("bx_k3Jd82mQ", "bx_9xPq27Lb", "bx_Zr41wTn6", "bx_b8Vc5Hs0")
COATS = ("co_Q7my3Ke2", "co_4fGu9Da1", "co_Wd6zR1pX", "co_m2Xc8Lv0")
PRICES = (70, 115, 310, 48)
NAMES = ("ant", "bee", "cow", "dog")


def quoted(number: int) -> tuple[Step, ...]:
    """Boxes and coats have prices, and an address says what both come to."""
    box: Document = {"id": BOXES[number], "price": PRICES[number]}
    coat: Document = {"id": COATS[number], "price": PRICES[number] // 3}
    pair = f"box={BOXES[number]}&coat={COATS[number]}"
    together = PRICES[number] + PRICES[number] // 3
    answer: Document = {"box": BOXES[number], "coat": COATS[number], "price": together}
    return session(
        exchange("POST", "/boxes", json={"price": box["price"]}, answer=box),
        exchange("GET", f"/boxes/{BOXES[number]}", answer=box),
        exchange("POST", "/coats", json={"price": coat["price"]}, answer=coat),
        exchange("GET", f"/coats/{COATS[number]}", answer=coat),
        exchange("GET", f"/quote?{pair}", answer=answer),
        exchange("GET", f"/quote?{pair}", answer=answer),
    )


def test_a_report_is_no_entity() -> None:
    """What the query names is looked up each time; nothing is kept of the answer before."""
    found = variant(model_of(*map(quoted, range(4))), "GET /quote")
    assert source(found, "box") == ref("request.query.box")
    parts = [
        Lookup(name, ref(f"request.query.{of}"), ("price",))
        for name, of in (("boxes", "box"), ("coats", "coat"))
    ]
    assert source(found, "price") in (Sum(tuple(parts)), Sum((parts[1], ref("entity.price"))))


def test_a_singleton_is_an_entity() -> None:
    """What is asked for without a query, or repeats nothing of it, has a state."""
    model = model_of(
        *(
            session(
                exchange("PUT", "/profile", json={"name": name}, answer={"name": name}),
                exchange("GET", "/profile", answer={"name": name}),
                exchange("GET", "/profile?verbose=true", answer={"name": name}),
            )
            for name in NAMES
        )
    )
    assert route(model, "GET /profile").entity == "profile"
