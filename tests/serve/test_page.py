"""The twin's page: what it shows, what it lets nobody do, and how it is in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.pages.chromium import Chromium, needs_chromium
from tests.pages.contrast import faint_texts
from tests.pages.reading import Page
from wraith.conformance import check
from wraith.errors import InputError
from wraith.exchange import Exchange, Request, Response, Session
from wraith.serve import Backing
from wraith.serve._access import RECENT
from wraith.wir import Evidence, RouteEvidence, VariantEvidence, model_from_json

if TYPE_CHECKING:
    import httpx

    from tests.serve.conftest import Served, Shop
    from wraith.conformance import Report

HOSTILE = "</td></table><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


async def page_of(client: httpx.AsyncClient, query: str = "") -> Page:
    answer = await client.get(f"/__wraith/{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return Page.of(answer.content)


EVIDENCE = Evidence(
    exchanges=7,
    sessions=2,
    runs=(),
    routes=(
        RouteEvidence(
            method="POST",
            path_pattern="/cups",
            exchanges=7,
            variants=(VariantEvidence(status=201, exchanges=7, sessions=2, unexplained=("colour",)),),
        ),
    ),
)


def report() -> Report:
    """A check at which the twin answered a request as nobody had."""
    from tests.serve.conftest import MODEL

    class Asked:
        id, started_at_ms, tags = "s1", 0, ()

        def read(self) -> list[Exchange]:
            sent = Request("GET", "/cups/1")
            return [
                Exchange(sent, Response(404, (("content-type", "application/json"),), b'{"error": "gone"}'))
            ]

    session: Session = Asked()
    return check(model_from_json(MODEL), [session], twin="shop")


def test_the_page_shows_requests_sessions_routes_and_the_last_check(shop: Shop) -> None:
    """All of them on one page, the newest first."""

    async def main() -> None:
        backing = Backing(lambda: EVIDENCE, report)
        async with shop.serve(backing=backing) as served:
            await served.client.post("/cups", json={"name": "blue"})
            await served.client.get("/cups/none?secret=1", headers={"X-Wraith-Session": "other"})
            page = await page_of(served.client)
            rows = [row.text for row in page.all("tr")]
            assert "404GET /cups/noneGET /cups/{id}" in rows[1]
            assert "201POST /cupsPOST /cups" in rows[2]
            assert "secret=1" not in page.text
            sessions = page.id("sessions").text
            assert sessions.index("other") < sessions.index("default")
            assert "1 cup" in sessions
            assert "create cup" in page.id("routes").text
            assert "FAIL" in page.id("check").text
            assert '"gone"' in page.id("check").text

    asyncio.run(main())


def test_a_route_has_its_program_and_what_backs_it(shop: Shop) -> None:
    """When each variant answers, with what, and what it does; and what differed at the last check."""

    async def main() -> None:
        async with shop.serve(backing=Backing(lambda: EVIDENCE, report)) as served:
            text = (await page_of(served.client, "?route=POST%20/cups")).text
            assert "Answers 201 7 exchanges in 2 sessions" in text
            assert "id: ← fresh id cup_[a-z0-9]{8}" in text
            assert "store cup[response.body.id] = response.body" in text
            assert "not explained colour" in text
            read = (await page_of(served.client, "?route=GET%20/cups/%7Bid%7D")).text
            assert "entity exists" in read
            assert "value_mismatch" in read
            elsewhere = await page_of(served.client, "?route=*%20unknown")
            assert elsewhere.all("h1")[0].text == "* unknown"

    asyncio.run(main())


def test_a_session_has_its_entities(shop: Shop) -> None:
    """Each as it is stored; and looking at a session opens none."""

    async def main() -> None:
        async with shop.serve() as served:
            made = (await served.client.post("/cups", json={"name": HOSTILE})).json()
            page = await page_of(served.client, "?session=default")
            assert made["id"] in page.text
            assert HOSTILE.replace('"', '\\"') in page.text
            assert page.all("script", "img") == []
            for query in ("?session=never", "?route=GET%20/never"):
                missing = await served.client.get(f"/__wraith/{query}")
                assert (missing.status_code, missing.json()["error"]) == (404, "control")
            assert (await served.client.get("/__wraith/info")).json()["sessions"] == ["default"]

    asyncio.run(main())


def test_what_came_since_is_told(shop: Shop) -> None:
    """Only what is new, nothing to a page that has seen more than there was; the last 200 at most."""

    async def main() -> None:
        async with shop.serve() as served:
            for _ in range(3):
                await served.client.get("/cups/1")
            told = (await served.client.get("/__wraith/page/live?after=2")).json()
            assert (told["last"], told["requests"].count("<tr")) == (3, 1)
            again = (await served.client.get("/__wraith/page/live?after=3")).json()
            assert (again["requests"].strip(), again["digest"]) == ("", told["digest"])
            assert (await served.client.get("/__wraith/page/live?after=99")).json()["requests"].strip() == ""
            await asyncio.gather(*(served.client.get("/cups/1") for _ in range(RECENT)))
            many = (await served.client.get("/__wraith/page/live?after=x")).json()
            assert (many["last"], many["requests"].count("<tr")) == (RECENT + 3, RECENT)

    asyncio.run(main())


def test_a_button_resets_a_session_or_all(shop: Shop) -> None:
    """And leads back to the page."""

    async def main() -> None:
        async with shop.serve() as served:
            for name in ("a", "b", "c"):
                await served.client.get("/cups/1", headers={"X-Wraith-Session": name})
            answer = await served.client.post("/__wraith/page/reset", data={"session": "b"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/__wraith/")
            assert (await served.client.get("/__wraith/info")).json()["sessions"] == ["a", "c"]
            await served.client.post("/__wraith/page/reset", data={"session": ""})
            assert (await served.client.get("/__wraith/info")).json()["sessions"] == []

    asyncio.run(main())


def test_a_name_that_is_no_ascii_comes_back_as_it_was(shop: Shop) -> None:
    """What a button sends is the session's name, whatever characters it has."""
    name = '\xc9t\xe9 "<\x89'

    async def main() -> None:
        async with shop.serve() as served:
            headers = [(b"X-Wraith-Session", name.encode("latin-1"))]
            await served.client.get("/cups/1", headers=headers)
            page = await page_of(served.client)
            sent = [each.attributes["value"] for each in page.all("input")]
            assert sent == [name, ""]
            await served.client.post("/__wraith/page/reset", data={"session": sent[0]})
            assert (await served.client.get("/__wraith/info")).json()["sessions"] == []

    asyncio.run(main())


