"""Pytest fixtures of the command line: a project in a folder of its own, and a way to run commands in it."""

from __future__ import annotations

import json
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from wraith.canonical import JsonValue
from wraith.cli import main
from wraith.config import ScrubConfig, read_toml
from wraith.exchange import Exchange, Request, Response
from wraith.recording import SessionWriter, make_run_id, write_index
from wraith.scrub import policy_digest
from wraith.wir import dump_model, model_from_json
from wraith.workspace import Project, Workspace

JSON = (("content-type", "application/json"),)
STARTED_AT_MS = 1_700_000_000_000


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, JsonValue]:
        """Standard output as the one JSON document that it must be."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs ``wraith`` with the arguments, in process."""

    def run_command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run_command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, with an environment that says nothing about colours or keys."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "WRAITH_DEBUG", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WRAITH_HMAC_KEY", "0123456789abcdef" * 4)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shop(folder: Path, run: Run) -> Workspace:
    """The workspace of a twin without recordings, as ``wraith init`` makes it."""
    assert run("init", "shop", "--base-url", "https://api.example.com").code == 0
    return Project.find(folder).twin("shop")


def _exchange(method: str, target: str, status: int, answer: JsonValue, body: bytes = b"") -> Exchange:
    return Exchange(
        Request(method, target, JSON if body else (), body),
        Response(status, JSON, json.dumps(answer).encode()),
        STARTED_AT_MS,
        7,
    )


def _record(workspace: Workspace, exchanges: Sequence[Exchange], tags: tuple[str, ...] = ()) -> str:
    writer = SessionWriter(
        workspace,
        run=make_run_id(STARTED_AT_MS),
        source={"kind": "proxy", "upstream": "https://api.example.com"},
        policy_digest=policy_digest(read_toml(workspace.scrub_path, ScrubConfig)),
        started_at_ms=STARTED_AT_MS,
        tags=tags,
    )
    for each in exchanges:
        writer.add(each)
    writer.seal(STARTED_AT_MS + 1000)
    write_index(workspace, None)
    return writer.id


Record = Callable[..., str]


@pytest.fixture
def record() -> Record:
    """A function that seals a session of the exchanges, scrub policy of today, and indexes it."""
    return _record


@pytest.fixture
def exchange() -> Callable[..., Exchange]:
    """A function that returns an exchange with a JSON answer."""
    return _exchange


@pytest.fixture
def recorded(shop: Workspace) -> Workspace:
    """The twin with two sessions: a widget is created, read, and one is not found."""
    for number in (1, 2):
        made: JsonValue = {"id": f"wid_{number}abcdefgh", "object": "widget", "name": f"Widget {number}"}
        exchanges = [
            _exchange("POST", "/widgets", 201, made, json.dumps({"name": f"Widget {number}"}).encode()),
            _exchange("GET", f"/widgets/wid_{number}abcdefgh", 200, made),
            _exchange("GET", "/widgets/wid_none", 404, {"error": {"message": "not found"}}),
        ]
        _record(shop, exchanges, tags=("smoke",) if number == 1 else ())
    return shop


@pytest.fixture
def packed(run: Run, recorded: Workspace) -> Path:
    """The artifact of the recorded twin, in the project's folder."""
    run("synth", "shop")
    path = recorded.project.root / "shop.wraith"
    assert run("pack", "shop", "--output", str(path)).code == 0
    return path


MODEL: JsonValue = {
    "format": "wraith.model/1",
    "entities": [{"name": "widget", "key": "id"}],
    "routes": [
        {
            "method": "POST",
            "path_pattern": "/widgets",
            "state_op": "create",
            "entity": "widget",
            "variants": [
                {
                    "status": 201,
                    "body_template": {"id": "$hole_1", "object": "widget", "name": "$hole_2", "price": "$$5"},
                    "holes": {
                        "hole_1": {
                            "class": "generated",
                            "type": "string",
                            "source": {"fresh_id": "wid_[a-z0-9]{9}"},
                        },
                        "hole_2": {
                            "class": "echoed",
                            "type": "string",
                            "source": {"path": "request.body.name"},
                        },
                    },
                }
            ],
        }
    ],
}


@pytest.fixture
def modelled(recorded: Workspace) -> Workspace:
    """The recorded twin with a small model that was written by hand."""
    recorded.symbols_path.write_bytes(dump_model(model_from_json(MODEL)))
    return recorded


class Widgets(BaseHTTPRequestHandler):
    """A service that creates widgets and reads them back."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        made = {"id": f"wid_{secrets.token_hex(6)}", **json.loads(self.rfile.read(length))}
        self.server.widgets[made["id"]] = made
        self._answer(201, made)

    def do_GET(self) -> None:
        found = self.server.widgets.get(self.path.rpartition("/")[2])
        self._answer(200 if found else 404, found or {"error": "no such widget"})

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, document: JsonValue) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def upstream() -> Iterator[str]:
    """The address of a running service."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Widgets)
    server.widgets = {}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Server:
    """A command that serves, as a process of its own."""

    process: subprocess.Popen[str]
    url: str
    err: Path

    def stop(self, signal_number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """End it by a signal, and return exit status, standard output and standard error."""
        self.process.send_signal(signal_number)
        out, _ = self.process.communicate(timeout=15)
        return self.process.returncode, out, self.err.read_text()


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Server]]:
    """A function that starts a command which serves, and returns once it says its address."""
    started: list[subprocess.Popen[str]] = []

    def start_server(*arguments: str) -> Server:
        err = folder / f"{len(started)}.err"
        with err.open("w") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "wraith.cli", *arguments],
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
            )
        started.append(process)
        ready = folder / "ready.json"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            said = re.search(r" at (http://\S+),", err.read_text())
            if said:
                return Server(process, said[1], err)
            if ready.exists():
                return Server(process, json.loads(ready.read_text())["address"], err)
            if process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"{arguments} did not come up: {err.read_text()}")

    yield start_server
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
