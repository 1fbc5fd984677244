"""Promote: what backs each variant, and the change that is suggested to the base's owner."""

from __future__ import annotations

import json

import pytest

from tests.overlay.layers import answer, is_v, overlay, recorded, root, route
from wraith.canonical import parse
from wraith.config import Promote
from wraith.conformance import check
from wraith.overlay import Layer, Promotion, compose, promote, selected, suggestion
from wraith.wir import apply_patches, load_patch, model_from_json, model_to_json

BASE = root(route("POST /a", answer(is_v("x"), says="base")))
DIGEST = f"sha256:{'0' * 64}"


def session(name: str, *values: str) -> object:
    said = {"x": "base", "y": "over"}
    return recorded(name, *(("POST /a", {"v": value}, 200, said[value]) for value in values))


def judged(
    over: Layer, *sessions: object, required: Promote | None = None
) -> tuple[Promotion, dict[str, bytes]]:
    composition = compose(BASE, [over], name="over")
    report = check(selected(composition, over), sessions)  # type: ignore[arg-type]  # sessions
    promotion = promote(
        composition,
        report,
        sessions,  # type: ignore[arg-type]  # sessions
        required=required or Promote(),
        composite_digest=DIGEST,
        recordings_digest=DIGEST,
    )
    return promotion, dict(suggestion(composition, promotion))


OVER = overlay(route("POST /a", answer(is_v("y"), says="over")), base=BASE)
ENOUGH = (session("s1", "y", "y", "x"), session("s2", "y"))


def test_what_is_backed_is_promoted() -> None:
    """Three exchanges in two sessions are enough for a variant; the base's own need none."""
    promotion, _ = judged(OVER, *ENOUGH)
    assert promotion.promoted
    assert [(each.exchanges, each.sessions, each.enough) for each in promotion.evidence] == [(3, 2, True)]
    assert promotion.made_at is None


LACKING: dict[str, tuple[tuple[object, ...], Promote, tuple[int, int]]] = {
    "too few exchanges": ((session("s1", "y"), session("s2", "y")), Promote(), (1, 0)),
    "too few sessions": ((session("s1", "y", "y", "y"),), Promote(), (0, 1)),
    "more is required": (ENOUGH, Promote(min_exchanges=5, min_sessions=4), (2, 2)),
}


@pytest.mark.parametrize(("sessions", "required", "missing"), LACKING.values(), ids=LACKING)
def test_what_lacks_evidence_is_not(
    sessions: tuple[object, ...], required: Promote, missing: tuple[int, int]
) -> None:
    """What is missing is said of each variant."""
    promotion, files = judged(OVER, *sessions, required=required)
    assert not promotion.promoted
    [lacking] = promotion.lacking
    assert (lacking.missing_exchanges, lacking.missing_sessions) == missing
    assert b"not promoted" in files["summary.md"]


def test_a_refused_overlay_is_not_promoted() -> None:
    """A finding of policy is enough, whatever backs the overlay."""
    passing_on = overlay(*OVER.model.routes, base=BASE, tables={"passthrough": {"enabled": True}})
    promotion, _ = judged(passing_on, *ENOUGH)
    assert (promotion.promoted, [each.capability for each in promotion.policy]) == (False, ["passthrough"])


def test_an_overlay_that_adds_nothing_is_not_promoted() -> None:
    """There is nothing to take over."""
    assert not judged(overlay(base=BASE), *(session("s1", "x"),))[0].promoted


def test_the_suggested_patches_make_the_base_answer_so() -> None:
    """Applied to the base's model, they add what the overlay adds, and nothing else."""
    _, files = judged(OVER, *ENOUGH)
    patches = [load_patch(data, name) for name, data in files.items() if name.startswith("model/patches/")]  # type: ignore[arg-type]  # a place to name
    document, findings = apply_patches(model_to_json(BASE.model), patches)
    [patched] = model_from_json(document).routes
    assert findings == ()
    assert patched.variants == (*BASE.model.routes[0].variants, *OVER.model.routes[0].variants)
    assert json.loads(files["evidence.json"])[0]["exchanges"] == 3
    assert parse(files["promotion.json"])["format"] == "wraith.promotion/1"  # type: ignore[index,call-overload]  # an object


def test_fixtures_are_suggested_as_the_set_of_the_overlay() -> None:
    """The base's default session stays as it is."""
    over = overlay(*OVER.model.routes, base=BASE, fixtures={"": {"things": {"1": {"id": "1"}}}})
    _, files = judged(over, *ENOUGH)
    assert "state/fixtures/over/things.json" in files
