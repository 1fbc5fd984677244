"""The map between recorded and replayed identifiers: one to one, and applied to everything that is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.conformance import Identities
from wraith.exchange import Request

HERE, THERE = "cus_k3Jd82mQ", "cus_9xPq27Lb"


def bound(*pairs: tuple[str, str]) -> Identities:
    identities = Identities()
    for recorded, replayed in pairs or ((HERE, THERE),):
        assert identities.bind(recorded, replayed)
    return identities


@pytest.mark.parametrize(
    ("recorded", "replayed", "expected"),
    [(HERE, THERE, True), (HERE, "cus_other123", False), ("cus_other123", THERE, False), ("a", "b", True)],
    ids=["again", "one recorded, two replayed", "two recorded, one replayed", "others"],
)
def test_an_identifier_stands_for_one_other(recorded: str, replayed: str, expected: bool) -> None:
    """Binding fails where either side stands for something else already."""
    assert bound().bind(recorded, replayed) is expected


def test_a_failed_binding_changes_nothing() -> None:
    """What was refused is not taken for the same later."""
    identities = bound()
    assert not identities.bind("cus_other123", THERE)
    assert not identities.same("cus_other123", THERE)
    assert identities.bind("cus_other123", "cus_third456")


names = st.sampled_from(["a1", "b2", "c3", "d4"])


@given(st.lists(st.tuples(names, names), max_size=12))
def test_the_map_is_one_to_one(pairs: list[tuple[str, str]]) -> None:
    """Whatever is bound in whatever order, no identifier ever stands for two."""
    identities = Identities()
    taken = {pair for pair in pairs if identities.bind(*pair)}
    assert len({recorded for recorded, _ in taken}) == len(taken) == len({replayed for _, replayed in taken})
    assert all(identities.same(*pair) or pair[0] == pair[1] for pair in taken)
    others = {(a, b) for a in ["a1", "b2", "c3", "d4"] for b in ["a1", "b2", "c3", "d4"]} - taken
    assert not any(identities.same(*pair) for pair in others)


PLACES: dict[str, tuple[Request, Request]] = {
    "path": (Request("GET", f"/v1/customers/{HERE}"), Request("GET", f"/v1/customers/{THERE}")),
    "inside a path": (Request("GET", f"/v1/{HERE}/cards?x=1"), Request("GET", f"/v1/{THERE}/cards?x=1")),
    "query": (
        Request("GET", f"/v1/cards?customer={HERE}&n=1"),
        Request("GET", f"/v1/cards?customer={THERE}&n=1"),
    ),
    "form": (
        Request("POST", "/v1/cards", (), f"n=1&customer={HERE}".encode()),
        Request("POST", "/v1/cards", (), f"n=1&customer={THERE}".encode()),
    ),
    "json": (
        Request("POST", "/v1/cards", (), f'{{"customer": "{HERE}", "list": ["{HERE}"]}}'.encode()),
        Request("POST", "/v1/cards", (), f'{{"customer": "{THERE}", "list": ["{THERE}"]}}'.encode()),
    ),
    "address in a body": (
        Request("POST", "/v1/cards", (), f'{{"next": "http://h/v1/customers/{HERE}/x"}}'.encode()),
        Request("POST", "/v1/cards", (), f'{{"next": "http://h/v1/customers/{THERE}/x"}}'.encode()),
    ),
    "header": (
        Request("GET", "/v1/cards", (("x-customer", HERE),)),
        Request("GET", "/v1/cards", (("x-customer", THERE),)),
    ),
    "part of a longer word": (
        Request("GET", f"/v1/customers/{HERE}x", (), f"a=x{HERE}".encode()),
        Request("GET", f"/v1/customers/{HERE}x", (), f"a=x{HERE}".encode()),
    ),
    "nothing of ours": (
        Request("GET", "/v1/customers/cus_unknown1", (), b"\xff\x00cus"),
        Request("GET", "/v1/customers/cus_unknown1", (), b"\xff\x00cus"),
    ),
}


@pytest.mark.parametrize(("recorded", "expected"), PLACES.values(), ids=PLACES)
def test_a_recorded_request_is_sent_with_the_identifiers_of_the_twin(
    recorded: Request, expected: Request
) -> None:
    """Identifiers are replaced as whole words, wherever they stand, and all other bytes stay."""
    assert bound().request(recorded) == expected


def test_identifiers_that_trade_places_are_replaced_once() -> None:
    """A twin may use a recorded identifier for another thing: what was replaced is not replaced again."""
    identities = bound((HERE, THERE), (THERE, HERE))
    assert identities.translate(f"{HERE}/{THERE}") == f"{THERE}/{HERE}"


def test_a_short_identifier_is_replaced_as_a_whole_segment_only() -> None:
    """Short identifiers are words and numbers too often to be looked for inside other text."""
    identities = bound(("ab1", "xy2"))
    assert identities.request(Request("GET", "/v1/ab1/ab1-x?q=ab1")).target == "/v1/xy2/ab1-x?q=ab1"
    assert identities.translate("ab1") == "xy2"


def test_an_odd_identifier_is_escaped_in_a_path() -> None:
    """A replayed identifier that holds a slash stays one segment."""
    assert bound(("abc123", "a/b 1")).request(Request("GET", "/v1/abc123")).target == "/v1/a%2Fb%201"


@pytest.mark.parametrize(
    ("recorded", "replayed", "expected"),
    [
        (HERE, THERE, True),
        (HERE, HERE, False),
        (THERE, HERE, False),
        (f"/v1/{HERE}", f"/v1/{THERE}", True),
        (f"/v1/{HERE}", f"/v1/{HERE}", False),
        (1_700_000_000, 1_700_000_001, True),
        (1_700_000_000, 1_700_000_002, False),
        (True, 1, False),
        (1, True, False),
        (None, HERE, False),
    ],
    ids=[
        "bound",
        "not replaced",
        "the other way",
        "inside a text",
        "inside, not replaced",
        "instants of one place",
        "other instants",
        "true",
        "one",
        "null",
    ],
)
def test_two_different_values_stand_for_the_same_thing(
    recorded: object, replayed: object, expected: bool
) -> None:
    """Identifiers by the map, also inside text; times that stood at one place."""
    identities = bound()
    identities.note_instant(1_700_000_000, 1_700_000_001)
    assert identities.same(recorded, replayed) is expected


def test_a_time_in_milliseconds_names_a_version() -> None:
    """What was seen as a time in milliseconds is sent as the twin's own: versions are compared with it."""
    identities = Identities()
    identities.note_instant(1_700_000_000_123, 1_800_000_000_456)
    conditional = Request("PUT", "/v1/items/1", (("if-match", '"1700000000123"'),), b'{"at":1700000000123}')
    expected = Request("PUT", "/v1/items/1", (("if-match", '"1800000000456"'),), b'{"at":1800000000456}')
    assert identities.request(conditional) == expected
    assert identities.same('"1700000000123"', '"1800000000456"')


