"""A learned GraphQL twin over a real socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.synth.graphql.serving import PATH
from tests.synth.graphql.shop import SHOP
from wraith.canonical import JsonValue
from wraith.runtime import Twin
from wraith.synth import learn

if TYPE_CHECKING:
    import httpx

    from tests.serve.conftest import Shop

ADD = "mutation Add($input: ProductInput!) { addProduct(input: $input) { product { id maker { name } } } }"


class Learned(Twin):
    """The twin of a shop of tools, learned from ten clients."""

    def __init__(self, _model: object) -> None:
        super().__init__(learn(SHOP.record(10, "served")).model)


async def ask(client: httpx.AsyncClient, query: str, **variables: JsonValue) -> JsonValue:
    answer = await client.post(PATH, json={"query": query, "variables": variables})
    document: JsonValue = answer.json()
    return document


def test_a_client_writes_and_reads_in_shapes_of_its_own(shop: Shop) -> None:
    """A product that a mutation made is there for queries that nobody recorded, and joined to its maker."""

    async def main() -> None:
        async with shop.serve(kind=Learned) as served:
            given: JsonValue = {"label": "gimlet", "price": 3, "makerId": "mk_birch"}
            made = await ask(served.client, ADD, input=given)
            assert isinstance(made, dict)
            match made:
                case {"data": {"addProduct": {"product": {"id": str(key), "maker": maker}}}}:
                    assert maker == {"name": "Birch"}
                case _:
                    raise AssertionError(made)
            read = f'{{ it: product(id: "{key}") {{ maker {{ products {{ label stock }} }} what: label }} }}'
            assert await ask(served.client, read) == {
                "data": {
                    "it": {
                        "maker": {
                            "products": [
                                {"label": "bellows", "stock": 4},
                                {"label": "easel", "stock": 7},
                                {"label": "gimlet", "stock": 0},
                            ]
                        },
                        "what": "gimlet",
                    }
                }
            }
            refused = await served.client.post(PATH, json={"query": "{ products { colour } }"})
            assert refused.status_code == 400
            assert served.logged()[0]["route"] == f"POST {PATH} mutation addProduct"

    asyncio.run(main())
