"""Recording by command: start the upstream, record what the exercise does, keep all of it or nothing.

The sessions grow in a stage beside the recordings and are moved among them when the exercise has succeeded,
so an attempt that fails, or is killed, leaves the recordings from before as they are.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wraith.config import TwinConfig
from wraith.errors import InputError, OperationError
from wraith.recording._commands import Command, running
from wraith.recording._index import BY_COMMAND, Index, replace_sessions, write_index
from wraith.recording._inputs import recording_inputs
from wraith.recording._record import Recorded, Run, serve_proxy
from wraith.recording._recorder import ExchangeScrubber
from wraith.recording._recovery import recover
from wraith.recording._stage import publish, stage
from wraith.recording._writer import make_run_id
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.asgi import Address

_LOOPBACK: Final = "127.0.0.1"
_READY_S: Final = 60.0
"""How long an upstream may take to come up: a JVM with migrations does within this on a slow machine."""
_POLL_S: Final = 0.05


def record_by_command(
    workspace: Workspace,
    config: TwinConfig,
    scrubber: ExchangeScrubber,
    *,
    policy_digest: str,
    environ: Mapping[str, str] = os.environ,
    on_event: Callable[[str], None] = lambda _: None,
) -> Recorded:
    """Record the twin by the commands of ``[record]`` and return what was recorded.

    The sessions of earlier runs are replaced, those that came from elsewhere stay, and the index says what
    the recordings were made from. Raises OperationError, with everything as it was, where a command fails or
    runs out of time, and InputError where none is configured.
    """
    if not config.record.exercise:
        raise InputError(
            "[record] exercise names no command that sends traffic",
            where=workspace.config_path,
            hint=f"record by hand: wraith record {workspace.name}",
        )
    recover(workspace)
    made_from = recording_inputs(workspace, config, policy_digest)
    with stage(workspace) as staged:
        attempt = _Attempt(workspace, config, environ, on_event)
        recorded = asyncio.run(attempt.record(staged, scrubber, policy_digest))
        if not recorded.exchanges:
            raise OperationError(
                "the exercise sent no request through the proxy",
                where=workspace.config_path,
                hint="see that the command of [record] exercise sends its requests to {url}",
            )
        publish(staged, workspace)
    replaced = replace_sessions(workspace, recorded.run)
    index: Index = write_index(workspace, made_from)
    on_event(f"recorded {recorded.exchanges} exchanges in {len(recorded.sessions)} sessions")
    on_event(f"replaced {len(replaced)} sessions; there are {len(index.sessions)}")
    return recorded


@dataclass(frozen=True, slots=True)
class _Attempt:
    workspace: Workspace
    config: TwinConfig
    environ: Mapping[str, str]
    on_event: Callable[[str], None]

    async def record(self, staged: Workspace, scrubber: ExchangeScrubber, policy_digest: str) -> Recorded:
        """Return what the exercise left in the staged workspace."""
        settings = self.config.record
        with _ended_by_sigterm():
            try:
                async with asyncio.timeout(settings.timeout_s):
                    async with self._upstream() as base_url:
                        run = Run(
                            workspace=staged,
                            scrubber=scrubber,
                            policy_digest=policy_digest,
                            base_url=base_url,
                            preserve_host=settings.preserve_host,
                            max_body_bytes=settings.max_body_bytes,
                            id=make_run_id(time.time_ns() // 1_000_000),
                            source={"kind": BY_COMMAND, "upstream": self.config.upstream.base_url},
                        )
                        return await self._exercise(run)
            except TimeoutError:
                raise OperationError(
                    f"the recording did not end within {settings.timeout_s:g} s",
                    where=self.workspace.config_path,
                    hint="raise timeout_s in [record]; the logs below .wraith/logs say what it waited for",
                ) from None

    @asynccontextmanager
    async def _upstream(self) -> AsyncIterator[str]:
        """Yield the base URL of the upstream, started for as long as the block lasts where it is ours to
        start."""
        base_url, settings = self.config.upstream.base_url, self.config.record
        if not settings.start:
            yield base_url
            return
        port = _free_port()
        self.on_event(f"starting the upstream on port {port}")
        async with self._command("start", settings.start, {"port": str(port)}) as command:
            await _until_ready(command, port, settings.ready)
            yield f"http://{_LOOPBACK}:{port}{urlsplit(base_url).path}"

    async def _exercise(self, run: Run) -> Recorded:
        from wraith.asgi import Guard

        stop = asyncio.Event()
        bound: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        proxy = asyncio.create_task(
            serve_proxy(
                run,
                guard=Guard(None),
                host=_LOOPBACK,
                port=0,
                on_bound=bound.set_result,
                stop=stop,
                signals=False,
            )
        )
        try:
            either: set[asyncio.Future[Recorded] | asyncio.Future[Address]] = {proxy, bound}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if bound.done():
                self.on_event(f"exercising {run.base_url} through {bound.result().url}")
                await self._drive(bound.result().url, run.base_url, proxy)
        finally:
            stop.set()
            await asyncio.wait({proxy})
        return proxy.result()

    async def _drive(self, url: str, upstream_url: str, proxy: asyncio.Task[Recorded]) -> None:
        """Run the exercise until it ends, or until the proxy does, which has failed then."""
        values = {"url": url, "port": str(urlsplit(upstream_url).port or "")}
        async with self._command("exercise", self.config.record.exercise, values) as command:
            waiting = asyncio.create_task(command.wait())
            try:
                await asyncio.wait({waiting, proxy}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
            if command.ended and (status := await command.wait()) != 0:
                raise command.error(f"ended with exit status {status}; the recordings from before are kept")

    @asynccontextmanager
    async def _command(
        self, key: str, arguments: tuple[str, ...], values: Mapping[str, str]
    ) -> AsyncIterator[Command]:
        project = self.workspace.project
        known = {"python": sys.executable, "project": str(project.root), **values}
        filled = [_filled(argument, known) for argument in arguments]
        log = project.state_path / "logs" / f"record-{self.workspace.name}-{key}.log"
        folder = self.workspace.root
        async with running(
            f"[record] {key}", filled, folder=folder, environ=self.environ, log=log
        ) as command:
            yield command


def _filled(argument: str, values: Mapping[str, str]) -> str:
    """Replace the placeholders; other braces are the command's own."""
    for name, value in values.items():
        argument = argument.replace("{" + name + "}", value)
    return argument


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


