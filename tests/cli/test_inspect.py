"""``wraith inspect``: the same facts for people and as JSON; broken files named with the place in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wraith.exchange import Exchange, Request, Response, Truncated
from wraith.recording import sealed_sessions
from wraith.workspace import Workspace


def _first(workspace: Workspace) -> str:
    return next(s.id for s in sealed_sessions(workspace) if "smoke" in s.tags)


def test_an_empty_twin_says_what_to_do_next(run, shop: Workspace) -> None:
    """Before anything is recorded, inspect names the commands that come next."""
    out = run("inspect", "shop").out
    assert "wraith record shop" in out
    assert "wraith synth shop" in out


def test_the_overview_lists_sessions_and_routes(run, modelled: Workspace) -> None:
    """Each session is a row with its tags, source and size; each route one with what it does to state."""
    out = run("inspect", "shop").out
    assert "2 sessions, 6 exchanges" in out
    row = next(line for line in out.splitlines() if line.startswith(_first(modelled)))
    assert row.split()[1:5] == ["2023-11-14T22:13:20Z", "proxy", "smoke", "3"]
    route = next(line for line in out.splitlines() if line.startswith("POST"))
    assert route.split() == ["POST", "/widgets", "create", "widget", "201", "1", "-"]
    assert "symbols: 4 (2 constant, 1 echoed, 1 generated)" in out


def test_the_overview_as_json(run, modelled: Workspace) -> None:
    """The document holds the facts of the overview, sizes in bytes and instants in milliseconds."""
    document = run("inspect", "shop", "--json").document
    assert document["schema"] == "wraith.inspect/1"
    smoke = next(session for session in document["sessions"] if session["tags"] == ["smoke"])
    assert smoke["exchanges"] == 3
    assert smoke["started_at_ms"] == 1_700_000_000_000
    assert smoke["source"] == {"kind": "proxy", "upstream": "https://api.example.com"}
    (route,) = document["routes"]
    assert [symbol["class"] for symbol in route["variants"][0]["symbols"]] == [
        "generated",
        "constant",
        "echoed",
        "constant",
    ]


def test_what_backs_a_route_is_counted(run, recorded: Workspace) -> None:
    """Routes and variants say how many exchanges they were learned from, where they were learned."""
    run("synth", "shop")
    assert " seen 2 times" in run("inspect", "shop", "--routes").out
    routes = run("inspect", "shop", "--json").document["routes"]
    assert sum(route["exchanges"] for route in routes) == 6
    assert sum(variant["exchanges"] for route in routes for variant in route["variants"]) == 6


def test_the_routes_in_full(run, modelled: Workspace) -> None:
    """``--routes`` shows where every symbol comes from; a constant stands there as it is answered."""
    out = run("inspect", "shop", "--routes").out
    rows = [line.split() for line in out.splitlines()]
    assert ["id", "generated", "fresh", "id", "wid_[a-z0-9]{9}"] in rows
    assert ["price", "constant", '"$5"'] in rows
    document = run("inspect", "shop", "--routes", "--json").document
    assert document["state_operations"] == {"widget": {"create": ["POST /widgets"]}}


def test_one_session_lists_its_exchanges(run, recorded: Workspace) -> None:
    """An exchange is a row: index from 1, method, target, status, sizes, time."""
    out = run("inspect", "shop", _first(recorded)).out
    assert out.splitlines()[2].split() == ["1", "POST", "/widgets", "201", "20", "B", "63", "B", "7", "ms"]
    document = run("inspect", "shop", _first(recorded), "--json").document
    assert [row["status"] for row in document["exchanges"]] == [201, 200, 404]


def test_one_exchange_is_shown_decoded(run, recorded: Workspace) -> None:
    """Headers as they came, JSON bodies indented; in the document they are JSON."""
    out = run("inspect", "shop", f"{_first(recorded)}/1").out
    assert "content-type: application/json" in out
    assert '  "object": "widget",' in out
    document = run("inspect", "shop", f"{_first(recorded)}/1", "--json").document
    assert document["exchange"]["response"]["body"]["document"]["object"] == "widget"
    assert document["exchange"]["request"]["body"]["kind"] == "json"


def test_bodies_that_are_no_text(run, shop: Workspace, record: Callable[..., str]) -> None:
    """Binary is base64 in JSON and a size in text; a truncated body is a digest; long text is cut."""
    digest = "sha256:" + "0" * 64
    long_text = "\n".join(["x" * 2000] + ["line"] * 300).encode()
    session = record(
        shop,
        [
            Exchange(
                Request("PUT", "/a", (("content-type", "image/png"),), b"\x89PNG\0"),
                Response(200, (), b"", Truncated(digest, 20_000_000)),
            ),
            Exchange(Request("GET", "/b"), Response(200, (("content-type", "text/plain"),), long_text)),
        ],
    )
    first = run("inspect", "shop", f"{session}/1").out
    assert "(5 B of binary data, begins with 89 50 4e 47 00)" in first
    assert f"(body of 20.0 MB left out when it was recorded; {digest})" in first
    document = run("inspect", "shop", f"{session}/1", "--json").document
    assert document["exchange"]["request"]["body"]["base64"] == "iVBORwA="
    assert document["exchange"]["response"]["body"]["truncated"]["size_bytes"] == 20_000_000
    second = run("inspect", "shop", f"{session}/2").out
    assert "x… (2000 characters)" in second
    assert "… 101 more lines; --json shows all" in second
    assert run("inspect", "shop", f"{session}/2", "--json").out.count("line") >= 300


def test_recorded_text_cannot_drive_the_terminal(run, shop: Workspace, record: Callable[..., str]) -> None:
    """Escape sequences in what was recorded are shown, not obeyed."""
    hostile = Exchange(
        Request("GET", "/\x1b]0;owned\x07"), Response(200, (("content-type", "text/plain"),), b"\x1b[2J\x9b!")
    )
    session = record(shop, [hostile])
    for what in (session, f"{session}/1"):
        for style in ("text", "pretty"):
            out = run("inspect", "shop", what, "--format", style).out
            assert "\x1b]" not in out
            assert "\x1b[2J" not in out


@pytest.mark.parametrize(
    ("what", "says"),
    [
        pytest.param("nothing", "there is no sealed session 'nothing'", id="no-such-session"),
        pytest.param("../x", "not a name for a session", id="separator"),
        pytest.param("{first}/x", "not the index of an exchange: 'x'", id="no-number"),
        pytest.param("{first}/0", "not the index of an exchange: '0'", id="zero"),
        pytest.param("{first}/4", "there is no exchange 4", id="beyond-the-end"),
    ],
)
def test_what_is_not_there_ends_with_1(run, recorded: Workspace, what: str, says: str) -> None:
    """A session or exchange that does not exist is the user's mistake."""
    ran = run("inspect", "shop", what.format(first=_first(recorded)))
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err


