"""Quality: parts of an answer that speak of a list in the same answer."""

from __future__ import annotations

import pytest

from tests.synth.recordings import Document, Step, exchange, model_of, session, source, variant
from wraith.canonical import JsonValue
from wraith.wir import Call, Delete, Each, Expr, First, Literal, Query, Where, ref

BOXES = ("bx_k3Jd82mQ", "bx_9xPq27Lb", "bx_Zr41wTn6", "bx_b8Vc5Hs0")
TICKETS = (
    "ti_Q7my3Ke2",
    "ti_4fGu9Da1",
    "ti_Wd6zR1pX",
    "ti_m2Xc8Lv0",
    "ti_u8Bn4Ty6",
    "ti_c1Zq7Rw9",
    "ti_n5Hf0Sp3",
)
LIST = ref("response.body.tickets")


def emptied(number: int, count: int, named: str) -> tuple[Step, ...]:
    """A box gets tickets, of which one is removed: the answer is the box, with those that are left, and one
    of them by its key."""
    box, keys = BOXES[number], TICKETS[number : number + count]
    made: list[Document] = [{"id": key, "box": box} for key in keys]
    left: list[JsonValue] = list(made[1:])
    first: JsonValue = keys[1] if count > 1 else None
    last: JsonValue = keys[-1] if count > 1 else None
    chosen = first if named == "first" else last
    empty: Document = {"id": box, "main": None, "tickets": [], "left": 0}
    return session(
        exchange("POST", "/boxes", json={}, answer=empty),
        *(exchange("POST", f"/boxes/{box}/tickets", json={}, answer=each) for each in made),
        exchange("GET", f"/boxes/{box}/tickets/{keys[0]}", answer=made[0]),
        exchange(
            "DELETE",
            f"/boxes/{box}/tickets/{keys[0]}",
            answer={"id": box, "main": chosen, "tickets": left, "left": count - 1},
        ),
        exchange("GET", f"/boxes/{box}/tickets/{keys[0]}", status=404, answer={"error": "no such ticket"}),
    )


SIZES = ((0, 3), (1, 4), (2, 1), (3, 3))


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("first", ref("response.body.tickets[0].id")),
        ("last", Call("element", (Each(LIST, ref("item.id")), Literal(-1)))),
    ],
)
def test_a_part_repeats_an_element_of_a_list(named: str, expected: Expr) -> None:
    """The first or the last element of what is left is named; null where nothing is."""
    model = model_of(*(emptied(number, count, named) for number, count in SIZES))
    removal = variant(model, "DELETE /boxes/{box_id}/tickets/{ticket_id}")
    assert source(removal, "main") == First((expected, Literal(None)))


def test_a_number_counts_the_list_beside_it() -> None:
    """How many are left is the length of what is left, of which two lengths are enough."""
    model = model_of(*(emptied(number, count, "first") for number, count in ((0, 3), (1, 2), (2, 3))))
    removal = variant(model, "DELETE /boxes/{box_id}/tickets/{ticket_id}")
    assert source(removal, "left") == Call("count", (LIST,))


def test_a_removal_may_answer_with_what_stands_above() -> None:
    """The ticket is removed although the box is answered, with the tickets that are left."""
    model = model_of(*(emptied(number, count, "first") for number, count in SIZES))
    removal = variant(model, "DELETE /boxes/{box_id}/tickets/{ticket_id}")
    assert Delete("tickets", ref("request.path.ticket_id")) in removal.effects
    own = Where(("box",), "equals", ref("request.path.box_id"), when_given=False)
    rest = Where(("id",), "differs", ref("request.path.ticket_id"), when_given=False)
    assert source(removal, "tickets") == Query("tickets", (own, rest))


def test_a_text_that_some_element_has_is_not_repeated() -> None:
    """One that is now the first element's and now another's is not taken for either."""
    sessions = [emptied(number, count, "first" if number % 2 else "last") for number, count in SIZES]
    removal = variant(model_of(*sessions), "DELETE /boxes/{box_id}/tickets/{ticket_id}")
    assert "tickets" not in repr(source(removal, "main"))
