"""What recordings are made from."""

from __future__ import annotations

import pytest

from wraith.config import TwinConfig
from wraith.errors import InputError
from wraith.recording import recording_inputs
from wraith.workspace import Workspace

TABLES = {"upstream": {"base_url": "http://127.0.0.1:1"}, "record": {"inputs": ["../../tools/exercise.py"]}}


@pytest.fixture
def script(workspace: Workspace) -> None:
    path = workspace.project.root / "tools" / "exercise.py"
    path.parent.mkdir()
    path.write_text("print('hello')")
    workspace.root.mkdir(parents=True)


def digests(workspace: Workspace, policy: str = "sha256:p", **tables: object) -> dict[str, str]:
    return recording_inputs(workspace, TwinConfig.model_validate({**TABLES, **tables}), policy)


@pytest.mark.usefixtures("script")
def test_each_input_has_a_digest(workspace: Workspace) -> None:
    """The configuration, the scrub rules, and each file by the name that it is given."""
    found = digests(workspace)
    assert list(found) == ["config", "scrub", "file:../../tools/exercise.py"]
    assert found["scrub"] == "sha256:p"
    assert found == digests(workspace)


@pytest.mark.usefixtures("script")
def test_only_what_recording_reads_counts(workspace: Workspace) -> None:
    """A change of another table of wraith.toml makes no recording stale; one of [record] or [upstream]
    does."""
    before = digests(workspace)
    assert digests(workspace, diff={"required_score": 0.5}) == before
    record = {"inputs": ["../../tools/exercise.py"], "preserve_host": True}
    assert digests(workspace, record=record)["config"] != before["config"]
    assert digests(workspace, upstream={"base_url": "http://127.0.0.1:2"})["config"] != before["config"]


@pytest.mark.usefixtures("script")
def test_an_edited_file_has_another_digest(workspace: Workspace) -> None:
    """The content counts."""
    before = digests(workspace)
    (workspace.project.root / "tools" / "exercise.py").write_text("print('bye')")
    changed = [name for name, digest in digests(workspace).items() if before[name] != digest]
    assert changed == ["file:../../tools/exercise.py"]


def test_a_missing_file_is_an_error_that_names_it(workspace: Workspace) -> None:
    """What is configured and not there is not passed over."""
    with pytest.raises(InputError, match=r"inputs names \.\./\.\./tools/exercise\.py"):
        digests(workspace)
