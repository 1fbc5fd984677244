"""Recording by command: all of it or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from wraith.config import TwinConfig
from wraith.errors import InputError, OperationError, WraithError
from wraith.exchange import Exchange, Request, Response
from wraith.recording import (
    Recorded,
    SessionWriter,
    read_index,
    record_by_command,
    recording_inputs,
    sealed_sessions,
)
from wraith.workspace import Project, Workspace

POLICY = "sha256:" + "0" * 64
UPSTREAM = """
    import http.server, os, sys

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.path.encode()
            self.send_response(200 if self.path != "/ready" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

    print("upstream", os.getpid(), os.getcwd(), flush=True)
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
EXERCISE = """
    import sys, time, urllib.request

    url, *paths = sys.argv[1:]
    for path in paths:
        if path == "new-session":
            request = urllib.request.Request(url + "/__wraith/new-session", method="POST")
            urllib.request.urlopen(request).close()
        elif path == "fail":
            sys.exit("the exercise has failed")
        elif path == "hang":
            print("hanging", flush=True)
            time.sleep(60)
        else:
            urllib.request.urlopen(url + path).close()
"""


SERVER = """
from http.server import BaseHTTPRequestHandler, HTTPServer
server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
print(server.server_port, flush=True)
server.serve_forever()
"""
CLIENT = """
import sys, http.client
connection = http.client.HTTPConnection(sys.argv[1].removeprefix("http://"))
connection.request("GET", "/a")
connection.getresponse()
"""


class Plain:
    def exchange(self, exchange: Exchange) -> Exchange:
        return exchange


class Full:
    def exchange(self, exchange: Exchange) -> Exchange:
        raise OperationError("cannot be written: No space left on device")


@pytest.fixture
def shop(workspace: Workspace) -> Workspace:
    """A workspace with scripts for an upstream and an exercise beside it."""
    workspace.root.mkdir(parents=True)
    for name, code in (("upstream.py", UPSTREAM), ("exercise.py", EXERCISE)):
        (workspace.project.root / name).write_text(textwrap.dedent(code))
    return workspace


def configured(*paths: str, **record: object) -> TwinConfig:
    tables = {
        "start": ["{python}", "{project}/upstream.py", "{port}"],
        "exercise": ["{python}", "{project}/exercise.py", "{url}", *paths],
        "ready": "/ready",
        **record,
    }
    return TwinConfig.model_validate({"upstream": {"base_url": "https://shop.test"}, "record": tables})


def run(workspace: Workspace, config: TwinConfig, scrubber: Plain | Full | None = None) -> Recorded:
    return record_by_command(workspace, config, scrubber or Plain(), policy_digest=POLICY)


def targets(workspace: Workspace) -> list[list[str]]:
    return [[exchange.request.target for exchange in s.read()] for s in sealed_sessions(workspace)]


def by_hand(workspace: Workspace) -> None:
    writer = SessionWriter(
        workspace, run="hand", source={"kind": "proxy"}, policy_digest=POLICY, started_at_ms=1
    )
    writer.add(Exchange(Request("GET", "/by-hand"), Response(200)))
    writer.seal()


def upstream_log(workspace: Workspace) -> list[str]:
    log = workspace.project.state_path / "logs" / "record-shop-start.log"
    return log.read_text().splitlines()[0].split()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_commands_make_sessions_and_an_index(shop: Workspace) -> None:
    """The exercise reaches the upstream through the proxy; the index says what was made, and from what."""
    config = configured("/a", "new-session", "/b", "/c")
    recorded = run(shop, config)
    index = read_index(shop)
    assert index is not None
    assert targets(shop) == [["/a"], ["/b", "/c"]]
    assert (recorded.exchanges, recorded.sessions) == (3, tuple(session.id for session in index.sessions))
    assert index.made_from == recording_inputs(shop, config, POLICY)
    assert {session.kind for session in index.sessions} == {"command"}
    assert sealed_sessions(shop)[0].manifest.source == {"kind": "command", "upstream": "https://shop.test"}


def test_commands_run_in_the_twins_folder_and_end_with_the_recording(shop: Workspace) -> None:
    """The upstream is not left running."""
    run(shop, configured("/a"))
    _, pid, folder = upstream_log(shop)
    assert Path(folder) == shop.root
    assert not alive(int(pid))


def test_a_new_recording_replaces_the_one_before_and_nothing_else(shop: Workspace) -> None:
    """Sessions that came from elsewhere stay."""
    by_hand(shop)
    run(shop, configured("/old"))
    run(shop, configured("/new"))
    assert targets(shop) == [["/by-hand"], ["/new"]]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        pytest.param(
            configured("/x", "new-session", "/y", "fail"), "the exercise has failed", id="exercise-fails"
        ),
        pytest.param(configured("/x", "hang", timeout_s=1.0), "did not end within 1 s", id="out-of-time"),
        pytest.param(configured(), "sent no request", id="nothing-recorded"),
        pytest.param(
            configured("/x", start=["no-such-service"]), "no program 'no-such-service'", id="not-installed"
        ),
        pytest.param(
            configured("/x", start=["{python}", "-m", "no_such_service"]), "No module named", id="no-module"
        ),
        pytest.param(
            configured("/x", start=["{python}", "-c", "print('broken')"]),
            "before it answered",
            id="upstream-ends",
        ),
    ],
)
def test_an_attempt_that_fails_changes_nothing(shop: Workspace, config: TwinConfig, message: str) -> None:
    """The recordings and the index from before are as they were, and the error says why."""
    by_hand(shop)
    run(shop, configured("/old"))
    before = {path: path.read_bytes() for path in shop.root.rglob("*") if path.is_file()}
    with pytest.raises(OperationError, match=message):
        run(shop, config)
    assert {path: path.read_bytes() for path in shop.root.rglob("*") if path.is_file()} == before
    assert not (shop.project.state_path / "recording").exists()


