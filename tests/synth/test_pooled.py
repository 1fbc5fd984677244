"""Quality: refusals that are met on a few routes and meant on all."""

from __future__ import annotations

from tests.synth.recordings import JSON, Document, Step, exchange, model_of, route, session
from tests.synth.test_reasons import Client
from wraith.exchange import Headers
from wraith.wir import Absent, Equals, Exists, Model, Ref

KEYS = ("bk_4Kd93mQz", "bk_9Lx27Pbv", "bk_6Hj35Vkd")
MINE: Headers = (("x-api-key", "k-live"),)
WRONG: Headers = (("x-api-key", "k-dead"),)
NO: Document = {"error": "no key"}
TENANT: Headers = (("x-tenant", "acme"),)


def shelf(key: str, *further: Step, headers: Headers = MINE) -> tuple[Step, ...]:
    """A session in which a book is made and read, and authors are listed."""
    book: Document = {"id": key, "title": f"t{key[-3:]}"}
    return session(
        exchange("POST", "/books", json={"title": book["title"]}, headers=headers, status=201, answer=book),
        exchange("GET", f"/books/{key}", headers=headers, answer=book),
        exchange("PUT", f"/books/{key}", json={"title": "x"}, headers=headers, answer={**book, "title": "x"}),
        exchange("GET", "/authors", headers=headers, answer={"authors": ["ann", "bob"]}),
        *further,
    )


def told(*refused: Step, headers: Headers = MINE) -> Model:
    return model_of(*(shelf(key, *refused, headers=headers) for key in KEYS))


def test_who_has_no_key_is_refused_everywhere() -> None:
    """One route shows what the lack of a credential is answered with; the others expect it of themselves."""
    model = told(exchange("GET", "/authors", status=401, answer=NO))
    client = Client(model)
    for method, path in (("GET", "/authors"), ("POST", "/books"), ("GET", "/books/bk_none1234")):
        assert client.ask(method, path, json={"title": "t"}) == (401, NO)
    key = Ref(("request", "header", "x-api-key"))
    assert [each.guards[:1] for each in route(model, "POST /books").variants] == [
        (Absent(key),),
        (Exists(key),),
    ]


def test_a_key_that_is_not_one_of_the_known_is_refused_everywhere() -> None:
    """Where a key is refused that never was accepted, the accepted ones are the keys that there are."""
    client = Client(told(exchange("GET", "/authors", headers=WRONG, status=401, answer=NO)))
    assert client.ask("POST", "/books", json={"title": "t"}, headers=WRONG) == (401, NO)
    assert client.ask("POST", "/books", json={"title": "t"}, headers=(("x-api-key", "k-other"),)) == (401, NO)
    assert client.ask("POST", "/books", json={"title": "t"}, headers=MINE)[0] == 201


def test_a_key_that_begins_as_the_known_ones_do_is_one() -> None:
    """Where the beginning tells accepted keys from refused ones, another client's key is as good."""
    mine, dead, other = ((("authorization", f"Bearer {key}"),) for key in ("sk_3Fq8", "xx_9Lm2", "sk_7Rt5"))
    client = Client(told(exchange("GET", "/authors", headers=dead, status=401, answer=NO), headers=mine))
    assert client.ask("POST", "/books", json={"title": "t"}, headers=other)[0] == 201
    assert client.ask("POST", "/books", json={"title": "t"}, headers=dead) == (401, NO)


def test_a_body_that_does_not_parse_is_refused_by_every_route_that_has_one() -> None:
    """The parser stands before the routes; reads have nothing to parse."""
    broken = exchange(
        "POST", "/books", body=b"{", headers=(JSON, *MINE), status=400, answer={"error": "bad json"}
    )
    model = told(broken)
    client = Client(model)
    _, made = client.ask("POST", "/books", json={"title": "t"}, headers=MINE)
    assert isinstance(made, dict)
    found = client.ask("PUT", f"/books/{made['id']}", body=b"[1,", headers=(JSON, *MINE))
    assert found == (400, {"error": "bad json"})
    assert [each.status for each in route(model, "GET /authors").variants] == [200]


