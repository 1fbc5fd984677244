"""Measure the build graph at scale: many twins, built, left alone, restored, changed; beside make and ninja.

Everything runs in processes of its own, in a temporary project of shops (``benchmarks.shops``). Prints a
table in Markdown and writes the numbers as JSON. Beside the time that passes stands the processor time of a
run and of its children: where the machine is busy with other things, bars are judged by that, and the table
says so.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from benchmarks.shops import PER_SESSION, make_project, record

from wraith.build import explain
from wraith.workspace import Project

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "bench-results" / "build.json"
QUIET: Final = 0.5
"""The load of a machine that does nothing else."""
PR_SET_CHILD_SUBREAPER: Final = 36
"""prctl(2): processes whose parent ended become children of this one, which can wait for them."""
DERIVED: Final = ("dist", "tasks.db*", "memo", "model", "build", "reports", "artifacts", "composites")
"""What a fresh clone has not, by name."""


@dataclass(frozen=True)
class Took:
    """Seconds: the time that passed, and the processor time of a process and its children."""

    passed: float
    processor: float


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    took: Took | None
    note: str = ""
    bar: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        times = f"{self.took.passed:.2f} s | {self.took.processor:.2f} s" if self.took else " | "
        verdict = {None: "", True: ": met", False: ": **missed**"}[self.met]
        return f"| {self.what} | {times} | {self.note} | {self.bar}{verdict} |"


def main() -> int:
    arguments = _arguments()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    load = os.getloadavg()[0]
    measuring = Measuring(arguments, busy=load > QUIET)
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the start; bars are"
    )
    print(
        f"judged by {'processor time: the machine is busy' if measuring.busy else 'the time that passes'}.\n"
    )
    print("| what | time passed | processor time | | bar |\n| --- | --- | --- | --- | --- |")
    rows = []
    with tempfile.TemporaryDirectory(prefix="wraith-bench-") as folder:
        for row in measuring.rows(Path(folder).resolve()):
            print(row, flush=True)
            rows.append(asdict(row))
    RESULTS.parent.mkdir(exist_ok=True)
    environment = {"python": platform.python_version(), "cores": os.cpu_count(), "load": load}
    settings = {"twins": arguments.twins, "exchanges": arguments.exchanges}
    document = {"format": "wraith.bench-build/1", "environment": environment, **settings, "rows": rows}
    RESULTS.write_text(json.dumps(document, indent=2) + "\n")
    return 0


@dataclass(frozen=True)
class Measuring:
    """What is measured, one thing after the other."""

    arguments: argparse.Namespace
    busy: bool

    def judged(self, took: Took) -> float:
        return took.processor if self.busy else took.passed

    def rows(self, folder: Path) -> Iterator[Row]:
        twins, exchanges = self.arguments.twins, self.arguments.exchanges
        project = make_project(folder / "all", twins, exchanges, _say)
        forget(project)
        few = Project(Path(shutil.copytree(project.root, folder / "few")))
        two = Project(Path(shutil.copytree(project.root, folder / "two")))
        built = took(lambda: build(project))
        tasks = len(explain(project))
        yield Row(f"building {tasks} tasks of {twins} twins", built, f"{exchanges:,} exchanges")
        yield self._together(two, built)
        shutil.rmtree(two.root)
        yield self._few(few, built, tasks)
        baseline = self._median(lambda: run(project, "-c", "import doit.doit_cmd"))
        yield Row('`python -c "import doit.doit_cmd"`', baseline)
        idle = self._median(lambda: build(project))
        yield Row("nothing to do", idle, "", "at most 1.0 s", self.judged(idle) <= 1.0)
        yield self._own(baseline)
        yield from self._beside(project)
        clone = Project(folder / "clone")
        shutil.copytree(project.root, clone.root, ignore=shutil.ignore_patterns(*DERIVED))
        restored = took(lambda: build(clone))
        share = self.judged(restored) / self.judged(built)
        yield Row(
            "a clone with a warm cache", restored, f"{share:.1%} of building", "at most 10 %", share <= 0.1
        )
        yield self._one_session(project)

    def _together(self, two: Project, built: Took) -> Row:
        """Two steps at once. On a busy machine only a bound can be told: two processors that never wait."""
        together = took(lambda: build(two, "-n", "2"))
        if self.busy:
            bound = built.processor / (together.processor / 2)
            return Row("with `-n 2`", together, f"at best {bound:.2f} times as fast", "1.6: not measured")
        faster = built.passed / together.passed
        return Row("with `-n 2`", together, f"{faster:.2f} times as fast", "at least 1.6", faster >= 1.6)

    def _few(self, few: Project, built: Took, tasks: int) -> Row:
        """A fifth of the twins, each with as many exchanges: time per task beside that of all."""
        kept = {twin.name for twin in few.twins() if int(twin.name[-2:]) < self.arguments.twins // 10}
        for twin in few.twins():
            if twin.name not in kept:
                shutil.rmtree(twin.root)
        composites = (few.root / "wraith-project.toml").read_text().split("\n\n")
        known = [each for each in composites if any(f'"{name}"]' in each for name in kept)]
        (few.root / "wraith-project.toml").write_text("\n\n".join(known))
        small, count = took(lambda: build(few)), len(explain(few))
        factor = (self.judged(built) / tasks) / (self.judged(small) / count)
        return Row(
            f"building {count} tasks of {len(kept)} twins",
            small,
            f"a task among all takes {factor:.2f} times as long",
            "linear: at most 1.2",
            factor <= 1.2,
        )

    def _own(self, baseline: Took) -> Row:
        """The repository's own twins, where they are built."""
        what = "nothing to do, this repository's own twins"
        if any(each.standing != "fresh" for each in explain(Project(ROOT))):
            return Row(what, None, "not measured: run `doit` before")
        own = self._median(lambda: run(Project(ROOT), "-m", "doit"))
        factor = self.judged(own) / self.judged(baseline)
        return Row(what, own, f"{factor:.1f} times the import of doit", "at most 3", factor <= 3)

    def _one_session(self, project: Project) -> Row:
        twin = project.twin(f"shop-{len(project.twins()) * 24 // 50 - 1:02}")
        record(twin, range(9999, 10_000), seed=7)
        alone = Project(Path(shutil.copytree(project.root, project.root.with_name("alone"))))
        changed = took(lambda: build(project))
        run(alone, "-m", "wraith.cli", "build", f"record:{twin.name}")
        learned = took(lambda: run(alone, "-m", "wraith.cli", "synth", twin.name))
        extra = self.judged(changed) - self.judged(learned)
        return Row(
            "one session more",
            changed,
            f"{extra:.2f} s more than its synth alone",
            "at most 2 s more",
            extra <= 2,
        )

    def _beside(self, project: Project) -> Iterator[Row]:
        """Measure make and ninja on a graph of the same shape, whose actions do nothing, when nothing is to
        do."""
        folder = project.root.with_name("beside")
        folder.mkdir()
        rules = list(_rules(project))
        every = " ".join(name for name, _ in rules)
        made = "".join(f"{name}: {' '.join(inputs)}\n\t@touch $@\n" for name, inputs in rules)
        (folder / "Makefile").write_text(f"all: {every}\n{made}")
        built = "".join(f"build {name}: touch {' '.join(inputs)}\n" for name, inputs in rules)
        (folder / "build.ninja").write_text(f"rule touch\n  command = touch $out\n{built}")
        for program in ("make", "ninja"):
            what = f"{program}, nothing to do, by times alone"
            if shutil.which(program) is None:
                yield Row(what, None, "not installed")
                continue
            work = Command([program, "-C", str(folder)], folder)
            work()
            yield Row(what, self._median(work))

    def _median(self, work: Callable[[], object]) -> Took:
        rounds = [took(work) for _ in range(self.arguments.rounds)]
        return Took(
            statistics.median(each.passed for each in rounds),
            statistics.median(each.processor for each in rounds),
        )


