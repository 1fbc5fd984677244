"""Quality: what answers show of other entities, and what goes with what is deleted."""

from __future__ import annotations

import pytest

from tests.synth.recordings import (
    Document,
    Step,
    exchange,
    model_of,
    recording,
    replayed,
    session,
    source,
    variant,
)
from wraith.synth import learn
from wraith.wir import Delete, Lookup, Object, Query, Ref, Sweep, Where

KEYS = (("sh_1k7Qm92Xp", "sh_2m9Lw48Zt"), ("sh_3p4Rv73Bn", "sh_4q8Hs15Kc"), ("sh_5r6Dj69Wy", "sh_6t3Fg27Mb"))


def shelf(key: str) -> Document:
    return {"id": key, "label": f"shelf {key}"}


def book(key: str, on: str) -> Document:
    return {"id": f"bk_{key}{on[-8:][::-1]}", "title": f"book {key}", "shelf": on}


def library(number: int) -> tuple[list[Document], list[Document]]:
    one, other = KEYS[number]
    return [shelf(one), shelf(other)], [
        book(f"{number}a7", one),
        book(f"{number}b8", one),
        book(f"{number}c9", other),
    ]


def made(number: int) -> list[Step]:
    """Return the steps that put books on two shelves, and read one of each."""
    shelves, books = library(number)
    steps = [exchange("POST", "/shelves", json={"label": each["label"]}, answer=each) for each in shelves]
    steps += [
        exchange("POST", "/books", json={"title": each["title"], "shelf": each["shelf"]}, answer=each)
        for each in books
    ]
    steps.append(exchange("GET", f"/shelves/{shelves[0]['id']}", answer=shelves[0]))
    return [*steps, exchange("GET", f"/books/{books[0]['id']}", answer=books[0])]


def embedded(number: int) -> list[Step]:
    shelves, books = library(number)
    on = {str(each["id"]): [one for one in books if one["shelf"] == each["id"]] for each in shelves}
    return [
        exchange(
            "GET", f"/shelves/{each['id']}?embed=books", answer={**each, "books": [*on[str(each["id"])]]}
        )
        for each in shelves
    ] + [
        exchange(
            "GET", f"/books/{each['id']}?embed=owner", answer={**each, "owner": shelf(str(each["shelf"]))}
        )
        for each in books
    ]


def test_children_are_embedded_by_the_field_that_refers_to_the_parent() -> None:
    """The parameter's value names the member; the values tell the collection and the field."""
    sessions = [session(*made(number), *embedded(number)) for number in range(3)]
    found = source(variant(model_of(*sessions), "GET /shelves/{shelve_id}"), "")
    assert isinstance(found, Object)
    assert found.base == Ref(("entity",))
    [(name, member)] = found.members
    assert name == "books"
    assert repr(Query("books", (Where(("shelf",), "is", Ref(("entity", "id")), False),))) in repr(member)


def test_the_parent_is_embedded_by_reference() -> None:
    """One is found in its collection by what the field holds."""
    sessions = [session(*made(number), *embedded(number)) for number in range(3)]
    found = source(variant(model_of(*sessions), "GET /books/{book_id}"), "")
    assert isinstance(found, Object)
    assert repr(Lookup("shelves", Ref(("entity", "shelf")))) in repr(found.members)


def test_what_is_embedded_is_not_stored() -> None:
    """A list that follows shows the entity as it is, without what a parameter had asked for."""
    sessions = []
    for number in range(3):
        shelves, _ = library(number)
        sessions.append(
            session(*made(number), *embedded(number), exchange("GET", "/shelves", answer=[*shelves]))
        )
    corpus = recording(*sessions)
    learned = learn(corpus)
    assert replayed(learned, corpus).exact_bp == 10_000


@pytest.mark.parametrize("whole", [False, True], ids=["read back", "listed"])
def test_deleting_takes_along_what_refers_to_it(whole: bool) -> None:
    """The books go with their shelf, as later reads and lists show."""
    sessions = []
    for number in range(3):
        shelves, books = library(number)
        gone = [
            exchange("GET", f"/books/{each['id']}", status=404, answer={"error": "none"})
            for each in books[:2]
        ]
        left = [exchange("GET", "/books", answer=[books[2]])]
        sessions.append(
            session(
                *made(number),
                exchange("GET", "/books", answer=[*books]),
                exchange("DELETE", f"/shelves/{shelves[0]['id']}", status=204),
                *(left if whole else gone),
            )
        )
    effects = variant(model_of(*sessions), "DELETE /shelves/{shelve_id}", 204).effects
    key = Ref(("request", "path", "shelve_id"))
    assert effects == (Delete("shelves", key), Sweep("books", key, ("shelf",)))


def test_what_is_still_there_did_not_go() -> None:
    """Books that are read after their shelf was deleted stay."""
    sessions = []
    for number in range(3):
        shelves, books = library(number)
        sessions.append(
            session(
                *made(number),
                exchange("DELETE", f"/shelves/{shelves[0]['id']}", status=204),
                exchange("GET", f"/books/{books[0]['id']}", answer=books[0]),
                exchange("GET", f"/books/{books[1]['id']}", answer=books[1]),
            )
        )
    effects = variant(model_of(*sessions), "DELETE /shelves/{shelve_id}", 204).effects
    assert effects == (Delete("shelves", Ref(("request", "path", "shelve_id"))),)


def test_a_field_that_refers_elsewhere_takes_nothing_along() -> None:
    """Pages go with their book; that the number of a book is that of a shelf as well is chance."""
    sessions = []
    for number in range(3):
        base = 10 * number
        shelves = [{"id": base + at, "name": f"s{base + at}"} for at in (1, 2)]
        books = [{"id": base + at, "shelf": base + 1, "name": f"b{base + at}"} for at in (1, 2, 3, 4)]
        pages = [{"id": base + at, "book": base + at, "name": f"p{base + at}"} for at in (1, 2, 3, 4)]
        created = [
            exchange("POST", f"/{name}", json={k: v for k, v in each.items() if k != "id"}, answer=each)
            for name, some in (("shelves", shelves), ("books", books), ("pages", pages))
            for each in some
        ]
        sessions.append(
            session(
                *created,
                *(exchange("GET", f"/shelves/{each['id']}", answer=each) for each in shelves),
                *(exchange("GET", f"/books/{each['id']}", answer=each) for each in books),
                *(exchange("GET", f"/pages/{each['id']}", answer=each) for each in pages),
                exchange("DELETE", f"/shelves/{base + 1}", status=204),
                exchange("GET", f"/books/{base + 1}", status=404, answer={"error": "none"}),
                exchange("GET", f"/pages/{base + 1}", status=404, answer={"error": "none"}),
            )
        )
    effects = variant(model_of(*sessions), "DELETE /shelves/{shelve_id}", 204).effects
    assert [each.entity for each in effects if isinstance(each, Sweep)] == ["books"]


def test_a_view_of_collections_is_made_of_their_lists() -> None:
    """What it shows is what the collections hold, whatever was created since."""
    sessions = []
    for number in range(3):
        shelves, books = library(number)
        more = shelf(f"sh_9z{number}Tq84Vn")
        sessions.append(
            session(
                *made(number),
                exchange("GET", "/all", answer={"shelves": [*shelves], "books": [*books]}),
                exchange("POST", "/shelves", json={"label": more["label"]}, answer=more),
                exchange("GET", "/all", answer={"shelves": [*shelves, more], "books": [*books]}),
            )
        )
    view = variant(model_of(*sessions), "GET /all")
    assert source(view, "shelves") == Query("shelves")
    assert source(view, "books") == Query("books")
