"""Quality: bulk writes, of which each element has the answer and the effect that a single write has."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.synth.recordings import Document, Step, exchange, model_of, names, session, variant
from wraith.canonical import JsonValue, parse
from wraith.exchange import Exchange, Request, Response, encode_json, encode_lines
from wraith.runtime import Twin
from wraith.wir import Ask, Call, Each, Literal, Model, Object, Ref, Sum

KEYS = ("bx_k3Jd82mQ", "bx_9xPq27Lb", "bx_Zr41wTn6", "bx_b8Vc5Hs0", "bx_Qa7rT2ec", "bx_m4Wy6Np1")
LINES = ("content-type", "application/x-ndjson")
ASKED = Ask(
    Ref(("request", "method")),
    Call("below", (Ref(("request", "target")), Literal("#each"))),
    None,
    Ref(("item",)),
)


def in_lines(method: str, target: str, sent: Sequence[JsonValue], told: Sequence[JsonValue]) -> Step:
    """Return an exchange whose bodies are documents that follow one another."""
    request = Request(method, target, (LINES,), encode_lines(sent, encode_json))
    response = Response(200, (LINES,), encode_lines(told, encode_json))
    return lambda now_ms: Exchange(request, response, now_ms, 5)


def asked(
    model: Model, *requests: tuple[str, str, bytes], kind: str = "application/x-ndjson"
) -> list[Response]:
    """Return what a twin answers to requests of one session, one after the other."""
    twin = Twin(model)
    own = twin.open_session()
    headers = (("content-type", kind),)
    return [
        twin.respond(Request(method, target, headers if body else (), body), own, now_ms=number).response
        for number, (method, target, body) in enumerate(requests, 2_000_000_000_000)
    ]


# --- lines --------------------------------------------------------------------------------------------------


def loaded(number: int) -> tuple[Step, ...]:
    """Two boxes come in and one that is none; all go out."""
    one, other = KEYS[number], KEYS[number + 3]
    boxes: list[Document] = [{"id": one, "size": number + 4}, {"id": other, "size": number + 7}]
    return session(
        in_lines(
            "POST",
            "/boxes/load",
            [{"size": number + 4}, {}, {"size": number + 7}],
            [
                {"row": 1, "ok": True, "id": one},
                {"row": 2, "ok": False, "why": "size is missing"},
                {"row": 3, "ok": True, "id": other},
            ],
        ),
        *(exchange("GET", f"/boxes/{box['id']}", answer=box) for box in boxes),
        in_lines("GET", "/boxes/dump", [], boxes),
    )


def test_each_line_is_answered_by_a_line() -> None:
    """What a line does is a route of its own, and results count their lines."""
    model = model_of(*map(loaded, range(3)))
    assert "POST /boxes/load/#each" in names(model)
    hole = variant(model, "POST /boxes/load").holes["hole_1"]
    numbered = Object((("row", Sum((Ref(("position",)), Literal(1)))),), Ref(("item", "body")))
    assert hole.source == Each(Each(Ref(("request", "body")), ASKED), numbered)


def test_each_line_has_the_effect_of_a_write() -> None:
    """What is loaded is there, and is dumped as lines that end as the service ends them."""
    model = model_of(*map(loaded, range(3)))
    body = b'{"size":1}\n{"size":2}\n\n{}\n{"size":3}'
    told, dumped = asked(model, ("POST", "/boxes/load", body), ("GET", "/boxes/dump", b""))
    results = [parse(line) for line in told.body.splitlines()]
    keys = [line["id"] for line in results if isinstance(line, dict) and "id" in line]
    assert [line["ok"] for line in results if isinstance(line, dict)] == [True, True, False, True]
    assert results[2] == {"row": 3, "ok": False, "why": "size is missing"}
    boxes = [{"id": key, "size": size} for key, size in zip(keys, (1, 2, 3), strict=True)]
    assert [parse(line) for line in dumped.body.splitlines()] == boxes
    assert dumped.body.endswith(b"}\n")


@pytest.mark.parametrize("body", [b'{"size":1}\n{', b"\n", b"\x1e\n", b'{"size":1}, {"size":2}\n'])
def test_a_body_that_holds_no_lines_loads_nothing(body: bytes) -> None:
    """A line that is no JSON makes the whole body something else."""
    _, dumped = asked(
        model_of(*map(loaded, range(3))), ("POST", "/boxes/load", body), ("GET", "/boxes/dump", b"")
    )
    assert dumped.body == b""


def test_countless_elements_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of more elements than any service takes costs no more than so many."""
    monkeypatch.setattr("wraith.runtime._twin.MAX_INSIDE", 3)
    [told] = asked(model_of(*map(loaded, range(3))), ("POST", "/boxes/load", b'{"size":1}\n' * 9))
    assert told.body.count(b'"ok":true') == 3


