"""The twin's own server, started on a free loopback port as ``wraith serve`` starts it, for as long as it is
needed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Final

from wraith.errors import OperationError
from wraith.workspace import Workspace

STARTS_WITHIN_S: Final = 30.0
ENDS_WITHIN_S: Final = 10.0


@contextmanager
def served(workspace: Workspace) -> Iterator[Callable[[], str]]:
    """Start a server of the twin. Yields what waits for it and returns its address: there is time for other
    things until then. That raises OperationError where the server does not start."""
    command = [sys.executable, "-m", "wraith.cli", "serve", workspace.name, "--port", "0", "--json"]
    command += ["--fidelity", "synth", "--clock", "real", "--unknown-entity", "not_found", "--as-recorded"]
    with tempfile.TemporaryFile(prefix="wraith-wire-") as log:
        process = subprocess.Popen(
            command,
            cwd=workspace.project.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            yield lambda: _address(process, log)
        finally:
            process.terminate()
            try:
                process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            assert process.stdout is not None  # Invariant: it is a pipe
            process.stdout.close()


def _address(process: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    assert process.stdout is not None  # Invariant: it is a pipe
    too_long = threading.Timer(STARTS_WITHIN_S, process.kill)
    too_long.start()
    said = b""
    try:
        for line in process.stdout:  # its one document, written when it is bound
            said += line
            if line == b"}\n":
                told = json.loads(said)
                if "url" in told:
                    address: str = told["url"]
                    return address
                raise OperationError(
                    f"the server did not start: {told['error']['message']}",
                    where=told["error"]["where"],
                    hint=told["error"]["hint"],
                )
    finally:
        too_long.cancel()
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines()
    raise OperationError(
        f"the server did not start: {lines[0] if lines else 'it said nothing'}",
        hint="see what it says: wraith serve NAME --port 0",
    )
