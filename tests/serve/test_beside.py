"""What the server does beside the model: keys, codings, preflights, malformed bodies, unknown entities."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import brotli
import pytest

from wraith.canonical import JsonValue
from wraith.config import FixtureSets, Idempotency, Serve
from wraith.runtime import Twin
from wraith.wir import Model, model_from_json, model_to_json

if TYPE_CHECKING:
    from tests.serve.conftest import Shop

SETS: FixtureSets = {"": {"cup": {"old": {"id": "old", "name": "chipped"}}}}
JSON = {"Content-Type": "application/json"}


def test_a_key_makes_a_request_one_that_is_done_once(shop: Shop) -> None:
    """The same bytes again; a new key, and another session, are another request."""

    async def main() -> None:
        async with shop.serve() as served:

            async def make(key: str, session: str = "") -> bytes:
                headers = {"Idempotency-Key": key, "X-Wraith-Session": session}
                return (await served.client.post("/cups", json={"name": "tea"}, headers=headers)).content

            first = await make("k1")
            assert await make("k1") == first
            assert await make("k2") != first
            assert await make("k1", "other") != first
            sessions = (await served.client.get("/__wraith/session")).json()["sessions"]
            assert [each["entities"]["cup"] for each in sessions] == [1, 2]

    asyncio.run(main())


@pytest.mark.parametrize("status", [422, 409])
def test_a_key_of_another_request_is_refused(shop: Shop, status: int) -> None:
    """With the status that is configured."""
    settings = Serve(idempotency=Idempotency(reused_status=status))

    async def main() -> None:
        async with shop.serve(settings=settings) as served:
            key = {"Idempotency-Key": "k", "Origin": "http://localhost:3000"}
            await served.client.post("/cups", json={"name": "tea"}, headers=key)
            reused = await served.client.post("/cups", json={"name": "milk"}, headers=key)
            assert (reused.status_code, reused.json()["error"]) == (status, "key_reused")
            assert reused.headers["x-wraith-route"] == "POST /cups"
            assert reused.headers["access-control-allow-origin"] == "http://localhost:3000"
            assert served.logged()[-1]["path"] == "/cups"

    asyncio.run(main())


def test_old_keys_are_forgotten(shop: Shop) -> None:
    """A session remembers so many, and does again what came before them."""

    async def main() -> None:
        async with shop.serve(settings=Serve(idempotency=Idempotency(max_keys=1))) as served:
            ids = []
            for key in ("a", "b", "a"):
                headers = {"Idempotency-Key": key}
                answer = await served.client.post("/cups", json={"name": "tea"}, headers=headers)
                ids.append(answer.json()["id"])
            assert len(set(ids)) == 3

    asyncio.run(main())


@pytest.mark.parametrize(
    ("coding", "encode"), [("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress)]
)
def test_coded_bodies_are_read(shop: Shop, coding: str, encode: Callable[[bytes], bytes]) -> None:
    """As if they had been sent plain; one that is not what it says is a 415."""

    async def main() -> None:
        async with shop.serve() as served:
            headers = {**JSON, "Content-Encoding": coding}
            coded = encode(json.dumps({"name": "tea"}).encode())
            made = await served.client.post("/cups", content=coded, headers=headers)
            assert (made.status_code, made.json()["name"]) == (201, "tea")
            bomb = await served.client.post("/cups", content=encode(b" " * 100_000), headers=headers)
            lie = await served.client.post("/cups", content=b"{}", headers=headers)
            assert [answer.status_code for answer in (bomb, lie)] == [415, 415]
            assert lie.json()["error"] == "coding"

    asyncio.run(main())


def test_a_page_of_another_origin_may_use_the_twin(shop: Shop) -> None:
    """The preflight is allowed, and the answer can be read; without Origin nothing is added."""

    async def main() -> None:
        async with shop.serve() as served:
            origin = {"Origin": "http://localhost:3000"}
            asks = {
                **origin,
                "Access-Control-Request-Method": "PUT",
                "Access-Control-Request-Headers": "authorization,x-a",
            }
            allowed = await served.client.options("/cups/1", headers=asks)
            assert allowed.status_code == 204
            assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
            assert allowed.headers["access-control-allow-methods"] == "PUT"
            assert allowed.headers["access-control-allow-headers"] == "authorization,x-a"
            read = await served.client.get("/cups/1", headers=origin)
            assert read.headers["access-control-allow-origin"] == "http://localhost:3000"
            plain = await served.client.get("/cups/1")
            assert "access-control-allow-origin" not in plain.headers

    asyncio.run(main())


CREDENTIALS: JsonValue = {
    "status": 202,
    "headers": [["Access-Control-Allow-Credentials", {"literal": "true"}]],
    "guards": [{"equals": ["request.body.name", "cors"]}],
    "body_template": {},
}


def test_a_header_of_the_service_is_not_said_twice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """``true, true`` would have a browser refuse the answer."""
    monkeypatch.setattr(shop, "more", [CREDENTIALS], raising=False)

    async def main() -> None:
        async with shop.serve() as served:
            origin = {"Origin": "http://localhost:3000"}
            made = await served.client.post("/cups", json={"name": "cors"}, headers=origin)
            assert made.headers["access-control-allow-origin"] == "http://localhost:3000"
            assert made.headers["access-control-allow-credentials"] == "true"
            shown = made.headers["access-control-expose-headers"].lower()
            assert {"*", "x-wraith-route", "access-control-allow-credentials"} <= set(shown.split(", "))

    asyncio.run(main())


OPTIONS: JsonValue = {
    "method": "OPTIONS",
    "path_pattern": "/cups",
    "variants": [
        {
            "status": 204,
            "headers": [["Access-Control-Allow-Methods", {"literal": "GET, POST"}]],
            "body_kind": "empty",
        }
    ],
}


def test_a_preflight_gets_what_a_recorded_answer_leaves_open(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was recorded of a client that is no browser: it says nothing of origins and headers."""
    document: dict[str, JsonValue] = model_to_json(shop.twin().model)
    document["routes"] = [*document["routes"], OPTIONS]  # type: ignore[misc]  # a list of routes
    model = model_from_json(document)
    monkeypatch.setattr(shop, "twin", lambda *_: Twin(model))

    async def main() -> None:
        async with shop.serve() as served:
            asks = {
                "Origin": "http://localhost:3000",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            }
            allowed = (await served.client.options("/cups", headers=asks)).headers
            assert allowed["x-wraith-route"] == "OPTIONS /cups"
            assert allowed["access-control-allow-origin"] == "http://localhost:3000"
            assert allowed["access-control-allow-methods"] == "GET, POST"
            assert allowed["access-control-allow-headers"] == "content-type"

    asyncio.run(main())


