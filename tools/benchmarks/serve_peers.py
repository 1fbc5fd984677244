"""Servers of mocks by others, set up to answer a read and a create with the item, as our servers do.

They are started where they are installed: as programs of the search path, or of a folder in which npm
installed them (``--peers``). Each is asked to log nothing and to remember no requests, where it can.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from benchmarks.processes import free_port
from benchmarks.serve_apps import ITEM
from benchmarks.serve_load import READ_PATH, Server, running

JSON: Final = {"Content-Type": "application/json"}
BODY: Final = json.dumps(ITEM, separators=(",", ":"))

Setup: TypeAlias = Callable[[str, Path, int], list[str]]
"""From a program, an empty folder and a port to the command that serves there."""


@dataclass(frozen=True)
class Peer:
    """A program that mocks. ``needs`` is a file within the folder of npm, where it is no command of it."""

    program: str
    setup: Setup
    needs: str = ""


def mountebank(program: str, folder: Path, port: int) -> list[str]:
    def stub(method: str, path: str, status: int) -> dict[str, Any]:
        answer = {"statusCode": status, "headers": JSON, "body": BODY}
        asked = {"equals": {"method": method, "path": path}}
        return {"predicates": [asked], "responses": [{"is": answer}]}

    stubs = [stub("GET", READ_PATH, 200), stub("POST", "/items", 201)]
    imposter = {"protocol": "http", "port": port, "host": "127.0.0.1", "stubs": stubs}
    _write(folder / "imposters.json", {"imposters": [imposter]})
    options = ["--nologfile", "--loglevel", "error", "--localOnly", "--port", str(free_port())]
    return [program, "start", "--configfile", "imposters.json", *options]


def json_server(program: str, folder: Path, port: int) -> list[str]:
    _write(folder / "db.json", {"items": [ITEM]})
    return [program, "db.json", "--quiet", "--host", "127.0.0.1", "--port", str(port)]


def prism(program: str, folder: Path, port: int) -> list[str]:
    def answer(status: str) -> dict[str, Any]:
        content = {"application/json": {"schema": {"type": "object"}, "example": ITEM}}
        return {"responses": {status: {"description": "an item", "content": content}}}

    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    sent = {"content": {"application/json": {"schema": {"type": "object"}}}}
    paths = {
        "/items/{id}": {"get": {"parameters": [key], **answer("200")}},
        "/items": {"post": {"requestBody": sent, **answer("201")}},
    }
    _write(
        folder / "openapi.json",
        {"openapi": "3.0.3", "info": {"title": "items", "version": "1"}, "paths": paths},
    )
    return [program, "mock", "openapi.json", "--host", "127.0.0.1", "--port", str(port), "-v", "silent"]


def mockoon(program: str, folder: Path, port: int) -> list[str]:
    def route(method: str, endpoint: str, status: int) -> dict[str, Any]:
        answer = {
            "uuid": f"{method}-answer",
            "body": BODY,
            "statusCode": status,
            "headers": [{"key": "Content-Type", "value": "application/json"}],
            "bodyType": "INLINE",
            "default": True,
            "disableTemplating": True,
        }
        given = {"uuid": method, "type": "http", "method": method, "endpoint": endpoint}
        return {**given, "responses": [answer], "responseMode": None}

    routes = [route("get", "items/:id", 200), route("post", "items", 201)]
    environment = {
        "uuid": "bench",
        "lastMigration": 33,
        "name": "bench",
        "port": port,
        "hostname": "127.0.0.1",
        "routes": routes,
        "rootChildren": [{"type": "route", "uuid": each["uuid"]} for each in routes],
    }
    _write(folder / "mockoon.json", environment)
    return [program, "start", "--data", "mockoon.json", "--disable-log-to-file", "--repair"]


TALKBACK: Final = """
const talkback = require(process.argv[2]);
talkback({host: 'http://127.0.0.1:1', port: Number(process.argv[3]), path: './tapes', silent: true,
  summary: false, record: talkback.Options.RecordMode.DISABLED,
  fallbackMode: talkback.Options.FallbackMode.NOT_FOUND, allowHeaders: [], ignoreBody: true}).start();
