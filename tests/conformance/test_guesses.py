"""Heuristics by name: for what nothing explains, and for nothing else."""

from __future__ import annotations

import pytest

from tests.conformance.test_compare import HOLES, answered, recorded
from tests.synth.recordings import exchange, recording, session
from wraith.canonical import JsonValue
from wraith.config import Diff
from wraith.conformance import How, Identities, check, compare
from wraith.conformance._fields import Fields
from wraith.wir import Hole, Literal, Model, Route, Variant

NOW, LATER = "2023-11-14T22:13:20Z", "2023-11-15T01:00:00Z"

TABLE: list[tuple[str, JsonValue, JsonValue, bool]] = [
    # name, recorded, replayed, whether it may differ
    ("updated_at", NOW, LATER, True),
    ("updatedAt", NOW, LATER, True),
    ("updated-at", NOW, LATER, True),
    ("updated_at", 1_700_000_000, 1_700_000_009, True),
    ("updated_at", NOW, "2023-11-15", False),
    ("updated_at", 1_700_000_000, 1_700_000_009_000, False),
    ("updated_at", 3, 4, False),
    ("updated_at", "noon", "night", False),
    ("view_count", 3, 4, True),
    ("viewCount", 3, 4, True),
    ("view_count", 3, 4.5, False),
    ("view_count", 3, "4", False),
    ("view_count", True, False, False),
    ("count", 3, 4, False),
    ("at", NOW, LATER, False),
    ("chat", NOW, LATER, False),
    ("discount", 3, 4, False),
    ("updated", NOW, LATER, False),
]


@pytest.mark.parametrize(("name", "then", "now", "differs"), TABLE)
def test_names_that_change(name: str, then: JsonValue, now: JsonValue, differs: bool) -> None:
    """Times called ``…_at`` and numbers called ``…_count``, of one type, where nothing explains them."""
    found = compare(recorded({name: then}), answered({name: now}, {name: "$odd"}), Identities())
    assert (found.differences == []) == differs
    assert [reason for reason, _ in found.suppressed] == (["heuristic"] if differs else [])
    assert found.body_leaves == (0 if differs else 1)


@pytest.mark.parametrize("leaf", [*(f"${name}" for name in HOLES if name != "odd"), NOW, "none"])
def test_what_the_model_predicts_is_never_left_out_for_its_name(leaf: str) -> None:
    """Whatever predicts it: only the word ``unexplained`` opens the door."""
    template: JsonValue = {} if leaf == "none" else {"updated_at": leaf}
    found = compare(recorded({"updated_at": NOW}), answered({"updated_at": LATER}, template), Identities())
    assert "heuristic" not in [reason for reason, _ in found.suppressed]


def test_what_stands_inside_of_what_nothing_explains_is_judged_by_its_own_name() -> None:
    """Deep inside an object, and in each element of a list."""
    then = {"stats": [{"view_count": 1, "owner": "a"}, {"view_count": 2, "owner": "b"}]}
    now = {"stats": [{"view_count": 5, "owner": "a"}, {"view_count": 2, "owner": "c"}]}
    found = compare(recorded({"x": then}), answered({"x": now}, {"x": "$odd"}), Identities())
    assert [each.path for each in found.differences] == ["x.stats[1].owner"]
    assert found.suppressed == [("heuristic", ("x", "stats", 0, "view_count"))]


def test_a_rule_has_such_a_field_compared_again() -> None:
    """``[diff.fields]`` says exact, and the name says nothing any more."""
    how = How(fields=Fields(Diff.model_validate({"fields": {"view_count": "exact"}}).fields))
    answer = answered({"view_count": 4}, {"view_count": "$odd"})
    found = compare(recorded({"view_count": 3}), answer, Identities(), how)
    assert [each.category for each in found.differences] == ["value_mismatch"]


def test_the_report_says_how_it_would_be_compared_again() -> None:
    """With its count, and by the path for which the rule has to be."""
    odd = Hole.model_validate({"class": "unexplained", "type": "any", "source": Literal(1)})
    variant = Variant(status=200, body_template={"view_count": "$n", "name": "x"}, holes={"n": odd})
    model = Model(routes=(Route(method="GET", path_pattern="/x", variants=(variant,)),))
    answers = ({"view_count": count, "name": "x"} for count in (1, 2, 3))
    report = check(model, recording(session(*(exchange("GET", "/x", answer=each) for each in answers))))
    [told] = [each for each in report.suppressed if each.reason == "heuristic"]
    assert (told.path, told.count) == ("view_count", 2)
    assert told.compare_again == '[diff.fields] "view_count" = "exact"'