def test_no_lines_are_answered_by_none() -> None:
    """A body of no lines is an empty list."""
    twin = Twin(model_of(*map(loaded, range(3))))
    request = Request("POST", "/boxes/load", (LINES,), b"")
    assert twin.respond(request, twin.open_session(), now_ms=0).response == Response(200, (LINES,), b"")


# --- actions and documents ----------------------------------------------------------------------------------


def paired(number: int) -> tuple[Step, ...]:
    """A box is put twice and removed, by actions each with its document behind it."""
    key, box = f"box-{number}", {"size": number + 4}

    def result(action: str, status: int, **more: JsonValue) -> Document:
        return {action: {"_id": key, **more, "status": status}}

    put: Document = {"put": {"_id": key}}
    return session(
        in_lines("POST", "/boxes/_bulk", [put, box], [result("put", 201)]),
        exchange("GET", f"/boxes/_box/{key}", answer={"_id": key, "body": box}),
        in_lines("POST", "/boxes/_bulk", [put, {"size": number + 20}], [result("put", 200)]),
        exchange("GET", f"/boxes/_box/{key}", answer={"_id": key, "body": {"size": number + 20}}),
        in_lines(
            "POST",
            "/boxes/_bulk",
            [{"delete": {"_id": key}}, {"delete": {"_id": key}}],
            [result("delete", 200), result("delete", 404, error="no such box")],
        ),
        exchange("GET", f"/boxes/_box/{key}", status=404, answer={"error": "no such box"}),
    )


def test_actions_address_what_paths_do() -> None:
    """An action is a route, which reads its key from the line and changes what is read by it elsewhere; each
    sees what those before it did."""
    model = model_of(*map(paired, range(4)))
    assert {"POST /boxes/_bulk/#put", "POST /boxes/_bulk/#delete"} <= names(model)
    put = b'{"put":{"_id":"a"}}\n{"size":7}\n'
    remove = b'{"delete":{"_id":"a"}}\n'
    first, read, second, gone = asked(
        model,
        ("POST", "/boxes/_bulk", put + put),
        ("GET", "/boxes/_box/a", b""),
        ("POST", "/boxes/_bulk", remove + put + remove + remove),
        ("GET", "/boxes/_box/a", b""),
    )
    assert [parse(line) for line in first.body.splitlines()] == [
        {"put": {"_id": "a", "status": 201}},
        {"put": {"_id": "a", "status": 200}},
    ]
    assert parse(read.body) == {"_id": "a", "body": {"size": 7}}
    results = [parse(line) for line in second.body.splitlines()]
    said = [result for line in results if isinstance(line, dict) for result in line.values()]
    assert [result["status"] for result in said if isinstance(result, dict)] == [200, 201, 200, 404]
    assert gone.status == 404


# --- members ------------------------------------------------------------------------------------------------


def applied(number: int) -> tuple[Step, ...]:
    """A list in a member: one is made, one is not, and their numbers stand beside the results."""
    one, other = KEYS[number], KEYS[number + 3]
    box, more = {"id": one, "name": f"n{number}"}, {"id": other, "name": f"m{number}"}
    no: Document = {"status": 422, "error": "name is missing"}
    made: list[Document] = [{"status": 201, "box": box}, {"status": 201, "box": more}]

    def apply(names: Sequence[str | None], results: Sequence[JsonValue], good: int, bad: int) -> Step:
        sent: list[JsonValue] = [{} if name is None else {"name": name} for name in names]
        answer: Document = {"results": [*results], "made": good, "refused": bad, "clean": bad == 0}
        return exchange("POST", "/boxes/apply", json={"boxes": sent}, status=207, answer=answer)

    return session(
        apply([box["name"], None], [made[0], no], 1, 1),
        apply([more["name"]], [made[1]], 1, 0),
        apply([None, None], [no, no], 0, 2),
        *(exchange("GET", f"/boxes/{each['id']}", answer=each) for each in (box, more)),
    )


