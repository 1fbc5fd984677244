"""What NAME may be: a twin's name, the path of a workspace, a packed twin by its file or its digest."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest

from wraith.workspace import Workspace


@pytest.fixture
def digest(run, recorded: Workspace) -> str:
    """The content digest of the recorded twin, packed with its recordings into shop.wraith, and without into
    bare.wraith."""
    run("synth", "shop")
    run("pack", "shop", "--output", "bare.wraith")
    document = run("pack", "shop", "--output", "shop.wraith", "--include-recordings", "--json").document
    return document["content_digest"]


READING: dict[str, tuple[str, ...]] = {
    "check": (),
    "inspect": (),
    "inspect --routes": ("--routes",),
    "explain": (),
    "explain POST /widgets": ("POST", "/widgets"),
    "doctor": (),
    "export": ("out.har",),
}


@pytest.mark.parametrize("command", READING)
def test_what_only_reads_takes_a_packed_twin(
    run, digest: str, recorded: Workspace, command: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """By its file, by its digest and by path it answers what it answers by name, and nothing is left
    behind."""
    verb, rest = command.split()[0], READING[command]
    by_name = run(verb, "shop", *rest, "--json")
    for name in ("shop.wraith", f"shop@{digest}", "./twins/shop", str(recorded.root)):
        ran = run(verb, name, *rest, "--json")
        assert ran.code == by_name.code, ran.err
        if verb != "doctor":  # which says of a packed twin that it is one
            assert ran.document == by_name.document
    assert sorted(path.name for path in recorded.project.twins_path.iterdir()) == ["shop"]


def test_one_recorded_exchange_of_a_packed_twin_is_shown(run, digest: str, recorded: Workspace) -> None:
    """Sessions and exchanges are named as in the workspace."""
    session = min(path.name for path in recorded.sessions_path.iterdir())
    for verb, arguments in (("inspect", (f"{session}/1",)), ("explain", ("--exchange", f"{session}/1"))):
        by_name = run(verb, "shop", *arguments, "--json").document
        assert run(verb, "shop.wraith", *arguments, "--json").document == by_name


@pytest.mark.parametrize("arguments", [("check",), ("export", "out.har"), ("inspect", "x")], ids=" ".join)
def test_recordings_that_stayed_at_home_are_missed(run, digest: str, arguments: tuple[str, ...]) -> None:
    """What is nothing without recordings says how to pack them: exit status 1."""
    verb, *rest = arguments
    ran = run(verb, "bare.wraith", *rest)
    assert ran.code == 1
    assert "shop was packed without recordings" in ran.err
    assert "--include-recordings" in ran.err


WRITING = {
    "synth": (),
    "patch": (),
    "pack": (),
    "record": (),
    "import": ("x.har",),
    "check --accept": ("--accept", "d", "--reason", "r"),
}


@pytest.mark.parametrize("command", WRITING)
def test_what_writes_needs_a_workspace(run, digest: str, command: str) -> None:
    """A packed twin is refused, with the command that makes a workspace of it."""
    ran = run(command.split()[0], "shop.wraith", *WRITING[command])
    assert ran.code == 1
    assert "this is a packed twin" in ran.err
    assert "wraith install FILE" in ran.err


def test_a_packed_twin_is_served_without_being_installed(
    start, run, digest: str, recorded: Workspace
) -> None:
    """It answers, and what was unpacked for it is gone in the end."""
    server = start("serve", "shop.wraith", "--port", "0", "--ready-json", "ready.json")
    made = urllib.request.Request(
        f"{server.url}/widgets", b'{"name": "x"}', {"content-type": "application/json"}
    )
    with urllib.request.urlopen(made, timeout=10) as answer:
        assert json.load(answer)["name"] == "x"
    assert server.stop()[0] == 0


def test_an_unmet_reference_names_the_digest(run, digest: str) -> None:
    """Nothing of that name: 1. The name, and other content: 3."""
    wanted = f"sha256:{'0' * 64}"
    nothing, other = run("inspect", f"none@{wanted}"), run("inspect", f"shop@{wanted}")
    assert (nothing.code, other.code) == (1, 3)
    assert wanted in nothing.err
    assert wanted in other.err
    assert digest in other.err


def test_artifact_path_adds_a_folder(
    run, digest: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A packed twin of that name or digest in it is found from any project."""
    shelf = Path.cwd()
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert run("inspect", f"shop@{digest}").code == 1
    for name in (f"shop@{digest}", "shop"):
        assert run("inspect", name, "--artifact-path", str(shelf)).code == 0


def test_synth_works_on_a_workspace_by_its_path(run, recorded: Workspace, tmp_path: Path) -> None:
    """A workspace outside of twins/ is used where it stands."""
    recorded.root.rename(tmp_path / "lone")
    assert run("synth", "./lone").code == 0
    assert (tmp_path / "lone" / "model" / "symbols.json").is_file()
    assert not (tmp_path / "twins" / "lone").exists()
