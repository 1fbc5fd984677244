"""The user's rules: which of them decides, what they hide, and what is odd about them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.test_replay import (
    CREATE,
    LEARNED,
    LIST,
    OTHERS,
    PING,
    found,
    pings,
    tampered,
    with_value,
    without,
)
from wraith.canonical import JsonValue
from wraith.config import Diff, DriftConfig
from wraith.conformance import Difference, Report, check
from wraith.conformance._drift import drift_type
from wraith.globs import glob

DAY = datetime.date(2027, 1, 31)
BROKEN = tampered(tampered(OTHERS, CREATE, with_value(("object",), "other")), LIST, without("has_more"))
"""Two divergences: ``object`` of ``POST /v1/items``, ``has_more`` of ``GET /v1/items``."""
VALUE = ("POST /v1/items", "object", "value_mismatch")
EXTRA = ("GET /v1/items", "has_more", "extra_field")


def checked(
    suppress: list[JsonValue] | None = None, drift: JsonValue = None, today: datetime.date | None = None
) -> Report:
    diff = Diff.model_validate({"suppress": suppress or []})
    return check(LEARNED.model, BROKEN, diff=diff, drift=DriftConfig.model_validate(drift or {}), today=today)


def kinds(report: Report) -> set[tuple[str, str, str]]:
    return {(each.route, each.path, each.category) for each in report.divergences}


def rule(**parts: JsonValue) -> dict[str, JsonValue]:
    return {"reason": "because", **parts}


SUPPRESSIONS: dict[str, tuple[dict[str, JsonValue], set[tuple[str, str, str]]]] = {
    "by path": (rule(path="object"), {EXTRA}),
    "by path with body.": (rule(path="body.object"), {EXTRA}),
    "by a pattern of paths": (rule(path="obj*"), {EXTRA}),
    "by category": (rule(category="extra_field"), {VALUE}),
    "by a pattern of categories": (rule(category="*_field"), {VALUE}),
    "by route": (rule(route="GET *"), {VALUE}),
    "by all of them": (rule(route="POST /v1/items", path="object", category="value_mismatch"), {EXTRA}),
    "not by two of three": (rule(route="GET *", path="object"), {VALUE, EXTRA}),
    "another path": (rule(path="objects"), {VALUE, EXTRA}),
    "not by a part of the path": (rule(path="obj"), {VALUE, EXTRA}),
    "a day before it expires": (rule(path="object", expires="2027-02-01"), {EXTRA}),
    "on the day it expires": (rule(path="object", expires="2027-01-31"), {EXTRA}),
    "a day after it expired": (rule(path="object", expires="2027-01-30"), {VALUE, EXTRA}),
}


@pytest.mark.parametrize(("given_rule", "left"), SUPPRESSIONS.values(), ids=SUPPRESSIONS)
def test_a_suppression_hides_what_it_matches_and_nothing_else(
    given_rule: dict[str, JsonValue], left: set[tuple[str, str, str]]
) -> None:
    """Route, path and category must all match where they are given."""
    report = checked([given_rule], today=DAY)
    assert kinds(report) == left
    hidden = [each for each in report.suppressed if each.reason == "rule"]
    assert sum(each.count for each in hidden) == 2 - len(left)
    assert {each.why for each in hidden} <= {"because"}
    assert report.exchanges_exact == report.exchanges_total - len(left)


def test_without_a_date_no_rule_expires() -> None:
    """The task of the graph has no clock, and answers the same on every day."""
    assert kinds(checked([rule(path="object", expires="2001-01-01")])) == {EXTRA}


def test_status_code_mismatch_is_a_word_for_status_mismatch() -> None:
    """Rules may use the longer word."""
    broken = tampered(OTHERS, CREATE, lambda response: response._replace(status=200))
    diff = Diff.model_validate({"suppress": [rule(category="status_code_mismatch")]})
    assert "status" not in {path for _, _, path, _ in found(check(LEARNED.model, broken, diff=diff))}


paths = st.sampled_from(["object", "has_more", "*", "id", "data[*].object", "o*", "created"])


@given(st.lists(paths, max_size=4))
def test_a_suppression_never_changes_another_paths_verdict(hidden: list[str]) -> None:
    """What no rule matches is reported as without rules, whatever the rules are."""
    alone = {each for each in (VALUE, EXTRA) if not any(glob(path)(each[1]) for path in hidden)}
    assert kinds(checked([rule(path=path) for path in hidden])) == alone


# --- drift.toml ---------------------------------------------------------------------------------------------

IDS = {each.path: each.drift_id for each in checked().drifts}

ACCEPTED: dict[str, tuple[JsonValue, set[str]]] = {
    "by id": ({"suppress": [rule(drift_id=IDS["object"])]}, {"object"}),
    "by route": ({"suppress": [rule(route="GET *")]}, {"has_more"}),
    "by path": ({"suppress": [rule(path="has_*")]}, {"has_more"}),
    "by type": ({"suppress": [rule(drift_type="additive_optional_field")]}, {"has_more"}),
    "by two that agree": ({"suppress": [rule(path="object", drift_type="value_drift")]}, {"object"}),
    "not by two that do not": ({"suppress": [rule(path="object", drift_type="type_change")]}, set()),
    "by a new type": (
        {
            "reclassify": [{"match": {"path": "object"}, "new_drift_type": "renamed_kind"}],
            "suppress": [rule(drift_type="renamed_kind")],
        },
        {"object"},
    ),
    "no longer by the old type": (
        {
            "reclassify": [{"match": "value_drift", "new_drift_type": "renamed_kind"}],
            "suppress": [rule(drift_type="value_drift")],
        },
        set(),
    ),
    "renamed by its id": (
        {
            "reclassify": [{"match": IDS["object"], "new_drift_type": "renamed_kind"}],
            "suppress": [rule(drift_type="renamed_kind")],
        },
        {"object"},
    ),
}


@pytest.mark.parametrize(("drift", "accepted"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepted_drift_is_out_of_the_score_and_stays_in_the_list(
    drift: JsonValue, accepted: set[str]
) -> None:
    """It is marked, counted, and of the severity info; what is renamed is accepted by its new name."""
    report = checked(drift=drift)
    assert kinds(report) == {VALUE, EXTRA}
    assert {each.path for each in report.divergences if each.accepted} == accepted
    assert {each.path for each in report.drifts if each.accepted} == accepted
    assert {each.severity for each in report.divergences if each.accepted} <= {"info"}
    assert report.drift_suppressed_count == len(accepted)
    assert report.exchanges_exact == report.exchanges_total - 2 + len(accepted)


def test_a_suppression_acts_before_drift() -> None:
    """What is suppressed is no drift, and a rule of drift.toml for it matches nothing."""
    report = checked([rule(path="object")], {"suppress": [rule(path="object")]})
    assert [each.path for each in report.drifts] == ["has_more"]
    assert [(each.kind, each.rule) for each in report.findings] == [
        ("unused_rule", "[[suppress]] 1 of drift.toml")
    ]


# --- findings -----------------------------------------------------------------------------------------------


def test_a_rule_that_matches_nothing_is_a_finding() -> None:
    """Of every kind of rule; but not where only a part was replayed."""
    diff = Diff.model_validate(
        {
            "suppress": [rule(path="gone")],
            "fields": {"gone": "generated"},
            "overrides": {"GET /gone": {"body_values": 0.1}},
        }
    )
    drift = DriftConfig.model_validate(
        {
            "suppress": [rule(path="gone")],
            "reclassify": [{"match": {"path": "gone"}, "new_drift_type": "x"}],
        }
    )
    report = check(LEARNED.model, BROKEN, diff=diff, drift=drift)
    assert [each.kind for each in report.findings] == ["unused_rule"] * 5
    assert check(LEARNED.model, BROKEN, diff=diff, drift=drift, route="POST *").findings == ()


def test_an_expired_rule_is_a_finding() -> None:
    """It says when it expired, and why it was there."""
    [finding] = checked([rule(path="object", expires="2020-01-01")], today=DAY).findings
    assert (finding.kind, finding.rule) == ("expired_rule", "[[diff.suppress]] 1 of wraith.toml")
    assert "2020-01-01" in finding.message


@pytest.mark.parametrize(
    ("good", "bad", "path", "broad"),
    [(1, 1, "n", False), (1, 2, "n", True), (5, 1, "n", False), (5, 1, "*", True)],
    ids=["half", "more than half", "a few", "a few, but it would hide everything"],
)
def test_a_rule_that_hides_more_than_half_of_a_route_is_a_finding(
    good: int, bad: int, path: str, broad: bool
) -> None:
    """Counted in exchanges; a rule for every path and category would hide all of them."""
    diff = Diff.model_validate({"suppress": [rule(path=path)]})
    report = check(PING, pings(good, bad), diff=diff)
    assert [each.kind for each in report.findings] == (["broad_rule"] if broad else [])


# --- the types of drift -------------------------------------------------------------------------------------

TYPES: list[tuple[str, JsonValue, JsonValue, str]] = [
    ("status_mismatch", 200, 201, "status_code_shift"),
    ("no_answer", 200, 501, "status_code_shift"),
    ("type_mismatch", 1, "1", "type_change"),
    ("missing_field", 1, None, "field_removed"),
    ("extra_field", None, 1, "additive_optional_field"),
    ("array_length_mismatch", 1, 2, "value_drift"),
    ("id_inconsistent", "a", "b", "value_drift"),
    ("header_mismatch", "a", None, "field_removed"),
    ("header_mismatch", None, "a", "additive_optional_field"),
    ("header_mismatch", "a", "b", "value_drift"),
    ("value_mismatch", 1, 2.5, "numeric_drift"),
    ("value_mismatch", True, False, "value_drift"),
    ("value_mismatch", "a", "b", "value_drift"),
    ("value_mismatch", "https://a.example/x?y=1", "https://b.example/x?y=1", "host_rewrite"),
    ("value_mismatch", "https://a.example/x", "http://a.example/x", "host_rewrite"),
    ("value_mismatch", "https://a.example/x", "https://a.example/y", "url_drift"),
    ("value_mismatch", "/v1/x", "/v1/y", "url_drift"),
    ("value_mismatch", "https://[bad", "https://a.example", "value_drift"),
    ("value_mismatch", [1, 2], [2, 1], "order_change"),
    ("value_mismatch", [1, 2], [2, 2], "value_drift"),
]


@pytest.mark.parametrize(("category", "expected", "actual", "kind"), TYPES, ids=str)
def test_drift_has_a_type(category: str, expected: JsonValue, actual: JsonValue, kind: str) -> None:
    """The category and the two values say what kind of change it is."""
    assert drift_type(Difference("x", category, expected, actual)) == kind


def test_a_drift_has_the_same_id_in_every_run() -> None:
    """Also when only one session is replayed, and in the other order."""
    assert {each.path: each.drift_id for each in check(LEARNED.model, BROKEN[::-1]).drifts} == IDS
    for session in BROKEN:
        for each in check(LEARNED.model, [session]).drifts:
            assert IDS[each.path] == each.drift_id
    assert IDS["object"] == "drift-cd8718cbb4254b6d"
