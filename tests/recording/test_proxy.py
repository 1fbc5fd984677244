"""The recording proxy, clause by clause, over real sockets."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from wraith.exchange import header

if TYPE_CHECKING:
    from tests.recording.conftest import Net, Seen


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
