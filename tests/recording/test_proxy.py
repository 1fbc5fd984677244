"""The recording proxy, clause by clause, over real sockets."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import h11
import pytest

from wraith.errors import OperationError, PolicyError
from wraith.exchange import Exchange, Truncated, header
from wraith.recording import sealed_sessions

if TYPE_CHECKING:
    from tests.recording.conftest import Net, Seen


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# --- what goes through


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE"])
def test_any_method_is_forwarded_and_recorded(net: Net, method: str) -> None:
    """The method is nobody's business but the service's."""

    async def main() -> None:
        async with net.upstream(net.always(net.reply(200, body=b"ok"))) as upstream:
            async with net.proxy(upstream.base_url) as proxy:
                reply = await net.ask(proxy.port, f"{method} /a HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert (reply.status, reply.body, upstream.seen[0].method) == (200, b"ok", method)

    asyncio.run(main())
    assert [exchange.request.method for exchange in net.recorded()] == [method]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/a%2Fb//c/../d;e",
        "/a?b=c&b=%20d&&e",
        "/a?",
        "/caf%C3%A9?q={[]}",
        "*",
    ],
)
def test_targets_are_forwarded_byte_for_byte(net: Net, target: str) -> None:
    """No escape, dot segment or doubled slash of a target is tidied up."""
    method = "OPTIONS" if target == "*" else "GET"

    async def main() -> None:
        async with net.upstream(net.always(net.reply(200))) as upstream:
            async with net.proxy(upstream.base_url) as proxy:
                await net.ask(proxy.port, f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1"))
            assert upstream.seen[0].target == target

    asyncio.run(main())
    assert net.recorded()[0].request.target == target


@pytest.mark.parametrize(
    ("base_path", "target", "seen"),
    [
        pytest.param("", "http://shop.test/a?b=c", "/a?b=c", id="absolute-form"),
        pytest.param("", "http://shop.test", "/", id="absolute-form-without-a-path"),
        pytest.param("/v1", "/a?b", "/v1/a?b", id="below-the-path-of-the-base-url"),
    ],
)
def test_the_upstream_gets_the_origin_form_below_its_base_path(
    net: Net, base_path: str, target: str, seen: str
) -> None:
    """Whatever form the client uses, the upstream sees a path, and the recording one below the base URL."""

    async def main() -> None:
        async with net.upstream(net.always(net.reply(200))) as upstream:
            async with net.proxy(upstream.base_url + base_path) as proxy:
                await net.ask(proxy.port, f"GET {target} HTTP/1.1\r\nHost: shop.test\r\n\r\n".encode())
            assert upstream.seen[0].target == seen

    asyncio.run(main())
    assert net.recorded()[0].request.target == seen.removeprefix(base_path)


def test_headers_go_through_with_their_case_order_and_duplicates(net: Net) -> None:
    """End-to-end headers reach the other side as they were sent, in both directions."""
    answer = net.reply(
        201,
        ("X-One", "1"),
        ("Set-Cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("ETag", "\u00e9"),
        body=b"\x00\xff",
    )

    async def main() -> None:
        async with net.upstream(net.always(answer)) as upstream:
            async with net.proxy(upstream.base_url) as proxy:
                reply = await net.get(proxy.port, "/", "X-B: 2", "x-a: 1", "X-B: 3", "Cookie: a=1; b=2")
            sent = upstream.seen[0].headers
            assert sent[1:] == [("X-B", "2"), ("x-a", "1"), ("X-B", "3"), ("Cookie", "a=1; b=2")]
            assert reply.headers == [
                ("X-One", "1"),
                ("Set-Cookie", "a=1"),
                ("set-cookie", "b=2"),
                ("ETag", "\u00e9"),
                ("Content-Length", "2"),
            ]

    asyncio.run(main())
    exchange = net.recorded()[0]
    assert exchange.request.headers[1:3] == (("X-B", "2"), ("x-a", "1"))
    assert exchange.response.headers[1:3] == (("Set-Cookie", "a=1"), ("set-cookie", "b=2"))
    assert exchange.response.body == b"\x00\xff"


def test_hop_by_hop_and_private_headers_stay_here(net: Net) -> None:
    """What speaks to the next hop, what Connection names, and X-Wraith-* reach neither upstream nor
    recording."""
    answer = net.reply(
        200, ("Connection", "X-Hop"), ("X-Hop", "1"), ("Keep-Alive", "timeout=5"), ("X-End", "1")
    )
    request = (
        "Connection: keep-alive, X-Mine",
        "X-Mine: 1",
        "TE: trailers",
        "X-Wraith-Session: s",
        "X-End: 1",
    )

    async def main() -> None:
        async with net.upstream(net.always(answer)) as upstream:
            async with net.proxy(upstream.base_url) as proxy:
                reply = await net.get(
                    proxy.port, "/", *request, "X-Wraith-Anything: 1", "Proxy-Connection: close"
                )
            assert [name for name, _ in upstream.seen[0].headers] == ["Host", "X-End"]
            assert [name for name, _ in reply.headers] == ["X-End", "Content-Length"]

    asyncio.run(main())
    exchange = net.recorded()[0]
    assert [name for name, _ in exchange.request.headers] == ["Host", "X-End"]
    assert [name for name, _ in exchange.response.headers] == ["X-End", "Content-Length"]


@pytest.mark.parametrize(("preserve_host", "host"), [(False, "{upstream}"), (True, "shop.example:81")])
def test_the_host_is_the_upstreams_unless_it_is_preserved(net: Net, preserve_host: bool, host: str) -> None:
    """The recorded Host is the one that the upstream saw, so that addresses in its answers can be told from
    it."""

    async def main() -> str:
        async with net.upstream(net.always(net.reply(200))) as upstream:
            async with net.proxy(upstream.base_url, preserve_host=preserve_host) as proxy:
                await net.ask(proxy.port, b"GET / HTTP/1.1\r\nHost: shop.example:81\r\n\r\n")
            seen = upstream.seen[0].header("host")
            assert seen == host.format(upstream=upstream.base_url.removeprefix("http://"))
            return seen

    seen = asyncio.run(main())
    assert header(net.recorded()[0].request.headers, "host") == seen


def test_redirects_and_cookies_lead_back_to_the_proxy_and_are_recorded_as_sent(net: Net) -> None:
    """A redirect is passed on, not followed; the client is led to the proxy, the recording to the
    upstream."""

    async def main() -> str:
        async def redirect(seen: Seen) -> AsyncIterator[bytes]:
            there = f"http://{seen.header('host')}/b"
            yield net.reply(302, ("Location", there), ("Set-Cookie", "a=1; Domain=127.0.0.1; Path=/"))

        async with net.upstream(redirect) as upstream:
            async with net.proxy(upstream.base_url) as proxy:
                reply = await net.get(proxy.port, "/a")
            assert (reply.status, len(upstream.seen)) == (302, 1)
            assert reply.header("location") == f"{proxy.url}/b"
            assert reply.header("set-cookie") == "a=1; Path=/"
            return upstream.base_url

    base_url = asyncio.run(main())
    headers = net.recorded()[0].response.headers
    assert header(headers, "location") == f"{base_url}/b"
    assert header(headers, "set-cookie") == "a=1; Domain=127.0.0.1; Path=/"


def test_a_coded_body_reaches_the_client_as_it_is_and_the_recording_in_clear(net: Net) -> None:
    """The client asked for gzip and gets it; what is learned from is the document."""
    document = b'{"id": 1}'
    coded = gzip.compress(document)

    async def main() -> None:
        async with net.upstream(
            net.always(net.reply(200, ("Content-Encoding", "gzip"), body=coded))
        ) as upstream:
            async with net.proxy(upstream.base_url) as proxy:
                reply = await net.get(proxy.port, "/", "Accept-Encoding: gzip")
            assert upstream.seen[0].header("accept-encoding") == "gzip"
            assert (reply.body, reply.header("content-encoding")) == (coded, "gzip")

    asyncio.run(main())
    response = net.recorded()[0].response
    assert (response.body, header(response.headers, "content-encoding")) == (document, None)


@pytest.mark.parametrize(
    ("request_line", "answer", "length"),
    [
        pytest.param("HEAD / HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n", "42", id="head"),
        pytest.param(
            "HEAD / HTTP/1.1",
            "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n",
            None,
            id="head-chunked",
        ),
        pytest.param("GET / HTTP/1.1", "HTTP/1.1 204 None\r\nX-A: 1\r\n\r\n", None, id="204"),
        pytest.param("GET / HTTP/1.1", 'HTTP/1.1 304 Same\r\nETag: "1"\r\n\r\n', None, id="304"),
        pytest.param(
            "GET / HTTP/1.1", "HTTP/1.1 304 Same\r\nContent-Length: 42\r\n\r\n", "42", id="304-with-length"
        ),
        pytest.param("GET / HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "0", id="empty"),
    ],
)
def test_answers_without_a_body_end_where_they_should(
    net: Net, request_line: str, answer: str, length: str | None
) -> None:
    """No body is waited for, none is invented, and the connection to the upstream can be used again."""

    async def main() -> None:
        async with (
            net.upstream(net.always(answer.encode())) as upstream,
            net.proxy(upstream.base_url) as proxy,
        ):
            for _ in range(2):
                reply = await net.ask(proxy.port, f"{request_line}\r\nHost: x\r\n\r\n".encode())
                assert (reply.status, reply.body) == (int(answer[9:12]), b"")
                assert reply.header("content-length") == length
            assert len(upstream.connections) == 1

    asyncio.run(main())
    assert [exchange.response.body for exchange in net.recorded()] == [b"", b""]


def test_an_answer_that_ends_with_its_connection_is_whole(net: Net) -> None:
    """A service of HTTP/1.0's manners, without length and chunks, is recorded like any other."""

    async def main() -> None:

        server = await asyncio.start_server(once, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, net.proxy(f"http://127.0.0.1:{port}") as proxy:
            reply = await net.get(proxy.port, "/")
            assert (reply.status, reply.body) == (200, b"all of it")

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nall of it")
        writer.close()
        await writer.wait_closed()

    asyncio.run(main())
    assert net.recorded()[0].response.body == b"all of it"


@pytest.mark.parametrize(
    ("request_head", "protocol"),
    [
        pytest.param(
            "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket", "websocket", id="websocket"
        ),
        pytest.param(
            "GET /ws HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "websocket",
            id="websocket-handshake",
        ),
        pytest.param(
            "POST / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: TLS/1.3", "TLS/1.3", id="other-protocol"
        ),
        pytest.param("CONNECT shop.test:443 HTTP/1.1", "CONNECT", id="connect"),
    ],
)
def test_upgrades_are_refused_with_a_501_that_says_so(net: Net, request_head: str, protocol: str) -> None:
    """A protocol that is no request and answer cannot be recorded, and the client is told, not left
    hanging."""

    async def main() -> None:
        async with net.upstream(net.always(net.reply(200))) as upstream:
            async with net.proxy(upstream.base_url) as proxy:
                reader, writer = await net.connect(proxy.port)
                writer.write(f"{request_head}\r\nHost: x\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                document = json.loads(await reader.readexactly(length))
            assert head.startswith(b"HTTP/1.1 501")
            assert document["error"] == "upgrade"
            assert protocol in document["message"]
            assert upstream.seen == []

    asyncio.run(main())
    assert net.recorded() == []


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
                while (await _info(net, proxy.port))["pending"]:
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
                while (await _info(net, proxy.port))["pending"]:
                    await asyncio.sleep(0.005)

    asyncio.run(main())
    assert net.recorded() == []


# --- sessions and the control plane


async def _info(net: Net, port: int) -> dict[str, int]:
    document: dict[str, int] = json.loads((await net.get(port, "/__wraith/info")).body)
    return document


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
            while (await _info(net, proxy.port))["active_sessions"]:
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
                info = await _info(net, proxy.port)
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
