"""Outputs found by what they were made from; a server behind the store, honest, lying and gone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.cache import ActionCache, Remote, Store, action_key, credentials
from wraith.errors import InputError

KEY = action_key("synth", "1", {}, {"a": "x"})


@dataclass
class Server:
    """A cache server that can be told to misbehave."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    status: int | None = None
    refused: int | None = None
    seen: list[str] = field(default_factory=list)
    authorization: str | None = None


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200 if self.path in made.files else 404, made.files.get(self.path, b""))

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if made.status is None and made.refused is None:
                made.files[self.path] = body
            self.answer(made.refused or 201, b"")

        def answer(self, status: int, body: bytes) -> None:
            made.seen.append(f"{self.command} {self.path[:4]}")
            made.authorization = self.headers.get("authorization")
            self.send_response(made.status or status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        made.url = f"http://127.0.0.1:{http.server_port}/cache"
        yield made
        http.shutdown()
        thread.join()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "model").mkdir(parents=True)
    (project / "model" / "a.json").write_bytes(b"A")
    (project / "b.json").write_bytes(b"B")
    return project


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


TARGETS = ("b.json", "model/a.json")


def remove(root: Path) -> None:
    for name in TARGETS:
        (root / name).unlink()


def contents(root: Path) -> list[bytes]:
    return [(root / name).read_bytes() for name in TARGETS]


def test_what_was_saved_is_restored(tmp_path: Path, root: Path) -> None:
    """With the text that the step said, and nothing is left beside it."""
    cache = ActionCache(Store(tmp_path / "cache"))
    cache.save(KEY, root, TARGETS, "2 routes")
    remove(root)
    hit = cache.restore(KEY, root, TARGETS)
    assert hit is not None
    assert (hit.summary, hit.origin, hit.written) == ("2 routes", "local", 2)
    assert contents(root) == [b"B", b"A"]
    assert sorted(path.name for path in root.rglob("*")) == ["a.json", "b.json", "model"]


def test_a_file_that_is_right_already_is_left_alone(tmp_path: Path, root: Path) -> None:
    """Its times do not change."""
    cache = ActionCache(Store(tmp_path / "cache"))
    cache.save(KEY, root, TARGETS, "")
    before = (root / "b.json").stat().st_mtime_ns
    (root / "model" / "a.json").write_bytes(b"edited")
    hit = cache.restore(KEY, root, TARGETS)
    assert hit is not None
    assert hit.written == 1
    assert (root / "b.json").stat().st_mtime_ns == before


def test_an_output_that_the_step_did_not_write_is_removed(tmp_path: Path, root: Path) -> None:
    """What stands there is of another run."""
    cache = ActionCache(Store(tmp_path / "cache"))
    (root / "b.json").unlink()
    cache.save(KEY, root, TARGETS, "")
    (root / "b.json").write_bytes(b"old")
    assert cache.restore(KEY, root, TARGETS) is not None
    assert not (root / "b.json").exists()


def test_an_unknown_action_is_a_miss(tmp_path: Path, root: Path) -> None:
    """Nothing changes."""
    assert ActionCache(Store(tmp_path / "cache")).restore(KEY, root, TARGETS) is None
    assert contents(root) == [b"B", b"A"]


def test_a_damaged_content_is_a_miss_that_changes_nothing(tmp_path: Path, root: Path) -> None:
    """It is reported, removed, and replaced by the next save."""
    said: list[str] = []
    store = Store(tmp_path / "cache")
    cache = ActionCache(store, say=said.append)
    cache.save(KEY, root, TARGETS, "")
    for path in (store.folder / "cas").glob("*/*"):
        path.write_bytes(b"damaged")
    for name in TARGETS:
        (root / name).write_bytes(b"edited")
    assert cache.restore(KEY, root, TARGETS) is None
    assert contents(root) == [b"edited", b"edited"]
    assert "damaged" in said[0]
    cache.save(KEY, root, TARGETS, "")
    assert cache.restore(KEY, root, TARGETS) is not None


@pytest.mark.parametrize("message", [b"\xff", b"no message"], ids=["cut", "text"])
def test_a_damaged_result_is_a_miss(tmp_path: Path, root: Path, message: bytes) -> None:
    """It is reported."""
    said: list[str] = []
    store = Store(tmp_path / "cache")
    store.put_result(KEY, message)
    assert ActionCache(store, say=said.append).restore(KEY, root, TARGETS) is None
    assert "damaged" in said[0]


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "other.json"])
def test_a_result_that_names_other_files_is_passed_over(tmp_path: Path, root: Path, path: str) -> None:
    """A server cannot write where the step does not."""
    from wraith.cache import ActionResult, Output, dump_result, seal

    said: list[str] = []
    store = Store(tmp_path / "cache")
    result = ActionResult((Output(path, store.put_content(b"x"), 1),))
    store.put_result(KEY, seal(dump_result(result), KEY))
    assert ActionCache(store, say=said.append).restore(KEY, root, TARGETS) is None
    assert path in said[0]


