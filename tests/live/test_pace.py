"""The pace of a replay: evenly, and never faster than was promised."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.live import Pace


@given(st.lists(st.floats(0, 3), max_size=20), st.floats(0.5, 20))
def test_requests_are_never_closer_than_promised(work: list[float], rps: float) -> None:
    """However long each takes; and one that comes late is not made up for."""
    now = [100.0]
    pace = Pace(rps, clock=lambda: now[0], pause=lambda seconds: now.__setitem__(0, now[0] + seconds))
    went = []
    for seconds in work:
        pace.wait()
        went.append(now[0])
        now[0] += seconds
    gaps = [later - earlier for earlier, later in pairwise(went)]
    assert all(gap >= 1 / rps - 1e-9 for gap in gaps)
    assert all(gap == pytest.approx(max(1 / rps, seconds)) for gap, seconds in zip(gaps, work, strict=False))
