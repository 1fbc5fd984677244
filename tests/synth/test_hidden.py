"""Quality: what lists leave out that nothing asks them to."""

from __future__ import annotations

from tests.synth.recordings import Document, Step, exchange, model_of, route, session, source, variant
from wraith.wir import Absent, Equals, Expr, Literal, Query, Ref, When, Where

STATES = ("open", "closed", "open", "closed", "open")
ISSUES: tuple[Document, ...] = tuple(
    {"id": f"is_7a{n}Kd82", "title": f"issue {n}", "state": state} for n, state in enumerate(STATES)
)


def filled() -> list[Step]:
    """Five issues are created."""
    return [exchange("POST", "/issues", json={**each}, answer={**each}) for each in ISSUES]


def having(state: str) -> list[Document]:
    return [each for each in ISSUES if each["state"] == state]


def where_of(*lists: Step) -> tuple[Where, ...]:
    """Return the conditions that are learned from some lists, asked for in three sessions."""
    model = model_of(
        *(session(*filled(), *lists, exchange("GET", "/issues/none", status=404)) for _ in range(3))
    )
    listed = source(variant(model, "GET /issues"), "issues")
    assert isinstance(listed, Query)
    return listed.where


def shown(target: str, issues: list[Document]) -> Step:
    return exchange("GET", target, answer={"issues": [*issues]})


def test_a_default_is_what_holds_where_nothing_is_asked() -> None:
    """Open issues are shown unless others are asked for; ``all`` asks for every one."""
    default: Expr = When(Absent(Ref(("request", "query", "state"))), Literal("open"))
    found = where_of(
        shown("/issues", having("open")),
        shown("/issues?state=closed", having("closed")),
        shown("/issues?state=all", [*ISSUES]),
    )
    assert Where(("state",), "equals", default) in found


def test_a_flag_leaves_out() -> None:
    """What is closed is left out where a flag says so."""
    flag = Equals(Ref(("request", "query", "hide_closed")), "true")
    found = where_of(shown("/issues", [*ISSUES]), shown("/issues?hide_closed=true", having("open")))
    assert found == (Where(("state",), "equals", When(flag, Literal("open"))),)


def test_the_first_page_is_no_condition() -> None:
    """A list that is cut after some elements says nothing of those that it does not show."""
    assert where_of(shown("/issues?limit=1", [ISSUES[0]]), shown("/issues?limit=3", [*ISSUES[:3]])) == ()


def test_parameters_may_stand_in_the_body() -> None:
    """A list that is asked for by POST is filtered by members of the body."""
    asked = [
        exchange("POST", "/issues.list", json=body, answer={"issues": [*issues]})
        for body, issues in (({}, [*ISSUES]), ({"state": "open"}, having("open")))
    ]
    opened = [
        exchange("POST", "/issues.open", json={"title": each["title"]}, answer={"issue": {**each}})
        for each in ISSUES
    ]
    shown_again = [
        exchange("POST", "/issues.show", json={"id": each["id"]}, answer={"issue": {**each}})
        for each in ISSUES
    ]
    model = model_of(*(session(*opened, *shown_again, *asked) for _ in range(3)))
    assert route(model, "POST /issues.list").state_op == "list"
    listed = source(variant(model, "POST /issues.list"), "issues")
    assert isinstance(listed, Query)
    assert [(each.field, each.value) for each in listed.where] == [
        (("state",), Ref(("request", "body", "state")))
    ]