def test_another_machine_restores_what_the_server_has(tmp_path: Path, root: Path, server: Server) -> None:
    """And keeps it, so that the server is asked once."""
    with Remote(server.url) as remote:
        ActionCache(Store(tmp_path / "one"), remote).save(KEY, root, TARGETS, "said")
    remove(root)
    other = Store(tmp_path / "two")
    with Remote(server.url) as remote:
        hit = ActionCache(other, remote).restore(KEY, root, TARGETS)
    assert hit is not None
    assert (hit.origin, hit.summary) == ("remote", "said")
    assert contents(root) == [b"B", b"A"]
    again = ActionCache(other).restore(KEY, root, TARGETS)
    assert again is not None
    assert again.origin == "local"


def test_a_server_that_lies_poisons_nothing(tmp_path: Path, root: Path, server: Server) -> None:
    """A content with another digest is a miss, and is said."""
    said: list[str] = []
    with Remote(server.url) as remote:
        ActionCache(Store(tmp_path / "one"), remote).save(KEY, root, TARGETS, "")
    server.files = {path: b"evil" if "/cas/" in path else data for path, data in server.files.items()}
    remove(root)
    other = Store(tmp_path / "two")
    with Remote(server.url, say=said.append) as remote:
        assert ActionCache(other, remote).restore(KEY, root, TARGETS) is None
    assert "not used any more" in said[0]
    assert other.stats().contents == 0
    assert not (root / "b.json").exists()


@pytest.mark.parametrize("status", [500, 503, 401, 403, 302])
def test_a_server_that_refuses_is_asked_no_further(
    tmp_path: Path, root: Path, server: Server, status: int
) -> None:
    """A build goes on without it; server errors are tried three times, and it is said once."""
    said: list[str] = []
    server.status = status
    with Remote(server.url, say=said.append) as remote:
        cache = ActionCache(Store(tmp_path / "one"), remote)
        assert cache.restore(KEY, root, TARGETS) is None
        cache.save(KEY, root, TARGETS, "")
    assert len(server.seen) == (3 if status >= 500 else 1)
    assert len(said) == 1
    assert str(status) in said[0]


def test_a_server_that_takes_nothing_is_still_read(tmp_path: Path, root: Path, server: Server) -> None:
    """One that refuses to store, for want of credentials say, is asked for what it has, and told nothing
    more."""
    said: list[str] = []
    with Remote(server.url) as remote:
        ActionCache(Store(tmp_path / "one"), remote).save(KEY, root, TARGETS, "")
    server.refused = 401
    with Remote(server.url, say=said.append) as remote:
        cache = ActionCache(Store(tmp_path / "two"), remote)
        cache.save("0" * 64, root, TARGETS, "")
        assert cache.restore(KEY, root, TARGETS) is not None
    assert [line.partition("takes nothing: ")[2] for line in said] == ["401 to PUT /cas/…"]


def test_a_server_that_is_not_there_is_said_once(tmp_path: Path, root: Path, free_port: int) -> None:
    """Its credentials are not."""
    said: list[str] = []
    with Remote(f"http://user:password@127.0.0.1:{free_port}", say=said.append) as remote:
        cache = ActionCache(Store(tmp_path / "one"), remote)
        assert cache.restore(KEY, root, TARGETS) is None
        cache.save(KEY, root, TARGETS, "")
    assert len(said) == 1
    assert f"127.0.0.1:{free_port}" in said[0]
    assert "password" not in said[0]


def test_a_read_only_server_is_never_written_to(tmp_path: Path, root: Path, server: Server) -> None:
    """Untrusted builds take, and give nothing."""
    with Remote(server.url, read_only=True) as remote:
        ActionCache(Store(tmp_path / "one"), remote).save(KEY, root, TARGETS, "")
    assert server.seen == []


@pytest.mark.parametrize(
    ("environ", "sent"),
    {
        "none": ({}, None),
        "bearer": ({"WRAITH_CACHE_TOKEN": "t"}, "Bearer t"),
        "basic": ({"WRAITH_CACHE_USER": "u", "WRAITH_CACHE_PASSWORD": "p"}, "Basic dTpw"),
    }.values(),
    ids=["none", "bearer", "basic"],
)
def test_credentials_come_from_the_environment(
    server: Server, environ: dict[str, str], sent: str | None
) -> None:
    """As a bearer token, or as user and password."""
    with Remote(server.url, headers=credentials(environ)) as remote:
        assert remote.result(KEY) is None
    assert server.authorization == sent


def test_two_kinds_of_credentials_are_an_error() -> None:
    """Neither is guessed."""
    with pytest.raises(InputError, match="both"):
        credentials({"WRAITH_CACHE_TOKEN": "t", "WRAITH_CACHE_USER": "u"})


names = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)


@given(names, names)
def test_an_action_key_does_not_depend_on_order(parameters: dict[str, str], inputs: dict[str, str]) -> None:
    """It depends on each name and value."""
    key = action_key("step", "1", parameters, inputs)
    turned = dict(reversed(parameters.items())), dict(reversed(inputs.items()))
    assert action_key("step", "1", *turned) == key
    assert action_key("step", "1", parameters | {"more": "x" * 6}, inputs) != key
    assert action_key("step", "2", parameters, inputs) != key
    assert action_key("other", "1", parameters, inputs) != key
