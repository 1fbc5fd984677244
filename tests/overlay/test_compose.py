"""Composition: what is linked, in which order, with which origins; and what is a conflict."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.overlay.layers import V, answer, echo, is_v, overlay, root, route
from wraith.canonical import compact
from wraith.errors import InputError
from wraith.exchange import Request
from wraith.overlay import ORIGINS, Composition, Layer, compose
from wraith.runtime import Twin
from wraith.wir import (
    AtLeast,
    Atom,
    Below,
    Equals,
    Exists,
    Fixture,
    IsType,
    KeysWithin,
    Matches,
    Model,
    NotMatches,
    Ref,
    Route,
    ref,
)

ITEM = ref("request.path.id")


def composed(base: Layer, *overlays: Layer, strict: bool = True) -> Composition:
    return compose(base, overlays, name="both", strict=strict)


def said(composition: Composition, asked: str, body: object = None) -> object:
    """Return what the composite answers."""
    method, _, target = asked.partition(" ")
    twin = Twin(composition.model)
    request = Request(method, target, (("content-type", "application/json"),), compact(body))  # type: ignore[arg-type]  # JSON
    response = twin.respond(request, twin.open_session("s"), now_ms=0).response
    return json.loads(response.body).get("said", response.status)


def test_an_overlay_adds_variants_and_routes() -> None:
    """What the base answers stays, what the overlay adds answers the rest."""
    base = root(route("POST /a", answer(is_v("x"), says="base")))
    both = composed(
        base, overlay(route("POST /a", answer(is_v("y"), says="over")), route("GET /b", answer()))
    )
    assert both.report.verdict == "composed"
    assert [said(both, "POST /a", {"v": v}) for v in "xy"] == ["base", "over"]
    assert said(both, "GET /b") == "done"


def test_support_gives_room_where_guards_do_not() -> None:
    """A base that answers everything, but was only seen with some, leaves the rest to an overlay."""
    base = root(route("POST /a", echo(support=[Below(V, 100)])))
    both = composed(base, overlay(route("POST /a", answer(AtLeast(V, 100), says="too much", status=400))))
    assert both.report.overlaps == ()
    assert said(both, "POST /a", {"v": 5}) == 5
    assert said(both, "POST /a", {"v": 500}) == "too much"


def test_every_part_has_its_origin() -> None:
    """Routes and variants know the artifact that they came from, through composites as well."""
    base = root(route("POST /a", answer(is_v("x"))))
    first = overlay(route("POST /a", answer(is_v("y"))), name="first")
    second = overlay(route("POST /a", answer(is_v("z"))), route("GET /b", answer()), name="second")
    at_once = composed(base, first, second)
    assert [str(origin) for origin in at_once.origins.origins] == [base.pin, first.pin, second.pin]
    assert [(each.route, each.origin, each.variants) for each in at_once.origins.routes] == [
        ("POST /a", 0, (0, 1, 2)),
        ("GET /b", 2, (2,)),
    ]
    assert ORIGINS in at_once.files


def test_what_is_there_already_adds_nothing() -> None:
    """A variant that the base has, in every part, is no overlap, and stands there once."""
    base = root(route("POST /a", answer(is_v("x"))))
    both = composed(base, overlay(route("POST /a", answer(is_v("x")))))
    assert both.report.verdict == "composed"
    assert len(both.model.routes[0].variants) == 1


def test_an_overlap_is_a_conflict_with_an_example_and_a_guard() -> None:
    """The report has both sides, a request that satisfies both, and the guard that would end it."""
    base = root(route("POST /a", answer(Exists(V), says="base", support=[Matches(V, "[a-z]+")])))
    both = composed(base, overlay(route("POST /a", answer(Exists(V), says="over"))))
    assert both.report.verdict == "conflict"
    [overlap] = both.report.overlaps
    assert (overlap.first.origin, overlap.second.origin) == (base.pin, both.layers[1].pin)
    assert overlap.example is not None
    assert json.loads(overlap.example.body)["v"].isalpha()
    assert overlap.separate_by == {"not_matches": ["request.body.v", "[a-z]+"]}
    apart = answer(Exists(V), *_atoms(overlap.separate_by), says="over")
    assert composed(base, overlay(route("POST /a", apart))).report.verdict == "composed"


def _atoms(document: object) -> list[object]:
    from wraith.wir import atom_from_json

    return [atom_from_json(document)]  # type: ignore[arg-type]  # JSON


def test_the_base_wins_where_composing_is_not_strict() -> None:
    """With an overlap let pass, what both hold for is answered by the base, and the report says so."""
    base = root(route("POST /a", answer(is_v("x"), says="base")))
    both = composed(base, overlay(route("POST /a", answer(Exists(V), says="over"))), strict=False)
    assert (both.report.verdict, len(both.report.warnings)) == ("composed", 1)
    assert [said(both, "POST /a", {"v": v}) for v in "xy"] == ["base", "over"]


def test_overlays_are_held_against_each_other() -> None:
    """Two overlays that are each fine with the base may overlap with each other."""
    base = root(route("POST /a", answer(is_v("x"))))
    one = overlay(route("POST /a", answer(is_v("y"), says=1)), name="one")
    two = overlay(route("POST /a", answer(is_v("y"), says=2)), name="two")
    both = composed(base, one, two)
    assert [(each.first.origin, each.second.origin) for each in both.report.overlaps] == [(one.pin, two.pin)]


def test_names_of_parameters_are_the_bases() -> None:
    """What refers to a parameter follows its name."""
    base = root(route("GET /a/{key}", answer(Equals(ref("request.path.key"), "x"), says="base")))
    over = overlay(route("GET /a/{id}", answer(Equals(ITEM, "y"), says="over")))
    both = composed(base, over)
    assert both.report.verdict == "composed"
    assert [said(both, f"GET /a/{key}") for key in "xy"] == ["base", "over"]


SHADOWS: dict[str, tuple[Route, Route, str]] = {
    "a literal takes paths of a parameter": (
        route("GET /a/{id}", answer()),
        route("GET /a/search", answer(says="found")),
        "conflict",
    ),
    "a literal that the parameter cannot be": (
        route("GET /a/{id}", answer(Matches(ITEM, "[0-9]+"))),
        route("GET /a/search", answer(says="found")),
        "composed",
    ),
    "a parameter leaves a literal its paths": (
        route("GET /a/search", answer()),
        route("GET /a/{id}", answer(says="one")),
        "composed",
    ),
    "the first literal decides": (
        route("GET /{a}/b", answer()),
        route("GET /a/{b}", answer(says="other")),
        "conflict",
    ),
    "HEAD is answered as GET": (
        route("GET /a", answer()),
        route("HEAD /a", answer(status=204)),
        "conflict",
    ),
    "other methods share no path": (
        route("GET /a/{id}", answer()),
        route("POST /a/search", answer()),
        "composed",
    ),
}


@pytest.mark.parametrize(("there", "new", "verdict"), SHADOWS.values(), ids=SHADOWS)
def test_new_routes_leave_the_paths_of_others(there: Route, new: Route, verdict: str) -> None:
    """A route that would answer what another layer's answers has to be disjoint from it."""
    assert composed(root(there), overlay(new)).report.verdict == verdict


