"""One process that runs one engine on one corpus: ``python -m benchmarks.engines synth|check PROJECT``.

Prints exchanges, seconds and the peak of resident memory. Time is counted from the first file that is read.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpora import TWIN

if TYPE_CHECKING:
    from wraith.exchange import Exchange
    from wraith.recording import SealedSession


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


def main() -> None:
    step, folder = sys.argv[1], Path(sys.argv[2])
    print(json.dumps({"synth": synth, "check": check}[step](folder)))


def synth(folder: Path) -> dict[str, float]:
    """Learn a model from the recordings, files included."""
    from wraith.recording import sealed_sessions
    from wraith.synth import learn
    from wraith.wir import dump_model
    from wraith.workspace import Project

    started = time.perf_counter()
    sessions = sealed_sessions(Project(folder).twin(TWIN))
    learned = learn(sessions)
    dump_model(learned.model)
    return _numbers(sum(len(session) for session in sessions), started)


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


def _numbers(exchanges: int, started: float) -> dict[str, float]:
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"exchanges": exchanges, "seconds": seconds, "peak_bytes": peak}


if __name__ == "__main__":
    main()