@pytest.mark.parametrize("path", ["/__wraith/", "/__wraith/page/live", "/__wraith/page.js"])
def test_pages_of_other_sites_see_nothing_of_it(shop: Shop, path: str) -> None:
    """It is part of the control plane, and guarded as it is; and no other page may frame it."""

    async def main() -> None:
        async with shop.serve() as served:
            refused = await served.client.get(path, headers={"Sec-Fetch-Site": "cross-site"})
            assert (refused.status_code, refused.json()["error"]) == (403, "refused")
            policy = (await served.client.get("/__wraith/")).headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy

    asyncio.run(main())


def test_what_cannot_be_read_is_a_note(shop: Shop) -> None:
    """Broken evidence does not keep anybody from looking at the requests."""

    def broken() -> Evidence:
        raise InputError("not JSON", where="evidence.json")

    async def main() -> None:
        async with shop.serve(backing=Backing(broken)) as served:
            page = await page_of(served.client)
            assert "not JSON" in page.text
            assert "None yet: wraith check shop" in page.id("check").text

    asyncio.run(main())


@pytest.fixture(scope="module")
def browser() -> Chromium:
    """A real browser."""
    with Chromium() as started:
        yield started


def in_browser(shop: Shop, look: Callable[[Served], None]) -> None:
    """Serve the twin, and look at it in a thread of its own."""

    async def main() -> None:
        async with shop.serve(backing=Backing(lambda: EVIDENCE, report)) as served:
            await asyncio.to_thread(look, served)

    asyncio.run(main())


@needs_chromium
def test_requests_appear_as_they_come(shop: Shop, browser: Chromium) -> None:
    """Without a reload, with the session that they opened; nothing that was sent runs; the end is told."""
    import httpx

    def look(served: Served) -> None:
        url = f"http://127.0.0.1:{served.port}"
        browser.open(f"{url}/__wraith/")
        assert browser.evaluate("document.querySelectorAll('#live tr').length") == 0
        headers = {"X-Wraith-Session": HOSTILE}
        with httpx.Client(base_url=url, trust_env=False) as client:
            client.post("/cups", json={"name": HOSTILE}, headers=headers)
            client.get(f"/{HOSTILE}")
        browser.until("document.querySelectorAll('#live tr').length === 2")
        browser.until("document.querySelector('#opened').textContent.includes('1 cup')")
        assert browser.evaluate("document.querySelector('#state').textContent") == "SERVING"
        assert browser.evaluate("document.title") == "shop: running twin"
        assert browser.evaluate("document.querySelectorAll('img, main script').length") == 0
        assert browser.complaints() == []

    in_browser(shop, look)
    browser.until("document.querySelector('#state').textContent === 'STOPPED'")


@needs_chromium
def test_a_person_resets_a_session_with_the_keyboard(shop: Shop, browser: Chromium) -> None:
    """The button is a form, which the guard lets pass because it is the page's own."""
    import httpx

    def look(served: Served) -> None:
        url = f"http://127.0.0.1:{served.port}"
        with httpx.Client(base_url=url, trust_env=False) as client:
            client.post("/cups", json={"name": "blue"}, headers={"X-Wraith-Session": "mine"})
        browser.open(f"{url}/__wraith/")
        browser.evaluate("document.querySelector('#opened button').focus()")
        browser.press("Enter")
        browser.until("document.body.textContent.includes('No session yet')")
        assert browser.complaints() == []

    in_browser(shop, look)


@needs_chromium
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    "query", ["", "?route=POST%20/cups", "?session=default"], ids=["page", "route", "session"]
)
def test_it_can_be_read_everywhere(shop: Shop, browser: Chromium, query: str, dark: bool) -> None:
    """With enough contrast, and within a phone's width."""
    import httpx

    def look(served: Served) -> None:
        url = f"http://127.0.0.1:{served.port}"
        with httpx.Client(base_url=url, trust_env=False) as client:
            client.post("/cups", json={"name": "blue " * 100})
            client.get(f"/{'long' * 60}")
        browser.open(f"{url}/__wraith/{query}", width=320, dark=dark)
        assert faint_texts(browser) == []
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert browser.evaluate(wider) == 0

    in_browser(shop, look)
