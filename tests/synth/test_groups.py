"""Quality: what answers say of groups of what they found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from tests.synth.recordings import Document, Step, exchange, model_of, session, source, variant
from tests.synth.test_lists import query
from wraith.canonical import JsonValue
from wraith.wir import Call, Each, Expr, Literal, Object, Query, Ref, Where

KINDS = ("oak", "elm", "oak", "ash", "elm", "oak")


def trees(number: int) -> list[Document]:
    return [
        {"id": f"tr_{number}{at}k3Jd82", "kind": kind, "size": (at * 7 + number) % 5 + 1, "tall": at % 2 == 0}
        for at, kind in enumerate(KINDS[: 4 + number % 3])
    ]


def learned(said: Callable[[Sequence[Document]], JsonValue]) -> Expr:
    """Return what is learned of a member ``of`` that lists have beside their trees."""

    def planted(number: int) -> tuple[Step, ...]:
        some = trees(number)

        def shown(target: str, found: list[Document]) -> Step:
            items: list[JsonValue] = [*found[:3]]
            return exchange("GET", target, answer={"items": items, "total": len(found), "of": said(found)})

        return session(
            *(
                exchange("POST", "/v1/trees", json={k: v for k, v in t.items() if k != "id"}, answer=t)
                for t in some
            ),
            exchange("GET", f"/v1/trees/{some[0]['id']}", answer=some[0]),
            shown(query(("limit", 3)), some),
            shown(query(("tall", "true"), ("limit", 3)), [t for t in some if t["tall"]]),
            shown(query(("tall", "false"), ("limit", 3)), [t for t in some if not t["tall"]]),
        )

    return source(variant(model_of(*map(planted, range(4))), "GET /v1/trees"), "of")


FOUND = Query("trees", (Where(("tall",), "equals", Ref(("request", "query", "tall"))),))
BY_KIND = Literal("kind")


def test_facets_count_what_was_found_on_all_pages() -> None:
    """An object of counts by the value of a field is a tally of the list before it is cut."""
    found = learned(lambda some: dict(Counter(str(t["kind"]) for t in some)))
    assert found == Call("tally", (FOUND, BY_KIND))


def test_facets_of_nothing_are_there_where_every_value_is() -> None:
    """Values that nothing found has are counted as none."""

    def said(some: Sequence[Document]) -> JsonValue:
        return {kind: sum(t["kind"] == kind for t in some) for kind in ("oak", "elm", "ash")}

    assert learned(said) == Call("tally", (FOUND, BY_KIND, Literal(""), Query("trees")))


def test_facets_may_be_a_list() -> None:
    """An element for each value, with how many there are, the largest first."""

    def said(some: Sequence[Document]) -> JsonValue:
        counted = Counter(str(t["kind"]) for t in some)
        return [{"term": k, "n": n} for k, n in sorted(counted.items(), key=lambda each: (-each[1], each[0]))]

    found = learned(said)
    assert isinstance(found, Each)
    assert found.of == Call("groups", (FOUND, BY_KIND, Literal("count_value")))
    assert found.item == Object((("term", Ref(("item", "value"))), ("n", Ref(("item", "count")))))


def test_the_same_numbers_everywhere_are_no_facets() -> None:
    """What every list says is a constant."""
    assert not isinstance(learned(lambda some: {"oak": 3, "elm": 2}), Call)


def test_a_list_of_new_things_is_no_list_of_groups() -> None:
    """Elements that say nothing of how many there are list something else, as many as it happens to be."""
    found = learned(lambda some: [{"note": f"x{at}"} for at in range(len({str(t["kind"]) for t in some}))])
    assert "groups" not in repr(found)
