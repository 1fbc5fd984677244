"""The work of a step on a Dask cluster: a scheduler and workers in processes of their own, on loopback."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from wraith.build import _cluster, run_graph, steps
from wraith.build._cluster import close_clusters, cluster
from wraith.build._parcels import greet
from wraith.cli import main
from wraith.conformance import check
from wraith.errors import InputError, OperationError
from wraith.recording import SealedSession, sealed_sessions
from wraith.synth import learn
from wraith.wir import dump_evidence, dump_model
from wraith.workspace import Project, Workspace

pytest.importorskip("distributed", reason="needs the extra wraith[cluster]")

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = ("--host", "127.0.0.1", "--port", "0")


@contextmanager
def running(folder: Path, name: str, *arguments: str) -> Iterator[tuple[int, str]]:
    """Run a scheduler or a worker; give its process and the address of the scheduler."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *arguments, "--no-dashboard"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_TEMPORARY_DIRECTORY": str(folder)}
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = re.compile(r"Scheduler at: +(\S+)|Registered to: +(\S+)")
            address = next(found[1] or found[2] for line in process.stderr if (found := said.search(line)))
            yield process.pid, address
        finally:
            process.kill()
            process.stderr.close()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler."""
    folder = tmp_path_factory.mktemp("scheduler")
    with running(folder, "scheduler", *LOOPBACK) as (_, address):
        yield address


@contextmanager
def worker(folder: Path, scheduler: str) -> Iterator[int]:
    options = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1")
    with running(folder, "worker", scheduler, *options) as (pid, _):
        yield pid


@pytest.fixture(scope="module")
def workers(scheduler: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with a worker that nobody kills; its current folder is empty."""
    with worker(tmp_path_factory.mktemp("worker"), scheduler):
        yield scheduler


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    close_clusters()


@pytest.fixture(scope="module")
def corpus() -> tuple[SealedSession, ...]:
    return sealed_sessions(Project(ROOT).twin("posts-api"))[:12]


def double(part: int) -> int:
    return 2 * part


def learned(corpus: tuple[SealedSession, ...], **how: Any) -> tuple[bytes, bytes]:
    found = learn(corpus, **how)
    return dump_model(found.model), dump_evidence(found.evidence)


def test_a_cluster_learns_and_checks_as_one_process_does(
    workers: str, corpus: tuple[SealedSession, ...]
) -> None:
    """Model, evidence and report are the same, byte for byte."""
    here = learn(corpus)
    assert learned(corpus, spread=cluster(workers)) == learned(corpus)
    alone = check(here.model, corpus, runs=here.evidence.runs)
    shared = check(here.model, corpus, runs=here.evidence.runs, spread=cluster(workers))
    assert shared.to_json() == alone.to_json()


