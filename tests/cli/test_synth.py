"""``wraith synth`` and ``wraith patch``: what was learned is said, and no edit is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wraith.recording import sealed_sessions
from wraith.wir import dump_model, load_model
from wraith.workspace import Workspace


def _hook(workspace: Workspace, lua_hook: str) -> None:
    """Edit the model by hand: set the hook of the first variant."""
    model = load_model(workspace.symbols_path.read_bytes())
    variant = model.routes[0].variants[0].model_copy(update={"lua_hook": lua_hook})
    route = model.routes[0].model_copy(update={"variants": (variant, *model.routes[0].variants[1:])})
    edited = model.model_copy(update={"routes": (route, *model.routes[1:])})
    workspace.symbols_path.write_bytes(dump_model(edited))


def _hooks(workspace: Workspace) -> list[str]:
    model = load_model(workspace.symbols_path.read_bytes())
    return [variant.lua_hook for route in model.routes for variant in route.variants if variant.lua_hook]


def test_synth_prints_routes_symbols_and_state_operations(run, recorded: Workspace) -> None:
    """The answer says what the model is: routes with what they were learned from, symbols, entities."""
    ran = run("synth", "shop")
    assert ran.code == 0
    assert ran.out.startswith("shop: 2 routes learned from 2 sessions, 6 exchanges\n")
    rows = [line.split()[:3] for line in ran.out.splitlines()]
    assert ["POST", "/widgets", "create"] in rows
    assert "symbols: " in ran.out
    assert "STATE OPERATIONS" in ran.out


def test_synth_as_json(run, recorded: Workspace) -> None:
    """The document has the same facts, every symbol with what fills it."""
    document = run("synth", "shop", "--json").document
    assert document["schema"] == "wraith.synth/1"
    assert (document["sessions"], document["exchanges"]) == (2, 6)
    classes = {
        symbol["class"]
        for route in document["routes"]
        for variant in route["variants"]
        for symbol in variant["symbols"]
    }
    assert set(document["symbols"]) == classes
    assert document["state_operations"]["widgets"]["create"] == ["POST /widgets"]
    assert document["refused_patches"] == []


def test_tags_choose_what_is_learned_from(run, recorded: Workspace) -> None:
    """With ``--tag`` only sessions with that tag count."""
    assert run("synth", "shop", "--tag", "smoke", "--json").document["sessions"] == 1


def test_nothing_recorded_gives_an_empty_model_and_says_so(run, shop: Workspace) -> None:
    """Without recordings synth ends with 0, and names the command that records."""
    ran = run("synth", "shop")
    assert ran.code == 0
    assert "nothing to learn from; wraith record shop records" in ran.out
    assert load_model(shop.symbols_path.read_bytes()).routes == ()


def test_an_edit_by_hand_survives(run, recorded: Workspace) -> None:
    """An edited model stops synth, patch keeps the edit, and after another synth it is still there."""
    run("synth", "shop")
    _hook(recorded, "widgets.lua")
    stopped = run("synth", "shop")
    assert stopped.code == 1
    assert "wraith patch shop" in stopped.err
    assert _hooks(recorded) == ["widgets.lua"]
    kept = run("patch", "shop", "--json")
    assert kept.code == 0
    (file,) = kept.document["files"]
    assert json.loads((recorded.root / file).read_text())["format"] == "wraith.patch/1"
    assert run("synth", "shop").code == 0
    assert _hooks(recorded) == ["widgets.lua"]


def test_an_edit_can_be_discarded(run, recorded: Workspace) -> None:
    """``patch --discard-edits`` puts back what synth wrote."""
    run("synth", "shop")
    before = recorded.symbols_path.read_bytes()
    _hook(recorded, "widgets.lua")
    ran = run("patch", "shop", "--discard-edits")
    assert (ran.code, ran.out) == (0, "shop: edits discarded: model/symbols.json\n")
    assert recorded.symbols_path.read_bytes() == before


def test_nothing_to_patch_is_said(run, recorded: Workspace) -> None:
    """Without edits patch writes nothing and ends with 0."""
    run("synth", "shop")
    ran = run("patch", "shop", "--json")
    assert (ran.code, ran.document["files"]) == (0, [])
    assert list(recorded.patches_path.iterdir()) == []


def test_a_patch_without_effect_is_listed(run, recorded: Workspace) -> None:
    """A patch of a route that is gone is said after learning, and kept."""
    change = {"at": "state_op", "old": "list", "new": "read"}
    route = {"method": "GET", "path_pattern": "/gone"}
    path = recorded.patches_path / "gone.json"
    path.write_text(json.dumps({"format": "wraith.patch/1", "route": route, "changes": [change]}))
    ran = run("synth", "shop")
    assert ran.code == 0
    assert "1 change of" in ran.out
    assert "GET /gone, at state_op: there is no such route any more" in ran.out
    assert path.exists()


@pytest.mark.parametrize("command", ["synth", "check"])
def test_a_broken_recording_stops_the_command(run, recorded: Workspace, command: str) -> None:
    """A broken exchange file ends with 1 and is named; the model stays as it was."""
    run("synth", "shop")
    before = recorded.symbols_path.read_bytes()
    path: Path = sealed_sessions(recorded)[0].path / "000001.wrec"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    ran = run(command, "shop", "--json")
    assert (ran.code, ran.document["error"]["where"]) == (1, str(path))
    assert recorded.symbols_path.read_bytes() == before
