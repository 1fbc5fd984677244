"""Where answers say that they came from."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wraith.canonical import JsonValue
from wraith.config import FixtureSets
from wraith.exchange import Request
from wraith.runtime import Twin
from wraith.serve._provenance import provenance
from wraith.serve._sessions import Sessions
from wraith.wir import model_from_json

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
            for told, answer in (*answers.items(), ("miss, POST /cups", too_large)):
                headers = answer.headers
                assert f"{headers['x-wraith-provenance']}, {headers['x-wraith-route']}" == told

    asyncio.run(main())


LOCKED: JsonValue = [
    {
        "method": "GET",
        "path_pattern": "/shop",
        "state_op": "read",
        "entity": "shop",
        "key": {"literal": "self"},
        "variants": [
            {
                "status": 200,
                "guards": [{"exists": "request.header.authorization"}],
                "body_template": "$shop",
                "holes": {"shop": {"class": "state", "type": "object", "source": {"path": "entity"}}},
            },
            {
                "status": 401,
                "guards": [{"absent": "request.header.authorization"}],
                "body_template": {"error": "who?"},
            },
        ],
    }
]


def test_a_refusal_shows_no_fixture() -> None:
    """Where the route has one that is untouched: the answer does not come from it."""
    sets: FixtureSets = {"": {"shop": {"self": {"name": "tea"}}}}
    model = model_from_json({"format": "wraith.model/1", "entities": [], "routes": LOCKED})
    twin = Twin(model, sets)
    client = Sessions(twin).get("")

    def ask(*headers: tuple[str, str]) -> str:
        answer = twin.respond(Request("GET", "/shop", headers, b""), client.session, now_ms=0)
        return provenance(twin, answer, client)

    assert ask(("Authorization", "me")) == "fixture"
    assert ask() == "template"
