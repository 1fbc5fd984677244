"""The twin's control plane."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.serve.conftest import Shop


def test_the_control_plane_says_how_the_twin_is(shop: Shop) -> None:
    """Health, readiness and what is served, with the sessions that are open."""

    async def main() -> None:
        async with shop.serve() as served:
            assert (await served.client.get("/__wraith/health")).json() == {"status": "serving"}
            assert (await served.client.get("/__wraith/ready")).json() == {"ready": True}
            await served.client.get("/cups/1")
            info = (await served.client.get("/__wraith/info")).json()
            assert info == {
                "twin": "shop",
                "address": f"http://127.0.0.1:{served.port}",
                "sessions": ["default"],
            }

    asyncio.run(main())


def test_what_the_control_plane_does_not_know_is_an_error_in_json(shop: Shop) -> None:
    """A mistyped control request does not reach the twin."""

    async def main() -> None:
        async with shop.serve() as served:
            missing = await served.client.get("/__wraith/rest")
            wrong = await served.client.get("/__wraith/reset")
            assert (missing.status_code, missing.json()["error"]) == (404, "control")
            assert (wrong.status_code, wrong.json()["error"]) == (405, "control")
            assert "/__wraith/session/<name>/state" in missing.json()["message"]
            assert wrong.headers["allow"] == "OPTIONS, POST"
            assert wrong.json()["message"] == "this part of the control plane takes OPTIONS, POST"
            assert served.logged() == []

    asyncio.run(main())


def test_reset_forgets_one_session_or_all(shop: Shop) -> None:
    """With X-Wraith-Session that session begins anew; without it all do."""

    async def main() -> None:
        async with shop.serve() as served:
            for name in ("a", "b", "c"):
                await served.client.get("/cups/1", headers={"X-Wraith-Session": name})
            one = await served.client.post("/__wraith/reset", headers={"X-Wraith-Session": "b"})
            rest = await served.client.post("/__wraith/reset")
            none = await served.client.post("/__wraith/reset", headers={"X-Wraith-Session": "b"})
            assert [answer.json()["reset"] for answer in (one, rest, none)] == [["b"], ["a", "c"], []]

    asyncio.run(main())
