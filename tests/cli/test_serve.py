"""``wraith serve``: the twin as a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from wraith.workspace import Workspace


@pytest.fixture
def learned(run, recorded: Workspace) -> Workspace:
    """The recorded twin with its model."""
    run("synth", "shop")
    return recorded


def test_a_twin_is_served(learned: Workspace, start: Callable[..., object], folder: Path) -> None:
    """The address is the answer and stands in FILE; the twin answers; SIGTERM ends it with 0."""
    server = start(
        "serve",
        "shop",
        "--port",
        "0",
        "--fidelity",
        "strict",
        "--ready-json",
        str(folder / "ready.json"),
        "--json",
    )
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30.0) as client:
        made = client.post("/widgets", json={"name": "Widget 9"})
        assert made.status_code == 501
        made = client.post("/widgets", json={"name": "Widget 1"})
        assert (made.status_code, made.json()["id"]) == (201, "wid_1abcdefgh")
        assert client.get("/widgets/wid_1abcdefgh").json() == made.json()
        assert client.get("/nothing/like/it").status_code == 501
        assert client.get("/__wraith/info").json()["fidelity"] == "strict"
    code, out, err = server.stop()
    assert code == 0
    document = json.loads(out)
    assert (document["schema"], document["url"], document["routes"]) == ("wraith.serve/1", server.url, 2)
    assert [json.loads(line)["status"] for line in err.splitlines()][:4] == [501, 201, 200, 501]


def test_strict_fidelity_needs_recordings(run, packed: Path) -> None:
    """A twin that was packed without them says so: exit status 1."""
    ran = run("serve", str(packed), "--fidelity", "strict", "--port", "0")
    assert ran.code == 1
    assert "has no recordings here" in ran.err
    assert "--include-recordings" in ran.err


def test_a_server_that_is_not_installed_is_refused(
    run, learned: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 1, with the command that brings it."""
    monkeypatch.setitem(sys.modules, "granian.server.embed", None)
    ran = run("serve", "shop", "--server", "granian", "--port", "0")
    assert ran.code == 1
    assert "pip install 'wraith[fast]'" in ran.err


def test_an_epoch_that_is_none_is_refused(run, learned: Workspace) -> None:
    """Exit status 1, and what one looks like."""
    ran = run("serve", "shop", "--clock-epoch", "noon", "--port", "0")
    assert ran.code == 1
    assert "argument --clock-epoch: expected an instant such as" in ran.err
    assert ran.err.count("found 'noon'") == 1
    assert "2026-01-01T00:00:00Z" in ran.err


def test_the_page_of_a_twin_knows_its_workspace(
    run, learned: Workspace, start: Callable[..., object], folder: Path
) -> None:
    """What backs the model, and the last check, also one that was made while it was served."""
    server = start("serve", "shop", "--port", "0", "--ready-json", str(folder / "ready.json"))
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30.0) as client:
        assert "None yet" in client.get("/__wraith/").text
        assert "2 exchanges in 2 sessions" in client.get("/__wraith/?route=POST%20/widgets").text
        run("check", "shop")
        assert "10000 of 10000" in client.get("/__wraith/").text


def test_a_model_is_needed(run, shop: Workspace) -> None:
    """Before synth there is nothing to serve: exit status 1, and the command that comes first."""
    ran = run("serve", "shop")
    assert ran.code == 1
    assert "hint: doit synth:shop" in ran.err


def test_a_broken_model_is_named(run, learned: Workspace) -> None:
    """A model file that is none ends with 1 and names file and offset."""
    learned.symbols_path.write_text('{"format": ')
    ran = run("serve", "shop", "--json")
    assert ran.code == 1
    assert ran.document["error"]["where"] == str(learned.symbols_path)


def test_the_way_out_of_a_broken_model_works(run, learned: Workspace) -> None:
    """The hint names commands that write the model again."""
    learned.symbols_path.write_text('{"format": ')
    assert "wraith patch shop --discard-edits, wraith synth shop" in run("serve", "shop").err
    assert run("patch", "shop", "--discard-edits").code == 0
    assert run("synth", "shop").code == 0
    assert run("inspect", "shop").code == 0


def test_off_loopback_a_token_is_needed(run, learned: Workspace) -> None:
    """Serving other machines without a control token is against the rules: exit status 3."""
    assert run("serve", "shop", "--host", "0.0.0.0", "--port", "0").code == 3
