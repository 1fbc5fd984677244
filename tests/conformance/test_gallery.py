"""The gallery: which part of the program is to blame, which exchanges are shown, and that it stays small."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conformance.test_planted import (
    DIFF,
    GENUINE,
    GOOD,
    MODEL,
    OTHERS,
    PLANTED,
    RECORDED,
    TRUE,
    planted,
)
from tests.synth.recordings import exchange, recording, session
from wraith.build._workers import spread
from wraith.canonical import JsonValue
from wraith.config import Diff
from wraith.conformance import Cause, Gallery, check
from wraith.conformance._gallery import MAX_EXHIBITS, PER_CAUSE
from wraith.exchange import Response, Truncated, encode_json
from wraith.synth import learn

ROUTE = "GET /settings"


def gallery_of(response: Response) -> Gallery:
    gallery = Gallery()
    check(MODEL, planted(response), diff=DIFF, gallery=gallery)
    return gallery


CHANGES = {name: GOOD._replace(body=encode_json(TRUE | change)) for name, (change, _) in PLANTED.items()}
CHANGES |= {name: response for name, (response, _) in OTHERS.items()}


@pytest.mark.parametrize("response", CHANGES.values(), ids=CHANGES)
def test_one_planted_difference_has_one_cause(response: Response) -> None:
    """It alone keeps the exchange from being exact, and the exchange is shown with the difference marked."""
    gallery = gallery_of(response)
    [blame] = gallery.ranked()
    assert (blame.alone, blame.exchanges, blame.differences) == (1, 1, 1)
    assert blame.shown == [("s00", 3)]
    [exhibit] = gallery.shown()
    assert (exhibit.route, exhibit.place, len(exhibit.differences)) == (ROUTE, ("s00", 3), 1)
    rows = (*exhibit.headers, *exhibit.body)
    [told] = exhibit.differences
    assert told.path == "status" or told.category in {row.note for row in rows}


CAUSES: dict[str, tuple[dict[str, JsonValue], Cause]] = {
    "a constant": ({"count": 4}, Cause("part", ROUTE, "count", "3")),
    "a part that is not there": (
        {"age": 5},
        Cause("nothing", ROUTE, "age", "the 200 answer has no part there"),
    ),
    "a part deep in a list": (
        {"tags": [{"id": 1, "name": "z"}, {"id": 2, "name": "b"}, {"id": 3, "name": "c"}]},
        Cause("part", ROUTE, "tags[*].name", '"a"'),
    ),
}


@pytest.mark.parametrize(("change", "expected"), CAUSES.values(), ids=CAUSES)
def test_the_part_that_is_to_blame(change: dict[str, JsonValue], expected: Cause) -> None:
    """The deepest part of the template that the difference is about, and what it is filled with."""
    assert [blame.cause for blame in gallery_of(GOOD._replace(body=encode_json(TRUE | change))).ranked()] == [
        expected
    ]


def test_the_choice_of_a_variant_is_to_blame_for_a_status() -> None:
    """And a header's source for a header."""
    assert gallery_of(GOOD._replace(status=203)).ranked()[0].cause == Cause(
        "choice", ROUTE, "status", "200 is answered where 203 was recorded"
    )
    header = gallery_of(GOOD._replace(headers=(GOOD.headers[0], ("x-kind", "bush")))).ranked()[0].cause
    assert header == Cause("header", ROUTE, "header.x-kind", '"tree"')


def test_members_named_like_parts_of_a_message_are_members() -> None:
    """A body may have a ``status`` and a ``header`` of its own."""
    named: dict[str, JsonValue] = {"status": "open", "header": {"x": 1}}
    model = learn(recording(session(*(exchange("GET", "/named", answer=named) for _ in range(3))))).model
    other: dict[str, JsonValue] = {"status": "shut", "header": {"x": 2}}
    gallery = Gallery()
    check(model, recording(session(exchange("GET", "/named", answer=other))), gallery=gallery)
    assert {(blame.cause.kind, blame.cause.place) for blame in gallery.ranked()} == {
        ("part", "status"),
        ("part", "header.x"),
    }
    [exhibit] = gallery.shown()
    assert [row.left for row in exhibit.body if row.note] == ['"status": "shut"', '"x": 2']
    assert not any(row.note for row in exhibit.headers)


def test_an_entity_that_is_answered_whole_is_one_cause() -> None:
    """However many of its members differ."""
    made = {"id": "tree_8h2k3j4l", "name": "oak", "size": {"height": 4, "width": 5}}
    corpus = recording(
        *(
            session(
                exchange("POST", "/trees", json={"name": name, "size": size}, status=201, answer=answer),
                exchange("GET", f"/trees/{answer['id']}", answer=answer),
                exchange("GET", f"/trees/{answer['id']}", answer=answer),
            )
            for number in range(4)
            for name in (f"oak {number}",)
            for size in ({"height": number + 4, "width": 5 * number},)
            for answer in (made | {"id": f"tree_{number}h2k3j4l{number}", "name": name, "size": size},)
        )
    )
    model = learn(corpus).model
    one = corpus[0]
    last = one.exchanges[-1]
    other = encode_json(made | {"id": "tree_0h2k3j4l0", "name": "elm", "size": {"height": 9, "width": 9}})
    changed = replace(
        one, exchanges=(*one.exchanges[:-1], replace(last, response=last.response._replace(body=other)))
    )
    gallery = Gallery()
    check(model, [changed], gallery=gallery)
    [blame] = gallery.ranked()
    assert (blame.cause.kind, blame.cause.place, blame.differences) == ("part", "", 3)
    assert list(blame.paths) == ["name", "size.height", "size.width"]


