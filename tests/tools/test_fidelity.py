"""``tools/fidelity.py``: how well the order ledger's twin predicts, and what that owes to derived values."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.conformance import check
from wraith.recording import sealed_sessions
from wraith.synth import learn
from wraith.wir import Model
from wraith.workspace import Project

ROOT = Path(__file__).resolve().parent.parent.parent

FRESH_BP = 9_800
"""What the engine reaches on fresh sessions, less a margin. Raise it, never lower it."""


@pytest.fixture(scope="module")
def model() -> Model:
    """Return what the committed recordings of the order ledger teach."""
    return learn(sealed_sessions(Project(ROOT).twin("orderledger"))).model


def test_without_derived_values_the_order_ledger_is_another_service(model: Model) -> None:
    """With totals, joins, aggregates and guards on state there are at most two divergences, else hundreds."""
    from benchmarks.twins import without_derived

    corpus = sealed_sessions(Project(ROOT).twin("orderledger"))
    runs = [[session.id for session in corpus]]
    assert check(model, corpus, runs=runs).divergences_total <= 2
    assert without_derived(model, corpus, runs).divergences_total >= 150


def test_fresh_sessions_of_the_order_ledger_are_predicted(model: Model) -> None:
    """Sessions by another seed, with ids that no recording shows, are answered as the server answers them."""
    from benchmarks.twins import first_reasons, fresh_pass

    report = fresh_pass("orderledger", model)
    assert report.exchanges_total > 400
    assert report.exact_bp >= FRESH_BP, first_reasons(report.divergences)