def test_what_is_required_comes_before() -> None:
    """An overlay that requires another one is not composed without it, nor before it."""
    base = root(route("POST /a", answer(is_v("x"))))
    needed = overlay(route("POST /a", answer(is_v("y"))), name="needed")
    needs = overlay(route("POST /a", answer(is_v("z"))), name="needs", requires=[needed.pin])
    assert composed(base, needed, needs).report.verdict == "composed"
    for order in ((needs,), (needs, needed)):
        with pytest.raises(InputError, match="requires needed@sha256:"):
            composed(base, *order)


def test_fixtures_are_sets_of_their_overlay() -> None:
    """The default session is never seeded with an overlay's fixtures; they are a set that bears its name."""
    base = root(route("GET /a", answer()), fixtures={"": {"things": {"1": {"id": "1"}}}})
    over = overlay(fixtures={"": {"things": {"2": {"id": "2"}}}, "vip": {"things": {"3": {"id": "3"}}}})
    revealed = over.model.model_copy(update={"fixtures": {"things": (Fixture(key="4", value={"id": "4"}),)}})
    files = composed(base, _with_model(over, revealed)).files
    assert json.loads(files["state/fixtures/things.json"]) == {"1": {"id": "1"}}
    assert set(json.loads(files["state/fixtures/over/things.json"])) == {"2", "4"}
    assert set(json.loads(files["state/fixtures/over.vip/things.json"])) == {"3"}
    assert json.loads(files["model/symbols.json"])["fixtures"] == {}