async def _until_ready(command: Command, port: int, path: str) -> None:
    """Return when the upstream answers at the path, with any status. Raises OperationError where it never
    does."""
    deadline = time.monotonic() + _READY_S
    while not await _answers(port, path):
        if command.ended:
            raise command.error(f"ended with exit status {await command.wait()} before it answered")
        if time.monotonic() > deadline:
            raise command.error(f"did not answer at {path} within {_READY_S:g} s")
        await asyncio.sleep(_POLL_S)


async def _answers(port: int, path: str) -> bool:
    import httpx

    try:
        async with httpx.AsyncHTTPTransport(trust_env=False) as transport:
            url = httpx.URL(f"http://{_LOOPBACK}:{port}").join(path)
            request = httpx.Request("GET", url, extensions={"timeout": {"connect": 1.0, "read": 5.0}})
            response = await transport.handle_async_request(request)
            await response.aclose()
            return True
    except httpx.TransportError:
        return False


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Make SIGTERM end the commands as well, as an OperationError that leaves the recordings as they were."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    ended = False
    if task is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end() -> None:
        nonlocal ended
        ended = True
        task.cancel()

    before = signal.getsignal(signal.SIGTERM)
    loop.add_signal_handler(signal.SIGTERM, end)
    try:
        yield
    except asyncio.CancelledError:
        if not ended:
            raise
        raise OperationError("ended by SIGTERM; the recordings from before are kept") from None
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)
