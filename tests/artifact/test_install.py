"""Installing: whole or not at all, nothing that exists is lost, and what came out packs to the same bytes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wraith.artifact import install, open_artifact, pack, resolve
from wraith.artifact._manifest import dump_manifest
from wraith.errors import InputError, OperationError
from wraith.workspace import Project

file_names = st.text("abc-é", min_size=1, max_size=4)
more_files = st.dictionaries(
    st.tuples(st.sampled_from(["lua/handlers", "lua/lib", "lua/lib/x"]), file_names).map(
        lambda parts: f"{'/'.join(parts)}.lua"
    ),
    st.binary(max_size=40),
    max_size=4,
)


@given(more_files)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_unpack_after_pack_is_identity(
    make_twin, tree, tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    """An installed twin has the files that were packed, and packs to the same bytes again."""
    root = tmp_path_factory.mktemp("identity")
    pack(make_twin(root / "home", **files), root / "1.wraith")
    artifact = open_artifact(root / "1.wraith")
    away = install(root / "1.wraith", Project(root / "away")).workspace
    there = tree(away.root)
    assert there.pop("artifact.json") == dump_manifest(artifact.manifest)
    assert there == artifact.files
    pack(away, root / "2.wraith")
    assert (root / "1.wraith").read_bytes() == (root / "2.wraith").read_bytes()


def test_recordings_are_installed_where_they_were_packed(make_twin, record, tree, tmp_path: Path) -> None:
    """Sessions and reports stand where they stood, byte for byte."""
    home = make_twin(tmp_path / "home")
    record(home)
    pack(home, tmp_path / "x.wraith", recordings=True, diagnostics=True)
    away = install(tmp_path / "x.wraith", Project(tmp_path / "away")).workspace
    assert tree(away.sessions_path) == tree(home.sessions_path)
    assert away.report_path.read_bytes() == home.report_path.read_bytes()


def test_name_and_folder_can_be_chosen(make_twin, tmp_path: Path) -> None:
    """``name`` is the new workspace's, ``into`` the folder that it is made in."""
    pack(make_twin(tmp_path), tmp_path / "x.wraith")
    project = Project(tmp_path / "away")
    named = install(tmp_path / "x.wraith", project, name="copy").workspace
    placed = install(tmp_path / "x.wraith", project, into=tmp_path / "else").workspace
    assert (named.root, named.exists()) == (project.twins_path / "copy", True)
    assert (placed.root, placed.exists()) == (tmp_path / "else" / "billing", True)
    with pytest.raises(InputError, match="not a name for a twin"):
        install(tmp_path / "x.wraith", project, name="../up")


def test_the_store_of_the_project_keeps_a_copy(make_twin, tmp_path: Path) -> None:
    """What was installed is found by its digest, whatever the workspace is called."""
    pack(make_twin(tmp_path / "home"), tmp_path / "x.wraith")
    project = Project(tmp_path / "away")
    digest = install(tmp_path / "x.wraith", project, name="copy").manifest.content_digest
    assert resolve(project, f"billing@{digest}") == open_artifact(tmp_path / "x.wraith")


def test_an_existing_workspace_is_refused_and_untouched(make_twin, tree, tmp_path: Path) -> None:
    """Installing over a twin of the same name changes nothing."""
    home = make_twin(tmp_path)
    pack(home, tmp_path / "x.wraith")
    before = tree(home.root)
    with pytest.raises(InputError, match="there is a twin 'billing' already"):
        install(tmp_path / "x.wraith", home.project)
    assert tree(home.root) == before


def test_force_replaces_what_was_installed(make_twin, record, tree, tmp_path: Path) -> None:
    """The whole workspace is another one, without a file of the old one, and nothing is left beside it."""
    home = make_twin(tmp_path / "home")
    record(home)
    pack(home, tmp_path / "1.wraith", recordings=True)
    project = Project(tmp_path / "away")
    away = install(tmp_path / "1.wraith", project).workspace
    (away.lua_path / "draft.txt").write_bytes(b"x")
    pack(make_twin(tmp_path / "new", **{"lua/lib/new.lua": b""}), tmp_path / "2.wraith")
    install(tmp_path / "2.wraith", project, force=True)
    assert set(tree(away.root)) == {*open_artifact(tmp_path / "2.wraith").files, "artifact.json"}
    assert [path.name for path in project.twins_path.iterdir()] == ["billing"]


def test_force_removes_no_recordings_that_were_made_there(make_twin, record, tree, tmp_path: Path) -> None:
    """A workspace with sessions that no artifact brought is not replaced."""
    home = make_twin(tmp_path)
    pack(home, tmp_path / "x.wraith")
    record(home)
    before = tree(home.root)
    with pytest.raises(InputError, match="recordings that were made here"):
        install(tmp_path / "x.wraith", home.project, force=True)
    assert tree(home.root) == before


def test_force_replaces_nothing_that_was_made_here(make_twin, tree, tmp_path: Path) -> None:
    """A workspace that no artifact brought stays, though nothing is recorded in it."""
    home = make_twin(tmp_path)
    pack(home, tmp_path / "x.wraith")
    before = tree(home.root)
    with pytest.raises(InputError, match="was made here, not installed"):
        install(tmp_path / "x.wraith", home.project, force=True)
    assert tree(home.root) == before


def test_force_replaces_nothing_but_workspaces(make_twin, tmp_path: Path) -> None:
    """A folder that is no twin, and a link to one, stay as they are."""
    home = make_twin(tmp_path / "home")
    pack(home, tmp_path / "x.wraith")
    project = Project(tmp_path / "away")
    (project.twins_path / "notes").mkdir(parents=True)
    (project.twins_path / "link").symlink_to(home.root)
    for name in ("notes", "link"):
        with pytest.raises(InputError, match="is no workspace"):
            install(tmp_path / "x.wraith", project, name=name, force=True)
    assert (project.twins_path / "link").is_symlink()


def test_what_fails_half_way_leaves_the_old_twin(
    make_twin, tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the new folder cannot be moved into place, the old one is back, and no draft is left."""
    pack(make_twin(tmp_path / "home"), tmp_path / "x.wraith")
    project = Project(tmp_path / "away")
    away = install(tmp_path / "x.wraith", project).workspace
    before = tree(away.root)
    rename = os.rename

    def fails(old: Path, new: Path) -> None:
        if Path(old).name == "new":
            raise OSError(28, "No space left on device")
        rename(old, new)

    monkeypatch.setattr("wraith.artifact._install.os.rename", fails)
    with pytest.raises((OperationError, InputError)):
        install(tmp_path / "x.wraith", project, force=True)
    assert tree(away.root) == before
    assert [path.name for path in project.twins_path.iterdir()] == ["billing"]


def test_a_disk_that_refuses_is_a_failure_at_run_time(make_twin, tmp_path: Path) -> None:
    """A file in the place of the folder ends with 4."""
    pack(make_twin(tmp_path / "home"), tmp_path / "x.wraith")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OperationError, match="cannot be written"):
        install(tmp_path / "x.wraith", Project(tmp_path / "away"), into=tmp_path / "file")
