"""What the proxy does with streams, and with clients and upstreams that fail."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import h11
import pytest

from wraith.exchange import Truncated, header

if TYPE_CHECKING:
    from tests.recording.conftest import Net, Seen


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# --- streams


def test_answers_stream(net: Net) -> None:
    """The client has the first piece of an answer while the upstream still makes the second."""

    async def main() -> None:
        seen_first = asyncio.Event()

        async def slowly(_: Seen) -> AsyncIterator[bytes]:
            yield net.reply(200, ("Transfer-Encoding", "chunked"), length=False) + b"5\r\nfirst\r\n"
            await seen_first.wait()
            yield b"6\r\nsecond\r\n0\r\n\r\n"

        async with net.upstream(slowly) as upstream, net.proxy(upstream.base_url) as proxy:
            reader, writer = await net.connect(proxy.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.readuntil(b"first\r\n")).startswith(b"HTTP/1.1 200")
            seen_first.set()
            assert await reader.readuntil(b"0\r\n\r\n") == b"6\r\nsecond\r\n0\r\n\r\n"

    asyncio.run(main())
    assert net.recorded()[0].response.body == b"firstsecond"


@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "with-a-length"])
def test_requests_stream(net: Net, chunked: bool) -> None:
    """The upstream has the first piece of a request while the client still makes the second."""

    async def main() -> None:
        async with (
            net.upstream(net.always(net.reply(200))) as upstream,
            net.proxy(upstream.base_url) as proxy,
        ):
            reader, writer = await net.connect(proxy.port)
            framing, first, second = (
                (b"Transfer-Encoding: chunked", b"5\r\nfirst\r\n", b"6\r\nsecond\r\n0\r\n\r\n")
                if chunked
                else (b"Content-Length: 11", b"first", b"second")
            )
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\n" + first)
            assert await upstream.chunks.get() == b"first"
            writer.write(second)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            assert upstream.seen[0].body == b"firstsecond"
            assert upstream.seen[0].header("transfer-encoding") == ("chunked" if chunked else None)

    asyncio.run(main())
    request = net.recorded()[0].request
    assert request.body == b"firstsecond"
    assert header(request.headers, "transfer-encoding") is None


def test_a_client_that_expects_to_be_told_to_continue_is_told(net: Net) -> None:
    """100 Continue comes from the proxy, so that the body can stream on."""

    async def main() -> None:
        async with (
            net.upstream(net.always(net.reply(200))) as upstream,
            net.proxy(upstream.base_url) as proxy,
        ):
            reader, writer = await net.connect(proxy.port)
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
            writer.write(b"ok")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            assert upstream.seen[0].body == b"ok"

    asyncio.run(main())


def test_bodies_above_the_limit_pass_and_are_recorded_as_digest_and_size(net: Net) -> None:
    """The limit is the recording's, not the client's or the upstream's."""
    sent, came = b"r" * 300_000, b"a" * 400_000

    async def main() -> None:
        async with net.upstream(net.always(net.reply(200, body=came))) as upstream:
            async with net.proxy(upstream.base_url, max_body_bytes=1000) as proxy:
                head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(sent)}\r\n\r\n".encode()
                reply = await net.ask(proxy.port, head + sent)
            assert reply.body == came
            assert upstream.seen[0].body == sent

    asyncio.run(main())
    exchange = net.recorded()[0]
    for message, body in ((exchange.request, sent), (exchange.response, came)):
        expected = Truncated("sha256:" + hashlib.sha256(body).hexdigest(), len(body))
        assert (message.body, message.truncated) == (b"", expected)


def test_what_a_client_has_seen_complete_is_on_the_disk(net: Net) -> None:
    """The last byte of an answer leaves after its exchange is a file, whatever the framing."""

    async def main() -> None:
        async def either(seen: Seen) -> AsyncIterator[bytes]:
            if seen.target == "/chunked":
                yield net.reply(200, ("Transfer-Encoding", "chunked"), length=False) + b"2\r\nok\r\n0\r\n\r\n"
            else:
                yield net.reply(200, body=b"ok")

        async with net.upstream(either) as upstream, net.proxy(upstream.base_url) as proxy:
            for count, target in enumerate(["/length", "/chunked", "/length"], start=1):
                await net.get(proxy.port, target)
                assert len(list(net.workspace.sessions_path.glob("*/*.wrec"))) == count

    asyncio.run(main())


# --- clients and upstreams that fail


