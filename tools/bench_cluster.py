"""Measure what a Dask cluster saves: synth and check of one corpus here, with one worker, and with two.

The corpus is a project that ``tools/bench.py`` keeps, or any other. Prints a table in Markdown. Beside the
time that passes stands the processor time of the client and of the busiest worker, one after the other: what
it takes where each of them has a processor of its own, whatever else this machine does.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wraith.workspace import Project, Workspace

ENVIRONMENT: Final = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
HERTZ: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Took:
    """Seconds that a command took."""

    passed: float
    client: float
    """Of processor time."""
    busiest: float
    """Of processor time, of the worker that had most of it."""

    def __str__(self) -> str:
        workers = f" + {self.busiest:.1f}" if self.busiest else ""
        return f"{self.client:.1f}{workers} = {self.client + self.busiest:.1f} s | {self.passed:.1f} s"


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="wraith-bench-") as folder:
        root = Path(folder).resolve()
        shutil.copytree(arguments.project, root / "project", ignore=shutil.ignore_patterns(".wraith"))
        workspace = Project(root / "project").twin(arguments.twin)
        print("| what | processor time: client + busiest worker | time passed |\n| --- | --- | --- |")
        for name, workers in (("here", 0), ("one worker", 1), ("two workers", 2)):
            with cluster(root, workers) as (address, pids):
                for command in ("synth", "check"):
                    print(f"| {command}, {name} | {measure(workspace, command, address, pids)} |", flush=True)
    return 0


def measure(workspace: Workspace, command: str, address: str, pids: Sequence[int]) -> Took:
    """Run a command that knows nothing from before. Ends the process where it writes other bytes than the
    first run did."""
    shutil.rmtree(workspace.project.state_path / "memo", ignore_errors=True)
    written = workspace.symbols_path if command == "synth" else workspace.report_path
    before = written.read_bytes() if written.is_file() else None
    began, client, spent = time.perf_counter(), os.times(), [processor_s(pid) for pid in pids]
    where = ["--cluster", address] if address else ["--jobs", "1"]
    done = run(workspace.project.root, "-m", "wraith.cli", command, workspace.name, *where)
    if done.returncode not in (0, 2):
        raise SystemExit(done.stderr)
    if before not in (None, written.read_bytes()):
        raise SystemExit(f"{command} wrote other bytes")
    passed, after = time.perf_counter() - began, os.times()
    own = after.children_user + after.children_system - client.children_user - client.children_system
    return Took(
        passed, own, max((processor_s(pid) - was for pid, was in zip(pids, spent, strict=True)), default=0)
    )


def processor_s(pid: int) -> float:
    """Return the processor time that a process has had; see proc(5), "/proc/pid/stat"."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / HERTZ


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, Sequence[int]]]:
    """Run a scheduler and workers; give the address and the processes of the workers."""
    with contextlib.ExitStack() as stack:
        if not workers:
            yield "", ()
            return
        address, _ = stack.enter_context(running(folder, "scheduler", "--host", "127.0.0.1", "--port", "0"))
        options = (address, "--nthreads", "1", "--no-nanny")
        yield address, [stack.enter_context(running(folder, "worker", *options))[1] for _ in range(workers)]


@contextlib.contextmanager
def running(folder: Path, name: str, *options: str) -> Iterator[tuple[str, int]]:
    """Run a scheduler or a worker; give the address of the scheduler, and the process."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *options, "--no-dashboard"]
    log = folder / f"{name}-{time.monotonic_ns()}.log"
    with log.open("wb") as out, subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stderr=out) as process:
        try:
            while (found := re.search(r"(?:Scheduler at|Registered to): +(\S+)", log.read_text())) is None:
                if process.poll() is not None:
                    raise SystemExit(log.read_text())
                time.sleep(0.05)
            yield found[1], process.pid
        finally:
            process.kill()


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="measure what a cluster saves")
    parser.add_argument("project", type=Path, help="a project, such as the corpus of tools/bench.py")
    parser.add_argument("twin", nargs="?", default="bench", help="a twin of it (bench)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
