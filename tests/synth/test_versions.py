"""Quality: versions that a service keeps."""

from __future__ import annotations

import pytest

from tests.synth.recordings import Document, Step, exchange, model_of, route, session
from tests.synth.test_reasons import Client
from wraith.canonical import JsonValue
from wraith.wir import First, Literal, Lookup, Model, Put, Ref, Text

PAGES = ("home", "about", "jobs")
TEXTS = ("amber", "birch", "cedar", "elm", "fir", "ginkgo", "hazel", "iris", "kelp")
NONE: Document = {"error": "no such version"}


def page(name: str, number: int, text: str) -> Document:
    return {"name": name, "rev": number, "text": text}


def put(name: str, number: int, text: str) -> Step:
    status = 201 if number == 1 else 200
    return exchange(
        "PUT", f"/pages/{name}", json={"text": text}, status=status, answer=page(name, number, text)
    )


def life(at: int, *further: Step) -> tuple[Step, ...]:
    """A page that is written three times, with what else is asked of it."""
    name, texts = PAGES[at], TEXTS[3 * at : 3 * at + 3]
    return session(*(put(name, number, text) for number, text in enumerate(texts, 1)), *further)


def old(name: str, number: int, text: str) -> Step:
    return exchange("GET", f"/pages/{name}?rev={number}", answer=page(name, number, text))


def missing(name: str) -> Step:
    return exchange("GET", f"/pages/{name}?rev=7", status=404, answer=NONE)


def restored(at: int) -> Step:
    name, text = PAGES[at], TEXTS[3 * at]
    return exchange("POST", f"/pages/{name}/restore", json={"rev": 1}, answer=page(name, 4, text))


def history(at: int, *, newest_first: bool) -> Step:
    shown: list[JsonValue] = [{"rev": n, "text": TEXTS[3 * at + n - 1]} for n in (1, 2, 3)]
    return exchange(
        "GET", f"/pages/{PAGES[at]}/revs", answer={"revs": shown[::-1] if newest_first else shown}
    )


def learned(*, newest_first: bool = False) -> Model:
    return model_of(
        *(
            life(
                at,
                old(PAGES[at], 1, TEXTS[3 * at]),
                old(PAGES[at], 2, TEXTS[3 * at + 1]),
                exchange("GET", f"/pages/{PAGES[at]}", answer=page(PAGES[at], 3, TEXTS[3 * at + 2])),
                missing(PAGES[at]),
                history(at, newest_first=newest_first),
                restored(at),
                exchange("GET", f"/pages/{PAGES[at]}", answer=page(PAGES[at], 4, TEXTS[3 * at])),
            )
            for at in range(3)
        ),
        session(
            put("new", 1, "oak"),
            exchange("GET", "/pages/new/revs", answer={"revs": [{"rev": 1, "text": "oak"}]}),
        ),
    )


def written(twin: Client, *texts: str) -> None:
    for text in texts:
        assert twin.ask("PUT", "/pages/faq", json={"text": text})[0] in (200, 201)


def test_an_old_version_is_read_by_its_number() -> None:
    """Every write files what it answers under the key and the number; the read looks there first."""
    model = learned()
    ok = [each for each in route(model, "GET /pages/{page_id}").variants if each.status == 200]
    version = Text((Ref(("request", "path", "page_id")), Literal("/"), Ref(("request", "query", "rev"))))
    assert {each.holes["hole_1"].source for each in ok} == {
        First((Lookup("pages.past", version), Ref(("entity",))))
    }
    twin = Client(model)
    written(twin, "one", "two", "three")
    assert twin.ask("GET", "/pages/faq?rev=2") == (200, page("faq", 2, "two"))
    assert twin.ask("GET", "/pages/faq") == (200, page("faq", 3, "three"))
    assert twin.ask("GET", "/pages/faq?rev=5") == (404, NONE)


def test_an_old_version_is_restored() -> None:
    """What a request names is written again, under the next number."""
    twin = Client(learned())
    written(twin, "one", "two", "three")
    assert twin.ask("POST", "/pages/faq/restore", json={"rev": 2}) == (200, page("faq", 4, "two"))
    assert twin.ask("GET", "/pages/faq?rev=4") == (200, page("faq", 4, "two"))


@pytest.mark.parametrize("newest_first", [False, True], ids=["oldest first", "newest first"])
def test_a_history_lists_what_was_written(newest_first: bool) -> None:
    """All versions of one page, whole or in part, in the order that the service has."""
    twin = Client(learned(newest_first=newest_first))
    written(twin, "one", "two")
    revs = [{"rev": 1, "text": "one"}, {"rev": 2, "text": "two"}]
    assert twin.ask("GET", "/pages/faq/revs") == (200, {"revs": revs[::-1] if newest_first else revs})


def test_a_number_that_chooses_nothing_keeps_nothing() -> None:
    """A service that answers with the present, whatever number it is asked for, keeps no past."""
    model = model_of(
        *(
            life(
                at,
                exchange("GET", f"/pages/{PAGES[at]}?rev=1", answer=page(PAGES[at], 3, TEXTS[3 * at + 2])),
                exchange("GET", f"/pages/{PAGES[at]}?rev=2", answer=page(PAGES[at], 3, TEXTS[3 * at + 2])),
            )
            for at in range(3)
        )
    )
    effects = [effect for each in route(model, "PUT /pages/{page_id}").variants for effect in each.effects]
    assert {effect.entity for effect in effects if isinstance(effect, Put)} == {"pages"}
