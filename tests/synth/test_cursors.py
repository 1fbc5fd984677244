"""Quality: tokens that lead from page to page, and what answers say of themselves."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote, urlencode

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
from tests.synth.test_reasons import Client
from wraith.canonical import JsonValue
from wraith.synth import learn
from wraith.wir import Ref, Text

KEYS = ("nt_k3Jd82mQ", "nt_9xPq27Lb", "nt_Zr41wTn6", "nt_b8Vc5Hs0", "nt_Q7my3Ke2")


def notes(number: int) -> list[Document]:
    return [{"id": f"{key}{number}", "word": f"w{number}{place}"} for place, key in enumerate(KEYS)]


def token(number: int, place: int) -> str:
    """What only its service can read."""
    return b64encode(f"nonce-{number * 7919 + place * 104729}-{place * 31}".encode()).decode()


def pages(number: int, *, header: bool) -> tuple[Step, ...]:
    """A session that writes five notes and reads them two by two, as the token of each page leads on."""
    some = notes(number)
    steps = [
        exchange("POST", "/notes", json={"word": note["word"]}, status=201, answer=note) for note in some
    ]
    sent: dict[str, str] = {}
    for start in (0, 2, 4):
        given = token(number, start) if start < 4 else None
        target = "/notes?" + urlencode({"size": 2, **sent})
        answer: Document = {"items": list[JsonValue](some[start : start + 2])}
        headers: tuple[tuple[str, str], ...] = ()
        if header and given is not None:
            headers = (("x-next", f"/notes?size=2&mark={quote(given, safe='')}"),)
        elif not header:
            answer["next"] = given
        steps.append(exchange("GET", target, answer=answer, answer_headers=headers))
        sent = {"mark": given} if given is not None else {}
    return session(*steps)


def test_a_token_in_the_body_leads_on() -> None:
    """The twin gives out tokens of its own, and each of them leads to the page behind."""
    client = Client(model_of(*(pages(number, header=False) for number in range(3))))
    made = [client.ask("POST", "/notes", {"word": word})[1] for word in ("a", "b", "c", "d", "e")]
    shown: list[JsonValue] = []
    target = "/notes?size=2"
    for _ in range(3):
        _, page = client.ask("GET", target)
        assert isinstance(page, dict)
        assert isinstance(page["items"], list)
        shown += page["items"]
        target = f"/notes?size=2&mark={page['next']}"
    assert shown == made
    assert page["next"] is None


def test_recorded_tokens_stand_for_those_of_the_twin() -> None:
    """A replay follows the twin's tokens where the recording followed the service's."""
    for header in (False, True):
        corpus = recording(*(pages(number, header=header) for number in range(3)))
        assert findings(replayed(learn(corpus), corpus)) == []


def test_a_text_that_nobody_sends_back_is_no_token() -> None:
    """A text beside a list that no request brings back stays what it is."""
    answers = [
        exchange(
            "GET", "/notes", answer={"items": list[JsonValue](notes(number)), "trace": f"trace-{number}-8f2k"}
        )
        for number in range(3)
    ]
    found = source(variant(model_of(*(session(each) for each in answers)), "GET /notes"), "trace")
    assert found != Ref(("page", "next_token"))


def test_a_refusal_that_lists_what_is_allowed_allows_it() -> None:
    """One refused word that is told which words are allowed teaches all of them, and nothing of other
    parameters."""
    steps = [exchange("GET", "/notes", answer=[]), exchange("GET", "/notes?word=elm", answer=[])]
    refusal = {"errors": {"state": "must be one of draft, sent or paid"}}
    model = model_of(
        *(
            session(*steps, exchange("GET", f"/notes?state={bad}", status=422, answer=refusal))
            for bad in ("x1", "q7")
        )
    )
    client = Client(model)
    assert [client.ask("GET", f"/notes?state={state}")[0] for state in ("sent", "paid", "lost")] == [
        200,
        200,
        422,
    ]
    assert client.ask("GET", "/notes?colour=red")[0] == 200


def test_a_reason_without_a_list_allows_nothing_in_particular() -> None:
    """Words behind ``one of`` that are no list of words are prose."""
    refusal = {"errors": {"state": "must be one of the things that we know of"}}
    model = model_of(
        *(
            session(
                exchange("GET", "/notes", answer=[]),
                exchange("GET", f"/notes?state={bad}", status=422, answer=refusal),
            )
            for bad in ("x1", "q7")
        )
    )
    assert Client(model).ask("GET", "/notes?state=things")[0] == 422


def test_one_missing_thing_is_named_by_the_path() -> None:
    """A refusal that was recorded of one key alone names whichever key is asked for."""
    absent = {"message": "there is no note nt_8f2kQ71x"}
    model = model_of(
        session(
            exchange("POST", "/notes", json={"word": "a"}, status=201, answer=notes(0)[0]),
            exchange("GET", f"/notes/{KEYS[0]}0", answer=notes(0)[0]),
            exchange("GET", "/notes/nt_8f2kQ71x", status=404, answer=absent),
        )
    )
    found = source(variant(model, "GET /notes/{note_id}", 404), "message")
    assert isinstance(found, Text)
    assert Client(model).ask("GET", "/notes/nt_55aa") == (404, {"message": "there is no note nt_55aa"})


def test_a_number_in_a_text_is_not_the_path() -> None:
    """A short key that stands in a text may stand there for another reason."""
    model = model_of(
        session(
            exchange("GET", "/notes/12", answer={"id": 12, "word": "a"}),
            exchange("GET", "/notes/99", status=404, answer={"message": "at most 99 a day"}),
        )
    )
    assert Client(model).ask("GET", "/notes/98") == (404, {"message": "at most 99 a day"})
