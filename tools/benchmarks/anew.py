"""Sessions of a committed twin's service that no recording shows: its scenarios by another seed.

The commands of ``wraith.toml`` start a fresh service and send the traffic, in a project of their own, so that
nothing here is touched.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import ROOT, BenchError
from wraith.build import steps
from wraith.exchange import Corpus
from wraith.recording import sealed_sessions
from wraith.workspace import PROJECT_FILE, Project

USED: tuple[str, ...] = ("tools", "tests")
"""Folders that the commands name, beside those of the twins."""

_SEED = re.compile(r'"--seed", "\d+", "--sessions", "\d+"')


@contextmanager
def recorded_anew(name: str, seed: int, sessions: int) -> Iterator[Corpus]:
    """Yield sessions of a twin's service by a seed. Raises BenchError where they cannot be recorded."""
    original = Project(ROOT).twin(name)
    with tempfile.TemporaryDirectory(prefix="wraith-anew-") as scratch:
        folder = Path(scratch)
        for each in USED:
            (folder / each).symlink_to(ROOT / each)
        twin = folder / "twins" / name
        twin.mkdir(parents=True)
        shutil.copy(ROOT / PROJECT_FILE, folder)
        shutil.copy(original.scrub_path, twin)
        config = original.config_path.read_text(encoding="utf-8")
        changed = _SEED.sub(f'"--seed", "{seed}", "--sessions", "{sessions}"', config)
        (twin / original.config_path.name).write_text(changed, encoding="utf-8")
        workspace = Project(folder).twin(name)
        try:
            steps.record(workspace)
        except OSError as error:
            raise BenchError(f"{name} was not recorded: {error}") from error
        yield sealed_sessions(workspace)
