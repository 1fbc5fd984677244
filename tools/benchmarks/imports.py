"""One process that reads cassettes: ``python -m benchmarks.imports wraith|yaml FOLDER``.

``wraith`` imports them into a new twin, ``yaml`` loads them with the YAML library and does nothing with them.
Prints exchanges, seconds and the peak of resident memory.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.corpora import TWIN


def main() -> None:
    step, folder = sys.argv[1], Path(sys.argv[2])
    steps: dict[str, Callable[[list[Path]], dict[str, float]]] = {"wraith": imported, "yaml": loaded}
    print(json.dumps(steps[step](sorted(folder.iterdir()))))


def imported(files: list[Path]) -> dict[str, float]:
    """Import the files into a twin that is made for it, in a folder that is thrown away."""
    from wraith.interchange import import_files
    from wraith.workspace import Project

    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        report = import_files(Project(Path(folder)).twin(TWIN), files)
        seconds = time.perf_counter() - started
    return _numbers(sum(file.exchanges for file in report.files), seconds)


def loaded(files: list[Path]) -> dict[str, float]:
    """Load the files with the C loader of PyYAML, one after the other."""
    import yaml

    started = time.perf_counter()
    documents = (yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in files)
    exchanges = sum(len(document["http_interactions"]) for document in documents)
    return _numbers(exchanges, time.perf_counter() - started)


def _numbers(exchanges: int, seconds: float) -> dict[str, float]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"exchanges": exchanges, "seconds": seconds, "peak_bytes": peak}


if __name__ == "__main__":
    main()
