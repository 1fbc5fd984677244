"""The bars that the committed twin billing-api is held to."""

from __future__ import annotations

from pathlib import Path

from wraith.conformance import check, tamper
from wraith.recording import sealed_sessions
from wraith.synth import learn
from wraith.workspace import Project

ROOT = Path(__file__).parents[2]


def test_billing_is_compared_and_every_change_of_it_is_noticed() -> None:
    """At most 15 % of body leaves are not compared exactly, and tampering is noticed to 99 %."""
    corpus = sealed_sessions(Project(ROOT).twin("billing-api"), ())
    learned = learn(corpus)
    report = check(learned.model, corpus, runs=learned.evidence.runs)
    assert report.body_suppressed <= 0.15 * (report.body_leaves + report.body_suppressed)
    assert report.no_evidence == ()
    result = tamper(learned.model, corpus, runs=learned.evidence.runs)
    assert result.passed
    assert result.changed > 300
