"""Replay through the interpreter: every recorded request to the twin, every answer compared.

The twin never sees the recorded answer of the exchange under test: it answers from its own state, with its
own identifiers, at the recorded time. Sessions of one run share a world: each begins in the one that the
recordings before it have left, and is answered from its own state from then on. Runs are independent of each
other, so that several processes can share the work.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from wraith.config import Diff, DriftConfig
from wraith.conformance._arrays import DEFAULT_KEY
from wraith.conformance._compare import How, compare
from wraith.conformance._dependence import dependence
from wraith.conformance._differences import Comparison
from wraith.conformance._fields import Fields, recorded_values
from wraith.conformance._identity import Identities
from wraith.conformance._judge import Judge
from wraith.conformance._report import MAX_LISTED, Report, SessionScore
from wraith.conformance._rule_findings import rule_findings
from wraith.conformance._rules import Suppressions
from wraith.conformance._scoring import RouteThresholds, is_enough
from wraith.conformance._summary import report
from wraith.conformance._tally import FAILED, Tally
from wraith.exchange import Corpus, Exchange, Request, Session
from wraith.globs import glob
from wraith.paths import get
from wraith.runtime import Answer, Twin
from wraith.runtime import Session as TwinSession
from wraith.synth import Spread, in_turn
from wraith.wir import FreshId, Make, Model, Ref, When

BLOCKS = 16
"""Into how many parts a replay is dealt: more than there are processes, so that they end together, and few
enough that what each of them lists stays small. The same for every number of processes, as is the result."""


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange as it was replayed."""

    session: Session
    index: int
    """From 1."""
    exchange: Exchange
    request: Request
    """As the twin was sent it."""
    answer: Answer
    found: Comparison


@dataclass(frozen=True, slots=True)
class World:
    """Sessions that share a state, oldest first."""

    sessions: tuple[Session, ...]

    @property
    def seed(self) -> str:
        """What fresh identifiers are made from: the same, whichever other worlds are replayed."""
        return seed_of(self.sessions[0])


def seed_of(session: Session) -> str:
    """Return what the fresh identifiers of a session are made from."""
    return f"check-{session.id}"


def check(
    model: Model,
    corpus: Corpus,
    *,
    twin: str = "",
    diff: Diff | None = None,
    drift: DriftConfig | None = None,
    today: datetime.date | None = None,
    runs: Sequence[Sequence[str]] = (),
    counted: Container[str] | None = None,
    route: str | None = None,
    scrubber: Callable[[Request], Request] | None = None,
    spread: Spread = in_turn,
) -> Report:
    """Return the report of replaying a corpus through a model.

    ``twin`` is its name. ``runs`` are sessions that share a world, oldest first (``Evidence.runs``); a
    session in none stands alone. ``counted`` names the sessions that are judged, all where it is None, and
    ``route`` is a pattern for the routes that are. ``today`` is what rules expire by. ``scrubber`` is what
    requests pass through before the twin sees them. ``spread`` may use several processes.
    """
    diff, drift = diff or Diff(), drift or DriftConfig()
    compiled, how = Twin(model), how_to_compare(model, corpus, diff)
    begun_with = {name: frozenset(each.key for each in stored) for name, stored in model.fixtures.items()}
    on_route = glob(route) if route is not None else None
    dealt = blocks(worlds(corpus, runs))

    def tallied(number: int) -> Tally:
        tally, judge = Tally(), Judge(diff, drift, today)
        for world in dealt[number]:
            for session, replayed in replay(compiled, world, how, counted, scrubber):
                strip = ""
                for step in replayed:
                    name = route_name(step.answer, step.request)
                    if on_route is None or on_route(name):
                        strip += _judged(tally, judge, name, step)
                        _note_dependence(tally, step, begun_with)
                if strip:
                    tally.sessions.append(session_score(session.id, strip, diff.session_pass_rate))
        return tally

    whole = Tally()
    for part in spread(tallied, len(dealt)):
        whole.merge(part)
    all_of_it = counted is None and route is None
    findings = rule_findings(whole, diff, drift, Suppressions(diff.suppress, today), whole=all_of_it)
    return report(whole, diff, drift, twin=twin, findings=tuple(findings))


def how_to_compare(model: Model, corpus: Corpus, diff: Diff) -> How:
    """Return how answers are compared by the user's settings and what the model knows of keys."""
    keys = dict.fromkeys(str(entity.key[-1]) for entity in model.entities if entity.key)
    return How(
        headers=tuple(name.lower() for name in diff.compare_headers),
        fields=Fields(diff.fields, recorded_values(corpus, diff.fields, model.xml_lists)),
        keys=tuple(keys | {DEFAULT_KEY: None}),
        made=tuple(_made_beside(model)),
        lists=model.xml_lists,
        thresholds=RouteThresholds(diff.thresholds, diff.overrides),
    )