def _break_toml(workspace: Workspace) -> Path:
    workspace.config_path.write_text("[upstream\n")
    return workspace.config_path


def _wrong_key(workspace: Workspace) -> Path:
    workspace.config_path.write_text('[upstream]\nbase_url = "http://x"\n[record]\nportt = 1\n')
    return workspace.config_path


def _break_wrec(workspace: Workspace) -> Path:
    path = workspace.sessions_path / _first(workspace) / "000001.wrec"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    return path


def _remove_wrec(workspace: Workspace) -> Path:
    path = workspace.sessions_path / _first(workspace) / "000002.wrec"
    path.unlink()
    return path


def _break_manifest(workspace: Workspace) -> Path:
    path = workspace.sessions_path / _first(workspace) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"run": 5}))
    return path


def _break_model(workspace: Workspace) -> Path:
    workspace.symbols_path.write_text(
        '{"format": "wraith.model/1", "routes": [{"method": "GET", "variants": []}]}'
    )
    return workspace.symbols_path


def _not_json(workspace: Workspace) -> Path:
    workspace.symbols_path.write_text('{"format": ')
    return workspace.symbols_path


def _future_model(workspace: Workspace) -> Path:
    workspace.symbols_path.write_text('{"format": "wraith.model/99"}')
    return workspace.symbols_path


def _break_evidence(workspace: Workspace) -> Path:
    workspace.evidence_path.write_text('{"exchanges": "many"}')
    return workspace.evidence_path


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        pytest.param(_break_toml, "not TOML: ", id="toml"),
        pytest.param(_wrong_key, "record.portt: unknown key", id="unknown-key"),
        pytest.param(_break_wrec, "is not what manifest.json sealed", id="wrec-edited"),
        pytest.param(_remove_wrec, "is missing, and manifest.json lists it", id="wrec-missing"),
        pytest.param(_break_manifest, "run: ", id="manifest"),
        pytest.param(_break_model, "routes.0.path_pattern: ", id="model-key"),
        pytest.param(_not_json, "not JSON: ", id="model-json"),
        pytest.param(_future_model, "found 'wraith.model/99'", id="model-version"),
        pytest.param(_break_evidence, "exchanges: ", id="evidence"),
    ],
)
def test_a_broken_file_is_named_with_the_place_in_it(
    run, modelled: Workspace, damage: Callable[[Workspace], Path], says: str
) -> None:
    """A broken file ends with 1; the error names file, key or offset, and what to do; nothing is touched."""
    session = _first(modelled)
    path = damage(modelled)
    before = {each: each.read_bytes() for each in modelled.root.rglob("*") if each.is_file()}
    arguments = ("inspect", "shop") if path.suffix != ".wrec" else ("inspect", "shop", session)
    ran = run(*arguments, "--json")
    assert ran.code == 1
    error = ran.document["error"]
    assert says in error["message"]
    assert error["where"].startswith(str(path))
    assert error["hint"]
    assert {each: each.read_bytes() for each in modelled.root.rglob("*") if each.is_file()} == before
