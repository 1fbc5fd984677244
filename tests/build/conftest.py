"""A project of two small twins, built by engines that are quick and simple, and a way to run its graph."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

from wraith.build import TaskEvent, run_graph
from wraith.canonical import JsonValue
from wraith.config import Diff
from wraith.exchange import Corpus, Exchange, Request, Response
from wraith.recording import SessionWriter
from wraith.synth import Memo, Spread, in_turn
from wraith.wir import Evidence, Model, Route, Variant
from wraith.workspace import Project, Workspace

RAN = ("built", "checked", "restored")
CONFIG = '[upstream]\nbase_url = "http://127.0.0.1:9"\n'


def write_session(workspace: Workspace, paths: Iterable[str], *, at_ms: int = 1000, tag: str = "") -> Path:
    """Seal a session in which each path was answered with its own name."""
    writer = SessionWriter(
        workspace,
        run="run-1",
        source={"kind": "proxy"},
        policy_digest="sha256:" + "0" * 64,
        started_at_ms=at_ms,
        tags=(tag,) if tag else (),
    )
    for number, path in enumerate(paths):
        body = f'{{"name": "{path}"}}'.encode()
        headers = (("content-type", "application/json"),)
        writer.add(Exchange(Request("GET", path), Response(200, headers, body), started_at_ms=at_ms + number))
    writer.seal(at_ms + 1000)
    return writer.path


def write_twin(project: Project, name: str, *paths: str) -> Workspace:
    workspace = project.twin(name)
    workspace.root.mkdir(parents=True)
    workspace.config_path.write_text(CONFIG)
    workspace.scrub_path.write_text("")
    write_session(workspace, paths)
    return workspace


# --- engines


@dataclass(frozen=True)
class Learned:
    model: Model
    evidence: Evidence


@dataclass(frozen=True)
class Report:
    score_bp: int
    passed: bool
    verdict = "fail"
    exact_bp = 8000
    required_score = 0.95
    exchanges_total = sessions_total = 10
    sessions_passed = 9

    def to_json(self) -> JsonValue:
        return {"score_bp": self.score_bp, "passed": self.passed}


def learn(corpus: Corpus, *, spread: Spread, memo: Memo) -> Learned:
    """One route for each path of the corpus."""
    seen = sorted({exchange.request.path for session in corpus for exchange in session.read()})
    routes = tuple(
        Route(method="GET", path_pattern=path, variants=(Variant(status=200, body_template={"name": path}),))
        for path in seen
    )
    evidence = Evidence(exchanges=len(seen), sessions=len(corpus), runs=(), routes=())
    return Learned(Model(routes=routes), evidence)


def check(
    model: Model,
    corpus: Corpus,
    *,
    diff: Diff,
    runs: Sequence[Sequence[str]],
    **_: object,
) -> Report:
    """Every twin scores 9,000."""
    return Report(9000, diff.required_score <= 0.9)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engines above in place of the real ones."""
    for name, functions in (
        ("wraith.synth", {"learn": learn, "Spread": Spread, "in_turn": in_turn}),
        ("wraith.conformance", {"check": check}),
    ):
        module = ModuleType(name)
        vars(module).update(functions)
        monkeypatch.setitem(sys.modules, name, module)


# --- runs


@dataclass
class Run:
    """What a run of the graph came to."""

    exit_code: int = 0
    events: list[TaskEvent] = field(default_factory=list)

    @property
    def ran(self) -> list[str]:
        return [event.task for event in self.events if event.kind in RAN]

    @property
    def outcomes(self) -> dict[str, str]:
        """What became of each task that was not fresh."""
        kinds = (*RAN, "failed", "blocked")
        return {event.task: event.kind for event in self.events if event.kind in kinds}

    @property
    def failed(self) -> list[str]:
        return [event.task for event in self.events if event.kind == "failed"]

    @property
    def error(self) -> str:
        """The errors of the run, with their places and hints."""
        errors = [event.error for event in self.events if event.error is not None]
        return "\n".join(f"{error.message} | {error.where} | {error.hint}" for error in errors)

    def why(self, task: str) -> str:
        [event] = [event for event in self.events if event.task == task and event.kind in (*RAN, "failed")]
        return ", ".join(event.reasons)


Builder = Callable[..., Run]


def run(project: Project, *targets: str, jobs: int = 1, keep_going: bool = False) -> Run:
    """Run the graph in process."""
    result = Run()
    result.exit_code = run_graph(
        project, targets, progress=result.events.append, jobs=jobs, keep_going=keep_going
    )
    return result


@pytest.fixture
def build() -> Builder:
    return run


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the twins alpha and beta, everything built."""
    project = Project(tmp_path_factory.mktemp("built"))
    (project.root / "wraith-project.toml").write_text("")
    write_twin(project, "alpha", "/a", "/b")
    write_twin(project, "beta", "/c")
    with pytest.MonkeyPatch.context() as patcher:
        for name, functions in (
            ("wraith.synth", {"learn": learn, "Spread": Spread, "in_turn": in_turn}),
            ("wraith.conformance", {"check": check}),
        ):
            module = ModuleType(name)
            vars(module).update(functions)
            patcher.setitem(sys.modules, name, module)
        assert run(project).exit_code == 0
    return project.root


@pytest.fixture
def project(built_once: Path, tmp_path: Path, engines: None) -> Project:
    """A copy of the built project, times kept."""
    return Project(Path(shutil.copytree(built_once, tmp_path / "project")))


@pytest.fixture(name="write_session")
def give_write_session() -> Callable[..., Path]:
    return write_session
