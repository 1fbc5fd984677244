"""Strict fidelity: recorded responses, verbatim."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from wraith.canonical import JsonValue
from wraith.config import Serve
from wraith.exchange import Exchange, Request, Response
from wraith.serve._replay import Progress, Replay, digest

if TYPE_CHECKING:
    from tests.serve.conftest import Shop

JSON = (("Content-Type", "application/json"),)


@dataclass(frozen=True)
class Recorded:
    """A session in memory."""

    id: str
    exchanges: Sequence[Exchange]

    def read(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    def exchange(self, index: int) -> Exchange:
        return self.exchanges[index - 1]


def exchange(method: str, target: str, answer: JsonValue, body: JsonValue = None) -> Exchange:
    sent = json.dumps(body).encode() if body is not None else b""
    # white space that no interpreter would write
    response = Response(201 if body is not None else 200, JSON, json.dumps(answer, indent=3).encode())
    return Exchange(Request(method, target, JSON if sent else (), sent), response)


def visit(name: str, cup: str) -> Recorded:
    """A session that makes a cup, looks at it, and lists all, twice."""
    return Recorded(
        name,
        [
            exchange("POST", "/cups", {"id": cup}, {"name": "tea"}),
            exchange("GET", f"/cups/{cup}", {"id": cup}),
            exchange("GET", "/cups?all=1", {"n": 1, "in": name}),
            exchange("GET", "/cups?all=1", {"n": 2, "in": name}),
        ],
    )


STRICT = Serve(fidelity="strict")
VISITS = (visit("one", "cup_a"), visit("two", "cup_b"))


def test_a_recorded_request_is_answered_byte_by_byte(shop: Shop) -> None:
    """With the ids of the recording, its white space, and the word that it is recorded."""

    async def main() -> None:
        async with shop.serve(settings=STRICT, recordings=VISITS) as served:
            made = await served.client.post("/cups", content=b'{ "name":"tea" }', headers=dict(JSON))
            assert (made.status_code, made.content) == (201, b'{\n   "id": "cup_a"\n}')
            assert made.headers["x-wraith-provenance"] == "recorded"
            assert made.headers["x-wraith-route"] == "POST /cups"
            read = await served.client.get("/cups/cup_a")
            assert read.json() == {"id": "cup_a"}

    asyncio.run(main())


def test_responses_come_in_recorded_order_in_each_session(shop: Shop) -> None:
    """The last one stays; another session, and the same one after a reset, begin with the first."""

    async def main() -> None:
        async with shop.serve(settings=STRICT, recordings=VISITS) as served:

            async def count(session: str) -> int:
                answer = await served.client.get("/cups?all=1", headers={"X-Wraith-Session": session})
                number: int = answer.json()["n"]
                return number

            assert [await count("x"), await count("x"), await count("x"), await count("y")] == [1, 2, 2, 1]
            await served.client.post("/__wraith/reset", headers={"X-Wraith-Session": "x"})
            assert await count("x") == 1

    asyncio.run(main())


def test_a_client_follows_the_session_that_knows_its_requests() -> None:
    """What only the second session asked leads there, and what both asked comes from it from then on."""
    replay, progress = Replay(VISITS), Progress()

    def ask(target: str) -> bytes:
        found = replay.answer(Request("GET", target), progress)
        assert found is not None
        return found.body

    assert b'"one"' in ask("/cups?all=1")
    assert b"cup_b" in ask("/cups/cup_b")
    assert b'"two"' in ask("/cups?all=1")


@pytest.mark.parametrize(
    ("method", "target", "body", "nearest", "differs"),
    [
        ("POST", "/cups", {"name": "milk"}, "/cups", ["body.name"]),
        ("POST", "/cups", {"name": "tea", "size": 3}, "/cups", ["body.size"]),
        ("GET", "/cups?all=2", None, "/cups?all=1", ["query"]),
        ("GET", "/cups/cup_z", None, "/cups/cup_a", ["path"]),
        ("PUT", "/cups/cup_a", None, "/cups/cup_a", ["method"]),
    ],
    ids=["other body", "more body", "other query", "other path", "other method"],
)
def test_a_request_that_was_not_recorded_is_told_the_nearest(
    shop: Shop, method: str, target: str, body: JsonValue, nearest: str, differs: list[str]
) -> None:
    """501, with the request that is most like it, where it stands, and what differs."""

    async def main() -> None:
        async with shop.serve(settings=STRICT, recordings=VISITS) as served:
            answer = await served.client.request(method, target, json=body)
            found = answer.json()
            assert (answer.status_code, found["error"]) == (501, "not_recorded")
            assert answer.headers["x-wraith-provenance"] == "miss"
            assert (found["nearest"]["target"], found["nearest"]["differs"]) == (nearest, differs)
            assert found["nearest"]["session"] == "one"

    asyncio.run(main())


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (
            Request("POST", "/a", JSON, b'{"a":1,"b":2}'),
            Request("POST", "/a", JSON, b'{"b": 2, "a": 1}'),
            True,
        ),
        (Request("POST", "/a", JSON, b'{"a":1}'), Request("POST", "/a", JSON, b'{"a":"1"}'), False),
        (Request("GET", "/a", (("Authorization", "x"),)), Request("GET", "/a"), False),
        (Request("GET", "/a", (("Accept", "x"),)), Request("GET", "/a"), True),
        (Request("GET", "/a?b=1"), Request("GET", "/a?b=2"), False),
    ],
    ids=["order of members", "other type", "credential", "other header", "query"],
)
def test_what_makes_two_requests_the_same(one: Request, two: Request, same: bool) -> None:
    """Method, target, credential, and the document in the body."""
    assert (digest(one) == digest(two)) is same
