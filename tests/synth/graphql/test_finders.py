"""How arguments name an entity: by its key, by one field, or by several together."""

from __future__ import annotations

from functools import cache

import pytest

from tests.synth.graphql.small import answers, asked
from tests.synth.recordings import recording
from wraith.canonical import JsonValue
from wraith.synth import learn
from wraith.wir import Model

BOOKS: list[dict[str, JsonValue]] = [
    {"id": "b1", "shelf": "north", "title": "Kelp"},
    {"id": "b2", "shelf": "north", "title": "Larch"},
    {"id": "b3", "shelf": "south", "title": "Maple"},
    {"id": "b4", "shelf": "south", "title": "Oak"},
]


def learned(*steps: tuple[str, JsonValue]) -> Model:
    """Return what is learned of a list of books, and of questions for one."""
    known = asked("{ books { id shelf title } }", {"data": {"books": [*BOOKS]}})
    more = [asked(query, {"data": {"book": found}}) for query, found in steps]
    return learn(recording([known, *more])).model


def by_both(shelf: str, title: str) -> str:
    return f'{{ book(shelf: "{shelf}", title: "{title}") {{ id }} }}'


@cache
def both() -> Model:
    """Return what is learned where the title alone would have found each book."""
    return learned(
        (by_both("north", "Larch"), {"id": "b2"}),
        (by_both("south", "Oak"), {"id": "b4"}),
        (by_both("north", "Maze"), None),
    )


@pytest.mark.parametrize(
    ("shelf", "title", "found"),
    [("north", "Kelp", "b1"), ("south", "Maple", "b3"), ("south", "Kelp", None), ("east", "Oak", None)],
    ids=["one", "another", "on another shelf", "on no shelf"],
)
def test_all_arguments_name_the_entity(shelf: str, title: str, found: str | None) -> None:
    """An argument that always is a field of what is answered narrows, though one is enough in recordings."""
    expected: JsonValue = {"id": found} if found is not None else None
    assert answers(both(), by_both(shelf, title)) == [{"data": {"book": expected}}]


def test_a_key_needs_no_other_argument() -> None:
    """Where an argument is the key, what another says does not matter."""
    steps = [
        (f'{{ book(id: "{each["id"]}", language: "{language}") {{ title }} }}', {"title": each["title"]})
        for each, language in zip(BOOKS[:3], ("en", "fi", "en"), strict=True)
    ]
    found = answers(learned(*steps), '{ book(id: "b4", language: "pt") { title } }')
    assert found == [{"data": {"book": {"title": "Oak"}}}]