def test_results_are_counted() -> None:
    """How many were made, how many refused, and whether none was, stands beside the results."""
    model = model_of(*map(applied, range(3)))
    body = b'{"boxes": [{}, {"name": "a"}, {"name": "b"}, {}, {}]}'
    told, clean = asked(
        model,
        ("POST", "/boxes/apply", body),
        ("POST", "/boxes/apply", b'{"boxes": [{"name": "c"}]}'),
        kind="application/json",
    )
    answer = parse(told.body)
    assert told.status == 207
    assert isinstance(answer, dict)
    assert (answer["made"], answer["refused"], answer["clean"]) == (2, 3, False)
    assert parse(clean.body)["clean"] is True  # type: ignore[index, call-overload]  # an object


def judged(number: int) -> tuple[Step, ...]:
    """The status of the whole is another where an element was refused."""
    sent: list[Document] = [{"name": f"n{number}"}, {}, {"name": f"m{number}"}]
    said: list[Document] = [
        {"id": KEYS[number], "state": "made"},
        {"state": "failed", "why": "name is missing"},
        {"id": KEYS[number + 3], "state": "made"},
    ]

    def judge(places: Sequence[int], status: int) -> Step:
        boxes: list[JsonValue] = [sent[place] for place in places]
        outcomes: list[JsonValue] = [said[place] for place in places]
        return exchange("POST", "/boxes/judge", json=boxes, status=status, answer={"outcomes": outcomes})

    return session(
        judge((0, 1), 207),
        exchange("GET", f"/boxes/{KEYS[number]}", answer={"id": KEYS[number], "name": f"n{number}"}),
        judge((2,), 200),
        exchange("GET", f"/boxes/{KEYS[number + 3]}", answer={"id": KEYS[number + 3], "name": f"m{number}"}),
        exchange("POST", "/boxes/judge", json=[], status=400, answer={"why": "nothing to judge"}),
    )


def test_the_status_of_the_whole_is_told_by_the_results() -> None:
    """Multi-Status where an element was refused: the results are looked at once, and stored once."""
    model = model_of(*map(judged, range(3)))
    mixed, clean, none = asked(
        model,
        ("POST", "/boxes/judge", b'[{"name": "a"}, {"name": "b"}, {}]'),
        ("POST", "/boxes/judge", b'[{"name": "c"}, {"name": "d"}]'),
        ("POST", "/boxes/judge", b"[]"),
        kind="application/json",
    )
    assert (mixed.status, clean.status, none.status) == (207, 200, 400)
    answer = parse(mixed.body)
    assert isinstance(answer, dict)
    outcomes = answer["outcomes"]
    assert isinstance(outcomes, list)
    assert len(outcomes) == 3
    assert outcomes[2] == {"state": "failed", "why": "name is missing"}


def test_elements_are_done_once_though_a_guard_looks_at_them() -> None:
    """Each element that is made has one identifier, by which it is there."""
    model = model_of(*map(judged, range(3)))
    twin = Twin(model)
    own = twin.open_session()
    kind = (("content-type", "application/json"),)
    request = Request("POST", "/boxes/judge", kind, b'[{"name": "a"}, {}, {"name": "b"}]')
    answer = twin.respond(request, own, now_ms=0)
    assert len(answer.asked) == 3
    made = {each["id"] for each in answer.document["outcomes"] if "id" in each}  # type: ignore[index, call-overload, union-attr]  # the results
    assert made == {*own.state.all("boxes")}


def either(number: int) -> tuple[Step, ...]:
    """One box, or a list of boxes, goes to the same path."""
    one, two, three = (f"b{number}{place}" for place in "xyz")

    def box(key: str) -> Document:
        return {"id": key, "size": number + len(key)}

    return session(
        exchange("POST", "/boxes", json=box(one), answer=box(one)),
        exchange("GET", f"/boxes/{one}", answer=box(one)),
        exchange(
            "POST",
            "/boxes",
            json=[box(two), box(three)],
            answer=[{"ok": True, "box": box(two)}, {"ok": True, "box": box(three)}],
        ),
        exchange("GET", f"/boxes/{two}", answer=box(two)),
        exchange("GET", f"/boxes/{three}", answer=box(three)),
    )


