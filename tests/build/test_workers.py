"""Processes that share the work of one step."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wraith.build._workers import spread
from wraith.errors import OperationError
from wraith.recording import sealed_sessions
from wraith.synth import learn
from wraith.wir import dump_evidence, dump_model
from wraith.workspace import Project

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_back_in_the_order_of_the_parts(jobs: int) -> None:
    """However many work, part i gives result i."""
    assert spread(jobs)(lambda part: part * part, 20) == [part * part for part in range(20)]


def test_the_number_of_processes_changes_no_byte_of_a_model() -> None:
    """A corpus is learned alike by one process and by three."""
    corpus = sealed_sessions(Project(ROOT).twin("posts-api"))[:12]
    one, three = learn(corpus), learn(corpus, spread=spread(3))
    assert dump_model(one.model) == dump_model(three.model)
    assert dump_evidence(one.evidence) == dump_evidence(three.evidence)


def test_a_worker_that_dies_is_an_error() -> None:
    """Nobody waits for what is dead."""
    with pytest.raises(OperationError, match="worker process died"):
        spread(2)(lambda part: os._exit(3) if part == 1 else part, 4)


def test_an_error_in_a_worker_is_raised_here() -> None:
    """What a part raises, the whole raises."""

    def work(part: int) -> int:
        return 1 // (part - 2)

    with pytest.raises(ZeroDivisionError):
        spread(2)(work, 4)
