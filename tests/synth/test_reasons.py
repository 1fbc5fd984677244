"""Quality: reasons that relate a request to who asks and to what is stored, shown by what the twin then does
with values that were never recorded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.synth.recordings import Document, Step, exchange, model_of, recording, route, session, variant
from wraith.canonical import JsonValue, parse
from wraith.exchange import Headers
from wraith.runtime import Twin
from wraith.wir import Call, Case, Equals, Exists, Literal, Lookup, Model, NotOneOf, Ref, Text

KEYS = ("it_k3Jd82mQ", "it_9xPq27Lb", "it_Zr41wTn6", "it_b8Vc5Hs0", "it_Q7my3Ke2", "it_4fGu9Da1")
NO: Document = {"error": "no"}


class Client:
    """Asks a twin of a model, a second after the other."""

    def __init__(self, model: Model) -> None:
        self._twin = Twin(model)
        self._session = self._twin.open_session()
        self._now_ms = 2_000_000_000_000

    def ask(
        self,
        method: str,
        target: str,
        json: JsonValue = None,
        headers: Headers = (),
        *,
        body: bytes = b"",
        form: Document | None = None,
    ) -> tuple[int, JsonValue]:
        step = exchange(method, target, json=json, headers=headers, body=body, form=form)
        [asked] = recording(session(step))
        [step] = asked.read()
        self._now_ms += 1000
        response = self._twin.respond(step.request, self._session, now_ms=self._now_ms).response
        return response.status, parse(response.body) if response.body else None


def as_user(token: str) -> Headers:
    return (("authorization", f"Bearer {token}"),)


# --- conditions --------------------------------------------------------------------------------------------


def versioned(number: int, old: str, new: str) -> tuple[Step, ...]:
    """A session that writes once with the version that is stored, and once with one that is not."""
    key = KEYS[number]

    def put(name: str, match: str, answer: Document, status: int = 200) -> Step:
        return exchange(
            "PUT",
            f"/v1/items/{key}",
            json={"name": name},
            headers=(("if-match", match),),
            status=status,
            answer=answer,
        )

    return session(
        exchange("POST", "/v1/items", json={"name": "a"}, answer={"id": key, "name": "a", "version": old}),
        put("b", f'"{old}"', {"id": key, "name": "b", "version": new}),
        put("c", f'"{old}"', NO, 412),
        exchange("GET", f"/v1/items/{key}", answer={"id": key, "name": "b", "version": new}),
    )


def test_a_condition_is_compared_with_the_stored_version() -> None:
    """What is refused is a write whose If-Match is not the version that the entity has."""
    model = model_of(
        versioned(0, "ve_8Kd03mzQ", "ve_1Pq7Lb2x"),
        versioned(1, "ve_Zr41wTn6", "ve_b8Vc5Hs0"),
        versioned(2, "ve_Q7my3Ke2", "ve_4fGu9Da1"),
    )
    stored = Text((Literal('"'), Ref(("entity", "version")), Literal('"')))
    same = Call("same", (Ref(("request", "header", "if-match")), stored))
    assert NotOneOf(same, (True,)) in variant(model, "PUT /v1/items/{item_id}", 412).guards
    client = Client(model)
    _, made = client.ask("POST", "/v1/items", {"name": "x"})
    assert isinstance(made, dict)
    target, version = f"/v1/items/{made['id']}", made["version"]
    assert client.ask("PUT", target, {"name": "y"}, (("if-match", '"other"'),))[0] == 412
    assert client.ask("PUT", target, {"name": "y"}, (("if-match", f'"{version}"'),))[0] == 200


def test_an_asterisk_says_only_where_nothing_is() -> None:
    """A PUT that may only create is refused where the entity is there."""
    only_new: Headers = (("if-none-match", "*"),)
    model = model_of(
        *(
            session(
                exchange(
                    "PUT", f"/v1/items/{key}", json={}, headers=only_new, status=201, answer={"id": key}
                ),
                exchange("PUT", f"/v1/items/{key}", json={}, headers=only_new, status=412, answer=NO),
                exchange("PUT", f"/v1/items/{key}", json={}, answer={"id": key}),
                exchange("GET", f"/v1/items/{key}", answer={"id": key}),
            )
            for key in KEYS[:3]
        )
    )
    client = Client(model)
    target = "/v1/items/it_R6nt9Lg5"
    answers = [client.ask("PUT", target, {}, headers)[0] for headers in (only_new, only_new, (), only_new)]
    assert answers == [201, 412, 200, 412]


# --- who asks ----------------------------------------------------------------------------------------------

USERS = {"tok-a91x": "user:0a1b2c3d", "tok-b72y": "user:4e5f6a7b"}
ANN, BOB = USERS


def owned(number: int, owner: str, stranger: str) -> tuple[Step, ...]:
    """A session in which one user creates an item, and another may not delete it."""
    key = KEYS[number]
    made: Document = {"id": key, "name": f"n{number}", "owner": USERS[owner]}
    target = f"/v1/items/{key}"
    return session(
        exchange("POST", "/v1/items", json={"name": f"n{number}"}, headers=as_user(owner), answer=made),
        exchange("GET", target, headers=as_user(stranger), answer=made),
        exchange("DELETE", target, headers=as_user(stranger), status=403, answer=NO),
        exchange("DELETE", target, headers=as_user(owner), status=204),
        exchange("GET", target, headers=as_user(owner), status=404, answer={"error": "nothing"}),
    )


OWNED = [owned(0, ANN, BOB), owned(1, BOB, ANN), owned(2, ANN, BOB), owned(3, BOB, ANN)]


def test_the_caller_is_who_the_service_says_it_is() -> None:
    """A credential has the identity that answers gave it; one never seen has one of the same form."""
    caller = model_of(*OWNED).caller
    assert isinstance(caller, Case)
    assert dict(caller.cases) == {f"Bearer {token}": name for token, name in USERS.items()}
    digest = Call("slice", (Call("sha256", (caller.of,)), Literal(0), Literal(8)))
    assert caller.default == Text((Literal("user:"), digest))


def test_only_the_owner_may() -> None:
    """Ownership is the caller's identity in the stored entity, for callers that were never seen too."""
    client = Client(model_of(*OWNED))
    status, made = client.ask("POST", "/v1/items", {"name": "x"}, as_user("tok-new"))
    assert isinstance(made, dict)
    target = f"/v1/items/{made['id']}"
    assert status == 200
    assert client.ask("DELETE", target, None, as_user(ANN))[0] == 403
    assert client.ask("DELETE", target, None, as_user("tok-new"))[0] == 204


