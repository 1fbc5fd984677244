"""Edits of the derived model: never overwritten, kept as patches, or discarded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wraith.build import steps
from wraith.errors import InputError
from wraith.workspace import Project, Workspace

WriteSession = Callable[..., Path]


@pytest.fixture
def twin(project: Project) -> Workspace:
    return project.twin("alpha")


def edit(twin: Workspace, hook: str | None) -> None:
    """Set the Lua hook of the first route by hand."""
    model = read(twin)
    model["routes"][0]["variants"][0]["lua_hook"] = hook
    twin.symbols_path.write_text(json.dumps(model))


def read(twin: Workspace) -> Any:  # a test reads into the document freely
    return json.loads(twin.symbols_path.read_bytes())


def hooks(twin: Workspace) -> list[str | None]:
    return [route["variants"][0]["lua_hook"] for route in read(twin)["routes"]]


def patches(twin: Workspace) -> list[str]:
    return sorted(path.name for path in twin.patches_path.glob("*"))


def test_a_hook_set_by_hand_is_still_there_after_learning_again(
    twin: Workspace, write_session: WriteSession
) -> None:
    """Edit, patch, learn, and learn from more: the edit stays with its route."""
    edit(twin, "handlers/a.lua")
    with pytest.raises(InputError, match="edited by hand") as raised:
        steps.synth(twin)
    assert "wraith patch alpha" in (raised.value.hint or "")
    assert hooks(twin) == ["handlers/a.lua", None]

    [written] = steps.patch(twin)
    assert patches(twin) == [written.name]
    assert steps.synth(twin).findings == ()
    assert hooks(twin) == ["handlers/a.lua", None]

    write_session(twin, ["/0-before-all-others"], at_ms=5000)
    steps.synth(twin)
    assert hooks(twin) == [None, "handlers/a.lua", None]


def test_edits_on_edits_stay_one_file_and_taking_them_back_removes_it(twin: Workspace) -> None:
    """One file per route holds what the route differs in, and nothing else."""
    for hook in ("one.lua", "two.lua"):
        edit(twin, hook)
        steps.patch(twin)
        steps.synth(twin)
        [name] = patches(twin)
        [change] = json.loads((twin.patches_path / name).read_bytes())["changes"]
        assert (change["at"], change["old"], change["new"]) == ("lua_hook", None, hook)
    edit(twin, None)
    steps.patch(twin)
    assert patches(twin) == []
    steps.synth(twin)
    assert hooks(twin) == [None, None]


def test_patches_pulled_in_while_the_model_is_edited_are_kept(twin: Workspace) -> None:
    """What somebody else patched meanwhile is not taken back by our edit of another route."""
    edit(twin, "ours.lua")
    twin.patches_path.mkdir(exist_ok=True)
    theirs = {
        "format": "wraith.patch/1",
        "route": {"method": "GET", "path_pattern": "/b"},
        "changes": [{"variant": {"status": 200}, "at": "lua_hook", "old": None, "new": "theirs.lua"}],
    }
    (twin.patches_path / "theirs.json").write_text(json.dumps(theirs))
    steps.patch(twin)
    steps.synth(twin)
    assert hooks(twin) == ["ours.lua", "theirs.lua"]


def test_without_edits_there_is_nothing_to_patch(twin: Workspace) -> None:
    """Patching a model as synth wrote it writes nothing."""
    assert steps.patch(twin) == ()
    assert steps.discard_edits(twin) == ()
    assert patches(twin) == []


def test_discarding_puts_back_what_synth_wrote(twin: Workspace) -> None:
    """The bytes of before, and synth runs again."""
    before = twin.symbols_path.read_bytes()
    edit(twin, "x.lua")
    assert steps.discard_edits(twin) == (twin.symbols_path,)
    assert twin.symbols_path.read_bytes() == before
    steps.synth(twin)


def test_where_nothing_says_what_synth_wrote_a_model_counts_as_edited(twin: Workspace) -> None:
    """A model of unknown origin is not overwritten; it can only be discarded."""
    twin.digests_path.unlink()
    twin.written_path.unlink()
    for attempt in (steps.synth, steps.patch):
        with pytest.raises(InputError) as raised:
            attempt(twin)
        assert "--discard-edits" in (raised.value.hint or "")
    steps.discard_edits(twin)
    assert not twin.symbols_path.exists()
    steps.synth(twin)
    assert hooks(twin) == [None, None]


@pytest.mark.parametrize("written", [1, 2], ids=["copy", "copy-and-model"])
def test_a_synth_that_was_killed_between_its_files_left_no_edit(
    twin: Workspace, monkeypatch: pytest.MonkeyPatch, write_session: WriteSession, written: int
) -> None:
    """Whatever it got to, the model there is one that synth wrote."""
    from wraith.build import _edits

    write_session(twin, ["/new"], at_ms=5000)
    calls: list[Path] = []
    write = _edits.write_whole

    def killed(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) > written:
            raise KeyboardInterrupt
        write(path, data)

    with monkeypatch.context() as patcher:
        patcher.setattr(_edits, "write_whole", killed)
        patcher.setattr(_edits, "write_json", lambda path, value: killed(path, b""))
        with pytest.raises(KeyboardInterrupt):
            steps.synth(twin)
    steps.synth(twin)
    assert len(hooks(twin)) == 3


def test_a_broken_edit_is_named_and_nothing_is_written(twin: Workspace) -> None:
    """An edited model that is none is the user's mistake, with the key."""
    model = read(twin)
    model["routes"][0]["variants"][0]["status"] = "two hundred"
    twin.symbols_path.write_text(json.dumps(model))
    with pytest.raises(InputError, match="status") as raised:
        steps.patch(twin)
    assert raised.value.where == str(twin.symbols_path)
    assert patches(twin) == []


def test_a_patch_that_no_longer_applies_is_reported_each_time(twin: Workspace) -> None:
    """Synth and check say so, synth goes on without it, and the file stays."""
    edit(twin, "x.lua")
    steps.patch(twin)
    for session in twin.sessions_path.iterdir():
        for path in session.iterdir():
            path.unlink()
        session.rmdir()
    result = steps.synth(twin)
    assert [str(finding) for finding in result.findings] == [
        "GET /a, variant 200 with 0 guards, at lua_hook: there is no such route any more"
    ]
    assert "1 changes of patches do not apply" in result.summary
    assert steps.check(twin).findings == result.findings
    assert len(patches(twin)) == 1


def test_a_patch_that_makes_no_model_is_blamed_and_nothing_is_written(twin: Workspace) -> None:
    """The error names the folder of patches; the model stays as it was."""
    before = twin.symbols_path.read_bytes()
    edit(twin, "x.lua")
    [path] = steps.patch(twin)
    path.write_text(path.read_text().replace('"x.lua"', "7"))
    steps.discard_edits(twin)
    twin.symbols_path.write_bytes(before)
    twin.written_path.write_bytes(before)
    with pytest.raises(InputError, match="lua_hook") as raised:
        steps.synth(twin)
    assert raised.value.where == str(twin.patches_path)
    assert twin.symbols_path.read_bytes() == before
