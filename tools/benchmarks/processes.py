"""Programs that are measured: started, waited for, asked for numbers, ended by their process id."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

Command: TypeAlias = list[str]
Numbers: TypeAlias = Mapping[str, Any]
"""What a measured program prints: one JSON object."""

TOOLS = Path(__file__).resolve().parent.parent
ROOT = TOOLS.parent
WRAITH: Command = [sys.executable, "-m", "wraith.cli"]
START_S = 60.0
STOP_S = 60.0
"""A recorder that seals ten thousand exchanges may take its time."""


class BenchError(Exception):
    """A measurement cannot be made. The message says why."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: Command, cwd: Path | None = None) -> str:
    """Return the standard output of a program that must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=_environment(), check=False)
    if done.returncode != 0:
        raise BenchError(
            f"{' '.join(command)} ended with {done.returncode}:\n{(done.stderr or done.stdout)[-2000:]}"
        )
    return done.stdout


def wall_s(command: Command, cwd: Path | None = None) -> float:
    """Return how long a program takes, from start to end."""
    started = time.perf_counter()
    run(command, cwd)
    return time.perf_counter() - started


def numbers(module: str, *arguments: object) -> Numbers:
    """Run a module of this package in a fresh process, and return what it measured."""
    printed = run([sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)], TOOLS)
    measured = json.loads(printed.strip().splitlines()[-1])
    assert isinstance(measured, dict)
    return measured


@contextmanager
def running(command: Command, ready_url: str, cwd: Path | None = None) -> Iterator[None]:
    """Run a server until the block ends. It is up when the address answers, with any status."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=cwd, env=_environment(), stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            if not _comes_up(process, ready_url):
                said.seek(0)
                raise BenchError(f"{' '.join(command)} did not come up:\n{said.read()[-2000:].decode()}")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _comes_up(process: subprocess.Popen[bytes], ready_url: str) -> bool:
    deadline = time.monotonic() + START_S
    while not _answers(ready_url):
        if process.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
