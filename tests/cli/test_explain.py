"""``wraith explain``: the program of a route with its evidence, for people and as JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wraith.cli._explain_view import WIDTH, first_difference
from wraith.exchange import Exchange
from wraith.paths import MISSING
from wraith.recording import sealed_sessions
from wraith.workspace import Project, Workspace

BILLING = Path(__file__).parents[2] / "twins" / "billing-api"


@pytest.fixture
def learned(recorded: Workspace, run: Callable[..., object]) -> Workspace:
    """The recorded twin with the model that is learned from it."""
    run("synth", "shop")
    return recorded


@pytest.fixture
def billing(folder: Path, run: Callable[..., object]) -> Workspace:
    """The billing twin in a project of its own, learned."""
    (folder / "wraith-project.toml").write_text("")
    shutil.copytree(BILLING, folder / "twins" / "billing-api")
    run("synth", "billing-api")
    return Project.find(folder).twin("billing-api")


def _smoke(workspace: Workspace) -> str:
    return next(session.id for session in sealed_sessions(workspace) if "smoke" in session.tags)


def test_a_route_is_shown_with_its_evidence(run, learned: Workspace) -> None:
    """Each variant says when it answers; each hole its class, its expression and how much that explains."""
    out = run("explain", "shop", "POST /widgets").out
    lines = [line.split() for line in out.splitlines()]
    assert out.splitlines()[0] == "POST /widgets: create widgets"
    assert "2 exchanges in 2 sessions; the variant chosen has the recorded status in 2 of 2" in out
    assert "variant 0 (201), json: chosen 2 times in 2 sessions" in out
    assert ["name", "echoed", "2", "of", "2", "request.body.name"] in lines
    assert "  then store widgets[response.body.id] = response.body" in out


def test_a_route_as_json(run, learned: Workspace) -> None:
    """The document has everything that the text has, and the expressions as JSON."""
    document = run("explain", "shop", "POST /widgets", "--json").document
    assert (document["schema"], document["twin"]) == ("wraith.explain/1", "shop")
    assert document["route"]["name"] == "POST /widgets"
    assert (document["exchanges"], document["right"], document["wrong"]) == (2, 2, [])
    [variant] = document["variants"]
    name = next(part for part in variant["parts"] if part["path"] == "name")
    assert (name["class"], name["source"]) == ("echoed", {"path": "request.body.name"})
    assert (name["text"], name["explained"], name["total"]) == ("request.body.name", 2, 2)


def test_a_path_finds_its_route(run, learned: Workspace) -> None:
    """A path that a route answers names it, with or without quotes around method and path."""
    title = "GET /widgets/{widget_id}: read widgets[request.path.widget_id]"
    assert run("explain", "shop", "GET /widgets/wid_x").out.splitlines()[0] == title
    assert run("explain", "shop", "GET", "/widgets/wid_x").out.splitlines()[0] == title


def test_without_a_route_the_worst_come_first(run, modelled: Workspace) -> None:
    """The overview counts what nothing explains, the worst routes first."""
    model = json.loads(modelled.symbols_path.read_text())
    variant = {"status": 200, "body_template": {"a": "$hole_1"}, "holes": {}}
    variant["holes"] = {"hole_1": {"class": "unexplained", "type": "string", "source": {"literal": "x"}}}
    model["routes"].append({"method": "GET", "path_pattern": "/odd", "variants": [variant]})
    modelled.symbols_path.write_text(json.dumps(model))
    rows = [line.split() for line in run("explain", "shop").out.splitlines()]
    assert rows[1] == ["GET", "/odd", "1", "1", "1", "-"]
    assert rows[2] == ["POST", "/widgets", "0", "4", "1", "-"]
    routes = run("explain", "shop", "--json").document["routes"]
    assert [(each["route"], each["unexplained"]) for each in routes] == [
        ("GET /odd", 1),
        ("POST /widgets", 0),
    ]


def test_exchanges_that_disagree_are_shown(
    run, learned: Workspace, exchange: Callable[..., Exchange], record: Callable[..., str]
) -> None:
    """What was recorded later and otherwise is named with session, index and both values."""
    body = json.dumps({"name": "Given"}).encode()
    made = {"id": "wid_9abcdefgh", "object": "widget", "name": "Taken"}
    session = record(learned, [exchange("POST", "/widgets", 201, made, body)])
    out = run("explain", "shop", "POST /widgets").out
    assert f'{session}/1: recorded "Taken", computed "Given"' in out
    assert f"wraith explain shop --exchange {session}/1" in out
    one = run("explain", "shop", "--exchange", f"{session}/1").out
    assert 'recorded "Taken"' in one
    assert 'computed "Given"' in one


def test_a_wrong_choice_is_shown(
    run, learned: Workspace, exchange: Callable[..., Exchange], record: Callable[..., str]
) -> None:
    """An exchange whose variant has another status is named, with the variant that is chosen."""
    session = record(learned, [exchange("GET", "/widgets/wid_none", 410, {"error": "gone"})])
    out = run("explain", "shop", "GET /widgets/{widget_id}").out
    assert f"{session}/1 was answered 410, and gets variant " in out
    assert "the variant chosen has the recorded status in 4 of 5" in out
    one = run("explain", "shop", "--exchange", f"{session}/1").out
    assert "the recorded status is 410: its parts cannot be compared" in one


def test_one_exchange_is_shown_with_its_guards(run, learned: Workspace) -> None:
    """The variant that answers has all its guards true; the others show which one is false."""
    ran = run("explain", "shop", "--exchange", f"{_smoke(learned)}/3")
    lines = ran.out.splitlines()
    assert lines[0].endswith("/3: GET /widgets/wid_none, answered 404")
    assert 'widgets["wid_none"] is not there' in lines
    answers = next(at for at, line in enumerate(lines) if line.endswith("(404) answers"))
    assert lines[answers + 1].split()[0] == "true"
    assert any(line.split()[0] == "false" for line in lines[3:])
    document = run("explain", "shop", "--exchange", f"{_smoke(learned)}/3", "--json").document
    assert (document["recorded_status"], document["status"]) == (404, 404)
    assert all(guard["holds"] for guard in document["variants"][document["variant"]]["guards"])
    assert all(part["agrees"] for part in document["parts"])
    assert "stored" not in document


def test_tags_choose_what_is_looked_at(run, learned: Workspace) -> None:
    """With a tag only its sessions count."""
    assert run("explain", "shop", "POST /widgets", "--tag", "smoke", "--json").document["exchanges"] == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("GET /wigdets",), "there is no route 'GET /wigdets'; near: ", id="no-route"),
        pytest.param(("PATCH", "/widgets/x"), "near: GET /widgets/x", id="other-method"),
        pytest.param(("--exchange", "nothing/1"), "there is no exchange nothing/1", id="no-session"),
        pytest.param(("--exchange", "{smoke}/9"), "there is no exchange", id="no-exchange"),
        pytest.param(("--exchange", "{smoke}"), "not the index of an exchange", id="no-index"),
        pytest.param(
            ("POST /widgets", "--exchange", "{smoke}/2"), "reaches GET /widgets/{{widget_id}}, not", id="both"
        ),
    ],
)
def test_what_is_not_there_ends_with_1(
    run, learned: Workspace, arguments: tuple[str, ...], says: str
) -> None:
    """A route or exchange that does not exist is the user's mistake."""
    ran = run("explain", "shop", *(each.format(smoke=_smoke(learned)) for each in arguments))
    assert (ran.code, ran.out) == (1, "")
    assert says.format() in ran.err
    assert "hint: " in ran.err