def test_one_path_may_take_one_or_many() -> None:
    """A list is answered by its results, a document by what is made of it."""
    model = model_of(*map(either, range(4)))
    one, many, read = asked(
        model,
        ("POST", "/boxes", b'{"id": "p", "size": 1}'),
        ("POST", "/boxes", b'[{"id": "q", "size": 2}, {"id": "r", "size": 3}]'),
        ("GET", "/boxes/r", b""),
        kind="application/json",
    )
    assert parse(one.body) == {"id": "p", "size": 1}
    assert parse(many.body) == [
        {"ok": True, "box": {"id": "q", "size": 2}},
        {"ok": True, "box": {"id": "r", "size": 3}},
    ]
    assert parse(read.body) == {"id": "r", "size": 3}


def ordered(number: int) -> tuple[Step, ...]:
    """An order is one thing, with as many lines as were sent."""
    lines: list[JsonValue] = [{"sku": f"s{number}", "count": 2}, {"sku": "s9", "count": number}]
    order: Document = {"id": KEYS[number], "state": "open", "lines": lines, "size": 2}
    return session(
        exchange("POST", "/orders", json={"lines": lines}, answer=order),
        exchange("GET", f"/orders/{KEYS[number]}", answer=order),
    )


def test_an_order_with_lines_is_no_bulk_write() -> None:
    """A list that is a part of what is made is not answered line by line."""
    assert names(model_of(*map(ordered, range(4)))) == {"POST /orders", "GET /orders/{order_id}"}


def found(number: int) -> tuple[Step, ...]:
    """As many are found as conditions were sent, by chance."""
    boxes: list[JsonValue] = [{"id": f"b{n}", "size": n} for n in range(number + 1)]
    return session(
        exchange("POST", "/search", json={"all": [{"field": "size"}]}, answer={"id": "q", "hits": boxes}),
        exchange("POST", "/search", json={"all": [{"field": "id"}]}, answer={"id": "q", "hits": boxes[:1]}),
    )


def test_what_is_found_by_a_list_of_conditions_is_no_result_of_each() -> None:
    """A list beside other things tells no outcomes."""
    assert names(model_of(*map(found, range(4)))) == {"POST /search"}


# --- what elements do to others -----------------------------------------------------------------------------


def posted(number: int) -> tuple[Step, ...]:
    """Entries move the balance of the account that they name; one without an amount moves nothing."""
    name, key = f"acct-{number}", KEYS[number]
    balance = 10 * number + 100

    def account(at: int) -> Step:
        return exchange("GET", f"/accounts/{name}", answer={"name": name, "balance": at})

    def post(entry: Document, result: Document) -> Step:
        return in_lines("POST", "/entries", [entry], [result])

    amounts = (number + 3, 7 - number)
    return session(
        exchange(
            "POST",
            "/accounts",
            json={"name": name, "balance": balance},
            status=201,
            answer={"name": name, "balance": balance},
        ),
        account(balance),
        post({"account": name, "amount": amounts[0]}, {"ok": True, "entry": key}),
        account(balance + amounts[0]),
        post({"account": name}, {"ok": True, "entry": f"{key}0"}),
        account(balance + amounts[0]),
        post({"account": name, "amount": amounts[1]}, {"ok": True, "entry": f"{key}1"}),
        account(balance + sum(amounts)),
    )


def test_elements_change_what_they_name() -> None:
    """Each line moves the balance by its own amount."""
    model = model_of(*map(posted, range(4)))
    body = b'{"account":"a","amount":4}\n{"account":"a"}\n{"account":"a","amount":30}\n'
    twin = Twin(model)
    own = twin.open_session()
    kind = (("content-type", "application/json"),)
    twin.respond(Request("POST", "/accounts", kind, b'{"name": "a", "balance": 1000}'), own, now_ms=0)
    twin.respond(Request("POST", "/entries", (LINES,), body), own, now_ms=1)
    read = twin.respond(Request("GET", "/accounts/a"), own, now_ms=2)
    assert read.document == {"name": "a", "balance": 1034}


def sought(number: int) -> tuple[Step, ...]:
    """A list of conditions finds as many as there are, which may be as many as conditions."""
    boxes: list[JsonValue] = [{"id": f"b{place}{number}", "size": place} for place in range(3)]
    return session(
        exchange("POST", "/seek", json=[{"size": 1}], answer=boxes[1:2]),
        exchange("POST", "/seek", json=[{"above": 0}], answer=boxes[1:]),
    )


def test_a_list_that_is_longer_once_is_no_list_of_results() -> None:
    """Where one answer of a path lists more than was asked for, none lists results."""
    assert names(model_of(*map(sought, range(4)))) == {"POST /seek"}
