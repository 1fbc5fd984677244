"""How well the committed twins predict: in sample, held out, and on sessions that no recording shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from benchmarks.ablation import ablated
from benchmarks.anew import recorded_anew
from benchmarks.orderledger import fresh
from benchmarks.processes import ROOT
from wraith.conformance import Divergence, Report, check, generalization
from wraith.exchange import Corpus
from wraith.recording import sealed_sessions
from wraith.synth import learn
from wraith.wir import Model
from wraith.workspace import Project

FORMAT: Final = "wraith.fidelity/1"
TWINS: Final = ("billing-api", "posts-api", "graphql-api", "orderledger")
FOLDS: Final = 5
REASONS: Final = 3
FRESH_SEED: Final = 77
"""Not that of the committed recordings, which is 20."""
FRESH_SESSIONS: Final = {"graphql-api": 25}
"""One of each scenario."""
SCENARIOS: Final = 20
"""Scenarios of the other twins."""
OWN: Final = "orderledger"
"""The twin whose service runs in this process."""


@dataclass(frozen=True)
class Fidelity:
    """The scores of one twin, in basis points of exchanges that were answered exactly."""

    twin: str
    sessions: int
    exchanges: int
    exact_bp: int
    generalization_bp: int
    fresh_bp: int
    divergences: int = 0
    without_derived: int | None = None
    """Divergences in sample of the same model with derived expressions, joins, aggregates and state guards
    switched off."""
    missed: dict[str, int] = field(default_factory=dict)
    """Where held-out exchanges first differ, with their number."""


def measured(name: str) -> Fidelity:
    """Return how well a committed twin does with today's engine."""
    corpus = sealed_sessions(Project(ROOT).twin(name))
    learned = learn(corpus)
    report = check(learned.model, corpus, runs=learned.evidence.runs)
    held_out = generalization(corpus, FOLDS, runs=learned.evidence.runs)
    return Fidelity(
        name,
        len(corpus),
        report.exchanges_total,
        report.exact_bp,
        held_out.generalization_bp,
        fresh_pass(name, learned.model).exact_bp,
        report.divergences_total,
        without_derived(learned.model, corpus, learned.evidence.runs).divergences_total
        if name == OWN
        else None,
        dict(first_reasons(held_out.divergences).most_common(REASONS)),
    )


def fresh_pass(name: str, model: Model) -> Report:
    """Return how a model answers sessions of its service by another seed."""
    sessions = FRESH_SESSIONS.get(name, SCENARIOS)
    if name == OWN:
        return _answered(model, fresh(FRESH_SEED, sessions))
    with recorded_anew(name, FRESH_SEED, sessions) as corpus:
        return _answered(model, corpus)


def _answered(model: Model, corpus: Corpus) -> Report:
    return check(model, corpus, runs=[[each.id for each in corpus]])


def without_derived(model: Model, corpus: Corpus, runs: Sequence[Sequence[str]]) -> Report:
    """Return the replay of what a model was learned from, with everything derived switched off."""
    return check(ablated(model, corpus), corpus, runs=runs)


def first_reasons(divergences: Sequence[Divergence]) -> Counter[str]:
    """Return where exchanges first differ, and in how many."""
    first: dict[tuple[str, int], Divergence] = {}
    for each in divergences:
        first.setdefault((each.session, each.exchange), each)
    return Counter(f"`{each.route}` {each.category} at {each.path}" for each in first.values())


def table(twins: Sequence[Fidelity]) -> str:
    """Return the twins as a Markdown table."""
    headings = (
        "twin",
        "sessions",
        "exchanges",
        "in-sample",
        f"{FOLDS} folds",
        "fresh pass",
        "most missed, held out",
    )
    lines = ["| " + " | ".join(headings) + " |", "| " + " | ".join("---" for _ in headings) + " |"]
    for twin in twins:
        scores = (_percent(score) for score in (twin.exact_bp, twin.generalization_bp, twin.fresh_bp))
        missed = ", ".join(f"{reason} ({count:,})" for reason, count in twin.missed.items())
        cells = (f"`{twin.twin}`", f"{twin.sessions:,}", f"{twin.exchanges:,}", *scores, missed)
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        f"\n`{twin.twin}` with derived expressions, joins, aggregates and state guards switched off:"
        f" {twin.without_derived:,} divergences in sample instead of {twin.divergences:,}."
        for twin in twins
        if twin.without_derived is not None
    ]
    return "\n".join(lines)


def document(twins: Sequence[Fidelity]) -> dict[str, object]:
    """Return the twins as a JSON document."""
    return {"format": FORMAT, "folds": FOLDS, "twins": [asdict(twin) for twin in twins]}


def _percent(score_bp: int) -> str:
    return f"{score_bp / 100:.2f} %"