def test_a_model_is_needed(run, recorded: Workspace) -> None:
    """Before anything was learned there is nothing to explain, and the error says what to do."""
    ran = run("explain", "shop", "POST /widgets")
    assert ran.code == 1
    assert "wraith synth shop" in ran.err


def test_every_route_of_a_real_twin_is_readable(run, billing: Workspace) -> None:
    """Whatever a real model says fits a hundred columns."""
    routes = [each["route"] for each in run("explain", "billing-api", "--json").document["routes"]]
    assert len(routes) > 20
    for route in ("POST /v1/charges", "GET /v1/charges/{charge_id}", routes[0]):
        assert route in routes
        ran = run("explain", "billing-api", route)
        assert (ran.code, ran.err) == (0, "")
        assert [line for line in ran.out.splitlines() if len(line) > WIDTH] == []
    charge = run("explain", "billing-api", "POST /v1/charges", "--json").document
    amounts = [part for one in charge["variants"] for part in one["parts"] if part["path"] == "amount"]
    assert {(part["text"], part["explained"] == part["total"]) for part in amounts} == {
        ("integer(request.body.amount)", True)
    }


@pytest.mark.parametrize(
    ("recorded", "computed", "found"),
    [
        (1, 2, ((), 1, 2)),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, (("b",), 2, 3)),
        ([1, 2], [1], ((1,), 2, MISSING)),
        ([{"a": [1]}], [{"a": [2]}], ((0, "a", 0), 1, 2)),
        ({"a": 1}, {"a": 1, "b": 2}, (("b",), MISSING, 2)),
        ([], {}, ((), [], {})),
    ],
)
def test_long_values_are_shown_where_they_differ(
    recorded: object, computed: object, found: tuple[object, ...]
) -> None:
    """Of two documents the first place is shown at which they differ."""
    assert first_difference(recorded, computed) == found