def _rules(project: Project) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield target and inputs of each task: the tasks that it needs, and the manifests that it reads."""
    for each in explain(project):
        manifests = [name for name in each.task.freshness.inputs(each.task) if name.endswith("manifest.json")]
        inputs = [*(_file(name) for name in each.needs), *(str(project.root / name) for name in manifests)]
        yield _file(each.task.name), inputs


def _file(task: str) -> str:
    return task.replace(":", "-")


def forget(project: Project) -> None:
    """Make a project what version control has of it."""
    shutil.rmtree(project.state_path)
    shutil.rmtree(project.dist_path)
    for twin in project.twins():
        for path in (twin.symbols_path.parent, twin.build_path, twin.report_path.parent):
            shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class Command:
    """A command in a folder. Calling it runs it, and ends this process where it fails."""

    arguments: Sequence[str]
    folder: Path

    def __call__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            self.arguments, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = (done.stdout + done.stderr)[-2000:]
            raise SystemExit(f"{' '.join(self.arguments)} ended with {done.returncode}:\n{said}")


def build(project: Project, *options: str) -> None:
    run(project, "-m", "wraith.cli", "build", *options)


def run(project: Project, *arguments: str) -> None:
    Command([sys.executable, *arguments], project.root)()


def took(work: Callable[[], object]) -> Took:
    """Run something in processes of its own, and return what it took, with what processes took that it left
    behind."""
    began, before = time.perf_counter(), os.times()
    work()
    passed = time.perf_counter() - began
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(passed, used)


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="measure the build graph; the table goes to standard output")
    parser.add_argument("--twins", type=int, default=50, help="50, with 6 tasks each")
    parser.add_argument(
        "--exchanges", type=int, default=20_000, help=f"of all twins, {PER_SESSION} to a session"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often short runs are measured (5)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