def test_what_has_no_route_says_so() -> None:
    """Nothing of the program is named then."""
    gallery = Gallery()
    lost = recording(session(exchange("GET", "/lost", answer={"a": 1})))
    check(MODEL, lost, gallery=gallery)
    [blame] = gallery.ranked()
    assert blame.cause == Cause("route", "GET (unknown route)", "", "nothing answers such requests")
    assert gallery.shown()[0].recorded_status == 200


def test_the_cause_that_would_make_most_exact_comes_first() -> None:
    """Not the one with most differences."""
    one = GOOD._replace(body=encode_json(TRUE | {"count": 4}))
    two = GOOD._replace(
        body=encode_json(TRUE | {"name": "elm", "size": {"height": 1, "width": 1}, "docs": "x"})
    )
    [recorded] = RECORDED
    first, second, third = recorded.exchanges
    corpus = [
        replace(
            recorded,
            exchanges=(
                replace(first, response=one),
                replace(second, response=one),
                replace(third, response=two),
            ),
        )
    ]
    gallery = Gallery()
    check(MODEL, corpus, diff=DIFF, gallery=gallery)
    ranked = gallery.ranked()
    assert (ranked[0].cause.place, ranked[0].alone) == ("count", 2)
    assert {blame.alone for blame in ranked[1:]} == {0}
    assert [exhibit.index for exhibit in gallery.shown()] == [1, 3, 2]


def test_a_warning_is_shown_and_keeps_nothing_from_being_exact() -> None:
    """Where 200 and 203 are as good as each other, there is a difference to see, and none to mend."""
    gallery = Gallery()
    lenient = Diff.model_validate({"thresholds": {"status_exact_match": False}})
    check(MODEL, planted(GOOD._replace(status=203)), diff=lenient, gallery=gallery)
    [blame] = gallery.ranked()
    assert (blame.cause.kind, blame.exchanges, blame.alone) == ("choice", 1, 0)
    assert [told.severity for told in gallery.shown()[0].differences] == ["warning"]


def test_nothing_is_shown_of_what_is_exact() -> None:
    """Where nothing differs there is nothing to see."""
    gallery = Gallery()
    check(MODEL, RECORDED, diff=DIFF, gallery=gallery)
    assert (gallery.ranked(), gallery.shown(), gallery.exchanges) == ([], [], 0)


BIG: dict[str, JsonValue] = {f"member{number}": number for number in range(150)}


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_gallery_is_bounded_and_the_same_for_every_number_of_processes(jobs: int) -> None:
    """So many exhibits, three for each cause at most, and everything counted."""
    model = learn(recording(*(session(exchange("GET", "/big", answer=BIG)) for _ in range(3)))).model
    wrong = recording(
        *(
            session(*(exchange("GET", "/big", answer=BIG | {f"member{number}": "x"}) for _ in range(4)))
            for number in range(150)
        )
    )
    gallery, alone = Gallery(), Gallery()
    check(model, wrong, gallery=gallery, spread=spread(jobs))
    check(model, wrong, gallery=alone)
    assert (gallery.exchanges, len(gallery.ranked()), len(gallery.shown())) == (600, 150, MAX_EXHIBITS)
    assert {blame.exchanges for blame in gallery.ranked()} == {4}
    assert {len(blame.shown) for blame in gallery.ranked()} == {PER_CAUSE}
    assert (gallery.ranked(), gallery.shown()) == (alone.ranked(), alone.shown())


BODIES: dict[str, tuple[Response, str]] = {
    "bytes": (
        Response(200, (("content-type", "image/png"), GENUINE), b"\x89PNG\x00\xff"),
        "6 bytes, sha256 a",
    ),
    "a body above the limit": (
        Response(200, (*GOOD.headers,), b"", Truncated("sha256:00", 10**9)),
        "",
    ),
    "a huge body": (GOOD._replace(body=encode_json({"a": "x" * 10**6})), "1000008 bytes, sha256 "),
    "nothing": (GOOD._replace(body=b""), ""),
    "text": (Response(200, (("content-type", "text/plain"), GENUINE), b"one\ntwo"), "one"),
}


@pytest.mark.parametrize(("response", "begins"), BODIES.values(), ids=BODIES)
def test_bodies_that_are_no_json_are_told_of(response: Response, begins: str) -> None:
    """Bytes and huge bodies by size and digest, texts line by line."""
    shown = gallery_of(response).shown()
    if begins:
        assert begins[:12] in (shown[0].body[0].left or "")
    assert all(len(row.left or "") < 300 for exhibit in shown for row in exhibit.body)