def test_sessions_are_sent_where_their_files_are_not(
    workers: str, corpus: tuple[SealedSession, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that finds no such folder learns from what it is sent."""
    monkeypatch.chdir(ROOT)
    relative = tuple(
        SealedSession(each.path.relative_to(ROOT), each.manifest, each.digest) for each in corpus
    )
    assert learned(relative, spread=cluster(workers)) == learned(corpus)


def test_a_folder_with_another_digest_is_not_read(corpus: tuple[SealedSession, ...]) -> None:
    """A worker says that it can read a session where its own folder holds that one, byte for byte."""
    one, two = ((str(each.path), each.digest) for each in corpus[:2])
    _, readable = greet([one, (one[0], two[1]), ("/nowhere", one[1])])
    assert readable == {one}


def test_a_worker_killed_half_way_costs_time_only(
    workers: str, corpus: tuple[SealedSession, ...], tmp_path: Path
) -> None:
    """What the killed one had is done by another, and the model is the same."""
    spread = cluster(workers)
    with worker(tmp_path, workers) as doomed:

        def once(work: Callable[[int], Any], count: int) -> list[Any]:
            def kill_then_work(part: int) -> Any:
                if os.getpid() == doomed:
                    os.kill(doomed, signal.SIGKILL)
                return work(part)

            return spread(kill_then_work, count)

        assert learned(corpus, spread=once) == learned(corpus)


def test_a_cluster_that_loses_all_workers_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody waits for workers that do not come back."""
    (tmp_path / "worker").mkdir()
    with running(tmp_path, "scheduler", *LOOPBACK) as (_, alone), worker(tmp_path / "worker", alone):
        spread = cluster(alone)
        monkeypatch.setattr(_cluster, "CONNECT_S", 0.5)
        with pytest.raises(OperationError, match="has no workers"):
            spread(lambda part: os.kill(os.getpid(), signal.SIGKILL), 4)


def test_an_error_in_a_worker_is_raised_here(workers: str) -> None:
    """What a part raises, the whole raises, with its place and hint."""

    def work(part: int) -> int:
        raise InputError("it is broken", where="wraith.toml", hint="mend it")

    with pytest.raises(InputError, match="it is broken") as raised:
        cluster(workers)(work, 4)
    assert (raised.value.where, raised.value.hint) == ("wraith.toml", "mend it")


def test_a_cluster_without_workers_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody waits for workers that nobody started."""
    with running(tmp_path, "scheduler", *LOOPBACK) as (_, alone):
        spread = cluster(alone)
        monkeypatch.setattr(_cluster, "CONNECT_S", 0.3)
        with pytest.raises(OperationError, match="has no workers") as raised:
            spread(double, 4)
    assert raised.value.hint == f"start some: dask worker {alone}"


def test_a_scheduler_that_goes_away_is_an_error(tmp_path: Path) -> None:
    """Work under way ends with an error, never in a wait for ever."""
    (tmp_path / "worker").mkdir()
    with (
        running(tmp_path, "scheduler", *LOOPBACK) as (pid, alone),
        worker(tmp_path / "worker", alone),
        pytest.raises(OperationError, match="scheduler went away"),
    ):
        cluster(alone)(lambda part: os.kill(pid, signal.SIGKILL), 4)


def test_an_address_that_nobody_answers_at_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the address, and what to do."""
    monkeypatch.setattr(_cluster, "CONNECT_S", 0.3)
    with pytest.raises(OperationError, match="there is no scheduler") as raised:
        cluster("tcp://127.0.0.1:9")
    assert (raised.value.where, raised.value.hint) == ("tcp://127.0.0.1:9", "start one: dask scheduler")


@pytest.mark.parametrize("address", ["", "somewhere", "http://127.0.0.1:8786", "tcp://127.0.0.1", "a b:1"])
def test_what_is_no_address_is_refused(address: str) -> None:
    """Before anything is connected."""
    with pytest.raises(InputError, match="not the address of a scheduler"):
        cluster(address)


def test_another_version_of_wraith_is_refused(workers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names both versions: what another engine works out are other bytes."""
    monkeypatch.setattr(_cluster, "version", lambda: "0.0.1 on Python 3.9")
    with pytest.raises(InputError, match=r"runs wraith .* on Python .*, and this is 0.0.1 on Python 3.9"):
        cluster(workers)(double, 4)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """People read which extra to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError) as raised:
        cluster("tcp://127.0.0.1:9")
    assert raised.value.hint == "pip install 'wraith[cluster]'"


# --- steps


@pytest.fixture
def posts(tmp_path: Path, corpus: tuple[SealedSession, ...]) -> Workspace:
    """A twin of a few sessions."""
    project = Project(tmp_path / "project")
    workspace = project.twin("posts")
    workspace.sessions_path.mkdir(parents=True)
    workspace.config_path.write_text('[upstream]\nbase_url = "http://127.0.0.1:9"\n')
    workspace.scrub_path.write_text("")
    for session in corpus[:4]:
        (workspace.sessions_path / session.path.name).symlink_to(session.path)
    return workspace


def test_a_build_uses_the_cluster_of_the_project(posts: Workspace, workers: str) -> None:
    """With ``[build] cluster`` the steps of a build work there, and write what they write here."""
    config = posts.project.root / "wraith-project.toml"
    config.write_text("")
    steps.synth(posts)
    here = posts.symbols_path.read_bytes()
    config.write_text(f'[build]\ncluster = "{workers}"\n')
    assert run_graph(posts.project, progress=lambda event: None) in (0, 2)
    assert posts.symbols_path.read_bytes() == here
    assert workers in _cluster._open


def test_the_commands_take_the_address_of_a_cluster(
    posts: Workspace, workers: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--cluster`` changes no byte of what ``wraith synth`` and ``wraith check`` write."""
    (posts.project.root / "wraith-project.toml").write_text("")
    monkeypatch.chdir(posts.project.root)
    written = []
    for where in (["--jobs", "1"], ["--cluster", workers]):
        assert main(["synth", posts.name, *where]) == 0
        assert main(["check", posts.name, *where]) in (0, 2)
        written.append((posts.symbols_path.read_bytes(), posts.report_path.read_bytes()))
        shutil.rmtree(posts.project.state_path)
    assert written[0] == written[1]
    assert main(["synth", posts.name, "--cluster", "somewhere"]) == 1
    assert "write tcp://HOST:8786" in capsys.readouterr().err


def test_a_number_of_jobs_wins_over_the_cluster_of_the_project(posts: Workspace) -> None:
    """Whoever asks for processes has processes, and no cluster is asked."""
    (posts.project.root / "wraith-project.toml").write_text('[build]\ncluster = "tcp://127.0.0.1:9"\n')
    steps.synth(posts, jobs=1)
    assert not _cluster._open
