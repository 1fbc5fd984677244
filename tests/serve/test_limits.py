"""Windows of rate limits, on a clock of the test's own."""

from __future__ import annotations

from wraith.config import RateLimit
from wraith.serve import Limits
from wraith.serve._asked import Asked
from wraith.serve._limits import MAX_WINDOWS, Standing

ASKED = Asked("default", "GET /cups/c1", "GET /cups/{id}", ())


class Clock:
    """Tells the time that it was set to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def at(limits: Limits, clock: Clock, now: float) -> Standing:
    clock.now = 1000.0 + now
    standing = limits.standing(ASKED)
    assert standing is not None
    return standing


def test_a_fixed_window_is_free_again_all_at_once() -> None:
    """It begins with its first request; a request beyond the limit does not make it longer."""
    clock = Clock()
    limits = Limits((RateLimit(limit=2, window_s=10),), clock)
    standings = [at(limits, clock, now) for now in (0.0, 9.0, 9.5, 10.0, 10.5, 11.0)]
    assert [each.allowed for each in standings] == [True, True, False, True, True, False]
    assert [each.reset_s for each in standings] == [10.0, 1.0, 0.5, 10.0, 9.5, 9.0]


def test_a_sliding_window_frees_one_request_after_the_other() -> None:
    """Each request is free again after a window of its own."""
    clock = Clock()
    limits = Limits((RateLimit(limit=2, window_s=10, algorithm="sliding"),), clock)
    standings = [at(limits, clock, now) for now in (0.0, 9.0, 9.5, 10.0, 10.5, 19.0)]
    assert [each.allowed for each in standings] == [True, True, False, True, False, True]
    assert standings[4].reset_s == 8.5


def test_the_narrowest_limit_is_told_and_a_refusal_counts_for_none() -> None:
    """Two limits hold at once; what one refuses leaves the other as it was."""
    clock = Clock()
    limits = Limits((RateLimit(limit=1, window_s=1), RateLimit(limit=3, window_s=60)), clock)
    first, refused, second = (at(limits, clock, now) for now in (0.0, 0.5, 1.0))
    assert (first.limit.limit, first.left) == (1, 0)
    assert (refused.allowed, refused.limit.limit) == (False, 1)
    assert second.allowed
    clock.now += 1.0
    third = limits.standing(ASKED)
    clock.now += 1.0
    fourth = limits.standing(ASKED)
    assert third is not None
    assert fourth is not None
    assert (third.allowed, fourth.allowed, fourth.limit.limit) == (True, False, 3)


def test_a_request_that_no_limit_is_for_has_no_standing() -> None:
    """It gets no headers, and counts for nothing."""
    limits = Limits((RateLimit(limit=1, route="POST *"),), lambda: 0.0)
    assert limits.standing(ASKED) is None


def by(caller: str | None) -> Asked:
    headers = () if caller is None else (("X-Api-Key", caller),)
    return Asked("default", "GET /cups/c1", "GET /cups/{id}", headers)


def test_callers_are_told_apart_by_a_header() -> None:
    """Each value has a window of its own, and so have all who send none."""
    limits = Limits((RateLimit(limit=1, header="x-api-key"),), lambda: 0.0)
    standings = [limits.standing(by(caller)) for caller in ("ann", "bob", None, "ann", None)]
    assert [each.allowed for each in standings if each is not None] == [True, True, True, False, False]


def test_callers_beyond_number_are_forgotten() -> None:
    """The one that was idle longest begins anew."""
    limits = Limits((RateLimit(limit=1, header="X-Api-Key"),), lambda: 0.0)
    for number in range(MAX_WINDOWS + 1):
        assert limits.standing(by(str(number)))
    last, first = limits.standing(by(str(MAX_WINDOWS))), limits.standing(by("0"))
    assert last is not None
    assert first is not None
    assert (last.allowed, first.allowed) == (False, True)
