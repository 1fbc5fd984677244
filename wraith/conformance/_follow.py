"""One step ahead: each exchange answered in the state that the recordings truly led to.

A replay answers from the twin's own state, so one wrong answer spoils those after it. Whoever asks which
exchanges a model *could* answer asks for each alone: the twin answers on a copy of the state, and the state
then takes in what was really answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wraith.config import Diff, DriftConfig
from wraith.conformance._compare import compare
from wraith.conformance._differences import Comparison
from wraith.conformance._identity import Identities
from wraith.conformance._judge import Judge
from wraith.conformance._replay import how_to_compare, route_name
from wraith.conformance._tally import FAILED, Tally
from wraith.conformance._worlds import seed_of, worlds
from wraith.exchange import Corpus, Exchange, Session
from wraith.runtime import Answer, Choice, Twin
from wraith.wir import Model


@dataclass(frozen=True, slots=True)
class Followed:
    """One exchange, what the twin would have answered, and whether that passes."""

    session: Session
    index: int
    """From 1."""
    exchange: Exchange
    answer: Answer
    choice: Choice | None
    """What the twin saw; None where no route of it matches."""
    found: Comparison
    passed: bool


def follow(
    model: Model,
    corpus: Corpus,
    *,
    diff: Diff | None = None,
    drift: DriftConfig | None = None,
    runs: Sequence[Sequence[str]] = (),
) -> Iterator[Followed]:
    """Yield the exchanges of a corpus by world and time; for the same corpus and runs always in one order.

    ``runs`` are sessions that share a world, oldest first.
    """
    diff = diff or Diff()
    twin, how = Twin(model), how_to_compare(model, corpus, diff)
    judge, tally = Judge(diff, drift or DriftConfig()), Tally()
    for world in worlds(corpus, runs):
        state = twin.open_session(world.seed)
        for session in world.sessions:
            for index, exchange in enumerate(session.read(), 1):
                request, now_ms = exchange.request, exchange.started_at_ms
                seed = f"{seed_of(session)}-{index}"
                choice = twin.choose(request, state.branch(seed), now_ms=now_ms)
                answer = twin.respond(request, state.branch(seed), now_ms=now_ms)
                found = compare(exchange.response, answer, Identities(), how, (request, request))
                sign = judge.judge(tally, route_name(answer, request), session.id, index, found)
                yield Followed(session, index, exchange, answer, choice, found, sign != FAILED)
                twin.witness(request, exchange.response, state, now_ms=now_ms)
