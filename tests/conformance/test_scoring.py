"""The score of an exchange: the formula, its thresholds, and the example of the reference."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.test_compare import answered, recorded
from wraith.config import Override, Thresholds
from wraith.conformance import Comparison, Component, Components, Difference, Identities, compare, passes
from wraith.conformance import components as components_of
from wraith.conformance._scoring import RouteThresholds, is_enough, share_bp

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "scoring.md"
DEFAULT = Thresholds()


@pytest.mark.parametrize(
    ("part", "whole", "score_bp"),
    [(1221, 1240, 9847), (0, 0, 0), (0, 1, 0), (1, 1, 10_000), (2, 3, 6667)],
    ids=str,
)
def test_a_share_is_rounded_to_basis_points(part: int, whole: int, score_bp: int) -> None:
    """1221 of 1240 is 9847; nothing of nothing is 0."""
    assert share_bp(part, whole) == score_bp


@pytest.mark.parametrize(
    ("errors", "leaves", "threshold", "reached"),
    [
        (0, 0, 1.0, True),
        (0, 5, 1.0, True),
        (1, 10, 0.9, True),
        (1, 9, 0.9, False),
        (3, 20, 0.85, True),
        (4, 20, 0.85, False),
        (1, 5, 0.8, True),
        (1, 1, 0.8, False),
        (5, 3, 0.0, False),
        (1, 1_000_000, 1.0, False),
    ],
)
def test_a_component_reaches_its_threshold(errors: int, leaves: int, threshold: float, reached: bool) -> None:
    """The threshold itself is enough, and nothing is rounded up to it."""
    assert Component(errors, leaves).reaches(threshold) is reached


GOOD = Component(0, 10)
PARTS: dict[str, Components] = {
    "all good": Components(GOOD, GOOD, GOOD, GOOD),
    "structure": Components(Component(2, 10), GOOD, GOOD, GOOD),
    "values": Components(GOOD, Component(2, 10), GOOD, GOOD),
    "symbols": Components(GOOD, GOOD, Component(1, 100), GOOD),
    "headers": Components(GOOD, GOOD, GOOD, Component(3, 10)),
}


@pytest.mark.parametrize("name", PARTS)
def test_an_exchange_passes_where_every_component_does(name: str) -> None:
    """One that misses its threshold is enough to fail."""
    assert passes(PARTS[name], DEFAULT) is (name == "all good")
    lenient = Thresholds(body_structure=0, body_values=0, symbol_consistency=0, header_conformance=0)
    assert passes(PARTS[name], lenient)


CATEGORIES: dict[str, tuple[int, int, int, int]] = {
    "missing_field": (1, 0, 0, 0),
    "extra_field": (1, 0, 0, 0),
    "type_mismatch": (1, 0, 0, 0),
    "array_length_mismatch": (1, 0, 0, 0),
    "value_mismatch": (0, 1, 0, 0),
    "id_inconsistent": (0, 0, 1, 0),
    "header_mismatch": (0, 0, 0, 1),
    "status_mismatch": (0, 0, 0, 0),
    "no_answer": (0, 0, 0, 0),
}


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_category_is_an_error_of_one_component(category: str) -> None:
    """Status and no answer are judged apart, before the components."""
    found = Comparison(body_leaves=10, header_leaves=3, symbols=2)
    parts = components_of(found, [Difference("x", category, 1, 2)])
    errors = tuple(each.errors for each in (parts.structure, parts.values, parts.symbols, parts.headers))
    assert errors == CATEGORIES[category]


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 4))
def test_what_is_left_out_counts_neither_as_right_nor_as_wrong(wrong: int, gone: int, weight: int) -> None:
    """The leaves of a hidden difference leave the denominator as well."""
    one = Difference("x", "value_mismatch", 1, 2, weight)
    found = Comparison(body_leaves=100)
    parts = components_of(found, [one] * wrong, [one] * gone)
    assert (parts.values.errors, parts.values.leaves) == (wrong * weight, 100 - gone * weight)


@pytest.mark.parametrize(
    ("part", "whole", "required", "enough"),
    [(9, 10, 0.9, True), (8, 10, 0.9, False), (0, 0, 0.0, False), (0, 3, 0.0, True), (19, 20, 0.95, True)],
)
def test_nothing_is_never_enough(part: int, whole: int, required: float, enough: bool) -> None:
    """A share of no sessions passes nothing, whatever is required."""
    assert is_enough(part, whole, required) is enough


OVERRIDES: dict[str, tuple[str, float]] = {
    "the route": ("GET /v1/items/{item_id}", 0.1),
    "other names of parameters": ("GET /v1/items/{id}", 0.1),
    "a pattern": ("GET /v1/*", 0.1),
    "another route": ("GET /v1/items", 0.85),
    "another method": ("POST /v1/items/{item_id}", 0.85),
}


@pytest.mark.parametrize(("name", "expected"), OVERRIDES.values(), ids=OVERRIDES)
def test_thresholds_are_overridden_by_route(name: str, expected: float) -> None:
    """What a parameter is called is no part of a route, and what is not overridden stays."""
    of = RouteThresholds(DEFAULT, {name: Override(body_values=0.1)}).of("GET /v1/items/{item_id}")
    assert (of.body_values, of.body_structure) == (expected, 0.90)


def test_the_worked_example_of_the_reference() -> None:
    """The table of docs/reference/scoring.md is what the code comes to for the documents above it."""
    page = REFERENCE.read_text().partition("## A worked example")[2]
    documents = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])
    expected, actual = documents["recorded"], documents["answered"]
    found = compare(
        recorded(expected),
        answered(actual, {"id": "$brought"} | {k: "$stored" for k in actual if k != "id"}),
        Identities(),
    )
    parts = components_of(found, found.differences)
    rows = [
        f"| {name} | {part.errors} | {part.leaves} | {part.score_bp} bp |"
        for name, part in (
            ("structure", parts.structure),
            ("values", parts.values),
            ("symbols", parts.symbols),
            ("headers", parts.headers),
        )
    ]
    assert [row for row in rows if row not in page] == []
    assert passes(parts, DEFAULT)
