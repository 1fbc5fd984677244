"""Quality: lists beside what else their answers say, below a parent, and of what is stored in two ways."""

from __future__ import annotations

import pytest

from tests.synth.recordings import (
    Document,
    Step,
    exchange,
    findings,
    model_of,
    recording,
    replayed,
    session,
    source,
    variant,
)
from wraith.canonical import JsonValue
from wraith.synth import learn
from wraith.wir import Cast, Literal, Query, Ref, Where


def listed(items: list[Document]) -> JsonValue:
    return {"items": [*items]}


def asked(name: str) -> Ref:
    return Ref(("request", "query", name))


def test_a_number_beside_a_list_that_equals_its_length_is_no_id() -> None:
    """A total is what the query counted, although some key may be the same number."""
    sessions = [
        session(
            *(
                exchange("POST", "/v1/cups", json={"n": number * 7}, answer={"id": number, "n": number * 7})
                for number in range(1, total + 1)
            ),
            exchange("GET", "/v1/cups/1", answer={"id": 1, "n": 7}),
            exchange(
                "GET",
                "/v1/cups",
                answer={
                    "cups": [{"id": n, "n": n * 7} for n in range(1, total + 1)],
                    "total": total,
                    "version": 2,
                },
            ),
        )
        for total in (2, 3, 5)
    ]
    listing = variant(model_of(*sessions), "GET /v1/cups")
    assert source(listing, "total") in (Ref(("page", "total")), Ref(("page", "count")))
    assert source(listing, "version") == Literal(2)


def leaves_of(number: int) -> tuple[Step, ...]:
    tree = f"tr_{number}k3Jd82"
    made: list[Document] = [{"id": f"lf_{number}{at}x9Pq27", "tree": tree} for at in range(3)]
    return session(
        *(exchange("POST", f"/v1/trees/{tree}/leaves", json={}, answer=each) for each in made),
        exchange("GET", f"/v1/trees/{tree}/leaves", answer=listed(made)),
        exchange("GET", f"/v1/leaves/{made[0]['id']}", answer=made[0]),
    )


def test_a_nested_list_shows_what_belongs_to_its_parent() -> None:
    """Although nothing of another parent was stored, the list is taken for the parent's own."""
    found = source(variant(model_of(*map(leaves_of, range(3))), "GET /v1/trees/{tree_id}/leaves"), "items")
    assert isinstance(found, Query)
    assert found.where == (Where(("tree",), "equals", Ref(("request", "path", "tree_id"))),)


def felled(number: int, *, typed: bool) -> tuple[Step, ...]:
    """Trees are standing or not, until one is changed by a text; a list asks for those that are not."""
    made: list[Document] = [{"id": f"tr_{number}{at}k3Jd82", "standing": at != 1} for at in range(3)]
    changed = {**made[0], "standing": "false"}
    shown = made[1:2] if typed else [changed, made[1]]
    return session(
        *(exchange("POST", "/v1/trees", json={"standing": each["standing"]}, answer=each) for each in made),
        exchange("GET", f"/v1/trees/{made[0]['id']}", answer=made[0]),
        exchange("GET", "/v1/trees?standing=true", answer=listed([made[0], made[2]])),
        exchange("POST", f"/v1/trees/{made[0]['id']}", form={"standing": "false"}, answer=changed),
        exchange("GET", "/v1/trees?standing=false", answer=listed(shown)),
    )


@pytest.mark.parametrize("typed", [True, False])
def test_a_truth_may_be_compared_by_type(*, typed: bool) -> None:
    """What is stored as a text is no truth, where a list leaves it out; else it is as good as one."""
    corpus = recording(*(felled(number, typed=typed) for number in range(3)))
    learned = learn(corpus)
    found = source(variant(learned.model, "GET /v1/trees"), "items")
    assert isinstance(found, Query)
    assert (Where(("standing",), "is", Cast(asked("standing"), "boolean")) in found.where) is typed
    assert findings(replayed(learned, corpus)) == []
