"""The report as a document: what is written is what is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wraith.canonical import JsonValue, parse, pretty
from wraith.conformance import Divergence, Report, RouteScore

counts = st.integers(0, 10**9)
names = st.text(max_size=12)
values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
divergences = st.builds(
    Divergence,
    route=names,
    session=names,
    exchange=counts,
    path=names,
    category=names,
    expected=values,
    actual=values,
)
routes = st.builds(
    RouteScore,
    route=names,
    exchanges_total=counts,
    exchanges_passed=counts,
    compared_leaves=counts,
    suppressed_leaves=counts,
)
reports = st.builds(
    Report,
    score_bp=st.integers(0, 10_000),
    exact_bp=st.integers(0, 10_000),
    required_bp=st.integers(0, 10_000),
    passed=st.booleans(),
    exchanges_total=counts,
    exchanges_passed=counts,
    sessions_total=counts,
    sessions_passed=counts,
    compared_leaves=counts,
    suppressed_leaves=counts,
    divergences_total=counts,
    extrapolated_total=counts,
    routes=st.lists(routes, max_size=3).map(tuple),
    divergences=st.lists(divergences, max_size=3).map(tuple),
)


@given(reports)
def test_a_report_is_read_back_as_it_was_written(report: Report) -> None:
    """JSON and back is the identity, types of values included."""
    assert Report.model_validate(parse(pretty(report.to_json()))) == report


def test_the_document_names_its_format() -> None:
    """A reader can tell the version without guessing."""
    assert _document()["format"] == "wraith.report/1"


@pytest.mark.parametrize(
    "change",
    [{"score_bp": 10_001}, {"score_bp": -1}, {"score_bp": 98.5}, {"more": 1}, {"format": "wraith.report/2"}],
    ids=["above", "below", "fraction", "unknown member", "other version"],
)
def test_what_is_no_report_is_refused(change: dict[str, JsonValue]) -> None:
    """The score is an integer from 0 to 10000, and nothing unknown is read over."""
    with pytest.raises(ValidationError):
        Report.model_validate({**_document(), **change})


def _document() -> dict[str, JsonValue]:
    report = Report(
        score_bp=1,
        exact_bp=1,
        required_bp=1,
        passed=True,
        exchanges_total=1,
        exchanges_passed=1,
        sessions_total=1,
        sessions_passed=1,
        compared_leaves=1,
        suppressed_leaves=0,
        divergences_total=0,
        extrapolated_total=0,
        routes=(),
        divergences=(),
    )
    document = report.to_json()
    assert isinstance(document, dict)
    return document
