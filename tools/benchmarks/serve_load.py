"""Servers in processes of their own, and wrk, which sends them requests and says how fast they answered."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.processes import TOOLS, BenchError
from benchmarks.serve_apps import ITEM, SENT

CONNECTIONS: Final = 32
STARTS_WITHIN_S: Final = 60.0
READ_PATH: Final = f"/items/{ITEM['id']}"

SCRIPTS: Final = {
    "reads": f'wrk.path = "{READ_PATH}"\n',
    "creates": f"""
wrk.method = "POST"
wrk.path = "/items"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [[{SENT}]]
""",
    "mixed": f"""
local n = 0
local body = [[{SENT}]]
request = function()
  n = n + 1
  local headers = {{["Content-Type"] = "application/json", ["X-Wraith-Session"] = "s" .. (n % 200)}}
  if n % 5 < 2 then return wrk.format("POST", "/items", headers, body) end
  return wrk.format("GET", "{READ_PATH}", headers)
end
""",
}
"""For wrk, in Lua. ``mixed``: two of five requests create, in 200 sessions by turns."""


@dataclass(frozen=True)
class Run:
    """What wrk says of a run, and the processor time that the server spent on a request."""

    requests: int
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


@dataclass(frozen=True)
class Server:
    """A server with all its processes, which are a group of their own."""

    name: str
    url: str
    group: int

    @property
    def memory_kb(self) -> int:
        """The resident memory of its first process, as Linux counts it."""
        status = Path(f"/proc/{self.group}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])

    @property
    def cpu_s(self) -> float:
        """The processor time of its processes so far."""
        return cpu_s(self.group)


def cpu_s(group: int) -> float:
    """Return the processor time of a group of processes so far, in seconds."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def ours(name: str, folder: Path) -> Iterator[Server]:
    """Run a server of ``serve_apps`` for as long as the block lasts."""
    ready = folder / f"{name}-{time.monotonic_ns()}.json"
    command = [sys.executable, "-m", "benchmarks.serve_apps", name, str(ready)]
    with _process(name, command, TOOLS) as process:
        _wait(name, process, ready.exists)
        yield Server(name, json.loads(ready.read_bytes())["address"], process.pid)


@contextmanager
def running(name: str, command: list[str], url: str, folder: Path) -> Iterator[Server]:
    """Run a program for as long as the block lasts; it is up when it answers a read with the item."""
    with _process(name, command, folder) as process:
        _wait(name, process, lambda: is_up(url))
        yield Server(name, url, process.pid)


@contextmanager
def _process(name: str, command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "said.txt").open("ab") if folder != TOOLS else open(os.devnull, "ab") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(name: str, process: subprocess.Popen[bytes], is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while not is_there():
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchError(f"the server {name} did not start")
        time.sleep(0.05)


def is_up(url: str) -> bool:
    """Return whether a server answers a read with the item."""
    try:
        with urllib.request.urlopen(url + READ_PATH, timeout=2) as answer:
            return bool(json.load(answer)["text"] == ITEM["text"])
    except (OSError, ValueError, KeyError):
        return False


def wrk(server: Server, kind: str, folder: Path, seconds: int) -> Run:
    """Measure a run. Raises BenchError for one with errors: what answers wrongly is not fast."""
    script = folder / f"{kind}.lua"
    script.write_text(SCRIPTS[kind], encoding="ascii")
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script), server.url]
    before = server.cpu_s
    said = subprocess.run(["wrk", *options], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise BenchError(f"{server.name}: wrk met errors:\n{said}")
    found = dict(re.findall(r"^\s+(50|99)%\s+([\d.]+(?:us|ms|s|m)) *$", said, flags=re.MULTILINE))
    if "99" not in found:
        raise BenchError(f"{server.name}: wrk got too few answers:\n{said}")
    requests = int(re.findall(r"(\d+) requests in", said)[0])
    return Run(
        requests=requests,
        per_s=float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0]),
        p50_ms=_ms(found["50"]),
        p99_ms=_ms(found["99"]),
        cpu_us=(server.cpu_s - before) / requests * 1e6,
    )


def _ms(text: str) -> float:
    number, unit = re.findall(r"([\d.]+)(us|ms|s|m)", text)[0]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}[unit]


def reset(server: Server) -> None:
    """Have a twin forget what it was sent."""
    urllib.request.urlopen(urllib.request.Request(f"{server.url}/__wraith/reset", b"")).close()


def has_wrk() -> bool:
    """Return whether there is something to measure with."""
    return shutil.which("wrk") is not None
