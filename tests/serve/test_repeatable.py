"""A test run gets the same bytes each time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.serve.conftest import Shop


def _own(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [header for header in headers if header[0] != b"date"]


def test_two_runs_get_the_same_bytes(shop: Shop) -> None:
    """Bodies and headers of two servers, asked the same by sessions of the same names in another order; but
    for the time in ``Date``, which granian adds."""

    async def run(names: list[str]) -> dict[str, list[tuple[int, bytes, list[tuple[bytes, bytes]]]]]:
        told: dict[str, list[tuple[int, bytes, list[tuple[bytes, bytes]]]]] = {}
        async with shop.serve() as served:
            for name in names:
                headers = {"X-Wraith-Session": name}
                made = await served.client.post("/cups", json={"name": "tea"}, headers=headers)
                read = await served.client.get(f"/cups/{made.json()['id']}", headers=headers)
                told.setdefault(name, []).extend(
                    (each.status_code, each.content, _own(each.headers.raw)) for each in (made, read)
                )
        return told

    assert asyncio.run(run(["a", "b", "a"])) == asyncio.run(run(["b", "a", "a"]))
