"""Replay over the wire beside replay in memory: the same exchanges, the same judge, two verdicts.

The server is a seam: a function from the name of a client session and a request to a response. What it
answers is compared as the interpreter's answer is, with identifiers of its own. Where the two verdicts of an
exchange differ, the server does something that the interpreter does not (it answers now, for one thing, and
not at the time of the recording), and that is a finding of its own.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from wraith.config import DEFAULT_SET, NOTHING, Diff, DriftConfig, FixtureSet
from wraith.conformance._compare import How, compare
from wraith.conformance._differences import Comparison, Difference
from wraith.conformance._gallery import Gallery
from wraith.conformance._identity import Identities
from wraith.conformance._judge import Judge
from wraith.conformance._replay import Step, how_to_compare, route_name, session_score, steps
from wraith.conformance._report import MAX_LISTED, Disagreement, Wire
from wraith.conformance._summary import report
from wraith.conformance._tally import FAILED, Tally
from wraith.conformance._worlds import World, worlds
from wraith.exchange import NO_LISTS, Corpus, Request, Response, XmlLists, decode_body, header
from wraith.globs import glob
from wraith.paths import MISSING, Found
from wraith.runtime import Answer, Handlers, Twin
from wraith.wir import Model

Send = Callable[[str, Request], Response]
"""Sends a request in the client session of that name."""


def check_wire(
    model: Model,
    corpus: Corpus,
    send: Send,
    *,
    close: Callable[[str], None] = lambda _: None,
    diff: Diff | None = None,
    drift: DriftConfig | None = None,
    today: datetime.date | None = None,
    runs: Sequence[Sequence[str]] = (),
    counted: Container[str] | None = None,
    route: str | None = None,
    fixtures: FixtureSet = NOTHING,
    gallery: Gallery | None = None,
    handlers: Handlers | None = None,
) -> Wire:
    """Return how a server of the model answers what was recorded. ``close`` ends a client session; the rest
    is as for ``check``, but that a server cannot be put into the world that recordings have left: sessions of
    one run are replayed as one client session, and so they are in memory beside it. The ``gallery`` gets the
    exchanges that the server answers otherwise than the interpreter."""
    diff, drift = diff or Diff(), drift or DriftConfig()
    how, twin = how_to_compare(model, corpus, diff), Twin(model, {DEFAULT_SET: fixtures}, handlers)
    lockstep = _Lockstep(send, how, Judge(diff, drift, today), route, gallery)
    for world in worlds(corpus, runs):
        identities = Identities()
        state, here = twin.open_session(world.seed), Identities()
        for session in world.sessions:
            strip = ""
            for step in steps(twin, state, session, here, how):
                strip += lockstep.step(world, identities, step, counted is None or session.id in counted)
            if strip:
                lockstep.wire.sessions.append(session_score(session.id, strip, diff.session_pass_rate))
        close(world.seed)
    told = report(lockstep.wire, diff, drift)
    return Wire(
        verdict=told.verdict,
        passed=told.passed,
        wire_fidelity_bp=told.score_bp,
        exact_bp=told.exact_bp,
        exchanges_total=told.exchanges_total,
        exchanges_passed=told.exchanges_passed,
        sessions_total=told.sessions_total,
        sessions_passed=told.sessions_passed,
        disagreements_total=lockstep.disagreements,
        disagreements=tuple(lockstep.listed),
        divergences_total=told.divergences_total,
        divergences=told.divergences,
    )


class _Lockstep:
    """Sends what the interpreter was asked, and judges both answers."""

    def __init__(
        self, send: Send, how: How, judge: Judge, route: str | None, gallery: Gallery | None
    ) -> None:
        self.send = send
        self.how = how
        self.judge = judge
        self.on_route = glob(route) if route is not None else None
        self.gallery = gallery
        self.wire = Tally()
        self.memory = Tally()
        self.disagreements = 0
        self.listed: list[Disagreement] = []

    def step(self, world: World, identities: Identities, step: Step, counted: bool) -> str:
        """Return the sign of the server's answer; nothing where the exchange is not judged."""
        request = identities.request(step.exchange.request)
        response = self.send(world.seed, request)
        recorded = step.exchange.response
        answer = as_answered(step.answer, response, self.how.lists)
        found = compare(recorded, answer, identities, self.how, (step.exchange.request, request))
        name = route_name(step.answer, step.request)
        if not counted or (self.on_route is not None and not self.on_route(name)):
            return ""
        here = self.judge.judge(self.memory, name, step.session.id, step.index, step.found)
        told: list[Difference] = []
        there = self.judge.judge(self.wire, name, step.session.id, step.index, found, told.extend)
        has_body = bool(recorded.body) or recorded.truncated is not None
        self.wire.route(name)["bodies_passed"] += has_body and there != FAILED
        if here != there:
            self._disagree(name, step, found)
            if self.gallery is not None:
                over_wire = replace(step, request=request, answer=answer, found=found, identities=identities)
                self.gallery.note(name, over_wire, self.how, told)
        self.memory.divergences.clear()
        self.memory.drifts.clear()
        return there

    def _disagree(self, name: str, step: Step, found: Comparison) -> None:
        self.disagreements += 1
        if len(self.listed) < MAX_LISTED:
            in_memory = {(each.path, each.category) for each in step.found.differences}
            over_wire = {(each.path, each.category) for each in found.differences}
            self.listed.append(
                Disagreement(
                    route=name,
                    session=step.session.id,
                    exchange=step.index,
                    in_memory=tuple(f"{path}: {kind}" for path, kind in sorted(in_memory - over_wire)),
                    wire=tuple(f"{path}: {kind}" for path, kind in sorted(over_wire - in_memory)),
                )
            )


def as_answered(answer: Answer, response: Response, lists: XmlLists = NO_LISTS) -> Answer:
    """Return a server's response as the interpreter's answer, whose variant says what the leaves are."""
    if answer.route is None or answer.variant is None:
        return Answer(response)
    variant = answer.route.variants[answer.variant]
    decoded = decode_body(header(response.headers, "content-type"), response.body, lists)
    if decoded.kind == variant.body_kind:
        document: Found = decoded.document
    else:
        document = MISSING if not response.body else response.body.decode("utf-8", "replace")
    return Answer(
        response, answer.route, answer.variant, answer.extrapolated, (), document, asked=answer.asked
    )
