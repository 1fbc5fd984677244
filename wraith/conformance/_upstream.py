"""Replay against the live service: has it drifted from what was recorded?

Recorded requests are sent with the service's own identifiers, in the order of the recording, and what it
answers is compared with what it answered then; the model only says what the leaves are. Nothing is sent that
may change something, unless writes are asked for; what tells of a write that did not happen is left out, and
counted apart. An exchange that the network fails is no divergence, and in no score either.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from wraith.config import Diff, DriftConfig
from wraith.conformance._aftermath import SAFE, Aftermath
from wraith.conformance._compare import How, compare
from wraith.conformance._gallery import Gallery
from wraith.conformance._identity import MIN_TOKEN, Identities
from wraith.conformance._judge import Judge
from wraith.conformance._replay import Step, how_to_compare, route_name, session_score
from wraith.conformance._report import MAX_LISTED, NotSent, Upstream
from wraith.conformance._rule_findings import rule_findings
from wraith.conformance._rules import Suppressions
from wraith.conformance._summary import report
from wraith.conformance._tally import FAILED, Tally
from wraith.conformance._wire import as_answered
from wraith.conformance._worlds import World, worlds
from wraith.exchange import Corpus, Exchange, Request, Response, Session, XmlLists, decode_body, header
from wraith.globs import glob
from wraith.runtime import Answer, Twin
from wraith.wir import Model, Route, Variant


@dataclass(frozen=True, slots=True)
class Unsent:
    """Why a request has no answer: the network failed, or it needs a secret that nobody gave."""

    kind: Literal["failed", "not_replayable"]
    why: str


Ask = Callable[[Exchange, Request], Response | Unsent]
"""Asks the service: the exchange as it was recorded, and its request with the service's identifiers."""

WRITE_SKIPPED = "it may change something, and only reads are sent"
NOT_RECORDED = "its body was too large to be recorded"
TELLS_OF_IT = "it tells of a write that was not sent, or did not succeed"


def check_upstream(
    model: Model,
    corpus: Corpus,
    ask: Ask,
    *,
    twin: str = "",
    target: str = "",
    include_writes: bool = False,
    diff: Diff | None = None,
    drift: DriftConfig | None = None,
    today: datetime.date | None = None,
    runs: Sequence[Sequence[str]] = (),
    counted: Container[str] | None = None,
    route: str | None = None,
    gallery: Gallery | None = None,
) -> Upstream:
    """Return how the live service differs from the recording. ``ask`` sends; ``include_writes`` also what may
    change something. What ``counted`` and ``route`` do not choose is not sent. The ``gallery`` gets the
    exchanges that drifted. The rest is as for ``check``."""
    diff, drift = diff or Diff(), drift or DriftConfig()
    how = replace(how_to_compare(model, corpus, diff), live=True)
    live = _Live(Twin(model), ask, how, Judge(diff, drift, today, live=True), include_writes, route)
    live.tally.gallery = gallery
    for world in worlds(corpus, runs):
        live.replay(world, counted, diff.session_pass_rate)
    whole = counted is None and route is None
    rules = Suppressions(diff.suppress, today)
    findings = rule_findings(live.tally, diff, drift, rules, whole=whole, live=True)
    told = report(live.tally, diff, drift, twin=twin, findings=tuple(findings))
    return Upstream(
        **dict(told),
        target=target,
        upstream_fidelity_bp=told.score_bp,
        writes_skipped=live.tally.counts["write_skipped"],
        not_replayable=live.tally.counts["not_replayable"],
        failed=live.tally.counts["failed"],
        not_sent=tuple(live.not_sent),
    )


