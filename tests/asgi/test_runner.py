"""How applications are served: addresses, signals, draining."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar, cast

import pytest

from wraith.asgi import Address, ServerName, hang_up, run_app, send_whole
from wraith.errors import InputError, OperationError

T = TypeVar("T")


@pytest.fixture(params=["hypercorn", "granian"])
def server(request: pytest.FixtureRequest) -> ServerName:
    """Each of the servers that are installed."""
    if request.param == "granian":
        pytest.importorskip("granian", reason="needs the extra wraith[fast]")
    return cast(ServerName, request.param)


class Application:
    """Answers after ``go_on`` is set, and says when it has been asked."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        assert isinstance(scope, dict)
        if scope["type"] != "http":
            return
        self.asked.set()
        await self.go_on.wait()
        await send_whole(send, 200, [(b"content-length", b"2")], b"ok")  # type: ignore[arg-type]  # ASGI's


async def ask(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def test_port_0_picks_a_free_one_and_says_which(server: ServerName, tmp_path: Path) -> None:
    """The address goes to whoever started the server, and as JSON into a file for programs."""
    ready = tmp_path / "ready.json"

    async def main() -> Address:
        app, stop = Application(), asyncio.Event()
        app.go_on.set()
        bound: list[Address] = []

        def on_bound(address: Address) -> None:
            assert json.loads(ready.read_bytes()) == {
                "address": address.url,
                "host": "127.0.0.1",
                "port": address.port,
                "pid": os.getpid(),
            }
            bound.append(address)

        serving = asyncio.create_task(
            run_app(
                app, host="127.0.0.1", port=0, on_bound=on_bound, ready_json=ready, stop=stop, server=server
            )
        )
        while not bound:
            await asyncio.sleep(0)
        asking = asyncio.create_task(ask(bound[0].port))
        await app.asked.wait()
        stop.set()
        assert (await asking).endswith(b"ok")
        await serving
        return bound[0]

    address = asyncio.run(main())
    assert address.url == f"http://127.0.0.1:{address.port}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_requests_that_have_begun_end(server: ServerName, number: signal.Signals) -> None:
    """The answer is sent, the connection closed, and the server ends without an error."""

    async def main() -> bytes:
        app = Application()
        bound: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(
            run_app(app, host="127.0.0.1", port=0, on_bound=bound.set_result, server=server)
        )
        asking = asyncio.create_task(ask((await bound).port))
        await app.asked.wait()
        os.kill(os.getpid(), number)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(serving), 0.05)
        app.go_on.set()
        await serving
        return await asking

    assert asyncio.run(main()).endswith(b"ok")


def test_a_request_without_end_does_not_keep_the_server_from_ending(
    server: ServerName, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After the time for draining, what has not ended is cut off, without a traceback."""
    monkeypatch.setattr("wraith.asgi._runner.DRAIN_S", 0.05)

    async def main() -> bytes:
        app, stop = Application(), asyncio.Event()
        bound: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(
            run_app(app, host="127.0.0.1", port=0, on_bound=bound.set_result, stop=stop, server=server)
        )
        asking = asyncio.create_task(ask((await bound).port))
        await app.asked.wait()
        stop.set()
        async with asyncio.timeout(5):
            await serving
        return await asking

    assert not asyncio.run(main()).endswith(b"ok")
    assert caplog.text == ""


async def drops(scope: object, receive: object, send: object) -> None:
    """Hang up."""
    assert isinstance(scope, dict)
    if scope["type"] == "http":
        await hang_up(send)  # type: ignore[arg-type]  # ASGI's


def served(app: object, server: ServerName, then: Callable[[int], Awaitable[T]]) -> T:
    """Serve an application for as long as something takes that is told the port."""

    async def main() -> T:
        stop = asyncio.Event()
        bound: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(
            run_app(app, host="127.0.0.1", port=0, on_bound=bound.set_result, stop=stop, server=server)  # type: ignore[arg-type]  # ASGI's
        )
        try:
            async with asyncio.timeout(10):
                return await then((await bound).port)
        finally:
            stop.set()
            await serving

    return asyncio.run(main())


def test_an_application_can_hang_up(server: ServerName) -> None:
    """The connection closes, and nothing is said on it."""
    assert served(drops, server, ask) == b""


def test_a_connection_that_its_client_closes_is_let_go(server: ServerName) -> None:
    """Hundreds of connections, opened and closed one after another, leave none open, nor a task for any."""

    async def come_and_go(port: int) -> tuple[int, int]:
        async def visit() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.readuntil(b"ok")).endswith(b"ok")
            writer.close()
            await writer.wait_closed()

        await visit()
        tasks, files = len(asyncio.all_tasks()), len(os.listdir("/dev/fd"))
        for _ in range(200):
            await visit()
        while len(asyncio.all_tasks()) > tasks or len(os.listdir("/dev/fd")) > files:
            await asyncio.sleep(0)  # what has been closed last is still going; for 10 s at most
        return len(asyncio.all_tasks()) - tasks, len(os.listdir("/dev/fd")) - files

    app = Application()
    app.go_on.set()
    assert max(served(app, server, come_and_go)) <= 0


def test_what_an_application_has_sent_does_not_wait_for_the_rest() -> None:
    """The head and the first part are with the client while the application waits for the second."""
    seen = asyncio.Event()

    async def slow(scope: object, receive: object, send: Callable[[object], Awaitable[None]]) -> None:
        assert isinstance(scope, dict)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            await seen.wait()
            await send({"type": "http.response.body", "body": b"second" * 10_000, "more_body": False})

    async def look(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"first")
        seen.set()
        rest = await reader.read()
        writer.close()
        return rest

    assert served(slow, "hypercorn", look) == b"second" * 10_000


def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the keep-alive time, counted from the last answer."""
    monkeypatch.setattr("wraith.asgi._hypercorn.KEEP_ALIVE_S", 0.2)
    app = Application()
    app.go_on.set()
    assert served(app, "hypercorn", ask).endswith(b"ok")


def test_a_client_that_has_said_all_gets_its_answer() -> None:
    """It closes its side of the connection behind the request; the answer comes, and then the end. Granian
    takes such a client for one that has left."""

    async def half_closed(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        writer.write_eof()
        await app.asked.wait()
        app.go_on.set()
        answer = await reader.read()
        writer.close()
        return answer

    app = Application()
    assert served(app, "hypercorn", half_closed).endswith(b"ok")


def test_a_server_that_is_not_installed_says_how_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that brings it is named."""
    monkeypatch.setitem(sys.modules, "granian.server.embed", None)
    with pytest.raises(InputError, match="granian is not installed") as raised:
        asyncio.run(run_app(Application(), host="127.0.0.1", port=0, server="granian"))
    assert "pip install 'wraith[fast]'" in str(raised.value.hint)


def test_a_port_in_use_is_an_error_that_says_what_to_do() -> None:
    """The address is named, and the way out."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OperationError, match="cannot listen") as raised:
            asyncio.run(run_app(Application(), host="127.0.0.1", port=port))
    assert raised.value.where == f"127.0.0.1:{port}"
    assert raised.value.hint is not None
    assert "--port" in raised.value.hint


def test_a_host_that_does_not_exist_is_an_error() -> None:
    """A name that leads nowhere is refused before anything is served."""
    with pytest.raises(OperationError, match="not an address"):
        asyncio.run(run_app(Application(), host="no.such.host.invalid", port=0))


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://127.0.0.1:80"), ("::1", "http://[::1]:80")])
def test_addresses_are_written_as_urls(host: str, url: str) -> None:
    """IPv6 addresses stand in brackets."""
    assert Address(host, 80).url == url
