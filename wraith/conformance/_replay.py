"""Replay through the interpreter: every recorded request to the twin, every answer compared.

The twin never sees the recorded answer of the exchange under test: it answers from its own state, with its
own identifiers, at the recorded time. Sessions of one run share a world: each begins in the one that the
recordings before it have left, and is answered from its own state from then on. Sessions are independent of
each other but for that beginning, so that several processes can share the work.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from wraith.config import DEFAULT_SET, NOTHING, Diff, DriftConfig, FixtureSet
from wraith.conformance._arrays import DEFAULT_KEY
from wraith.conformance._compare import How, compare
from wraith.conformance._dependence import dependence
from wraith.conformance._differences import Comparison
from wraith.conformance._fields import Fields, recorded_values
from wraith.conformance._gallery import Gallery
from wraith.conformance._identity import Identities
from wraith.conformance._judge import Judge
from wraith.conformance._report import MAX_LISTED, Report, SessionScore
from wraith.conformance._rule_findings import rule_findings
from wraith.conformance._rules import Suppressions
from wraith.conformance._scoring import RouteThresholds, is_enough
from wraith.conformance._summary import report
from wraith.conformance._tally import FAILED, Tally
from wraith.conformance._worlds import Beginnings, parts, worlds
from wraith.exchange import Corpus, Exchange, Request, Session
from wraith.globs import glob
from wraith.runtime import Answer, Handlers, Twin
from wraith.runtime import Session as TwinSession
from wraith.synth import Spread, in_turn
from wraith.wir import FreshId, Make, Model


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
    identities: Identities


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
    fixtures: FixtureSet = NOTHING,
    handlers: Handlers | None = None,
    scrubber: Callable[[Request], Request] | None = None,
    spread: Spread = in_turn,
    gallery: Gallery | None = None,
) -> Report:
    """Return the report of replaying a corpus through a model.

    ``twin`` is its name. ``runs`` are sessions that share a world, oldest first (``Evidence.runs``); a
    session in none stands alone. ``counted`` names the sessions that are judged, all where it is None, and
    ``route`` is a pattern for the routes that are. ``fixtures`` are what there is besides the model's own
    before the first request, ``handlers`` what answers in the place of the model. ``today`` is what rules
    expire by. ``scrubber`` is what requests pass through before the twin sees them. ``spread`` may use
    several processes. What is to be looked at is put into the
    ``gallery``.
    """
    diff, drift = diff or Diff(), drift or DriftConfig()
    compiled, how = Twin(model, {DEFAULT_SET: fixtures}, handlers), how_to_compare(model, corpus, diff)
    begun_with = {name: frozenset(stored) for name, stored in compiled.open_session().state.entities.items()}
    on_route = glob(route) if route is not None else None
    dealt, beginnings = parts(worlds(corpus, runs)), Beginnings(compiled, scrubber)

    def tallied(number: int) -> Tally:
        tally, judge = Tally(gallery=Gallery() if gallery is not None else None), Judge(diff, drift, today)
        for stretch in dealt[number]:
            begins = beginnings.of(stretch, counted)
            for session, replayed in replay(compiled, begins, how, scrubber):
                strip = ""
                for step in replayed:
                    name = route_name(step.answer, step.request)
                    if on_route is None or on_route(name):
                        strip += _judged(tally, judge, name, step, how)
                        _note_dependence(tally, step, begun_with)
                if strip:
                    tally.sessions.append(session_score(session.id, strip, diff.session_pass_rate))
        return tally

    whole = Tally(gallery=gallery)
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
    """Yield how the identifiers look that are made in documents beside answers."""
    effects = (each for route in model.routes for variant in route.variants for each in variant.effects)
    patterns = dict.fromkeys(
        source.pattern
        for effect in effects
        if isinstance(effect, Make)
        for _, source in effect.holes
        if isinstance(source, FreshId)
    )
    for pattern in patterns:
        try:
            yield re.compile(pattern)
        except re.error:  # written by hand, with operators that stand for themselves
            continue


def replay(
    twin: Twin,
    begins: Iterable[tuple[Session, TwinSession]],
    how: How,
    scrubber: Callable[[Request], Request] | None = None,
) -> Iterator[tuple[Session, Iterable[Step]]]:
    """Yield each session with its exchanges as they are replayed. Consume them in turn."""
    for session, state in begins:
        yield session, steps(twin, state, session, Identities(), how, scrubber)


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
        yield Step(session, index, exchange, request, answer, found, identities)


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


def _judged(tally: Tally, judge: Judge, route: str, step: Step, how: How) -> str:
    show = partial(tally.gallery.note, route, step, how) if tally.gallery is not None else None
    sign = judge.judge(tally, route, step.session.id, step.index, step.found, show)
    response = step.exchange.response
    has_body = bool(response.body) or response.truncated is not None
    tally.route(route)["bodies_passed"] += has_body and sign != FAILED
    tally.counts["extrapolated"] += step.answer.extrapolated
    if step.answer.handler is not None:
        tally.handled(step.answer.handler, step.answer.failure)
    return sign


def _note_dependence(tally: Tally, step: Step, begun_with: dict[str, frozenset[str]]) -> None:
    status = step.exchange.response.status
    found = dependence(step.answer, status, begun_with, step.session.id, step.index)
    if found is not None:
        tally.counts["preexisting"] += 1
        tally.counts["preexisting_unknown"] += not found.known
        if len(tally.preexisting) < MAX_LISTED:
            tally.preexisting.append(found)
