"""The engine knows no service: billing recordings with every name replaced teach the same, renamed.

What it does know of names stands in one table, ``wraith.synth._shared.priors``, whose words are not renamed.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from tests.synth.recordings import Recorded
from tests.synth.renaming import Words, differences, prior_words, rename, renamed, vocabulary
from wraith.conformance import Report, check
from wraith.recording import sealed_sessions
from wraith.synth import Learned, learn
from wraith.wir import dump_model
from wraith.workspace import Project

ROOT = Path(__file__).resolve().parents[2]

SESSIONS = 12
"""Of the billing recordings; learned in seconds."""

UNCHANGED = 30
"""Words that no other of their length fits beside: ``cus`` stands before ``customer``. The other way round,
every word is another."""

TIED = 0.02
"""The share of exchanges that ties may decide: what explains the recordings alike goes by the alphabet."""


@cache
def billing() -> tuple[Recorded, ...]:
    """Return recordings of the billing twin as they are; only white space in bodies is lost."""
    sessions = sealed_sessions(Project(ROOT).twin("billing-api"))[:SESSIONS]
    read = [Recorded(each.id, each.started_at_ms, tuple(each.read())) for each in sessions]
    return tuple(renamed(read, {}))


@cache
def learned() -> tuple[Learned, Report]:
    """Return what the recordings teach, and its replay."""
    found = learn(billing())
    return found, check(found.model, billing(), runs=found.evidence.runs)


def words(*, backwards: bool) -> Words:
    return vocabulary(billing(), prior_words(), backwards=backwards)


def test_other_names_teach_the_same_model() -> None:
    """Every field, path word and prefix of an id is another, and the model is the same but for that."""
    new = words(backwards=False)
    assert len(new) > 120
    assert sum(old == word for old, word in new.items()) <= UNCHANGED
    other = learn(renamed(billing(), new)).model
    found = differences(json.loads(dump_model(learned()[0].model)), json.loads(dump_model(other)), new)
    assert list(found) == []


def test_names_in_another_order_of_the_alphabet_predict_as_well() -> None:
    """Routes, operations and answers are the same where the alphabet is turned around; only ties may fall
    otherwise, and they change what few exchanges are answered."""
    new = words(backwards=True)
    assert all(old != word for old, word in new.items())
    corpus = renamed(billing(), new)
    other = learn(corpus)
    before, before_report = learned()

    def outline(model: object, words: Words) -> object:
        return {
            (route.method, rename(route.path_pattern, words)): (
                route.state_op,
                rename(route.entity or "", words),
                {each.status for each in route.variants},
            )
            for route in model.routes  # type: ignore[attr-defined]
        }

    assert outline(other.model, {}) == outline(before.model, new)
    report = check(other.model, corpus, runs=other.evidence.runs)
    lost = before_report.exchanges_passed - report.exchanges_passed
    assert abs(lost) <= TIED * report.exchanges_total
