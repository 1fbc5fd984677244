"""Rebase-check: the truth table of ``docs/reference/overlays.md``, and what a report says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.overlay.layers import V, answer, is_v, overlay, recorded, root, route
from wraith.config import Rule, ScrubConfig
from wraith.overlay import EntityType, Layer, RebaseReport, Schema, rebase_check
from wraith.wir import Equals, Exists, OneOfSet, Variant, ref

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference" / "overlays.md"

TOUCHED, OTHER = "POST /touched", "POST /other"
SCRUB = ScrubConfig(rules=(Rule(header="x-a"),))


def base(on_touched: tuple[Variant, ...], on_other: tuple[Variant, ...], **more: object) -> Layer:
    """Return a base with a route that the overlay touches, and one that it does not."""
    more.setdefault("entities", ["things"])
    more.setdefault("scrub", SCRUB)
    return root(route(TOUCHED, *on_touched), route(OTHER, *on_other), **more)  # type: ignore[arg-type]  # parts


SEEN = (answer(is_v("x"), says="base"), answer(is_v("z"), says="rare"))
OLD = base(SEEN, SEEN)
OVER = overlay(
    route(TOUCHED, answer(is_v("y"), says="over")),
    route("POST /new", answer(is_v("y"), says="new")),
    base=OLD,
    entities=["things"],
    scrub=SCRUB,
    runs=[["s1"]],
)
CORPUS = [
    recorded(
        "s1",
        (TOUCHED, {"v": "x"}, 200, "base"),
        (TOUCHED, {"v": "y"}, 200, "over"),
        ("POST /new", {"v": "y"}, 200, "new"),
    )
]


def on(place: str, changed: tuple[Variant, ...]) -> Layer:
    """Return the newer base in which the variants of one of the two routes are others."""
    return base(changed, SEEN, version="2") if place == TOUCHED else base(SEEN, changed, version="2")


def with_route(name: str, variant: Variant) -> Layer:
    newer = base(SEEN, SEEN, version="2")
    routes = (*newer.model.routes, route(name, variant))
    return replace(newer, model=newer.model.model_copy(update={"routes": routes}))


def without(name: str) -> Layer:
    newer = base(SEEN, SEEN, version="2")
    routes = tuple(each for each in newer.model.routes if each.name != name)
    return replace(newer, model=newer.model.model_copy(update={"routes": routes}))


Newer = Callable[[str], Layer]
CHANGES: dict[str, Newer] = {
    "is the same": lambda _: base(SEEN, SEEN, version="2"),
    "has one more route, disjoint from the overlay's": lambda place: with_route(
        "POST /new" if place == TOUCHED else "POST /newer", answer(is_v("q"))
    ),
    "has one more route, overlapping the overlay's": lambda place: with_route(
        "POST /new" if place == TOUCHED else "POST /newer", answer(Exists(V))
    ),
    "has a route less": without,
    "answers otherwise what was recorded": lambda place: on(
        place, (answer(is_v("x"), says="changed"), SEEN[1])
    ),
    "answers otherwise what was not recorded": lambda place: on(
        place, (SEEN[0], answer(is_v("z"), says="changed"))
    ),
    "has a guard that is wider, and meets the overlay's": lambda place: on(
        place, (SEEN[0], answer(OneOfSet(V, ("z", "y")), says="rare"))
    ),
    "has a guard that is wider, and does not": lambda place: on(
        place, (SEEN[0], answer(OneOfSet(V, ("z", "q")), says="rare"))
    ),
    "has a guard that is narrower": lambda place: on(
        place, (SEEN[0], answer(is_v("z"), Equals(ref("request.body.w"), 1), says="rare"))
    ),
    "keeps the key of an entity elsewhere": lambda place: base(
        SEEN, SEEN, version="2", entities=["things:uid" if place == TOUCHED else "others:uid", "things"][:1]
    ),
    "has one more type in its schema": lambda _: base(
        SEEN, SEEN, version="2", schema=Schema(types={"others": EntityType(key="id")})
    ),
    "scrubs more": lambda _: base(
        SEEN, SEEN, version="2", scrub=ScrubConfig(rules=(*SCRUB.rules, Rule(header="x-b")))
    ),
    "scrubs less": lambda _: base(SEEN, SEEN, version="2", scrub=ScrubConfig()),
}


def table() -> list[tuple[str, str, str]]:
    """Return the rows of the truth table: the change, and the answers for touched and untouched."""
    text = REFERENCE.read_text(encoding="utf-8").partition("| The newer base |")[2]
    rows = re.findall(r"^\| ([^|]+) \| ([a-z][a-z-]+) \| ([a-z][a-z-]+) \|$", text, re.MULTILINE)
    return [(change.strip(), touched, untouched) for change, touched, untouched in rows]


def judged(newer: Layer) -> RebaseReport:
    return rebase_check(OVER, (), OLD, newer, CORPUS)


def test_the_table_names_every_change() -> None:
    """The documented rows are those that are tested."""
    assert [change for change, _, _ in table()] == list(CHANGES)


@pytest.mark.parametrize(("change", "touched", "untouched"), table(), ids=[row[0] for row in table()])
def test_the_truth_table(change: str, touched: str, untouched: str) -> None:
    """Each change of the base has the documented answer, where the overlay is touched and where not."""
    answers = tuple(judged(CHANGES[change](place)).verdict for place in (TOUCHED, OTHER))
    assert answers == (touched, untouched)


def test_a_report_to_decide_from() -> None:
    """It lists routes, changed exchanges and overlaps with an example, and says how sure it is."""
    report = judged(on(TOUCHED, (answer(is_v("x"), says="changed"), answer(OneOfSet(V, ("z", "y"))))))
    assert [(each.route, each.change, each.touched) for each in report.routes] == [(TOUCHED, "changed", True)]
    assert [(each.exchange, each.passed_before, each.passes_now) for each in report.exchanges_changed] == [
        (1, True, False),
        (2, True, False),
    ]
    assert report.overlaps[0].example is not None
    assert report.confidence_bp == round(10_000 * (1 / 3) * (1 / 2))
    assert len(report.reasons) == 2


def test_what_a_base_scrubs_less_is_said() -> None:
    """An overlay keeps its own rules, so a weaker base is no conflict, but worth a line."""
    assert judged(base(SEEN, SEEN, version="2", scrub=ScrubConfig())).scrub != ()


def test_what_is_required_may_move_with_the_base() -> None:
    """A layer in the place of one that is required is judged as it is, and pinned by the overlay."""
    newer = base(SEEN, SEEN, version="2")
    first = overlay(route("POST /mine", answer(is_v("y"), says="mine")), base=OLD, scrub=SCRUB, name="first")
    moved = overlay(
        route("POST /mine", answer(is_v("y"), says="ours")), base=newer, scrub=SCRUB, name="first"
    )
    told = OVER.config.overlay.model_copy(update={"requires": (first.pin,)})
    over = replace(OVER, config=OVER.config.model_copy(update={"overlay": told}))
    report = rebase_check(over, (first,), OLD, newer, CORPUS, newer=(moved,))
    assert (report.verdict, report.policy) == ("compatible", ())
