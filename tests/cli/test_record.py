"""``wraith record``: by hand as a process of its own, and by the commands of ``[record]``."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from wraith.recording import sealed_sessions
from wraith.workspace import Project, Workspace

SERVICE = """\
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"path": self.path}).encode())
    def log_message(self, *_):
        pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Hello).serve_forever()
"""
EXERCISE = """\
import sys, urllib.request
urllib.request.urlopen(sys.argv[1] + "/hello").read()
"""


@pytest.fixture
def twin(run, folder: Path, upstream: str) -> Workspace:
    """A twin of the running service."""
    run("init", "shop", "--base-url", upstream)
    return Project.find(folder).twin("shop")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_a_recording_ends_sealed(twin: Workspace, start: Callable[..., object], number: int) -> None:
    """The address is said, exchanges are recorded under the tags, a signal seals them and ends with 0."""
    server = start("record", "shop", "--port", "0", "--tag", "a", "--tag", "b", "--json")
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        made = client.post("/widgets", json={"name": "one"}).json()
        assert client.get(f"/widgets/{made['id']}").json() == made
        assert client.get("/__wraith/ready").json() == {"ready": True}
        client.post("/__wraith/new-session")
        client.get("/widgets/none")
    code, out, err = server.stop(number)
    assert code == 0, err
    sessions = sealed_sessions(twin)
    assert sorted(len(session) for session in sessions) == [1, 2]
    assert {session.tags for session in sessions} == {("a", "b")}
    document = json.loads(out)
    assert (document["schema"], document["exchanges"]) == ("wraith.record/1", 3)
    assert sorted(document["sessions"]) == sorted(session.id for session in sessions)
    assert "3 sessions" not in err


def test_what_a_crash_left_open_is_sealed_and_said(twin: Workspace, start: Callable[..., object]) -> None:
    """After SIGKILL the next start recovers every complete exchange, and names the session."""
    server = start("record", "shop", "--port", "0")
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        client.get("/widgets/none")
    server.stop(signal.SIGKILL)
    assert sealed_sessions(twin) == ()
    _, _, err = start("record", "shop", "--port", "0").stop(signal.SIGTERM)
    [session] = sealed_sessions(twin)
    assert f"sealed {session.id}, which an earlier run had left open" in err
    assert len(session) == 1


def test_a_key_that_was_made_is_said(
    twin: Workspace, start: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key one is made, kept for its owner alone, and its place is said."""
    monkeypatch.delenv("WRAITH_HMAC_KEY")
    code, out, err = start("record", "shop", "--port", "0").stop()
    assert (code, out) == (0, "recorded 0 exchanges in 0 sessions\n")
    assert f"made a scrub key, kept in {twin.project.key_path}" in err
    assert twin.project.key_path.stat().st_mode & 0o777 == 0o600


def test_a_port_that_is_taken_ends_with_4(run, twin: Workspace, upstream: str) -> None:
    """Where nothing can be bound, the address and what to do are said."""
    ran = run("record", "shop", "--port", upstream.rpartition(":")[2])
    assert ran.code == 4
    assert "cannot listen" in ran.err
    assert "--port" in ran.err


def test_off_loopback_a_token_is_needed(run, twin: Workspace) -> None:
    """Listening for other machines without a control token is against the rules: exit status 3."""
    assert run("record", "shop", "--host", "0.0.0.0", "--port", "0").code == 3


def test_a_tag_is_a_name(run, twin: Workspace) -> None:
    """A tag with other characters ends with 1 before anything is bound."""
    assert "not a name for a tag" in run("record", "shop", "--tag", "a/b").err


def test_the_commands_of_the_configuration(run, shop: Workspace) -> None:
    """``--exercise`` starts the upstream, runs the client, replaces the sessions that it made before."""
    (shop.project.root / "service.py").write_text(SERVICE)
    (shop.project.root / "exercise.py").write_text(EXERCISE)
    text = shop.config_path.read_text().replace(
        "[record]\n",
        '[record]\nstart = ["{python}", "{project}/service.py", "{port}"]\n'
        'exercise = ["{python}", "{project}/exercise.py", "{url}"]\n',
    )
    shop.config_path.write_text(text)
    first = run("record", "shop", "--exercise", "--json")
    assert (first.code, first.document["exchanges"]) == (0, 1), first.err
    second = run("record", "shop", "--exercise", "--json")
    assert len(second.document["sessions"]) == 1
    assert second.document["sessions"] != first.document["sessions"]
    assert [session.id for session in sealed_sessions(shop)] == second.document["sessions"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param([], "record.exercise", id="nothing-configured"),
        pytest.param(["--port", "1234"], "--exercise takes no other option", id="port"),
        pytest.param(["--tag", "a"], "--exercise takes no other option", id="tag"),
        pytest.param(["--preserve-host"], "--exercise takes no other option", id="preserve-host"),
    ],
)
def test_what_cannot_be_exercised(run, shop: Workspace, arguments: list[str], says: str) -> None:
    """``--exercise`` without a command, or with options of recording by hand, ends with 1."""
    ran = run("record", "shop", "--exercise", *arguments)
    assert ran.code == 1
    assert says in ran.err
