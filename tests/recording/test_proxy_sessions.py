"""The proxy's sessions and control plane, and recordings that cannot be written."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from wraith.errors import OperationError, PolicyError
from wraith.exchange import Exchange
from wraith.recording import sealed_sessions

if TYPE_CHECKING:
    from tests.recording.conftest import Net, Seen


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# --- sessions and the control plane


def test_sessions_are_those_that_clients_name(net: Net) -> None:
    """Each X-Wraith-Session is a session of its own; requests without one share the default session."""

    async def main() -> None:
        async with (
            net.upstream(net.always(net.reply(200))) as upstream,
            net.proxy(upstream.base_url) as proxy,
        ):
            for target, *headers in (
                ("/1",),
                ("/2", "X-Wraith-Session: b"),
                ("/3",),
                ("/4", "X-Wraith-Session: b"),
            ):
                await net.get(proxy.port, target, *headers)

    asyncio.run(main())
    targets = [[e.request.target for e in session.read()] for session in sealed_sessions(net.workspace)]
    assert targets == [["/1", "/3"], ["/2", "/4"]]


def test_new_session_seals_what_is_active_and_lists_it(net: Net) -> None:
    """After it, the next exchange opens a session of its own; with nothing recorded there is nothing to
    list."""

    async def main() -> None:
        async with net.upstream(net.always(net.reply(200))) as upstream:
            async with net.proxy(upstream.base_url, tags=("smoke",)) as proxy:
                assert json.loads((await net.new_session(proxy.port)).body) == {"closed": []}
                await net.get(proxy.port, "/1")
                await net.get(proxy.port, "/2", "X-Wraith-Session: b")
                closed = json.loads((await net.new_session(proxy.port)).body)["closed"]
                sealed = sealed_sessions(net.workspace)
                assert closed == [{"id": session.id, "exchanges": 1} for session in sealed]
                await net.get(proxy.port, "/3")
            assert [seen.target for seen in upstream.seen] == ["/1", "/2", "/3"]

    asyncio.run(main())
    sessions = sealed_sessions(net.workspace)
    assert [session.tags for session in sessions] == [("smoke",)] * 3
    assert len({session.run for session in sessions}) == 1


def test_an_exchange_on_its_way_belongs_to_the_session_it_began_in(net: Net) -> None:
    """new-session waits for exchanges that have begun, so that none is torn from its session."""

    async def main() -> None:
        asked = asyncio.Event()
        go_on = asyncio.Event()

        async def answer_late(_: Seen) -> AsyncIterator[bytes]:
            asked.set()
            await go_on.wait()
            yield net.reply(200)

        async with net.upstream(answer_late) as upstream, net.proxy(upstream.base_url) as proxy:
            late = asyncio.create_task(net.get(proxy.port, "/late"))
            await asked.wait()
            closing = asyncio.create_task(net.new_session(proxy.port))
            while (await net.info(proxy.port))["active_sessions"]:
                pass
            go_on.set()
            assert (await late).status == 200
            assert len(json.loads((await closing).body)["closed"]) == 1

    asyncio.run(main())
    assert [exchange.request.target for exchange in net.recorded()] == ["/late"]


def test_exchanges_stand_in_the_order_in_which_they_began(net: Net) -> None:
    """A slow answer does not move its exchange behind those of quick ones."""

    async def main() -> None:
        first, rest = asyncio.Event(), asyncio.Event()

        async def answer(seen: Seen) -> AsyncIterator[bytes]:
            if seen.target == "/0":
                first.set()
                await rest.wait()
            yield net.reply(200)

        async with net.upstream(answer) as upstream, net.proxy(upstream.base_url) as proxy:
            slow = asyncio.create_task(net.get(proxy.port, "/0"))
            await first.wait()
            for number in range(1, 4):
                await net.get(proxy.port, f"/{number}")
            rest.set()
            await slow

    asyncio.run(main())
    assert [exchange.request.target for exchange in net.recorded()] == ["/0", "/1", "/2", "/3"]


def test_parallel_clients_are_all_recorded(net: Net) -> None:
    """Many connections at once lose and mix up nothing."""

    async def main() -> None:
        async def echo(seen: Seen) -> AsyncIterator[bytes]:
            yield net.reply(200, body=seen.target.encode())

        async with net.upstream(echo) as upstream, net.proxy(upstream.base_url) as proxy:
            replies = await asyncio.gather(*(net.get(proxy.port, f"/{number}") for number in range(40)))
            assert [reply.body.decode() for reply in replies] == [f"/{number}" for number in range(40)]

    asyncio.run(main())
    recorded = net.recorded()
    assert len(recorded) == 40
    assert all(exchange.request.target.encode() == exchange.response.body for exchange in recorded)


def test_the_control_plane_is_answered_here(net: Net) -> None:
    """Nothing below /__wraith is forwarded, whether it exists or not; what only begins like it is."""

    async def main() -> None:
        async with net.upstream(net.always(net.reply(200, body=b"up"))) as upstream:
            async with net.proxy(upstream.base_url) as proxy:
                health = await net.get(proxy.port, "/__wraith/health")
                assert json.loads(health.body) == {"status": "recording"}
                assert json.loads((await net.get(proxy.port, "/__wraith/ready")).body) == {"ready": True}
                assert (await net.get(proxy.port, "/__wraith/other")).status == 404
                assert (await net.get(proxy.port, "/__wraith")).status == 404
                assert (await net.get(proxy.port, "/__wraith/new-session")).status == 405
                assert (await net.get(proxy.port, "/__wraithful")).body == b"up"
                info = await net.info(proxy.port)
            assert [seen.target for seen in upstream.seen] == ["/__wraithful"]
            assert (info["upstream_url"], info["port"], info["exchanges"]) == (
                upstream.base_url,
                proxy.port,
                1,
            )
            assert len(info["active_sessions"]) == 1

    asyncio.run(main())


# --- recordings that cannot be written


def test_a_full_disk_ends_the_recording_but_not_the_clients_answer(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client is answered, the proxy stops, and the error says what the disk said."""

    def full(*_: object, **__: object) -> None:
        raise OperationError("cannot be written: No space left on device")

    async def main() -> None:
        ok = net.always(net.reply(200, body=b"ok"))
        async with net.upstream(ok) as upstream, net.proxy(upstream.base_url) as proxy:
            await net.get(proxy.port, "/1")
            monkeypatch.setattr("wraith.recording._writer.write_whole", full)
            assert (await net.get(proxy.port, "/2")).body == b"ok"
            await asyncio.wait({proxy.task})

    with pytest.raises(OperationError, match="No space left"):
        asyncio.run(main())
    assert [exchange.request.target for exchange in net.recorded()] == ["/1"]


