"""Worlds: sessions that share a state, and the state that each of them begins in.

A session begins in the world that the recordings before it have left: they are *witnessed*, as they truly
went, and not answered. That costs a fraction of a replay, so that a long world can be divided among
processes, each of which witnesses what comes before its own part.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from wraith.exchange import Corpus, Request, Session
from wraith.runtime import Session as TwinSession
from wraith.runtime import Twin

PARTS = 16
"""Into how many parts a replay is dealt: more than there are processes, so that they end together, and few
enough that what each of them lists stays small. The same for every number of processes, as is the result."""


@dataclass(frozen=True, slots=True)
class World:
    """Sessions that share a state, oldest first."""

    sessions: tuple[Session, ...]

    @property
    def seed(self) -> str:
        """What fresh identifiers are made from: the same, whichever other worlds are replayed."""
        return seed_of(self.sessions[0])


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sessions of a world that follow each other: from one place up to another, which is not among them."""

    world: World
    start: int
    stop: int


def seed_of(session: Session) -> str:
    """Return what the fresh identifiers of a session are made from."""
    return f"check-{session.id}"


def worlds(corpus: Corpus, runs: Sequence[Sequence[str]]) -> list[World]:
    """Return the sessions by the world they share, all in the order of time."""
    run_of = {name: number for number, run in enumerate(runs) for name in run}
    found: dict[object, list[Session]] = {}
    for session in sorted(corpus, key=lambda each: (each.started_at_ms, each.id)):
        found.setdefault(run_of.get(session.id, session.id), []).append(session)
    return [World(tuple(sessions)) for sessions in found.values()]


def parts(found: Sequence[World]) -> list[list[Stretch]]:
    """Deal the sessions of worlds into consecutive parts of equal size."""
    total = sum(len(world.sessions) for world in found)
    size = max(1, -(-total // PARTS))
    dealt: list[list[Stretch]] = []
    room = 0
    for world in found:
        start = 0
        while start < len(world.sessions):
            if not room:
                dealt.append([])
                room = size
            stop = min(len(world.sessions), start + room)
            dealt[-1].append(Stretch(world, start, stop))
            room -= stop - start
            start = stop
    return dealt


class Beginnings:
    """The states that sessions begin in. Goes on where it stood, if it is asked for what comes next."""

    def __init__(self, twin: Twin, scrubber: Callable[[Request], Request] | None = None) -> None:
        self._twin = twin
        self._scrubber = scrubber
        self._stands: tuple[World, int, TwinSession] | None = None

    def of(
        self, stretch: Stretch, counted: Container[str] | None = None
    ) -> Iterator[tuple[Session, TwinSession]]:
        """Yield the sessions of a stretch that are counted, each with the state that it begins in."""
        world = stretch.world
        place, state = self._before(stretch)
        for number in range(place, stretch.stop):
            session = world.sessions[number]
            if number >= stretch.start and (counted is None or session.id in counted):
                yield session, state.branch(seed_of(session))
            if number + 1 < len(world.sessions):
                self._witness(session, state)
        self._stands = (world, stretch.stop, state)

    def _before(self, stretch: Stretch) -> tuple[int, TwinSession]:
        """Return the last place at or before a stretch whose state is known, and that state."""
        stands, self._stands = self._stands, None
        if stands is not None and stands[0] is stretch.world and stands[1] <= stretch.start:
            return stands[1], stands[2]
        return 0, self._twin.open_session(stretch.world.seed)

    def _witness(self, session: Session, state: TwinSession) -> None:
        for exchange in session.read():
            request = exchange.request if self._scrubber is None else self._scrubber(exchange.request)
            at_ms = exchange.started_at_ms
            self._twin.witness(request, exchange.response, state, now_ms=at_ms)
