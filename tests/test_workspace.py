"""Names and places: what may name a twin, where its project is, where its files are."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.errors import InputError
from wraith.workspace import Project, Workspace, check_name

GOOD = ["a", "billing-api", "v1.2", "A_b", "0", "x" * 80]
BAD = {
    "nothing": "",
    "a separator": "a/b",
    "a backslash": "a\\b",
    "the folder above": "..",
    "two dots inside": "a..b",
    "a hidden folder": ".a",
    "a dash first": "-a",
    "a space": "a b",
    "a letter beyond ASCII": "é",
    "a line break": "a\n",
    "a null": "a\0",
    "an equals sign": "a=b",
    "too long": "x" * 81,
    "a command of doit": "list",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_may_name_a_twin(name: str) -> None:
    """Letters, digits, dot, dash and underscore."""
    assert check_name(name) == name


@pytest.mark.parametrize("name", BAD.values(), ids=BAD)
def test_what_may_not_name_a_twin(name: str, tmp_path: Path) -> None:
    """No name leads out of its folder, and none is taken for a command."""
    with pytest.raises(InputError, match="not a name for a twin") as caught:
        Project(tmp_path).twin(name)
    assert "path separators" in str(caught.value.hint)


@pytest.mark.parametrize("mark", ["wraith-project.toml", "dodo.py"])
def test_a_project_is_the_nearest_folder_upwards_with_a_mark(tmp_path: Path, mark: str) -> None:
    """Either file makes a project, and the nearest one counts."""
    inner = tmp_path / "outer" / "inner"
    below = inner / "twins" / "a"
    below.mkdir(parents=True)
    (tmp_path / "outer" / "dodo.py").touch()
    (inner / mark).touch()
    assert Project.find(below).root == inner.resolve()
    assert Project.find(inner).root == inner.resolve()


def test_without_a_mark_the_folder_itself_is_the_project(tmp_path: Path) -> None:
    """A folder named like a mark is none."""
    (tmp_path / "dodo.py").mkdir()
    assert Project.find(tmp_path).root == tmp_path.resolve()


def test_twins_are_sorted_and_have_a_configuration(tmp_path: Path) -> None:
    """Folders without one, hidden folders and files are no twins."""
    for name in ("b", "a", ".draft"):
        (tmp_path / "twins" / name).mkdir(parents=True)
        (tmp_path / "twins" / name / "wraith.toml").touch()
    (tmp_path / "twins" / "empty").mkdir()
    (tmp_path / "twins" / "file").touch()
    assert [twin.name for twin in Project(tmp_path).twins()] == ["a", "b"]
    assert Project(tmp_path / "twins" / "empty").twins() == ()


def test_a_twin_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    """The error says what to do."""
    (tmp_path / "twins" / "a").mkdir(parents=True)
    (tmp_path / "twins" / "a" / "wraith.toml").touch()
    project = Project(tmp_path)
    assert project.twin("a").require() == project.twin("a")
    with pytest.raises(InputError, match=r"no twin 'b' here \(twins: a\)") as caught:
        project.twin("b").require()
    assert caught.value.hint == "wraith init b --base-url URL"


LAYOUT = {
    "root": "twins/t",
    "config_path": "twins/t/wraith.toml",
    "scrub_path": "twins/t/scrub.toml",
    "sessions_path": "twins/t/recordings/sessions",
    "index_path": "twins/t/recordings/index.json",
    "symbols_path": "twins/t/model/symbols.json",
    "evidence_path": "twins/t/model/evidence.json",
    "patches_path": "twins/t/model/patches",
    "lua_path": "twins/t/lua",
    "build_path": "twins/t/build",
    "report_path": "twins/t/reports/check.json",
    "state_path": "twins/t/state",
    "faults_path": "twins/t/faults",
    "artifact_path": "dist/t.wraith",
}


@pytest.mark.parametrize(("name", "place"), LAYOUT.items())
def test_the_layout_of_a_workspace(name: str, place: str) -> None:
    """Each file stands where the design says."""
    assert getattr(Workspace(Project(Path("project")), "t"), name) == Path("project") / place
