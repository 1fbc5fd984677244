"""One process that runs one engine on one corpus: ``python -m benchmarks.engines synth|check PROJECT``,
``more PROJECT end|middle``, ``shared PROJECT JOBS``; or on a twin that is built: ``again PROJECT NAME
EXCHANGES``, ``wire PROJECT NAME``, ``tamper PROJECT NAME``.

Prints exchanges, seconds and the peak of resident memory. Time is counted from the first file that is read;
what one process alone does is counted by its processor time.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpora import TWIN

if TYPE_CHECKING:
    from wraith.exchange import Exchange
    from wraith.recording import SealedSession
    from wraith.synth import Learned


class Loaded:
    """A session whose exchanges are in memory: what is timed reads no files."""

    def __init__(self, session: SealedSession) -> None:
        self.id, self.started_at_ms, self.tags, self.run = (
            session.id,
            session.started_at_ms,
            session.tags,
            session.run,
        )
        self._exchanges = tuple(session.read())

    def read(self) -> tuple[Exchange, ...]:
        return self._exchanges


class Again:
    """A recorded session as one of a run that was recorded later: read from its files each time."""

    def __init__(self, session: SealedSession, number: int) -> None:
        self.id, self.tags = f"{number}-{session.id}", session.tags
        self.started_at_ms = session.started_at_ms + number * 86_400_000
        self._session = session

    def read(self) -> Iterable[Exchange]:
        return self._session.read()

    def __len__(self) -> int:
        return len(self._session)


def main() -> None:
    step, folder, *more = sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]
    steps: dict[str, Callable[..., dict[str, float]]] = {
        "synth": synth,
        "more": more_sessions,
        "shared": shared,
        "check": check,
        "again": again,
        "wire": wire,
        "tamper": tamper,
    }
    print(json.dumps(steps[step](folder, *more)))


def synth(folder: Path) -> dict[str, float]:
    """Learn a model from the recordings, files included."""
    from wraith.recording import sealed_sessions
    from wraith.synth import learn
    from wraith.wir import dump_model
    from wraith.workspace import Project

    started, busy = time.perf_counter(), time.process_time()
    sessions = sealed_sessions(Project(folder).twin(TWIN))
    learned = learn(sessions)
    dump_model(learned.model)
    measured = _numbers(sum(len(session) for session in sessions), started)
    return measured | {"cpu_seconds": time.process_time() - busy}


def more_sessions(folder: Path, place: str) -> dict[str, float]:
    """Learn the recordings but one session, at the end or in the middle, then all of them with what was kept:
    the second time is counted, and set against learning all of them with an empty memory."""
    from wraith.build._memo import FileMemo
    from wraith.recording import sealed_sessions
    from wraith.synth import learn
    from wraith.workspace import Project

    sessions = sorted(sealed_sessions(Project(folder).twin(TWIN)), key=lambda each: each.started_at_ms)
    left = len(sessions) - 1 if place == "end" else len(sessions) // 2
    with tempfile.TemporaryDirectory() as kept, tempfile.TemporaryDirectory() as empty:
        started = time.process_time()
        fresh = learn(sessions, memo=FileMemo(Path(empty)))
        whole = time.process_time() - started
        learn(sessions[:left] + sessions[left + 1 :], memo=FileMemo(Path(kept)))
        started = time.process_time()
        again = learn(sessions, memo=FileMemo(Path(kept)))
        more = time.process_time() - started
        if _written(again) != _written(fresh):
            raise SystemExit("another model was learned from what was kept")
        measured = _numbers(sum(map(len, sessions)), time.perf_counter())
        return measured | {"cpu_seconds": more, "whole_seconds": whole}


def shared(folder: Path, jobs: str) -> dict[str, float]:
    """Learn with several processes, against one; both give the same bytes."""
    from wraith.build._workers import spread
    from wraith.recording import sealed_sessions
    from wraith.synth import learn
    from wraith.workspace import Project

    sessions = sealed_sessions(Project(folder).twin(TWIN))
    started = time.perf_counter()
    alone = learn(sessions)
    whole = time.perf_counter() - started
    started = time.perf_counter()
    together = learn(sessions, spread=spread(int(jobs)))
    if _written(together) != _written(alone):
        raise SystemExit("several processes learned another model")
    return _numbers(sum(map(len, sessions)), started) | {"whole_seconds": whole}


def _written(learned: Learned) -> tuple[bytes, bytes]:
    from wraith.wir import dump_evidence, dump_model

    return dump_model(learned.model), dump_evidence(learned.evidence)


def check(folder: Path) -> dict[str, float]:
    """Replay the recordings on the model that was learned from them; learning and reading are not counted."""
    from wraith.conformance import check as replay
    from wraith.recording import sealed_sessions
    from wraith.synth import learn
    from wraith.workspace import Project

    sessions = [Loaded(session) for session in sealed_sessions(Project(folder).twin(TWIN))]
    learned = learn(sessions)
    started = time.perf_counter()
    replay(learned.model, sessions, runs=learned.evidence.runs)
    return _numbers(sum(len(session.read()) for session in sessions), started)


def again(folder: Path, name: str, exchanges: str) -> dict[str, float]:
    """Replay the recordings of a twin again and again, each time as a run of its own, files included, until
    there are so many exchanges."""
    from wraith.build.steps import read_evidence, read_model
    from wraith.conformance import check as replay
    from wraith.recording import sealed_sessions
    from wraith.workspace import Project

    twin = Project(folder).twin(name)
    recorded, runs = sealed_sessions(twin), read_evidence(twin).runs
    corpus: list[Again] = []
    repeated: list[list[str]] = []
    while sum(map(len, corpus)) < int(exchanges):
        number = len(repeated) // max(1, len(runs))
        corpus += [Again(session, number) for session in recorded]
        repeated += [[f"{number}-{each}" for each in run] for run in runs]
    model = read_model(twin)
    started, busy = time.perf_counter(), time.process_time()
    replay(model, corpus, runs=repeated)
    return _numbers(sum(map(len, corpus)), started) | {"cpu_seconds": time.process_time() - busy}


def wire(folder: Path, name: str) -> dict[str, float]:
    """Replay the recordings of a twin over HTTP, the start of its server included."""
    from wraith.build import steps
    from wraith.workspace import Project

    started = time.perf_counter()
    result = steps.wire(Project(folder).twin(name))
    return _numbers(result.exchanges_total, started) | {"disagreements": result.disagreements_total}


def tamper(folder: Path, name: str) -> dict[str, float]:
    """Change constants of a twin, and count those that are noticed."""
    from wraith.build import steps
    from wraith.workspace import Project

    started = time.perf_counter()
    result = steps.tamper(Project(folder).twin(name))
    return _numbers(result.changed, started) | {"noticed": result.noticed}


def _numbers(exchanges: int, started: float) -> dict[str, float]:
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"exchanges": exchanges, "seconds": seconds, "peak_bytes": peak}


if __name__ == "__main__":
    main()
