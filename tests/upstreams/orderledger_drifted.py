"""The order ledger after a release that nobody announced: for tests of what notices drift.

    python tests/upstreams/orderledger_drifted.py --port 8501 --seed 1 --drift field type

Each word of ``--drift`` is one change; without any it is the order ledger.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable

from hypercorn.asyncio import serve
from hypercorn.config import Config
from orderledger import create_app
from orderledger_fields import Json
from quart import Response, request


def loses_a_field(document: Json) -> None:
    document.pop("kind", None)


def gains_a_field(document: Json) -> None:
    if "sku" in document:
        document["barcode"] = "4006381333931"


def changes_a_type(document: Json) -> None:
    if "price" in document:
        document["price"] = str(document["price"])


CHANGES: dict[str, Callable[[Json], None]] = {
    "field": loses_a_field,
    "more": gains_a_field,
    "type": changes_a_type,
}


async def change(response: Response, drift: frozenset[str]) -> Response:
    if "down" in drift and request.path == "/ledger":
        return Response(b'{"error": "under repair"}', 503, content_type="application/json")
    if response.content_type == "application/json":
        document = json.loads(await response.get_data())
        for name in drift & CHANGES.keys():
            for one in (document, *document.get("items", ())):
                CHANGES[name](one)
        response.set_data(json.dumps(document))
    if "status" in drift and response.status_code == 201:
        response.status_code = 200
    return response


def main() -> None:
    parser = argparse.ArgumentParser(description="serve an order ledger that has changed")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drift", nargs="*", choices=(*CHANGES, "down", "status"), default=[])
    arguments = parser.parse_args()
    app, drift = create_app(arguments.seed), frozenset(arguments.drift)

    @app.after_request
    async def drifted(response: Response) -> Response:
        return await change(response, drift)

    config = Config()
    config.bind = [f"127.0.0.1:{arguments.port}"]
    config.loglevel = "WARNING"
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main()
