"""Where answers say that they came from."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wraith.config import FixtureSets

if TYPE_CHECKING:
    from tests.serve.conftest import Shop

SETS: FixtureSets = {"": {"cup": {"old": {"id": "old", "name": "chipped"}}}}


def test_every_answer_says_where_it_came_from(shop: Shop) -> None:
    """The model's template, an entity of the fixtures, or nowhere; and the route, where there is one."""

    async def main() -> None:
        async with shop.serve(sets=SETS) as served:
            made = await served.client.post("/cups", json={"name": "tea"})
            answers = {
                "template, POST /cups": made,
                "template, GET /cups/{id}": await served.client.get(f"/cups/{made.json()['id']}"),
                "fixture, GET /cups/{id}": await served.client.get("/cups/old"),
                "miss, none": await served.client.get("/plates"),
            }
            too_large = await served.client.post("/cups", content=b"x" * 2000)
            for told, answer in (*answers.items(), ("miss, none", too_large)):
                headers = answer.headers
                assert f"{headers['x-wraith-provenance']}, {headers['x-wraith-route']}" == told

    asyncio.run(main())
