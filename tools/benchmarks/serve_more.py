"""What a twin's server keeps, keeps apart, and takes to start."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.processes import WRAITH, BenchError, free_port
from benchmarks.serve_load import Server, cpu_s, wrk
from wraith.canonical import JsonValue

UPSTREAM: Final = "https://api.example.com"


def memory(server: Server, folder: Path, stops: tuple[int, int]) -> dict[str, JsonValue]:
    """Return a server's memory after so many requests, 40 % of them creates."""
    done, taken = 0, []
    for stop in stops:
        while done < stop:
            done += wrk(server, "mixed", folder, 10 if stop - done > 50_000 else 2).requests
        taken.append(server.memory_kb)
    first, last = taken
    return {"requests": [*stops], "kb": [first, last], "growth": round(last / first - 1, 4)}


def isolation(server: Server, sessions: int) -> dict[str, JsonValue]:
    """Have so many sessions create, read and delete by turns, and check every answer. Raises BenchError for
    one that is wrong: each finds what it made, and nothing of its neighbour."""
    import httpx

    async def ask() -> int:
        limits = httpx.Limits(max_connections=32)
        async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=60) as client:
            answered = 0
            made: dict[int, str] = {}

            async def create(number: int) -> None:
                sent = {"name": f"tea {number}", "text": "x"}
                answer = await client.post("/items", json=sent, headers=_of(number))
                given = answer.json()
                _check(answer.status_code == 201 and given["name"] == sent["name"], number, answer.text)
                made[number] = given["id"]

            async def read_own(number: int) -> None:
                answer = await client.get(f"/items/{made[number]}", headers=_of(number))
                right = answer.status_code == 200 and answer.json()["name"] == f"tea {number}"
                _check(right, number, answer.text)

            async def read_other(number: int) -> None:
                other = made[(number + 1) % sessions]
                answer = await client.get(f"/items/{other}", headers=_of(number))
                _check(answer.status_code == 404, number, answer.text)

            for step in (create, read_own, read_other, read_own):
                await asyncio.gather(*(step(number) for number in range(sessions)))
                answered += sessions
            return answered

    return {"sessions": sessions, "answers_checked": asyncio.run(ask())}


def _of(number: int) -> dict[str, str]:
    return {"X-Wraith-Session": f"session {number}"}


def _check(right: bool, number: int, answer: str) -> None:
    if not right:
        raise BenchError(f"session {number} was answered with what is not its own: {answer[:200]}")


def start(routes: int) -> tuple[float, float]:
    """Return how long ``wraith serve`` takes from the start of its process to its first answer, with a model
    of so many routes: by the clock and by processor time, in seconds."""
    with _project(routes) as root:
        port = free_port()
        started = time.perf_counter()
        command = [*WRAITH, "serve", "big", "--port", str(port)]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=root, stdout=quiet, stderr=quiet, start_new_session=True)
        try:
            while not _answers(f"http://127.0.0.1:{port}/group1/things1/first"):
                if process.poll() is not None or time.perf_counter() - started > 60:
                    raise BenchError("the twin with many routes did not start")
                time.sleep(0.005)
            return time.perf_counter() - started, cpu_s(process.pid)
        finally:
            process.terminate()
            process.wait()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError as error:
        return error.code == 404  # what the twin knows nothing under; one without the route says 501
    except OSError:
        return False
    return True


@contextmanager
def _project(routes: int) -> Iterator[Path]:
    """Make a project whose twin has so many routes: collections with four each."""
    from wraith.config import make_project, make_workspace
    from wraith.wir import dump_model, model_from_json
    from wraith.workspace import Project

    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        make_project(Project(root))
        workspace = Project(root).twin("big")
        make_workspace(workspace, UPSTREAM)
        workspace.symbols_path.parent.mkdir(parents=True, exist_ok=True)
        workspace.symbols_path.write_bytes(dump_model(model_from_json(big_model(routes))))
        yield root


def big_model(routes: int) -> JsonValue:
    """Return a model with so many routes, five variants to two of them."""
    collections = range(routes // 4)
    return {
        "format": "wraith.model/1",
        "entities": [{"name": f"thing{number}", "key": "id"} for number in collections],
        "routes": [route for number in collections for route in _collection(number)],
    }


def _collection(number: int) -> list[JsonValue]:
    entity = f"thing{number}"
    path = f"/group{number % 20}/things{number}"
    members = ("id", "name", "text", "state", "owner", "amount", "currency", "created")
    echoed: dict[str, JsonValue] = {
        member: {"class": "echoed", "type": "string", "source": {"path": f"request.body.{member}"}}
        for member in members[1:]
    }
    made: JsonValue = {
        "class": "generated",
        "type": "string",
        "source": {"fresh_id": f"{entity}_[a-z0-9]{{8}}"},
    }
    stored: JsonValue = {"class": "state", "type": "object", "source": {"path": "entity"}}
    kind: JsonValue = [["Content-Type", {"literal": "application/json"}]]
    key: JsonValue = {"path": "request.path.id"}
    missing: JsonValue = {
        "status": 404,
        "guards": [{"absent": "entity"}],
        "body_template": {"error": {"type": "not_found", "message": f"no such {entity}"}},
    }
    refused: list[JsonValue] = [
        {
            "status": 422,
            "guards": [{"absent": f"request.body.{member}"}],
            "body_template": {"error": {"type": "invalid", "param": member}},
        }
        for member in members[1:5]
    ]
    create: JsonValue = {
        "status": 201,
        "headers": kind,
        "body_template": {member: f"${member}" for member in members},
        "holes": {"id": made, **echoed},
        "effects": [{"put": entity, "key": {"path": "response.body.id"}, "value": {"path": "response.body"}}],
    }
    show: JsonValue = {
        "status": 200,
        "headers": kind,
        "guards": [{"exists": "entity"}],
        "body_template": "$item",
        "holes": {"item": stored},
    }
    gone: JsonValue = {
        "status": 204,
        "guards": [{"exists": "entity"}],
        "body_kind": "empty",
        "effects": [{"delete": entity, "key": key}],
    }
    one: dict[str, JsonValue] = {"path_pattern": f"{path}/{{id}}", "entity": entity, "key": key}
    every: dict[str, JsonValue] = {"path_pattern": path, "entity": entity}
    return [
        {**every, "method": "POST", "state_op": "create", "variants": [*refused, create]},
        {**one, "method": "GET", "state_op": "read", "variants": [show, missing]},
        {**one, "method": "DELETE", "state_op": "delete", "variants": [gone, missing]},
        {**one, "method": "PATCH", "state_op": "update", "variants": [show, missing]},
    ]