def test_a_route_that_accepts_anybody_asks_nobody() -> None:
    """A public route is exempt, whatever the others ask for."""
    refused = exchange("POST", "/books", json={"title": "t"}, status=401, answer=NO)
    client = Client(told(refused, exchange("GET", "/authors", answer={"authors": ["ann", "bob"]})))
    assert client.ask("GET", "/authors")[0] == 200
    assert client.ask("PUT", "/books/bk_none1234", json={"title": "t"}) == (401, NO)


def test_what_reads_let_pass_is_not_expected_of_other_reads() -> None:
    """Where reads accept requests with a key and without, only writes are expected to refuse."""
    refused = exchange("POST", "/books", json={"title": "t"}, status=401, answer=NO)
    model = told(refused, exchange("GET", "/authors", answer={"authors": ["ann", "bob"]}))
    assert Exists(Ref(("caller",))) not in route(model, "GET /books/{book_id}").variants[0].guards
    assert {each.status for each in route(model, "GET /books/{book_id}").variants} == {200}


def test_what_one_route_forbids_is_its_own_matter() -> None:
    """A header that one route asks for is not asked for by others; two routes make it a rule."""
    missing: Document = {"error": "tenant?"}
    one = exchange("GET", "/authors", status=403, answer=missing)
    other = exchange("PUT", f"/books/{KEYS[0]}", json={"title": "x"}, status=403, answer=missing)
    alone = told(one, headers=TENANT)
    assert {each.status for each in route(alone, "POST /books").variants} == {201}
    both = told(one, other, headers=TENANT)
    assert Client(both).ask("POST", "/books", json={"title": "t"}) == (403, missing)


def test_refusals_that_differ_for_another_reason_are_not_pooled() -> None:
    """Without a key one route finds nothing and another forbids: neither is the answer of all."""
    model = told(
        exchange("GET", "/authors", status=404, answer={"error": "nothing here"}),
        exchange("PUT", f"/books/{KEYS[0]}", json={"title": "x"}, status=403, answer={"reason": "denied"}),
    )
    assert {each.status for each in route(model, "POST /books").variants} == {201}


def reading(number: int) -> Headers:
    return (("x-api-key", ("k-live", "k-read")[number]),)


def test_what_a_key_is_not_good_for_is_refused_by_all_writes() -> None:
    """Two writes forbid one key in the same words: it is good for reading only, everywhere."""
    denied: Document = {"error": "read only"}
    refused = [
        exchange("POST", "/books", json={"title": "t"}, headers=reading(1), status=403, answer=denied),
        exchange(
            "PUT", f"/books/{KEYS[0]}", json={"title": "x"}, headers=reading(1), status=403, answer=denied
        ),
        exchange("GET", "/authors", headers=reading(1), answer={"authors": ["ann", "bob"]}),
    ]
    gone = exchange("DELETE", "/books/bk_none1234", headers=MINE, status=204)
    client = Client(told(*refused, gone))
    assert client.ask("DELETE", "/books/bk_none1234", headers=reading(1)) == (403, denied)
    assert client.ask("GET", "/authors", headers=reading(1))[0] == 200
    assert client.ask("POST", "/books", json={"title": "t"}, headers=reading(0))[0] == 201


def test_who_is_forbidden_in_words_that_others_hear_is_forbidden_for_another_reason() -> None:
    """A key that is refused what another one is refused as well has no fewer rights."""
    denied: Document = {"error": "not yours"}
    refused = [
        exchange("PUT", f"/books/{key}", json={"title": "x"}, headers=reading(who), status=403, answer=denied)
        for key in KEYS[:2]
        for who in (0, 1)
    ]
    also = exchange("POST", "/books", json={"title": "t"}, headers=reading(1), status=403, answer=denied)
    good = exchange("GET", "/authors", headers=reading(1), answer={"authors": ["ann", "bob"]})
    model = told(*refused, also, good)
    fewer = Equals(Ref(("request", "header", "x-api-key")), "k-read")
    first = [each.variants[0].guards[-1:] for each in model.routes]
    assert (fewer,) not in first
    assert {each.status for each in route(model, "GET /books/{book_id}").variants} == {200}