class _Live:
    """The exchanges of a corpus, one by one: sent or not, and judged."""

    def __init__(
        self, twin: Twin, ask: Ask, how: How, judge: Judge, include_writes: bool, route: str | None
    ) -> None:
        self.twin = twin
        self.ask = ask
        self.how = how
        self.judge = judge
        self.include_writes = include_writes
        self.on_route = glob(route) if route is not None else None
        self.tally = Tally()
        self.not_sent: list[NotSent] = []

    def replay(self, world: World, counted: Container[str] | None, required: float) -> None:
        """Replay the sessions of a world, which share the service's identifiers."""
        identities = Identities()
        aftermath = Aftermath(self.twin, self.twin.open_session(world.seed), world.seed)
        for session in world.sessions:
            strip = ""
            chosen = counted is None or session.id in counted
            for index, exchange in enumerate(session.read(), 1):
                answer = aftermath.answer(exchange)
                name = route_name(answer, exchange.request)
                happened = False
                if chosen and (self.on_route is None or self.on_route(name)):
                    sent = self._sent(aftermath, identities, exchange)
                    if isinstance(sent, Response):
                        happened = sent.status < 400
                        step = self._step(session, index, exchange, answer, sent, identities)
                        strip += self._judged(name, step)
                    else:
                        self._note(name, session.id, index, sent)
                aftermath.went(exchange, happened=happened)
            if strip:
                self.tally.sessions.append(session_score(session.id, strip, required))

    def _sent(
        self, aftermath: Aftermath, identities: Identities, exchange: Exchange
    ) -> Response | tuple[str, str]:
        """Return the live answer; else the kind and the reason why there is none."""
        if exchange.request.method not in SAFE and not self.include_writes:
            return "write_skipped", WRITE_SKIPPED
        if aftermath.tells_of_it(exchange):
            return "not_replayable", TELLS_OF_IT
        if exchange.request.truncated is not None:
            return "not_replayable", NOT_RECORDED
        response = self.ask(exchange, identities.request(exchange.request))
        return (response.kind, response.why) if isinstance(response, Unsent) else response

    def _step(
        self,
        session: Session,
        index: int,
        exchange: Exchange,
        answer: Answer,
        response: Response,
        identities: Identities,
    ) -> Step:
        request = identities.request(exchange.request)
        like = as_answered(_like(answer, exchange, self.how.lists), response, self.how.lists)
        found = compare(exchange.response, like, identities, self.how, (exchange.request, request))
        _map_validators(identities, exchange.response, response)
        return Step(session, index, exchange, request, like, found, identities)

    def _judged(self, name: str, step: Step) -> str:
        gallery, recorded = self.tally.gallery, step.exchange.response
        show = partial(gallery.note, name, step, self.how) if gallery is not None else None
        sign = self.judge.judge(self.tally, name, step.session.id, step.index, step.found, show)
        has_body = bool(recorded.body) or recorded.truncated is not None
        self.tally.route(name)["bodies_passed"] += has_body and sign != FAILED
        return sign

    def _note(self, name: str, session: str, index: int, unsent: tuple[str, str]) -> None:
        kind, why = unsent
        self.tally.counts[kind] += 1
        if self.tally.counts[kind] <= MAX_LISTED:  # many skipped writes must not hide a failure
            told = {"route": name, "session": session, "exchange": index, "kind": kind, "why": why}
            self.not_sent.append(NotSent.model_validate(told))


def _map_validators(identities: Identities, recorded: Response, live: Response) -> None:
    """Let the names of two representations stand for each other, which clients send back (RFC 9110, 8.8.3 and
    13.1)."""
    then, now = (
        (header(each.headers, "etag") or "").removeprefix("W/").strip('"') for each in (recorded, live)
    )
    if min(len(then), len(now)) >= MIN_TOKEN:
        identities.bind(then, now)


def _like(answer: Answer, exchange: Exchange, lists: XmlLists) -> Answer:
    """Return an answer whose variant says what the leaves of a recorded one are: that of the twin, another of
    the route with the recorded status, or one that knows nothing, so that all is compared exactly."""
    recorded = exchange.response
    if answer.route is not None and answer.variant is not None:
        if answer.response.status == recorded.status:
            return answer
        for number, variant in enumerate(answer.route.variants):
            if variant.status == recorded.status:
                return answer._replace(variant=number)
    kind = decode_body(header(recorded.headers, "content-type"), recorded.body, lists).kind
    plain = Variant(status=recorded.status, body_kind=kind)
    request = exchange.request
    route = answer.route or Route(method=request.method, path_pattern=request.path, variants=())
    return answer._replace(route=route.model_copy(update={"variants": (plain,)}), variant=0)