def test_a_disk_that_fills_up_ends_the_attempt(shop: Workspace) -> None:
    """The exercise is not run to its end for a recording that is lost already."""
    with pytest.raises(OperationError, match="No space left"):
        run(shop, configured("/x", "hang"), Full())
    assert targets(shop) == []


def test_a_twin_without_an_exercise_is_recorded_by_hand(shop: Workspace) -> None:
    """The error names the command that does."""
    with pytest.raises(InputError, match="no command") as raised:
        run(shop, TwinConfig.model_validate({"upstream": {"base_url": "http://shop.test"}}))
    assert raised.value.hint == "record by hand: wraith record shop"


def test_an_upstream_that_runs_already_is_recorded_where_it_is(shop: Workspace) -> None:
    """Without a start command the base URL is the upstream."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        tables = {
            "upstream": {"base_url": f"http://127.0.0.1:{port}"},
            "record": {"exercise": ["{python}", "-c", CLIENT, "{url}"]},
        }
        run(shop, TwinConfig.model_validate(tables))
    finally:
        process.kill()
        process.communicate()
    assert [exchange.response.status for s in sealed_sessions(shop) for exchange in s.read()] == [501]


PIPELINE = """
    import sys
    from pathlib import Path
    from wraith.config import TwinConfig, read_toml
    from wraith.errors import WraithError
    from wraith.recording import record_by_command
    from wraith.workspace import Project

    class Plain:
        def exchange(self, exchange):
            return exchange

    workspace = Project(Path(sys.argv[1])).twin("shop")
    config = TwinConfig.model_validate_json(sys.argv[2])
    try:
        record_by_command(workspace, config, Plain(), policy_digest="sha256:" + "0" * 64)
    except WraithError as error:
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 4), (signal.SIGINT, 130)])
def test_a_signal_ends_the_commands_and_keeps_the_recordings(
    shop: Workspace, number: signal.Signals, status: int
) -> None:
    """No process is left behind, and nothing half recorded."""
    by_hand(shop)
    config = configured("/x", "hang")
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(PIPELINE),
            str(shop.project.root),
            config.model_dump_json(by_alias=True),
        ]
    )
    log = shop.project.state_path / "logs" / "record-shop-exercise.log"
    try:
        while not (log.exists() and b"hanging" in log.read_bytes()):
            assert process.poll() is None
        process.send_signal(number)
        assert process.wait(timeout=20) == status
    finally:
        process.kill()
        process.wait()
    assert not alive(int(upstream_log(shop)[1]))
    assert targets(shop) == [["/by-hand"]]


def test_two_attempts_do_not_share_a_stage(shop: Workspace) -> None:
    """A second process that would record the same twin is told to wait."""
    from wraith.recording._stage import stage

    with stage(shop), pytest.raises(WraithError, match="another process records this twin"):
        run(shop, configured("/a"))


def test_a_stage_leaves_nothing_behind(tmp_path: Path) -> None:
    """In a project without state the folders that were made for a stage go with it; what stood there
    stays."""
    from wraith.recording._stage import stage

    fresh = Project(tmp_path / "fresh").twin("shop")
    with stage(fresh) as staged:
        staged.sessions_path.mkdir(parents=True)
    assert list(fresh.project.root.iterdir()) == []
    fresh.project.key_path.parent.mkdir()
    fresh.project.key_path.touch()
    with stage(fresh):
        pass
    assert [path.name for path in fresh.project.state_path.iterdir()] == ["hmac.key"]