def _with_model(layer: Layer, model: Model) -> Layer:
    from dataclasses import replace

    return replace(layer, model=model)


def test_faults_bear_the_name_of_their_overlay() -> None:
    """Fault profiles of overlays stand beside those of the base."""
    base = root(route("GET /a", answer()), faults={"slow": b"base"})
    files = composed(base, overlay(faults={"slow": b"over"})).files
    assert (files["faults/slow.toml"], files["faults/over.slow.toml"]) == (b"base", b"over")


SEEDED = """
import hashlib
from tests.overlay.layers import *
from wraith.overlay import compose
from wraith.wir import KeysWithin

def routes(prefix, support):
    for n in range(30):
        yield route(f"POST /r{n}", *(answer(is_v(f"{prefix}{n}-{m}"), support=support) for m in range(4)))

base = root(*routes("", [KeysWithin(V, ("a", "b"))]))
overs = [overlay(*routes(f"{k}:", ()), name=f"o{k}") for k in range(3)]
files = compose(base, overs, name="c").files
print(hashlib.sha256(b"".join(name.encode() + data for name, data in files.items())).hexdigest())
"""


def test_the_same_bytes_whatever_the_hash_seed_and_the_locale() -> None:
    """Nothing of a composite depends on the order of sets, or on the machine."""
    root_path = Path(__file__).resolve().parents[2]
    prints = {
        subprocess.run(
            [sys.executable, "-c", SEEDED],
            cwd=root_path,
            env={"PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONPATH": str(root_path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed, locale in (("1", "C"), ("2", "C.UTF-8"))
    }
    assert len(prints) == 1


def test_large_composites_are_made_in_time() -> None:
    """1,000 routes and 5 overlays of 200 variants each are linked in 2 s on one core; three times that where
    the machine is shared."""
    support = (KeysWithin(Ref(("request", "body")), ("v", "w")), Equals(ref("request.body_kind"), "json"))
    base = root(
        *(
            route(f"POST /r{n}/{{id}}", *(answer(is_v(word), support=support) for word in "abc"))
            for n in range(1_000)
        )
    )
    overs = [
        overlay(
            *(
                route(f"POST /r{n}/{{id}}", *(answer(is_v(f"{k}-{m}"), support=support) for m in range(10)))
                for n in range(20)
            ),
            name=f"o{k}",
        )
        for k in range(5)
    ]
    before = time.process_time()
    both = compose(base, overs, name="large")
    assert both.report.verdict == "composed"
    assert time.process_time() - before < 6.0


ASKED = {
    "a range and a pattern": (AtLeast(V, 45.0), Below(V, 7001.0), Matches(V, "[0-9]+")),
    "a range and a refused pattern": (
        IsType(V, "string"),
        AtLeast(V, 1),
        Below(V, 100),
        NotMatches(V, "[0-9]+"),
    ),
    "a range between whole numbers": (AtLeast(V, 0.2), Below(V, 0.9)),
    "below zero, and not that": (Below(V, -5), NotMatches(V, "-6")),
}


@pytest.mark.parametrize("atoms", ASKED.values(), ids=ASKED)
def test_an_example_is_found(atoms: tuple[Atom, ...]) -> None:
    """Bounds and patterns together, wanted and refused, have an example, of which all of them are true."""
    over = overlay(
        route("POST /x", answer(says="over")), base=(one := root(route("POST /x", answer(*atoms))))
    )
    [overlap] = compose(one, [over], name="both").report.overlaps
    assert overlap.example is not None


def test_an_overlay_is_no_base() -> None:
    """Overlays stand on a root twin or a composite; what is meant is said."""
    with pytest.raises(InputError, match="is an overlay") as raised:
        compose(overlay(), [overlay(name="other")], name="both")
    assert "--overlay over" in (raised.value.hint or "")


def test_another_base_than_the_pinned_one_names_both() -> None:
    """The finding says what is pinned, and how the pin moves where it is the same twin."""
    [moved] = compose(root(version="2"), [overlay()], name="both").report.policy
    assert f"base@{root().digest}" in moved.reason
    assert "wraith rebase over --to base" in moved.reason
    [other] = compose(root(name="other"), [overlay()], name="both").report.policy
    assert f"pins base@{root().digest}" in other.reason
    assert "wraith rebase" not in other.reason
