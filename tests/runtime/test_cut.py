"""Texts cut at literal runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.runtime import cut_text

CUTS: dict[str, tuple[str, list[str], list[str] | None]] = {
    "one gap": ("a1b", ["a", "b"], ["1"]),
    "gaps at both ends": ("1a2", ["", "a", ""], ["1", "2"]),
    "the first place counts": ("x,y,z", ["", ",", ""], ["x", "y,z"]),
    "an empty gap": ("ab", ["a", "b"], [""]),
    "runs that would overlap": ("a", ["a", "a"], None),
    "a run that is not there": ("abc", ["a", "x", "c"], None),
    "another start": ("abc", ["b", "c"], None),
    "another end": ("abc", ["a", "b"], None),
}


@pytest.mark.parametrize(("text", "runs", "gaps"), CUTS.values(), ids=CUTS)
def test_a_text_is_cut_at_its_runs(text: str, runs: list[str], gaps: list[str] | None) -> None:
    """First run at the start, last at the end, the others as early as they stand."""
    assert cut_text(text, runs) == gaps


@given(st.text("ab"), st.lists(st.text("ab", max_size=2), min_size=2, max_size=5))
def test_runs_and_gaps_together_are_the_text(text: str, runs: list[str]) -> None:
    """Nothing is lost where a text is cut, and what is built of the runs is always cut."""
    gaps = cut_text(text, runs)
    if gaps is not None:
        assert runs[0] + "".join(gap + run for gap, run in zip(gaps, runs[1:], strict=True)) == text
    assert cut_text(text.join(runs), runs) is not None