def test_an_upstream_that_is_down_is_a_502_with_a_reason(net: Net) -> None:
    """The client learns what is wrong, and recording goes on when the upstream does."""
    base_url = f"http://127.0.0.1:{closed_port()}"

    async def main() -> None:
        async with net.proxy(base_url) as proxy:
            reply = await net.ask(proxy.port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok")
            document = json.loads(reply.body)
            assert (reply.status, reply.header("content-type")) == (502, "application/json")
            assert document["error"] == "upstream"
            assert base_url in document["message"]

    asyncio.run(main())
    assert net.recorded() == []


def test_a_client_with_much_to_send_gets_its_502_as_well(net: Net) -> None:
    """The answer is not lost with a connection that is closed on a client which still sends."""

    async def main() -> None:
        async with net.proxy(f"http://127.0.0.1:{closed_port()}") as proxy:
            head = b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"
            assert (await net.ask(proxy.port, head + b"x" * 5_000_000)).status == 502

    asyncio.run(main())


def test_an_upstream_that_dies_before_it_answers_is_a_502(net: Net) -> None:
    """A connection closed without an answer is the upstream's failure, and is said to be."""

    async def main() -> None:
        async def die(_: Seen) -> AsyncIterator[bytes]:
            raise net.Died
            yield b""

        async with net.upstream(die) as upstream, net.proxy(upstream.base_url) as proxy:
            assert (await net.get(proxy.port, "/")).status == 502

    asyncio.run(main())
    assert net.recorded() == []


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
def test_an_upstream_that_dies_midway_cuts_the_client_off(net: Net, framing: str) -> None:
    """Half an answer does not pass for a whole one, with the client or in the recording; others are
    recorded."""

    async def main() -> None:
        async def die(seen: Seen) -> AsyncIterator[bytes]:
            if seen.target == "/whole":
                yield net.reply(200)
                return
            yield f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode() + b"4\r\nhalf\r\n"
            raise net.Died

        async with net.upstream(die) as upstream, net.proxy(upstream.base_url) as proxy:
            with pytest.raises(h11.RemoteProtocolError):
                await net.get(proxy.port, "/half")
            assert (await net.get(proxy.port, "/whole")).status == 200

    asyncio.run(main())
    assert [exchange.request.target for exchange in net.recorded()] == ["/whole"]


def test_an_idle_connection_that_the_upstream_closed_costs_nothing(net: Net) -> None:
    """A service that closes connections without saying so is asked again on a new one."""

    async def main() -> None:
        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(net.reply(200))
            await writer.drain()
            await reader.read(1)  # the next request has begun, and gets no answer
            writer.transport.abort()

        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, net.proxy(f"http://127.0.0.1:{port}") as proxy:
            replies = [await net.get(proxy.port, "/") for _ in range(3)]
            assert [reply.status for reply in replies] == [200, 200, 200]

    asyncio.run(main())
    assert len(net.recorded()) == 3


def test_a_client_that_leaves_before_the_answer_leaves_a_whole_exchange(net: Net) -> None:
    """The service did what it was asked to, so what comes later depends on it: the exchange is recorded."""

    async def main() -> None:
        gone, asked = asyncio.Event(), asyncio.Event()

        async def answer_late(_: Seen) -> AsyncIterator[bytes]:
            asked.set()
            await gone.wait()
            yield net.reply(201, body=b"made")

        async with net.upstream(answer_late) as upstream, net.proxy(upstream.base_url) as proxy:
            _, writer = await net.connect(proxy.port)
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok")
            await asked.wait()
            writer.close()
            await writer.wait_closed()
            gone.set()
            async with asyncio.timeout(5):
                while not list(net.workspace.sessions_path.glob("*/*.wrec")):
                    await asyncio.sleep(0.005)

    asyncio.run(main())
    assert net.recorded()[0].response.body == b"made"


def test_an_endless_answer_ends_when_its_client_leaves(net: Net) -> None:
    """The upstream is let go, and what was never complete is not recorded."""

    async def main() -> None:
        async def tick(_: Seen) -> AsyncIterator[bytes]:
            yield net.reply(200, ("Transfer-Encoding", "chunked"), length=False)
            yield b"4\r\ntick\r\n"
            await asyncio.Event().wait()

        async with net.upstream(tick) as upstream, net.proxy(upstream.base_url) as proxy:
            reader, writer = await net.connect(proxy.port)
            writer.write(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            await reader.readuntil(b"tick")
            writer.close()
            await writer.wait_closed()
            async with asyncio.timeout(5):
                while (await net.info(proxy.port))["pending"]:
                    await asyncio.sleep(0.005)

    asyncio.run(main())
    assert net.recorded() == []


def test_a_client_that_leaves_midway_through_its_request_leaves_nothing(net: Net) -> None:
    """A request that never was complete is not forwarded as one, nor recorded."""

    async def main() -> None:
        async with (
            net.upstream(net.always(net.reply(200))) as upstream,
            net.proxy(upstream.base_url) as proxy,
        ):
            _, writer = await net.connect(proxy.port)
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
            await upstream.chunks.get()
            writer.close()
            await writer.wait_closed()
            async with asyncio.timeout(5):
                while (await net.info(proxy.port))["pending"]:
                    await asyncio.sleep(0.005)

    asyncio.run(main())
    assert net.recorded() == []