def _made_beside(model: Model) -> Iterator[re.Pattern[str]]:
    """Yield how the keys look that effects make for entities of their own."""
    effects = (each for route in model.routes for variant in route.variants for each in variant.effects)
    patterns: dict[str, None] = {}
    for effect in effects:
        if isinstance(effect, Make):
            of_key = effect.key.then if isinstance(effect.key, When) else effect.key
            if isinstance(of_key, Ref) and of_key.path[0] == "item":
                hole = get(effect.template, of_key.path[1:])
                source = dict(effect.holes).get(str(hole)[1:])
                if isinstance(source, FreshId):
                    patterns.setdefault(source.pattern)
    for pattern in patterns:
        try:
            yield re.compile(pattern)
        except re.error:  # written by hand, with operators that stand for themselves
            continue


def worlds(corpus: Corpus, runs: Sequence[Sequence[str]]) -> list[World]:
    """Return the sessions by the world they share, all in the order of time."""
    run_of = {name: number for number, run in enumerate(runs) for name in run}
    found: dict[object, list[Session]] = {}
    for session in sorted(corpus, key=lambda each: (each.started_at_ms, each.id)):
        found.setdefault(run_of.get(session.id, session.id), []).append(session)
    return [World(tuple(sessions)) for sessions in found.values()]


def blocks(found: Sequence[World]) -> list[Sequence[World]]:
    """Deal worlds into consecutive parts."""
    size = max(1, -(-len(found) // BLOCKS))
    return [found[at : at + size] for at in range(0, len(found), size)]


def replay(
    twin: Twin,
    world: World,
    how: How,
    counted: Container[str] | None = None,
    scrubber: Callable[[Request], Request] | None = None,
) -> Iterator[tuple[Session, Iterable[Step]]]:
    """Yield the sessions of a world that are counted, each with its exchanges as they are replayed. Consume
    them in turn."""
    for session, state in begun(twin, world, counted, scrubber):
        yield session, steps(twin, state, session, Identities(), how, scrubber)


def begun(
    twin: Twin,
    world: World,
    counted: Container[str] | None = None,
    scrubber: Callable[[Request], Request] | None = None,
) -> Iterator[tuple[Session, TwinSession]]:
    """Yield the sessions of a world that are counted, each with the state that it begins in."""
    state = twin.open_session(world.seed)
    for place, session in enumerate(world.sessions):
        if counted is None or session.id in counted:
            yield session, state.branch(seed_of(session))
        if place + 1 < len(world.sessions):
            for exchange in session.read():
                request = exchange.request if scrubber is None else scrubber(exchange.request)
                twin.witness(request, exchange.response, state, now_ms=exchange.started_at_ms)


def steps(
    twin: Twin,
    state: TwinSession,
    session: Session,
    identities: Identities,
    how: How,
    scrubber: Callable[[Request], Request] | None = None,
) -> Iterator[Step]:
    """Yield the exchanges of a session as they are replayed in a state, which changes with them."""
    for index, exchange in enumerate(session.read(), 1):
        request = identities.request(exchange.request)
        if scrubber is not None:
            request = scrubber(request)
        answer = twin.respond(request, state, now_ms=exchange.started_at_ms)
        found = compare(exchange.response, answer, identities, how, (exchange.request, request))
        yield Step(session, index, exchange, request, answer, found)


def route_name(answer: Answer, request: Request) -> str:
    """Return the route that answered, or that there is none."""
    return answer.route.name if answer.route is not None else f"{request.method} (unknown route)"


def session_score(name: str, strip: str, required: float) -> SessionScore:
    """Return how a session did, from the signs of its exchanges."""
    passed = len(strip) - strip.count(FAILED)
    return SessionScore(
        session=name,
        exchanges_total=len(strip),
        exchanges_passed=passed,
        passed=is_enough(passed, len(strip), required),
        strip=strip,
    )


def _judged(tally: Tally, judge: Judge, route: str, step: Step) -> str:
    sign = judge.judge(tally, route, step.session.id, step.index, step.found)
    response = step.exchange.response
    has_body = bool(response.body) or response.truncated is not None
    tally.route(route)["bodies_passed"] += has_body and sign != FAILED
    tally.counts["extrapolated"] += step.answer.extrapolated
    return sign


def _note_dependence(tally: Tally, step: Step, begun_with: dict[str, frozenset[str]]) -> None:
    status = step.exchange.response.status
    found = dependence(step.answer, status, begun_with, step.session.id, step.index)
    if found is not None:
        tally.counts["preexisting"] += 1
        tally.counts["preexisting_unknown"] += not found.known
        if len(tally.preexisting) < MAX_LISTED:
            tally.preexisting.append(found)
