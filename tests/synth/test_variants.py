"""Quality: which question parts the answers of a route. One row of a table is one reason to refuse."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.synth.recordings import (
    FORM,
    JSON,
    Document,
    Recorded,
    Step,
    exchange,
    findings,
    model_of,
    recording,
    replayed,
    route,
    session,
    variant,
)
from wraith.canonical import JsonValue
from wraith.runtime import Twin
from wraith.synth import learn
from wraith.wir import (
    Absent,
    Atom,
    Delete,
    Equals,
    Exists,
    KeysBeyond,
    KeysWithin,
    Lookup,
    Matches,
    NotMatches,
    NotOneOf,
    Ref,
    Where,
)

KEYS = ("it_k3Jd82mQ", "it_9xPq27Lb", "it_Zr41wTn6", "it_b8Vc5Hs0", "it_Q7my3Ke2", "it_4fGu9Da1")
NO: Document = {"error": "refused"}


def body(name: str) -> Ref:
    return Ref(("request", "body", name))


def post(sent: Document, number: int, *, status: int = 201, form: bool = False) -> Step:
    """Return a creation: an answer with a key and the name that was sent, or the refusal."""
    answer: Document = NO if status >= 400 else {"id": KEYS[number], "name": sent.get("name")}
    if form:
        return exchange("POST", "/v1/items", form=sent, status=status, answer=answer)
    return exchange("POST", "/v1/items", json=sent, status=status, answer=answer)


def raw(data: bytes, number: int, *, status: int = 201, name: str = "") -> Step:
    answer: Document = NO if status >= 400 else {"id": KEYS[number], "name": name}
    return exchange("POST", "/v1/items", body=data, headers=(JSON,), status=status, answer=answer)


def called(number: int, authorization: str | None, *, status: int = 200) -> Step:
    headers = () if authorization is None else (("authorization", authorization),)
    return exchange(
        "GET", f"/v1/ping?n={number}", headers=headers, status=status, answer={"ok": status < 400}
    )


GUARDS: dict[str, tuple[str, list[Sequence[Step]], int, tuple[Atom, ...]]] = {
    "a missing member": (
        "POST /v1/items",
        [
            session(post({"name": "ant", "n": 1}, 0), post({"n": 2}, 1, status=400)),
            session(post({"name": "bee"}, 2), post({}, 3, status=400)),
        ],
        400,
        (Absent(body("name")),),
    ),
    "a missing member of a form": (
        "POST /v1/items",
        [
            session(post({"name": "ant", "n": 1}, 0, form=True), post({"n": 2}, 1, status=400, form=True)),
            session(post({"name": "bee"}, 2, form=True), post({"n": 7}, 3, status=400, form=True)),
        ],
        400,
        (Absent(body("name")),),
    ),
    "an unknown member": (
        "POST /v1/items",
        [
            session(post({"name": "ant"}, 0), post({"name": "bee", "nmae": "x"}, 1, status=400)),
            session(post({"name": "cow", "n": 1}, 2), post({"name": "doe", "sise": 3}, 3, status=400)),
        ],
        400,
        (KeysBeyond(Ref(("request", "body")), ("n", "name")),),
    ),
    "a value that is no number": (
        "POST /v1/items",
        [
            session(
                post({"name": "ant", "n": "70"}, 0, form=True),
                post({"name": "bee", "n": "lots"}, 1, status=400, form=True),
            ),
            session(
                post({"name": "cow", "n": "31"}, 2, form=True),
                post({"name": "doe", "n": "few"}, 3, status=400, form=True),
            ),
        ],
        400,
        (NotMatches(body("n"), r"-?[0-9]+(?:\.[0-9]+)?"),),
    ),
    "a body that does not parse": (
        "POST /v1/items",
        [
            session(raw(b'{"name": "ant"}', 0, name="ant"), raw(b'{"name": ', 1, status=400)),
            session(raw(b'{"name": "bee"}', 2, name="bee"), raw(b"nonsense", 3, status=400)),
            session(raw(b'{"other": 1}', 4)),
        ],
        400,
        (Equals(Ref(("request", "body_kind")), "malformed"),),
    ),
    "a key that is no key": (
        "GET /v1/ping",
        [
            session(called(1, "Bearer k3Jd82mQ"), called(2, "Basic aGVsbG8", status=401)),
            session(called(3, "Bearer 9xPq27Lb"), called(4, "Token aGVsbG8", status=401)),
        ],
        401,
        (NotMatches(Ref(("request", "header", "authorization")), r"Bearer\ .*"),),
    ),
    "no key at all": (
        "GET /v1/ping",
        [
            session(called(1, "Bearer k3Jd82mQ"), called(2, None, status=401)),
            session(called(3, "Bearer 9xPq27Lb"), called(4, None, status=401)),
        ],
        401,
        (Absent(Ref(("request", "header", "authorization"))),),
    ),
}


@pytest.mark.parametrize(("name", "sessions", "status", "guards"), GUARDS.values(), ids=GUARDS)
def test_a_refusal_is_selected_by(
    name: str, sessions: list[Sequence[Step]], status: int, guards: tuple[Atom, ...]
) -> None:
    """The guards of the refusal state its reason, and nothing besides."""
    [refused] = [each for each in route(model_of(*sessions), name).variants if each.status == status]
    assert refused.guards in (guards, tuple(_turned(each) for each in guards))


def _turned(atom: Atom) -> Atom:
    """The same question asked the other way round."""
    match atom:
        case NotMatches(of, pattern):
            return Matches(of, pattern)
        case NotOneOf(of, (value,)):
            return Equals(of, value)
        case KeysBeyond(of, keys):
            return KeysWithin(of, keys)
    return atom


def stored(key: str, **more: str) -> Document:
    return {"id": key, "name": "ant", **more}


def test_not_found_is_absence_from_state() -> None:
    """What was never created is not found; what was, is."""
    model = model_of(
        *(
            session(
                post({"name": "ant"}, number),
                exchange("GET", f"/v1/items/{KEYS[number]}", answer=stored(KEYS[number])),
                exchange("GET", f"/v1/items/{KEYS[number + 2]}", status=404, answer=NO),
            )
            for number in (0, 1)
        )
    )
    reading = route(model, "GET /v1/items/{item_id}")
    found = {each.status: each.guards for each in reading.variants}
    assert found == {200: (Exists(Ref(("entity",))),), 404: (Absent(Ref(("entity",))),)}


def test_conflict_is_presence_in_state() -> None:
    """A key that the client brings is refused where it is taken."""
    steps = [
        session(
            *(
                exchange(
                    "POST",
                    "/v1/plans",
                    json={"id": key},
                    status=status,
                    answer={"id": key} if status < 400 else NO,
                )
                for key, status in ((word, 201), (f"{word}-x", 201), (word, 409))
            ),
            exchange("GET", f"/v1/plans/{word}", answer={"id": word}),
        )
        for word in ("gold", "rust")
    ]
    [taken] = [each for each in route(model_of(*steps), "POST /v1/plans").variants if each.status == 409]
    assert taken.guards == (Exists(Lookup("plans", body("id"))),)


def test_a_value_that_another_entity_has_is_refused() -> None:
    """An update may send what its own entity has, but not what another has."""

    def users(number: int) -> tuple[Step, ...]:
        one, other = ({"id": f"us_{at}{number}k3Jd82", "mail": f"{at}{number}@b.org"} for at in "xy")

        def change(mail: object, status: int = 200) -> Step:
            answer = {**one, "mail": mail} if status == 200 else {"error": "taken"}
            return exchange("PATCH", f"/users/{one['id']}", json={"mail": mail}, status=status, answer=answer)

        return session(
            *(exchange("POST", "/users", json={"mail": u["mail"]}, answer=u) for u in (one, other)),
            change(one["mail"]),
            change(other["mail"], 409),
            change(f"new{number}@b.org"),
        )

    [taken] = [
        each
        for each in route(model_of(*map(users, range(3))), "PATCH /users/{user_id}").variants
        if each.status == 409
    ]
    same = Where(("mail",), "equals", body("mail"), when_given=False)
    another = Where(("id",), "differs", Ref(("request", "path", "user_id")), when_given=False)
    assert f"{same!r}, {another!r}" in repr(taken.guards)


def test_a_reference_to_nothing_is_refused() -> None:
    """A value that must name an entity is looked up in state."""
    steps = [
        session(
            exchange("POST", "/v1/users", json={"n": 1}, answer={"id": user}),
            exchange("GET", f"/v1/users/{user}", answer={"id": user}),
            exchange(
                "POST", "/v1/bills", json={"user": user, "n": number}, answer={"id": bill, "user": user}
            ),
            exchange("POST", "/v1/bills", json={"user": bad, "n": number}, status=400, answer=NO),
        )
        for number, (user, bill, bad) in enumerate(
            [
                ("us_k3Jd82mQ", "bi_9xPq27Lb", "us_Zr41wTn6"),
                ("us_b8Vc5Hs0", "bi_Q7my3Ke2", "us_4fGu9Da1"),
                ("us_c2Xa7Pd3", "bi_R6nt9Lg5", "us_Y3jw8Sk4"),
            ]
        )
    ]
    [refused] = [each for each in route(model_of(*steps), "POST /v1/bills").variants if each.status == 400]
    assert refused.guards == (Absent(Lookup("users", body("user"))),)


@pytest.mark.parametrize(
    ("limit", "inside", "outside"),
    [(1, (1, 7, 40), (0, -3, -20)), (100, (99, 40, 3), (100, 250, 1000))],
    ids=["too small", "too large"],
)
def test_a_number_out_of_range_is_refused(
    limit: int, inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    """The bound lies at the roundest number between what was taken and what was not."""
    steps = [
        session(
            post({"name": "ant", "n": good}, number),
            post({"name": "ant", "n": bad}, number + 3, status=400),
        )
        for number, (good, bad) in enumerate(zip(inside, outside, strict=True))
    ]
    twin = Twin(model_of(*steps))
    answers = [_status(twin, number) for number in (limit - 1, limit, 50, 5000, -5000)]
    assert answers == ([400, 201, 201, 201, 400] if limit == 1 else [201, 400, 201, 400, 201])


def _status(twin: Twin, number: int) -> int:
    [step] = recording(session(post({"name": "ant", "n": number}, 0)))
    [asked] = step.read()
    return twin.respond(asked.request, twin.open_session(), now_ms=0).response.status


def test_one_reason_that_says_other_words_is_one_variant() -> None:
    """Errors that differ only in the value they quote are one variant, however short the value is."""
    steps = [
        session(
            exchange("POST", "/v1/items", json={"n": 1}, answer={"id": 1}),
            exchange("GET", "/v1/items/1", answer={"id": 1}),
            *(
                exchange("GET", f"/v1/items/{number}", status=404, answer={"error": f"No item {number}"})
                for number in numbers
            ),
        )
        for numbers in ((2, 7, 35), (4, 8, 912))
    ]
    missing = [
        each for each in route(model_of(*steps), "GET /v1/items/{item_id}").variants if each.status == 404
    ]
    assert len(missing) == 1


TURNS: list[Recorded] = recording(
    *(
        session(
            *(
                exchange("POST", "/v1/echo", form={"value": value}, answer={"value": value})
                if number % 2
                else exchange("POST", "/v1/echo", form={"other": value}, answer={"value": "none"})
                for number, value in enumerate(f"{word}{n}" for n in range(60))
            )
        )
        for word in ("ant", "bee")
    )
)


def test_a_client_that_asks_in_turns_is_learned_from_both_turns() -> None:
    """A sample is spread without a period, so that no kind of request falls out of it."""
    report = replayed(learn(TURNS), TURNS)
    assert (findings(report), report.score_bp) == ([], 10_000)


def test_content_types_are_kept_apart() -> None:
    """A route that reads forms and JSON answers both."""
    corpus = recording(
        *(
            session(
                exchange(
                    "POST",
                    "/v1/echo",
                    body=b"value=" + word,
                    headers=(FORM,),
                    answer={"value": word.decode()},
                ),
                exchange("POST", "/v1/echo", json={"value": word.decode()}, answer={"value": word.decode()}),
                exchange("POST", "/v1/echo", body=b"\x00" + word, status=415, answer=NO),
            )
            for word in (b"ant", b"bee", b"cow")
        )
    )
    assert replayed(learn(corpus), corpus).exact_bp == 10_000


def closed(number: int, *, shown: bool) -> tuple[Step, ...]:
    """A box is closed by a DELETE, which answers with it; a list may show it still."""
    key = f"bx_{number}k3Jd82"
    box: Document = {"id": key, "state": "open"}
    gone: Document = {"id": key, "state": "closed"}
    kept: list[JsonValue] = [gone] if shown else []
    return session(
        exchange("POST", "/v1/boxes", json={}, answer=box),
        exchange("GET", f"/v1/boxes/{key}", answer=box),
        exchange("DELETE", f"/v1/boxes/{key}", answer=gone),
        exchange("GET", "/v1/boxes?state=closed", answer={"items": kept}),
    )


@pytest.mark.parametrize("shown", [True, False])
def test_what_a_list_still_shows_was_not_removed(*, shown: bool) -> None:
    """A DELETE keeps what a later list shows, and making it again is nobody's side effect."""
    model = model_of(*(closed(number, shown=shown) for number in range(3)))
    removing = any(isinstance(each, Delete) for each in variant(model, "DELETE /v1/boxes/{box_id}").effects)
    assert removing is not shown
    assert len(variant(model, "POST /v1/boxes").effects) == 1
