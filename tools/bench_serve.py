"""Measure how fast a twin answers beside a raw ASGI application that returns the same bytes, both on
Hypercorn, and what many requests leave in memory. The load generator is wrk: 32 connections, kept alive, one
process.

Rates vary from machine to machine and from hour to hour, so they are compared as ratios; the rounds of both
take turns. Run on a quiet machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wraith.asgi import Receive, Send, run_app
from wraith.canonical import JsonValue
from wraith.config import ScrubConfig, Serve
from wraith.runtime import Twin
from wraith.scrub import Scrubber, restore
from wraith.serve import AccessLog, Loaded, masking, serve_twin
from wraith.wir import model_from_json

CONNECTIONS: Final = 32
STARTS_WITHIN_S: Final = 20.0
TEXT: Final = "x" * 960
ITEM: Final = {"id": "item_00000000", "name": "tea", "text": TEXT}
LIMITS: Final = Serve(max_sessions=100, max_entities=2_000)
"""Few enough that a run of 20,000 requests reaches them."""

READ: Final = 'wrk.path = "/items/%s"\n'
CREATE: Final = """
wrk.method = "POST"
wrk.path = "/items"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [[%s]]
"""
MIXED: Final = """
local n = 0
local body = [[%s]]
request = function()
  n = n + 1
  local headers = {["Content-Type"] = "application/json", ["X-Wraith-Session"] = "s" .. (n %% 200)}
  if n %% 5 < 2 then return wrk.format("POST", "/items", headers, body) end
  return wrk.format("GET", "/items/%s", headers)
end
"""


def hole(kind: str, source: JsonValue) -> JsonValue:
    """Return a hole that text fills."""
    return {"class": kind, "type": "string", "source": source}


MODEL: Final[JsonValue] = {
    "format": "wraith.model/1",
    "entities": [{"name": "item", "key": "id"}],
    "fixtures": {"item": [{"key": str(ITEM["id"]), "value": {**ITEM}}]},
    "routes": [
        {
            "method": "POST",
            "path_pattern": "/items",
            "state_op": "create",
            "entity": "item",
            "variants": [
                {
                    "status": 201,
                    "headers": [["Content-Type", {"literal": "application/json"}]],
                    "body_template": {"id": "$id", "name": "$name", "text": "$text"},
                    "holes": {
                        "id": hole("generated", {"fresh_id": "item_[a-z0-9]{8}"}),
                        "name": hole("echoed", {"path": "request.body.name"}),
                        "text": hole("echoed", {"path": "request.body.text"}),
                    },
                    "effects": [
                        {
                            "put": "item",
                            "key": {"path": "response.body.id"},
                            "value": {"path": "response.body"},
                        }
                    ],
                }
            ],
        },
        {
            "method": "GET",
            "path_pattern": "/items/{id}",
            "state_op": "read",
            "entity": "item",
            "key": {"path": "request.path.id"},
            "variants": [
                {
                    "status": 200,
                    "headers": [["Content-Type", {"literal": "application/json"}]],
                    "guards": [{"exists": "entity"}],
                    "body_template": "$item",
                    "holes": {"item": hole("state", {"path": "entity"})},
                },
                {"status": 404, "guards": [{"absent": "entity"}], "body_template": {"error": "none"}},
            ],
        },
    ],
}


async def raw(scope: Any, receive: Receive, send: Send) -> None:
    """An ASGI application that reads the request and answers what the twin answers."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    body = json.dumps(ITEM, separators=(",", ":")).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    status = 201 if scope["method"] == "POST" else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def serve(what: str, ready: Path) -> None:
    """Serve the raw application or the twin, until SIGTERM."""
    if what == "raw":
        asyncio.run(run_app(raw, host="127.0.0.1", port=0, ready_json=ready))
        return
    scrubber = Scrubber(ScrubConfig(), None)  # as wraith serve does: requests are looked through for secrets
    loaded = Loaded(
        Twin(model_from_json(MODEL)),
        "",
        masking(scrubber.request, restore, scrubber.secrets),
        LIMITS if what == "limited" else Serve(max_entities=10**9, max_bytes=10**12),
    )
    access = AccessLog(sys.stderr, as_json=True, colour=False)
    serve_twin(loaded, name="bench", access=access, port=0, ready_json=ready)


