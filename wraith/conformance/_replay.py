"""Replay through the interpreter: every recorded request to the twin, every answer compared.

The twin never sees the recorded answer of the exchange under test: it answers from its own state, with its
own identifiers, at the recorded time. Sessions of one run share the state, as they did when they were
recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wraith.conformance._compare import compare
from wraith.conformance._identity import Identities
from wraith.conformance._report import MAX_LISTED, Dependence, Divergence, Report, RouteScore
from wraith.exchange import Corpus, Request, Session
from wraith.runtime import Answer, Twin
from wraith.runtime import Session as TwinSession
from wraith.wir import Model, Route

CREATED = 201
"""RFC 9110, 15.3.2: what is answered so was not there before."""

NEEDS_ENTITY = frozenset(("read", "update", "delete", "action"))
"""Operations that succeed on an entity that is there."""


@dataclass(slots=True)
class _Tally:
    begun_with: Mapping[str, frozenset[str]]
    """The keys of the fixtures, by entity."""
    exchanges: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    suppressed: Counter[str] = field(default_factory=Counter)
    divergences: list[Divergence] = field(default_factory=list)
    differences: int = 0
    extrapolated: int = 0
    preexisting: list[Dependence] = field(default_factory=list)
    preexisting_total: int = 0
    preexisting_unknown: int = 0
    sessions: int = 0
    sessions_passed: int = 0


def check(
    model: Model,
    corpus: Corpus,
    *,
    required_score: float = 0.90,
    compare_headers: tuple[str, ...] = (),
    runs: Sequence[Sequence[str]] = (),
    counted: Container[str] | None = None,
    scrubber: Callable[[Request], Request] | None = None,
) -> Report:
    """Return the report of replaying a corpus through a model.

    ``runs`` are sessions that share a world, oldest first (``Evidence.runs``); a session in none stands
    alone. Each session begins in the world that the recordings before it have left, and is answered from its
    own state from then on. ``counted`` names the sessions that are judged, all where it is None. ``scrubber``
    is what requests pass through before the twin sees them.
    """
    twin = Twin(model)
    begun_with = {name: frozenset(each.key for each in stored) for name, stored in model.fixtures.items()}
    tally = _Tally(begun_with)
    for number, run in enumerate(_worlds(corpus, runs)):
        world = twin.open_session(f"check-{number}")
        for place, recorded in enumerate(run):
            if counted is None or recorded.id in counted:
                session = world.branch(f"check-{number}-{place}")
                _replay(twin, session, recorded, Identities(), tally, compare_headers, scrubber)
            if place + 1 < len(run):
                _witness(twin, world, recorded, scrubber)
    return _report(tally, required_score)


def _witness(
    twin: Twin, world: TwinSession, recorded: Session, scrubber: Callable[[Request], Request] | None
) -> None:
    """Let the world remember a recorded session as it went."""
    for exchange in recorded.read():
        request = exchange.request if scrubber is None else scrubber(exchange.request)
        twin.witness(request, exchange.response, world, now_ms=exchange.started_at_ms)


def _worlds(corpus: Corpus, runs: Sequence[Sequence[str]]) -> Iterable[list[Session]]:
    run_of = {name: number for number, run in enumerate(runs) for name in run}
    worlds: dict[object, list[Session]] = {}
    for session in sorted(corpus, key=lambda each: (each.started_at_ms, each.id)):
        worlds.setdefault(run_of.get(session.id, session.id), []).append(session)
    return worlds.values()


def _replay(
    twin: Twin,
    session: TwinSession,
    recorded: Session,
    identities: Identities,
    tally: _Tally,
    headers: tuple[str, ...],
    scrubber: Callable[[Request], Request] | None,
) -> None:
    clean = True
    for index, exchange in enumerate(recorded.read(), 1):
        request = identities.request(exchange.request)
        if scrubber is not None:
            request = scrubber(request)
        answer = twin.respond(request, session, now_ms=exchange.started_at_ms)
        found = compare(exchange.response, answer, identities, headers, twin.model.xml_lists)
        route = answer.route.name if answer.route is not None else f"{request.method} (unknown route)"
        tally.exchanges[route] += 1
        tally.compared[route] += found.compared_leaves
        tally.suppressed[route] += found.suppressed_leaves
        tally.extrapolated += answer.extrapolated
        if (dependence := _dependence(answer, exchange.response.status, tally.begun_with)) is not None:
            _note(tally, recorded.id, index, dependence)
        if not found.differences:
            tally.passed[route] += 1
            continue
        clean = False
        tally.differences += len(found.differences)
        for each in found.differences[: max(0, MAX_LISTED - len(tally.divergences))]:
            tally.divergences.append(
                Divergence(
                    route=route,
                    session=recorded.id,
                    exchange=index,
                    path=each.path,
                    category=each.category,
                    expected=each.expected,
                    actual=each.actual,
                )
            )
    tally.sessions += 1
    tally.sessions_passed += clean


def _dependence(
    answer: Answer, status: int, begun_with: Mapping[str, frozenset[str]]
) -> tuple[Route, str, bool] | None:
    """Return route, key and whether it is known, where the recorded exchange was about an entity that the
    recording did not create."""
    route = answer.route
    if route is None or route.entity is None or answer.key is None:
        return None
    if answer.stored:
        return (route, answer.key, True) if answer.key in begun_with.get(route.entity, ()) else None
    looked_for = status < 400 and status != CREATED and route.state_op in NEEDS_ENTITY
    return (route, answer.key, False) if looked_for else None


def _note(tally: _Tally, session: str, index: int, dependence: tuple[Route, str, bool]) -> None:
    route, key, known = dependence
    tally.preexisting_total += 1
    tally.preexisting_unknown += not known
    if len(tally.preexisting) < MAX_LISTED:
        tally.preexisting.append(
            Dependence(
                session=session,
                exchange=index,
                route=route.name,
                entity=route.entity or "",
                key=key,
                known=known,
            )
        )


def _report(tally: _Tally, required_score: float) -> Report:
    total, passed = tally.exchanges.total(), tally.passed.total()
    score_bp = round(10_000 * passed / total) if total else 0
    required_bp = round(10_000 * required_score)
    compared = tally.compared.total()
    return Report(
        score_bp=score_bp,
        exact_bp=score_bp,
        required_bp=required_bp,
        passed=total > 0 and compared > 0 and passed * 10_000 >= required_bp * total,
        exchanges_total=total,
        exchanges_passed=passed,
        sessions_total=tally.sessions,
        sessions_passed=tally.sessions_passed,
        compared_leaves=compared,
        suppressed_leaves=tally.suppressed.total(),
        divergences_total=tally.differences,
        extrapolated_total=tally.extrapolated,
        preexisting_total=tally.preexisting_total,
        preexisting_unknown=tally.preexisting_unknown,
        preexisting=tuple(tally.preexisting),
        routes=tuple(
            RouteScore(
                route=route,
                exchanges_total=tally.exchanges[route],
                exchanges_passed=tally.passed[route],
                compared_leaves=tally.compared[route],
                suppressed_leaves=tally.suppressed[route],
            )
            for route in sorted(tally.exchanges)
        ),
        divergences=tuple(tally.divergences),
    )
