"""Distributions of latency: the shape is as asked for, and each run the same."""

from __future__ import annotations

from statistics import mean, stdev

import pytest
from pydantic import ValidationError

from wraith.config import Latency as Config
from wraith.serve import Latency, durations
from wraith.serve._asked import Asked

GET = Asked("default", "GET /cups/c1", "GET /cups/{id}", ())
POST = Asked("default", "POST /cups", "POST /cups", ())


def waits(asked: Asked = GET, times: int = 2000, **config: object) -> list[float]:
    latency = Latency(
        Config.model_validate(config),
        durations([("GET /cups/{id}", 10), ("GET /cups/{id}", 30), ("DELETE /cups", 500)]),
    )
    return [latency.ms(asked) for _ in range(times)]


def test_fixed_is_always_the_same() -> None:
    """Every request waits so long."""
    assert set(waits(mode="fixed", ms=70)) == {70.0}


def test_uniform_lies_between_its_bounds() -> None:
    """No wait is outside, and they are spread over the whole."""
    found = waits(mode="uniform", min_ms=20, max_ms=40)
    assert 20 <= min(found) < 21
    assert 39 < max(found) <= 40


def test_normal_has_its_mean_and_deviation_and_is_never_negative() -> None:
    """What would be less than nothing is nothing."""
    found = waits(mode="normal", mean_ms=100, deviation_ms=10)
    assert (mean(found), stdev(found)) == (pytest.approx(100, abs=1), pytest.approx(10, abs=1))
    assert min(waits(mode="normal", mean_ms=0, deviation_ms=10)) == 0.0


def test_percentiles_are_those_of_the_configuration() -> None:
    """Half of the waits are below the first, nine tenths below the second."""
    found = sorted(waits(mode="percentile", p50_ms=50, p90_ms=120, p99_ms=400))
    assert found[1000] == pytest.approx(50, abs=3)
    assert found[1800] == pytest.approx(120, abs=8)
    assert max(found) == 400.0


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        pytest.param(GET, {10.0, 30.0}, id="the route's own"),
        pytest.param(POST, {10.0, 30.0, 500.0}, id="those of all, where the route has none"),
    ],
)
def test_recorded_latency_is_one_of_those_that_were_recorded(asked: Asked, known: set[float]) -> None:
    """A route waits as the service did."""
    assert set(waits(asked, mode="recorded")) == known


def test_the_seed_decides() -> None:
    """The same seed gives the same waits in each run, another one others."""
    assert waits(mode="uniform", seed=1) == waits(mode="uniform", seed=1)
    assert waits(mode="uniform", seed=1) != waits(mode="uniform", seed=2)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"min_ms": 5, "max_ms": 4}, "min_ms is above max_ms"),
        ({"p50_ms": 5, "p90_ms": 4}, "do not rise"),
        ({"mode": "random"}, "mode"),
        ({"ms": -1}, "ms"),
    ],
)
def test_what_is_no_distribution_is_refused(config: dict[str, object], message: str) -> None:
    """The error names the keys."""
    with pytest.raises(ValidationError, match=message):
        Config.model_validate(config)
