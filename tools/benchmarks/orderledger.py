"""Sessions of the order ledger that no twin has seen: its scenarios by another seed, sent to a fresh server.

The server runs in this process. What it is sent and what it answers is what goes over the wire, but for the
headers that a server adds to every answer.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from recording import Service
from scenarios.orderledger import SCENARIOS

from benchmarks.processes import ROOT
from wraith.exchange import Exchange, Request, Response

UPSTREAMS = ROOT / "tests" / "upstreams"
ADDRESS = "http://127.0.0.1:8500"


@dataclass(frozen=True)
class Recorded:
    """One session, as the engines see it."""

    id: str
    started_at_ms: int
    exchanges: tuple[Exchange, ...]
    tags: tuple[str, ...] = ()

    def read(self) -> Iterable[Exchange]:
        return self.exchanges


def fresh(seed: int, sessions: int) -> list[Recorded]:
    """Return sessions with one server, which starts with empty books."""
    return list(_sessions(seed, sessions))


def _sessions(seed: int, sessions: int) -> Iterator[Recorded]:
    if str(UPSTREAMS) not in sys.path:
        sys.path.insert(0, str(UPSTREAMS))
    from orderledger import create_app  # type: ignore[import-not-found]  # a script of the tests

    with asyncio.Runner() as runner:
        upstream = _Upstream(runner, create_app(seed).test_client())
        for number in range(sessions):
            started = _now_ms()
            with upstream.service(random.Random(f"{seed}/{number}")) as service:
                SCENARIOS[number % len(SCENARIOS)](service)
            yield Recorded(f"fresh-{number + 1:04d}", started, upstream.taken())


class _Upstream:
    """The server, and what was exchanged with it."""

    def __init__(self, runner: asyncio.Runner, client: Any) -> None:
        self._runner = runner
        self._client = client
        self._exchanges: list[Exchange] = []

    def service(self, rng: random.Random) -> Service:
        """Return a session's view of it."""
        service = Service(ADDRESS, rng)
        service.http.close()
        service.http = httpx.Client(base_url=ADDRESS, transport=httpx.MockTransport(self._answer))
        return service

    def taken(self) -> tuple[Exchange, ...]:
        """Return what was exchanged since it was last asked."""
        taken, self._exchanges = tuple(self._exchanges), []
        return taken

    def _answer(self, sent: httpx.Request) -> httpx.Response:
        started = _now_ms()
        target = sent.url.raw_path.decode()
        status, headers, body = self._runner.run(self._asked(sent, target))
        request = Request(sent.method, target, tuple(_headers(sent.headers.multi_items())), sent.content)
        self._exchanges.append(
            Exchange(request, Response(status, tuple(headers), body), started, _now_ms() - started)
        )
        return httpx.Response(status, headers=headers, content=body)

    async def _asked(self, sent: httpx.Request, target: str) -> tuple[int, list[tuple[str, str]], bytes]:
        answer = await self._client.open(
            target, method=sent.method, headers=dict(sent.headers), data=sent.content
        )
        return answer.status_code, list(_headers(answer.headers.items())), await answer.get_data()


def _headers(items: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield from ((name.lower(), value) for name, value in items)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
