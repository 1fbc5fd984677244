"""Quality: writes that tell a part of what they wrote; sets; what a service picks; numbers behind words."""

from __future__ import annotations

from tests.synth.recordings import Document, exchange, model_of, route, session, source, variant
from wraith.wir import Append, Call, Equals, First, Literal, Merge, NextKey, Put, Ref, SetField, Text, When

KEYS = ("pg_81Kd0q", "pg_72Lp3w", "pg_63Mo9e")


def page(key: str, *, votes: int = 0, labels: tuple[str, ...] = ()) -> Document:
    return {"id": key, "title": f"page {key}", "votes": votes, "labels": [*labels]}


def test_a_part_completes_what_is_known() -> None:
    """The answer to a vote tells the votes; the rest of the page stays."""
    model = model_of(
        *(
            session(
                exchange("POST", "/pages", json={"title": f"page {key}"}, answer=page(key)),
                exchange("POST", f"/pages/{key}/vote", answer={"id": key, "votes": 1}),
                exchange("POST", f"/pages/{key}/vote", answer={"id": key, "votes": 2}),
                exchange("GET", f"/pages/{key}", answer=page(key, votes=2)),
            )
            for key in KEYS
        )
    )
    voted = variant(model, "POST /pages/{page_id}/vote")
    told = Merge(Ref(("entity",)), Ref(("response", "body")))
    assert voted.effects == (Put("pages", Ref(("request", "path", "page_id")), told),)
    assert source(variant(model, "GET /pages/{page_id}"), "") == Ref(("entity",))


def test_an_element_is_added_once_and_removed() -> None:
    """A label that is there is not added again; the one that the path names goes."""
    model = model_of(
        *(
            session(
                exchange("POST", "/pages", json={"title": f"page {key}"}, answer=page(key)),
                *(
                    exchange("POST", f"/pages/{key}/labels", json={"name": name}, answer={"labels": [*left]})
                    for name, left in ((one, (one,)), (two, (one, two)), (one, (one, two)))
                ),
                exchange("GET", f"/pages/{key}", answer=page(key, labels=(one, two))),
                exchange("DELETE", f"/pages/{key}/labels/{one}", status=204),
                exchange("GET", f"/pages/{key}", answer=page(key, labels=(two,))),
            )
            for key, one, two in zip(KEYS, ("red", "new", "old"), ("big", "hot", "far"), strict=True)
        )
    )
    labels, name = First((Ref(("entity", "labels")), Literal([]))), Ref(("request", "body", "name"))
    there = Equals(Call("contains", (labels, name)), True)
    assert source(variant(model, "POST /pages/{page_id}/labels"), "labels") == When(
        there, labels, Append(labels, name)
    )
    gone = variant(model, "DELETE /pages/{page_id}/labels/{label_id}", 204).effects
    assert any(isinstance(each, SetField) and each.at == ("labels",) for each in gone)


def test_the_latest_is_picked() -> None:
    """What was made last is answered where no request names it."""
    model = model_of(
        *(
            session(
                *(
                    exchange("POST", "/pages", json={"title": f"page {key}"}, answer=page(key))
                    for key in keys
                ),
                exchange("GET", f"/pages/{keys[0]}", answer=page(keys[0])),
                exchange("GET", "/latest", answer=page(keys[-1])),
            )
            for keys in (KEYS, KEYS[::-1], (KEYS[1], KEYS[0], KEYS[2]))
        )
    )
    latest = route(model, "GET /latest")
    assert (latest.state_op, latest.entity) == ("read", "pages")
    assert source(variant(model, "GET /latest"), "") == Ref(("entity",))


def test_numbers_count_behind_a_word() -> None:
    """An invoice is numbered: the word and the zeros are of its key."""
    model = model_of(
        *(
            session(
                *(
                    exchange(
                        "POST",
                        "/invoices",
                        json={"total": n * 7},
                        answer={"id": f"INV-{n:04}", "total": n * 7},
                    )
                    for n in range(1, count)
                ),
                exchange(
                    "GET",
                    f"/invoices/INV-{count - 1:04}",
                    answer={"id": f"INV-{count - 1:04}", "total": (count - 1) * 7},
                ),
            )
            for count in (3, 5, 4)
        )
    )
    number = Call("pad", (NextKey("invoices"), Literal(4), Literal("0")))
    assert source(variant(model, "POST /invoices"), "id") == Text((Literal("INV"), Literal("-"), number))
