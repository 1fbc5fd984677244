"""``wraith serve`` with what it simulates and how it is repeatable: each option, over a real socket."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from wraith.canonical import JsonValue
from wraith.workspace import Workspace

PROFILE = """
[[faults]]
kind = "error"
route = "POST /widgets"
status = 503
headers = { Retry-After = "7" }
body = { error = "later" }
count = 1

[[faults]]
kind = "drop"
route = "GET /widgets/drop"

[[faults]]
kind = "partial"
route = "GET /widgets/part"
bytes = 5
"""

LIMIT = """
[[serve.rate_limits]]
limit = 2
window_s = 600.0
header = "X-Api-Key"
"""

Serve = Callable[..., Iterator[httpx.Client]]


@pytest.fixture
def learned(run, recorded: Workspace) -> Workspace:
    """The recorded twin with its model."""
    run("synth", "shop")
    return recorded


@pytest.fixture
def serve(learned: Workspace, start, folder: Path) -> Callable[..., object]:
    """A server of the twin with more options, and a client of it, for as long as a block lasts."""

    @contextmanager
    def serve(*options: str) -> Iterator[httpx.Client]:
        ready = folder / "ready.json"
        ready.unlink(missing_ok=True)
        server = start("serve", "shop", "--port", "0", "--ready-json", str(ready), *options)
        with httpx.Client(base_url=server.url, trust_env=False, timeout=30.0) as client:
            yield client
        assert server.stop()[0] == 0

    return serve


def raw(client: httpx.Client, path: str) -> bytes:
    """Return everything that the server sends until it closes the connection."""
    address = urlsplit(str(client.base_url))
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        parts = []
        while part := connection.recv(4096):
            parts.append(part)
    return b"".join(parts)


def make(client: httpx.Client, name: str = "Widget 9", **headers: str) -> httpx.Response:
    return client.post("/widgets", json={"name": name}, headers=headers)


def test_faults_come_from_a_profile_of_the_twin(serve, learned: Workspace) -> None:
    """An error in the place of the twin, a connection that closes without a byte, and one in the middle."""
    learned.faults_path.mkdir(exist_ok=True)
    (learned.faults_path / "bad-day.toml").write_text(PROFILE)
    with serve("--fault-profile", "bad-day") as client:
        refused = make(client)
        assert (refused.status_code, refused.json()) == (503, {"error": "later"})
        assert (refused.headers["retry-after"], refused.headers["x-wraith-provenance"]) == ("7", "fault")
        assert make(client).status_code == 201
        assert raw(client, "/widgets/drop") == b""
        head, _, body = raw(client, "/widgets/part").partition(b"\r\n\r\n")
        assert b"content-length: 35" in head.lower()
        assert len(body) == 5


def test_a_profile_may_be_any_file(run, serve, learned: Workspace, folder: Path) -> None:
    """By its path; a name that there is none of is refused, with those that there are."""
    (folder / "elsewhere.toml").write_text('[[faults]]\nkind = "error"\nstatus = 418\nroute = "*"\n')
    with serve("--fault-profile", str(folder / "elsewhere.toml")) as client:
        assert make(client).status_code == 418
    refused = run("serve", "shop", "--fault-profile", "none", "--port", "0")
    assert (refused.code, "there is no fault profile 'none'" in refused.err) == (1, True)


def test_answers_are_held_back(serve, learned: Workspace) -> None:
    """As long as the configuration says for the mode that the command line chooses."""
    with learned.config_path.open("a") as config:
        config.write("\n[serve.latency]\nms = 150.0\n")
    with serve("--latency-mode", "fixed") as client:
        started = time.perf_counter()
        assert make(client).status_code == 201
        assert time.perf_counter() - started >= 0.15
    with serve("--latency-mode", "recorded") as client:  # 7 ms each
        assert make(client).status_code == 201


def test_callers_are_limited_apart(serve, learned: Workspace) -> None:
    """By the header that the limit names, with the standard headers, until the session is reset."""
    with learned.config_path.open("a") as config:
        config.write(LIMIT)
    with serve() as client:
        answers = [make(client, **{"X-Api-Key": key}) for key in ("a", "a", "b", "a")]
        assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
        assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "1", "0"]
        assert answers[-1].headers["ratelimit-policy"] == "2;w=600"
        assert 0 < int(answers[-1].headers["retry-after"]) <= 600
        client.post("/__wraith/reset")
        assert make(client, **{"X-Api-Key": "a"}).status_code == 201


def made_with(serve, *options: str) -> list[JsonValue]:
    """Return the ids that three answers have, and the times of the trace."""
    with serve("--trace", *options) as client:
        ids: list[JsonValue] = [make(client).json()["id"] for _ in range(3)]
        return [ids, [entry["at_ms"] for entry in client.get("/__wraith/trace/log").json()["entries"]]]


def test_a_run_is_repeatable_by_clock_and_seed(serve) -> None:
    """The same options give the same ids and instants; another seed gives other ids."""
    epoch = 1_893_456_000_000
    options = ("--clock-epoch", "2030-01-01T00:00:00Z", "--seed", "a")
    first = made_with(serve, *options)
    assert first[1] == [epoch, epoch + 1000, epoch + 2000]
    assert made_with(serve, *options) == first
    other = made_with(serve, *options[:2], "--clock", "fixed", "--seed", "b")
    assert other[1] == [epoch] * 3
    assert set(other[0]).isdisjoint(first[0])


def test_unknown_entities_are_made_up_where_that_is_asked_for(serve) -> None:
    """Like others that there are, under the key that is asked for."""
    with serve() as client:
        make(client)
        assert client.get("/widgets/wid_never000").status_code == 404
    with serve("--unknown-entity", "synthesize", "--clock", "real", "--trace") as client:
        make(client)
        [entry] = client.get("/__wraith/trace/log").json()["entries"]
        assert abs(entry["at_ms"] / 1000 - time.time()) < 60
        found = client.get("/widgets/wid_never000")
        assert (found.status_code, found.json()["id"]) == (200, "wid_never000")


def test_sessions_are_named_as_the_option_says(serve) -> None:
    """By path here: what one made the other has not."""
    with serve("--session-mode", "path") as client:
        made = client.post("/@one/widgets", json={"name": "Widget 9"}).json()["id"]
        assert client.get(f"/@one/widgets/{made}").status_code == 200
        assert client.get(f"/@two/widgets/{made}").status_code == 404


def test_strict_fidelity_replays_in_recorded_order(serve) -> None:
    """Verbatim, with the recorded ids; what was never recorded is 501 with the nearest request."""
    with serve("--fidelity", "strict") as client:
        first = make(client, "Widget 1")
        assert (first.status_code, first.json()["id"]) == (201, "wid_1abcdefgh")
        assert first.headers["x-wraith-provenance"] == "recorded"
        never = make(client, "Widget 9")
        assert never.status_code == 501
        assert never.json()["nearest"]["differs"] == ["body.name"]


def test_what_changes_is_served(serve, learned: Workspace) -> None:
    """A handler, the settings and the faults of a running server, as they are saved; a mistake changes
    nothing."""
    learned.faults_path.mkdir(exist_ok=True)
    profile = learned.faults_path / "day.toml"
    profile.write_text('[[faults]]\nkind = "drop"\nroute = "GET /never"\n')
    before = learned.config_path.read_text()
    with serve("--watch", "--fault-profile", "day") as client:
        assert make(client).status_code == 201

        def until(status: int) -> None:
            deadline = time.monotonic() + 20
            while make(client).status_code != status:
                assert time.monotonic() < deadline, status
                time.sleep(0.05)

        handlers = learned.lua_path / "handlers"
        handlers.mkdir(parents=True, exist_ok=True)
        (handlers / "create_widget.lua").write_text("emit.error(402, 'no', 'money')")
        until(402)
        (handlers / "create_widget.lua").write_text("error('no')")
        until(201)
        learned.config_path.write_text(before + '\n[serve.lua]\non_error = "fail"\n')
        until(500)
        before_it = client.get("/__wraith/session/default/state").json()
        assert make(client).json()["error"] == "handler"
        assert client.get("/__wraith/session/default/state").json() == before_it
        learned.config_path.write_text("[[[")
        profile.write_text('[[faults]]\nkind = "error"\nstatus = 418\nroute = "*"\n')
        assert make(client).status_code == 500
        learned.config_path.write_text(before)
        until(418)


def test_a_handler_that_does_not_compile_is_told_at_once(start, learned: Workspace, folder: Path) -> None:
    """By file and line, before anybody asks for it; the twin is served without it."""
    handlers = learned.lua_path / "handlers"
    handlers.mkdir(parents=True, exist_ok=True)
    (handlers / "create_widget.lua").write_text("emit.status(")
    server = start("serve", "shop", "--port", "0", "--ready-json", str(folder / "ready.json"))
    code, _, err = server.stop()
    assert code == 0
    assert err.startswith("a handler does not compile: lua/handlers/create_widget.lua:1: unexpected symbol")


def test_a_broken_handler_is_told_in_the_answer_and_in_the_log(
    start, learned: Workspace, folder: Path
) -> None:
    """The model answers in its place; the header says so, and the log why."""
    handlers = learned.lua_path / "handlers"
    handlers.mkdir(parents=True, exist_ok=True)
    (handlers / "create_widget.lua").write_text("local x = nil; x()")
    server = start("serve", "shop", "--port", "0", "--ready-json", str(folder / "ready.json"))
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30.0) as client:
        made = make(client)
        assert (made.status_code, made.headers["x-wraith-handler"]) == (201, "failed")
        assert made.headers["x-wraith-provenance"] == "template"
    code, _, err = server.stop()
    assert code == 0
    assert "the handler create_widget failed: lua/handlers/create_widget.lua:1: attempt to call a nil" in err
    assert [json.loads(line)["status"] for line in err.splitlines() if line.startswith("{")] == [201]
