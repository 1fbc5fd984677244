"""Quality: values that are worked out. The smallest recordings that teach a calculation, and coincidences
that must not."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import md5, sha1

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
from wraith.wir import (
    Append,
    Call,
    Each,
    Expr,
    Literal,
    Lookup,
    Model,
    Object,
    Query,
    Sum,
    When,
    Where,
    ref,
)

KEYS = (
    "it_k3Jd82mQ",
    "it_9xPq27Lb",
    "it_Zr41wTn6",
    "it_b8Vc5Hs0",
    "it_Q7my3Ke2",
    "it_4fGu9Da1",
    "it_Wd6zR1pX",
)


def created(rows: Sequence[tuple[Document, JsonValue]]) -> Model:
    """Return what is learned from one creation per session; answers hold ``value`` beside a fresh key."""
    return model_of(
        *(
            session(exchange("POST", "/items", json=sent, answer={"id": key, "value": value}))
            for key, (sent, value) in zip(KEYS, rows, strict=False)
        )
    )


def call(function: str, *of: Expr | int) -> Call:
    return Call(function, tuple(Literal(each) if isinstance(each, int) else each for each in of))


def share(amount: Expr, percent: Expr | int) -> Call:
    return call("divide", call("multiply", amount, percent), 100)


A, B = ref("request.body.a"), ref("request.body.b")
LINES = ref("request.body.lines")


def lines(*pairs: tuple[int, int]) -> Document:
    return {"lines": [{"unit": unit, "count": count} for unit, count in pairs]}


CALCULATIONS: dict[str, tuple[list[tuple[Document, JsonValue]], Expr]] = {
    "product": (
        [({"a": 3, "b": 7}, 21), ({"a": 5, "b": 11}, 55), ({"a": 2, "b": 9}, 18)],
        call("multiply", A, B),
    ),
    "difference": (
        [({"a": 30, "b": 7}, 23), ({"a": 52, "b": 11}, 41), ({"a": 20, "b": 9}, 11)],
        Sum((A,), (B,)),
    ),
    "one more": ([({"a": 3}, 4), ({"a": 17}, 18), ({"a": 8}, 9)], Sum((A, Literal(1)))),
    "half up": (
        [({"a": 150}, 29), ({"a": 210}, 40), ({"a": 333}, 63), ({"a": 50}, 10)],
        call("round", share(A, 19)),
    ),
    "rounded down": ([({"a": 155}, 29), ({"a": 219}, 41), ({"a": 339}, 64)], call("floor", share(A, 19))),
    "percentage asked for": (
        [({"a": 150, "b": 15}, 23), ({"a": 210, "b": 7}, 15), ({"a": 333, "b": 30}, 100)],
        call("round", share(A, B)),
    ),
    "sum of products": (
        [(lines((3, 7), (2, 5)), 31), (lines((4, 9)), 36), (lines((1, 8), (6, 3)), 26)],
        call("total", Each(LINES, call("multiply", ref("item.unit"), ref("item.count")))),
    ),
    "greatest of a list": (
        [(lines((3, 1), (20, 1)), 20), (lines((44, 2)), 44), (lines((17, 1), (6, 3)), 17)],
        call("maximum", Each(LINES, ref("item.unit"))),
    ),
    "count": ([({"lines": ["x"] * n}, n) for n in (3, 5, 8)], call("count", LINES)),
    "small letters": ([({"a": "Ant"}, "ant"), ({"a": "BeE"}, "bee")], call("lower", A)),
    "slug": ([({"a": "Red Ant!"}, "red-ant"), ({"a": "A bee, too"}, "a-bee-too")], call("slug", A)),
    "last four": ([({"a": "40001234"}, "1234"), ({"a": "50009876"}, "9876")], call("slice", A, -4)),
    "fingerprint": (
        [({"a": text}, sha1(text.encode()).hexdigest()[:12]) for text in ("ant", "bee")],
        call("slice", call("sha1", A), 0, 12),
    ),
    "digest": (
        [({"a": text}, b64encode(md5(text.encode()).digest()).decode()) for text in ("ant", "bee")],
        Call("md5", (A, Literal("base64"))),
    ),
    "first two": ([({"a": "DE123"}, "DE"), ({"a": "FR998"}, "FR")], call("slice", A, 0, 2)),
}


@pytest.mark.parametrize("name", CALCULATIONS)
def test_a_value_is_worked_out(name: str) -> None:
    """Three different results teach a calculation, two a function of a text."""
    rows, expected = CALCULATIONS[name]
    assert source(variant(created(rows), "POST /items"), "value") == expected


COINCIDENCES: dict[str, list[tuple[Document, JsonValue]]] = {
    "two sums": [({"a": 3, "b": 4}, 7), ({"a": 10, "b": 1}, 11)],
    "the same product again": [({"a": 3, "b": 4}, 12), ({"a": 3, "b": 4}, 12), ({"a": 6, "b": 2}, 12)],
    "one slice": [({"a": "DE123", "b": 1}, "DE"), ({"a": "DE998", "b": 2}, "DE")],
    "one fingerprint": [({"a": "ant", "b": n}, sha1(b"ant").hexdigest()[:12]) for n in (1, 2)],
    "a percentage that fits once": [({"a": 200}, 38), ({"a": 100}, 18), ({"a": 300}, 99)],
}


@pytest.mark.parametrize("name", COINCIDENCES)
def test_a_coincidence_is_no_calculation(name: str) -> None:
    """Too few different results, or one that does not fit, teach nothing."""
    found = source(variant(created(COINCIDENCES[name]), "POST /items"), "value")
    assert not isinstance(found, Sum | Call)


def test_elements_are_made_one_by_one() -> None:
    """A list of the answer is a map over a list of the request: position, echo, product."""
    rows = [
        (
            lines(*pairs),
            [{"number": i + 1, "unit": u, "amount": u * n} for i, (u, n) in enumerate(pairs)],
        )
        for pairs in (((3, 7), (2, 5)), ((4, 9),), ((1, 8), (6, 3), (5, 5)))
    ]
    found = source(variant(created(rows), "POST /items"), "value")  # type: ignore[arg-type]  # documents
    amount = call("multiply", ref("item.count"), ref("item.unit"))
    assert isinstance(found, Each)
    assert found.of == LINES
    assert isinstance(found.item, Object)
    assert dict(found.item.members) == {
        "number": Sum((ref("position"), Literal(1))),
        "unit": ref("item.unit"),
        "amount": amount,
    }


# --- what is stored -----------------------------------------------------------------------------------------


SHOPS = ("shop_a81Kd0", "shop_7Fz2pQ", "shop_Lm45xE")
STATES = ("open", "paid", "void")


def sales() -> list[tuple[Step, ...]]:
    """Return sessions with two shops each: both make sales, of which some are void, and the report of the
    first is read after each; what is void does not count."""
    sessions = []
    for number, shop in enumerate(SHOPS):
        other = f"{shop}Other"
        steps = [created_at("/shops", {"id": each, "name": each[5:]}) for each in (shop, other)]
        count = earned = 0
        for at in range(4):
            amount, state = 100 + 37 * at + number, STATES[(at + number) % 3]
            for owner, more in ((shop, 0), (other, 1000)):
                key = f"sale_{number}x{at}Qk{number * 7 + at + more}"
                sale: Document = {"id": key, "shop": owner, "amount": amount + more, "state": state}
                steps += [created_at("/sales", sale), exchange("GET", f"/sales/{key}", answer=sale)]
            if state != "void":
                count, earned = count + 1, earned + amount
            report: Document = {"shop": shop, "sales": count, "earned": earned}
            steps.append(exchange("GET", f"/shops/{shop}/report", answer=report))
        steps.append(exchange("GET", f"/shops/{shop}", answer={"id": shop, "name": shop[5:]}))
        sessions.append(session(*steps))
    return sessions


def created_at(path: str, document: Document) -> Step:
    """Return a creation that is answered with what was sent and a key."""
    return exchange("POST", path, json={k: v for k, v in document.items() if k != "id"}, answer=document)


def test_reports_add_up_what_is_stored() -> None:
    """Counts and totals over the entities that refer to the addressed one, in some of their states."""
    of_report = variant(model_of(*sales()), "GET /shops/{shop_id}/report")
    where = (
        Where(("shop",), "equals", ref("request.path.shop_id"), False),
        Where(("state",), "equals", Literal(["open", "paid"]), False),
    )
    assert source(of_report, "sales") == call("count", Query("sales", where))
    assert source(of_report, "earned") == call("total", Query("sales", where, item=ref("entity.amount")))


def test_names_are_those_of_the_day() -> None:
    """What an entity refers to is looked up when it is read; a stored copy would be stale."""
    model = model_of(*(renamed(number, key) for number, key in enumerate(KEYS[:4])))
    name = source(variant(model, "GET /notes/{note_id}"), "author")
    assert isinstance(name, Object | Lookup) or name == Lookup("people", ref("entity.author.id"), ("name",))


def renamed(number: int, key: str) -> tuple[Step, ...]:
    person = f"per_{key[3:]}"
    first, then = f"Ann {key[3:6]}", f"Bea {key[6:]}"
    note = {"id": key, "text": f"t{number}", "author": {"id": person, "name": first}}
    return session(
        exchange("POST", "/people", json={"name": first}, answer={"id": person, "name": first}),
        exchange("POST", "/notes", json={"text": f"t{number}", "author": person}, answer=note),
        exchange("GET", f"/notes/{key}", answer=note),
        exchange("PATCH", f"/people/{person}", json={"name": then}, answer={"id": person, "name": then}),
        exchange("GET", f"/people/{person}", answer={"id": person, "name": then}),
        exchange("GET", f"/notes/{key}", answer={**note, "author": {"id": person, "name": then}}),
    )


def test_parts_come_and_go() -> None:
    """A part that is added stands at the end with the next number; one that the path names goes."""
    corpus = recording(*(parts(number, key) for number, key in enumerate(KEYS)))
    learned = learn(corpus)
    added = source(variant(learned.model, "POST /carts/{cart_id}/lines"), "lines")
    assert isinstance(added, Append)
    assert findings(replayed(learned, corpus)) == []


def parts(number: int, key: str) -> tuple[Step, ...]:
    cart = f"cart_{key[3:]}"
    shown: list[JsonValue] = []
    steps = [
        exchange("POST", "/carts", json={"name": key}, answer={"id": cart, "name": key, "lines": []}),
        exchange("GET", f"/carts/{cart}", answer={"id": cart, "name": key, "lines": []}),
    ]
    for at in range(2 + number % 2):
        shown = [*shown, {"number": at + 1, "what": f"w{number}{at}"}]
        whole = {"id": cart, "name": key, "lines": shown}
        steps.append(exchange("POST", f"/carts/{cart}/lines", json={"what": f"w{number}{at}"}, answer=whole))
    gone = 1 + number % 2
    left = [each for each in shown if isinstance(each, dict) and each["number"] != gone]
    whole = {"id": cart, "name": key, "lines": left}
    steps.append(exchange("DELETE", f"/carts/{cart}/lines/{gone}", answer=whole))
    return session(*steps, exchange("GET", f"/carts/{cart}", answer=whole))


# --- conditions ---------------------------------------------------------------------------------------------


def test_a_member_appears_under_a_condition() -> None:
    """What was sent is shown only where another field asks for it."""
    rows: list[Document] = [
        {"gift": gift, "note": f"note {number}"}
        for number, gift in enumerate((True, False, True, False, True, False))
    ]
    model = model_of(
        *(
            session(
                exchange(
                    "POST",
                    "/items",
                    json=sent,
                    answer={
                        "id": key,
                        "gift": sent["gift"],
                        **({"note": sent["note"]} if sent["gift"] else {}),
                    },
                )
            )
            for key, sent in zip(KEYS, rows, strict=False)
        )
    )
    found = {
        repr(source(each, "note"))
        for route in model.routes
        for each in route.variants
        if "note" in str(each.body_template)
    }
    assert all("When" in each or "request" in each for each in found)
    for number, sent in enumerate(rows):
        assert ("note" in answered(model, sent)) is bool(sent["gift"]), number


def answered(model: Model, sent: Document) -> Document:
    """Return what a twin answers to a creation."""
    from wraith.exchange import decode_body
    from wraith.runtime import Twin

    twin = Twin(model)
    request = exchange("POST", "/items", json=sent)(0).request
    answer = twin.respond(request, twin.open_session("seed"), now_ms=0)
    document = decode_body("application/json", answer.response.body).document
    assert isinstance(document, dict)
    return document


def test_texts_count() -> None:
    """A text that holds a count may have words of its own for a single one."""
    from wraith.synth._guards.conditions import counted_text

    counts = call("count", ref("response.body.errors"))
    texts = ["1 field is wrong", "2 fields are wrong", "3 fields are wrong"]
    made = counted_text(texts, [(counts, [1, 2, 3])])
    assert made is not None
    assert not isinstance(made, When)
    assert "1 field is wrong" in repr(made)
    assert counted_text(texts, [(counts, [1, 2, 4])]) is None


def test_a_member_that_is_a_list_of_others_is_a_query() -> None:
    """The entities that refer to the addressed one, in one of their states, are found when they are shown."""
    sessions = []
    for number, shop in enumerate(SHOPS):
        rooms: list[JsonValue] = []
        steps = [created_at("/shops", {"id": shop, "name": shop[5:]})]
        for at in range(number + 2):
            state = ("open", "shut", "open")[(at + number) % 3]
            room: Document = {"id": f"room_{number}{at}Kd{number * 3 + at}", "shop": shop, "state": state}
            other: Document = {"id": f"room_{number}{at}Zx{number * 3 + at}", "shop": "none", "state": "open"}
            rooms = [*rooms, room] if state == "open" else rooms
            steps += [created_at("/rooms", room), created_at("/rooms", other)]
            steps.append(exchange("GET", f"/rooms/{room['id']}", answer=room))
            steps.append(
                exchange("GET", f"/shops/{shop}", answer={"id": shop, "name": shop[5:], "rooms": rooms})
            )
        sessions.append(session(*steps))
    found = source(variant(model_of(*sessions), "GET /shops/{shop_id}"), "rooms")
    mine = Where(("shop",), "equals", ref("response.body.id"), False)
    assert found == Query("rooms", (mine, Where(("state",), "equals", Literal("open"), False)))


def test_what_one_session_has_is_no_case() -> None:
    """A map from identifiers to identifiers, each met in one session, is learned by heart and teaches
    nothing."""
    sessions = [
        session(
            *(
                exchange(
                    "POST",
                    "/items",
                    json={"owner": KEYS[number], "n": at},
                    answer={"id": f"{KEYS[number]}{at}Qz{at * 7}", "code": KEYS[-number - 1]},
                )
                for at in range(3)
            )
        )
        for number in range(3)
    ]
    found = source(variant(model_of(*sessions), "POST /items"), "code")
    assert "Case(" not in repr(found)