def test_what_is_said_to_one_caller_alone_is_no_identity() -> None:
    """One credential tells nobody apart: what it is told is a constant."""
    model = model_of(owned(0, ANN, ANN)[:2], owned(1, ANN, ANN)[:2])
    assert model.caller is None


def shared(number: int, who: str) -> tuple[Step, ...]:
    """A session in which a list of readers, kept around an item, decides who may read it."""
    key = KEYS[number]
    target = f"/v1/items/{key}"

    def around(readers: Sequence[str]) -> Document:
        return {"data": {"id": key, "n": number}, "readers": [USERS[each] for each in readers]}

    reader, stranger = (ANN, BOB) if who == ANN else (BOB, ANN)
    return session(
        exchange(
            "PUT", target, json={"n": number}, headers=as_user(reader), status=201, answer=around([reader])
        ),
        exchange("GET", target, headers=as_user(stranger), status=403, answer=NO),
        exchange("GET", target, headers=as_user(reader), answer=around([reader])),
    )


def test_a_list_around_the_entity_says_who_may() -> None:
    """What is answered beside a representation is kept, and a guard asks whether the caller stands in it."""
    model = model_of(shared(0, ANN), shared(1, BOB), shared(2, ANN), shared(3, BOB))
    readers = Lookup("items.around", Ref(("request", "path", "item_id")), ("readers",))
    granted = Call("contains", (readers, Ref(("caller",))))
    guards = variant(model, "GET /v1/items/{item_id}", 403).guards
    assert Equals(granted, True) in guards or NotOneOf(granted, (True,)) in guards


