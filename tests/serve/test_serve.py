"""``wraith serve`` as a process: how it starts and ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wraith.errors import PolicyError
from wraith.serve import AccessLog, Loaded, serve_twin

if TYPE_CHECKING:
    from tests.serve.conftest import Shop

SERVER = """
    import os, sys
    from pathlib import Path
    from wraith.runtime import Twin
    from wraith.serve import AccessLog, Loaded, serve_twin
    from wraith.wir import model_from_json

    twin = Twin(model_from_json({"format": "wraith.model/1"}))
    serve_twin(
        Loaded(twin, "sha256:0", lambda request, issued: (request, lambda response: response)),
        name="shop", access=AccessLog.to(sys.stderr, os.environ), port=0,
        ready_json=Path(sys.argv[1]),
    )
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_and_the_log_is_whole(tmp_path: Path, number: signal.Signals) -> None:
    """It ends with status 0, and every request has its line on standard error, as JSON in a pipe."""
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER), str(ready)], stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 20
        while not ready.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        where = json.loads(ready.read_bytes())
        with urllib.request.urlopen(f"{where['address']}/__wraith/info") as answer:
            info = json.load(answer)
        with pytest.raises(urllib.error.HTTPError, match="501"):
            urllib.request.urlopen(f"{where['address']}/cups?key=secret")
        process.send_signal(number)
        _, log = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, where["pid"]) == (0, process.pid)
    assert (info["twin"], info["model_digest"], info["routes"], info["fidelity"]) == (
        "shop",
        "sha256:0",
        0,
        "synth",
    )
    (entry,) = (json.loads(line) for line in log.splitlines())
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/cups", 501)


def test_a_twin_that_others_could_reach_needs_a_token(shop: Shop) -> None:
    """Off loopback nothing starts without one."""
    access = AccessLog(sys.stderr, as_json=True, colour=False)
    with pytest.raises(PolicyError, match="control plane"):
        serve_twin(
            Loaded(shop.twin(), "", lambda request, _: (request, lambda response: response)),
            name="shop",
            access=access,
            host="0.0.0.0",
            port=0,
            environ={},
        )
