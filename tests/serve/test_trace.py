"""``--trace`` over real sockets: an entry tells how an answer came about."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from wraith.serve import TraceLog

if TYPE_CHECKING:
    from tests.serve.conftest import Shop


def test_an_entry_tells_of_the_variant_and_of_the_guards_that_failed(shop: Shop) -> None:
    """The answer names its entry; the entry has the request, the choice, and why the others were not it."""

    async def main() -> None:
        async with shop.serve(trace=TraceLog()) as served:
            mine = {"X-Wraith-Session": "mine"}
            made = await served.client.post("/cups", json={"name": "tea"}, headers=mine)
            read = await served.client.get(f"/cups/{made.json()['id']}", headers=mine)
            entry = (await served.client.get(f"/__wraith/trace/{read.headers['x-wraith-trace']}")).json()
            assert (entry["session"], entry["route"]) == ("mine", "GET /cups/{id}")
            assert entry["request"]["target"] == f"/cups/{made.json()['id']}"
            assert (entry["chosen"], entry["status"], entry["extrapolated"]) == (0, 200, False)
            assert entry["addressed"] == {
                "entity": "cup",
                "key": made.json()["id"],
                "stored": made.json(),
            }
            chosen, other = entry["variants"]
            assert chosen["failed_guards"] == []
            assert (other["status"], other["failed_guards"]) == (404, ["entity is missing"])

    asyncio.run(main())


def test_an_entry_tells_where_each_field_came_from(shop: Shop) -> None:
    """Each place of the template has its source and its value; headers and effects are there as well."""

    async def main() -> None:
        async with shop.serve(trace=TraceLog()) as served:
            made = (await served.client.post("/cups", json={"name": "tea"})).json()
            (entry,) = (await served.client.get("/__wraith/trace/log")).json()["entries"]
            assert entry["fields"] == [
                {
                    "path": "id",
                    "class": "generated",
                    "source": entry["fields"][0]["source"],
                    "value": made["id"],
                },
                {"path": "name", "class": "echoed", "source": "request.body.name", "value": "tea"},
            ]
            assert "cup_" in entry["fields"][0]["source"]
            assert entry["headers"] == [{"name": "X-Name", "source": "request.body.name"}]
            assert entry["request"]["body"] == '{"name":"tea"}'
            assert len(entry["effects"]) == 1

    asyncio.run(main())


def test_a_constant_and_an_unknown_route_are_told_as_such(shop: Shop) -> None:
    """What nothing fills is constant; where no route matches there are near ones, and no variants."""

    async def main() -> None:
        async with shop.serve(trace=TraceLog()) as served:
            await served.client.get("/cups/x")
            await served.client.get("/cup/x")
            missing, unknown = (await served.client.get("/__wraith/trace/log")).json()["entries"]
            assert missing["fields"] == [
                {"path": "error", "class": "constant", "source": None, "value": "no such cup"}
            ]
            assert (unknown["route"], unknown["status"], unknown["variants"]) == (None, 501, [])
            assert "GET /cups/{id}" in unknown["near"]

    asyncio.run(main())


def test_support_that_fails_is_told(shop: Shop) -> None:
    """An answer that no recording backs says what it was never seen with."""

    async def main() -> None:
        async with shop.serve(trace=TraceLog()) as served:
            await served.client.post("/cups", json={"name": 7})
            (entry,) = (await served.client.get("/__wraith/trace/log")).json()["entries"]
            assert entry["extrapolated"]
            assert entry["variants"][0]["failed_support"] == ["request.body.name is a string"]

    asyncio.run(main())


def test_the_log_is_a_ring(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest entry goes first, and is a 404 then; ``after`` asks for what came since."""
    monkeypatch.setattr("wraith.serve._trace.KEPT", 2)

    async def main() -> None:
        async with shop.serve(trace=TraceLog()) as served:
            for _ in range(3):
                await served.client.get("/cups/x")
            entries = (await served.client.get("/__wraith/trace/log")).json()["entries"]
            assert [entry["id"] for entry in entries] == [2, 3]
            newer = (await served.client.get("/__wraith/trace/log?after=2")).json()["entries"]
            assert [entry["id"] for entry in newer] == [3]
            gone = await served.client.get("/__wraith/trace/1")
            assert (gone.status_code, gone.json()["error"]) == (404, "no_such_entry")

    asyncio.run(main())


def test_without_a_trace_there_is_none(shop: Shop) -> None:
    """No header on answers, and nothing at the address."""

    async def main() -> None:
        async with shop.serve() as served:
            assert "x-wraith-trace" not in (await served.client.get("/cups/x")).headers
            assert (await served.client.get("/__wraith/trace/log")).status_code == 404

    asyncio.run(main())