"""


def talkback(program: str, folder: Path, port: int) -> list[str]:
    def tape(name: str, method: str, url: str, status: int) -> None:
        meta = {"createdAt": "2026-01-01T00:00:00.000Z", "host": "http://127.0.0.1:1"}
        asked = {"url": url, "method": method, "headers": {}, "body": ""}
        headers = {"content-type": ["application/json"], "content-length": [str(len(BODY))]}
        answer = {"status": status, "headers": headers, "body": ITEM}
        meta_all = {**meta, "resHumanReadable": True, "reqHumanReadable": True}
        _write(folder / "tapes" / f"{name}.json5", {"meta": meta_all, "req": asked, "res": answer})

    (folder / "tapes").mkdir()
    tape("read", "GET", READ_PATH, 200)
    tape("create", "POST", "/items", 201)
    (folder / "talkback.js").write_text(TALKBACK, encoding="ascii")
    node = shutil.which("node") or "node"
    return [node, "talkback.js", program, str(port)]


def wiremock(program: str, folder: Path, port: int) -> list[str]:
    (folder / "mappings").mkdir()
    for method, path, status in (("GET", READ_PATH, 200), ("POST", "/items", 201)):
        answer = {"status": status, "headers": JSON, "body": BODY}
        mapping = {"request": {"method": method, "urlPath": path}, "response": answer}
        _write(folder / "mappings" / f"{method}.json", mapping)
    java = shutil.which("java") or "java"
    quiet = ["--no-request-journal", "--disable-request-logging", "--disable-banner"]
    at = ["--bind-address", "127.0.0.1", "--port", str(port), "--root-dir", "."]
    return [java, "-jar", program, *at, *quiet]


MITMPROXY: Final = """
import json, sys
from mitmproxy import io
from mitmproxy.test import tflow

body, path = sys.argv[1].encode(), sys.argv[2]
with open("flows", "wb") as file:
    writer = io.FlowWriter(file)
    for method, target, status in (("GET", path, 200), ("POST", "/items", 201)):
        flow = tflow.tflow(resp=True)
        flow.request.method, flow.request.path, flow.response.status_code = method, target, status
        flow.request.host, flow.request.port, flow.request.scheme = "127.0.0.1", 1, "http"
        flow.response.headers.clear()
        flow.response.headers["content-type"] = "application/json"
        flow.response.content = body
        writer.add(flow)
"""


def mitmdump(program: str, folder: Path, port: int) -> list[str]:
    import subprocess

    python = Path(program).resolve().parent / "python"
    subprocess.run([str(python), "-c", MITMPROXY, BODY, READ_PATH], cwd=folder, check=True)
    options = ["server_replay_reuse=true", "server_replay_extra=404", "connection_strategy=lazy"]
    options += ["server_replay_ignore_content=true", "server_replay_ignore_host=true"]
    options += ["server_replay_ignore_port=true", "server_replay_refresh=false"]
    sets = [part for option in options for part in ("--set", option)]
    at = ["--mode", "reverse:http://127.0.0.1:1", "--listen-host", "127.0.0.1", "--listen-port", str(port)]
    return [program, "-q", "--server-replay", "flows", *at, *sets]


PEERS: Final = {
    "mountebank": Peer("mb", mountebank),
    "json-server": Peer("json-server", json_server),
    "Prism": Peer("prism", prism),
    "Mockoon": Peer("mockoon-cli", mockoon),
    "talkback": Peer("talkback", talkback, "talkback"),
    "WireMock": Peer("wiremock", wiremock, "wiremock/build/*standalone*.jar"),
    "mitmproxy": Peer("mitmdump", mitmdump),
}


def program_of(peer: Peer, folders: list[Path]) -> str | None:
    """Return what a peer is started by, None where it is not installed."""
    for folder in folders:
        if peer.needs:
            found = next(iter(sorted((folder / "node_modules").glob(peer.needs))), None)
            if found is not None:
                return str(found)
            continue
        for below in ("node_modules/.bin", "bin"):
            path = folder / below / peer.program
            if path.exists():
                return str(path)
    return None if peer.needs else shutil.which(peer.program)


@contextmanager
def installed(folder: Path, found_in: list[Path], tell: Callable[[str], None]) -> Iterator[list[Server]]:
    """Run the peers that are installed for as long as the block lasts; say which are not."""
    from benchmarks.processes import BenchError

    with ExitStack() as stack:
        servers = []
        for name, peer in PEERS.items():
            program = program_of(peer, found_in)
            if program is None:
                tell(f"{name} is not installed")
                continue
            own, port = folder / name, free_port()
            own.mkdir()
            try:
                command = peer.setup(program, own, port)
                servers.append(stack.enter_context(running(name, command, f"http://127.0.0.1:{port}", own)))
            except BenchError as error:
                tell(str(error))
        yield servers


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document), encoding="utf-8")
