"""``wraith serve`` as a process: how it starts and ends."""

from __future__ import annotations

import asyncio
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
    from wraith.asgi import ServerName

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
        ready_json=Path(sys.argv[1]), server=sys.argv[2],
    )
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_and_the_log_is_whole(
    server: ServerName, tmp_path: Path, number: signal.Signals
) -> None:
    """It ends with status 0, and every request has its line on standard error, as JSON in a pipe."""
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER), str(ready), server], stderr=subprocess.PIPE
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


def test_sessions_that_take_turns_are_apart(shop: Shop) -> None:
    """Two hundred at once: each finds what it made and nothing of its neighbour, in every answer."""
    number_of = 200

    async def main() -> None:
        async with shop.serve() as served:
            made: dict[int, str] = {}

            async def create(number: int) -> None:
                sent = {"name": f"tea {number}"}
                answer = await served.client.post("/cups", json=sent, headers=session(number))
                assert (answer.status_code, answer.json()["name"]) == (201, sent["name"])
                made[number] = answer.json()["id"]

            async def read(number: int) -> None:
                mine = await served.client.get(f"/cups/{made[number]}", headers=session(number))
                assert (mine.status_code, mine.json()["name"]) == (200, f"tea {number}")
                other = made[(number + 1) % number_of]
                answer = await served.client.get(f"/cups/{other}", headers=session(number))
                assert answer.status_code == 404

            for step in (create, read):
                await asyncio.gather(*(step(number) for number in range(number_of)))

    def session(number: int) -> dict[str, str]:
        return {"X-Wraith-Session": f"session {number}"}

    asyncio.run(main())


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
