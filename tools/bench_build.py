"""Measure the build graph at scale: many twins, built, left alone, restored, changed; beside make and ninja.

Everything runs in processes of its own, in a temporary project of twins that a small service was recorded
for. Prints a table in Markdown. Run on a quiet machine; a full run takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter
from wraith.workspace import Project, Workspace

STEPS: Final = ("record", "synth", "check", "pack")
PER_SESSION: Final = 10
JSON: Final = (("content-type", "application/json"),)
CONFIG: Final = '[upstream]\nbase_url = "http://127.0.0.1:9"\n[diff]\nrequired_score = 0.0\n'
STARTED_AT_MS: Final = 1_700_000_000_000


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    measured: str
    bar: str
    met: bool | None = None

    def __str__(self) -> str:
        missed = ": **missed**" if self.met is False else ""
        return f"| {self.what} | {self.measured} | {self.bar}{missed} |"


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="wraith-bench-") as folder:
        root = Path(folder).resolve()
        project = make_project(root / "one", arguments.twins, arguments.exchanges)
        rows = list(measure(project, arguments))
    print("| what | measured | bar |\n| --- | --- | --- |")
    print("\n".join(map(str, rows)))
    return 0


def make_project(root: Path, twins: int, exchanges: int) -> Project:
    """Write a project whose twins share so many exchanges with a service of their own."""
    project = Project(root)
    for number in range(twins):
        workspace = project.twin(f"twin-{number:03}")
        workspace.root.mkdir(parents=True)
        workspace.config_path.write_text(CONFIG)
        workspace.scrub_path.write_text("")
        for session in range(max(1, exchanges // twins // PER_SESSION)):
            write_session(workspace, session, random.Random(number * 1000 + session))
    (root / "wraith-project.toml").write_text("")
    return project


def write_session(workspace: Workspace, number: int, chance: random.Random) -> None:
    """Seal a session with a service that creates, shows and deletes items."""
    at_ms = STARTED_AT_MS + number * 60_000
    writer = SessionWriter(
        workspace,
        run="bench",
        source={"kind": "proxy"},
        policy_digest="sha256:" + "0" * 64,
        started_at_ms=at_ms,
        tags=(),
    )
    for index, exchange in enumerate(_exchanges(chance, f"{number}-")):
        request, response = exchange
        writer.add(Exchange(request, response, started_at_ms=at_ms + index * 100))
    writer.seal(at_ms + 10_000)


def _exchanges(chance: random.Random, prefix: str) -> Iterator[tuple[Request, Response]]:
    items: dict[str, dict[str, object]] = {}
    for index in range(PER_SESSION):
        kind = "create" if not items else chance.choice(("create", "show", "show", "delete", "missing"))
        if kind == "create":
            sent = {"name": f"item {chance.randrange(1000)}", "size": chance.randrange(10)}
            made = {"id": f"it_{prefix}{index}", **sent}
            items[str(made["id"])] = made
            yield Request("POST", "/items", headers=JSON, body=_body(sent)), Response(201, JSON, _body(made))
            continue
        name = chance.choice(sorted(items)) if kind != "missing" else f"it_{prefix}none{index}"
        if kind == "delete":
            del items[name]
            yield Request("DELETE", f"/items/{name}"), Response(204)
        elif name in items:
            yield Request("GET", f"/items/{name}"), Response(200, JSON, _body(items[name]))
        else:
            yield Request("GET", f"/items/{name}"), Response(404, JSON, _body({"error": "not found"}))


def _body(value: object) -> bytes:
    return json.dumps(value).encode()


# --- what is measured ---------------------------------------------------------------------------------------


def measure(project: Project, arguments: argparse.Namespace) -> Iterator[Row]:
    tasks = arguments.twins * len(STEPS)
    two = Project(Path(shutil.copytree(project.root, project.root.with_name("two"))))
    built_two = seconds(lambda: build(two, "-n", "2"))
    shutil.rmtree(two.root)
    built = seconds(lambda: build(project))
    yield Row(f"building {tasks} tasks of {arguments.twins} twins", f"{built:.1f} s", "")
    faster = built / built_two
    yield Row("with -n 2", f"{built_two:.1f} s, {faster:.2f} times as fast", "1.6", faster >= 1.6)
    idle = median(lambda: build(project), arguments.rounds)
    yield Row("nothing to do", f"{idle:.2f} s", "at most 1.0 s", idle <= 1.0)
    yield from _beside(project, arguments.rounds)
    restored = seconds(lambda: build(clone(project)))
    yield Row(
        "a clone with a warm cache",
        f"{restored:.1f} s, {100 * restored / built:.0f} % of building",
        "at most 10 %",
        restored <= built / 10,
    )
    yield _one_session(project, arguments)


def _one_session(project: Project, arguments: argparse.Namespace) -> Row:
    twin = project.twins()[arguments.twins // 2]
    write_session(twin, 10_000, random.Random(7))
    alone = Project(project.root.with_name("alone"))
    shutil.copytree(project.root, alone.root)
    changed = seconds(lambda: build(project))
    run(alone, "-m", "wraith.cli", "build", f"record:{twin.name}")
    learned = seconds(lambda: run(alone, "-m", "wraith.cli", "synth", twin.name))
    return Row(
        "one session more",
        f"{changed:.1f} s, of which its synth {learned:.1f} s",
        "2 s and the synth",
        changed <= learned + 2,
    )


def _beside(project: Project, rounds: int) -> Iterator[Row]:
    """Measure make and ninja on a graph of the same shape, whose actions do nothing, when nothing is to
    do."""
    baseline = median(lambda: run(project, "-c", "import doit.doit_cmd"), rounds)
    yield Row('`python -c "import doit.doit_cmd"`', f"{baseline:.2f} s", "")
    folder = project.root.with_name("beside")
    folder.mkdir()
    rules = [*_rules(project)]
    (folder / "Makefile").write_text(
        "all: "
        + " ".join(name for name, _ in rules)
        + "\n"
        + "".join(f"{name}: {' '.join(inputs)}\n\t@touch $@\n" for name, inputs in rules)
    )
    (folder / "build.ninja").write_text(
        "rule touch\n  command = touch $out\n"
        + "".join(f"build {name}: touch {' '.join(inputs)}\n" for name, inputs in rules)
    )
    for program in ("make", "ninja"):
        if shutil.which(program) is None:
            yield Row(f"{program}, nothing to do", "not installed", "")
            continue
        command = [program, "-C", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
        took = median(lambda: subprocess.run(command, check=True, capture_output=True), rounds)  # noqa: B023
        yield Row(f"{program}, nothing to do, by times alone", f"{took:.2f} s", "")


def _rules(project: Project) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield target and inputs of each step of each twin: what the step before made, and the manifests."""
    for twin in project.twins():
        manifests = [str(path) for path in sorted(twin.sessions_path.glob("*/manifest.json"))]
        before: list[str] = []
        for step in STEPS:
            name = f"{step}-{twin.name}"
            yield name, [*before, *(manifests if step != "pack" else [])]
            before = [name]


def clone(project: Project) -> Project:
    """Return a copy of what version control has of a project, with its cache."""
    other = Project(project.root.with_name("clone"))
    left_out = shutil.ignore_patterns("dist", "tasks.db*", "memo", "model", "build", "reports", "artifacts")
    shutil.copytree(project.root, other.root, ignore=left_out)
    return other


def build(project: Project, *options: str) -> None:
    run(project, "-m", "wraith.cli", "build", *options)


def run(project: Project, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(work: Callable[[], object], rounds: int) -> float:
    return statistics.median(seconds(work) for _ in range(rounds))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="measure the build graph; the table goes to standard output")
    parser.add_argument("--twins", type=int, default=75, help="75, with 4 tasks each")
    parser.add_argument("--exchanges", type=int, default=20_000, help="of all twins together (20,000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often short runs are measured (5)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