# --- conflicts ---------------------------------------------------------------------------------------------


def signing_up(number: int, refusal: int) -> tuple[Step, ...]:
    key, mail = KEYS[number], f"m{number}@a.io"
    return session(
        exchange("POST", "/v1/users", json={"mail": mail, "n": number}, answer={"id": key, "mail": mail}),
        exchange("GET", f"/v1/users/{key}", answer={"id": key, "mail": mail}),
        exchange("POST", "/v1/users", json={"mail": mail, "n": number + 7}, status=refusal, answer=NO),
        exchange(
            "POST",
            "/v1/users",
            json={"mail": f"other{number}@a.io", "n": number},
            answer={"id": KEYS[number + 3], "mail": f"other{number}@a.io"},
        ),
    )


def test_a_value_may_be_taken() -> None:
    """A conflict is another entity of the collection that has the value already."""
    client = Client(model_of(*(signing_up(number, 409) for number in range(3))))
    mails = ("x@b.org", "y@b.org", "x@b.org")
    answers = [
        client.ask("POST", "/v1/users", {"mail": mail, "n": 40 + i})[0] for i, mail in enumerate(mails)
    ]
    assert answers == [200, 200, 409]


# --- what was sent -----------------------------------------------------------------------------------------


def test_the_type_of_what_is_given_and_its_notation() -> None:
    """A member of another type is refused, in the words of a Python service; one that is missing is not."""
    bad: tuple[JsonValue, ...] = (["a"], {"b": 1}, ["c", None])
    model = model_of(
        *(
            session(
                exchange("POST", "/v1/items", json={"name": f"n{i}"}, answer={"id": key}),
                exchange("GET", f"/v1/items/{key}", answer={"id": key}),
                exchange("POST", "/v1/items", json={"k": i}, answer={"id": KEYS[i + 3]}),
                exchange(
                    "POST",
                    "/v1/items",
                    json={"name": wrong},
                    status=400,
                    answer={"error": f"{wrong!r} is not of type 'string'"},
                ),
            )
            for i, (key, wrong) in enumerate(zip(KEYS, bad, strict=False))
        )
    )
    client = Client(model)
    assert client.ask("POST", "/v1/items", {"name": [True]}) == (
        400,
        {"error": "[True] is not of type 'string'"},
    )
    assert client.ask("POST", "/v1/items", {"k": 9})[0] == 200


def test_a_format_is_asked_of_what_is_given() -> None:
    """A parameter that is no number is refused, whatever it is; without it nothing is."""
    model = model_of(
        *(
            session(
                exchange("GET", "/v1/search?size=5", answer={"found": 5}),
                exchange("GET", f"/v1/search?size={word}", status=400, answer=NO),
                exchange("GET", "/v1/search", answer={"found": 9}),
            )
            for word in ("x", "many", "few")
        )
    )
    client = Client(model)
    assert [client.ask("GET", f"/v1/search{query}")[0] for query in ("?size=all", "?size=7", "")] == [
        400,
        200,
        200,
    ]


def test_what_is_sent_is_stored_whatever_it_is() -> None:
    """An object that was taken over with one set of members and with another is taken over as a whole."""
    sent: list[Document] = [{"rank": 4}, {"schema": {"type": "x"}}, {"rank": 7}, {}]
    model = model_of(
        *(
            session(
                exchange(
                    "PUT", f"/v1/items/{key}", json={"data": data}, answer={"data": {**data, "id": key}}
                ),
                exchange("GET", f"/v1/items/{key}", answer={"data": {**data, "id": key}}),
            )
            for key, data in zip(KEYS, sent, strict=False)
        )
    )
    told = Client(model).ask("PUT", "/v1/items/it_R6nt9Lg5", {"data": {"colour": "red"}})
    assert told == (200, {"data": {"colour": "red", "id": "it_R6nt9Lg5"}})


