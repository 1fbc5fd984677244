"""``tools/environment.py``, and the two scripts that stand on it."""

from __future__ import annotations

import importlib.util
import json
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parent.parent.parent / "tools"

FAKE_PYTHON = """\
#!{python}
# Answers like the interpreter of an environment: says its version, writes down what pip was asked.
import pathlib, sys
here = pathlib.Path(__file__).parent
if sys.argv[1] == "-c":
    print(*sys.version_info[:2])
else:
    with (here / "asked").open("a") as log:
        log.write(" ".join(sys.argv[1:]) + "\\n")
    if (here / "broken").exists():
        sys.exit("Collecting everything\\nERROR: no index answers\\n  ERROR: no index answers\\nand more")
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, at work on a project in a temporary folder whose environment is a fake."""
    import environment

    venv = tmp_path / ".venv"
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "STAMP", venv / "stamp.json")
    monkeypatch.setattr(environment, "CONSTRAINTS", tmp_path / "constraints.txt")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "constraints.txt").write_text("blake3==1.0\n")
    python = venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(FAKE_PYTHON.format(python=sys.executable))
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return environment


def asked(environment: ModuleType) -> list[str]:
    log = environment.VENV / "bin" / "asked"
    return log.read_text().splitlines() if log.exists() else []


def test_the_second_preparation_installs_nothing(environment: ModuleType) -> None:
    """What the stamp says is installed is not installed again."""
    environment.prepare(("demo",))
    environment.prepare(("demo",))
    assert len(asked(environment)) == 1
    assert f"{environment.ROOT}[demo]" in asked(environment)[0]


def test_further_extras_join_those_that_are_installed(environment: ModuleType) -> None:
    """An extra that is asked for later is added, and nothing is taken away."""
    environment.prepare(("demo",))
    environment.prepare(("dev",))
    assert f"{environment.ROOT}[demo,dev]" in asked(environment)[1]
    assert json.loads(environment.STAMP.read_text())["extras"] == ["demo", "dev"]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_recipe_installs_again(environment: ModuleType, name: str) -> None:
    """What is installed follows pyproject.toml and the pins."""
    environment.prepare(("demo",))
    (environment.ROOT / name).write_text("# changed\n")
    environment.prepare(("demo",))
    assert len(asked(environment)) == 2


def test_a_failure_of_pip_shows_its_errors_once_and_leaves_no_stamp(environment: ModuleType) -> None:
    """Where the index is out of reach, the message says so with pip's own words, and the status is 4."""
    (environment.VENV / "bin" / "broken").touch()
    with pytest.raises(environment.SetUpError, match="package index") as caught:
        environment.prepare(("demo",))
    assert caught.value.exit_code == 4
    assert str(caught.value).count("no index answers") == 1
    assert "and more" not in str(caught.value)
    assert not environment.STAMP.exists()


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_the_venv_module_is_named(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """A Python that cannot make environments is the user's to change: the message says what is missing."""
    (environment.VENV / "bin" / "python").unlink()
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))
    with pytest.raises(environment.SetUpError, match=f"no module '{missing}'") as caught:
        environment.prepare(("demo",))
    assert caught.value.exit_code == 1
    assert "python3-venv" in str(caught.value)


def test_foreign_python_settings_are_left_behind(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packages of the surrounding shell do not get in, and ours do not get out."""
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("PIP_FIND_LINKS", "kept")
    clean = environment.clean_environment()
    assert "PYTHONPATH" not in clean
    assert "PIP_TARGET" not in clean
    assert clean["PIP_FIND_LINKS"] == "kept"


@pytest.mark.parametrize("script", ["quickstart.py", "test.py"])
def test_an_old_python_is_told_which_one_is_needed(script: str) -> None:
    """The scripts say what they need before they import anything that an old Python could not read."""
    pretend = (
        f"import runpy, sys; sys.version_info = (3, 8, 10); sys.version = '3.8.10 (old)'; "
        f"runpy.run_path({str(TOOLS / script)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("wraith needs Python 3.11 or newer, and this is 3.8.10")
