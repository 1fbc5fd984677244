"""``wraith record`` as a process: how it starts, ends, and what a sudden end leaves."""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest

from wraith.config import TwinConfig
from wraith.errors import OperationError, PolicyError
from wraith.recording import read_index, record, recover, sealed_sessions, write_index
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from tests.recording.conftest import Net

POLICY = "sha256:" + "0" * 64
RECORDER = """
    import json, sys
    from pathlib import Path
    from wraith.config import TwinConfig
    from wraith.errors import WraithError
    from wraith.recording import record
    from wraith.workspace import Project

    class Plain:
        def exchange(self, exchange):
            return exchange

    root, base_url, ready = sys.argv[1:]
    config = TwinConfig.model_validate({"upstream": {"base_url": base_url}})
    recorded = record(
        Project(Path(root)).twin("shop"), config, Plain(), policy_digest="sha256:" + "0" * 64, port=0,
        tags=("by-hand",), ready_json=Path(ready),
    )
    print(json.dumps([list(recorded.sessions), recorded.exchanges]))
"""


@asynccontextmanager
async def recorded_upstream(
    net: Net, workspace: Workspace
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Run an upstream and a recorder of it; yield the recorder's process and port."""
    async with (
        net.upstream(net.always(net.reply(200))) as upstream,
        recorder(workspace, upstream.base_url) as running,
    ):
        yield running


@asynccontextmanager
async def recorder(
    workspace: Workspace, base_url: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Run a recorder and yield its process and port; it is killed where it has not ended."""
    ready = workspace.project.root / "ready.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        textwrap.dedent(RECORDER),
        str(workspace.project.root),
        base_url,
        str(ready),
        stdout=subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(20):
            while not ready.exists():
                assert process.returncode is None
                await asyncio.sleep(0.01)
        yield process, json.loads(ready.read_bytes())["port"]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_seals_what_is_open(net: Net, workspace: Workspace, number: signal.Signals) -> None:
    """The recorder ends with status 0, its sessions sealed and indexed."""

    async def main() -> tuple[int | None, list[object]]:
        async with recorded_upstream(net, workspace) as (process, port):
            await net.get(port, "/1")
            await net.get(port, "/2", "X-Wraith-Session: b")
            process.send_signal(number)
            said, _ = await process.communicate()
            return process.returncode, json.loads(said)

    status, (sessions, exchanges) = asyncio.run(main())
    sealed = sealed_sessions(workspace)
    index = read_index(workspace)
    assert (status, exchanges) == (0, 2)
    assert sessions == [session.id for session in sealed]
    assert [session.tags for session in sealed] == [("by-hand",), ("by-hand",)]
    assert index is not None
    assert [session.id for session in index.sessions] == sessions


def test_after_a_kill_every_complete_exchange_is_recovered(net: Net, workspace: Workspace) -> None:
    """SIGKILL leaves an open session whose exchanges are whole files; recovery seals it."""

    async def main() -> None:
        async with recorded_upstream(net, workspace) as (process, port):
            await net.get(port, "/1")
            await net.get(port, "/2")
            process.kill()

    asyncio.run(main())
    assert sealed_sessions(workspace) == ()
    assert len(recover(workspace)) == 1
    assert [exchange.request.target for exchange in net.recorded()] == ["/1", "/2"]


def test_recording_by_hand_leaves_what_is_known_of_recordings_by_command(
    net: Net, workspace: Workspace
) -> None:
    """The index still says what those were made from."""
    write_index(workspace, {"config": "sha256:" + "1" * 64})

    async def main() -> None:
        async with recorded_upstream(net, workspace) as (process, port):
            await net.get(port, "/1")
            process.terminate()
            await process.communicate()

    asyncio.run(main())
    index = read_index(workspace)
    assert index is not None
    assert index.made_from == {"config": "sha256:" + "1" * 64}
    assert len(index.sessions) == 1


def test_a_recorder_that_others_could_reach_needs_a_token(net: Net, workspace: Workspace) -> None:
    """Off loopback nothing starts without one, and nothing is touched."""
    config = TwinConfig.model_validate({"upstream": {"base_url": "http://127.0.0.1:1"}})
    with pytest.raises(PolicyError, match="control plane"):
        record(workspace, config, net.Plain(), policy_digest=POLICY, host="0.0.0.0", port=0, environ={})
    assert not workspace.root.exists()


def test_a_port_in_use_is_said_before_anything_is_recorded(net: Net, workspace: Workspace) -> None:
    """The error names the port; there is no index of nothing."""
    config = TwinConfig.model_validate({"upstream": {"base_url": "http://127.0.0.1:1"}})

    async def main() -> int:
        async with net.upstream(net.always(net.reply(200))) as upstream:
            port = int(upstream.base_url.rpartition(":")[2])
            with pytest.raises(OperationError, match="cannot listen"):
                await asyncio.to_thread(
                    record, workspace, config, net.Plain(), policy_digest=POLICY, port=port, environ={}
                )
            return port

    asyncio.run(main())
    assert not workspace.index_path.exists()


@pytest.mark.skipif(which("openssl") is None, reason="needs the program openssl, which makes the certificate")
def test_an_https_upstream_is_recorded(
    net: Net, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS is checked against what the system trusts, SSL_CERT_FILE included; the client speaks plain HTTP."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)

    async def main() -> tuple[int, int]:
        async with net.upstream(net.always(net.reply(200, body=b"ok")), tls=tls) as upstream:
            async with net.proxy(upstream.base_url) as proxy:
                untrusted = await net.get(proxy.port, "/")
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            async with net.proxy(upstream.base_url) as proxy:
                trusted = await net.get(proxy.port, "/")
            return untrusted.status, trusted.status

    assert asyncio.run(main()) == (502, 200)
    assert [exchange.response.body for exchange in net.recorded()] == [b"ok"]