# --- what is referred to ---------------------------------------------------------------------------------


def paid(number: int) -> tuple[Step, ...]:
    """Two tickets are paid with, of which one is void; then another."""

    def ticket(at: int, state: str) -> Document:
        return {"id": f"ti_{KEYS[number][3:]}{at}", "state": state, "worth": 10 * number + at}

    tickets = [ticket(1, "fine"), ticket(2, "void"), ticket(3, "fine")]
    steps: list[Step] = []
    for at, each in enumerate(tickets):
        sent: Document = {"ticket": each["id"]}
        steps.append(exchange("POST", "/tickets", json={"state": each["state"]}, answer=each))
        if each["state"] == "void":
            steps.append(exchange("POST", "/rides", json=sent, status=402, answer=NO))
        else:
            ride: Document = {"id": f"ri_{KEYS[number][3:]}{at}", **sent}
            steps.append(exchange("POST", "/rides", json=sent, answer=ride))
    return session(*steps, exchange("GET", f"/tickets/{tickets[0]['id']}", answer=tickets[0]))


def test_a_refusal_is_for_what_the_request_refers_to() -> None:
    """Three refusals teach that the state of the ticket decides, which only the ticket shows."""
    model = model_of(*map(paid, range(3)))
    state = Lookup("tickets", Ref(("request", "body", "ticket")), ("state",))
    assert [each.of for each in variant(model, "POST /rides", 402).guards] == [state]


# --- many at once ------------------------------------------------------------------------------------------


def purging(number: int) -> tuple[Step, ...]:
    one, other = KEYS[number], KEYS[number + 3]
    items: list[JsonValue] = [{"id": one, "kind": "a"}, {"id": other, "kind": "b"}]
    return session(
        exchange("POST", "/v1/items", json={"kind": "a"}, answer=items[0]),
        exchange("POST", "/v1/items", json={"kind": "b"}, answer=items[1]),
        exchange("GET", f"/v1/items/{one}", answer=items[0]),
        exchange("GET", "/v1/items", answer={"data": items}),
        exchange("GET", "/v1/items?kind=b", answer={"data": items[1:]}),
        exchange("DELETE", "/v1/items?kind=a", answer={"data": [{"id": one, "gone": True}]}),
        exchange("GET", "/v1/items", answer={"data": items[1:]}),
        exchange("DELETE", "/v1/items", answer={"data": [{"id": other, "gone": True}]}),
        exchange("GET", "/v1/items", answer={"data": []}),
    )


def test_a_collection_is_deleted_as_it_is_listed() -> None:
    """A DELETE of a collection removes what its list would show, and answers with what that was."""
    client = Client(model_of(*map(purging, range(3))))
    keys: list[JsonValue] = []
    for kind in "abab":
        _, made = client.ask("POST", "/v1/items", {"kind": kind})
        assert isinstance(made, dict)
        keys.append(made["id"])
    gone = [{"id": key, "gone": True} for key in keys[::2]]
    assert client.ask("DELETE", "/v1/items?kind=a") == (200, {"data": gone})
    left = [{"id": key, "kind": "b"} for key in keys[1::2]]
    assert client.ask("GET", "/v1/items") == (200, {"data": left})
    assert client.ask("DELETE", "/v1/items")[0] == 200
    assert client.ask("GET", "/v1/items") == (200, {"data": []})


def batched(number: int) -> tuple[Step, ...]:
    key = f"k{number}"
    requests: list[JsonValue] = [
        {"method": "PUT", "path": f"/items/{key}", "body": {"n": number}},
        {"method": "GET", "path": f"/items/{key}"},
        {"method": "GET", "path": "/items/ghost"},
    ]
    item: Document = {"id": key, "n": number}
    told: list[tuple[int, Document]] = [(201, item), (200, item), (404, NO)]
    answers: list[JsonValue] = [
        {"path": f"/v1{sent['path']}", "status": status, "body": document}
        for sent, (status, document) in zip(requests, told, strict=True)
        if isinstance(sent, dict)
    ]
    return session(
        exchange("POST", "/v1/batch", json={"requests": requests}, answer={"responses": answers}),
        exchange("GET", f"/v1/items/{key}", answer=item),
        exchange("GET", "/v1/items/ghost", status=404, answer=NO),
    )


