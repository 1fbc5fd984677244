"""Sessions: what names them, what bounds them, and what the control plane does with them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx
import pytest

from wraith.canonical import JsonValue
from wraith.config import Fault, FaultProfile, FixtureSets, RateLimit, Serve
from wraith.serve import Faults, Limits, Simulation

if TYPE_CHECKING:
    from tests.serve.conftest import Shop

SETS: FixtureSets = {
    "": {"cup": {"old": {"id": "old", "name": "chipped"}}},
    "party": {"cup": {"gold": {"id": "gold", "name": "golden"}}},
}


async def make(client: httpx.AsyncClient, session: str, name: str = "tea") -> httpx.Response:
    return await client.post("/cups", json={"name": name}, headers={"X-Wraith-Session": session})


def test_the_session_that_was_idle_longest_goes_and_is_told(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """Not the oldest: the one that was used last stays. The log names it, and so does its next answer."""

    async def main() -> None:
        async with shop.serve(settings=Serve(max_sessions=2)) as served:
            kept = (await make(served.client, "a")).json()["id"]
            await make(served.client, "b")
            await make(served.client, "a")
            await make(served.client, "c")
            info = (await served.client.get("/__wraith/info")).json()
            assert info["sessions"] == ["a", "c"]
            mine = {"X-Wraith-Session": "a"}
            assert (await served.client.get(f"/cups/{kept}", headers=mine)).status_code == 200
            again = await make(served.client, "b")
            assert again.headers["x-wraith-session-dropped"] == "limits"
            assert "x-wraith-session-dropped" not in (await make(served.client, "b")).headers

    asyncio.run(main())
    assert "'b' was idle longest" in caplog.text


@pytest.mark.parametrize("limits", [{"max_entities": 3}, {"max_bytes": 150}], ids=["entities", "bytes"])
def test_sessions_hold_so_much_together(shop: Shop, limits: dict[str, int]) -> None:
    """Idle sessions go first; one that alone is above the limits writes no more, and reads on."""

    async def main() -> None:
        async with shop.serve(settings=Serve.model_validate(limits)) as served:
            await make(served.client, "idle")
            statuses = [(await make(served.client, "busy")).status_code for _ in range(6)]
            assert statuses == [201, 201, 201, 201, 507, 507]
            assert (await served.client.get("/__wraith/info")).json()["sessions"] == ["busy"]
            busy = {"X-Wraith-Session": "busy"}
            full = await served.client.post("/cups", json={"name": "x"}, headers=busy)
            assert full.json()["error"] == "session_full"
            assert (await served.client.get("/cups/none", headers=busy)).status_code == 404
            await served.client.post("/__wraith/reset", headers=busy)
            assert (await make(served.client, "busy")).status_code == 201

    asyncio.run(main())


def test_a_cookie_names_a_session(shop: Shop) -> None:
    """A browser gets one with its first answer, once; two browsers do not see each other."""

    async def main() -> None:
        async with shop.serve(settings=Serve(session_mode="cookie")) as served:
            url = str(served.client.base_url)
            made = await served.client.post("/cups", json={"name": "tea"})
            assert made.headers["set-cookie"].startswith("wraith-session=visitor-1;")
            read = await served.client.get(f"/cups/{made.json()['id']}")
            assert read.status_code == 200
            assert "set-cookie" not in read.headers
            async with httpx.AsyncClient(base_url=url, trust_env=False) as other:
                assert (await other.get(f"/cups/{made.json()['id']}")).status_code == 404
                named = {"X-Wraith-Session": "visitor-1"}
                assert (await other.get(f"/cups/{made.json()['id']}", headers=named)).status_code == 200

    asyncio.run(main())


def test_a_refused_browser_has_a_session_too(shop: Shop) -> None:
    """The cookie comes with what a limit, a fault or the server says; the name counts for all of them."""
    limits = Limits((RateLimit(limit=2),), lambda: 0.0)
    profile = FaultProfile(faults=(Fault(kind="error", route="*", status=503, count=1),))
    simulation = Simulation(limits=limits, faults=Faults(profile))

    async def main() -> None:
        async with shop.serve(settings=Serve(session_mode="cookie"), simulation=simulation) as served:
            first = await served.client.get("/cups/none")
            assert (first.status_code, cookies(first)) == (503, ["visitor-1"])
            made = await served.client.post("/cups", json={"name": "tea"})
            assert (made.status_code, cookies(made)) == (201, [])
            beyond = await served.client.get("/cups/none")
            assert (beyond.status_code, cookies(beyond)) == (429, [])
            assert (await served.client.get("/__wraith/info")).json()["sessions"] == ["visitor-1"]
            async with httpx.AsyncClient(base_url=served.client.base_url, trust_env=False) as other:
                assert (await other.get("/cups/none")).status_code == 503
                too_large = await other.post("/cups", content=b"x" * 2000)
                assert (too_large.status_code, cookies(too_large)) == (413, [])

        async with shop.serve(settings=Serve(session_mode="cookie")) as served:
            too_large = await served.client.post("/cups", content=b"x" * 2000)
            assert (too_large.status_code, cookies(too_large)) == (413, ["visitor-1"])

    asyncio.run(main())


def cookies(answer: httpx.Response) -> list[str]:
    """Return the sessions that an answer names."""
    given = answer.headers.get_list("set-cookie")
    return [value.partition(";")[0].partition("=")[2] for value in given]


def test_a_path_names_a_session(shop: Shop) -> None:
    """``/@NAME`` before the path; without it there is the default session."""

    async def main() -> None:
        async with shop.serve(settings=Serve(session_mode="path")) as served:
            made = await served.client.post("/@mine/cups", json={"name": "tea"})
            cup = made.json()["id"]
            assert (await served.client.get(f"/@mine/cups/{cup}")).status_code == 200
            assert (await served.client.get(f"/@other/cups/{cup}?x=1")).status_code == 404
            assert (await served.client.get(f"/cups/{cup}")).status_code == 404
            await served.client.get(f"/@my%20own/cups/{cup}")
            assert (await served.client.get("/__wraith/info")).json()["sessions"] == [
                "default",
                "mine",
                "my own",
                "other",
            ]

    asyncio.run(main())


def test_a_session_is_begun_looked_at_reset_and_ended(shop: Shop) -> None:
    """With a name or with one of a series, and with the fixtures that are asked for."""

    async def main() -> None:
        async with shop.serve(sets=SETS) as served:
            client = served.client
            begun = await client.post("/__wraith/session", json={"name": "p", "fixtures": "party"})
            assert (begun.status_code, begun.json()["entities"]) == (201, {"cup": 2})
            assert (await client.post("/__wraith/session", json={"name": "p"})).status_code == 409
            assert (await client.post("/__wraith/session")).json()["name"] == "session-1"
            await make(client, "p")
            listed = (await client.get("/__wraith/session")).json()["sessions"]
            assert [(each["name"], each["requests"], each["entities"]) for each in listed] == [
                ("p", 1, {"cup": 3}),
                ("session-1", 0, {"cup": 1}),
            ]
            reset = await client.post("/__wraith/session/p/reset")
            assert (reset.json()["fixtures"], reset.json()["entities"]) == ("party", {"cup": 2})
            assert (await client.delete("/__wraith/session/p")).status_code == 204
            assert (await client.delete("/__wraith/session/p")).status_code == 404

    asyncio.run(main())


def test_state_goes_out_and_comes_back_as_fixtures(shop: Shop) -> None:
    """What one session exports, another imports, and answers as the first did."""

    async def main() -> None:
        async with shop.serve(sets=SETS) as served:
            client = served.client
            made = (await make(client, "a")).json()
            state = (await client.get("/__wraith/session/a/state")).json()
            assert state == {"cup": {"old": {"id": "old", "name": "chipped"}, made["id"]: made}}
            one = await client.get("/__wraith/session/a/state?type=cup")
            assert one.json() == state["cup"]
            put = await client.put("/__wraith/session/b/state", json=state)
            assert put.json()["entities"] == {"cup": 2}
            read = await client.get(f"/cups/{made['id']}", headers={"X-Wraith-Session": "b"})
            assert read.json() == made
            begun = await client.post("/__wraith/session", json={"name": "c", "state": {"cup": {}}})
            assert begun.json()["entities"] == {}
            state = {"cup": {"z": {"name": "tea", "id": "z"}, "a": {"size": 1, "id": "a"}}}
            await client.put("/__wraith/session/b/state", json=state)
            moved = (await client.get("/__wraith/session/b/state")).json()
            assert json.dumps(moved) == json.dumps(state)  # entities and members in their order

    asyncio.run(main())


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("", {"fixtures": "wedding"}, "there is no fixture set 'wedding': default, party"),
        ("", {"named": "x"}, "expected {"),
        ("", [], "expected a JSON object"),
        ("", {"state": 3}, "expected an object from types"),
        ("", {"state": {"../x": {}}}, "not a type of entity"),
        ("/x/state", {"cup": {"a": {"id": "b"}}}, "'a': its id is 'b'"),
        ("/x/state", {"cup": {"a": None}}, "null is no entity"),
        ("/x/state", b'{"cup": {"a": {"id": "a"}, "a": {}}}', "the key 'a' stands there twice"),
        ("", b'{"name": "a", "name": "b"}', "the key 'name' stands there twice"),
        ("", b'{"a":' * 1000 + b"1" + b"}" * 1000, "the body is not JSON: nested too deeply"),
    ],
)
def test_what_cannot_be_a_session_is_refused(
    shop: Shop, path: str, body: JsonValue | bytes, said: str
) -> None:
    """400, the reason, and no session begins."""

    async def main() -> None:
        async with shop.serve(sets=SETS) as served:
            method = "PUT" if path else "POST"
            sent = body if isinstance(body, bytes) else json.dumps(body).encode()
            answer = await served.client.request(method, f"/__wraith/session{path}", content=sent)
            assert answer.status_code == 400
            assert said in answer.json()["message"]
            assert (await served.client.get("/__wraith/session")).json() == {"sessions": []}

    asyncio.run(main())


def test_a_full_session_writes_again_when_others_have_gone(shop: Shop) -> None:
    """What it deletes, and what limits no longer count, makes room; a read notices."""

    async def main() -> None:
        async with shop.serve(settings=Serve(max_entities=2), sets=SETS) as served:
            statuses = [(await make(served.client, "a")).status_code for _ in range(3)]
            assert statuses == [201, 201, 507]
            state = (await served.client.get("/__wraith/session/a/state")).json()
            state["cup"].pop("old")
            state["cup"].popitem()
            await served.client.put("/__wraith/session/a/state", json=state)
            assert (await make(served.client, "a")).status_code == 201

    asyncio.run(main())
