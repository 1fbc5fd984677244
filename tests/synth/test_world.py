"""Quality: which sessions share a world, and what was there before the first request."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.synth.recordings import Document, Step, exchange, recording, session
from wraith.synth import learn

ADA, BOB, CLEO = "us_k3Jd82mQ", "us_9xPq27Lb", "us_Zr41wTn6"


def user(key: str | int) -> Document:
    return {"id": key, "name": f"name of {key}"}


def create(key: str | int) -> Step:
    return exchange("POST", "/v1/users", json={"name": f"name of {key}"}, answer=user(key))


def read(key: str | int) -> Step:
    return exchange("GET", f"/v1/users/{key}", answer=user(key))


def remove(key: str | int) -> Step:
    return exchange("DELETE", f"/v1/users/{key}", status=204)


def listing(*keys: str | int) -> Step:
    return exchange("GET", "/v1/users", answer=[user(key) for key in keys])


RUNS: dict[str, tuple[list[Sequence[Step]], list[list[int]]]] = {
    "sessions that know nothing of each other": (
        [session(create(ADA), read(ADA)), session(create(BOB), read(BOB)), session(create(CLEO), read(CLEO))],
        [[0], [1], [2]],
    ),
    "a session that reads what an earlier one created": (
        [session(create(ADA), read(ADA)), session(read(ADA), create(BOB)), session(read(BOB))],
        [[0, 1, 2]],
    ),
    "a list that shows what an earlier session created": (
        [session(create(ADA), listing(ADA), read(ADA)), session(create(BOB), listing(ADA, BOB))],
        [[0, 1]],
    ),
    "a key that is given out again": (
        [
            session(create(1), read(1)),
            session(create(2), read(2), read(1)),
            session(create(1), read(1)),
            session(create(2), read(2), read(1)),
        ],
        [[0, 1], [2, 3]],
    ),
    "numbers that fall back, though all was deleted": (
        [
            session(create(2003), read(2003)),
            session(read(2003), remove(2003), create(2008), remove(2008)),
            session(create(2011), remove(2011), create(2015), remove(2015), create(2016), remove(2016)),
            session(create(2002), read(2002)),
            session(create(2009), read(2002)),
        ],
        [[0, 1, 2], [3, 4]],
    ),
    "a whole list that lacks what was created": (
        [
            session(create(ADA), read(ADA), listing(ADA)),
            session(create(BOB), read(ADA), listing(ADA, BOB)),
            session(listing(), create(CLEO), read(CLEO)),
            session(read(CLEO), listing(CLEO)),
        ],
        [[0, 1], [2, 3]],
    ),
}


@pytest.mark.parametrize(("sessions", "expected"), RUNS.values(), ids=RUNS)
def test_runs_are_sessions_that_share_a_world(
    sessions: list[Sequence[Step]], expected: list[list[int]]
) -> None:
    """What one session left behind ties it to those that see it; what cannot be both parts them."""
    runs = learn(recording(*sessions)).evidence.runs
    assert runs == tuple(tuple(f"s{number:02d}" for number in run) for run in expected)


def test_what_is_shown_and_was_never_created_is_a_fixture() -> None:
    """Entities that recordings reveal without creating them were there from the start."""
    sessions = [session(read(ADA), create(key), read(key)) for key in (BOB, CLEO)]
    fixtures = learn(recording(*sessions)).model.fixtures["users"]
    assert [(each.key, each.value) for each in fixtures] == [(ADA, user(ADA))]


def test_what_was_created_is_no_fixture() -> None:
    """A session starts without what other sessions made."""
    sessions = [session(create(key), read(key)) for key in (ADA, BOB, CLEO)]
    assert not any(learn(recording(*sessions)).model.fixtures.values())


def test_fixtures_stand_in_the_order_of_their_numbers() -> None:
    """Keys that are numbers are ordered as numbers: the order in which a service most likely made them."""
    sessions = [session(read(10), read(9), read(100)) for _ in range(2)]
    fixtures = learn(recording(*sessions)).model.fixtures["users"]
    assert [each.key for each in fixtures] == ["9", "10", "100"]


def test_a_fixture_that_is_updated_starts_as_it_was_first_seen() -> None:
    """A fixture is what the first sight of it shows."""
    changed = {**user(ADA), "name": "changed"}
    sessions = [
        session(read(ADA), exchange("PATCH", f"/v1/users/{ADA}", json={"name": "changed"}, answer=changed))
        for _ in range(2)
    ]
    [fixture] = learn(recording(*sessions)).model.fixtures["users"]
    assert fixture.value == user(ADA)