class Failing:
    """A scrubber that cannot scrub."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def exchange(self, exchange: Exchange) -> Exchange:
        raise self.error


def test_a_secret_that_may_not_be_written_is_a_502_and_ends_the_recording(net: Net) -> None:
    """Policy comes before the recording: nothing is on the disk, and the run ends with the policy's error."""

    async def main() -> None:
        async with (
            net.upstream(net.always(net.reply(200, body=b"secret"))) as upstream,
            net.proxy(upstream.base_url, scrubber=Failing(PolicyError("there is no key"))) as proxy,
        ):
            reply = await net.get(proxy.port, "/")
            assert (reply.status, json.loads(reply.body)["error"]) == (502, "policy")
            await asyncio.wait({proxy.task})

    with pytest.raises(PolicyError, match="there is no key"):
        asyncio.run(main())
    assert list(net.workspace.sessions_path.rglob("*.wrec")) == []


def test_an_exchange_that_cannot_be_scrubbed_is_never_written_in_clear(net: Net) -> None:
    """A bug in the scrubber ends the recording as an operation that failed."""

    async def main() -> None:
        secret, broken = net.always(net.reply(200, body=b"secret")), Failing(ZeroDivisionError())
        async with net.upstream(secret) as upstream, net.proxy(upstream.base_url, scrubber=broken) as proxy:
            assert (await net.get(proxy.port, "/")).body == b"secret"
            await asyncio.wait({proxy.task})

    with pytest.raises(OperationError, match="ZeroDivisionError"):
        asyncio.run(main())
    assert list(net.workspace.sessions_path.rglob("*.wrec")) == []
