"""The page of a check in a real browser: it opens at once, fits, prints, and can be used without a mouse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.pages.chromium import Chromium, needs_chromium
from tests.pages.conftest import TREE, Checked, checked, mostly_right, with_body
from tests.pages.contrast import faint_texts
from wraith.config import Diff
from wraith.exchange import Exchange
from wraith.pages import report_page

pytestmark = needs_chromium

UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with everything on it."""
    rules = Diff.model_validate({"suppress": [{"path": "nowhere", "reason": "nothing matches it"}]})
    found = checked(mostly_right, sessions=6, length=12, diff=rules)
    return written(tmp_path_factory.mktemp("page") / "report.html", found)


def written(path: Path, found: Checked) -> Path:
    path.write_bytes(report_page(found.report, found.gallery))
    return path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_can_be_read(browser: Chromium, page: Path, dark: bool) -> None:
    """With a contrast of 4.5, of 3 where it is large, in both schemes, with everything unfolded."""
    browser.open(page, dark=dark)
    browser.evaluate(UNFOLD)
    assert faint_texts(browser) == []
    assert browser.complaints() == []


@pytest.mark.parametrize("width", [320, 390, 800, 1400])
def test_it_fits_every_screen(browser: Chromium, page: Path, width: int) -> None:
    """Nothing is wider than the window, from WCAG's 320 pixels on (1.4.10)."""
    browser.open(page, width=width)
    browser.evaluate(UNFOLD)
    assert browser.evaluate(WIDER) == 0


def test_keys_lead_through_it(browser: Chromium, page: Path) -> None:
    """The first tab stop skips to the contents; a link into an exchange that is folded unfolds it."""
    browser.open(page)
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"
    assert browser.evaluate("document.activeElement.getBoundingClientRect().left >= 0") is True
    browser.evaluate("document.querySelectorAll('.exhibit').forEach(each => each.open = false)")
    browser.evaluate("document.querySelector('.strip a').focus()")
    browser.press("Enter")
    assert browser.evaluate("document.querySelector(location.hash).closest('details').open") is True


def test_every_stop_of_the_keyboard_has_a_name(browser: Chromium, page: Path) -> None:
    """As the browser tells it to those who listen: links, summaries and regions; and tables are tables."""
    browser.open(page, width=390)
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    told = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]
    unnamed = [
        role
        for role, name in told
        if role in ("link", "DisclosureTriangle", "region", "heading") and not name
    ]
    assert unnamed == []
    roles = {role for role, _ in told}
    assert {"table", "row", "cell", "columnheader", "rowheader", "heading", "navigation", "main"} <= roles


def test_it_can_be_printed(browser: Chromium, page: Path) -> None:
    """As a document of several pages."""
    browser.open(page)
    printed = browser.pdf()
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") >= 2


def test_nothing_recorded_runs(browser: Chromium, tmp_path: Path) -> None:
    """Scripts, handlers and addresses of scripts are text; the title of the page stays what it is."""
    bad = "</script></pre><img src=x onerror=\"document.title='owned'\"><script>document.title='x'</script>"

    def hostile(_: int, one: Exchange) -> Exchange:
        if one.request.method == "POST":
            return replace(one, request=one.request._replace(target=f"/{bad}", headers=((bad, bad),)))
        return with_body(one, TREE | {"name": bad, bad: f"javascript:{bad}"})

    browser.open(written(tmp_path / "report.html", checked(hostile)))
    browser.evaluate(UNFOLD)
    assert str(browser.evaluate("document.title")).startswith("shop: FAIL")
    assert browser.evaluate("document.querySelectorAll('script, img, [onerror]').length") == 0
    assert browser.complaints() == []


def test_a_report_of_5000_exchanges_opens_at_once(browser: Chromium, tmp_path: Path) -> None:
    """In less than two seconds, from less than five megabytes."""
    path = written(tmp_path / "report.html", checked(mostly_right, sessions=125, length=40))
    assert path.stat().st_size < 5_000_000
    assert browser.open(path) < 2.0
    assert browser.evaluate("document.querySelectorAll('.strip > *').length") == 5000
