"""The choice of sessions that hypotheses are made from."""

from __future__ import annotations

from collections import Counter

import pytest

from wraith.synth._exchanges.survey import Line, Sketch
from wraith.synth._routes.routes import Paths
from wraith.synth._routes.sampling import AT_LEAST, ENOUGH, PLENTY, choose


def _session(rare: int, common: int) -> Sketch:
    """Return a session that asks for one list often, and for another a few times."""
    asked = [("rare",)] * rare + [("common",)] * common
    return tuple(Line("GET", segments, 200, (False,), False) for segments in asked)


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        pytest.param(PLENTY // (2 * ENOUGH), ENOUGH, id="few-exchanges"),
        pytest.param(PLENTY // 2, AT_LEAST, id="many-exchanges"),
    ],
)
def test_sessions_are_chosen_until_each_kind_is_met_often_enough(size: int, wanted: int) -> None:
    """What is rare is looked for until it was met often enough: less often where there is plenty to learn
    from."""
    sketches = [_session(1, size - 1) for _ in range(2 * ENOUGH)]
    paths = Paths()
    for number, sketch in enumerate(sketches):
        paths.add(number, sketch)
    chosen = choose(sketches, paths.routes())
    met = Counter(line.segments for number in chosen for line in sketches[number])
    assert met[("rare",)] == wanted
    assert chosen == frozenset(range(wanted))
