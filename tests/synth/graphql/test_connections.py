"""What cursors are made of: learned from those that answers gave out, written and read by the twin."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

import pytest

from tests.synth.graphql.small import answers, asked
from tests.synth.recordings import recording
from wraith.canonical import JsonValue
from wraith.synth import learn
from wraith.wir import Model

KEYS = ("nt_0aYw66Pd", "nt_9xPq27Lb", "nt_Q7my3Ke2", "nt_Zr41wTn6", "nt_b8Vc5Hs0", "nt_k3Jd82mQ")
Form = Callable[[int, str], str]
"""Writes a cursor: of the place of an element, counted from zero, and of its key."""


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def for_addresses(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


FORMS: dict[str, Form] = {
    "place from 0": lambda place, key: str(place),
    "place from 1": lambda place, key: str(place + 1),
    "place behind a word": lambda place, key: f"row-{place}",
    "place before a word": lambda place, key: f"{place + 1}.notes",
    "key": lambda place, key: key,
    "key behind a word": lambda place, key: f"after:{key}",
    "place behind a word, encoded": lambda place, key: encoded(f"cursor:{place + 1}"),
    "place from 0, encoded": lambda place, key: encoded(f"arrayconnection:{place}"),
    "key, encoded": lambda place, key: encoded(key),
    "key behind a word, encoded": lambda place, key: encoded(f"note:{key}:asc"),
    "encoded without padding": lambda place, key: encoded(f"c?>{place + 1}").rstrip("="),
    "encoded for addresses": lambda place, key: for_addresses(f"??>{place + 1}"),
    "encoded for addresses, without padding": lambda place, key: for_addresses(f"??>{place + 1}").rstrip("="),
}

UNREADABLE: dict[str, Form] = {
    "two words": lambda place, key: f"{'even' if place % 2 == 0 else 'odd'}-{place}",
    "neither place nor key": lambda place, key: encoded(f"t{place * place * 7919 + 104729}"),
    "always the same": lambda place, key: "cursor",
}


def page(form: Form, first: int, start: int) -> JsonValue:
    """Return what the service answers."""
    shown = [(place, KEYS[place]) for place in range(start, min(start + first, len(KEYS)))]
    edges: list[JsonValue] = [{"cursor": form(*each), "node": {"id": each[1]}} for each in shown]
    more = start + first < len(KEYS)
    info: JsonValue = {"hasNextPage": more, "endCursor": form(*shown[-1]) if shown else None}
    return {"data": {"notes": {"edges": edges, "pageInfo": info}}}


def query(first: int, after: str | None = None) -> str:
    sent = f', after: "{after}"' if after is not None else ""
    inner = "edges { cursor node { id } } pageInfo { hasNextPage endCursor }"
    return f"{{ notes(first: {first}{sent}) {{ {inner} }} }}"


def learned(form: Form) -> Model:
    """Return what is learned from pages of two and three, each read to its end."""
    sessions = [
        [
            asked(query(first, form(start - 1, KEYS[start - 1]) if start else None), page(form, first, start))
            for start in range(0, len(KEYS), first)
        ]
        for first in (2, 3, 2)
    ]
    return learn(recording(*sessions)).model


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_cursors_are_written_and_read_in_their_form(form: Form) -> None:
    """A page of a size that nobody asked for gives out the right cursors, and goes on behind any of them."""
    asks = (query(4), query(1, form(3, KEYS[3])), query(5, form(0, KEYS[0])))
    expected = [page(form, 4, 0), page(form, 1, 4), page(form, 5, 1)]
    assert answers(learned(form), *asks) == expected


@pytest.mark.parametrize("form", UNREADABLE.values(), ids=UNREADABLE)
def test_what_no_form_explains_is_not_invented(form: Form) -> None:
    """The list itself is answered; no cursor claims to be one of the service."""
    (found,) = answers(learned(form), "{ notes(first: 4) { edges { cursor node { id } } } }")
    assert found == {
        "data": {"notes": {"edges": [{"cursor": None, "node": {"id": key}} for key in KEYS[:4]]}}
    }
