"""Rate limits, faults and latency over real sockets: what a client sees, and what the twin does meanwhile."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from wraith.config import FaultProfile, Latency, RateLimit
from wraith.serve import Faults, Limits, Simulation
from wraith.serve import Latency as Delays

if TYPE_CHECKING:
    from tests.serve.conftest import Shop

ANY = {"route": "*"}


def faulty(*faults: dict[str, object], seed: int = 0) -> Simulation:
    return Simulation(faults=Faults(FaultProfile.model_validate({"seed": seed, "faults": faults})))


def limited(**limit: object) -> Simulation:
    return Simulation(limits=Limits((RateLimit.model_validate(limit),), lambda: 100.0))


async def raw(port: int, request: bytes) -> bytes:
    """Send bytes and return everything that comes until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def test_an_error_is_answered_in_the_place_of_the_twin(shop: Shop) -> None:
    """Status, headers and body are those of the profile; the twin has not seen the request."""
    fault = {
        "kind": "error",
        "route": "POST /cups",
        "status": 503,
        "body": {"error": {"message": "later"}},
        "headers": {"Retry-After": "7"},
        "count": 1,
    }

    async def main() -> None:
        async with shop.serve(simulation=faulty(fault)) as served:
            origin = {"Origin": "http://localhost:3000"}
            first = await served.client.post("/cups", json={"name": "tea"}, headers=origin)
            assert (first.status_code, first.json()) == (503, {"error": {"message": "later"}})
            assert first.headers["access-control-allow-origin"] == "http://localhost:3000"
            assert first.headers["x-wraith-route"] == "POST /cups"
            assert first.headers["retry-after"] == "7"
            assert first.headers["content-type"] == "application/json"
            assert first.headers["x-wraith-provenance"] == "fault"
            assert (await served.client.get("/__wraith/info")).json()["sessions"] == []
            assert (await served.client.post("/cups", json={"name": "tea"})).status_code == 201
            logged = served.logged()
            assert [(entry["status"], entry["route"]) for entry in logged] == [
                (503, "POST /cups"),
                (201, "POST /cups"),
            ]

    asyncio.run(main())


def test_a_dropped_request_closes_the_connection_without_a_byte(shop: Shop) -> None:
    """The client sees the end of the connection, on which there was no answer; the next request is well."""

    async def main() -> None:
        async with shop.serve(simulation=faulty({"kind": "drop", "count": 1})) as served:
            assert await raw(served.port, b"GET /cups/x HTTP/1.1\r\nHost: localhost\r\n\r\n") == b""
            assert (await served.client.get("/cups/x")).status_code == 404
            assert [entry["status"] for entry in served.logged()] == [0, 404]

    asyncio.run(main())


