"""The page of a check as HTML: what is on it, that it is bounded, and that nothing recorded gets out of its
place."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.pages.conftest import TREE, checked, mostly_right, with_body
from tests.pages.reading import Page
from wraith.config import Diff
from wraith.conformance import Gallery, Generalization, Prediction, Wire
from wraith.exchange import Exchange, Response
from wraith.pages import SERVICE, report_page, wire_replay


def same(_: int, one: Exchange) -> Exchange:
    return one


def test_a_page_tells_scores_routes_sessions_and_exchanges() -> None:
    """All three scores, each route in the map, each exchange in a strip, each that differs in full."""
    found = checked(mostly_right, sessions=3, length=12)
    page = Page.of(report_page(found.report, found.gallery))
    report = found.report
    assert page.all("h1")[0].text == "shop"
    assert f"{report.score_bp} of 10000 · {report.exchanges_passed} of 36 exchanges" in page.text
    assert f"{report.exact_bp} of 10000 · {report.exchanges_exact} of 36 exchanges" in page.text
    assert "wraith check shop --holdout 5 measures it" in page.text
    assert [each.text for each in page.all("th") if each.attributes.get("scope") == "row"][:2] == [
        "/v1/trees",
        "/v1/trees/oak",
    ]
    strips = [each for each in page.all("span") if each.attributes.get("class") == "strip"]
    assert len(strips) == 3
    assert len(found.gallery.shown()) == len(
        [each for each in page.all("details") if each.attributes.get("class")]
    )


def test_links_of_a_page_stay_on_it() -> None:
    """Every link leads to an element of the page, and nothing is loaded from elsewhere."""
    found = checked(mostly_right, sessions=3, length=12)
    page = Page.of(report_page(found.report, found.gallery))
    ids = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    links = [each.attributes["href"] for each in page.all("a")]
    assert {f"#{name}" for name in ids} >= set(links)
    assert page.all("script", "link", "img", "iframe", "object", "form", "base") == []
    assert not any("src" in each.attributes for each in page.elements)


def test_headings_are_in_order() -> None:
    """One of the first level, and no level left out."""
    found = checked(mostly_right)
    levels = [int(each.tag[1]) for each in Page.of(report_page(found.report, found.gallery)).all(*HEADINGS)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def test_a_twin_without_differences_says_so() -> None:
    """And has no section of exchanges."""
    found = checked(same)
    page = Page.of(report_page(found.report, found.gallery))
    assert "Nothing differs." in page.id("mend").text
    assert "mend-exchanges" not in {each.attributes.get("id") for each in page.elements}


def test_what_is_not_compared_stands_with_what_would_change_that() -> None:
    """By place, with the setting; and what a rule leaves out with its reason."""
    rules = Diff.model_validate(
        {"suppress": [{"path": "name", "reason": "names are <b>free</b>"}], "fields": {"count": "generated"}}
    )
    found = checked(
        lambda _, one: with_body(one, TREE | {"name": "elm"}) if one.request.method == "GET" else one,
        diff=rules,
    )
    text = Page.of(report_page(found.report, found.gallery)).id("suppressed").text
    assert '[diff.fields] "count" = "exact"' in text
    assert "rule: names are <b>free</b>" in text
    assert "remove [[diff.suppress]] 1" in text


def test_generalization_and_other_replays_have_their_scores() -> None:
    """Beside those of the replay in memory, and by route."""
    found = checked(mostly_right)
    route = found.report.routes[0].route
    told = Generalization(
        folds=5,
        generalization_bp=1234,
        exchanges_total=8,
        exchanges_passed=1,
        extrapolated_total=0,
        routes=(Prediction(route=route, generalization_bp=4321, exchanges_total=4, exchanges_passed=2),),
        divergences_total=0,
        divergences=(),
    )
    wire = Wire(
        verdict="pass",
        passed=True,
        wire_fidelity_bp=9876,
        exact_bp=9000,
        exchanges_total=8,
        exchanges_passed=7,
        sessions_total=2,
        sessions_passed=2,
        disagreements_total=1,
        disagreements=(),
        divergences_total=1,
        divergences=(),
    )
    replays = [wire_replay(wire, found.gallery)]
    page = Page.of(report_page(found.report, found.gallery, generalization=told, replays=replays))
    assert "1234 of 10000 · predicted in 5 folds" in page.text
    assert "43.21 %" in page.id("routes").text
    assert "9876 of 10000 · exact 9000 · 1 exchange judged otherwise than in memory" in page.text
    assert "server's answer" in page.id("wire-exchanges").text


def test_the_page_of_the_live_service_speaks_of_drift() -> None:
    """It has the service's answers, the commands that ask it, and nothing about mending the twin."""
    found = checked(mostly_right)
    page = Page.of(report_page(found.report, found.gallery, subject=SERVICE))
    assert "Drift of the live service" in page.text
    assert "upstream_fidelity_bp" in page.text
    assert "service's answer" in page.id("mend-exchanges").text
    assert "wraith check shop --upstream --route" in page.id("mend").text
    assert "generalization_bp" not in page.text
    assert "mended" not in page.text