def test_options_tells_the_methods_of_an_address(shop: Shop) -> None:
    """Where the model has routes and no answer of its own; elsewhere the model says that it knows nothing."""

    async def main() -> None:
        async with shop.serve() as served:
            one = await served.client.options("/cups/c1")
            assert (one.status_code, one.headers["allow"], one.content) == (204, "GET, HEAD, OPTIONS", b"")
            both = await served.client.options("/cups")
            assert both.headers["allow"] == "DELETE, HEAD, OPTIONS, POST"
            assert (await served.client.options("/saucers")).status_code == 501

    asyncio.run(main())


@pytest.mark.parametrize(
    ("support", "status"),
    [([{"equals": ["request.method", "OPTIONS"]}], 418), ([{"equals": ["request.method", "PUT"]}], 204)],
    ids=["recorded", "guessed"],
)
def test_a_recorded_answer_to_options_comes_first(shop: Shop, support: JsonValue, status: int) -> None:
    """What the service refuses is only known of the methods that it was recorded with."""
    refused = {"status": 418, "support": support, "body_template": "no"}

    class Refusing(Twin):
        def __init__(self, model: Model) -> None:
            document = model_to_json(model)
            super().__init__(model_from_json({**document, "refused": [refused]}))

    async def main() -> None:
        async with shop.serve(kind=Refusing) as served:
            assert (await served.client.options("/cups/c1")).status_code == status
            assert (await served.client.put("/cups/c1")).status_code == 418

    asyncio.run(main())


def test_no_page_may_where_that_is_switched_off(shop: Shop) -> None:
    """The model answers, which knows no such route."""

    async def main() -> None:
        async with shop.serve(settings=Serve(cors=False)) as served:
            asks = {"Origin": "http://a.example", "Access-Control-Request-Method": "PUT"}
            answer = await served.client.options("/cups/1", headers=asks)
            assert answer.status_code == 501
            assert "access-control-allow-origin" not in answer.headers

    asyncio.run(main())


REFUSAL: JsonValue = {
    "status": 400,
    "guards": [{"absent": "request.body.name"}],
    "support": [{"equals": ["request.body_kind", "json"]}],
    "body_template": {"error": {"code": "invalid", "message": "name is required"}},
}


def test_malformed_json_has_the_shape_of_a_recorded_refusal(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its code stays, its message says what is wrong; without one it is an error of ours. Nothing is made."""

    async def main() -> JsonValue:
        async with shop.serve() as served:
            answer = await served.client.post("/cups", content=b'{"name": ', headers=JSON)
            assert answer.status_code == 400
            sessions = (await served.client.get("/__wraith/session")).json()["sessions"]
            assert sessions[0]["entities"] == {}
            document: JsonValue = answer.json()
            return document

    message = "the request body is not valid JSON"
    assert asyncio.run(main()) == {"error": "malformed_json", "message": message}
    monkeypatch.setattr(shop, "more", [REFUSAL], raising=False)
    assert asyncio.run(main()) == {"error": {"code": "invalid", "message": message}}


@pytest.mark.parametrize(("mode", "status"), [("not_found", 404), ("synthesize", 200)])
def test_an_entity_that_was_never_seen(shop: Shop, mode: str, status: int) -> None:
    """Is not there, or is like the others under the key that was asked for, and stays as it was made."""

    async def main() -> None:
        settings = Serve.model_validate({"unknown_entity": mode})
        async with shop.serve(settings=settings, sets=SETS) as served:
            read = await served.client.get("/cups/cup_mine")
            assert read.status_code == status
            if status == 200:
                assert read.json() == {"id": "cup_mine", "name": "chipped"}
                assert read.headers["x-wraith-provenance"] == "template"

    asyncio.run(main())


def test_addresses_in_an_entity_that_was_made_up_are_its_own(shop: Shop) -> None:
    """A link that names the entity it is like names the new one; other texts are as they were."""
    like = {"id": "old", "links": [{"self": "/cups/old"}, "https://x.test/old/saucer?of=/older"], "n": "old"}

    async def main() -> JsonValue:
        settings = Serve(unknown_entity="synthesize")
        async with shop.serve(settings=settings, sets={"": {"cup": {"old": like}}}) as served:
            document: JsonValue = (await served.client.get("/cups/cup_mine")).json()
            return document

    links = [{"self": "/cups/cup_mine"}, "https://x.test/cup_mine/saucer?of=/older"]
    assert asyncio.run(main()) == {"id": "cup_mine", "links": links, "n": "old"}