@pytest.mark.parametrize("size", [0, 5, 9999], ids=["no body", "a part", "all of it"])
def test_a_partial_answer_ends_with_the_connection(shop: Shop, size: int) -> None:
    """The head says the whole length; so much of the body comes, then the connection closes."""

    async def main() -> None:
        async with shop.serve(simulation=faulty({"kind": "partial", "bytes": size})) as served:
            answer = await raw(served.port, b"GET /cups/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head, _, body = answer.partition(b"\r\n\r\n")
            whole = b'{"error":"no such cup"}'
            assert b"content-length: 23" in head.lower()
            assert body == whole[:size]
            if size < len(whole):
                with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
                    await served.client.get("/cups/x")

    asyncio.run(main())


def test_a_timeout_says_nothing_until_it_is_over(shop: Shop) -> None:
    """A client with a shorter patience gives up; one that waits sees the connection close."""

    async def main() -> None:
        async with shop.serve(simulation=faulty({"kind": "timeout", "delay_ms": 120})) as served:
            with pytest.raises(httpx.ReadTimeout):
                await served.client.get("/cups/x", timeout=0.03)
            started = time.perf_counter()
            assert await raw(served.port, b"GET /cups/x HTTP/1.1\r\nHost: localhost\r\n\r\n") == b""
            assert time.perf_counter() - started >= 0.11

    asyncio.run(main())


def test_a_timeout_without_an_end_lasts_until_the_client_leaves(shop: Shop) -> None:
    """The access log has the request once its client is gone."""

    async def main() -> None:
        async with shop.serve(simulation=faulty({"kind": "timeout"})) as served:
            with pytest.raises(httpx.ReadTimeout):
                await served.client.get("/cups/x", timeout=0.03)
            async with asyncio.timeout(5):
                while not served.access.total:
                    await asyncio.sleep(0.005)
            assert served.logged()[0]["status"] == 0

    asyncio.run(main())


@pytest.mark.parametrize(
    ("fault", "at_least_s"),
    [
        pytest.param({"kind": "delay", "delay_ms": 100}, 0.1, id="delay"),
        pytest.param({"kind": "throttle", "bytes_per_s": 230}, 0.09, id="throttle: 23 bytes at 230 a second"),
    ],
)
def test_a_slow_answer_is_the_same_answer(shop: Shop, fault: dict[str, object], at_least_s: float) -> None:
    """A delay comes before the answer, a throttle stretches its body; nothing is lost."""

    async def main() -> None:
        async with shop.serve(simulation=faulty(fault)) as served:
            started = time.perf_counter()
            answer = await served.client.get("/cups/x")
            assert time.perf_counter() - started >= at_least_s
            assert (answer.status_code, answer.json()) == (404, {"error": "no such cup"})

    asyncio.run(main())


def test_a_reset_begins_limits_and_faults_anew(shop: Shop) -> None:
    """A test that resets its session meets the same faults as the one before it."""

    async def main() -> None:
        simulation = faulty({"kind": "error", "status": 500, "count": 1})
        async with shop.serve(simulation=simulation) as served:
            mine = {"X-Wraith-Session": "mine"}

            async def statuses() -> list[int]:
                return [(await served.client.get("/cups/x", headers=mine)).status_code for _ in range(2)]

            assert await statuses() == [500, 404]
            await served.client.post("/__wraith/reset", headers=mine)
            assert await statuses() == [500, 404]

    asyncio.run(main())


def test_answers_tell_what_is_left_of_the_limit(shop: Shop) -> None:
    """Every answer has the RateLimit headers; the one beyond the limit is a 429 that says when to come
    back."""

    async def main() -> None:
        async with shop.serve(simulation=limited(limit=2, window_s=30)) as served:
            left = []
            for _ in range(2):
                answer = await served.client.get("/cups/x")
                assert (answer.status_code, answer.headers["ratelimit-limit"]) == (404, "2")
                left.append(answer.headers["ratelimit-remaining"])
            assert left == ["1", "0"]
            beyond = await served.client.post("/cups", json={"name": "tea"})
            assert (beyond.status_code, beyond.json()["error"]) == (429, "rate_limited")
            assert beyond.headers["retry-after"] == beyond.headers["ratelimit-reset"] == "30"
            assert beyond.headers["ratelimit-policy"] == "2;w=30"
            other = await served.client.get("/cups/x", headers={"X-Wraith-Session": "other"})
            assert other.status_code == 404

    asyncio.run(main())


def test_the_limit_comes_before_the_fault(shop: Shop) -> None:
    """What the limit refuses happens to no fault: its count goes on with the next request."""
    profile = FaultProfile.model_validate({"faults": [{"kind": "error", "status": 500, "after": 1}]})
    simulation = Simulation(
        limits=Limits((RateLimit(limit=1, route="GET *"),), lambda: 1.0), faults=Faults(profile)
    )

    async def main() -> None:
        async with shop.serve(simulation=simulation) as served:
            statuses = [(await served.client.get("/cups/x")).status_code for _ in range(2)]
            statuses.append((await served.client.delete("/cups")).status_code)
            assert statuses == [404, 429, 500]

    asyncio.run(main())


def test_latency_holds_answers_back_by_route(shop: Shop) -> None:
    """The routes of the configuration come before the rest; a route without delays answers at once."""
    config = Latency.model_validate(
        {"mode": "fixed", "ms": 80, "routes": [{"route": "DELETE *", "mode": "off"}]}
    )

    async def main() -> None:
        async with shop.serve(simulation=Simulation(latency=Delays(config, {}))) as served:
            started = time.perf_counter()
            await served.client.get("/cups/x")
            slow = time.perf_counter() - started
            started = time.perf_counter()
            await served.client.delete("/cups")
            assert (slow >= 0.08, time.perf_counter() - started < slow) == (True, True)

    asyncio.run(main())


def test_the_path_of_a_request_that_only_a_fault_saw_is_scrubbed_in_the_log(shop: Shop) -> None:
    """The log is told of paths as the twin would be."""
    from wraith.exchange import Request, Response
    from wraith.serve import Unmask

    def mask(request: Request, _: set[str]) -> tuple[Request, Unmask]:
        def same(response: Response) -> Response:
            return response

        return Request(request.method, request.target.replace("secret", "***"), request.headers), same

    async def main() -> None:
        simulation = faulty({"kind": "error", "status": 500})
        async with shop.serve(mask=mask, simulation=simulation) as served:
            await served.client.get("/cups/secret?key=secret")
            assert json.dumps(served.logged()).count("secret") == 0

    asyncio.run(main())
