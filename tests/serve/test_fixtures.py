"""Fixture sets over HTTP: chosen when a session begins, and then for good."""

from __future__ import annotations

import asyncio

import httpx

from wraith.config import FixtureSets

SETS: FixtureSets = {
    "": {"cup": {"old": {"id": "old", "name": "chipped"}}},
    "party": {"cup": {"gold": {"id": "gold", "name": "golden"}}},
    "wake": {"cup": {"old": {"id": "old", "name": "black"}}},
}


async def get(client: httpx.AsyncClient, cup: str, session: str = "", fixture: str = "") -> httpx.Response:
    headers = {"X-Wraith-Session": session} | ({"X-Wraith-Fixture": fixture} if fixture else {})
    return await client.get(f"/cups/{cup}", headers=headers)


def test_a_session_begins_with_the_set_that_it_asks_for(shop) -> None:
    """Without one with the default fixtures alone, which are in every set."""

    async def scenario() -> None:
        async with shop.serve(sets=SETS) as served:
            assert (await get(served.client, "old")).json()["name"] == "chipped"
            assert (await get(served.client, "gold")).status_code == 404
            assert (await get(served.client, "gold", "p", "party")).json()["name"] == "golden"
            assert (await get(served.client, "old", "p")).json()["name"] == "chipped"
            assert (await get(served.client, "old", "w", "wake")).json()["name"] == "black"
            assert (await get(served.client, "gold", "other")).status_code == 404

    asyncio.run(scenario())


def test_a_set_that_does_not_exist_is_refused(shop) -> None:
    """With the names that exist, and no session begins."""

    async def scenario() -> None:
        async with shop.serve(sets=SETS) as served:
            refused = await get(served.client, "old", "s", "wedding")
            assert refused.status_code == 400
            assert refused.json()["error"] == "unknown_fixture"
            assert "default, party, wake" in refused.json()["message"]
            assert (await served.client.get("/__wraith/info")).json()["sessions"] == []

    asyncio.run(scenario())


def test_a_session_keeps_the_set_that_it_began_with(shop) -> None:
    """Another one is a conflict; the same one, and none, are not; after a reset it may be another."""

    async def scenario() -> None:
        async with shop.serve(sets=SETS) as served:
            for fixture, status in (
                ("party", 200),
                ("wake", 409),
                ("default", 409),
                ("party", 200),
                ("", 200),
            ):
                assert (await get(served.client, "old", "s", fixture)).status_code == status
            told = (await get(served.client, "old", "s", "wake")).json()
            assert (told["error"], "'party'" in told["message"]) == ("other_fixture", True)
            await served.client.post("/__wraith/reset", headers={"X-Wraith-Session": "s"})
            assert (await get(served.client, "old", "s", "wake")).json()["name"] == "black"

    asyncio.run(scenario())


def test_the_server_may_choose_for_those_who_do_not(shop) -> None:
    """``default`` is how a client asks for no set all the same."""

    async def scenario() -> None:
        async with shop.serve(sets=SETS, fixtures="party") as served:
            assert (await get(served.client, "gold")).status_code == 200
            assert (await get(served.client, "gold", "plain", "default")).status_code == 404

    asyncio.run(scenario())