def test_a_batch_is_answered_by_the_routes_inside() -> None:
    """Requests in a request teach their routes, and are answered by them, one after the other."""
    client = Client(model_of(*map(batched, range(3))))
    requests: JsonValue = [
        {"method": "PUT", "path": "/items/new", "body": {"n": 77}},
        {"method": "GET", "path": "/items/new"},
    ]
    item: Document = {"id": "new", "n": 77}
    assert client.ask("POST", "/v1/batch", {"requests": requests}) == (
        200,
        {
            "responses": [
                {"status": 201, "path": "/v1/items/new", "body": item},
                {"status": 200, "path": "/v1/items/new", "body": item},
            ]
        },
    )
    assert client.ask("GET", "/v1/items/new") == (200, item)


def test_a_batch_in_a_batch_is_not_asked() -> None:
    """Asking ends at the first request that asks again."""
    client = Client(model_of(*map(batched, range(3))))
    inner: JsonValue = {"requests": [{"method": "GET", "path": "/items/ghost"}]}
    _, answer = client.ask(
        "POST", "/v1/batch", {"requests": [{"method": "POST", "path": "/batch", "body": inner}]}
    )
    assert answer == {"responses": [{"status": 200, "path": "/v1/batch", "body": {"responses": []}}]}


# --- what nobody has ---------------------------------------------------------------------------------------


def lost(path: str) -> Step:
    return exchange("GET", path, status=404, answer={"error": f"nothing at {path}"})


def test_an_unknown_path_is_answered_as_others_were() -> None:
    """Several paths that a service did not know teach what it says to any; the path is quoted."""
    known = exchange("GET", "/v1/status", answer={"ok": True})
    model = model_of(session(known, lost("/v1/apples")), session(known, lost("/v2/pears")))
    assert Client(model).ask("GET", "/plums") == (404, {"error": "nothing at /plums"})
    assert {each.name for each in model.routes} == {"GET /v1/status"}


@pytest.mark.parametrize("path", ["/v1/plums", "/v1/status/x"])
def test_one_unknown_path_teaches_nothing_of_others(path: str) -> None:
    """A single 404 may be about that path alone, so that the others stay unknown to the twin."""
    known = exchange("GET", "/v1/status", answer={"ok": True})
    model = model_of(session(known, lost("/v1/apples")), session(known))
    assert Client(model).ask("GET", path)[0] == 501
    assert route(model, "GET /v1/apples").variants[0].status == 404


def test_absence_of_the_parent_is_told_from_absence_of_the_child() -> None:
    """Each entity on the path can be what is not found."""
    model = model_of(
        *(
            session(
                exchange("POST", "/v1/boxes", json={}, answer={"id": box}),
                exchange("GET", f"/v1/boxes/{box}", answer={"id": box}),
                exchange("PUT", f"/v1/boxes/{box}/items/a{i}", json={}, status=201, answer={"id": f"a{i}"}),
                exchange("GET", f"/v1/boxes/{box}/items/a{i}", answer={"id": f"a{i}"}),
                exchange("GET", f"/v1/boxes/{box}/items/b{i}", status=404, answer={"error": "no item"}),
                exchange("GET", f"/v1/boxes/{gone}/items/a{i}", status=404, answer={"error": "no box"}),
            )
            for i, (box, gone) in enumerate(zip(KEYS[:3], KEYS[3:], strict=True))
        )
    )
    variants = route(model, "GET /v1/boxes/{box_id}/items/{item_id}").variants
    guards = {atom for each in variants for atom in each.guards}
    assert Exists(Lookup("boxes", Ref(("request", "path", "box_id")))) in guards
