"""The twin over HTTP: what its answers look like, and what happens where it has none."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from wraith.config import ScrubConfig
from wraith.exchange import Request
from wraith.runtime import Answer, Session, Twin
from wraith.scrub import Key, Scrubber, restore
from wraith.serve import masking

if TYPE_CHECKING:
    from tests.serve.conftest import Shop


class Breaking(Twin):
    """A twin whose interpreter fails where a path asks for it."""

    def respond(self, request: Request, session: Session, *, now_ms: int) -> Answer:
        if request.path == "/break":
            raise ZeroDivisionError("division by zero")
        return super().respond(request, session, now_ms=now_ms)


async def raw(port: int, request: bytes) -> bytes:
    """Send bytes and return everything that comes until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def _bare(answer: bytes) -> list[bytes]:
    """Return the status and the headers of an answer, but for what a server says of itself."""
    first, *rest = answer.lower().splitlines()
    own = (b"x-wraith-", b"connection:", b"date:", b"server:")
    return [first[:12], *(line for line in rest if line and not line.startswith(own))]


def test_a_twin_remembers_what_its_client_did(shop: Shop) -> None:
    """What one request creates, the next one reads."""

    async def main() -> None:
        async with shop.serve() as served:
            made = await served.client.post("/cups", json={"name": "tea"})
            read = await served.client.get(f"/cups/{made.json()['id']}")
            assert (made.status_code, read.status_code, read.json()) == (201, 200, made.json())
            assert made.headers["x-name"] == "tea"
            assert made.headers["content-length"] == str(len(made.content))

    asyncio.run(main())


def test_sessions_do_not_see_each_other(shop: Shop) -> None:
    """X-Wraith-Session names a state of one's own; without it there is the default one."""

    async def main() -> None:
        async with shop.serve() as served:
            mine = {"X-Wraith-Session": "mine"}
            made = (await served.client.post("/cups", json={"name": "tea"}, headers=mine)).json()
            assert (await served.client.get(f"/cups/{made['id']}")).status_code == 404
            assert (await served.client.get(f"/cups/{made['id']}", headers=mine)).status_code == 200

    asyncio.run(main())


def test_a_session_of_a_name_makes_the_same_ids_each_time(shop: Shop) -> None:
    """The name is the seed, so that a test which names its session sees the same ids in each run."""

    async def main() -> list[str]:
        async with shop.serve() as served:
            ids = []
            for name in ("a", "b", "a"):
                headers = {"X-Wraith-Session": name}
                ids.append(
                    (await served.client.post("/cups", json={"name": "tea"}, headers=headers)).json()["id"]
                )
                await served.client.post("/__wraith/reset", headers=headers)
            return ids

    first, second, again = asyncio.run(main())
    assert first == again
    assert first != second


def test_an_unknown_route_is_a_501_that_names_near_ones(shop: Shop) -> None:
    """The twin says that it has no such route; it does not pretend that the service would answer 404."""

    async def main() -> None:
        async with shop.serve() as served:
            answer = await served.client.get("/cup/1")
            assert answer.status_code == 501
            assert answer.json()["error"] == "unknown_route"
            assert "GET /cups/{id}" in answer.json()["near"]
            assert served.logged()[0]["route"] is None

    asyncio.run(main())


def test_what_no_recording_backs_is_answered_and_the_log_says_so(shop: Shop) -> None:
    """The model extrapolates, and each line of the log tells whether it did."""

    async def main() -> None:
        async with shop.serve() as served:
            assert (await served.client.post("/cups", json={"name": "tea"})).status_code == 201
            assert (await served.client.post("/cups", json={"name": 7})).status_code == 201
            assert [entry["extrapolated"] for entry in served.logged()] == [False, True]

    asyncio.run(main())