def test_a_page_is_the_same_for_the_same_values() -> None:
    """It has no date and no order of chance."""
    pages = {
        report_page(found.report, found.gallery) for found in (checked(mostly_right), checked(mostly_right))
    }
    assert len(pages) == 1


HOSTILE = {
    "a script": "</script><script>alert(1)</script>",
    "a style": "</style><style>*{display:none}</style>",
    "an attribute": '" onload="alert(1)',
    "an attribute in single quotes": "' onclick='alert(1)",
    "a comment": "<!-- -->",
    "an entity": "&lt;script&gt;",
    "a template": "{{ 7 * 7 }}{% raw %}",
    "a table": "</td></tr></table></details><h1>owned</h1>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_was_recorded_stays_text(text: str) -> None:
    """In values, names, targets, headers and names of twins: the elements are those of the page."""

    def hostile(_: int, one: Exchange) -> Exchange:
        response = Response(
            200, (("content-type", "application/json"), ("x-" + text, text)), one.response.body
        )
        if one.request.method == "POST":
            return replace(one, request=one.request._replace(target="/" + text), response=response)
        return with_body(replace(one, response=response), TREE | {"name": text, text: text})

    found = checked(hostile)
    report = found.report.model_copy(update={"twin": text})
    page, harmless = Page.of(report_page(report, found.gallery)), checked(mostly_right)
    tame = Page.of(report_page(harmless.report, harmless.gallery))
    assert text in page.all("h1")[0].text
    assert text in page.id("mend-exchanges").text
    assert {each.tag for each in page.elements} <= {each.tag for each in tame.elements} | {"mark"}
    assert _attributes(page) <= _attributes(tame)
    assert len(page.all("h1", "h2", "style")) == len(tame.all("h1", "h2", "style"))


def _attributes(page: Page) -> set[str]:
    return {name for each in page.elements for name in each.attributes}


def test_what_cannot_be_seen_is_written_as_its_code() -> None:
    """Text that turns its direction, control characters, and half surrogates, which UTF-8 cannot hold."""
    found = checked(
        lambda _, one: (
            replace(one, response=one.response._replace(body=rb'{"a": "x\u202ey\u0000z", "b": "\ud800"}'))
            if one.request.method == "GET"
            else one
        )
    )
    page = report_page(found.report, found.gallery).decode()
    assert "\u202e" not in page
    assert r"x\u202ey" in page


def test_huge_and_many_differences_stay_small() -> None:
    """Bodies of megabytes, thousands of differing leaves, hundreds of exchanges: below five megabytes."""
    wide = {f"member{number}": "y" * 300 for number in range(100)}

    def big(number: int, one: Exchange) -> Exchange:
        if one.request.method == "POST":
            return with_body(one, {"text": "z" * 2_000_000}) if number == 0 else one
        return with_body(one, TREE | wide | {f"other{number}": number})

    found = checked(big, sessions=70, length=4)
    page = report_page(found.report, found.gallery)
    assert len(page) < 5_000_000
    text = Page.of(page).text
    assert "wraith check shop --json lists them" in text


def test_sessions_beyond_the_bound_are_counted() -> None:
    """Those that fail are drawn first."""
    found = checked(same, sessions=1, length=2)
    one = found.report.sessions[0]
    many = tuple(
        one.model_copy(update={"session": f"s{number}", "passed": number % 100 != 0})
        for number in range(1200)
    )
    report = found.report.model_copy(update={"sessions": many, "sessions_total": len(many)})
    text = Page.of(report_page(report, Gallery())).id("sessions").text
    assert "And 200 sessions more" in text
    assert "s11002/2fails" in text


def test_strips_lead_nowhere_where_they_leave_exchanges_out() -> None:
    """A sign's position is no exchange's number then."""
    found = checked(mostly_right)
    page = report_page(found.report, found.gallery, whole_sessions=False)
    assert not any("aria-label" in each.attributes for each in Page.of(page).all("a"))