def test_a_time_in_seconds_is_no_name() -> None:
    """A second is shared by too many things to stand for one of them."""
    identities = Identities()
    identities.note_instant(1_700_000_000, 1_800_000_000)
    request = Request("GET", "/v1/items?since=1700000000")
    assert identities.request(request) == request


PADDED, OTHER = "VGlja2V0OjEyMw==", "VGlja2V0Ojc3Nw=="
"""Identifiers that are base64 (RFC 4648): padding is no part of a word."""

ENCODED: dict[str, tuple[Request, Request]] = {
    "json": (
        Request("POST", "/graphql", (), f'{{"id": "{PADDED}"}}'.encode()),
        Request("POST", "/graphql", (), f'{{"id": "{OTHER}"}}'.encode()),
    ),
    "a literal in a query": (
        Request("POST", "/graphql", (), f'{{"query": "{{ ticket(id: \\"{PADDED}\\") {{ id }} }}"}}'.encode()),
        Request("POST", "/graphql", (), f'{{"query": "{{ ticket(id: \\"{OTHER}\\") {{ id }} }}"}}'.encode()),
    ),
    "escaped in an address": (
        Request("GET", f"/tickets?after={PADDED.replace('=', '%3D')}&n=1"),
        Request("GET", f"/tickets?after={OTHER.replace('=', '%3D')}&n=1"),
    ),
    "without its padding": (
        Request("GET", "/tickets", (("x-ticket", PADDED.rstrip("=")),)),
        Request("GET", "/tickets", (("x-ticket", OTHER.rstrip("=")),)),
    ),
}


@pytest.mark.parametrize(("recorded", "expected"), ENCODED.values(), ids=ENCODED)
def test_an_encoded_identifier_is_replaced_with_its_padding(recorded: Request, expected: Request) -> None:
    """What differs in two identifiers of one build stands for each other wherever it is sent."""
    assert bound((PADDED, OTHER)).request(recorded) == expected


@pytest.mark.parametrize(
    ("recorded", "replayed", "text", "expected"),
    [
        ("YWJjZGVmZ2g=", "aGdmZWRjYmE=", "at YWJjZGVmZ2g", "at aGdmZWRjYmE"),
        ("/v1/abcdef12/x", "/v1/fedcba21/x", "see abcdef12", "see fedcba21"),
        ("YWJjZGVmZ2g=", "aGdmZWRjYmFh==", "at YWJjZGVmZ2g", "at YWJjZGVmZ2g"),
        ("/v1/abcdef12", "/v2x/y/fedcba21", "see abcdef12", "see abcdef12"),
        ("ab1==", "xy2==", "see ab1", "see ab1"),
    ],
    ids=["padding", "an address", "other padding", "another build", "short"],
)
def test_parts_stand_for_parts_of_the_same_build(
    recorded: str, replayed: str, text: str, expected: str
) -> None:
    """Where all that is between the words is the same, and a word is long enough; else only the whole."""
    identities = bound((recorded, replayed))
    assert identities.translate(text) == expected
    assert identities.same(recorded, replayed)
