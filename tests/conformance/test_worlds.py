"""Worlds: how sessions are dealt, and the state that each begins in, whoever replays it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.test_replay import CORPUS, LEARNED
from tests.synth.recordings import Recorded
from wraith.canonical import JsonValue
from wraith.conformance import check
from wraith.conformance._worlds import PARTS, Beginnings, Stretch, World, parts, worlds
from wraith.runtime import Session, Twin

RUN = [[each.id for each in CORPUS]]


def made(sizes: list[int]) -> list[World]:
    """Return worlds of so many sessions each."""
    return [
        World(tuple(Recorded(f"{number}-{at}", at, ()) for at in range(size)))
        for number, size in enumerate(sizes)
    ]


@given(st.lists(st.integers(1, 40), max_size=30))
def test_every_session_is_dealt_once_and_in_order(sizes: list[int]) -> None:
    """Into not more parts than are merged cheaply, none of them empty, all of one size but the last."""
    found = made(sizes)
    dealt = parts(found)
    told = [each for part in dealt for stretch in part for each in sessions(stretch)]
    assert told == [each for world in found for each in world.sessions]
    counts = [sum(stretch.stop - stretch.start for stretch in part) for part in dealt]
    assert len(dealt) <= PARTS
    assert len(set(counts[:-1])) <= 1
    assert 0 not in counts


def sessions(stretch: Stretch) -> tuple[object, ...]:
    return stretch.world.sessions[stretch.start : stretch.stop]


def seen(state: Session) -> tuple[JsonValue, str]:
    return {kind: dict(stored) for kind, stored in state.state.entities.items()}, state.ids.seed


@pytest.mark.parametrize("seed", range(5))
def test_a_session_begins_in_one_state_whoever_replays_it(seed: int) -> None:
    """Dealt in one piece, or in any pieces in any order, by one process or by several."""
    [world] = worlds(CORPUS, RUN)
    twin = Twin(LEARNED.model)
    whole = Stretch(world, 0, len(world.sessions))
    expected = {each.id: seen(state) for each, state in Beginnings(twin).of(whole)}
    assert len({str(stored) for stored, _ in expected.values()}) > 1
    places = list(range(len(world.sessions)))
    chance = random.Random(seed)
    chance.shuffle(places)
    beginnings = Beginnings(twin)
    for place in places:
        for session, state in beginnings.of(Stretch(world, place, place + 1)):
            assert seen(state) == expected[session.id]


def test_one_world_is_shared_by_several_processes() -> None:
    """A recording of one run is divided as well, and the report is the same."""

    def backwards(work, count):  # type: ignore[no-untyped-def]  # a Spread
        results = {number: work(number) for number in reversed(range(count))}
        return [results[number] for number in range(count)]

    assert len(parts(worlds(CORPUS, RUN))) > 1
    plain = check(LEARNED.model, CORPUS, runs=RUN)
    assert check(LEARNED.model, CORPUS, runs=RUN, spread=backwards) == plain