def test_answers_without_a_body_have_none(shop: Shop) -> None:
    """204 has neither body nor length; HEAD has the length that the model gives it, and nothing else."""

    async def main() -> None:
        async with shop.serve() as served:
            gone = await raw(served.port, b"DELETE /cups HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert _bare(gone) == [b"http/1.1 204"]
            head = await raw(served.port, b"HEAD /cups HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert _bare(head) == [b"http/1.1 200", b"content-length: 42"]

    asyncio.run(main())


def test_head_has_the_headers_of_get(shop: Shop) -> None:
    """Also the length, of the body as it would be sent: with addresses of the twin."""

    async def main() -> None:
        async with shop.serve() as served:
            made = await served.client.post("/cups", json={"name": "at https://api.example.com/v1/x"})
            for path in (f"/cups/{made.json()['id']}", "/cups/none"):
                get, head = await served.client.get(path), await served.client.head(path)
                assert head.status_code == get.status_code
                assert head.headers == get.headers
                assert int(head.headers["content-length"]) == len(get.content)
                assert head.content == b""

    asyncio.run(main())


def test_a_failure_of_the_twin_is_a_500_that_names_the_request(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """The client reads what failed, the log has the traceback, and the next request is answered."""

    async def main() -> None:
        async with shop.serve(kind=Breaking) as served:
            answer = await served.client.get("/break?x=1")
            assert answer.status_code == 500
            assert "GET /break: the twin failed with ZeroDivisionError" in answer.json()["message"]
            assert (await served.client.post("/cups", json={"name": "tea"})).status_code == 201
            assert [entry["status"] for entry in served.logged()] == [500, 201]

    asyncio.run(main())
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_body_above_the_limit_is_a_413(shop: Shop, framing: str) -> None:
    """The client gets its answer although it was still sending, and the connection survives."""
    body = b"x" * 200_000

    async def main() -> None:
        async def pieces() -> object:
            yield body

        async with shop.serve() as served:
            content = body if framing == "length" else pieces()
            answer = await served.client.post("/cups", content=content)  # type: ignore[arg-type]  # an iterator
            assert answer.status_code == 413
            assert "larger than 1000 bytes" in answer.json()["message"]
            assert (await served.client.post("/cups", json={"name": "tea"})).status_code == 201

    asyncio.run(main())


def test_a_body_that_does_not_come_is_a_408(shop: Shop) -> None:
    """A client that stalls is told, and keeps nobody waiting."""

    async def main() -> None:
        async with shop.serve(body_timeout_s=0.05) as served:
            answer = await raw(
                served.port, b"POST /cups HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
            )
            assert answer.startswith(b"HTTP/1.1 408")
            assert b'"error":"timeout"' in answer

    asyncio.run(main())


def test_a_client_that_leaves_midway_disturbs_nobody(shop: Shop) -> None:
    """A request that was never complete is neither answered nor logged."""

    async def main() -> None:
        async with shop.serve() as served:
            _, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(b"POST /cups HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            assert (await served.client.post("/cups", json={"name": "tea"})).status_code == 201
            assert len(served.logged()) == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "status", "header"),
    [
        ("tea", 201, "tea"),
        ("caf\u00e9", 201, "caf\u00e9"),
        ("\u8336", 201, "\u8336"),
        ("tea\r\nSet-Cookie: a=1", 500, None),
    ],
)
def test_an_echo_cannot_write_headers_of_its_own(
    shop: Shop, name: str, status: int, header: str | None
) -> None:
    """Text of any script may be echoed in a header; a line break in one is a failure of the twin."""

    async def main() -> None:
        async with shop.serve() as served:
            answer = await served.client.post("/cups", json={"name": name})
            assert answer.status_code == status
            assert "set-cookie" not in answer.headers
            if header is not None:
                raw_value = {name.lower(): value for name, value in answer.headers.raw}[b"x-name"]
                assert raw_value in (header.encode(), header.encode("latin-1", "ignore"))

    asyncio.run(main())


SECRET = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"


def test_the_twin_sees_requests_as_recordings_do(shop: Shop) -> None:
    """A secret is a token in the twin's state, and itself again where it is echoed to its client."""
    key = Key(b"0123456789abcdef", "environment")
    scrubber = Scrubber(ScrubConfig(), key)
    seen: list[Request] = []

    class Watching(Twin):
        def respond(self, request: Request, session: Session, *, now_ms: int) -> Answer:
            seen.append(request)
            return super().respond(request, session, now_ms=now_ms)

    async def main() -> None:
        mask = masking(scrubber.request, restore, scrubber.secrets)
        async with shop.serve(kind=Watching, mask=mask) as served:
            answer = await served.client.post("/cups", json={"name": SECRET})
            assert answer.json()["name"] == SECRET
            assert answer.headers["content-length"] == str(len(answer.content))
            again = await served.client.get(f"/cups/{answer.json()['id']}?api_key={SECRET}")
            assert again.status_code == 200
            assert SECRET not in json.dumps(served.logged())

    asyncio.run(main())
    assert len(seen) == 2
    assert SECRET.encode() not in seen[0].body
    assert SECRET not in seen[1].target
