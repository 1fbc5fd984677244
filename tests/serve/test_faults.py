"""Which requests a fault profile strikes."""

from __future__ import annotations

import pytest

from wraith.config import FaultProfile
from wraith.serve import Faults
from wraith.serve._asked import Asked


def ask(called: str = "GET /cups/c1", session: str = "default", **headers: str) -> Asked:
    route = "GET /cups/{id}" if called.startswith("GET /cups/") else None
    return Asked(session, called, route, tuple(headers.items()))


def struck(faults: Faults, asked: Asked, times: int) -> list[bool]:
    return [faults.next(asked) is not None for _ in range(times)]


def profile(seed: int = 0, **fault: object) -> Faults:
    return Faults(FaultProfile.model_validate({"seed": seed, "faults": [{"kind": "drop", **fault}]}))


@pytest.mark.parametrize(
    ("pattern", "called", "strikes"),
    [
        pytest.param("*", "PUT /x", True, id="anything"),
        pytest.param("GET /cups/{id}", "GET /cups/c1", True, id="the route as it was learned"),
        pytest.param("GET /cups/c1", "GET /cups/c1", True, id="the request itself"),
        pytest.param("GET /cups/c2", "GET /cups/c1", False, id="another entity"),
        pytest.param("POST *", "GET /cups/c1", False, id="another method"),
        pytest.param("GET *", "GET /nowhere", True, id="a request that no route matches"),
    ],
)
def test_a_pattern_names_routes_and_requests(pattern: str, called: str, strikes: bool) -> None:
    """A fault is for a route by its pattern, or for single requests by their paths."""
    assert struck(profile(route=pattern), ask(called), 1) == [strikes]


def test_a_fault_waits_and_ends() -> None:
    """So many requests go well first, and so many do not after them."""
    assert struck(profile(after=2, count=3), ask(), 7) == [False, False, True, True, True, False, False]


def test_headers_choose_requests() -> None:
    """Every header of ``when`` must match, whatever the case of its name."""
    faults = profile(when={"x-team": "checkout*", "x-plan": "pro"})
    assert struck(faults, ask(**{"X-Team": "checkout-eu", "X-Plan": "pro"}), 1) == [True]
    assert struck(faults, ask(**{"X-Team": "checkout-eu"}), 1) == [False]
    assert struck(faults, ask(**{"X-Team": "search", "X-Plan": "pro"}), 1) == [False]


def test_a_session_may_be_the_one_that_meets_a_fault() -> None:
    """Its name is matched as a header is, whether it came by header, cookie or path."""
    faults = profile(when={"X-Wraith-Session": "test_retries*"})
    assert struck(faults, ask(session="test_retries[3]"), 1) == [True]
    assert struck(faults, ask(), 1) == [False]


def test_a_percentage_is_kept_and_the_same_in_each_run() -> None:
    """The seed and the session decide which requests are struck; about so many are."""
    one = struck(profile(percentage=20.0, seed=5), ask(), 1000)
    assert one == struck(profile(percentage=20.0, seed=5), ask(), 1000)
    assert one != struck(profile(percentage=20.0, seed=6), ask(), 1000)
    assert one != struck(profile(percentage=20.0, seed=5), ask(session="other"), 1000)
    assert 150 < sum(one) < 250


def test_sessions_count_apart() -> None:
    """What happened to one session takes nothing from another."""
    faults = profile(count=1)
    assert struck(faults, ask(), 2) == [True, False]
    assert struck(faults, ask(session="other"), 2) == [True, False]


def test_the_first_fault_that_applies_is_taken() -> None:
    """Once it has happened as often as it may, the next one is."""
    faults = Faults(
        FaultProfile.model_validate(
            {"faults": [{"kind": "drop", "count": 1}, {"kind": "error", "status": 500}]}
        )
    )
    kinds = [fault.kind for _ in range(3) if (fault := faults.next(ask())) is not None]
    assert kinds == ["drop", "error", "error"]


def test_what_is_kept_of_sessions_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that invents names fills no memory: the session that was idle longest begins anew."""
    monkeypatch.setattr("wraith.serve._asked.MAX_KEPT", 2)
    faults = profile(count=1)
    for name in ("a", "b", "a", "c"):
        faults.next(ask(session=name))
    assert struck(faults, ask(session="a"), 1) == [False]
    assert struck(faults, ask(session="b"), 1) == [True]
