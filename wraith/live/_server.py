"""The twin's own server, started on a free loopback port as ``wraith serve`` starts it, for as long as it is
needed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from wraith.errors import OperationError
from wraith.workspace import Workspace

STARTS_WITHIN_S: Final = 30.0
ENDS_WITHIN_S: Final = 10.0
LOOKS_EVERY_S: Final = 0.02


@contextmanager
def served(workspace: Workspace) -> Iterator[str]:
    """Yield the address of a server of the twin. Raises OperationError where it does not start."""
    with tempfile.TemporaryDirectory(prefix="wraith-wire-") as folder:
        ready, log = Path(folder, "ready.json"), Path(folder, "log")
        command = [sys.executable, "-m", "wraith.cli", "serve", workspace.name, "--port", "0"]
        with log.open("wb") as said:
            process = subprocess.Popen(
                [*command, "--ready-json", str(ready)],
                cwd=workspace.project.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
        try:
            yield _address(process, ready, log)
        finally:
            process.terminate()
            try:
                process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen[bytes], ready: Path, log: Path) -> str:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        if ready.exists():
            address: str = json.loads(ready.read_bytes())["address"]
            return address
        time.sleep(LOOKS_EVERY_S)
    told = log.read_text(errors="replace").strip().splitlines()
    raise OperationError(
        f"the server did not start: {told[0] if told else 'it said nothing'}",
        hint="see what it says: wraith serve NAME --port 0",
    )
