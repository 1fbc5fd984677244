"""The graph under doit itself, in processes of its own, with the real engines."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wraith.workspace import Project

DODO = "from wraith.build import graph\n\nglobals().update(graph())\n"
WriteSession = Callable[..., Path]


def doit(project: Project, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doit", *arguments],
        cwd=project.root,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path, write_session: WriteSession) -> Project:
    """A project with one twin that nothing was built of."""
    project = Project(tmp_path / "project")
    twin = project.twin("alpha")
    twin.root.mkdir(parents=True)
    (project.root / "dodo.py").write_text(DODO)
    twin.config_path.write_text('[upstream]\nbase_url = "http://127.0.0.1:9"\n')
    twin.scrub_path.write_text("")
    write_session(twin, ["/a", "/b"], at_ms=1000)
    write_session(twin, ["/b", "/a"], at_ms=9000)
    return project


def test_doit_says_why_it_runs_and_then_has_nothing_to_do(project: Project) -> None:
    """One line per task on standard error with its reason; the second run finds everything fresh."""
    first = doit(project)
    assert (first.returncode, first.stdout) == (0, "")
    lines = first.stderr.splitlines()
    assert [line.partition(": ran, because ")[0] for line in lines] == [
        f"{step}:alpha" for step in ("record", "synth", "check", "pack")
    ]
    assert lines[0].endswith("doit has not built it here before; 2 sessions, 4 exchanges, nothing to record")
    second = doit(project)
    assert (second.returncode, second.stdout) == (0, "")
    assert second.stderr == "nothing to do: 4 tasks are fresh\n"


def test_doit_ends_with_our_exit_code_and_names_our_error(project: Project) -> None:
    """A score below the threshold is 2, a broken configuration 1, both in the one look of errors."""
    twin = project.twin("alpha")
    (twin.patches_path).mkdir(parents=True)
    (twin.patches_path / "x.json").write_text("{")
    broken = doit(project, "synth:alpha")
    assert broken.returncode == 1
    assert broken.stderr.splitlines()[-5:] == [
        "error: synth:alpha: not JSON: " + broken.stderr.splitlines()[-5].partition("not JSON: ")[2],
        f"  where: {twin.patches_path / 'x.json'}",
        "  hint: mend the file, or remove it and make the edit again in model/symbols.json",
        "  ran because: doit has not built it here before",
        "  repeat: wraith build synth:alpha",
    ]
    twin.config_path.write_text("x =")
    for command in ([], ["list"]):
        invalid = doit(project, *command)
        assert invalid.returncode == 1
        assert invalid.stderr.startswith("error: not TOML: ")
        assert f"  where: {twin.config_path}\n  hint: " in invalid.stderr


def test_doit_list_info_and_clean_are_sensible(project: Project) -> None:
    """Tasks have a line each, files are named from the project's folder, recordings are never cleaned."""
    assert doit(project).returncode == 0
    twin = project.twin("alpha")
    listed = doit(project, "list", "--all", "--status").stdout.splitlines()
    assert "U synth:alpha    learn the model from the recordings" in [line.strip() for line in listed]
    info = doit(project, "info", "synth:alpha").stdout
    assert "status     : up-to-date" in info
    assert " - twins/alpha/recordings/index.json" in info
    assert " - twins/alpha/model/symbols.json" in info
    assert doit(project, "clean").returncode == 0
    left = {path.name for path in project.root.rglob("*") if path.is_file() and ".wraith" not in path.parts}
    assert left - {"dodo.py", "dodo.cpython-311.pyc", "wraith.toml", "scrub.toml", "index.json"} == {
        "manifest.json",
        "000001.wrec",
        "000002.wrec",
    }
    assert not twin.artifact_path.exists()


def test_clean_keeps_a_model_with_edits_that_are_in_no_patch(project: Project) -> None:
    """Cleaning removes what can be made again, and an edit cannot."""
    assert doit(project, "synth").returncode == 0
    twin = project.twin("alpha")
    twin.symbols_path.write_bytes(twin.symbols_path.read_bytes() + b" ")
    cleaned = doit(project, "clean", "synth")
    assert "synth:alpha: kept, because the model was edited by hand; wraith patch alpha" in cleaned.stdout
    assert twin.symbols_path.exists()


def test_outputs_do_not_depend_on_the_hash_seed(project: Project) -> None:
    """Two processes with other hash seeds, in other folders, write the same bytes."""
    other = Project(Path(shutil.copytree(project.root, project.root.with_name("other"))))
    assert doit(project, PYTHONHASHSEED="1", LC_ALL="C", TZ="UTC").returncode == 0
    assert doit(other, PYTHONHASHSEED="2", LC_ALL="C.UTF-8", TZ="Asia/Tokyo").returncode == 0
    outputs = ("model/symbols.json", "model/evidence.json", "reports/check.json", "recordings/index.json")
    for name in outputs:
        assert (project.twin("alpha").root / name).read_bytes() == (
            other.twin("alpha").root / name
        ).read_bytes()
    assert project.twin("alpha").artifact_path.read_bytes() == other.twin("alpha").artifact_path.read_bytes()


KILLED = """
import os
from pathlib import Path
from wraith.build import run_graph, steps
from wraith.workspace import Project

steps.check = lambda workspace: os._exit(9)
run_graph(Project(Path.cwd()))
"""


def test_a_killed_run_keeps_the_tasks_that_it_finished(project: Project) -> None:
    """The next run takes up where the killed one was, and runs what was under way again."""
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd=project.root, timeout=60, check=False)
    assert killed.returncode == 9
    after = doit(project)
    assert [line.partition(":")[0] for line in after.stderr.splitlines()] == ["check", "pack"]