@dataclass(frozen=True)
class Server:
    """A server in a process of its own."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def memory_kb(self) -> int:
        """Its resident memory, as Linux counts it."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])


@contextmanager
def started(what: str, folder: Path) -> Iterator[Server]:
    """Start a server for as long as the block lasts."""
    ready = folder / f"{what}-{time.monotonic_ns()}.json"
    command = [sys.executable, __file__, "--serve", what, "--ready-json", str(ready)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the server {what} did not start")
            time.sleep(0.02)
        yield Server(json.loads(ready.read_bytes())["address"], process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def wrk(url: str, script: Path, seconds: int) -> dict[str, float]:
    """Return requests, requests per second, and latencies in ms of a run. Raises SystemExit for a run with
    errors: what answers wrongly is not fast."""
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script), url]
    said = subprocess.run(["wrk", *options], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"wrk met errors:\n{said}")
    found = dict(re.findall(r"^\s+(50|99)%\s+([\d.]+(?:us|ms|s))$", said, flags=re.MULTILINE))
    return {
        "requests": float(re.findall(r"(\d+) requests in", said)[0]),
        "per_s": float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0]),
        "p50_ms": _ms(found["50"]),
        "p99_ms": _ms(found["99"]),
    }


def _ms(text: str) -> float:
    number, unit = re.findall(r"([\d.]+)(us|ms|s)", text)[0]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def rates(folder: Path, scripts: dict[str, Path], rounds: int, seconds: int) -> dict[str, JsonValue]:
    """Return the medians of both servers, and the twin's as a share of the other's."""
    measured: dict[str, JsonValue] = {}
    with started("raw", folder) as other, started("twin", folder) as twin:
        for kind in ("reads", "creates"):
            runs: dict[str, list[dict[str, float]]] = {"raw": [], "twin": []}
            for _ in range(rounds):
                for name, server in (("raw", other), ("twin", twin)):
                    runs[name].append(wrk(server.url, scripts[kind], seconds))
            per_s = {name: statistics.median(run["per_s"] for run in each) for name, each in runs.items()}
            slowest = statistics.median(run["p99_ms"] / run["p50_ms"] for run in runs["twin"])
            measured[kind] = {
                "raw_per_s": round(per_s["raw"]),
                "twin_per_s": round(per_s["twin"]),
                "ratio": round(per_s["twin"] / per_s["raw"], 3),
                "p99_over_p50": round(slowest, 2),
            }
            with urllib.request.urlopen(urllib.request.Request(f"{twin.url}/__wraith/reset", b"")):
                pass
    return measured


def memory(folder: Path, script: Path, stops: tuple[int, ...]) -> dict[str, JsonValue]:
    """Return the twin's memory after so many requests, 40 % of them creates, with limits on sessions."""
    measured: dict[str, JsonValue] = {}
    with started("limited", folder) as twin:
        done = 0.0
        for stop in stops:
            while done < stop:
                done += wrk(twin.url, script, 1)["requests"]
            measured[f"after_{stop}_kb"] = twin.memory_kb
    return measured


def main() -> int:
    """Measure, and print a JSON document."""
    parser = argparse.ArgumentParser(description="measure the twin's server; JSON goes to standard output")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (3)")
    parser.add_argument("--seconds", type=int, default=5, help="how long each round takes (5)")
    parser.add_argument("--memory", type=int, nargs=2, default=[20_000, 200_000], help="(20000 200000)")
    parser.add_argument("--serve", choices=("raw", "twin", "limited"), help=argparse.SUPPRESS)
    parser.add_argument("--ready-json", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.ready_json)
        return 0
    if shutil.which("wrk") is None:
        raise SystemExit("needs the program wrk: apt-get install wrk")
    sent = json.dumps({"name": "tea", "text": TEXT})
    texts = {"reads": READ % ITEM["id"], "creates": CREATE % sent, "mixed": MIXED % (sent, ITEM["id"])}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scripts = {kind: folder / f"{kind}.lua" for kind in texts}
        for kind, path in scripts.items():
            path.write_text(texts[kind], encoding="ascii")
        result = rates(folder, scripts, arguments.rounds, arguments.seconds)
        result["memory"] = memory(folder, scripts["mixed"], tuple(arguments.memory))
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
